"""Machines that run by themselves: motors, fans, pumps, gears, and places full of them; tools stand in `tools`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/machines.yaml`. Out: signals [S].
An electric motor is its commutation tone with harmonics, its gears and its fan's air, all tied to one speed
that sinks under load; engines that burn come from `engines`, blows from `bodies`.
Sources: Farnell, "Designing Sound" (2010), ch. 43-44 (motors, fans, clockwork); Fahy, "Foundations of
Engineering Acoustics" (2001) for fans and jets; van den Doel et al., "FoleyAutomatic" (2001) for saws.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, rattle, struck, thump
from audiogen_cli.generator.experts.effects.engines import DIESEL, Engine, run_engine
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    curve,
    decay,
    fade_ends,
    highpass,
    mix,
    num_samples,
    phase_of,
    place,
    seconds,
    shaped_noise,
    wander,
    white,
)  # fmt: skip

MOWER = Engine(
    cylinders=1, firing=(0.0,), roughness=0.3, brightness_hz=3000, clatter=0.35,
    exhaust=((110, 50, 1.0), (270, 90, 0.9), (640, 200, 0.6), (1500, 400, 0.4)),
)
GENSET = replace(DIESEL, cylinders=2, roughness=0.25)


def motor(turns: Signal, rng: np.random.Generator, bars: int, *, tone: float, air: Sequence[tuple[float, float]]) -> Signal:
    """A universal motor turning `turns` [S] times a second: commutator tone, shaft hum, brush noise and its fan's air; RMS 1.

    Args:
        turns: turns a second.
        rng: of brushes and air.
        bars: commutator bars or gear teeth a turn, which set the whine.
        tone: level of the whine against the air.
        air: spectrum of the air, points of (Hz, dB).
    """
    n = turns.size
    track = turns * (1 + 0.004 * wander(n, rng, 12.0))
    whine = chirp(track * bars, [1, 0.45, 0.3, 0.15]) + 0.5 * chirp(track * bars / 2, [1, 0.3])
    shaft = chirp(track, [1, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15])
    brushes = bandpass(white(n, rng), 2500, 9000) * (1 + 0.7 * np.sin(phase_of(track * 2)))
    noise = shaped_noise(n, rng, air) * (1 + 0.15 * np.sin(phase_of(track)))
    out = mix([whine, shaft, brushes, noise], [tone, 0.5 * tone, 0.35 * tone, 1.0])
    return out / out.std()


def _cuts(n: int, rng: np.random.Generator, rate_hz: float) -> Signal:
    """How hard a tool is pressed: 0 free to 1 in the work, in spells."""
    return np.clip(0.5 + 0.9 * wander(n, rng, rate_hz), 0, 1)


@sound_model
def generator(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small diesel at steady speed and the alternator's hum (per-cylinder engine)."""
    n = num_samples(duration_s)
    turns = 25.0 * (1 + 0.004 * wander(n, rng, 1.0))
    hum = chirp(np.full(n, 100.0), [1, 0.5, 0.4, 0.2, 0.2])
    return fade_ends(mix([run_engine(turns, rng, GENSET, load=0.6), hum], [1.0, 0.15]), 0.05, 0.05)


@sound_model
def lawn_mower(duration_s: float, rng: np.random.Generator) -> Signal:
    """A one-cylinder four-stroke near 2900 turns a minute, its blade's air, bogging down in thick grass (per-firing engine)."""
    n = num_samples(duration_s)
    bog = _cuts(n, rng, 0.4)
    turns = 50 - 6 * bog + 0.6 * wander(n, rng, 4.0)
    blade = shaped_noise(n, rng, [(150, -8), (500, 0), (1500, -3), (4000, -10), (10000, -24)]) * (1 + 0.4 * np.sin(phase_of(turns * 2)))
    return fade_ends(mix([run_engine(turns, rng, MOWER, load=0.5 + 0.4 * bog), blade], [1.0, 0.5]), 0.05, 0.1)


@sound_model
def fan(duration_s: float, rng: np.random.Generator) -> Signal:
    """A slow fan: air torn at the blades, their passing and the motor's hum (Fahy 2001)."""
    n = num_samples(duration_s)
    beat = rng.uniform(15, 22)
    air = shaped_noise(n, rng, [(40, -6), (120, 0), (350, 0), (900, -6), (2500, -14), (8000, -30)])
    air *= 1 + 0.22 * np.sin(phase_of(beat * (1 + 0.01 * wander(n, rng, 0.8))))
    hum = chirp(np.full(n, 100.0), [1, 0.6, 0.2, 0.2])
    return fade_ends(mix([air, hum, chirp(np.full(n, beat * 9.0))], [1.0, 0.22, 0.08]), 0.05, 0.05)


@sound_model
def vacuum_cleaner(duration_s: float, rng: np.random.Generator) -> Signal:
    """A suction motor's whine and strong air, whose resonance moves as the nozzle goes over the carpet (Farnell 2010, ch. 43)."""
    n = num_samples(duration_s)
    press = 0.5 + 0.3 * wander(n, rng, 0.8)
    turns = 300 * (1 + 0.02 * press) * curve(n, [(0, 0.97), (0.03, 1), (1, 1)])
    air = [(60, -10), (180, -2), (450, 0), (1000, 0), (2200, -3), (5000, -8), (9000, -16), (16000, -30)]
    run = motor(turns, rng, 9, tone=0.32, air=air)
    nozzle = bandpass(white(n, rng), 700, 1500) * np.clip(press, 0, 1)
    return fade_ends(mix([run, chirp(turns, [1, 0.6]), nozzle], [1.0, 0.3, 0.3]), 0.03, 0.05)


@sound_model
def hair_dryer(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small axial fan in a tube: broadband air with a hump, blade tone and motor (Fahy 2001)."""
    n = num_samples(duration_s)
    turns = 210 * (1 + 0.003 * wander(n, rng, 1.0))
    air = [(100, -18), (350, -4), (900, 0), (2000, 0), (4500, -3), (9000, -10), (16000, -24)]
    run = motor(turns, rng, 5, tone=0.25, air=air)
    return fade_ends(run * (1 + 0.12 * wander(n, rng, 0.7)), 0.05, 0.05)


@sound_model
def electric_shaver(duration_s: float, rng: np.random.Generator) -> Signal:
    """An armature swinging at twice the mains, rich in harmonics, brighter against skin (Farnell 2010)."""
    n = num_samples(duration_s)
    skin = _cuts(n, rng, 0.8)
    hz = 118 * (1 - 0.04 * skin) * (1 + 0.003 * wander(n, rng, 6.0))
    buzz = np.sign(np.sin(phase_of(hz)) + 0.2)
    body = bandpass(buzz, 180, 2500, order=1) + 0.8 * bandpass(buzz, 2500, 8000, order=1) * (0.4 + 0.6 * skin)
    hair = highpass(white(n, rng), 3000) * skin * (0.5 + 0.5 * buzz)
    return fade_ends(mix([body, hair], [1.0, 0.3]), 0.02, 0.05)


@sound_model
def washing_machine(duration_s: float, rng: np.random.Generator) -> Signal:
    """The drum turning to and fro: motor, wet clothes falling each turn, water sloshing (Farnell 2010)."""
    n = num_samples(duration_s)
    t = seconds(n)
    turn = np.clip(np.minimum((t % 5.0) / 0.6, (4.4 - t % 5.0) / 0.6), 0, 1)
    whine = chirp(np.maximum(90 * turn, 20), [0.4, 1, 0.7, 0.4, 0.5, 0.2]) * turn
    hum = chirp(np.full(n, 100.0), [1, 0.3, 0.2])
    rumble = shaped_noise(n, rng, [(40, 0), (120, 2), (350, -6), (1200, -16), (5000, -34)]) * (0.3 + turn)
    falls = np.arange(0.4, duration_s, 0.62) + rng.normal(0, 0.03, len(np.arange(0.4, duration_s, 0.62)))
    m = num_samples(0.5)
    slaps = [0.6 * thump(m, rng, 80, 0.18) + bandpass(white(m, rng), 300, 2500) * curve(m, [(0, 0), (0.2, 1), (1, 0)]) for _ in falls]
    water = bandpass(white(n, rng), 500, 3500) * np.clip(wander(n, rng, 3.0), 0, None) * 0.4 * turn
    return fade_ends(mix([whine, hum, rumble], [0.4, 0.2, 0.8]) + 0.5 * place(n, slaps, falls.clip(0)) + water, 0.05, 0.05)


@sound_model
def sewing_machine(duration_s: float, rng: np.random.Generator) -> Signal:
    """Needle bar and shuttle clattering in seams of stitches, the motor's tone following (clicks locked to one shaft)."""
    n = num_samples(duration_s)
    t = seconds(n)
    seam = np.clip(np.minimum((t % 3.3) / 0.25, (2.7 - t % 3.3) / 0.2), 0, 1)
    rate = rng.uniform(13, 16) * (0.3 + 0.7 * seam) * (seam > 0)
    strokes = np.flatnonzero(np.diff(np.floor(phase_of(rate, n) / (2 * np.pi)), prepend=0) > 0) / SAMPLE_RATE
    m = num_samples(0.09)
    needle = [struck(m, rng, rng.uniform(700, 800), 0.035, PLATE, hardness=0.8, click=0.9, click_hz=7000) for _ in range(5)]
    shuttle = [struck(m, rng, rng.uniform(1700, 1900), 0.025, PLATE, hardness=0.9, click=0.7, click_hz=9000) for _ in range(5)]
    which = rng.integers(0, 5, strokes.size)
    out = place(n, [needle[k] for k in which], strokes) + 0.6 * place(n, [shuttle[k] for k in which], strokes + 0.45 / 14)
    whine = chirp(np.maximum(rate * 14, 30), [1, 0.6, 0.5, 0.3, 0.3, 0.2]) * seam
    body = shaped_noise(n, rng, [(100, 0), (400, 0), (1500, -4), (5000, -12), (12000, -28)]) * seam
    return fade_ends(out + 0.12 * whine + 0.06 * body)


@sound_model
def servo(duration_s: float, rng: np.random.Generator) -> Signal:
    """Gear motors each making one move: up to speed, along, and stopped with a click (Farnell 2010, ch. 43)."""
    n = num_samples(max(duration_s, 1.0))
    out, at = np.zeros(n), 0.02
    while at < n / SAMPLE_RATE - 0.25:
        m = num_samples(rng.uniform(0.22, 0.7))
        turns = rng.uniform(60, 130) * curve(m, [(0, 0.3), (0.15, 1), (0.8, rng.uniform(0.8, 1.2)), (1, 0.3)])
        whir = motor(turns, rng, 9, tone=1.5, air=[(300, -12), (1200, 0), (3500, -2), (8000, -12), (15000, -26)])
        stop = struck(num_samples(0.06), rng, 1600, 0.02, PLATE, hardness=0.8, click=0.6)
        out += place(n, [whir * curve(m, [(0, 0), (0.1, 1), (0.85, 0.9), (1, 0)]) * 0.3, 0.3 * stop], [at, at + m / SAMPLE_RATE])
        at += m / SAMPLE_RATE + rng.uniform(0.03, 0.2)
    return fade_ends(out)


@sound_model
def steam_hiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A turbulent jet from a narrow valve: noise peaking where the jet's speed over its width puts it (Fahy 2001)."""
    n = num_samples(max(duration_s, 0.6))
    jet = shaped_noise(n, rng, [(300, -26), (1200, -10), (3500, -1), (6500, 0), (12000, -3), (20000, -14)])
    level = curve(n, [(0, 0), (0.04, 1), (0.5, 0.8), (0.8, 0.5), (1, 0)])
    return fade_ends(jet * level * (1 + 0.1 * wander(n, rng, 15.0)), 0.01, 0.1)


@sound_model
def clockwork(duration_s: float, rng: np.random.Generator) -> Signal:
    """Wheels ticking at locked rates, and now and then a ratchet wound (Farnell 2010, ch. 30)."""
    n = num_samples(duration_s)
    m = num_samples(0.06)
    out = np.zeros(n)
    for rate, hz, level in ((5.0, 2600, 0.8), (2.5, 1700, 0.6), (10.0, 3900, 0.35)):
        tick = struck(m, rng, hz, 0.02, (1, 1.7, 2.6, 4.1), hardness=0.9, click=0.7, click_hz=9000)
        starts = np.arange(rng.uniform(0, 0.1), duration_s, 1 / rate)
        out += place(n, [tick] * starts.size, starts, level * rng.uniform(0.7, 1, starts.size))
    for at in np.arange(0.3, duration_s, 3.0):
        clicks = at + np.arange(14) * 0.055 + rng.normal(0, 0.003, 14)
        pawl = struck(m, rng, 1350, 0.03, (1, 1.6, 2.4, 3.7, 5.2), hardness=0.9, click=1.0, click_hz=8000)
        out += place(n, [pawl] * 14, clicks, rng.uniform(0.7, 1.1, 14))
    return fade_ends(out)


@sound_model
def factory(duration_s: float, rng: np.random.Generator) -> Signal:
    """A press stamping in time, conveyor gears, valves letting off and one great hum (machines of this file together)."""
    n = num_samples(duration_s)
    m = num_samples(0.7)
    out = np.zeros(n)
    for period, hz in ((1.05, 60.0), (0.62, 120.0)):
        starts = np.arange(rng.uniform(0, period), duration_s, period)
        stamp = thump(m, rng, hz, 0.25, noise=1.0) + 0.7 * struck(m, rng, hz * 4.5, 0.4, PLATE, hardness=0.85, damping=0.5, click=0.5)
        out += place(n, [stamp] * starts.size, starts, rng.uniform(0.8, 1, starts.size))
    hiss = [highpass(white(m, rng), 1800) * decay(m, 0.5, 0.02) for _ in range(3)]
    vents = np.arange(0.5, duration_s, 2.1)
    out += 0.15 * place(n, [hiss[k % 3] for k in range(vents.size)], vents)
    hum = chirp(np.full(n, 49.0), [1, 0.8, 0.6, 0.5, 0.3, 0.3]) * 0.08
    belt = rattle(n, rng, 40, (320, 760, 1900), 0.03)
    floor = shaped_noise(n, rng, [(50, 0), (200, 0), (800, -4), (2500, -10), (9000, -26)])
    return fade_ends(out + hum + 0.12 * belt / np.abs(belt).max() + 0.12 * floor, 0.05, 0.05)


@sound_model
def air_pump(duration_s: float, rng: np.random.Generator) -> Signal:
    """Air pushed through a valve and drawn in again, with the piston's clicks at its ends (Fahy 2001)."""
    n = num_samples(duration_s)
    stroke = np.sin(phase_of(0.55 * (1 + 0.02 * wander(n, rng, 0.5)), n))
    push = shaped_noise(n, rng, [(200, -14), (900, 0), (2500, -1), (6000, -10), (14000, -26)]) * np.clip(stroke, 0, 1) ** 0.7
    draw = shaped_noise(n, rng, [(150, -8), (600, 0), (1500, -5), (5000, -18)]) * np.clip(-stroke, 0, 1) ** 0.7
    ends = np.flatnonzero(np.diff(np.sign(stroke))) / SAMPLE_RATE
    valve = struck(num_samples(0.1), rng, 420, 0.05, PLATE, hardness=0.6, click=0.5)
    return fade_ends(push + 0.7 * draw + 0.6 * place(n, [valve] * ends.size, ends))
