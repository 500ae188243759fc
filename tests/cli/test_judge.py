"""PAFI from the command line: nothing is sent unagreed, and verdicts are compared like people's marks."""

import json

import numpy as np
import pytest

from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.judge import Verdict, VerdictsFile
from audiogen_cli.evaluation.rating.ratings import Rating, RatingsFile

NOBODY = ["--llm-base-url", "http://127.0.0.1:9/v1", "--llm-model", "hears"]


@pytest.fixture
def folder(tmp_path):
    for level, system in enumerate(("ours", "theirs"), start=1):
        (tmp_path / system).mkdir()
        write_audio(tmp_path / system / "rain.wav", Waveform(np.full(8000, level / 10), 8000))
    return tmp_path


def test_size_and_cost_are_told_and_nothing_is_sent_without_a_yes(folder, audiogen):
    ended = audiogen("judge", ".", *NOBODY, "--price-per-minute", "6")
    assert ended.code == 2 and "2 calls to hears at 127.0.0.1:9" in ended.err and "about 0.20" in ended.err
    assert "--yes" in ended.err and not (folder / "verdicts.jsonl").exists()


def test_a_server_that_is_not_there_is_said(folder, audiogen):
    ended = audiogen("judge", ".", *NOBODY, "--yes")
    assert ended.code == 3 and "127.0.0.1:9" in ended.err


@pytest.mark.parametrize(
    "args", [[], ["."], ["nowhere", *NOBODY], ["--analyse", "nowhere.jsonl"], [".", "--against", "x"]]
)
def test_what_cannot_be_judged_is_said(folder, audiogen, args):
    ended = audiogen("judge", *args)
    assert ended.code == 2 and ended.err.startswith("error: ") and "unforeseen" not in ended.err


def test_verdicts_are_analysed_and_set_against_people(tmp_path, audiogen):
    verdicts, marks = VerdictsFile(tmp_path / "v.jsonl"), RatingsFile(tmp_path / "m.csv")
    rng = np.random.default_rng(0)
    for number in range(8):
        for system, base in (("a", 4), ("b", 2)):
            score = base + int(rng.integers(0, 2))
            verdicts.add(
                Verdict(item=f"i{number}", system=system, category="S00", score=score, reason="x", attempts=1,
                        sound=f"{system}{number}", judge="hears", instructions="judge 1")
            )  # fmt: skip
            marks.add(
                [Rating(rater="Ann", item=f"i{number}", category="S00", system=system, position=1, ovl=score, rel=3)]
            )
    told = json.loads(audiogen("judge", "--analyse", "v.jsonl", "--json").text)
    assert told["blocks"][0]["unit"] == "clips" and told["blocks"][0]["tests"][0]["mean_difference"] > 1
    ended = audiogen("judge", "--analyse", "v.jsonl", "--against", "m.csv", "--figure", "agree.png")
    assert ended.code == 0 and "1 of 1 comparisons have one sign (100.0%)" in ended.text, ended.err
    assert (tmp_path / "agree.png").exists()
