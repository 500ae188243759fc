"""Vehicles of the road and on water: engines with load, tyres, horns, brakes, a crash.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/vehicles.yaml`. Out:
signals [S]. An entry that passes returns its steady source; the scene moves it (Doppler, level, pan).
Sources: Farnell, "Designing Sound" (2010), ch. 45; Baldan et al. 2015 (see `engines`); for tyres
Sandberg and Ejsmont, "Tyre/Road Noise Reference Book" (2002): the hump near 1 kHz.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, stick_slip, struck
from audiogen_cli.generator.experts.effects.bursts import blast, burst
from audiogen_cli.generator.experts.effects.engines import (
    CAR,
    DIESEL,
    run_engine,
    tyres,
)
from audiogen_cli.generator.experts.effects.glass import shards
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


@sound_model
def car_start(duration_s: float, rng: np.random.Generator) -> Signal:
    """Starter whine with the compressions it labours against, the engine catching, flaring and settling.

    Farnell, ch. 45.
    """
    n = num_samples(max(duration_s, 2.5))
    crank = int(n * rng.uniform(0.3, 0.4))
    t = seconds(crank)
    labour = 1 + 0.25 * np.sin(2 * np.pi * rng.uniform(6.5, 8.5) * t)
    whine = chirp(rng.uniform(210, 250) * (0.9 + 0.1 * labour), [1, 0.7, 0.5, 0.5, 0.3, 0.25, 0.2, 0.15]) * labour
    churn = bandpass(white(crank, rng), 300, 2500) * labour**3
    starter = np.zeros(n)
    starter[:crank] = fade_ends(mix([whine, churn], [1.0, 0.6]), 0.01, 0.06)
    turns = curve(n, [(0, 4), (crank / n, 5), (min(crank / n + 0.1, 0.9), 32), (0.8, 17), (1, 15)])
    alive = line(n, [(0, 0), (crank / n - 0.01, 0), (crank / n + 0.03, 1.3), (0.8, 0.8), (1, 0.75)])
    return fade_ends(
        0.45 * starter / (starter.std() + 1e-9) + run_engine(turns, rng, CAR, load=0.7) * alive, 0.005, 0.3
    )


@sound_model
def car_horn(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two diaphragm horns a major third apart: clipped vibration, rich in harmonics (Farnell, ch. 45)."""
    n = num_samples(max(duration_s, 0.2))
    low = rng.uniform(380, 430)
    pair = [np.tanh(3.5 * chirp(np.full(n, hz), [1, 0.9, 0.8, 0.5, 0.4])) for hz in (low, low * 1.26)]
    body = lowpass(highpass(np.sum(pair, axis=0), 300), 6500)
    return fade_ends(body, 0.012, 0.03)


@sound_model
def traffic(duration_s: float, rng: np.random.Generator, density: float = 0.5, wet: float = 0.0) -> Signal:
    """Cars passing without end, near and far, over the low roar of all the others (superposed pass-bys).

    Source: Sandberg and Ejsmont 2002; Farnell 2010.
    """
    n = num_samples(duration_s)
    roar = shaped_noise(
        n, rng, [(30, -12), (60, -2), (110, 0), (250, -8), (600, -15), (1500, -24), (4000, -38), (12000, -60)]
    )
    out = 0.35 * roar * (1 + 0.2 * wander(n, rng, 0.4))
    m = num_samples(min(5.0, max(duration_s, 1.0)))
    lanes = [_lane(m, rng, truck, wet) for truck in (False, False, True)]  # every car is one of these at another time
    squared_s = (seconds(m) - m / SAMPLE_RATE / 2) ** 2  # from the nearest moment
    comes_and_goes = np.hanning(m) ** 0.5
    for _ in range(max(1, rng.poisson((duration_s + 4) * (0.3 + 0.5 * density)))):
        start, near = round(rng.uniform(-2, duration_s + 2) * SAMPLE_RATE) - m // 2, rng.uniform(0.25, 1.0)
        lane = lanes[2] if rng.random() < 0.2 else lanes[rng.integers(0, 2)]
        sharpness = near / rng.uniform(0.5, 0.9) ** 2
        begin, end = max(start, 0), min(start + m, n)
        if begin < end:
            heard = slice(begin - start, end - start)
            out[begin:end] += near * comes_and_goes[heard] * lane[heard] / (1 + sharpness * squared_s[heard])
    return fade_ends(out, 0.02, 0.02)


def _lane(n: int, rng: np.random.Generator, truck: bool, wet: float) -> Signal:
    """A car or a truck rolling by steadily: tyres, most of it below 1 kHz, and the engine."""
    turns = rng.uniform(20, 27) if truck else rng.uniform(28, 42)
    engine = run_engine(np.full(n, turns) * (1 + 0.02 * wander(n, rng, 0.5)), rng, DIESEL if truck else CAR, load=0.6)
    return mix([tyres(np.full(n, 0.8), rng, wet=wet), lowpass(engine, 900)], [1.0, 1.3 if truck else 0.8])


@sound_model
def bus(duration_s: float, rng: np.random.Generator) -> Signal:
    """A big diesel slowing to idle, brakes squealing softly, compressed air let go twice, folding doors.

    Farnell, ch. 45.
    """
    n = num_samples(max(duration_s, 4.0))
    turns = curve(n, [(0, 24), (0.35, 13), (0.5, 9.5), (1, 9.5)]) * (1 + 0.01 * wander(n, rng, 2.0))
    roll = tyres(curve(n, [(0, 0.7), (0.4, 0.05), (0.45, 0), (1, 0)]).clip(0), rng)
    m = num_samples(1.1)
    squeal = stick_slip(rng, curve(m, [(0, 1500), (1, 1250)]), (1400, 2900), 0.02) * curve(
        m, [(0, 0), (0.6, 1), (1, 0)]
    )
    puffs = [_air(rng, length) for length in (0.7, 0.4)]
    extras = place(
        n,
        [0.12 * squeal / (np.abs(squeal).max() + 1e-9), *puffs],
        [0.22 * n / SAMPLE_RATE, 0.5 * n / SAMPLE_RATE, 0.68 * n / SAMPLE_RATE],
        [1, 0.8, 0.6],
    )
    engine = run_engine(turns, rng, DIESEL, load=0.5)
    return fade_ends(0.22 * engine + 0.16 * roll + extras, 0.2, 0.3)


def _air(rng: np.random.Generator, length_s: float) -> Signal:
    n = num_samples(length_s)
    hiss = shaped_noise(n, rng, [(300, -24), (1500, -8), (4000, 0), (10000, -2), (16000, -8)])
    return 0.3 * hiss * curve(n, [(0, 0), (0.03, 1), (0.4, 0.5), (1, 0)])


@sound_model
def bicycle_bell(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small steel dome struck by spinning washers: a quick train of strikes on one ringing shell (modal shell).

    Source: Fletcher and Rossing 1998.
    """
    n = num_samples(max(duration_s, 1.0))
    hz = rng.uniform(2300, 2700)
    ratios = np.array([1.0, 1.012, 2.36, 2.38, 4.1, 6.2])
    blow = modes(n, hz * ratios, [1.1, 1.0, 0.6, 0.6, 0.3, 0.15], [1, 0.7, 0.5, 0.4, 0.3, 0.15])
    strikes = np.cumsum(rng.uniform(0.028, 0.04, 9))
    return fade_ends(place(n, [blow] * 9, strikes, rng.uniform(0.5, 1.0, 9)), 0.001, 0.1)


@sound_model
def tyre_screech(duration_s: float, rng: np.random.Generator) -> Signal:
    """Rubber in stick and slip on asphalt: a rough squeal of a few close tones, falling as the car slows.

    Stick-slip.
    """
    n = num_samples(max(duration_s, 0.8))
    base = rng.uniform(880, 1050) * curve(n, [(0, 1.0), (0.1, 1.06), (0.8, 0.94), (1, 0.8)])
    tones = [chirp(base * k * (1 + 0.012 * wander(n, rng, 22.0)), [1, 0.6, 0.4, 0.25, 0.15]) for k in (1.0, 1.13, 1.49)]
    rough = 1 + 0.4 * lowpass(white(n, rng), 90) / 0.06
    rub = bandpass(white(n, rng), 600, 4500, order=1)
    out = mix([np.sum(tones, axis=0) * rough.clip(0.1, 2.5), rub], [1.0, 0.4])
    return fade_ends(out * curve(n, [(0, 0), (0.06, 1), (0.85, 0.8), (1, 0)]), 0.01, 0.1)


@sound_model
def car_crash(duration_s: float, rng: np.random.Generator) -> Signal:
    """Masses meeting, sheet metal folding blow upon blow, ever weaker, glass falling after.

    Statistical panels after Lyon and DeJong 1995 (see `bursts`); modal plates; Cook's PhISEM 1997 for the glass.
    """
    n = num_samples(max(duration_s, 2.4))
    bang = blast(n, rng, length_s=0.008, near_s=0.6, tail_s=1.04, tail_db=-14.0, tilt_db=-1.7, drive=2.0)
    sheets = [_folding_sheet(rng) for _ in range(6)]
    at = np.sort(rng.exponential(0.22, 36))
    gains = rng.uniform(0.3, 1.0, 36) * np.exp(-at / 0.8)
    folds = place(n, [sheets[k] for k in rng.integers(0, 6, 36)], at, gains)
    glass = shards(n, rng, count=220, spread_s=0.35, start_s=0.06, longest_s=0.07)  # tempered, in crumbs
    parts = [1.3 * bang, 1.2 * folds / np.abs(folds).max(), 0.44 * glass / np.abs(glass).max()]
    return fade_ends(np.tanh(np.sum(parts, axis=0)), 0.0005, 0.3)


def _folding_sheet(rng: np.random.Generator) -> Signal:
    n = num_samples(0.6)
    panel = burst(n, rng, [(120, 0, 0.4), (270, -2, 0.29), (610, -4, 0.22), (1340, -6, 0.18), (2930, -8, 0.15)], 0.002)
    return panel + 0.4 * struck(n, rng, rng.uniform(150, 500), 0.3, PLATE, hardness=0.9, click=0.5)


@sound_model
def reversing_beep(duration_s: float, rng: np.random.Generator) -> Signal:
    """A piezo beeper near 1.2 kHz, half a second on and half a second off (ISO 9533 alarms)."""
    n = num_samples(duration_s)
    hz = rng.uniform(1150, 1300)
    on = (np.arange(n) / SAMPLE_RATE % 1.0) < 0.5
    gate = lowpass(on.astype(float), 120, order=1)
    return fade_ends(np.tanh(2 * chirp(np.full(n, hz), [1, 0.2, 0.35, 0.1, 0.2])) * gate)
