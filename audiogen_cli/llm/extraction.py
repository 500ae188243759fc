"""A model's reply to the JSON object in it, however it is wrapped.

In: the text of a reply and the thought a server keeps apart. Out: an object with our keys and what had to be
done to get it, or an `ExtractionError` that says what the reply was instead. Think blocks, fences and prose
around the object are passed over; of several objects the last with a description wins, as models correct
themselves. Values are not judged here: that is the schema's and the rules' business.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from audiogen_cli.caption import JSON_KEYS

MAX_CHARS = 200_000  # more than any caption or thought; bounds the search
MAX_FAILURES = 100  # braces that turned out to begin no object; text made of braces must not take minutes

_WORDS = "think|thinking|thought|reasoning|analysis"
_THOUGHT_MARK = re.compile(rf"(?P<open><(?:{_WORDS})>|\[THINK\])|</(?:{_WORDS})\s*>|\[/THINK\]", re.IGNORECASE)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NAMES = {
    "caption": "Caption", "description": "Caption", "scene": "Caption", "overall": "Caption", "summary": "Caption",
    "overalldescription": "Caption", "scenedescription": "Caption", "audiocaption": "Caption",
    "speech": "Speech", "voice": "Speech", "speaker": "Speech", "speakers": "Speech", "speechstyle": "Speech",
    "asr": "ASR", "transcript": "ASR", "transcription": "ASR", "dialogue": "ASR", "dialog": "ASR", "spokenwords": "ASR",
    "spokentext": "ASR", "words": "ASR",
    "sfx": "SFX", "soundeffects": "SFX", "soundeffect": "SFX", "effects": "SFX", "sounds": "SFX", "soundevents": "SFX",
    "music": "Music", "backgroundmusic": "Music", "bgm": "Music", "score": "Music",
    "env": "ENV", "environment": "ENV", "ambience": "ENV", "ambiance": "ENV", "ambient": "ENV", "ambientnoise": "ENV",
    "acousticenvironment": "ENV", "acoustics": "ENV", "space": "ENV",
}  # fmt: skip


class ExtractionError(Exception):
    """No object of ours in the reply; the message says what there was, for the model to do better."""


@dataclass(frozen=True, kw_only=True)
class Extraction:
    """The object found, its keys among ours, its values as the model wrote them."""

    value: dict[str, Any]
    remarks: tuple[str, ...] = ()  # what was passed over or renamed


def extract_object(text: str, reasoning: str = "") -> Extraction:
    """The caption object of a reply; raises `ExtractionError` where there is none.

    Args:
        text: the answer.
        reasoning: thought the server sent apart; looked into only when the answer has no object.
    """
    places = (*_without_thought(text[-MAX_CHARS:]), (reasoning[-MAX_CHARS:], "the object stood in the model's thought"))
    for source, remark in places:
        found = [_named(value) for value in _objects(source)]
        usable = [extraction for extraction in found if extraction.value]
        if usable:
            best = next((item for item in reversed(usable) if item.value.get("Caption")), usable[-1])
            more = (f"{len(usable)} objects, the last complete one was taken",) if len(usable) > 1 else ()
            return Extraction(value=best.value, remarks=((remark,) if remark else ()) + more + best.remarks)
    raise ExtractionError(_what_there_was(text, reasoning))


def _without_thought(text: str) -> Iterator[tuple[str, str]]:
    """The reply without its thought; then, should that hold nothing, the thought itself."""
    kept: list[str] = []
    at, thinking = 0, False
    for mark in _THOUGHT_MARK.finditer(text):
        if mark["open"] and not thinking:
            kept.append(text[at : mark.start()])
        elif not mark["open"] and not thinking:
            kept = []  # the template opened the block, only its end is in the reply
        thinking, at = bool(mark["open"]), mark.end()
    answer = " ".join(kept if thinking else [*kept, text[at:]])
    yield answer, ""
    if answer != text:
        yield text, "the object stood in a think block"


def _objects(text: str) -> Iterator[Any]:
    """Every JSON object or list of objects in a text, outermost only, in order; slightly broken ones mended."""
    decoder = json.JSONDecoder()
    at, failures = text.find("{"), 0
    while at >= 0 and failures < MAX_FAILURES:
        try:
            value, end = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            end = _closing(text, at)
            value = _mended(text[at:end])
            if value is None:
                failures, end = failures + 1, at + 1
        if isinstance(value, dict):
            yield value
        at = text.find("{", end)


def _closing(text: str, start: int) -> int:
    """The end of the object that opens at `start`, strings minded; `start` where it never closes."""
    depth, at = 0, start
    while at < min(len(text), start + 6_000):
        if text[at] == '"':
            string = _STRING.match(text, at)
            if string is None:
                return start
            at = string.end()
            continue
        if text[at] in "{}":
            depth += 1 if text[at] == "{" else -1
            if depth == 0:
                return at + 1
        at += 1
    return start


def _mended(text: str) -> Any:
    """JSON as models break it (trailing commas, comments, Python's words, bare line breaks), or `None`."""
    parts = re.split(f"({_STRING.pattern})", text, flags=re.DOTALL)
    for index, part in enumerate(parts):
        if index % 2:  # a string: line breaks in it are not allowed bare
            parts[index] = part.replace("\r", "").replace("\n", "\\n").replace("\t", "\\t")
            continue
        part = re.sub(r"//[^\n]*|/\*.*?\*/", "", part, flags=re.DOTALL)
        part = re.sub(r"\b(?:None|NULL|Null|nil|undefined)\b", "null", part)
        part = re.sub(r"\bTrue\b", "true", part)
        part = re.sub(r"\bFalse\b", "false", part)
        part = re.sub(r"([{,]\s*)([A-Za-z_]\w*)(\s*:)", r'\1"\2"\3', part)
        parts[index] = re.sub(r",(\s*[}\]])", r"\1", part)
    try:
        return json.loads("".join(parts))
    except (json.JSONDecodeError, RecursionError):
        return _from_python(text)


def _from_python(text: str) -> Any:
    import ast

    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _named(value: dict[str, Any]) -> Extraction:
    """An object with its keys among ours: case and common other names minded, strangers dropped, a wrapper opened."""
    for _ in range(3):
        inner = [item for item in value.values() if isinstance(item, dict) and _known(item)]
        lists = [item for item in value.values() if isinstance(item, list)]
        inner += [one for item in lists for one in item if isinstance(one, dict) and _known(one)]
        if not inner or _known(value) > 1:
            break
        value = inner[-1]
    kept: dict[str, Any] = {}
    remarks: list[str] = []
    for key in sorted(map(str, value), key=lambda key: key not in JSON_KEYS.values()):  # our own spelling first
        name = _NAMES.get(re.sub(r"[^a-z]", "", key.lower()))
        if name is None or name in kept:
            remarks.append(f"key {key[:40]!r} dropped")
            continue
        if key != name:
            remarks.append(f"key {key[:40]!r} read as {name}")
        kept[name] = _as_text(value[key], name, remarks)
    return Extraction(value={key: kept[key] for key in JSON_KEYS.values() if key in kept}, remarks=tuple(remarks))


def _known(value: dict[str, Any]) -> int:
    return sum(re.sub(r"[^a-z]", "", str(key).lower()) in _NAMES for key in value)


def _as_text(item: Any, name: str, remarks: list[str]) -> Any:
    """A list of texts is one text, `false` is absence; every other wrong type stays, for the schema to name."""
    if isinstance(item, list) and all(isinstance(one, str) for one in item):
        remarks.append(f"{name}: a list was joined")
        return (" " if name == "ASR" else ", ").join(one.strip() for one in item) or None
    if item is False or item == {}:
        remarks.append(f"{name}: {item} read as null")
        return None
    return item


def _what_there_was(text: str, reasoning: str) -> str:
    if not text.strip():
        return "the reply was empty" + (", all was spent on thought" if reasoning.strip() else "")
    marks = [bool(mark["open"]) for mark in _THOUGHT_MARK.finditer(text[-MAX_CHARS:])]
    if marks and marks[-1]:
        return "the reply was an unfinished thought without the JSON object"
    if "{" in text:
        return "the reply's JSON is broken or none of its keys is known"
    return f'the reply has no JSON object, it begins "{" ".join(text.split())[:80]}"'
