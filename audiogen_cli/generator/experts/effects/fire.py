"""Fire: flames as turbulence, wood as cracks, things that hiss and sizzle.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/fire.yaml`.
Out: beds of exactly that length; the match burns down by itself. Space and level are the scene's.
Sources: Farnell, "Designing Sound" (2010), fire: lapping, crackling and hissing apart; Cook's PhISEM for particles.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, db, num_samples, seconds


@sound_model
def campfire(duration_s: float, rng: np.random.Generator, size: float = 0.3) -> Signal:
    """A wood fire: flames lapping below 200 Hz, gas hissing, and cracks that come in showers (Farnell, fire).

    `size` 0 (embers) to 1 (a burning house): the bigger, the more it roars and the heavier its timber cracks.
    """
    n = num_samples(duration_s)
    lapping = shaped_noise(
        n, rng, [(20, -8), (60, 0), (180, -3), (400, -10 + 6 * size), (2000, -34 + 14 * size), (9000, -60)]
    )
    lapping *= np.clip(1 + (0.35 - 0.15 * size) * wander(n, rng, 7.0) + 0.25 * wander(n, rng, 1.2), 0.1, 3)
    hissing = shaped_noise(n, rng, [(600, -26), (2500, -4), (6000, 0), (12000, -6)])
    hissing *= np.clip(wander(n, rng, 2.0), 0, 2) ** 2 + 0.15
    showers = np.clip(db(9 * wander(n, rng, 1.5)), 0.02, 4)
    fine = bandpass(impulses(n, 45 * showers, rng, spread_db=16), 1500, 9000, order=1)
    starts = poisson_times(duration_s, 7 + 5 * size, rng)
    levels = db(np.clip(rng.normal(-9, 7, starts.size), -24, 2))
    cracks = place(n, [_crack(rng, size) for _ in starts], starts, levels)
    return fade_ends(
        mix([lapping, hissing, fine, cracks], [0.35 + 0.9 * size, 0.12 + 0.1 * size, 0.5, 0.9 - 0.3 * size]), 0.03, 0.03
    )


def _crack(rng: np.random.Generator, size: float) -> Signal:
    """Wood splitting: a very short burst with a woody resonance; larger timber is lower and longer."""
    n = num_samples(0.09)
    burst = white(n, rng) * decay(n, rng.uniform(0.006, 0.03) * (1 + 2 * size))
    woody = resonate(burst, rng.uniform(700, 3500) / (1 + size), 500)
    sound = 0.5 * highpass(burst, 1000, order=1) + 2.0 * woody
    return fade_ends(sound / np.abs(sound).max(), 0.0003, 0.02)


@sound_model
def match_strike(duration_s: float, rng: np.random.Generator) -> Signal:
    """A match: grains scratched off the box, the head's flare, a small fluttering flame (Farnell; Cook's PhISEM)."""
    n = num_samples(duration_s)
    scratch = bandpass(impulses(n, 6000.0, rng, spread_db=14), 2050, 6500)
    scratch *= line(n, [(0, 0), (0.03, 1), (0.06, 0.8), (0.11, 0), (1, 0)])  # till the head has caught
    flare = shaped_noise(n, rng, [(170, -5), (300, -2.5), (1200, 0), (4400, -1.5), (13000, -12.5)])
    flare *= line(n, [(0, 0), (0.05, 0), (0.11, 1), (0.25, 0.34), (0.54, 0.17), (1, 0)])
    flare *= np.clip(1 + 0.4 * wander(n, rng, 30), 0.1, 3)
    flame = shaped_noise(n, rng, [(40, -6), (120, 0), (400, -8), (3000, -30)])
    flame *= line(n, [(0, 0), (0.2, 0), (0.4, 1), (0.8, 0.8), (1, 0)]) * np.clip(1 + 0.5 * wander(n, rng, 11), 0, 3)
    crackle = bandpass(impulses(n, 70.0, rng, spread_db=16), 2200, 9000, order=1)
    crackle *= line(n, [(0, 0), (0.14, 1), (0.6, 0.5), (1, 0)])
    return fade_ends(mix([scratch, flare, flame, crackle], [0.92, 0.7, 0.26, 0.67]), 0.002, 0.1)


@sound_model
def fuse(duration_s: float, rng: np.random.Generator) -> Signal:
    """A fuse: a narrow, bright hiss that sputters, thrown sparks ticking (Farnell; Cook's PhISEM)."""
    n = num_samples(duration_s)
    hiss = shaped_noise(n, rng, [(800, -34), (2500, -8), (5000, 0), (9000, -1), (15000, -8)])
    sputter = np.clip(1 + 0.5 * wander(n, rng, 40) + 0.3 * wander(n, rng, 8), 0.05, 3)
    sparks = highpass(impulses(n, 160.0, rng, spread_db=16), 3000)
    return fade_ends(mix([hiss * sputter, sparks], [1.0, 0.35]), 0.05, 0.05)


@sound_model
def sizzle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Frying: steam bubbles bursting through fat, a dense cloud of tiny pops over a bright hiss.

    Source: Cook's PhISEM; Farnell.
    """
    n = num_samples(duration_s)
    heat = db(2.8 * wander(n, rng, 5.0))
    hiss = shaped_noise(n, rng, [(300, -26), (1500, -9), (4000, 0), (8000, 0), (16000, -7)])
    pops = bandpass(impulses(n, 1780 * heat, rng, spread_db=16), 2900, 12000, order=1)
    starts = poisson_times(duration_s, 9, rng)
    spits = place(n, [_spit(rng) for _ in starts], starts, db(rng.uniform(-18, 0, starts.size)))
    return fade_ends(mix([hiss * heat, pops, spits], [0.37, 0.53, 0.78]), 0.05, 0.05)


def _spit(rng: np.random.Generator) -> Signal:
    """A drop of water bursting in hot fat."""
    n = num_samples(rng.uniform(0.02, 0.08))
    t = seconds(n)
    noise = bandpass(white(n, rng), rng.uniform(900, 2500), 9000)
    return fade_ends(noise * np.exp(-t / 0.015) * (1 + wander(n, rng, 300)), 0.0005, 0.01)
