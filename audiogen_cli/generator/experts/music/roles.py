"""What the players of each role do with a piece: bass, chords, arpeggio, pad, drone, hits, lead.

In: a part's params from its style, the `Piece`, a register. Out: `Tone`s in beats, the last chord included.
Every role reads its patterns afresh in every bar, so that no two bars are the same.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.music.form import Bar
from audiogen_cli.generator.experts.music.harmony import Chord, nearest, voice
from audiogen_cli.generator.experts.music.melody import Tone, Voice, compose_melody, final_pitch
from audiogen_cli.generator.experts.music.piece import Piece
from audiogen_cli.generator.experts.music.rhythm import Step, read_pattern

Register = tuple[int, int]
Role = Callable[[Mapping[str, Any], Piece, Register, np.random.Generator], list[Tone]]


def play_chords(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """Chords in a rhythm; digits in the pattern are single notes of a left hand, an octave or two below.

    Params: rhythm (patterns), voices, length, strum_beats, low (register of the left hand), power.
    """
    low, high = params.get("low", (max(register[0] - 22, 28), register[0] - 3))
    hand: list[int] = []
    tones: list[Tone] = []
    for number, bar in _bars(params, piece):
        for step in _pattern(params, bar, piece, rng, default="x---"):
            chord = piece.chord_at(number, step.beat)
            strength = _strength(step, bar, rng)
            if step.mark.isdigit():
                tones.append(
                    Tone(bar.start + step.beat, step.beats, _degree(chord, step.mark, low, high), 0.95 * strength)
                )
                continue
            hand = _hand(params, chord, register, hand)
            tones += _struck(params, hand, bar.start + step.beat, step.beats, strength, up=step.mark == "u")
    hand = _hand(params, piece.last, register, hand)
    if params.get("last_bass", "1" in "".join(params.get("rhythm", ()))):
        tones.append(Tone(piece.form.end_beat, piece.ring_beats, _degree(piece.last, "1", low, high), 0.75))
    return tones + _struck(params, hand, piece.form.end_beat, _held(params, piece), 0.75, up=False)


def play_bass(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """One note at a time: patterns of degrees, or `walking: true` for a jazz bass.

    Marks: digits are degrees of the chord, "a" and "b" a semitone below and above the next root.
    """
    low, high = register
    tones: list[Tone] = []
    for number, bar in _bars(params, piece):
        if params.get("walking"):
            tones += _walk(piece, number, bar, register, tones, rng)
            continue
        for step in _pattern(params, bar, piece, rng, default="1---"):
            chord = piece.chord_at(number, step.beat)
            if step.mark in "ab":
                root = _degree(piece.chord_after(number, step.beat), "1", low, high)
                pitch = root + (-1 if step.mark == "a" else 1)
            else:
                pitch = _degree(chord, step.mark if step.mark.isdigit() else "1", low, high)
            length = step.beats * float(params.get("length", 0.92))
            tones.append(Tone(bar.start + step.beat, length, pitch, _strength(step, bar, rng)))
    last = _degree(piece.last, "1", low, high)
    return [*tones, Tone(piece.form.end_beat, _held(params, piece), last, 0.8)]


def play_arpeggio(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """Broken chords: digits of the pattern count up the notes of the chord, on into the next octave."""
    ladder: list[int] = []
    tones: list[Tone] = []
    for number, bar in _bars(params, piece):
        for step in _pattern(params, bar, piece, rng, default="12345432"):
            chord = piece.chord_at(number, step.beat)
            ladder = _hand(params, chord, register, ladder[: int(params.get("voices", 3))])
            octaves = [pitch + 12 * octave for octave in range(4) for pitch in ladder]
            place = int(step.mark) - 1 if step.mark.isdigit() else 0
            if rng.uniform() < float(params.get("stray", 0.08)):
                place = max(place + int(rng.choice([-1, 1])), 0)
            length = max(step.beats * float(params.get("length", 1.0)), float(params.get("ring_beats", 0.0)))
            tones.append(Tone(bar.start + step.beat, length, octaves[place], _strength(step, bar, rng)))
    ladder = _hand(params, piece.last, register, ladder)
    rolled = {"strum_beats": 0.12, **params}
    return tones + _struck(rolled, ladder, piece.form.end_beat, _held(params, piece), 0.7, up=False)


def play_pad(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """Chords held from one to the next; a note that both have is held through."""
    playing = {bar.start for _, bar in _bars(params, piece)}
    spans = [(start, beats, chord, bar.intensity) for bar, start, beats, chord in piece.spans() if bar.start in playing]
    spans.append((piece.form.end_beat, _held(params, piece), piece.last, 0.7))
    hand: list[int] = []
    sounding: dict[int, Tone] = {}
    tones: list[Tone] = []
    for start, beats, chord, intensity in spans:
        hand = _hand({"voices": 4, **params}, chord, register, hand)
        for pitch in [pitch for pitch in sounding if pitch not in hand or params.get("restrike")]:
            tones.append(sounding.pop(pitch))
        for pitch in hand:
            held = sounding.get(pitch)
            if held is not None and start - (held.beat + held.beats) < 0.3:
                sounding[pitch] = Tone(held.beat, start + beats - held.beat + 0.1, pitch, held.strength)
            else:
                if held is not None:
                    tones.append(held)
                sounding[pitch] = Tone(start, beats + 0.1, pitch, 0.35 + 0.5 * intensity)
    return tones + list(sounding.values())


def play_drone(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """The tonic, and what `degrees` (semitones above it) says, held; or struck in a rhythm."""
    tonic = nearest(piece.key.tonic, (register[0] + register[1]) / 2)
    pitches = [tonic + int(step) for step in params.get("degrees", (0, 7))]
    if "rhythm" not in params:
        total = piece.form.end_beat + _held(params, piece)
        late = [float(rng.uniform(0.0, 0.12)) * total * index for index in range(len(pitches))]
        return [Tone(start, total - start, pitch, 0.7) for start, pitch in zip(late, pitches)]
    tones = []
    for _, bar in _bars(params, piece):
        for step in _pattern(params, bar, piece, rng, default="x---"):
            index = int(step.mark) - 1 if step.mark.isdigit() else 0
            length = max(step.beats, float(params.get("ring_beats", 0.0)))
            pitch = pitches[index % len(pitches)]
            tones.append(Tone(bar.start + step.beat, length, pitch, _strength(step, bar, rng)))
    return tones + [Tone(piece.form.end_beat, piece.ring_beats, pitch, 0.7) for pitch in pitches[:2]]


def play_lead(params: Mapping[str, Any], piece: Piece, register: Register, rng: np.random.Generator) -> list[Tone]:
    """A melody: see `melody`. Params: those of `Voice`, and last_beats."""
    scale = params.get("scale")
    if isinstance(scale, Mapping):
        scale = scale.get(piece.key.mode) or scale.get(piece.key.quality)
    names = ("density", "grid", "leaps", "rests", "length", "answer", "grace", "double")
    figures = {key: params[key] for key in names if key in params}
    singer = Voice(low=register[0], high=register[1], scale=scale, **figures)
    playing = {bar.start for _, bar in _bars(params, piece)}
    tones = [
        tone
        for tone in compose_melody(singer, piece.form, piece.chords, piece.key, rng)
        if any(start - 0.2 <= tone.beat < start + piece.form.metre for start in playing)
    ]
    last = final_pitch(tones, piece.last, singer)
    ending = [Tone(piece.form.end_beat, _held(params, piece), last, 0.75)]
    if singer.double:
        ending.append(Tone(piece.form.end_beat, _held(params, piece), nearest(piece.last.root, last - 6), 0.6))
    return tones + ending


ROLES: Mapping[str, Role] = {
    "bass": play_bass,
    "chords": play_chords,
    "arpeggio": play_arpeggio,
    "pad": play_pad,
    "drone": play_drone,
    "hits": play_chords,
    "lead": play_lead,
}


def _bars(params: Mapping[str, Any], piece: Piece) -> list[tuple[int, Bar]]:
    """The bars in which a part plays: by `sections`, and from an intensity on."""
    sections = params.get("sections")
    least = float(params.get("from_intensity", 0.0))
    return [
        (number, bar)
        for number, bar in enumerate(piece.form.bars)
        if (sections is None or bar.section in sections or len(piece.form.bars) < 4) and bar.intensity >= least
    ]


def _pattern(
    params: Mapping[str, Any], bar: Bar, piece: Piece, rng: np.random.Generator, *, default: str
) -> list[Step]:
    """The strokes of this bar: one of the part's patterns, its last kept for the ends of phrases."""
    patterns: Sequence[str] = params.get("rhythm") or [default]
    if isinstance(patterns, str):
        raise KnowledgeError(f"rhythm is a list of patterns, not {patterns!r}")
    usual = int(rng.integers(max(len(patterns) - 1, 1)))
    chosen = patterns[-1 if bar.fill else usual]
    return [step for step in read_pattern(chosen, float(piece.form.metre), rng) if step.beat < bar.beats - 1e-6]


def _strength(step: Step, bar: Bar, rng: np.random.Generator) -> float:
    return float(np.clip(step.strength * (0.45 + 0.65 * bar.intensity) + rng.uniform(-0.05, 0.05), 0.08, 1.0))


def _degree(chord: Chord, mark: str, low: int, high: int) -> int:
    """A degree of a chord above the chord's root, which lies as low in the register as it can."""
    root = low + (chord.root - low) % 12
    pitch = root + chord.degree(int(mark))
    return pitch - 12 if pitch > high and pitch - 12 >= low - 2 else pitch


def _hand(params: Mapping[str, Any], chord: Chord, register: Register, previous: Sequence[int]) -> list[int]:
    if params.get("power"):
        root = register[0] + (chord.root - register[0]) % 12
        return [root, root + 7, root + 12]
    return voice(chord, low=register[0], high=register[1], voices=int(params.get("voices", 3)), previous=previous)


def _struck(
    params: Mapping[str, Any], hand: Sequence[int], beat: float, beats: float, strength: float, *, up: bool
) -> list[Tone]:
    spread = float(params.get("strum_beats", 0.0))
    length = beats * float(params.get("length", 0.95))
    order = list(reversed(hand)) if up else list(hand)
    return [
        Tone(beat + spread * place / max(len(order), 1), length, pitch, strength * (1.0 - 0.05 * place))
        for place, pitch in enumerate(order)
    ]


def _held(params: Mapping[str, Any], piece: Piece) -> float:
    """How long the last note is held, in beats: most of the ring, or `last_beats` of it."""
    return min(float(params.get("last_beats", np.inf)), 0.9 * piece.ring_beats)


def _walk(
    piece: Piece, number: int, bar: Bar, register: Register, before: Sequence[Tone], rng: np.random.Generator
) -> list[Tone]:
    """Four to the bar: root, notes of the chord and steps between them, a semitone into the next root."""
    low, high = register
    tones: list[Tone] = []
    at = before[-1].pitch if before else (low + high) / 2
    for beat in range(int(bar.beats)):
        chord, following = piece.chord_at(number, beat), piece.chord_after(number, beat)
        if beat == 0 or chord is not piece.chord_at(number, max(beat - 1, 0)):
            at = nearest(chord.root, at)
        elif beat == int(bar.beats) - 1:
            at = nearest(following.root, at) + int(rng.choice([-1, 1, -1, 2]))
        else:
            options = [nearest(pitch_class, at + rng.choice([-4, 4])) for pitch_class in chord.pitch_classes]
            options += [int(at) + step for step in (-2, 2) if (int(at) + step) % 12 in piece.key.scale()]
            options = [pitch for pitch in options if pitch != at] or [int(at)]
            at = int(rng.choice(options))
        at = at + 12 if at < low else at - 12 if at > high else at
        strength = 0.6 + 0.25 * bar.intensity + float(rng.uniform(-0.05, 0.05))
        tones.append(Tone(bar.start + beat, 0.92, float(at), strength))
        if rng.uniform() < 0.12:
            tones.append(Tone(bar.start + beat + 0.5, 0.4, float(at), 0.4))
    return tones
