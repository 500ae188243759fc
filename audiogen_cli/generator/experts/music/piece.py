"""What every player has on the stand: the form, the chords over it, the key, the last chord.

In: a style's progressions and a form. Out: a `Piece`. The progression runs on through the phrases, another one
takes the contrasting section, and the last bar is replaced by the approach to a real cadence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.music.form import Bar, Form
from audiogen_cli.generator.experts.music.harmony import Chord, Key, parse_progression

BarChords = tuple[tuple[float, Chord], ...]

_PROGRESSIONS = {
    "major": ("I V vi IV", "I vi IV V", "I IV ii V", "vi IV I V"),
    "minor": ("i VI III VII", "i iv VI V", "i VII VI V", "i VI iv V"),
}
_CADENCES = {"major": "V | I", "minor": "V | i"}


@dataclass(frozen=True)
class Piece:
    """The plan that all parts follow."""

    form: Form
    key: Key
    chords: tuple[BarChords, ...]  # for every bar: beat within the bar, chord
    last: Chord  # struck on `form.end_beat`
    ring_beats: float  # how long it may sound

    def chord_at(self, bar: int, beat: float) -> Chord:
        """The chord that sounds at a beat within a bar."""
        return [chord for start, chord in self.chords[bar] if start <= beat + 1e-6][-1]

    def chord_after(self, bar: int, beat: float) -> Chord:
        """The next other chord, for approaching it."""
        later = [chord for start, chord in self.chords[bar] if start > beat + 1e-6]
        return later[0] if later else self.chords[bar + 1][0][1] if bar + 1 < len(self.chords) else self.last

    def spans(self) -> list[tuple[Bar, float, float, Chord]]:
        """Every chord with its bar, first beat and length, equal neighbours joined within a bar."""
        found = []
        for bar, chords in zip(self.form.bars, self.chords):
            for index, (start, chord) in enumerate(chords):
                end = chords[index + 1][0] if index + 1 < len(chords) else bar.beats
                found.append((bar, bar.start + start, end - start, chord))
        return found


def plan_piece(form: Form, key: Key, params: Mapping[str, Any], rng: np.random.Generator) -> Piece:
    """Lay chords over a form.

    Args:
        params: of the style: `progressions` and `cadence` by mode or by "major" and "minor".
    """
    choices = _by_mode(params.get("progressions", {}), key) or _PROGRESSIONS[key.quality]
    order = rng.permutation(len(choices))
    first = parse_progression(choices[order[0]], key)
    second = parse_progression(choices[order[-1]], key)
    approach, last = _cadence(_by_mode(params.get("cadence", {}), key) or _CADENCES[key.quality], key)
    pace = int(params.get("bars_per_chord", 1))
    chords: list[BarChords] = []
    b_bars = 0
    for number, bar in enumerate(form.bars):
        if number == len(form.bars) - 1 and approach and len(form.bars) > 1:
            chosen = approach
        elif bar.section == "b":
            chosen = second[(b_bars // pace) % len(second)]
            b_bars += 1
        else:
            chosen = first[((number - b_bars) // pace) % len(first)]
        share = bar.beats / len(chosen)
        chords.append(tuple((index * share, chord) for index, chord in enumerate(chosen)))
    end_s = form.clock.seconds(form.end_beat)
    return Piece(form, key, tuple(chords), last, (form.duration_s - end_s) / form.clock.seconds_per_beat)


def _cadence(text: str, key: Key) -> tuple[Sequence[Chord], Chord]:
    bars = parse_progression(text if "|" in text else f"| {text}", key)
    return (bars[0] if len(bars) > 1 else ()), bars[-1][-1]


def _by_mode(table: Mapping[str, Any], key: Key) -> Any:
    return table.get(key.mode) or table.get(key.quality)
