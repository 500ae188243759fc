"""Water: bubbles and turbulence, from one drip to the sea.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/water.yaml`.
Out: beds of exactly that length, events until they have settled. Space and level are the scene's.
Sources: van den Doel, "Physically based models for liquid sounds" (2005) for bubbles; Minnaert 1933 for
their pitch; Farnell, "Designing Sound" (2010) for streams, pouring and waves.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import moving_resonance
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds


def bubble(radius_m: float, rise: float) -> Signal:
    """One bubble: a sine at Minnaert's pitch, 3 m/s over its radius, damped as van den Doel 2005; `rise` lifts it as it
    nears the surface (0 stays)."""
    hz = 3.0 / radius_m
    damping = 0.13 / radius_m + 0.0072 * radius_m**-1.5  # radiation and heat, in 1/s
    n = num_samples(min(0.3, 5.5 / damping))
    t = seconds(n)
    phase = 2 * np.pi * hz * t * (1 + 0.5 * rise * damping * t)
    return np.asarray(np.sin(phase) * np.exp(-damping * t) * np.minimum(t * hz, 1.0))


def bubbles(
    n: int,
    rng: np.random.Generator,
    rate_hz: Signal | float,
    *,
    radius_mm: tuple[float, float] = (0.5, 6.0),
    rising: float = 0.12,
    exponent: float = 1.3,
    kinds: int = 48,
) -> Signal:
    """Many bubbles: Poisson in time, log-uniform in radius, larger ones louder by `exponent` (van den Doel 2005).

    `rate_hz` is a number or a track [S]; they are drawn from `kinds` prepared bubbles, each placed by convolution.
    """
    starts = np.flatnonzero(rng.random(n, dtype=np.float32) < np.asarray(rate_hz) / SAMPLE_RATE)
    radii = np.exp(rng.uniform(np.log(radius_mm[0]), np.log(radius_mm[1]), kinds)) / 1000
    grains = [bubble(radius, rising if rng.random() < 0.5 else 0.0) for radius in radii]
    kind = rng.integers(0, kinds, starts.size)
    depth = rng.random(starts.size) ** 2  # most are weak: far, or deep
    levels = depth * (radii[kind] / 0.003) ** exponent
    out = np.zeros(n + SAMPLE_RATE)
    for at, which, level in zip(starts, kind, levels):
        grain = grains[which]
        out[at : at + grain.size] += level * grain
    return out[:n]


@sound_model
def stream(duration_s: float, rng: np.random.Generator, size: float = 0.3) -> Signal:
    """Running water: a cloud of bubbles, more and larger in a river (`size` 1), over the hiss of broken surface.

    Source: van den Doel 2005; the turbulence after Farnell, "Designing Sound", running water.
    """
    n = num_samples(duration_s)
    pulse = db(2.5 * wander(n, rng, 1.5))
    small = bubbles(n, rng, 450 * pulse, radius_mm=(0.5, 2.5), exponent=1.0)
    large = bubbles(n, rng, 60 * pulse, radius_mm=(2.0, 4 + 6 * size), exponent=1.0)
    rush = shaped_noise(n, rng, [(80, -16 + 10 * size), (300, -5), (900, 0), (2500, -3), (6000, -9), (16000, -22)])
    swirl = moving_resonance(white(n, rng), 700 * db(4 * wander(n, rng, 6.0)), 4.0)
    rush_level = 0.25 + 1.1 * size
    return fade_ends(mix([small, large, rush, swirl], [0.8, 0.6, rush_level, 0.3]), 0.03, 0.03)


@sound_model
def waterfall(duration_s: float, rng: np.random.Generator) -> Signal:
    """A waterfall: the plunge's roar and the spray's hiss, with splashes lost in them (Farnell; van den Doel 2005)."""
    n = num_samples(duration_s)
    roar = shaped_noise(n, rng, [(30, -10), (100, 0), (500, -3), (1500, -6), (5000, -12), (16000, -24)])
    spray = bandpass(impulses(n, 3000.0, rng, spread_db=12), 1200, 7000, order=1)
    churn = bubbles(n, rng, 500.0, radius_mm=(1.5, 12), exponent=1.0)
    return fade_ends(mix([roar * db(wander(n, rng, 2.0)), spray, churn], [1.0, 0.5, 0.5]), 0.03, 0.03)


@sound_model
def fountain(duration_s: float, rng: np.random.Generator) -> Signal:
    """A fountain: jets of drops falling back, each drop a tick and a small bubble.

    Source: van den Doel 2005; Cook's PhISEM.
    """
    n = num_samples(duration_s)
    swell = db(2 * wander(n, rng, 2.5))
    drops = bandpass(impulses(n, 1500 * swell, rng, spread_db=16), 900, 8000, order=1)
    ring_drops = bubbles(n, rng, 400 * swell, radius_mm=(0.6, 3.0), exponent=0.8)
    splashes = bubbles(n, rng, 25 * swell, radius_mm=(3, 9), exponent=1.0)
    rush = shaped_noise(n, rng, [(100, -18), (500, -5), (2000, 0), (6000, -6), (16000, -18)])
    return fade_ends(mix([drops, ring_drops, splashes, rush], [0.7, 0.7, 0.4, 0.4]), 0.03, 0.03)


@sound_model
def water_bubbles(duration_s: float, rng: np.random.Generator, rate_hz: float = 30.0) -> Signal:
    """Air bubbling up through water: large bubbles in bursts, each with small ones behind it (van den Doel 2005)."""
    n = num_samples(duration_s)
    burst = np.clip(db(4.8 * wander(n, rng, 9.0)), 0.052, 3)
    big = bubbles(n, rng, rate_hz * burst, radius_mm=(3.2, 7.6), rising=0.14, exponent=0.5)
    small = bubbles(n, rng, 3.5 * rate_hz * burst, radius_mm=(0.6, 3.6), rising=0.3, exponent=1.0)
    vessel = ring(big + small, [260, 730, 1100], [0.057, 0.044, 0.027], [1, 1.1, 0.32])
    torn = shaped_noise(n, rng, [(200, -14), (800, 0), (3000, -6), (9000, -20)]) * burst  # the surface they break
    return fade_ends(mix([big, small, vessel, torn], [1.0, 1.17, 0.25, 0.38]), 0.033, 0.024)


@sound_model
def water_splash(duration_s: float, rng: np.random.Generator) -> Signal:
    """A splash: the slap of entry, the sheet of water thrown up, the cavity's plop, and drops raining back.

    Source: van den Doel 2005 for the bubbles; the order of events after Franz, "Splashes as sources of sound" (1959).
    """
    n = num_samples(duration_s + 0.8)
    t = seconds(n)
    slap = shaped_noise(n, rng, [(60, -4), (200, 0), (1000, -3), (4000, -8), (14000, -20)]) * decay(n, 0.12, 0.004)
    crown = shaped_noise(n, rng, [(200, -18), (900, -4), (2500, 0), (6000, -3), (14000, -14)])
    crown *= np.minimum(t / 0.04, 1) * np.exp(-t / (0.18 * duration_s))
    plops = bubbles(n, rng, 220 * np.exp(-(((t - 0.18) / 0.13) ** 2)), radius_mm=(4, 16), rising=0.2, exponent=1.0)
    rain_back = np.exp(-(((t - 0.5 * duration_s) / (0.3 * duration_s)) ** 2))
    drops = bubbles(n, rng, 420 * rain_back, radius_mm=(0.6, 3), exponent=0.6)
    ticks = bandpass(impulses(n, 700 * rain_back, rng, spread_db=16), 1200, 8000, order=1)
    parts = [slap, crown, plops, drops, ticks]
    gains = [0.9, 0.7, 0.7, 0.35, 0.35]
    mixed = sum(gain * part / (np.abs(part).max() + 1e-12) for gain, part in zip(gains, parts))
    return fade_ends(np.asarray(mixed), 0.001, 0.5)


@sound_model
def water_drip(duration_s: float, rng: np.random.Generator, rate_hz: float = 1.6) -> Signal:
    """Dripping: a faint tick as the drop meets the water, then the entrained bubble's rising note.

    Source: van den Doel 2005.
    """
    n = num_samples(duration_s)
    spots = [(rng.uniform(0.7, 3.2) / 1000, rng.uniform(0.6, 1.5), rng.uniform(0.3, 1.0)) for _ in range(3)]
    starts: list[float] = []
    grains: list[Signal] = []
    for radius_m, pace, level in spots:  # each spot drips at a pace and a size of its own
        at = rng.uniform(0, 0.8)
        while at < duration_s - 0.3:
            size = num_samples(0.3)
            drop = np.zeros(size)
            tick = highpass(white(num_samples(0.004), rng), 2000) * decay(num_samples(0.004), 0.004)
            drop[: tick.size] = 0.12 * tick
            delay = num_samples(rng.uniform(0.008, 0.02))
            for share in (1.0, rng.uniform(0.4, 0.7)):  # a second, smaller bubble often follows
                body = bubble(radius_m * share * rng.uniform(0.92, 1.08), 0.15)[: size - delay]
                drop[delay : delay + body.size] += share**2 * body
                delay += num_samples(rng.uniform(0.03, 0.07))
            starts.append(at)
            grains.append(level * drop)
            at += 3 / rate_hz / 2 * pace * rng.uniform(0.85, 1.2)
    film = shaped_noise(n, rng, [(200, -20), (1500, 0), (5000, -6), (14000, -20)])
    return fade_ends(place(n, grains, starts) + 0.0015 * film)


@sound_model
def water_pour(duration_s: float, rng: np.random.Generator) -> Signal:
    """Pouring: a bubbling jet in a vessel; the column of air above the water shortens, so its pitch climbs.

    Source: Farnell.
    """
    n = num_samples(duration_s + 0.4)
    flow = line(n, [(0, 0), (0.03, 1), (0.86, 0.9), (0.92, 0.1), (1, 0)])
    chatter = np.clip(db(4 * wander(n, rng, 9.0)), 0.2, 2.5)
    glug = bubbles(n, rng, 160 * flow * chatter, radius_mm=(1.5, 6), rising=0.15, exponent=1.0)
    fine = bubbles(n, rng, 700 * flow, radius_mm=(0.5, 1.6), exponent=0.8)
    jet = shaped_noise(n, rng, [(200, -14), (1000, 0), (4000, -4), (12000, -16)]) * flow
    air = 520 * (1 / (1 - 0.72 * np.linspace(0, 1, n)))  # quarter wave over what is left of the glass
    column = moving_resonance(mix([glug, fine, jet], [1.0, 1.0, 1.0]), air, 9.0)
    return fade_ends(mix([glug, fine, jet, column], [0.8, 0.5, 0.15, 0.5]), 0.01, 0.1)


@sound_model
def water_tap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A running tap: an aerated jet hissing into a basin, the basin's modes, bubbles round it.

    Source: Farnell; van den Doel.
    """
    n = num_samples(duration_s)
    flow = db(1.5 * wander(n, rng, 3.0))
    jet = shaped_noise(n, rng, [(100, -20), (400, -6), (1500, 0), (5000, -2), (9000, -8), (18000, -20)])
    drops = bandpass(impulses(n, 2500 * flow, rng, spread_db=14), 800, 8000, order=1)
    basin = ring(drops, [310, 540, 890, 1460, 2300], [0.05, 0.04, 0.035, 0.03, 0.02], [1, 1, 0.8, 0.6, 0.5])
    plunge = bubbles(n, rng, 500 * flow, radius_mm=(0.7, 5), exponent=1.0)
    return fade_ends(mix([jet * flow, drops, basin, plunge], [0.5, 0.6, 0.4, 0.7]), 0.03, 0.03)


@sound_model
def shower(duration_s: float, rng: np.random.Generator) -> Signal:
    """A shower: dozens of thin jets hissing on tiles, patter on the tray, water running off.

    Source: Farnell; Cook's PhISEM.
    """
    n = num_samples(duration_s)
    hiss = shaped_noise(n, rng, [(150, -18), (500, -8), (1500, -2), (4000, 0), (9000, -3), (18000, -14)])
    patter = bandpass(impulses(n, 3500.0, rng, spread_db=14), 900, 8000, order=1)
    tray = ring(patter, [180, 420, 760, 1250], [0.05, 0.04, 0.03, 0.03], [1, 1, 0.7, 0.5])
    drain = bubbles(n, rng, 120.0, radius_mm=(1.5, 6), exponent=1.0)
    return fade_ends(mix([hiss * db(wander(n, rng, 1.5)), patter, tray, drain], [0.7, 0.6, 0.4, 0.35]), 0.03, 0.03)


@sound_model
def ocean_waves(duration_s: float, rng: np.random.Generator, period_s: float = 6.5) -> Signal:
    """Surf: each wave rises as a rumble, breaks white and bright, and drains away in a fading hiss of foam.

    Source: Farnell.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    low = shaped_noise(n, rng, [(25, -8), (80, 0), (250, -4), (700, -16), (3000, -40)])
    mid = shaped_noise(n, rng, [(100, -22), (350, -2), (900, 0), (2500, -8), (8000, -26)])
    high = shaped_noise(n, rng, [(600, -28), (2000, -4), (4500, 0), (9000, -4), (16000, -12)])
    fizz = bandpass(impulses(n, 1800.0, rng, spread_db=14), 2500, 10000, order=1)
    fizz /= fizz.std()
    sea = 0.25 * low + 0.1 * mid
    at = -rng.uniform(0.2, 0.6) * period_s
    while at < duration_s:
        size = db(rng.normal(0, 2.5))
        crash = at + 0.42 * period_s
        rise = np.exp(-np.clip(crash - t, 0, None) / (0.14 * period_s))
        body = rise * np.exp(-np.clip(t - crash, 0, None) / (0.12 * period_s))
        white_water = np.minimum(1, rise**2) * np.exp(-np.clip(t - crash, 0, None) / (0.2 * period_s))
        foam = rise**4 * np.exp(-np.clip(t - crash - 0.05 * period_s, 0, None) / (0.3 * period_s))
        sea = sea + size * (0.9 * low * body + 0.75 * mid * white_water + 0.3 * high * foam + 0.12 * fizz * foam)
        at += period_s * rng.uniform(0.7, 1.25)
    return fade_ends(sea * db(1.2 * wander(n, rng, 3.0)), 0.05, 0.05)


@sound_model
def underwater(duration_s: float, rng: np.random.Generator) -> Signal:
    """Under water: pressure swells below 300 Hz, bubbles streaming past, all treble absorbed.

    Source: van den Doel; Farnell.
    """
    n = num_samples(duration_s)
    swell = db(4 * wander(n, rng, 0.5))
    rumble = shaped_noise(n, rng, [(20, -4), (60, 0), (180, -4), (400, -16), (1500, -45)])
    stir = moving_resonance(white(n, rng), 260 * db(4 * wander(n, rng, 1.5)), 3.0)
    gusts = np.clip(wander(n, rng, 0.6), 0, 2)
    near = bubbles(n, rng, 30 * gusts**2, radius_mm=(3, 12), rising=0.2, exponent=0.7)
    return fade_ends(lowpass(mix([rumble * swell, stir * swell, near], [0.8, 0.25, 0.7]), 1400), 0.05, 0.05)
