"""Rails: wheels over joints, horns, steam.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/trains.yaml`. Out: signals [S]. An entry
that passes returns its steady source; the scene moves it.
Sources: Farnell, "Designing Sound" (2010), ch. 44 to 46; Thompson, "Railway Noise and Vibration" (2009), for rolling
noise and joints; Nathan's K5LA chord for the horn; Fletcher and Rossing (1998), ch. 17, for the whistle's pipes.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, struck, thump
from audiogen_cli.generator.experts.effects.bursts import burst
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


def _joint(rng: np.random.Generator, weight: float) -> Signal:
    """One wheel over a rail joint: a low blow of the bogie, the rail's and the wheel's short ring."""
    n = num_samples(0.22)
    steel = struck(
        n,
        rng,
        rng.uniform(420, 520),
        0.07,
        (1, 1.9, 2.8, 4.4, 6.1),
        hardness=0.8,
        damping=0.6,
        click=0.5,
        click_hz=4000,
    )
    return weight * thump(n, rng, 75, 0.16, noise=0.5) + 0.45 * steel


def clacks(n: int, rng: np.random.Generator, period_s: float, weight: float) -> Signal:
    """Bogie after bogie over a joint: two wheels close together, then the next two (clickety-clack)."""
    times, gains = [], []
    axle = period_s * 0.13
    at = rng.uniform(0, period_s) - period_s
    while at < n / SAMPLE_RATE:
        for start, gain in ((0.0, 1.0), (axle, 0.85), (0.36 * period_s, 0.75), (0.36 * period_s + axle, 0.65)):
            times.append(at + start + rng.normal(0, 0.004))
            gains.append(gain * rng.uniform(0.8, 1.0))
        at += period_s
    stock = [_joint(rng, weight) for _ in range(8)]
    return place(n, [stock[k] for k in rng.integers(0, 8, len(times))], times, gains)


def _roll(n: int, rng: np.random.Generator) -> Signal:
    """Steel wheels on steel rails, heard with the rumble of the cars: 3 dB an octave down from 150 Hz, swaying."""
    noise = shaped_noise(n, rng, [(30, -12), (75, -3), (150, 0), (300, -3), (600, -6), (1200, -9), (20000, -60)])
    return np.asarray(noise * (1 + 0.12 * wander(n, rng, 6.0)).clip(0.2))


@sound_model
def train_pass(duration_s: float, rng: np.random.Generator) -> Signal:
    """A line of wheels, not a point: near from its first axle to its last, joints, motors, flanges singing a little.

    Thompson 2009, ch. 2, 8 and 9; it is heard as it passes, so the scene need not move it.
    """
    n = num_samples(max(duration_s, 2.0))
    near = curve(n, [(0, 0.05), (0.18, 0.25), (0.27, 1), (0.75, 1), (0.84, 0.3), (1, 0.04)])
    wheels = _wheels_over_joint(np.full(n, rng.uniform(0.95, 1.05)), near, rng)
    motors = chirp(line(n, [(0, 416), (1, 384)]), [1, 0.6, 0.5, 0.3, 0.2]) * near
    flanges = _singing(n, rng) * near * np.clip(0.3 + wander(n, rng, 1.0), 0, None)
    return fade_ends(mix([_roll(n, rng) * near, wheels, motors, flanges], [1.0, 1.2, 0.3, 0.25]), 0.1, 0.4)


@sound_model
def train_horn(duration_s: float, rng: np.random.Generator) -> Signal:
    """Five air chimes in a B major sixth, blown one just after the other, each a clipped, unsteady diaphragm.

    Nathan K5LA; Farnell 2010.
    """
    n = num_samples(max(duration_s, 1.0))
    blow = curve(n, [(0, 0), (0.04, 0.8), (0.1, 1), (0.86, 1), (0.95, 0.5), (1, 0)])
    sag = 1 - 0.03 * (1 - blow)
    chord = np.zeros(n)
    for hz in (311.1, 370.0, 415.3, 493.9, 622.3):
        track = hz * rng.uniform(0.994, 1.006) * sag * (1 + 0.01 * wander(n, rng, 25))
        speaks = np.clip((seconds(n) - rng.uniform(0, 0.05)) / 0.05, 0, 1)
        chord += rng.uniform(0.7, 1) * speaks * np.tanh(4.8 * chirp(track, [k**-0.74 for k in range(1, 13)]))
    air = bandpass(white(n, rng), 500, 5000) * 0.6
    return fade_ends(lowpass(chord * (1 + 0.15 * wander(n, rng, 40)) + air, 2500, order=1) * blow, 0.01, 0.08)


@sound_model
def train_whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Three organ-like chimes blown by steam, breathy, bending as the pressure comes and goes (Rossing 1998)."""
    n = num_samples(max(duration_s, 1.0))
    blow = curve(n, [(0, 0), (0.08, 0.9), (0.5, 1), (0.85, 0.9), (1, 0)])
    bend = 0.9 + 0.1 * np.clip(blow, 0, 1) ** 0.5
    out = np.zeros(n)
    for hz in (440.0, 523.3, 659.3):
        track = hz * bend * (1 + 0.004 * wander(n, rng, 12))
        out += chirp(track, [1, 0.25, 0.4, 0.12, 0.15, 0.06])
        out += 6 * bandpass(white(n, rng), hz * 0.97, hz * 1.03)
    steam = shaped_noise(n, rng, [(300, -18), (1200, -4), (4000, 0), (9000, -6), (16000, -18)])
    return fade_ends((out / out.std() + 0.4 * steam) * blow**1.3, 0.03, 0.1)


@sound_model
def steam_train(duration_s: float, rng: np.random.Generator) -> Signal:
    """Four beats of exhaust steam a turn of the wheels through the chimney, rods clanking, steam leaking, wheels.

    Farnell 2010.
    """
    n = num_samples(duration_s)
    rate = rng.uniform(4.9, 5.4)
    starts = np.arange(-0.2, duration_s, 1 / rate)
    chuffs = [accent * _chuff(rng, 1 / rate) for accent in (1.0, 0.75, 0.85, 0.7)]
    exhaust = place(n, [chuffs[k % 4] for k in range(starts.size)], starts, rng.uniform(0.85, 1, starts.size))
    rods = [
        struck(num_samples(0.2), rng, rng.uniform(600, 800), 0.09, PLATE, hardness=0.8, click=0.3) for _ in range(4)
    ]
    clank = place(n, [rods[k % 4] for k in range(starts.size)], starts + 0.06, rng.uniform(0.3, 1, starts.size))
    leak = shaped_noise(n, rng, [(400, -30), (2500, -6), (7000, 0), (14000, -8)])
    cars = shaped_noise(
        n, rng, [(30, -6), (70, 0), (160, -2), (400, -6), (900, -5), (1800, -10), (4000, -22), (10000, -40)]
    )
    cars *= (1 + 0.2 * wander(n, rng, 3.0)).clip(0.3)
    parts = [exhaust, clank, leak, cars, clacks(n, rng, 1.7, 0.8)]
    return fade_ends(mix(parts, [1.0, 0.48, 0.055, 0.69, 0.56]), 0.05, 0.05)


def _chuff(rng: np.random.Generator, period_s: float) -> Signal:
    """One beat of exhaust, swelling for a quarter of its period; the chimney resonates near 110 Hz."""
    n = num_samples(1.3 * period_s)
    steam = shaped_noise(n, rng, [(40, -14), (178, -4), (533, 0), (1066, -6), (2132, -13), (4264, -19), (20000, -60)])
    part = seconds(n) / period_s
    swell = np.clip(part / 0.245, 0, 1) * np.exp(-np.maximum(part - 0.245, 0) / 0.22)
    return mix([steam, resonate(steam, 109, 40)], [1.0, 0.5]) * (1 + 0.11 * wander(n, rng, 80)).clip(0.1) * swell


@sound_model
def subway(duration_s: float, rng: np.random.Generator) -> Signal:
    """A train braking into its station: rolling, each wheel over the joint, motors winding down, discs squealing, air.

    Thompson 2009, ch. 2 (rolling), 8 (joints) and 9 (squeal).
    """
    n = num_samples(max(duration_s, 5.0))
    total_s = n / SAMPLE_RATE
    speed = curve(n, [(0, 1), (0.3, 0.85), (0.75, 0.08), (0.8, 0), (1, 0)]).clip(0)
    near = curve(n, [(0, 0.15), (0.25, 1), (0.7, 0.9), (1, 0.7)])
    rolling = _roll(n, rng) * speed**1.1 * near
    motors = chirp(60 + 520 * speed, [1, 0.6, 0.5, 0.3, 0.2]) * speed * near
    out = mix([rolling, _wheels_over_joint(speed, near, rng), motors], [1.0, 1.8, 0.3])
    m = num_samples(0.45 * total_s)
    squeal = _singing(m, rng) * curve(m, [(0, 0), (0.3, 0.6), (0.8, 1), (1, 0)]).clip(0)
    air = shaped_noise(num_samples(0.9), rng, [(400, -20), (2000, -4), (5000, 0), (12000, -6)])
    air *= decay(air.size, 0.8, 0.02)
    ends = place(n, [1.5 * squeal / np.abs(squeal).max(), 0.46 * air], [0.34 * total_s, 0.82 * total_s])
    return fade_ends(out + ends, 0.1, 0.3)


def _wheels_over_joint(speed: Signal, near: Signal, rng: np.random.Generator) -> Signal:
    """Every axle of a braking train over one joint, 17.7 m/s at speed 1; cars of 18 m on two bogies of two axles."""
    run_m = 17.7 * np.cumsum(speed) / SAMPLE_RATE
    cars_m = np.arange(0.0, run_m[-1], 18.0)
    axles_m = (cars_m[:, None] + [0.0, 2.2, 11.0, 13.2]).ravel()
    at = np.interp(axles_m[axles_m < 0.97 * run_m[-1]], run_m, seconds(speed.size))
    stock = [_rail_blow(rng) for _ in range(8)]
    gains = np.interp(at, seconds(speed.size), speed * near) * rng.uniform(0.7, 1, at.size)
    return place(speed.size, [stock[k] for k in rng.integers(0, 8, at.size)], at, gains)


def _rail_blow(rng: np.random.Generator) -> Signal:
    """A wheel's drop at a joint: bogie and ballast as bands that die quickly, the rail's modes ringing after."""
    n = num_samples(0.3)
    ground = burst(n, rng, [(80, -2, 0.2), (200, 0, 0.16), (500, 0, 0.1), (1200, -4, 0.06), (3000, -10, 0.04)], 0.001)
    hz = 674 * rng.uniform(0.9, 1.1)
    rail = struck(n, rng, hz, 0.2, (1, 1.9, 2.8, 4.4, 6.1), hardness=0.85, damping=0.5, click=0.8, click_hz=5000)
    return ground + 0.8 * rail


def _singing(n: int, rng: np.random.Generator) -> Signal:
    """A wheel's or a disc's mode held by friction, a second coming and going, and the rubbing's noise about them."""
    hz = 2590 * curve(n, [(0, 1.03), (0.5, 1), (1, 0.93)]) * (1 + 0.003 * wander(n, rng, 15))
    second = chirp(hz * 1.37 * (1 + 0.002 * wander(n, rng, 10)), [1, 0.2]) * np.clip(wander(n, rng, 2), 0, None)
    tones = chirp(hz, [1, 0.35, 0.15]) + 0.6 * second
    rubbing = formant_filter(white(n, rng), [(hz, 0.05 * hz, 0.0)], parallel=True)
    return mix([tones, rubbing], [1.0, 0.6]) * (1 + 0.3 * wander(n, rng, 8)).clip(0.1)


@sound_model
def rail_clack(duration_s: float, rng: np.random.Generator) -> Signal:
    """From inside a car: two pairs of wheels over each joint, rolling and motors through the floor (Thompson 2009)."""
    n = num_samples(duration_s)
    wheels = _wheels_over_joint(np.full(n, rng.uniform(0.8, 0.95)), np.ones(n), rng)
    motors = chirp(250 * (1 + 0.01 * wander(n, rng, 0.5)), [1, 0.6, 0.5, 0.3, 0.2])
    creak = bandpass(white(n, rng), 600, 1500) * np.clip(wander(n, rng, 2.0) - 0.8, 0, None)
    return fade_ends(mix([_roll(n, rng), wheels, motors, creak], [1.0, 1.2, 0.2, 0.05]), 0.03, 0.03)
