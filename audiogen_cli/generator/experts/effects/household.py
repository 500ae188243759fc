"""In the house: hums, static, crumpled paper and the toilet; what clicks, zips and jangles is `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/household.yaml`. Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 24 to 39 (water, mains, electricity); Houle and Sethna, "Acoustic
emission from crumpling paper" (1996), for the spread of its clicks.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.beeps import gated
from audiogen_cli.generator.experts.effects.bodies import shower, snap
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import moving_resonance
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp
from audiogen_cli.generator.experts.effects.water import bubbles


@sound_model
def toilet_flush(duration_s: float, rng: np.random.Generator) -> Signal:
    """The lever, water whirling round the bowl, the siphon's gulp, the cistern filling.

    Bubbles of a plunge (van den Doel 2005) in turbulent water, heard through the bowl; Farnell.
    """
    n = num_samples(max(duration_s, 5.0))
    whirl = curve(n, [(0, 0), (0.03, 0.15), (0.08, 1), (0.4, 0.9), (0.52, 0.35), (0.6, 0.05), (1, 0)]).clip(0)
    whirl *= db(2 * wander(n, rng, 6))
    rush = whirl * shaped_noise(
        n, rng, [(50, -14), (120, -5), (400, 0.7), (1200, -1.3), (3000, -4.3), (7000, -12.3), (15000, -26)]
    )
    large = bubbles(n, rng, 517 * whirl, radius_mm=(3, 14), exponent=1.0)
    small = bubbles(n, rng, 1034 * whirl, radius_mm=(0.6, 3), exponent=0.8)
    swirl = moving_resonance(white(n, rng) * whirl, 420 * db(4 * wander(n, rng, 5)), 3.0)
    gasps = np.exp(-(((np.linspace(0, 1, n) - 0.53) / 0.06) ** 2)) * np.clip(db(5 * wander(n, rng, 9)), 0.05, 3)
    gulp = bubbles(n, rng, 90 * gasps, radius_mm=(6, 18), rising=0.3, exponent=0.6)
    bowl = ring(
        large / large.std() + rush / rush.std(), [180, 310, 520, 840], [0.05, 0.05, 0.04, 0.03], [1, 1, 0.7, 0.4]
    )
    fill = shaped_noise(n, rng, [(200, -24), (700, -6), (1800, 0), (4000, -3), (8000, -10), (15000, -24)])
    fill *= curve(n, [(0, 0), (0.4, 0.2), (0.62, 1), (0.92, 0.8), (1, 0)]).clip(0)
    lever = place(n, [snap(rng, 1300, body=1.0), 0.6 * snap(rng, 1100, body=1.0)], [0.0, 0.16])
    water = mix([rush, large, small, swirl, gulp, bowl, fill], [1.43, 1.87, 0.6, 0.97, 0.38, 0.37, 0.185])
    return fade_ends(water + 1.5 * lever, 0.001, 0.3)


@sound_model
def microwave(duration_s: float, rng: np.random.Generator) -> Signal:
    """A transformer's hum and a fan behind sheet metal, then beeps.

    Mains harmonics, shaped noise; Farnell 2010, ch. 25.
    """
    n = num_samples(max(duration_s, 4.0))
    t = seconds(n)
    end = n / SAMPLE_RATE - 1.9
    hum = chirp(np.full(n, 120.0), [1, 0.6, 0.4, 0.3, 0.15, 0.1, 0.08, 0.05])
    fan = shaped_noise(n, rng, [(60, -12), (180, 0), (400, -4), (900, -6), (2200, -16), (7000, -34)])
    run = mix([hum, fan], [0.7, 1.0]) * np.clip((end - t) / 0.06, 0, 1) * np.clip(t / 0.1, 0, 1)
    beeps = chirp(np.full(n, rng.uniform(1950, 2100)), [1, 0.1, 0.2])
    beeps *= gated(n, [(end + 0.25 + 0.55 * k, end + 0.55 + 0.55 * k) for k in range(3)], 0.003)
    return fade_ends(0.28 * run + beeps + place(n, [snap(rng, 1500, body=1.0)], [end]), 0.02, 0.02)


@sound_model
def fridge_hum(duration_s: float, rng: np.random.Generator) -> Signal:
    """A compressor's mains hum with slow beats, through a cabinet; coolant murmuring.

    Mains harmonics, Farnell ch. 25.
    """
    n = num_samples(duration_s)
    hum = chirp(np.full(n, 60.0), [0.5, 1, 0.15, 0.7, 0.1, 0.4, 0.05, 0.25, 0.03, 0.12])
    spin = chirp(np.full(n, rng.uniform(58.2, 59.4)), [0.3, 0.4, 0.25, 0.2, 0.15])
    air = shaped_noise(n, rng, [(60, -6), (200, 0), (500, -8), (1500, -20), (6000, -42)])
    return fade_ends(mix([hum + spin, air], [1.0, 0.22]) * (1 + 0.06 * wander(n, rng, 1.0)), 0.03, 0.03)


@sound_model
def electric_buzz(duration_s: float, rng: np.random.Generator) -> Signal:
    """The mains' clipped harmonics, arcs striking on each half-wave, crackles (Farnell 2010, ch. 39, electricity)."""
    n = num_samples(duration_s)
    t = seconds(n)
    wave = np.sin(2 * np.pi * 60 * t)
    buzz = chirp(np.full(n, 120.0), [1 / k**0.6 for k in range(1, 36)])
    strike = np.clip((1 + 0.9 * wander(n, rng, 2.5)) * np.clip(wander(n, rng, 1.1) + 0.2, 0, None), 0, 2.5)
    arc = bandpass(white(n, rng), 1500, 12000, order=1) * np.abs(wave) ** 6 * strike
    crackle = highpass(impulses(n, 60 * strike, rng, spread_db=18), 1200)
    return fade_ends(mix([buzz, arc, crackle], [1.0, 0.7, 0.5]), 0.02, 0.02)


@sound_model
def tv_static(duration_s: float, rng: np.random.Generator) -> Signal:
    """A receiver between stations: fluttering band-limited noise, a weak heterodyne whistle, crackles.

    AM detection noise.
    """
    n = num_samples(duration_s)
    noise = bandpass(white(n, rng), 150, 7000, order=1) * (1 + 0.35 * wander(n, rng, 9.0)).clip(0.2)
    whistle = chirp(1400 + 350 * wander(n, rng, 0.8)) * np.clip(wander(n, rng, 0.7), 0, 1)
    crackle = bandpass(impulses(n, 45.0, rng, spread_db=18), 500, 7000, order=1)
    return fade_ends(mix([noise, crackle], [1.0, 0.6]) + 0.06 * whistle, 0.01, 0.01)


@sound_model
def paper_crumple(duration_s: float, rng: np.random.Generator) -> Signal:
    """Facets of a sheet buckling: clicks whose energies follow a power law, in bursts (Houle and Sethna 1996)."""
    n = num_samples(max(duration_s, 0.8))
    squeeze = np.abs(wander(n, rng, 4.0)) ** 1.6 * curve(n, [(0, 0), (0.1, 1), (0.8, 0.8), (1, 0)])

    def facet(size: float) -> Signal:
        m = num_samples(0.014)
        click = bandpass(white(m, rng), 900 + 2500 * size, 4000 + 9000 * size, order=1) * decay(
            m, 0.003 + 0.01 * rng.random()
        )
        return np.asarray(click / np.abs(click).max())

    at = np.flatnonzero(rng.random(n) < 320 * squeeze / SAMPLE_RATE)
    gains = np.minimum((1 - rng.random(at.size)) ** -0.7, 12)  # Pareto: a few great buckles among many small
    return fade_ends(shower(n, rng, facet, at / SAMPLE_RATE, gains, kinds=50), 0.002, 0.03)
