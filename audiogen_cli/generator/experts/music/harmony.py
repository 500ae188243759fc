"""Keys, chords and voices: roman numerals made into notes that move as little as they can.

In: a `Key` and progressions such as "ii7 V7 | Imaj7" written by style designers. Out: `Chord`s, and
voicings that follow each other smoothly. Numerals count the degrees of the key's own seven-note scale
("VI" in A minor is F major), capitals are major thirds. The rule of least motion is that of common-practice
voice leading (Tymoczko 2006 measures it the same way: the sum of the voices' steps).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from audiogen_cli.errors import KnowledgeError

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "hijaz": (0, 1, 4, 5, 7, 8, 10),
    "double harmonic": (0, 1, 4, 5, 7, 8, 11),
    "whole tone": (0, 2, 4, 6, 8, 9, 10),
    "diminished": (0, 2, 3, 5, 6, 8, 9),
}
_MELODY_SCALES: dict[str, tuple[int, ...]] = {
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
    "blues": (0, 3, 5, 6, 7, 10),
    "hirajoshi": (0, 2, 3, 7, 8),
    "chromatic": tuple(range(12)),
}
NOTE_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_DEGREES = ("i", "ii", "iii", "iv", "v", "vi", "vii")
_QUALITIES: dict[str, tuple[int, ...]] = {
    "5": (0, 7),
    "o": (0, 3, 6),
    "o7": (0, 3, 6, 9),
    "h7": (0, 3, 6, 10),
    "+": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "maj7": (0, 4, 7, 11),
    "maj9": (0, 4, 7, 11, 14),
    "6": (0, 4, 7, 9),
    "69": (0, 4, 7, 9, 14),
    "add9": (0, 4, 7, 14),
    "7b9": (0, 4, 7, 10, 13),
    "13": (0, 4, 10, 14, 21),
    "7sus4": (0, 5, 7, 10),
    "quartal": (0, 5, 10),
    "cluster": (0, 1, 6, 7),
    "mM7": (0, 3, 7, 11),
}
_MAJOR = {"": (0, 4, 7), "7": (0, 4, 7, 10), "9": (0, 4, 7, 10, 14), "11": (0, 5, 7, 10, 14)}
_MINOR = {
    "": (0, 3, 7),
    "7": (0, 3, 7, 10),
    "9": (0, 3, 7, 10, 14),
    "11": (0, 3, 7, 10, 17),
    "6": (0, 3, 7, 9),
    "add9": (0, 3, 7, 14),
    "maj7": (0, 3, 7, 11),
}
_NUMERAL = re.compile(r"([b#]?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")


@dataclass(frozen=True)
class Key:
    """A tonic, 0 for C to 11 for B, and a mode of `MODES`."""

    tonic: int
    mode: str = "major"

    @property
    def name(self) -> str:
        return f"{NOTE_NAMES[self.tonic]} {self.mode}"

    @property
    def quality(self) -> str:
        """ "major" or "minor", by the third: progressions are chosen by it."""
        return quality_of(self.mode)

    def scale(self, name: str | None = None) -> tuple[int, ...]:
        """Pitch classes of the key, or of another scale on its tonic, in rising order."""
        steps = MODES[self.mode] if name is None else _MELODY_SCALES.get(name) or MODES[name]
        return tuple((self.tonic + step) % 12 for step in steps)


def quality_of(mode: str) -> str:
    """ "major" or "minor": whether a mode's third is great or small."""
    return "minor" if 3 in MODES[mode] else "major"


@dataclass(frozen=True)
class Chord:
    """A root, 0 to 11, and intervals above it in semitones."""

    root: int
    intervals: tuple[int, ...]
    symbol: str = ""

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        return tuple((self.root + interval) % 12 for interval in self.intervals)

    def degree(self, number: int) -> int:
        """Semitones above the root of a chord's first, third, fifth ... as this chord has them."""
        low = [interval % 12 for interval in self.intervals]
        chosen = {
            3: next((step for step in low if step in (3, 4)), next((step for step in low if step in (2, 5)), 7)),
            5: next((step for step in low if step in (6, 7, 8)), 7),
            7: next((step for step in low if step in (9, 10, 11)), 10 if 3 in low or 4 in low else 12),
        }
        return chosen.get(number, {1: 0, 2: 2, 4: 5, 6: 9, 8: 12, 9: 14}.get(number, 0))


def parse_chord(symbol: str, key: Key) -> Chord:
    """A roman numeral in a key; raises `KnowledgeError` for one that is none."""
    match = _NUMERAL.fullmatch(symbol)
    if match is None:
        raise KnowledgeError(f"{symbol!r} is no roman numeral", hint='Write "I", "vi7", "bVII", "V7b9".')
    accidental, numeral, suffix = match.groups()
    own = _MAJOR if numeral.isupper() else _MINOR
    intervals = own.get(suffix) or _QUALITIES.get(suffix)
    if intervals is None:
        raise KnowledgeError(f"{symbol!r}: no chord is called {suffix!r}")
    scale = key.scale()
    root = scale[_DEGREES.index(numeral.lower()) % len(scale)]
    return Chord((root + {"": 0, "b": -1, "#": 1}[accidental]) % 12, intervals, symbol)


def parse_progression(text: str, key: Key) -> list[list[Chord]]:
    """Bars of chords: "ii7 V7 | Imaj7" is two bars; without a bar line every chord has a bar of its own."""
    bars = [bar.split() for bar in text.split("|")] if "|" in text else [[symbol] for symbol in text.split()]
    return [[parse_chord(symbol, key) for symbol in bar] for bar in bars if bar]


def voice(chord: Chord, *, low: int, high: int, voices: int, previous: Sequence[int] = ()) -> list[int]:
    """The notes of a chord within a register, as near as can be to the previous ones.

    Args:
        chord: its notes are all there if there are voices enough; fifths go first, roots next.
        low, high: MIDI numbers, at least an octave apart.
        voices: how many notes.
        previous: the voicing before; none: near the middle of the register.

    Returns:
        Rising MIDI numbers.
    """
    classes = _most_telling(chord, voices)
    places = [[pitch for pitch in range(low, high + 1) if pitch % 12 == wanted] for wanted in classes]
    middle = (low + high) / 2
    best: tuple[float, list[int]] | None = None
    for candidate in product(*(options[:3] for options in places)):
        notes = sorted(candidate)
        if len(set(notes)) < len(notes):
            continue
        gaps = [upper - lower for lower, upper in pairwise(notes)]
        if previous:
            cost = float(sum(min(abs(note - old) for old in previous) for note in notes))
            cost += 0.6 * abs(notes[-1] - max(previous))
        else:
            cost = 0.0
        cost += 0.35 * abs(sum(notes) / len(notes) - middle)
        cost += sum(3.0 for gap in gaps if gap == 1) + sum(0.5 * (gap - 9) for gap in gaps if gap > 9)
        if notes[0] < 50 and gaps and gaps[0] < 5:
            cost += 4.0  # close intervals are mud in the bass
        if best is None or cost < best[0]:
            best = (cost, notes)
    return best[1] if best else sorted(options[0] for options in places if options)


def _most_telling(chord: Chord, voices: int) -> list[int]:
    """The pitch classes to sound when there are `voices`, doubling or leaving out as players do."""
    classes = list(dict.fromkeys(chord.pitch_classes))
    while len(classes) > voices:
        fifth = (chord.root + 7) % 12
        drop = fifth if fifth in classes and len(classes) > 3 else chord.root if len(classes) > 3 else classes[-1]
        classes.remove(drop if drop in classes else classes[-1])
    doubled = [chord.root, (chord.root + chord.degree(5)) % 12, classes[-1]]
    while len(classes) < voices:
        classes.append(doubled[(len(classes) - len(chord.pitch_classes)) % 3])
    return classes


def nearest(pitch_class: int, to: float) -> int:
    """The MIDI number of a pitch class that lies nearest to a pitch."""
    return round((to - pitch_class) / 12.0) * 12 + pitch_class
