"""Tools and workshops: what hammers, saws, drills and grinds.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/machines.yaml` (the first half of
the file's models; what runs by itself stands in `machines`). Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 36 to 45 (motors, friction, impacts); van den Doel, Kry and Pai,
"FoleyAutomatic" (2001); Fletcher and Rossing (1998) for bars and plates.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import BAR, PLATE, contact, struck, thump
from audiogen_cli.generator.experts.effects.engines import DIESEL, Engine, run_engine
from audiogen_cli.generator.experts.effects.impacts import splinter
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    curve,
    decay,
    fade_ends,
    formant_filter,
    highpass,
    lowpass,
    mix,
    modes,
    num_samples,
    place,
    poisson_times,
    shaped_noise,
    wander,
    white,
)

TWO_STROKE = Engine(cylinders=2, unevenness=0.05, roughness=0.35, brightness_hz=6000, clatter=0.3, clatter_hz=(2000, 9000),
                    exhaust=((170, 70, 0.8), (420, 130, 1.0), (950, 260, 0.9), (2300, 600, 0.6)))  # fmt: skip


def brushed_motor(turns: Signal, rng: np.random.Generator, *, gear: float = 7.0, noise: float = 1.0) -> Signal:
    """A universal motor: the commutator's tone, gears several times a turn, the rush of its fan; RMS about 1."""
    n = turns.size
    whine = chirp(turns, [0.5, 1, 0.4, 0.5, 0.3, 0.3, 0.2, 0.2]) + 0.7 * chirp(turns * gear, [1, 0.5, 0.3, 0.2])
    rush = shaped_noise(n, rng, [(150, -16), (600, -4), (1800, 0), (4500, -2), (9000, -6), (16000, -16)])
    brush = bandpass(white(n, rng), 2500, 9000) * (1 + 0.8 * np.sin(2 * np.pi * np.cumsum(2 * turns) / SAMPLE_RATE)).clip(0)
    return mix([whine * (1 + 0.25 * wander(n, rng, 40)), rush, brush], [1.0, 0.8 * noise, 0.5 * noise])


@sound_model
def drill(duration_s: float, rng: np.random.Generator) -> Signal:
    """A universal motor with its gears, slowing as the bit bites, chips tearing (commutator orders, Farnell ch. 40)."""
    n = num_samples(max(duration_s, 1.2))
    turns = rng.uniform(190, 230) * curve(n, [(0, 0.1), (0.08, 0.9), (0.25, 1.0), (0.35, 0.72), (0.8, 0.66), (0.88, 1.0), (0.93, 0.9), (1, 0.1)])
    bite = curve(n, [(0, 0), (0.28, 0), (0.36, 1), (0.8, 1), (0.86, 0), (1, 0)]).clip(0)
    chips = bandpass(white(n, rng), 600, 3500) * (1 + 0.7 * wander(n, rng, 60)).clip(0) * bite
    turns = turns * (1 + 0.015 * wander(n, rng, 12))
    return fade_ends(mix([brushed_motor(turns, rng) * (turns / turns.max()), chips], [1.0, 0.5]), 0.02, 0.1)


@sound_model
def dental_drill(duration_s: float, rng: np.random.Generator) -> Signal:
    """An air turbine at some 5000 turns a second, sinking where it touches; its exhaust air (turbine tone, jet noise)."""
    n = num_samples(max(duration_s, 1.2))
    touch = np.clip(wander(n, rng, 1.6), 0, 1) * curve(n, [(0, 0), (0.2, 1), (0.85, 1), (1, 0)])
    spin = curve(n, [(0, 0.3), (0.1, 1), (0.9, 1), (1, 0.25)])
    hz = rng.uniform(4700, 5400) * spin * (1 - 0.22 * lowpass(touch, 8, order=1))
    air = shaped_noise(n, rng, [(500, -26), (2000, -8), (5000, 0), (10000, -2), (17000, -12)])
    grind = bandpass(white(n, rng), 2500, 7000) * touch
    return fade_ends(mix([chirp(hz, [1, 0.35, 0.15]) + 0.4 * chirp(hz * 0.5, [1, 0.2]), air, grind], [1.0, 0.5, 0.25]) * spin, 0.02, 0.1)


@sound_model
def chainsaw(duration_s: float, rng: np.random.Generator) -> Signal:
    """A two-stroke revving up and bogging down in the cut, the chain rasping (per-cylinder engine; Baldan et al. 2015)."""
    n = num_samples(duration_s)
    cut = lowpass((wander(n, rng, 0.7) > -0.3).astype(float), 2.0, order=1)
    turns = (140 - 42 * cut) * (1 + 0.04 * wander(n, rng, 4))
    rasp = bandpass(white(n, rng), 1200, 8000, order=1) * (0.3 + cut) * (1 + 0.5 * wander(n, rng, 90)).clip(0)
    return fade_ends(mix([run_engine(turns, rng, TWO_STROKE, load=0.9), rasp], [1.0, 0.45]), 0.05, 0.05)


@sound_model
def grinder(duration_s: float, rng: np.random.Generator) -> Signal:
    """A screaming motor that sinks as the disc bites, metal sprayed off in a roar of noise (universal motor; Farnell ch. 40)."""
    n = num_samples(max(duration_s, 1.5))
    bite = curve(n, [(0, 0), (0.2, 0), (0.26, 1), (0.55, 0.85), (0.6, 0.1), (0.66, 1), (0.85, 0.9), (0.9, 0), (1, 0)]).clip(0)
    turns = 330 * curve(n, [(0, 0.15), (0.12, 1), (0.9, 1), (1, 0.4)]) * (1 - 0.16 * lowpass(bite, 6, order=1))
    metal = shaped_noise(n, rng, [(400, -16), (1500, -4), (3500, 0), (7000, 0), (14000, -8)]) * bite * (1 + 0.3 * wander(n, rng, 50)).clip(0.1)
    sing = formant_filter(white(n, rng), [(2750.0, 30.0, 0.0), (4150.0, 45.0, -3.0)], parallel=True) * bite
    return fade_ends(mix([brushed_motor(turns, rng, gear=3.7), metal, sing], [1.0, 1.0, 0.3]), 0.03, 0.2)


@sound_model
def hammering(duration_s: float, rng: np.random.Generator) -> Signal:
    """Steel on a nail on wood: the board's thud, the nail's ring, a hard contact (modal bars, FoleyAutomatic 2001)."""
    n = num_samples(max(duration_s, 0.4))
    board = modes(n, np.array([120, 210, 330, 480, 690]) * rng.uniform(0.95, 1.05), [0.14, 0.12, 0.1, 0.07, 0.05], [1, 0.9, 0.7, 0.5, 0.4])
    nail = struck(n, rng, rng.uniform(2300, 2900), 0.12, BAR, hardness=0.95, damping=0.5, click=0.5, click_hz=10000)
    head = struck(n, rng, rng.uniform(1100, 1300), 0.06, PLATE, hardness=0.9, click=0.6, click_hz=6000)
    return fade_ends(board / np.abs(board).max() + 0.5 * nail + 0.8 * head + 0.9 * contact(n, rng, 7000, 0.003), 0.0003, 0.05)


@sound_model
def anvil(duration_s: float, rng: np.random.Generator) -> Signal:
    """A hammer on an anvil and its small rebound: long inharmonic modes of a thick steel body (Fletcher and Rossing 1998)."""
    n = num_samples(max(duration_s, 1.3))
    ratios = np.array([1, 1.21, 1.62, 2.13, 2.75, 3.4, 4.3, 5.6])
    hz = rng.uniform(1150, 1300)
    blow = modes(n, hz * ratios, 1.2 * ratios**-0.6, np.array([0.5, 0.7, 1, 0.9, 0.8, 0.7, 0.5, 0.3]) * rng.uniform(0.6, 1, 8), rng)
    blow += 1.2 * contact(n, rng, 11000, 0.003) + 0.4 * thump(n, rng, 140, 0.1)
    return fade_ends(place(n, [blow, blow, blow], [0.0, rng.uniform(0.16, 0.2), rng.uniform(0.28, 0.32)], [1, 0.22, 0.08]), 0.0003, 0.1)


@sound_model
def hand_saw(duration_s: float, rng: np.random.Generator) -> Signal:
    """Teeth tearing fibres at the pace of the stroke, forward stronger than back, the board answering (friction, FoleyAutomatic)."""
    n = num_samples(duration_s)
    strokes, starts, at = [], [], 0.04
    while at < duration_s:
        for length, force in ((rng.uniform(0.32, 0.4), 1.0), (rng.uniform(0.28, 0.36), 0.45)):
            m = num_samples(length)
            speed = curve(m, [(0, 0.05), (0.3, 0.85), (0.7, 1), (1, 0.05)])
            teeth = 0.5 + 0.5 * np.sin(2 * np.pi * np.cumsum(60 + 190 * speed) / SAMPLE_RATE)
            grain = white(m, rng) * teeth**3 * (1 + 0.3 * wander(m, rng, 40)).clip(0.2)
            centre = 900 + 1600 * speed
            rasp = formant_filter(grain, [(centre, centre * 0.6, 0.0), (centre * 2.4, centre * 1.2, -2.0), (340.0 + 0 * speed, 120.0 + 0 * speed, -6.0)], parallel=True)
            strokes.append(fade_ends(force * rasp * speed, 0.01, 0.02))
            starts.append(at)
            at += length + 0.02
    return fade_ends(place(n, strokes, starts), 0.005, 0.03)


@sound_model
def wood_chop(duration_s: float, rng: np.random.Generator) -> Signal:
    """The axe's blow, the log's dull ring, fibres tearing apart (modal bar and a burst of cracks; FoleyAutomatic 2001)."""
    n = num_samples(max(duration_s, 0.7))
    log = modes(n, np.array([155, 265, 420, 640, 900, 1350]) * rng.uniform(0.94, 1.06), [0.16, 0.13, 0.1, 0.08, 0.06, 0.04], [1, 0.95, 0.8, 0.6, 0.45, 0.3])
    crack = splinter(n, rng, 0.05)
    head = struck(n, rng, 1700, 0.05, BAR, hardness=0.9, click=0.7, click_hz=6000)
    fall = place(n, [0.3 * log], [rng.uniform(0.3, 0.4)])
    return fade_ends(log / np.abs(log).max() + 0.7 * crack + 0.35 * head + 0.4 * fall / np.abs(log).max() + 0.5 * thump(n, rng, 80, 0.15), 0.0003, 0.06)


@sound_model
def jackhammer(duration_s: float, rng: np.random.Generator) -> Signal:
    """Some 22 blows a second of a chisel on concrete, a burst of exhaust air with each (modal impacts, jet noise)."""
    n = num_samples(duration_s)
    times, at = [], 0.02
    burst_end = rng.uniform(2.5, 4)
    while at < duration_s:
        times.append(at)
        at += (1 / 22) * rng.uniform(0.94, 1.06)
        if at > burst_end:
            at += rng.uniform(0.25, 0.5)
            burst_end = at + rng.uniform(2, 4)
    blows = []
    for _ in range(10):
        m = num_samples(0.09)
        steel = struck(m, rng, rng.uniform(900, 1150), 0.05, BAR, hardness=0.9, damping=0.5, click=1.0, click_hz=7000)
        stone = bandpass(white(m, rng), 250, 3500, order=1) * decay(m, 0.06, 0.001)
        air = highpass(white(m, rng), 1500) * decay(m, 0.09, 0.012)
        blows.append(thump(m, rng, 95, 0.07, noise=0.8) + 0.6 * steel + 0.8 * stone / np.abs(stone).max() + 0.25 * air / np.abs(air).max())
    return fade_ends(place(n, [blows[k] for k in rng.integers(0, 10, len(times))], times, rng.uniform(0.75, 1, len(times))), 0.003, 0.03)


@sound_model
def construction(duration_s: float, rng: np.random.Generator) -> Signal:
    """A building site: hammers near and far, a drill, a digger's diesel, planks and pipes laid down (the models of this file)."""
    n = num_samples(duration_s)
    engine = run_engine(np.full(n, 19.0) * (1 + 0.06 * wander(n, rng, 0.6)), rng, DIESEL, load=0.7)
    out = 0.22 * lowpass(engine, 1800)
    blows, starts, gains = [], [], []
    for near in (1.0, 0.45):
        at = rng.uniform(0, 0.6)
        while at < duration_s:
            for _ in range(int(rng.integers(3, 7))):
                blows.append(lowpass(hammering(0.4, rng), 2500 + 9000 * near))
                starts.append(at)
                gains.append(0.6 * near * rng.uniform(0.6, 1))
                at += rng.uniform(0.4, 0.5)
            at += rng.uniform(0.6, 1.5)
    for at in poisson_times(duration_s, 0.18, rng):
        buzz = drill(2.0, rng)
        blows.append(lowpass(buzz / np.abs(buzz).max(), 5000))
        starts.append(at)
        gains.append(0.25)
    return fade_ends(out + place(n, blows, starts, gains), 0.03, 0.05)
