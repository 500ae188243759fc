"""Rails: rolling noise and joints, horns and whistles, steam.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/trains.yaml`. Out: signals
[S]. An entry that passes returns its steady source; the scene moves it.
Sources: Thompson, "Railway Noise and Vibration" (2009): rolling noise near 1 kHz and impacts at rail
joints; Farnell, "Designing Sound" (2010), for steam and horns.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, stick_slip, struck, thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE, Signal, bandpass, chirp, curve, decay, fade_ends, highpass, line, lowpass, num_samples, place, seconds,
    shaped_noise, wander, white,
)  # fmt: skip


def _joint(rng: np.random.Generator) -> Signal:
    """One wheel over a rail joint: the bogie's thud and the rail's and wheel's short ring."""
    n = num_samples(0.25)
    steel = struck(n, rng, rng.uniform(380, 450), 0.14, PLATE, hardness=0.8, damping=0.6, click=0.3, click_hz=4000)
    return thump(n, rng, 75, 0.12, noise=0.8) + 0.5 * steel


def _clacks(n: int, rng: np.random.Generator, cars_hz: float) -> Signal:
    """Two bogies of two axles over each joint, in the order in which they come: da-dum, da-dum."""
    starts: list[float] = []
    moment = rng.uniform(0, 1 / cars_hz)
    while moment < n / SAMPLE_RATE:
        starts += [moment + part / cars_hz for part in (0.0, 0.11, 0.33, 0.44)]
        moment += rng.normal(1, 0.01) / cars_hz
    stock = [_joint(rng) for _ in range(6)]
    return place(n, [stock[k] for k in rng.integers(0, 6, len(starts))], starts, rng.uniform(0.6, 1.0, len(starts)))


def _rolling(n: int, rng: np.random.Generator) -> Signal:
    """Steel on steel: a hump round 800 Hz, a roar below, the cars' sway; RMS 1."""
    curve_db = [(30, -6), (60, 2), (150, 0), (400, -3), (800, 0), (1600, -4), (3000, -12), (8000, -28), (16000, -45)]
    noise = shaped_noise(n, rng, curve_db)
    return noise * (1 + 0.15 * wander(n, rng, 3.0)).clip(0.3)


@sound_model
def train_pass(duration_s: float, rng: np.random.Generator) -> Signal:
    """A train at speed: rolling noise, joints beneath every bogie, a little squeal (Thompson 2009)."""
    n = num_samples(max(duration_s, 1.0))
    clacks = _clacks(n, rng, rng.uniform(1.3, 1.7))
    cars = 1 + 0.25 * np.sin(2 * np.pi * 1.5 * seconds(n) + rng.uniform(0, 6))
    return fade_ends(_rolling(n, rng) * cars + 2.2 * clacks, 0.1, 0.2)


@sound_model
def rail_clack(duration_s: float, rng: np.random.Generator, cars_hz: float = 0.85) -> Signal:
    """Heard from inside: joints in pairs, muffled, over a running rumble (Thompson 2009)."""
    n = num_samples(duration_s)
    rumble = shaped_noise(n, rng, [(30, 0), (90, 3), (250, -2), (700, -10), (2000, -22), (8000, -45)])
    return fade_ends(lowpass(3.0 * _clacks(n, rng, cars_hz), 3500, order=1) + 0.55 * rumble * (1 + 0.2 * wander(n, rng, 2.0)))


def _chimes(n: int, rng: np.random.Generator, notes_hz: tuple[float, ...], breath: float) -> Signal:
    """Air chimes blown together: each a reed-like tone with many harmonics, bending as the pressure comes and goes."""
    bend = curve(n, [(0, 0.96), (0.06, 1.0), (0.9, 1.0), (1, 0.95)])
    out = np.zeros(n)
    for hz in notes_hz:
        track = hz * bend * rng.uniform(0.997, 1.003) * (1 + 0.0015 * wander(n, rng, 8.0))
        out += chirp(track, [1, 0.8, 0.7, 0.5, 0.4, 0.3, 0.22, 0.16, 0.1])
    air = bandpass(white(n, rng), 600, 5000)
    return out / out.std() + breath * air / air.std()


@sound_model
def train_horn(duration_s: float, rng: np.random.Generator) -> Signal:
    """Five air chimes in a B major sixth chord, as on North American locomotives (Nathan K5LA tuning)."""
    n = num_samples(max(duration_s, 1.2))
    level = curve(n, [(0, 0), (0.05, 1), (0.9, 1), (1, 0)])
    return fade_ends(np.tanh(0.7 * _chimes(n, rng, (311.1, 370.0, 415.3, 493.9, 622.3), 0.08)) * level)


@sound_model
def train_whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """A steam whistle's three stopped pipes: nearly sines, odd harmonics, much breath (Farnell 2010)."""
    n = num_samples(max(duration_s, 1.2))
    level = curve(n, [(0, 0), (0.08, 0.8), (0.3, 1), (0.85, 0.9), (1, 0)])
    bend = curve(n, [(0, 0.9), (0.12, 1.0), (0.85, 1.0), (1, 0.88)])
    out = np.zeros(n)
    for hz in (440.0, 554.0, 659.0):
        out += chirp(hz * bend * (1 + 0.003 * wander(n, rng, 9.0)), [1, 0.12, 0.35, 0.05, 0.12])
    steam = bandpass(white(n, rng), 900, 9000)
    return fade_ends((out / out.std() + 0.35 * steam / steam.std()) * level)


@sound_model
def steam_train(duration_s: float, rng: np.random.Generator, beats_hz: float = 4.2) -> Signal:
    """Four exhaust beats a turn up the chimney, the first the strongest; rods, joints and leaking steam (Farnell 2010)."""
    n = num_samples(duration_s)
    starts = np.arange(0.03, duration_s, 1 / beats_hz)
    starts = starts + rng.normal(0, 0.006, starts.size).clip(-0.02, 0.02)
    m = num_samples(0.24)
    puffs = []
    for k in range(starts.size):
        blow = shaped_noise(m, rng, [(60, -3), (200, 3), (600, 0), (1500, -2), (4000, -9), (12000, -24)])
        puffs.append(blow * curve(m, [(0, 0), (0.08, 1), (0.35, 0.5), (1, 0)]) * (1.0, 0.75, 0.85, 0.7)[k % 4])
    rods = place(n, [struck(m, rng, 620, 0.06, PLATE, hardness=0.8) for _ in starts[::2]], starts[::2] + 0.1) * 0.35
    leak = highpass(white(n, rng), 3000) * 0.05
    return fade_ends(place(n, puffs, starts.clip(0)) + rods + leak + 0.35 * _clacks(n, rng, 0.7) + 0.12 * _rolling(n, rng))


@sound_model
def subway(duration_s: float, rng: np.random.Generator) -> Signal:
    """A train braking into a tunnel station: rumble swelling, motors winding down, wheels squealing, air let go (Thompson 2009)."""
    n = num_samples(max(duration_s, 4.0))
    speed = curve(n, [(0, 1), (0.5, 0.6), (0.8, 0.06), (0.84, 0.0), (1, 0.0)])
    near = curve(n, [(0, 0.15), (0.35, 1), (1, 1)])
    roll = _rolling(n, rng) * near * speed**0.8
    starts = np.cumsum(0.28 / np.maximum(speed[:: num_samples(0.25)], 0.15))
    joints = place(n, [_joint(rng) for _ in starts], starts) * near * (speed > 0.05)
    motor = chirp(60 + 620 * speed, [1, 0.5, 0.6, 0.2, 0.3]) * speed**0.4 * near
    squeal = stick_slip(rng, 2100 + 500 * speed + 40 * wander(n, rng, 4), (2200, 3400, 4700), 0.05, unevenness=0.01)
    squeal *= line(n, [(0, 0), (0.45, 0), (0.6, 0.5), (0.78, 1), (0.83, 0), (1, 0)]) / (squeal.std() + 1e-9)
    m = num_samples(1.2)
    hiss = highpass(white(m, rng), 1500) * decay(m, 1.0, 0.01)
    return fade_ends(roll + 1.5 * joints + 0.12 * motor + 0.18 * squeal + place(n, [0.35 * hiss], [0.86 * n / SAMPLE_RATE]), 0.3, 0.3)
