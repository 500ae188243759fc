"""Machines that run by themselves: motors, fans, pumps, clockwork, a factory.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/machines.yaml` (what is held in the hand
stands in `tools`). Out: signals [S]. A machine is a motor's orders, the air it moves and the parts that knock.
Sources: Farnell, "Designing Sound" (2010), ch. 40 (motors), 41 (cars) and 43 (fans); Smith, "Aircraft Noise" (1989),
for blade noise; Cook, PhISEM (1997), for what rattles.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, blow, knocked, snap, struck, thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import buzz, chirp, phase_of
from audiogen_cli.generator.experts.effects.tools import brushed_motor


@sound_model
def electric_shaver(duration_s: float, rng: np.random.Generator) -> Signal:
    """A vibrating armature at twice the mains frequency, rich in harmonics, duller against skin.

    Mains motor, Farnell.
    """
    n = num_samples(duration_s)
    press = np.clip(0.5 + 0.6 * wander(n, rng, 1.3), 0, 1)
    hz = 120.0 * (1 - 0.012 * press) * (1 + 0.002 * wander(n, rng, 10))
    armature = buzz(hz, [1 / k**0.45 for k in range(1, 48)])
    centre = 1800 + 1600 * press
    coloured = formant_filter(
        armature,
        [
            (centre, centre * 0.7, 0.0),
            (560.0 + 0 * centre, 300.0 + 0 * centre, -4.0),
            (6000.0 + 0 * centre, 3000.0 + 0 * centre, -3.0),
        ],
        parallel=True,
    )
    blades = bandpass(white(n, rng), 3000, 11000) * (1 + 0.8 * np.sin(phase_of(hz))).clip(0) * (0.6 + 0.6 * press)
    return fade_ends(mix([coloured, blades], [1.0, 0.5]) * (0.8 + 0.3 * press), 0.02, 0.02)


@sound_model
def washing_machine(duration_s: float, rng: np.random.Generator) -> Signal:
    """The drum turned back and forth by its motor, wet clothes falling, water sloshing.

    Motor orders, thumps, noise.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    drum = np.clip(np.minimum(t / 3.2 % 1, 0.82 - t / 3.2 % 1) / 0.1, 0, 1)
    motor = chirp(60 + 186 * drum, [1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.35, 0.3, 0.25, 0.2]) * (0.3 + 0.7 * drum)
    body = shaped_noise(n, rng, [(40, -10), (120, -2), (280, 0), (900, -6), (3000, -23), (9000, -41)]) * (
        0.4 + 0.6 * drum
    )
    times = np.arange(0.1, duration_s, 0.59)
    times = (times + rng.normal(0, 0.03, times.size)).clip(0)
    falls = [
        blow(num_samples(0.35), rng, [(90, 0, 0.25), (220, -1, 0.2), (600, -7, 0.15), (1800, -16, 0.1)], attack_s=0.02)
        for _ in range(6)
    ]
    clothes = place(n, [falls[k] for k in rng.integers(0, 6, times.size)], times, rng.uniform(0.5, 1, times.size))
    slosh = shaped_noise(n, rng, [(150, -16), (500, -2), (1180, 0), (4000, -8), (10000, -20)])
    slosh *= np.abs(np.sin(np.pi * t / 0.59)) ** 2.8 * (1 + 0.4 * wander(n, rng, 12)).clip(0.1)
    return fade_ends(mix([motor, body, clothes, slosh], [0.48, 0.46, 0.56, 0.64]), 0.03, 0.03)


@sound_model
def sewing_machine(duration_s: float, rng: np.random.Generator) -> Signal:
    """Needle bar, take-up and shuttle clattering each stitch, runs and pauses, a small motor.

    Modal clicks, motor orders.
    """
    n = num_samples(duration_s)
    rate = lowpass((wander(n, rng, 0.8) > -0.8).astype(float), 3.0, order=1).clip(0, 1) * rng.uniform(12.5, 13.5)
    stitch = np.cumsum(rate) / SAMPLE_RATE
    hits = np.flatnonzero(np.diff(np.floor(2 * stitch), prepend=0.0) > 0) / SAMPLE_RATE
    clacks = [
        knocked(
            num_samples(0.25),
            rng,
            [(413, -3.2, 0.198), (337, -0.7, 0.171), (1915, -4, 0.102)],
            hz=1035,
            t60_s=0.2,
            level=0.02,
            spread=1.34,
            count=5,
            click=0.98,
        )
        for _ in range(6)
    ]
    needle = place(n, [clacks[k] for k in rng.integers(0, 6, hits.size)], hits, rng.uniform(0.6, 1.0, hits.size))
    motor = chirp(rate * 12 + 20, [1, 0.9, 0.8, 0.8, 0.6, 0.6, 0.5, 0.4, 0.4, 0.3]) * rate / 13
    return fade_ends(mix([needle, motor], [1.0, 0.12]), 0.02, 0.03)


@sound_model
def factory(duration_s: float, rng: np.random.Generator) -> Signal:
    """A press in rhythm, looms and gears, valves, a hum in a hall.

    Modal impacts, motor orders, jet noise; Farnell 2010.
    """
    n = num_samples(duration_s)
    hum = shaped_noise(n, rng, [(30, -8), (120, 0), (300, -3), (900, -8), (3000, -18), (9000, -34)])
    tones = chirp(np.full(n, 98.0), [1, 0.8, 0.7, 0.5, 0.5, 0.4, 0.3, 0.2]) + 0.8 * chirp(
        np.full(n, 147.3), [1, 0.8, 0.6, 0.5, 0.3]
    )
    period = rng.uniform(0.62, 0.72)
    times = np.arange(0.1, duration_s, period)
    m = num_samples(0.5)
    stamp = blow(m, rng, [(90, -3, 0.35), (250, 0, 0.3), (700, -2, 0.2), (2000, -6, 0.12), (5000, -12, 0.06)])
    stamp = stamp + 0.4 * struck(m, rng, 310, 0.3, PLATE, hardness=0.85, click=0.3, click_hz=5000)
    clack = blow(num_samples(0.1), rng, [(600, 0, 0.06), (1500, 0, 0.05), (4000, -5, 0.03)], attack_s=0.002)
    loom = np.arange(0, duration_s, period / 9)
    puff = shaped_noise(m, rng, [(500, -14), (2500, 0), (7000, -2), (14000, -10)]) * decay(m, 0.3, 0.01)
    beats = 0.45 * place(n, [stamp] * times.size, times) + 0.08 * place(n, [puff] * times.size, times + 0.42 * period)
    beats += 0.8 * place(n, [clack] * loom.size, loom + 0.01 * rng.random(loom.size), rng.uniform(0.5, 1, loom.size))
    return fade_ends(mix([hum, tones, beats], [0.43, 0.6, 1.0]), 0.05, 0.05)


@sound_model
def servo(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small gear motor starting, turning and stopping, each move at its own speed.

    Some 5000 turns a minute and a pinion of eleven teeth; commutator orders, Farnell ch. 40.
    """
    n = num_samples(max(duration_s, 0.8))
    turns_hz, teeth = 81 * rng.uniform(0.85, 1.15), 11 * rng.uniform(0.85, 1.15)
    out, at = np.zeros(n), 0.02
    while at < n / SAMPLE_RATE - 0.3:
        length = min(rng.uniform(0.5, 1.25), n / SAMPLE_RATE - at - 0.06)
        speed = curve(num_samples(length), [(0, 0.15), (0.12, 1), (0.85, 1), (1, 0.1)])
        move = brushed_motor(turns_hz * rng.uniform(0.75, 1.3) * speed, rng, gear=teeth, noise=0.37)
        stop = snap(rng, 1800, body=0.8)
        out += place(n, [fade_ends(move * speed, 0.01, 0.03), stop], [at, at + length - 0.02], [0.25, 0.37])
        at += length + rng.uniform(0.06, 0.3)
    return fade_ends(out, 0.003, 0.03)


@sound_model
def steam_hiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A turbulent jet through a narrow valve, bright while the pressure lasts (jet noise; Farnell 2010)."""
    n = num_samples(max(duration_s, 0.6))
    jet = shaped_noise(n, rng, [(200, -26), (800, -10), (2500, -2), (6000, 0), (11000, -2), (18000, -10)])
    whistle = bandpass(white(n, rng), 3300, 3500)
    flow = curve(n, [(0, 0), (0.04, 1), (0.6, 0.75), (0.9, 0.25), (1, 0)])
    return fade_ends(mix([jet, whistle], [1.0, 0.06]) * flow * (1 + 0.06 * wander(n, rng, 20)), 0.01, 0.1)


@sound_model
def clockwork(duration_s: float, rng: np.random.Generator) -> Signal:
    """Three wheels of one movement, the slower driven by the quicker, so that their teeth meet at the same moments.

    Modal clicks; Farnell 2010, ch. 24.
    """
    n = num_samples(duration_s)
    out, first = np.zeros(n), rng.uniform(0, 0.1)
    for rate_hz, hz, gain in ((37.5, 4710.0, 0.675), (12.5, 3770.0, 1.0), (6.25, 2920.0, 0.333)):
        bands = [(hz, -0.3, 0.012), (1.14 * hz, -7.6, 0.053), (0.5 * hz, -5.6, 0.026)]
        plate_hz, m = 1.18 * hz, num_samples(0.1)
        teeth = [
            knocked(m, rng, bands, hz=plate_hz, t60_s=0.023, level=0.1, spread=1.3, count=6, click=0.94)
            for _ in range(6)
        ]
        starts = np.arange(first, duration_s, 1 / rate_hz)
        starts = (starts + rng.normal(0, 0.018 / rate_hz, starts.size)).clip(0)
        drawn = [teeth[k] for k in rng.integers(0, 6, starts.size)]
        out += gain * place(n, drawn, starts, rng.uniform(0.8, 1, starts.size))
    return fade_ends(out, 0.0005, 0.02)


@sound_model
def air_pump(duration_s: float, rng: np.random.Generator) -> Signal:
    """Air pushed through a valve and drawn in again, stroke by stroke, the plunger knocking at its ends (jet noise).

    Source: Farnell 2010.
    """
    n = num_samples(duration_s)
    strokes, starts, at = [], [], 0.05
    while at < duration_s:
        out_s, in_s = rng.uniform(0.4, 0.5), rng.uniform(0.32, 0.42)
        m = num_samples(out_s)
        press = curve(m, [(0, 0), (0.2, 0.7), (0.7, 1), (1, 0)]).clip(0)
        push = (
            formant_filter(
                white(m, rng),
                [(700 + 1500 * press, 900 + 0 * press, 0.0), (3200 + 2000 * press, 2600 + 0 * press, -2.0)],
                parallel=True,
            )
            * press
        )
        k = num_samples(in_s)
        draw = bandpass(white(k, rng), 300, 2200, order=1) * curve(k, [(0, 0), (0.3, 1), (1, 0)]).clip(0)
        knock = thump(num_samples(0.12), rng, 160, 0.07)
        strokes += [push / np.abs(push).max(), 0.35 * knock, 0.5 * draw / np.abs(draw).max(), 0.25 * knock]
        starts += [at, at + out_s, at + out_s + 0.05, at + out_s + in_s + 0.04]
        at += out_s + in_s + 0.12
    return fade_ends(place(n, strokes, starts), 0.005, 0.03)
