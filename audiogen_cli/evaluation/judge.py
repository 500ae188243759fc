"""PAFI: a language model that hears judges how physically believable clips are, 0 to 5.

In: sound files and a chat with a model that hears. Out: a verdict for each, kept in a file that only grows, a JSON
object a line: a run broken off goes on where it stopped, and a clip is known by what it sounds like, who judged it and
by which instructions, never by its name alone. Our instructions are in `prompts/judge.md`.
Source: Dasheng AudioGen appendix F, which asked Gemini-3.1-Pro with instructions of its own.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from audiogen_cli.audio.files import encode_audio, read_audio
from audiogen_cli.errors import AudioFileError, OptionError
from audiogen_cli.generator.base import OnStep, no_progress
from audiogen_cli.llm.chat import Chat, ChatError, ChatRequest, Message
from audiogen_cli.llm.instructions import load_instructions

ATTEMPTS = 3  # for each clip
SCORES = range(6)
_IN_A_ROW = 3  # clips without a verdict after which the rest would fare no better
_MAX_WAIT_S = 60.0
_SCHEMA = {
    "type": "object",
    "properties": {"score": {"type": "integer", "enum": list(SCORES)}, "reason": {"type": "string"}},
    "required": ["score", "reason"],
    "additionalProperties": False,
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A clip that is to be judged."""

    item: str  # the scene; systems share it
    system: str
    category: str
    file: Path


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge said of one clip."""

    item: str
    system: str
    category: str
    score: int
    reason: str
    attempts: int
    sound: str  # SHA-256 of the WAV that was sent
    judge: str  # model and server
    instructions: str  # name and version


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A run's outcome."""

    verdicts: list[Verdict]
    faults: list[str]  # clips without a verdict, and why


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a run will ask for, before it starts."""

    num_calls: int  # at least; a clip whose answers cannot be used takes up to `ATTEMPTS`
    num_known: int  # judged already
    sound_s: float
    num_bytes: int  # as sent


class VerdictsFile:
    """Verdicts on disk; a last line that was cut off is judged again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, verdict: Verdict) -> None:
        """Add one line and flush it; raises `AudioFileError` where that fails."""
        line = json.dumps(asdict(verdict), ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        try:
            with self.path.open("ab+") as file:
                if file.tell():
                    file.seek(-1, os.SEEK_END)
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as fault:
            raise AudioFileError(f"{self.path}: the verdicts cannot be written: {fault}") from fault

    def read(self) -> list[Verdict]:
        """All verdicts; raises `OptionError` where the file is none of ours."""
        if not self.path.exists():
            return []
        try:
            lines = self.path.read_text("utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as fault:
            raise OptionError(f"{self.path}: cannot be read: {fault}") from fault
        verdicts = []
        for number, line in enumerate(lines, start=1):
            try:
                verdicts.append(_verdict(json.loads(line)))
            except (ValueError, TypeError, RecursionError) as fault:
                cut_off = line.startswith("{") and isinstance(
                    fault, json.JSONDecodeError
                )  # by a run that was broken off
                if line.strip() and not cut_off:
                    raise OptionError(f"{self.path}: line {number} is no verdict: {fault}") from fault
        return verdicts


def plan_work(candidates: Sequence[Candidate], known: Sequence[Verdict], chat: Chat) -> Work:
    """Count what is left to ask; raises `AudioFileError` for a clip that cannot be read."""
    keys = {_key(one.sound, one.judge, one.instructions) for one in known}
    calls, already, seconds, size = 0, 0, 0.0, 0
    for candidate in candidates:
        sound, duration_s = _sound(candidate.file)
        if _key(_digest(sound), chat.description, _instructions()) in keys:
            already += 1
        else:
            calls, seconds, size = calls + 1, seconds + duration_s, size + len(sound) * 4 // 3
    return Work(num_calls=calls, num_known=already, sound_s=seconds, num_bytes=size)


def judge_clips(
    candidates: Sequence[Candidate],
    chat: Chat,
    kept: VerdictsFile,
    on_step: OnStep = no_progress,
    *,
    timeout_s: float = 120.0,
) -> Judged:
    """Judge what has not been judged yet.

    Args:
        candidates: the clips.
        chat: a model that hears.
        kept: where verdicts are found and added.
        on_step: progress over clips.
        timeout_s: for one answer.

    Raises:
        ChatError: the first clip, or three in a row, got no answer from the server.
    """
    known = {_key(one.sound, one.judge, one.instructions): one for one in kept.read()}
    verdicts, faults, in_a_row = [], [], 0
    for done, candidate in enumerate(candidates):
        on_step(done, len(candidates), candidate.item)
        sound, _ = _sound(candidate.file)
        key = _key(_digest(sound), chat.description, _instructions())
        if key in known:
            own = {"item": candidate.item, "system": candidate.system, "category": candidate.category}
            verdicts.append(Verdict(**{**asdict(known[key]), **own}))
            continue
        try:
            score, reason, attempts = _ask(chat, sound, timeout_s)
        except _Unusable as fault:
            faults.append(f"{candidate.file}: {fault}")
            continue
        except ChatError as fault:
            in_a_row += 1
            if in_a_row == _IN_A_ROW or not verdicts:
                raise
            faults.append(f"{candidate.file}: {fault}")
            continue
        in_a_row = 0
        verdict = Verdict(
            item=candidate.item, system=candidate.system, category=candidate.category, score=score, reason=reason,
            attempts=attempts, sound=_digest(sound), judge=chat.description, instructions=_instructions(),
        )  # fmt: skip
        kept.add(verdict)
        known[key] = verdict
        verdicts.append(verdict)
    on_step(len(candidates), len(candidates), "")
    return Judged(verdicts=verdicts, faults=faults)


def read_score(text: str) -> tuple[int, str]:
    """Score and reason in an answer, also between fences or prose; raises `ValueError` saying what is wrong."""
    found = [value for value in _objects(text) if "score" in value]
    if not found:
        raise ValueError('there is no JSON object with "score" and "reason"')
    value = found[-1]  # after any thought
    score, reason = value["score"], value.get("reason")
    if isinstance(score, bool) or not isinstance(score, int) or score not in SCORES:
        raise ValueError(f'"score" is {json.dumps(score)[:40]}, needs a whole number from 0 to 5')
    if not isinstance(reason, str) or not reason.strip():
        raise ValueError('"reason" needs a text')
    return score, reason.strip()


class _Unusable(Exception):
    """No answer of the judge could be used."""


def _ask(chat: Chat, sound: bytes, timeout_s: float) -> tuple[int, str, int]:
    """Ask up to `ATTEMPTS` times, telling the judge what was wrong with its last answer."""
    messages: tuple[Message, ...] = (
        Message(role="system", content=load_instructions("judge").text),
        Message(role="user", content="Judge this clip.", sound=sound),
    )
    for attempt in range(1, ATTEMPTS + 1):
        request = ChatRequest(
            messages=messages, schema=_SCHEMA, temperature=0.0, seed=attempt, max_tokens=2000, name="verdict"
        )
        try:
            reply = chat.ask(request, timeout_s=timeout_s)
        except ChatError as fault:
            if not fault.again or attempt == ATTEMPTS:
                raise
            time.sleep(min(_MAX_WAIT_S, fault.wait_s))
            continue
        try:
            return *read_score(reply.text), attempt
        except ValueError as fault:
            wrong = f"it refuses: {reply.refusal[:200]}" if reply.refusal else str(fault)
        said = Message(role="assistant", content=reply.text[:2000] or "(nothing)")
        again = Message(role="user", content=f"That cannot be used: {wrong}. Answer with the JSON object alone.")
        messages = (*messages[:2], said, again)
    raise _Unusable(f"{ATTEMPTS} answers could not be used, the last as {wrong}")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder, at = json.JSONDecoder(), text.find("{")
    while at != -1:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if isinstance(value, dict):
                yield value
        at = text.find("{", end)


def _sound(file: Path) -> tuple[bytes, float]:
    """A clip as it is sent: plain WAV at its own rate, for cues of space lie in the high frequencies too."""
    waveform = read_audio(file)
    return encode_audio(waveform, "WAV"), waveform.duration_s


def _digest(sound: bytes) -> str:
    return hashlib.sha256(sound).hexdigest()


def _instructions() -> str:
    return load_instructions("judge").origin


def _key(sound: str, judge: str, instructions: str) -> tuple[str, str, str]:
    return sound, judge, instructions


def _verdict(row: Mapping[str, Any]) -> Verdict:
    names = [item.name for item in fields(Verdict)]
    if not isinstance(row, dict) or any(name not in row for name in names):
        raise ValueError(
            "it lacks " + ", ".join(name for name in names if not isinstance(row, dict) or name not in row)
        )
    for name, kind in get_type_hints(Verdict).items():
        if isinstance(row[name], bool) or not isinstance(row[name], kind):
            raise ValueError(f"{name} is {row[name]!r}")
    if row["score"] not in SCORES:
        raise ValueError(f"score is {row['score']!r}")
    return Verdict(**{name: row[name] for name in names})
