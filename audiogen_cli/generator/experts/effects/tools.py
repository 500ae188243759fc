"""Tools and workshops: what hammers, saws, drills and grinds.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/machines.yaml` (the first half of
the file's models; what runs by itself stands in `machines`). Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 36 to 45 (motors, friction, impacts); van den Doel, Kry and Pai,
"FoleyAutomatic" (2001); Fletcher and Rossing (1998) for bars and plates.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import blow, contact, knocked, thump
from audiogen_cli.generator.experts.effects.engines import DIESEL, Engine, run_engine
from audiogen_cli.generator.experts.effects.impacts import splinter
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp

TWO_STROKE = Engine(
    cylinders=2,
    unevenness=0.05,
    roughness=0.35,
    brightness_hz=6000,
    clatter=0.3,
    clatter_hz=(2000, 9000),
    exhaust=((170, 70, 0.8), (420, 130, 1.0), (950, 260, 0.9), (2300, 600, 0.6)),
)


def brushed_motor(turns: Signal, rng: np.random.Generator, *, gear: float = 7.0, noise: float = 1.0) -> Signal:
    """A universal motor: the commutator's tone, gears several times a turn, the rush of its fan; RMS about 1."""
    n = turns.size
    whine = chirp(turns, [0.5, 1, 0.4, 0.5, 0.3, 0.3, 0.2, 0.2]) + 0.7 * chirp(turns * gear, [1, 0.5, 0.3, 0.2])
    rush = shaped_noise(n, rng, [(150, -16), (600, -4), (1800, 0), (4500, -2), (9000, -6), (16000, -16)])
    brush = bandpass(white(n, rng), 2500, 9000) * (
        1 + 0.8 * np.sin(2 * np.pi * np.cumsum(2 * turns) / SAMPLE_RATE)
    ).clip(0)
    return mix([whine * (1 + 0.25 * wander(n, rng, 40)), rush, brush], [1.0, 0.8 * noise, 0.5 * noise])


@sound_model
def drill(duration_s: float, rng: np.random.Generator) -> Signal:
    """A universal motor with its gears, slowing as the bit bites, chips tearing (commutator orders, Farnell ch. 40)."""
    n = num_samples(max(duration_s, 1.2))
    turns = rng.uniform(190, 230) * curve(
        n, [(0, 0.1), (0.08, 0.9), (0.25, 1.0), (0.35, 0.72), (0.8, 0.66), (0.88, 1.0), (0.93, 0.9), (1, 0.1)]
    )
    bite = curve(n, [(0, 0), (0.28, 0), (0.36, 1), (0.8, 1), (0.86, 0), (1, 0)]).clip(0)
    chips = bandpass(white(n, rng), 600, 3500) * (1 + 0.7 * wander(n, rng, 60)).clip(0) * bite
    turns = turns * (1 + 0.015 * wander(n, rng, 12))
    return fade_ends(mix([brushed_motor(turns, rng) * (turns / turns.max()), chips], [1.0, 0.5]), 0.02, 0.1)


@sound_model
def dental_drill(duration_s: float, rng: np.random.Generator) -> Signal:
    """An air turbine at some 5000 turns a second, sinking where it touches; its exhaust air.

    Turbine tone, jet noise.
    """
    n = num_samples(max(duration_s, 1.2))
    touch = np.clip(wander(n, rng, 1.6), 0, 1) * curve(n, [(0, 0), (0.2, 1), (0.85, 1), (1, 0)])
    spin = curve(n, [(0, 0.3), (0.1, 1), (0.9, 1), (1, 0.25)])
    hz = rng.uniform(4700, 5400) * spin * (1 - 0.22 * lowpass(touch, 8, order=1))
    air = shaped_noise(n, rng, [(500, -26), (2000, -8), (5000, 0), (10000, -2), (17000, -12)])
    grind = bandpass(white(n, rng), 2500, 7000) * touch
    return fade_ends(
        mix([chirp(hz, [1, 0.35, 0.15]) + 0.4 * chirp(hz * 0.5, [1, 0.2]), air, grind], [1.0, 0.5, 0.25]) * spin,
        0.02,
        0.1,
    )


@sound_model
def chainsaw(duration_s: float, rng: np.random.Generator) -> Signal:
    """A two-stroke revving up and bogging down in the cut, the chain rasping.

    Per-cylinder engine; Baldan et al. 2015.
    """
    n = num_samples(duration_s)
    cut = lowpass((wander(n, rng, 0.7) > -0.3).astype(float), 2.0, order=1)
    turns = (140 - 42 * cut) * (1 + 0.04 * wander(n, rng, 4))
    rasp = bandpass(white(n, rng), 1200, 8000, order=1) * (0.3 + cut) * (1 + 0.5 * wander(n, rng, 90)).clip(0)
    return fade_ends(mix([run_engine(turns, rng, TWO_STROKE, load=0.9), rasp], [1.0, 0.45]), 0.05, 0.05)


@sound_model
def grinder(duration_s: float, rng: np.random.Generator) -> Signal:
    """A screaming motor that sinks as the disc bites, metal sprayed off in a roar of noise.

    Universal motor; Farnell ch. 40.
    """
    n = num_samples(max(duration_s, 1.5))
    bite = curve(
        n, [(0, 0), (0.2, 0), (0.26, 1), (0.55, 0.85), (0.6, 0.1), (0.66, 1), (0.85, 0.9), (0.9, 0), (1, 0)]
    ).clip(0)
    turns = 330 * curve(n, [(0, 0.15), (0.12, 1), (0.9, 1), (1, 0.4)]) * (1 - 0.16 * lowpass(bite, 6, order=1))
    metal = (
        shaped_noise(n, rng, [(400, -16), (1500, -4), (3500, 0), (7000, 0), (14000, -8)])
        * bite
        * (1 + 0.3 * wander(n, rng, 50)).clip(0.1)
    )
    sing = formant_filter(white(n, rng), [(2750.0, 30.0, 0.0), (4150.0, 45.0, -3.0)], parallel=True) * bite
    return fade_ends(mix([brushed_motor(turns, rng, gear=3.7), metal, sing], [1.0, 1.0, 0.3]), 0.03, 0.2)


@sound_model
def hammering(duration_s: float, rng: np.random.Generator) -> Signal:
    """Steel on a nail on wood: the board's bang and the nail's ring.

    Bands of modes and a few of steel, FoleyAutomatic.
    """
    n = num_samples(max(duration_s, 0.4))
    tune = rng.uniform(0.96, 1.05)
    bands = [(329 * tune, -2.7, 0.044), (1020 * tune, -5.8, 0.158), (2515 * tune, -7.6, 0.073)]
    return fade_ends(
        knocked(n, rng, bands, hz=2014 * tune, t60_s=0.057, level=0.72, spread=1.6, count=2, click=0.24), 0.0003, 0.05
    )


@sound_model
def anvil(duration_s: float, rng: np.random.Generator) -> Signal:
    """A hammer on an anvil and its small rebound: long inharmonic modes of a thick steel body.

    Fletcher and Rossing 1998.
    """
    n = num_samples(max(duration_s, 1.3))
    ratios = np.array([1, 1.21, 1.62, 2.13, 2.75, 3.4, 4.3, 5.6])
    hz = rng.uniform(1150, 1300)
    blow = modes(
        n,
        hz * ratios,
        1.2 * ratios**-0.6,
        np.array([0.5, 0.7, 1, 0.9, 0.8, 0.7, 0.5, 0.3]) * rng.uniform(0.6, 1, 8),
        rng,
    )
    blow += 1.2 * contact(n, rng, 11000, 0.003) + 0.4 * thump(n, rng, 140, 0.1)
    return fade_ends(
        place(n, [blow, blow, blow], [0.0, rng.uniform(0.16, 0.2), rng.uniform(0.28, 0.32)], [1, 0.22, 0.08]),
        0.0003,
        0.1,
    )


@sound_model
def hand_saw(duration_s: float, rng: np.random.Generator) -> Signal:
    """Strokes of a saw through a board: forward strong and deep, back weaker, a third of a second each.

    A tooth every 3.5 mm at up to 1.5 m/s: some 440 bites a second, uneven as the fibres are (FoleyAutomatic 2001).
    """
    n = num_samples(duration_s)
    size = rng.uniform(0.9, 1.12)
    strokes, starts, at = [], [], 0.04
    while at < duration_s:
        for force, bites_hz, length in ((1.0, 436, 0.323), (0.525, 488, 0.29)):
            stroke = _saw_stroke(num_samples(length * rng.uniform(0.9, 1.1)), rng, bites_hz, size)
            strokes.append(force * stroke)
            starts.append(at)
            at += stroke.size / SAMPLE_RATE + rng.uniform(0.01, 0.05)
    return fade_ends(place(n, strokes, starts), 0.005, 0.03)


def _saw_stroke(n: int, rng: np.random.Generator, bites_hz: float, size: float) -> Signal:
    """The blade speeding up and slowing down: bites, torn fibres round each, heard through blade and board."""
    speed = np.sin(np.pi * np.linspace(0, 1, n)) ** 0.85
    cycle = np.cumsum(bites_hz * (0.3 + 0.7 * speed) * (1 + 0.19 * wander(n, rng, 60))) / SAMPLE_RATE
    bites = np.zeros(n)
    at = np.flatnonzero(np.diff(np.floor(cycle), prepend=0.0) > 0)
    bites[at] = np.abs(1 + 0.5 * rng.standard_normal(at.size))
    fibres = white(n, rng) * lowpass(bites, 150, order=1).clip(0)
    blade, board = 1570 * size * (0.75 + 0.35 * speed), np.full(n, 520 * size)
    modes_hz = [(blade, 0.7 * blade, 0.0), (2.6 * blade, 2.0 * blade, -8.7), (board, 0.5 * board, -2.3)]
    rasp = highpass(formant_filter(mix([bites, fibres], [1.0, 0.59]), modes_hz, parallel=True), 80)
    return fade_ends(rasp / rasp.std() * speed**1.2, 0.02, 0.02)


@sound_model
def wood_chop(duration_s: float, rng: np.random.Generator) -> Signal:
    """The axe's blow, the log's dull answer, fibres tearing apart, a piece falling.

    Bands of modes, a burst of cracks.
    """
    n = num_samples(max(duration_s, 0.7))
    tune = rng.uniform(0.94, 1.06)
    log = blow(
        n, rng, [(120, -1, 0.2), (260 * tune, 0, 0.15), (560 * tune, -1, 0.1), (1300, -4, 0.06), (3500, -9, 0.03)]
    )
    fall = blow(num_samples(0.2), rng, [(300 * tune, 0, 0.09), (750, -2, 0.06), (1900, -8, 0.03)])
    return fade_ends(
        log + 0.4 * splinter(n, rng, 0.05) + place(n, [fall, fall], [rng.uniform(0.28, 0.34), 0.42], [0.25, 0.15]),
        0.0003,
        0.06,
    )


@sound_model
def jackhammer(duration_s: float, rng: np.random.Generator) -> Signal:
    """Some 24 blows a second of a chisel on concrete, a burst of exhaust air with each (modal impacts, jet noise).

    Source: Farnell 2010, ch. 40.
    """
    n = num_samples(duration_s)
    times, at = [], 0.02
    burst_end = rng.uniform(2.5, 4)
    while at < duration_s:
        times.append(at)
        at += (1 / 24) * rng.uniform(0.94, 1.06)
        if at > burst_end:
            at += rng.uniform(0.25, 0.5)
            burst_end = at + rng.uniform(2, 4)
    blows = []
    for _ in range(10):
        blows.append(
            knocked(
                num_samples(0.2),
                rng,
                [(2380, -3, 0.116), (603, -9, 0.105), (3360, -0.4, 0.012)],
                attack_s=0.002,
                hz=911,
                t60_s=0.2,
                level=0.32,
                spread=2.5,
                count=4,
                click=0.05,
            )
        )
    return fade_ends(
        place(n, [blows[k] for k in rng.integers(0, 10, len(times))], times, rng.uniform(0.75, 1, len(times))),
        0.003,
        0.03,
    )


@sound_model
def construction(duration_s: float, rng: np.random.Generator) -> Signal:
    """A building site: hammers near and far, a jackhammer in bursts, a drill, a digger's diesel behind them.

    The models of this file.
    """
    n = num_samples(duration_s)
    digger = run_engine(np.full(n, 19.0) * (1 + 0.06 * wander(n, rng, 0.6)), rng, DIESEL, load=0.7)
    sounds, starts, gains = [], [], []
    for near in (1.0, 0.45):
        stock = [lowpass(hammering(0.4, rng), 2500 + 9000 * near) for _ in range(4)]
        at = rng.uniform(0, 0.6)
        while at < duration_s:
            for _ in range(int(rng.integers(3, 7))):
                sounds.append(stock[int(rng.integers(0, 4))])
                starts.append(at)
                gains.append(0.7 * near * rng.uniform(0.6, 1))
                at += rng.uniform(0.4, 0.5)
            at += rng.uniform(0.6, 1.5)
    for tool, far_hz, gain, moments in (
        (drill(2.0, rng), 5000, 0.25, poisson_times(duration_s, 0.18, rng)),
        (jackhammer(2.5, rng), 7000, 0.4, np.arange(rng.uniform(0, 1.5), duration_s, rng.uniform(4.5, 6))),
    ):
        far = lowpass(tool, far_hz)
        sounds += [far / np.abs(far).max()] * moments.size
        starts += moments.tolist()
        gains += [gain] * moments.size
    return fade_ends(0.04 * lowpass(digger, 1800) + place(n, sounds, starts, gains), 0.03, 0.05)
