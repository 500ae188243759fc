"""Throats: vocal folds as a source, the mouth above them as a filter; people's voices by age and sex.

In: pitch in Hz, shares and levels over the length of a call, resonances in Hz, a seeded `rng`.
Out: float64 [S], any level. Which call is which creature is the business of `calls`,
`human`, `breath`, `body` and `crowd`.
Sources: Fant, "Acoustic Theory of Speech Production" (1960); Rosenberg 1971 for the flow pulse; Klatt,
"Software for a cascade/parallel formant synthesizer" (1980); Stevens, "Acoustic Phonetics" (1998) for breath.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, Track, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import phase_of


def glottis(
    hz: Signal,
    rng: np.random.Generator,
    *,
    open_quotient: float = 0.6,
    jitter: float = 0.01,
    shimmer: float = 0.05,
    breath: Track = 0.03,
    subharmonic: float = 0.0,
    tilt_hz: float = 3000.0,
) -> Signal:
    """The buzz of vocal folds: the derivative of Rosenberg's flow pulse, with the unevenness of something alive.

    Args:
        hz: pitch [S].
        rng: of jitter, shimmer and breath.
        open_quotient: share of a cycle the folds are apart; small is pressed and bright.
        jitter, shimmer: unevenness of period and level, as a share (0.01 a healthy person, 0.1 a growl).
        breath: noise through the open folds against the buzz, a number or a track [S].
        subharmonic: 0 to 1, how much every second cycle is weaker: rough voices, animals.
        tilt_hz: where the buzz begins to fall off by a further 6 dB an octave.

    Source: Rosenberg 1971, "Effect of glottal pulse shape on the quality of natural vowels"; Klatt 1980.
    """
    n = hz.size
    cycles = phase_of(hz * (1 + jitter * wander(n, rng, max(20.0, float(np.mean(hz)) / 2)))) / (2 * np.pi)
    index = cycles.astype(np.int64)
    part = (cycles - index) / open_quotient
    opening = 0.68  # share of the open time in which the flow rises; it closes faster, which makes it bright
    rising = 6 * (part / opening) * (1 - part / opening) / opening
    falling = -2 * (part - opening) / (1 - opening) ** 2
    slope = np.where(part < opening, rising, np.where(part < 1, falling, 0.0))
    levels = 1 + shimmer * rng.standard_normal(int(index[-1]) + 2)
    levels[1::2] *= 1 - subharmonic
    voiced = slope * levels[index]
    noise = white(n, rng) * (0.3 + np.clip(slope, 0, None)) * breath * 2
    return lowpass(voiced, tilt_hz, order=1) + highpass(noise, 800, order=1)


def call(
    duration_s: float,
    rng: np.random.Generator,
    *,
    pitch: Sequence[tuple[float, float]],
    level: Sequence[tuple[float, float]],
    mouth: Sequence[tuple[Any, Any, float]],
    cascade: bool = False,
    wobble: float = 0.015,
    vibrato: tuple[float, float, float] = (6.0, 0.0, 0.0),
    **folds: Any,
) -> Signal:
    """One call of a throat: folds at a gliding pitch, through a mouth, with a level.

    Args:
        duration_s: of the call.
        rng: of all its unevenness.
        pitch: (share of the call, Hz), joined smoothly.
        level: (share of the call, 0 to 1), joined by lines.
        mouth: resonances (Hz or a list of (share, Hz), bandwidth in Hz, gain in dB), parallel unless `cascade`.
        wobble: slow unsteadiness of pitch, as a share.
        vibrato: (Hz, depth in pitch as a share, depth in level as a share).
        folds: settings of `glottis`.
    """
    n = num_samples(duration_s)
    shake_hz, pitch_depth, level_depth = vibrato
    shake = np.sin(phase_of(shake_hz * (1 + 0.08 * wander(n, rng, 4.0)), n) + rng.uniform(0, 2 * np.pi))
    hz = curve(n, pitch) * (1 + wobble * wander(n, rng, 9.0) + pitch_depth * shake)
    tracks = [
        (line(n, hz_path) if isinstance(hz_path, list) else hz_path, width, gain) for hz_path, width, gain in mouth
    ]
    voice = formant_filter(glottis(hz, rng, **folds), tracks, parallel=not cascade)
    return fade_ends(voice * line(n, level) * (1 + level_depth * shake), 0.003, 0.02)


VOWELS = {  # first five formants of a man in Hz, Peterson and Barney 1952 with Klatt's upper ones
    "a": (730, 1090, 2440, 3400, 4500),
    "ae": (660, 1720, 2410, 3500, 4500),
    "e": (530, 1840, 2480, 3500, 4500),
    "i": (270, 2290, 3010, 3600, 4500),
    "o": (570, 840, 2410, 3300, 4500),
    "u": (300, 870, 2240, 3300, 4500),
    "uh": (640, 1190, 2390, 3400, 4500),
    "er": (490, 1350, 1690, 3300, 4500),
    "m": (250, 1100, 2200, 3300, 4500),
}


def vowel(name: str, tract: float = 1.0) -> list[tuple[Track, Track, float]]:
    """The formants of a vowel for `formant_filter`; `tract` scales them: 1 a man, 1.17 a woman, 1.35 a child."""
    return [(hz * tract, 50.0 + 0.03 * hz * tract, 0.0) for hz in VOWELS[name]]


def vowel_path(n: int, path: Sequence[tuple[float, str]], tract: Track = 1.0) -> list[tuple[Track, Track, float]]:
    """Formants that move from vowel to vowel, at (share of the whole, vowel)."""
    tracks: list[tuple[Track, Track, float]] = []
    for k in range(5):
        hz = line(n, [(at, VOWELS[name][k]) for at, name in path]) * tract
        tracks.append((hz, 50.0 + 0.03 * hz, 0.0))
    return tracks


VOICES = {  # usual pitch in Hz, tract against a man's
    "man": (115.0, 1.0),
    "woman": (210.0, 1.17),
    "child": (290.0, 1.33),
    "baby": (430.0, 1.65),
}


def breath_noise(n: int, rng: np.random.Generator, mouth: str = "uh", tract: float = 1.0) -> Signal:
    """Breath through the shape of a vowel: turbulence at the glottis and at the lips (Stevens 1998)."""
    source = shaped_noise(n, rng, [(100, -16), (500, -3), (1500, 0), (5000, -4), (14000, -16)])
    filtered = formant_filter(
        source, [(hz, 2.5 * float(width), 0) for hz, width, _ in vowel(mouth, tract)], parallel=True
    )
    return np.asarray(filtered / filtered.std() + 0.25 * source)


def throat(
    duration_s: float,
    rng: np.random.Generator,
    voice: str,
    mouth: str,
    pitch: list[tuple[float, float]],
    level: list[tuple[float, float]],
    **settings: Any,
) -> Signal:
    """A vowel sung, cried or groaned by one of `VOICES`; `pitch` is against the voice's usual one."""
    base, tract = VOICES[voice]
    return call(
        duration_s,
        rng,
        pitch=[(at, base * ratio) for at, ratio in pitch],
        level=level,
        mouth=vowel(mouth, tract),
        cascade=True,
        **settings,
    )


def exhale(
    hz: Signal,
    rng: np.random.Generator,
    mouth: Sequence[tuple[Track, Track, float]],
    *,
    voiced: Signal,
    air: Signal,
    **folds: Any,
) -> Signal:
    """One stream of breath through one mouth: it drives the folds, or rushes past them, or both by turns.

    Args:
        hz: pitch [S] while the folds swing.
        rng: of the unevenness.
        mouth: its formants, in cascade.
        voiced, air: how strong buzz and turbulence are, [S], 1 being full voice.
        folds: settings of `glottis`.

    Source: Klatt 1980: voicing and aspiration are two sources of one tract, so both carry its formants.
    """
    buzz = glottis(hz, rng, **folds)
    rush = shaped_noise(hz.size, rng, [(100, -16), (500, -3), (1500, 0), (5000, -4), (14000, -16)])
    return formant_filter(voiced * buzz / max(float(buzz.std()), 1e-12) + air * rush, mouth)
