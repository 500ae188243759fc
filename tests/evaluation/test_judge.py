"""A judge over HTTP that answers in many ways: what can be used is kept, what cannot is asked for again."""

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import soundfile

from audiogen_cli import assembly
from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.judge import Candidate, VerdictsFile, judge_clips, plan_work, read_score
from audiogen_cli.llm.chat import ChatError
from audiogen_cli.settings import Settings

GOOD = '{"score": 4, "reason": "One room."}'


class Server(ThreadingHTTPServer):
    """Answers with what it was told, in turn, the last for ever; keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked = [GOOD], []

    @property
    def chat(self):
        return assembly.build_judge(Settings(llm_base_url=f"http://127.0.0.1:{self.server_port}/v1", llm_model="hears"))


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        answers = self.server.answers
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        status, text = answer if isinstance(answer, tuple) else (200, answer)
        body = {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": "stop"}]}
        data = json.dumps(body if status == 200 else {"error": {"message": text}}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with Server() as served:
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@pytest.fixture
def clips(tmp_path):
    made = []
    for number in range(3):
        file = tmp_path / f"clip{number}.wav"
        write_audio(file, Waveform(np.full(4000, 0.1 * (number + 1)), 16_000))
        made.append(Candidate(item=f"clip{number}", system="ours", category="S00", file=file))
    return made


@pytest.fixture
def kept(tmp_path):
    return VerdictsFile(tmp_path / "verdicts.jsonl")


def test_the_model_hears_the_clip_and_our_instructions(server, clips, kept):
    verdict = judge_clips(clips[:1], server.chat, kept).verdicts[0]
    system, user = server.asked[0]["messages"]
    sound = next(part for part in user["content"] if part["type"] == "input_audio")["input_audio"]
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sound["data"])))
    assert sound["format"] == "wav" and rate == 16_000 and samples.mean() == pytest.approx(0.1, abs=1e-3)
    assert "reverberation" in system["content"] and server.asked[0]["model"] == "hears"
    assert (verdict.score, verdict.reason, verdict.attempts) == (4, "One room.", 1)
    assert verdict.judge.startswith("hears at 127.0.0.1") and verdict.instructions == "judge 1"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"Let me think. {{a note}} It is good.\n{GOOD}\nThat is all.",
        f'<think>{{"score": 1, "reason": "first thought"}}</think>{GOOD}',
        '{"reason": "One room.", "score": 4, "more": [1, {}]}',
    ],
)
def test_a_score_is_found_in_fences_prose_and_thought(text):
    assert read_score(text) == (4, "One room.")


BAD = [
    *("", "great", "[4]", "{" * 5000),
    *('{"score": 6, "reason": "x"}', '{"score": -1, "reason": "x"}', '{"score": 3.5, "reason": "x"}'),
    *('{"score": "4", "reason": "x"}', '{"score": true, "reason": "x"}', '{"score": null, "reason": "x"}'),
    *('{"score": 4}', '{"score": 4, "reason": " "}', '{"score": 4, "reason": "x"'),
]


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_score_is_refused(text):
    with pytest.raises(ValueError):
        read_score(text)


def test_an_answer_that_cannot_be_used_is_asked_for_again_with_what_was_wrong(server, clips, kept):
    server.answers = ['{"score": 9, "reason": "x"}', "no", GOOD]
    verdict = judge_clips(clips[:1], server.chat, kept).verdicts[0]
    assert verdict.attempts == 3 and verdict.score == 4
    assert "whole number from 0 to 5" in server.asked[1]["messages"][-1]["content"]


def test_after_three_useless_answers_the_clip_is_named_and_the_rest_is_judged(server, clips, kept):
    server.answers = [GOOD, "no", "no", "no", GOOD]
    judged = judge_clips(clips, server.chat, kept)
    assert [one.item for one in judged.verdicts] == ["clip0", "clip2"]
    assert len(judged.faults) == 1 and "clip1" in judged.faults[0] and len(server.asked) == 5


def test_a_run_goes_on_where_it_stopped_and_a_changed_clip_is_judged_anew(server, clips, kept):
    judge_clips(clips[:2], server.chat, kept)
    with kept.path.open("ab") as file:
        file.write(b'{"item": "cut o')
    work = plan_work(clips, kept.read(), server.chat)
    assert (work.num_calls, work.num_known) == (1, 2) and work.sound_s == pytest.approx(0.25)
    assert len(judge_clips(clips, server.chat, kept).verdicts) == 3 and len(server.asked) == 3
    write_audio(clips[0].file, Waveform(np.full(4000, 0.7), 16_000))
    judge_clips(clips, server.chat, kept)
    assert len(server.asked) == 4 and len(kept.read()) == 4


def test_a_server_that_refuses_the_first_clip_ends_the_run(server, clips, kept):
    server.answers = [(401, "no such key")]
    with pytest.raises(ChatError):
        judge_clips(clips, server.chat, kept)
    assert len(server.asked) == 1 and kept.read() == []


def test_a_server_that_stumbles_is_asked_again(server, clips, kept):
    server.answers = [(503, "busy"), GOOD]
    assert judge_clips(clips[:1], server.chat, kept).verdicts[0].attempts == 2


@pytest.mark.parametrize("line", ["{}", "[]", '{"item": 1}', "null", "item,system"])
def test_a_file_of_something_else_is_refused(kept, line):
    kept.path.write_text(line + "\n")
    with pytest.raises(OptionError, match="line 1"):
        kept.read()
