"""Melodies: a motif is invented, then repeated, moved, turned over and answered, over the chords.

In: bars with their chords, a register, a scale and a few figures of the style. Out: tones in beats. The strong
beats take notes of the chord, the weak ones steps of the scale; a leap is followed by a step back, and the last
tone is the tonic, the third or the fifth. (The habits are those of Schoenberg's "Fundamentals of Musical
Composition", motif, sequence, variation, cadence, as rules.)
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audiogen_cli.generator.experts.music.form import Bar, Form
from audiogen_cli.generator.experts.music.harmony import Chord, Key


@dataclass(frozen=True)
class Tone:
    """One tone of a part, in beats."""

    beat: float
    beats: float
    pitch: float
    strength: float  # 0 to 1
    piece: str = ""


@dataclass(frozen=True, kw_only=True)
class Voice:
    """How a part sings."""

    low: int
    high: int
    scale: str | None = None  # None: the key's own
    density: float = 1.0  # tones a beat
    grid: float = 0.5  # finest step in beats
    leaps: float = 0.15  # share of steps wider than a third
    rests: float = 0.15  # share of bars' tails left open
    length: float = 0.9  # of a tone against the time to the next
    answer: bool = False  # every second bar is left to others
    grace: float = 0.0  # share of tones with a short one before
    double: int = 0  # a second voice this many steps of the scale below; 7 is an octave


_Motif = list[tuple[float, int]]  # place in the bar in beats, step in the scale


def compose_melody(
    voice: Voice, form: Form, chords: Sequence[Sequence[tuple[float, Chord]]], key: Key, rng: np.random.Generator
) -> list[Tone]:
    """Sing over a form.

    Args:
        chords: for every bar, each chord with the beat within the bar on which it starts.
        key: what the scale stands on.

    Returns:
        Tones in beats, without the final one: see `final_pitch`.
    """
    ladder = _ladder(voice, key)
    if not form.bars or len(ladder) < 3:
        return []
    motifs = [_invent(voice, form.metre, rng) for _ in range(2)]
    at = int(len(ladder) * rng.uniform(0.4, 0.6))
    tones: list[Tone] = []
    for number, bar in enumerate(form.bars):
        if voice.answer and bar.in_phrase % 2 == 0 and len(form.bars) > 2:
            continue
        motif = _developed(motifs[1 if bar.section == "b" else 0], bar, number, voice, form.metre, rng)
        height = 0.35 + 0.3 * bar.intensity + 0.12 * np.sin(np.pi * (bar.in_phrase + 0.5) / 4.0)
        at = int(0.6 * at + 0.4 * height * len(ladder))
        sung, at = _sing(motif, bar, chords[number], ladder, at, voice, rng)
        tones.extend(sung)
    return tones


def final_pitch(tones: Sequence[Tone], chord: Chord, voice: Voice) -> int:
    """Where a melody comes to rest: the note of the last chord's root or third nearest to where it was."""
    last = tones[-1].pitch if tones else (voice.low + voice.high) / 2
    rest = [chord.root, (chord.root + chord.degree(3)) % 12]
    options = [pitch for pitch in range(voice.low, voice.high + 1) if pitch % 12 in rest]
    return min(options, key=lambda pitch: abs(pitch - last) + 2.5 * (pitch % 12 != chord.root), default=int(last))


def _ladder(voice: Voice, key: Key) -> list[int]:
    classes = set(key.scale(voice.scale))
    return [pitch for pitch in range(voice.low, voice.high + 1) if pitch % 12 in classes]


def _invent(voice: Voice, metre: int, rng: np.random.Generator) -> _Motif:
    """A bar of rhythm and contour."""
    places = np.arange(0.0, metre, voice.grid)
    weights = np.where(np.isclose(places % 1.0, 0.0), 1.0, np.where(np.isclose(places % 0.5, 0.0), 0.65, 0.3))
    weights[0] = 1.6
    wanted = int(np.clip(round(voice.density * metre * rng.uniform(0.8, 1.2)), 1, places.size))
    chosen = np.sort(rng.choice(places.size, wanted, replace=False, p=weights / weights.sum()))
    motif: _Motif = []
    leapt = 0
    for place in chosen:
        if leapt:
            step = -int(np.sign(leapt))
            leapt = 0
        elif rng.uniform() < voice.leaps:
            step = leapt = int(rng.choice([-4, -3, 3, 4]))
        else:
            step = int(rng.choice([-2, -1, -1, 0, 1, 1, 2]))
        motif.append((float(places[place]), step))
    return motif


def _developed(motif: _Motif, bar: Bar, number: int, voice: Voice, metre: int, rng: np.random.Generator) -> _Motif:
    """The motif as this bar of the phrase says it: stated, moved, varied, closed."""
    role = bar.in_phrase % 4
    said = list(motif)
    if role == 1:  # a sequence: the same shape, starting elsewhere
        said = [
            (place, step + (int(rng.choice([-2, -1, 1, 2])) if first == 0 else 0))
            for first, (place, step) in enumerate(said)
        ]
    elif role == 2:  # turned over, or its second half new
        fresh = _invent(voice, metre, rng)
        half = metre / 2
        said = (
            [(place, -step) for place, step in said]
            if rng.uniform() < 0.4
            else [item for item in said if item[0] < half] + [item for item in fresh if item[0] >= half]
        )
    elif role == 3 or bar.fill:  # a close: fewer tones, the last one long
        said = [item for item in said if item[0] < metre / 2 or rng.uniform() < 0.35]
    if number and rng.uniform() < voice.rests and len(said) > 2:
        said = said[: -int(rng.integers(1, 3))]
    return said or motif[:1]


def _sing(
    motif: _Motif,
    bar: Bar,
    chords: Sequence[tuple[float, Chord]],
    ladder: list[int],
    at: int,
    voice: Voice,
    rng: np.random.Generator,
) -> tuple[list[Tone], int]:
    """A bar of the motif on the scale's ladder, strong beats bent to the chord."""
    tones: list[Tone] = []
    inside = [(place, step) for place, step in motif if place < bar.beats - 1e-6]
    for index, (place, step) in enumerate(inside):
        at += step
        if not 0 <= at < len(ladder):
            at -= 2 * step
        at = int(np.clip(at, 0, len(ladder) - 1))
        if abs(place - round(place)) < 1e-6 or index == len(inside) - 1:
            at = _to_chord(at, ladder, [chord for start, chord in chords if start <= place + 1e-6][-1])
        until = inside[index + 1][0] if index + 1 < len(inside) else bar.beats
        beats = min((until - place) * voice.length, 2.5)
        accent = 0.12 if place == 0 else 0.05 if place % 1.0 == 0 else 0.0
        strength = float(np.clip(0.35 + 0.45 * bar.intensity + accent + rng.uniform(-0.06, 0.06), 0.1, 1.0))
        tone = Tone(bar.start + place, beats, ladder[at], strength)
        if voice.grace and rng.uniform() < voice.grace and place > 0.2:
            side = ladder[max(at - 1, 0)]
            tones.append(replace(tone, beat=tone.beat - 0.09, beats=0.09, pitch=side, strength=0.7 * strength))
        tones.append(tone)
        if voice.double and at >= voice.double:
            tones.append(replace(tone, pitch=ladder[at - voice.double], strength=0.85 * strength))
    return tones, at


def _to_chord(at: int, ladder: list[int], chord: Chord) -> int:
    classes = set(chord.pitch_classes)
    near = [place for place in range(max(at - 3, 0), min(at + 4, len(ladder))) if ladder[place] % 12 in classes]
    return min(near, key=lambda place: abs(place - at), default=at)
