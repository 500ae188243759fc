"""What a Music view says in figures and letters: tempo, key, metre; and a style written anew in another metre.

In: the words of a view. Out: beats a minute, tonic and mode, `Metre`; None where nothing is said. Compound metres are
beats of three: six eighths are two swung beats, as twelve eighths are the four of a shuffle.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_BPM = re.compile(
    r"\b(\d{2,3})\s*-?\s*(?:bpm|beats\s+(?:per|a)\s+minute)\b|"
    r"\btempo\s*(?:of|is|at|around|about|:|=)?\s*(\d{2,3})\b",
    re.IGNORECASE,
)
_SLOWEST, _FASTEST = 30, 260
_TONICS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_ACCIDENTAL = r"(?:[\s-]?(#|b\b|♯|♭|[Ss]harp|[Ff]lat))?"
_MODES = r"major|minor|dorian|phrygian|lydian|mixolydian"
_NO_KEY = r"(?!\s+(?:key|mode|scale|chord|third|harmon))"  # "in a minor key" names no tonic
_KEYS = (
    re.compile(rf"\b(?:in|key of)\s+(?:the\s+key\s+of\s+)?([A-G]){_ACCIDENTAL}[\s-]+({_MODES})\b{_NO_KEY}", re.I),
    re.compile(rf"\b([B-G]){_ACCIDENTAL}[\s-]+({_MODES})\b{_NO_KEY}"),
    re.compile(rf"\b(A)[\s-]?(#|b\b|♯|♭|[Ss]harp|[Ff]lat)[\s-]+({_MODES})\b{_NO_KEY}"),
    re.compile(rf"\b(A)()[\s-]+({_MODES})(?=\s*(?:[,.;:)]|$))"),  # "A major hit" is an article
    re.compile(rf"\b(?:in|key of)\s+([A-G]){_ACCIDENTAL}()(?=\s*(?:[,.;:)]|$))"),
)
_MODE = re.compile(rf"\b({_MODES})\s+(?:key|mode|scale|chords?|harmon\w+)\b", re.I)
_METRE = re.compile(r"(?<![\d/])(\d{1,2})\s?/\s?(2|4|8|16)(?![\d/])")
_GROUPS: Mapping[int, tuple[int, ...]] = {1: (1,), 2: (2,), 3: (3,), 4: (4,), 5: (3, 2), 6: (3, 3), 7: (4, 3)}


@dataclass(frozen=True)
class Metre:
    """Beats in a bar; compound beats are divided in three."""

    beats: int
    compound: bool = False


def read_bpm(view: str) -> float | None:
    """Beats a minute, within what can be played."""
    found = _BPM.search(view)
    return float(min(max(int(found.group(1) or found.group(2)), _SLOWEST), _FASTEST)) if found else None


def read_key(view: str) -> tuple[int | None, str | None]:
    """Tonic, 0 for C, and mode: "in D minor", "F# minor", "blues in A", "a minor key"."""
    found = next((match for pattern in _KEYS if (match := pattern.search(view))), None)
    mode = _MODE.search(view)
    if found is None:
        return None, mode.group(1).lower() if mode else None
    letter, accidental, told = found.groups()
    sign = (accidental or "").lower()
    shift = 1 if sign in ("#", "♯", "sharp") else -1 if sign else 0
    return (_TONICS[letter.lower()] + shift) % 12, (told or (mode.group(1) if mode else "")).lower() or None


def read_metre(view: str) -> tuple[Metre | None, str]:
    """The metre a view asks for, and a note where it is one that cannot be played."""
    found = _METRE.search(view)
    if found is None:
        return None, ""
    beats, unit = int(found.group(1)), int(found.group(2))
    if unit == 8 and beats in (6, 9, 12):
        return Metre(beats // 3, compound=True), ""
    if unit in (2, 4) and beats in _GROUPS:
        return Metre(beats), ""
    return None, f"a metre of {beats}/{unit} is not played; the style keeps its own"


def in_metre(params: Mapping[str, Any], metre: Metre) -> Mapping[str, Any]:
    """A style's params with its patterns cut or lengthened to another metre; a bar of five is three and two."""
    own = int(params.get("metre", 4))
    if metre.compound and own == 3:
        return params  # two bars of three quick beats are what six eighths are counted as
    parts = {name: _part_in_metre(part, own, metre.beats) for name, part in params["parts"].items()}
    swung = {"swing": 1.0, "swing_unit": 0.5} if metre.compound else {}
    return {**params, **swung, "metre": metre.beats, "parts": parts}


def _part_in_metre(part: Mapping[str, Any], own: int, beats: int) -> Mapping[str, Any]:
    changed = dict(part)
    if "rhythm" in part:
        changed["rhythm"] = [recut(pattern, own, beats) for pattern in part["rhythm"]]
    for key in ("patterns", "fills"):
        if key in part:
            changed[key] = [{name: recut(line, own, beats) for name, line in bar.items()} for bar in part[key]]
    return changed


def recut(pattern: str, own: int, beats: int) -> str:
    """A bar's pattern in another metre, every group of beats starting as the bar does."""
    if beats == own or len(pattern) % own:
        return pattern
    a_beat = len(pattern) // own
    groups = (2, 2) if beats == 4 and own < 4 else _GROUPS[beats]
    return "".join((2 * pattern)[: group * a_beat] for group in groups)
