"""Breath without a voice: breathing, snores, and a tune whistled through pursed lips.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/human.yaml`.
Out: events until they have ended, beds of exactly the length. Voices without words are `human`'s.
Sources: Stevens, "Acoustic Phonetics" (1998) for breath noise; Wilson et al. 1971 for whistling.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of
from audiogen_cli.generator.experts.effects.throat import (
    breath_noise,
)


@sound_model
def breathing(duration_s: float, rng: np.random.Generator, rate: float = 0.45, effort: float = 0.6) -> Signal:
    """Breathing: in through a narrow bright mouth, out through a wide dark one, `rate` breaths a second.

    Source: Stevens 1998.
    """
    n = num_samples(duration_s)
    cycle = (np.cumsum(np.full(n, rate / SAMPLE_RATE) * (1 + 0.08 * wander(n, rng, 0.5))) + rng.uniform()) % 1.0
    inward = np.clip(np.sin(np.pi * np.clip(cycle / 0.42, 0, 1)), 0, 1) ** 0.8
    outward = np.clip(np.sin(np.pi * np.clip((cycle - 0.47) / 0.45, 0, 1)), 0, 1) ** 1.2
    flutter = 1 + 0.12 * wander(n, rng, 18)
    air_in = highpass(breath_noise(n, rng, "i", 1.0), 700, order=1) * inward
    air_out = breath_noise(n, rng, "a", 1.05) * outward
    return fade_ends((air_in * (0.45 + 0.3 * effort) + air_out) * flutter, 0.1, 0.1)


@sound_model
def snore(duration_s: float, rng: np.random.Generator) -> Signal:
    """Snores: the soft palate slapping 25 to 45 times a second on the breath in, a soft breath out.

    Source: Pevernagie 2010.
    """
    n = num_samples(duration_s)
    cycle = (np.cumsum(np.full(n, 0.31 / SAMPLE_RATE) * (1 + 0.05 * wander(n, rng, 0.5))) + rng.uniform()) % 1.0
    inward = np.clip(np.sin(np.pi * np.clip(cycle / 0.42, 0, 1)), 0, 1) ** 0.7
    outward = np.clip(np.sin(np.pi * np.clip((cycle - 0.52) / 0.35, 0, 1)), 0, 1)
    flaps_hz = (30 + 16 * cycle) * (1 + 0.08 * wander(n, rng, 7))
    phase = phase_of(flaps_hz) / (2 * np.pi) % 1.0
    slap = np.exp(-phase * 5) * (1 + 0.3 * wander(n, rng, 35))
    drive = (slap - slap.mean()) + 0.5 * white(n, rng) * slap
    palate = ring(drive, [210, 480, 1050, 2100], [0.02, 0.014, 0.009, 0.005], [1, 0.9, 0.55, 0.35])
    exhale = breath_noise(n, rng, "u", 1.0)
    return fade_ends(palate / palate.std() * inward + 0.12 * exhale * outward, 0.1, 0.1)


_TUNES = (  # steps above the first note, in semitones, and their lengths in beats
    ((0, 1), (2, 1), (4, 1), (7, 2), (4, 1), (5, 1), (4, 1), (2, 2)),
    ((0, 1), (4, 1), (7, 1.5), (9, 0.5), (7, 2), (4, 1), (2, 1), (0, 2)),
    ((7, 1.5), (5, 0.5), (4, 1), (2, 1), (4, 2), (0, 1), (2, 1), (0, 2)),
)


@sound_model
def whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Whistling a tune: the mouth as a Helmholtz resonator, nearly a sine with breath round it, notes slid into.

    Source: Wilson 1971.
    """
    n = num_samples(duration_s)
    tune = _TUNES[rng.integers(0, len(_TUNES))]
    beats = sum(length for _, length in tune)
    home = rng.uniform(950, 1250)
    semitones, level = np.zeros(n), np.zeros(n)
    at = 0.0
    for step, length in tune:
        start, end = (int(n * share / beats) for share in (at, at + length))
        semitones[start:end] = step
        level[start:end] = line(end - start, [(0, 0.4), (0.12, 1), (0.8, 0.85), (1, 0.35)])
        at += length
    glide = lowpass(semitones - semitones[0], 14, order=1) + semitones[0]
    vibrato = 0.008 * np.sin(phase_of(5.6, n)) * np.clip(wander(n, rng, 1.0) + 0.8, 0, 1.5)
    hz = home * 2 ** (glide / 12) * (1 + vibrato + 0.004 * wander(n, rng, 12))
    smooth = lowpass(level, 30, order=1)
    tone = chirp(hz, (1, 0.04, 0.015))
    breath = formant_filter(white(n, rng), [(hz, 220.0, 0.0)], parallel=True)
    return fade_ends((tone + 0.12 * breath / breath.std()) * smooth, 0.02, 0.1)
