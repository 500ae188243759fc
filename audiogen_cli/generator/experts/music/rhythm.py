"""Patterns on a grid, and the clock that turns beats into seconds with swing and a slowing end.

A pattern is a string over one bar, read at whatever grid its length gives: "x...x...x...x..." are sixteenths
in four, "x.xx.x" six eighths. Marks: "." rest, "-" the note before goes on, "?" perhaps and softly, "o" soft,
"x" plain, "X" accented, "u" and "d" up and down strums, digits a degree of the chord.
"""

from dataclasses import dataclass

import numpy as np

from audiogen_cli.errors import KnowledgeError

_STRENGTHS = {"o": 0.45, "x": 0.72, "X": 1.0, "d": 0.78, "u": 0.6, "?": 0.35}
_MARKS = frozenset(".-" + "".join(_STRENGTHS) + "123456789ab")


@dataclass(frozen=True)
class Step:
    """One stroke of a pattern."""

    beat: float  # within the bar
    beats: float  # until it is let go
    strength: float  # 0 to 1
    mark: str


def read_pattern(pattern: str, bar_beats: float, rng: np.random.Generator) -> list[Step]:
    """The strokes of one bar; every "?" is drawn anew. Raises `KnowledgeError` for an unknown mark."""
    unknown = set(pattern) - _MARKS
    if unknown or not pattern:
        raise KnowledgeError(f"pattern {pattern!r}: unknown mark {''.join(sorted(unknown))!r}")
    grid = bar_beats / len(pattern)
    steps = []
    for place, mark in enumerate(pattern):
        if mark in ".-" or (mark == "?" and rng.uniform() > 0.4):
            continue
        until = place + 1
        while until < len(pattern) and pattern[until] == "-":
            until += 1
        beat = place * grid
        strength = _STRENGTHS.get(mark, 0.8 if abs(beat - round(beat)) < 1e-6 else 0.68)
        steps.append(Step(beat, (until - place) * grid, strength, mark))
    return steps


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Beats into seconds.

    `slowing` is by how much the last `slowing_beats` before `end_beat` broaden: 0.2 makes the last beat a
    fifth longer, as players do before a final chord; `swing` delays every second eighth (or sixteenth, by
    `swing_unit`), 1 being a full triplet.
    """

    seconds_per_beat: float
    end_beat: float
    swing: float = 0.0
    swing_unit: float = 0.5
    slowing: float = 0.0
    slowing_beats: float = 4.0

    def seconds(self, beat: float) -> float:
        """When a beat falls."""
        pair = 2.0 * self.swing_unit
        whole, within = divmod(beat, pair)
        share = within / pair
        turn = 0.5 + self.swing / 6.0
        share = share * 2.0 * turn if share < 0.5 else turn + (share - 0.5) * 2.0 * (1.0 - turn)
        return self.seconds_per_beat * self._broadened((whole + share) * pair)

    def _broadened(self, beat: float) -> float:
        return beat + broadening(beat, self.end_beat, self.slowing, self.slowing_beats)


def broadening(beat: float, end_beat: float, slowing: float, slowing_beats: float) -> float:
    """How many beats later a beat falls for the slowing of the end."""
    late = min(max(beat - (end_beat - slowing_beats), 0.0), slowing_beats)
    return slowing * late**2 / (2.0 * slowing_beats)
