"""Crowds: many of our own voices and hands at once.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/crowd.yaml`.
Out: beds of exactly that length; a laughing audience ends by itself. Level and the place are the scene's.
A dozen utterances are synthesised by other models and placed again and again at other times, pitches and levels; a few
stay near enough to be heard one by one, which tells a crowd from a roar.
Sources: Krishnamurthy and Hansen 2009, "Babble noise: modeling, analysis, and applications", for how many voices make a
hubbub; Byrne et al. 1994 for its spectrum; Repp 1987 and Peltola et al. 2007, "Synthesis of hand clapping sounds".
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.calls import Range, draw
from audiogen_cli.generator.experts.effects.hands import clap_in_hall
from audiogen_cli.generator.experts.effects.human import shout
from audiogen_cli.generator.experts.effects.registry import render_sound, sound_model, sound_models
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import convolve, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shape, shaped_noise
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp
from audiogen_cli.generator.experts.effects.throat import VOICES, exhale, vowel_path
from audiogen_cli.knowledge.entries import load_entries

_PITCHES = 5  # at which each utterance is kept: with ten utterances fifty that differ
_CHANTING = ("man", "man", "woman", "man", "man", "woman", "man", "man")
_HALL = ((100, -8), (500, 0), (2000, -2), (5000, -10), (12000, -26))


@sound_model
def throng(
    duration_s: float,
    rng: np.random.Generator,
    *,
    cast: Sequence[Mapping[str, Any]],
    near: Mapping[str, Any],
    far: Mapping[str, Any] | None = None,
    hall_s: float = 1.0,
    hall: float = 0.5,
    air: Sequence[tuple[float, float]] = ((100, -12), (500, 0), (2000, -12), (8000, -30)),
    air_level: float = 0.1,
    spectrum: Sequence[tuple[float, float]] | None = None,
    hands: int = 0,
    hands_level: float = 1.0,
    whistles_hz: float = 0.0,
    falls_s: float = 0.0,
) -> Signal:
    """People at once, each uttering, resting and uttering again, in a hall (Krishnamurthy and Hansen 2009; Klatt 1980).

    Args:
        duration_s: of the crowd.
        rng: of all unevenness.
        cast: who is there, each {sound: an entry of the knowledge, or model and settings; lasts_s; copies: how many
            renderings of it}.
        near, far: groups of {people, level_db: [low, high], pause_s: [low, high], pitch: [low, high], gain}.
        hall_s, hall: how long the place rings, and how strongly against what is heard directly.
        air, air_level: spectrum and level of all the people too far to tell apart.
        spectrum: bends the voices, (Hz, dB).
        hands, hands_level: pairs of clapping hands, and their level against the voices.
        whistles_hz: whistles through fingers a second.
        falls_s: the crowd bursts out and dies away in this time; 0 goes on.
    """
    n = num_samples(duration_s)
    pool = [_member(rng, one) for one in cast for _ in range(one.get("copies", 1))]
    voices = near.get("gain", 1.0) * _people(n, rng, pool, falls_s=falls_s, **near)
    if far is not None:
        voices = voices + far.get("gain", 1.0) * _people(n, rng, pool, falls_s=falls_s, **far)
    if spectrum is not None:
        voices = shape(voices, spectrum)
    walls = shaped_noise(num_samples(hall_s), rng, _HALL) * decay(num_samples(hall_s), hall_s)
    out = mix([mix([voices, convolve(voices, walls)], [1.0, hall]), shaped_noise(n, rng, air)], [1.0, air_level])
    if hands:
        out = mix([applause(duration_s, rng, people=hands), out], [hands_level, 1.0])
    if whistles_hz:
        out = out + 0.6 * out.std() * _finger_whistles(n, rng, whistles_hz)
    if falls_s:
        out *= line(n, [(0, 0), (0.06, 1), (0.5, 0.8), (1, 0)])
    return fade_ends(out, 0.05, 0.4 if falls_s else 0.05)


def _member(rng: np.random.Generator, one: Mapping[str, Any]) -> Signal:
    """One utterance, peak 1: of another entry of the knowledge, or of a model with settings of its own."""
    length_s = draw(rng, one["lasts_s"])
    if "sound" in one:
        return np.asarray(render_sound(load_entries("sounds")[one["sound"]], rng=rng, duration_s=length_s), dtype=float)
    sound = np.asarray(sound_models()[one["model"]](length_s, rng, **one.get("settings", {})))
    return sound / max(float(np.abs(sound).max()), 1e-12)


def _people(
    n: int,
    rng: np.random.Generator,
    pool: list[Signal],
    *,
    people: int,
    level_db: tuple[float, float],
    pause_s: tuple[float, float],
    pitch: tuple[float, float] = (0.92, 1.1),
    falls_s: float = 0.0,
    gain: float = 1.0,
) -> Signal:
    """Each person, at a pitch and a level of their own, utters something of the pool, waits, and utters another."""
    ratios = np.linspace(*pitch, _PITCHES)
    out = np.zeros(n)
    at_pitch: dict[tuple[int, int], Signal] = {}
    for _ in range(people):
        level, height = db(rng.uniform(*level_db)), int(rng.integers(_PITCHES))
        at = 0.0 if falls_s else -rng.uniform(0, 1.5)
        while at < n / SAMPLE_RATE:
            which = int(rng.integers(len(pool)))
            if (which, height) not in at_pitch:
                one = pool[which]
                at_pitch[which, height] = np.interp(
                    np.arange(0, one.size - 1, ratios[height]), np.arange(one.size), one
                )
            voice = at_pitch[which, height]
            start = round(at * SAMPLE_RATE)
            piece = voice[max(0, -start) : n - start]
            tired = np.exp(-((max(at, 0.0) / falls_s) ** 2)) if falls_s else 1.0
            out[max(0, start) : max(0, start) + piece.size] += level * tired * piece
            at += voice.size / SAMPLE_RATE + rng.uniform(*pause_s)
    return out


def _finger_whistles(n: int, rng: np.random.Generator, rate_hz: float) -> Signal:
    """Whistles through fingers, 2.5 to 3.5 kHz, each sliding up and off."""
    notes, starts = [], poisson_times(n / SAMPLE_RATE, rate_hz, rng)
    for _ in starts:
        size, top = num_samples(rng.uniform(0.25, 0.8)), rng.uniform(2500, 3500)
        slide = curve(size, [(0, top * 0.8), (0.3, top), (0.7, top * 0.95), (1, top * 0.7)])
        notes.append(db(rng.uniform(-14, -3)) * chirp(slide, (1, 0.13)) * np.hanning(size) ** 0.5)
    return place(n, notes, starts)


@sound_model
def sentence(
    duration_s: float,
    rng: np.random.Generator,
    *,
    voice: str = "man",
    rate_hz: float = 5.0,
    lift: Range = (0.95, 1.4),
) -> Signal:
    """Speech without words: syllables of a vowel and a consonant, stressed unevenly, the pitch falling (Klatt 1980).

    `rate_hz` is that of syllables, `lift` the pitch against the voice's usual one.
    """
    base_hz, tract = VOICES[voice]
    tract *= rng.uniform(0.93, 1.08)
    n = num_samples(duration_s)
    syllables, starts, stresses = [], [], []
    hisses, hissed_at = [], []
    mouth: list[tuple[float, str]] = []
    tune: list[tuple[float, float]] = []
    at = 0.02
    while at < duration_s - 0.12:
        length = rng.uniform(0.75, 1.4) / rate_hz
        stress, name = rng.uniform(0.4, 1), str(rng.choice(["a", "e", "i", "o", "u", "uh", "er", "ae"]))
        swell = line(num_samples(length), [(0, 0.02), (0.12, 0.35), (0.3, 1), (0.75, 0.8), (1, 0.05)])
        syllables.append(stress * swell)
        starts.append(at)
        stresses.append(stress)
        closed = str(rng.choice(["m", "uh", "i", "er", "u"]))
        mouth += [(at, closed), (at + 0.35 * length, name), (at + 0.8 * length, name)]
        tune.append((at / duration_s, rng.uniform(0.85, 1.2)))
        if rng.random() < 0.6:  # a fricative, or the burst of a stop
            size, edge = num_samples(rng.uniform(0.02, 0.09)), rng.uniform(2500, 6000)
            noise = shaped_noise(size, rng, [(edge / 3, -30), (edge, 0), (2 * edge, -4), (20000, -24)])
            hisses.append(0.12 * stress * noise * np.hanning(size))
            hissed_at.append(max(0.0, at - size / SAMPLE_RATE / 2))
        at += length * rng.choice([1.0, 1.0, 1.0, 1.15, 1.5])
    voiced, hiss = place(n, syllables, starts), place(n, hisses, hissed_at)
    onsets = np.clip(np.array(starts) - 0.03, 0.0, None)
    breathy = place(n, [np.full(num_samples(0.06), stress) for stress in stresses], onsets)
    fall = line(n, [(0, 1.12), (1, 0.85)])
    hz = base_hz * draw(rng, lift) * fall * (1 + lowpass(line(n, tune or [(0, 1)]) - 1, 8, order=1))
    path = [(min(1.0, moment / duration_s), name) for moment, name in mouth] or [(0.0, "uh"), (1.0, "uh")]
    formants = [(f, 1.2 * width, gain) for f, width, gain in vowel_path(n, path, tract)]
    folds = {"jitter": 0.012, "shimmer": 0.06, "breath": 0.06, "tilt_hz": 3500}
    out = exhale(
        hz, rng, formants, voiced=lowpass(voiced, 60, order=1), air=0.12 * lowpass(breathy, 40, order=1), **folds
    )
    return fade_ends(0.2 * out / max(float(out.std()), 1e-12) + hiss, 0.01, 0.03)


@sound_model
def applause(duration_s: float, rng: np.random.Generator, people: int = 66) -> Signal:
    """Applause: every pair of hands with a pitch and a pace of its own, two to five claps a second, near and far.

    Source: Peltola et al. 2007; Repp 1987.
    """
    n = num_samples(duration_s)
    pool = [clap_in_hall(rng) for _ in range(60)]
    grains, starts, levels = [], [], []
    for _ in range(people):
        own, pace, level = pool[rng.integers(0, 60)], rng.uniform(2.5, 4.5), db(rng.uniform(-24, 0))
        moments = rng.uniform(0, 1 / pace) + np.cumsum(rng.normal(1, 0.06, int(duration_s * pace) + 1)) / pace - 0.3
        starts += moments.tolist()
        grains += [own] * moments.size
        levels += (level * db(rng.normal(0, 2, moments.size))).tolist()
    hands = place(n, grains, starts, levels)
    hall = shaped_noise(num_samples(2.0), rng, [(100, -12), (500, 0), (2000, -2), (5000, -10), (12000, -26)])
    ringing = convolve(hands, hall * decay(hall.size, 2.0))
    return fade_ends(lowpass(highpass(mix([hands, ringing], [1.0, 0.16]), 300), 8000, order=1), 0.05, 0.06)


@sound_model
def crowd_chant(duration_s: float, rng: np.random.Generator) -> Signal:
    """A chant: many voices on the same three shouted syllables and a rest, never quite together (Klatt 1980)."""
    n = num_samples(duration_s)
    beat = rng.uniform(0.42, 0.5)
    syllables = [str(name) for name in rng.choice(["a", "o", "e", "i"], 3)]
    grains, starts = [], []
    for mouth, step, length in zip(syllables, (0, 1, 2), (0.85, 0.85, 1.5)):
        pool = []
        for voice in _CHANTING:
            shouted = shout(length * beat, rng, voice=voice, height=rng.uniform(1.5, 2.0), mouth=[mouth])
            pool.append(shouted / np.abs(shouted).max())
        for at in np.arange(step * beat, duration_s, 4 * beat):
            grains += [pool[k] for k in rng.integers(0, len(pool), 26)]
            starts += (at + rng.normal(0.03, 0.03, 26)).clip(0).tolist()
    out = place(n, grains, starts, db(rng.uniform(-12, 0, len(grains))))
    air = shaped_noise(n, rng, [(150, -14), (500, 0), (1200, -4), (4000, -18), (12000, -36)])
    return fade_ends(mix([out, air], [1.0, 0.15]), 0.05, 0.05)
