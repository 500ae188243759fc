"""Birds: whistles bent by the syrinx, noisy calls through the bill, beaks and wings.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/birds.yaml`.
Out: events until they have ended, beds of exactly the length. Space and level are the scene's.
Sources: Smyth and Smith, "The musical acoustics of birdsong" (2002); Mindlin and Laje, "The Physics of
Birdsong" (2005) for syllables as paths of pitch and pressure; Farnell, "Designing Sound" (2010), birds.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import convolve
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander
from audiogen_cli.generator.experts.effects.synthesis.ringing import impact, modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def songbirds(duration_s: float, rng: np.random.Generator, singers: int = 3) -> Signal:
    """Songbirds: each singer has a few syllables of its own, repeated in phrases with rests, near and far.

    Source: Mindlin and Laje 2005 (a syllable is a path of pitch and breath); Farnell, "Designing Sound", birds.
    """
    n = num_samples(duration_s)
    out = 0.004 * shaped_noise(n, rng, [(80, -6), (250, 0), (1000, -8), (5000, -18), (12000, -30)])
    for k in range(singers):
        home = float(rng.uniform(2200, 5200))
        syllables = [_syllable(rng, home) for _ in range(rng.integers(2, 5))]
        level = db(-2.2 * k + rng.normal(0, 1.5))
        at, starts, grains = rng.uniform(0, 1.5), [], []
        while at < duration_s - 0.3:
            for _ in range(rng.integers(1, 4)):
                syllable = syllables[rng.integers(0, len(syllables))]
                for _ in range(rng.integers(1, 7)):
                    starts.append(at)
                    grains.append(syllable * rng.uniform(0.7, 1))
                    at += syllable.size / SAMPLE_RATE + rng.uniform(0.02, 0.08)
            at += rng.uniform(0.4, 2.0)
        out += level * place(n, grains, starts)
    return fade_ends(out, 0.03, 0.03)


def _syllable(rng: np.random.Generator, home: float) -> Signal:
    """One syllable: a sweep, a hook, a trill or a warble, 40 to 250 ms."""
    kind = rng.integers(0, 4)
    n = num_samples(rng.uniform(0.05, 0.12) if kind < 2 else rng.uniform(0.12, 0.28))
    spread = rng.uniform(0.15, 0.45)
    if kind == 0:
        hz = curve(n, [(0, home * (1 + spread)), (1, home * (1 - spread))])
    elif kind == 1:
        hz = curve(n, [(0, home * (1 - spread)), (0.5, home * (1 + spread)), (1, home * (1 - spread / 2))])
    elif kind == 2:
        hz = home * (1 + 0.5 * spread * np.sin(phase_of(rng.uniform(25, 60), n)))
    else:
        hz = home * (1 + 0.5 * spread * np.sin(phase_of(rng.uniform(8, 16), n)) + 0.05 * wander(n, rng, 30))
    breath = np.sin(np.pi * np.linspace(0, 1, n)) ** 0.6
    return np.asarray(chirp(hz, (1.0, 0.12, 0.05)) * breath)


@sound_model
def woodpecker(duration_s: float, rng: np.random.Generator) -> Signal:
    """Drumming: some twenty blows a second on a hollow trunk, quickening and fading.

    Source: modes; Zabka 1980 for the pace.
    """
    n = num_samples(duration_s + 0.3)
    size = num_samples(0.12)
    hz = np.array([480, 830, 1270, 1900, 2800]) * rng.uniform(0.8, 1.2)
    trunk = modes(size, hz, [0.06, 0.05, 0.04, 0.03, 0.02], [0.8, 1, 0.7, 0.5, 0.3], rng)
    gaps = np.linspace(0.058, 0.042, max(3, int((duration_s - 0.3) / 0.05)))
    starts = 0.01 + np.cumsum(gaps * rng.normal(1, 0.015, gaps.size))
    blows = []
    for _ in starts:
        beak = impact(size, rng, 9000, 0.002)
        knock = convolve(beak, trunk)
        blows.append(knock / np.abs(knock).max() + 0.4 * beak / np.abs(beak).max())
    swell = line(gaps.size, [(0, 0.5), (0.2, 1), (0.7, 0.8), (1, 0.35)])
    return fade_ends(place(n, blows, starts, swell), 0.001, 0.1)


@sound_model
def wings_flapping(duration_s: float, rng: np.random.Generator) -> Signal:
    """Take-off: wing beats some nine times a second, each a puff of air and a rustle of feathers, quickening.

    Source: Farnell.
    """
    n = num_samples(duration_s + 0.2)
    gaps = np.linspace(0.14, 0.095, max(3, int(duration_s / 0.115)))
    starts = np.cumsum(gaps * rng.normal(1, 0.06, gaps.size)) - gaps[0]
    beats = []
    for _ in starts:
        size = num_samples(rng.uniform(0.07, 0.1))
        stroke = np.sin(np.pi * np.linspace(0, 1, size)) ** 2
        puff = shaped_noise(size, rng, [(60, -4), (180, 0), (500, -6), (2000, -18), (8000, -36)]) * stroke
        feathers = shaped_noise(size, rng, [(400, -20), (1500, -3), (3500, 0), (8000, -8), (14000, -20)]) * stroke**3
        beats.append(puff + 0.5 * feathers)
    return fade_ends(
        place(n, beats, np.clip(starts, 0, None), line(gaps.size, [(0, 0.7), (0.2, 1), (1, 0.25)])), 0.005, 0.1
    )
