"""Crashes, and what rubs, rolls or rushes by; single blows and things dropped are `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/impacts.yaml`. Out: signals [S].
Each is a body (its modes), a way of meeting (a blow, bounces, friction, rolling) and a hand's unevenness.
Sources: van den Doel, Kry and Pai, "FoleyAutomatic" (2001); Rath and Rocchesso, "Continuous sonic feedback
from a rolling ball" (2005); Farnell, "Designing Sound" (2010), ch. 29 to 36; Selfridge, Moffat, Avital and Reiss,
"Creating real-time aeroacoustic sound effects" (2018), for things swung through air.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import (
    PLATE,
    blow,
    rattle,
    scraped,
    stick_slip,
    struck,
)
from audiogen_cli.generator.experts.effects.glass import shards
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples


def floor_blow(n: int, rng: np.random.Generator, softness: float) -> Signal:
    """A mass meeting a wooden floor; `softness` 0 a box, 1 a body in clothes."""
    tune, dull = rng.uniform(0.9, 1.1), 14 * softness
    return blow(
        n,
        rng,
        [
            (65 * tune, 0, 0.3),
            (130 * tune, 1, 0.22),
            (240 * tune, -2, 0.14),
            (460, -6 - 0.3 * dull, 0.09),
            (1000, -11 - 0.7 * dull, 0.06),
            (2400, -18 - dull, 0.04),
        ],
        attack_s=0.001 + 0.003 * softness,
    )


@sound_model
def crash(duration_s: float, rng: np.random.Generator) -> Signal:
    """Wood, metal, china and glass coming down together: many bodies struck at random, ever fewer.

    Modal grains, PhISEM.
    """
    n = num_samples(max(duration_s, 2.0) + 0.3)
    stock = []
    for _ in range(12):
        m = num_samples(0.4)
        kind = rng.integers(0, 4)
        if kind == 0:
            low = rng.uniform(250, 600)
            body = blow(m, rng, [(low, 0, 0.1), (low * 2.5, -2, 0.07), (low * 6, -8, 0.04)])
        elif kind == 1:
            body = struck(
                m, rng, rng.uniform(260, 900), 0.25, PLATE, hardness=0.95, damping=0.5, click=0.8, click_hz=9000
            )
        elif kind == 2:
            body = blow(m, rng, [(rng.uniform(900, 2000), 0, 0.05), (4500, -2, 0.08), (9000, -6, 0.06)])
        else:
            body = floor_blow(m, rng, 0.2)
        stock.append(body / np.abs(body).max())
    times = rng.gamma(1.6, 0.22, 30)
    gains = rng.uniform(0.3, 1, 30) * np.exp(-0.8 * times)
    fading = np.exp(-np.arange(n) / SAMPLE_RATE / 0.45)
    noise = bandpass(impulses(n, 2500 * fading, rng, spread_db=16), 300, 9000, order=1)
    burst = blow(n, rng, [(120, 0, 0.5), (400, 0, 0.5), (1200, -2, 0.45), (3500, -5, 0.4), (8000, -10, 0.3)])
    glass = shards(n, rng, count=200, spread_s=0.35, start_s=0.02)
    falling = place(n, [stock[k] for k in rng.integers(0, len(stock), 30)], times, gains)
    return fade_ends(
        0.8 * burst
        + 0.8 * falling / np.abs(falling).max()
        + 0.5 * noise / np.abs(noise).max()
        + 0.7 * glass / np.abs(glass).max(),
        0.001,
        0.1,
    )


@sound_model
def whoosh(duration_s: float, rng: np.random.Generator) -> Signal:
    """A rod swung past: vortex noise around an Aeolian tone whose pitch and power follow the speed.

    Selfridge et al. 2018.
    """
    n = num_samples(max(duration_s, 0.5))
    top = rng.uniform(900, 1500)
    speed = curve(n, [(0, 0.05), (0.3, 0.4), (0.52, 1.0), (0.7, 0.5), (1, 0.05)])
    noise = white(n, rng)
    centre = 250 + top * speed
    tone = formant_filter(noise, [(centre, centre * 0.45, 0.0), (centre * 2.2, centre * 1.2, -8.0)], parallel=True)
    return fade_ends((tone + 0.12 * lowpass(noise, 400)) * speed**2.2, 0.03, 0.1)


@sound_model
def cloth_rustle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Folds of cloth sliding over each other: soft swells of friction with tiny crackles (Farnell 2010; PhISEM)."""
    n = num_samples(max(duration_s, 0.6))
    move = np.abs(wander(n, rng, 5.0)) ** 1.5 * curve(n, [(0, 0), (0.15, 1), (0.8, 0.9), (1, 0)])
    soft = shaped_noise(n, rng, [(150, -26), (500, -10), (1500, 0), (4000, -2), (9000, -10), (16000, -24)])
    fibres = bandpass(impulses(n, 2500 * move, rng, spread_db=18), 1200, 9000, order=1)
    return fade_ends(soft * move + 1.2 * fibres / (fibres.std() + 1e-9) * 0.5, 0.02, 0.08)


@sound_model
def scrape(duration_s: float, rng: np.random.Generator) -> Signal:
    """Something heavy dragged in jerks: friction noise through the modes of a hollow body.

    Scraping, FoleyAutomatic 2001.
    """
    n = num_samples(max(duration_s, 0.8))
    jerk = (0.65 + 0.5 * wander(n, rng, 4.0)).clip(0.08, 1) * curve(n, [(0, 0), (0.1, 1), (0.85, 0.9), (1, 0)])
    rub = scraped(rng, jerk, (210, 480, 830, 1450, 2300, 3600), 0.012, grit_hz=3200, roughness=0.9)
    squeal = stick_slip(rng, 130 + 160 * jerk, (700, 1600, 2900), 0.02, unevenness=0.25) * jerk
    return fade_ends(mix([rub, squeal], [1.0, 0.35]), 0.02, 0.08)


@sound_model
def rolling(duration_s: float, rng: np.random.Generator) -> Signal:
    """A ball's small collisions with a rough floor, denser and brighter with its speed, wobbling as it turns.

    Rath 2005.
    """
    n = num_samples(max(duration_s, 1.2))
    speed = line(n, [(0, 1), (0.7, 0.6), (1, 0.05)])
    turn = 1 + 0.5 * np.sin(2 * np.pi * np.cumsum(5.5 * speed) / SAMPLE_RATE)
    hits = lowpass(impulses(n, 1800 * speed, rng, spread_db=10), 3500, order=1)
    floor = ring(hits, (150, 240, 370, 560, 880, 1400), [0.02] * 6, [1, 1, 0.9, 0.8, 0.7, 0.5])
    rub = shaped_noise(n, rng, [(60, -6), (150, 0), (400, -2), (1000, -8), (3000, -20), (9000, -40)])
    return fade_ends(mix([floor, hits, rub], [1.0, 0.3, 0.8]) * turn * speed, 0.08, 0.2)


@sound_model
def squeak(duration_s: float, rng: np.random.Generator) -> Signal:
    """Rubber on a smooth floor in regular stick and slip: a short gliding chirp.

    Friction-driven, Farnell 2010, ch. 32.
    """
    n = num_samples(max(duration_s, 0.15))
    base = rng.uniform(900, 1500)
    hz = base * curve(n, [(0, 0.8), (0.3, 1.15), (0.7, 1.25), (1, 0.95)]) * (1 + 0.015 * wander(n, rng, 60))
    slip = stick_slip(rng, hz, (1500, 2700, 4200), 0.006, unevenness=0.03, softness_hz=9000)
    return fade_ends(highpass(slip, 200) * curve(n, [(0, 0), (0.15, 1), (0.75, 0.8), (1, 0)]), 0.004, 0.03)


def splinter(n: int, rng: np.random.Generator, length_s: float) -> Signal:
    """Wood tearing: a dense burst of sharp cracks, thinning out."""
    cracks = rattle(n, rng, 700 * np.exp(-np.arange(n) / SAMPLE_RATE / length_s), (900, 1700, 2900, 4600), 0.008)
    return highpass(cracks, 400) / max(float(np.abs(cracks).max()), 1e-9)
