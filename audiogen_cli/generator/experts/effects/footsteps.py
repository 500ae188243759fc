"""Footsteps: a walker, and the ground under each foot.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/footsteps.yaml`.
Out: as many steps as fit, each rung out. Space and level are the scene's.
Sources: Cook, "Modeling Bill's Gait" (2002) for grounds as particles under the step's force; Farnell,
"Designing Sound" (2010), footsteps, for heel, roll and ball; van den Doel and Pai 1998 for floors that ring.
"""

from collections.abc import Callable

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    Signal,
    bandpass,
    convolve,
    db,
    decay,
    fade_ends,
    highpass,
    impact,
    impulses,
    line,
    lowpass,
    modes,
    num_samples,
    place,
    shaped_noise,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.water import bubbles

_STEP_S = 0.6  # room for one step and its ringing


@sound_model
def footsteps(
    duration_s: float, rng: np.random.Generator, ground: str = "concrete", cadence: float = 1.85, running: bool = False
) -> Signal:
    """Someone walking: two feet that differ a little, `cadence` steps a second, on a ground of `_GROUNDS`.

    Source: Cook 2002, "Modeling Bill's Gait"; Farnell, "Designing Sound", footsteps.
    """
    make_step = _GROUNDS[ground]
    n = num_samples(duration_s + 0.3)
    feet = (0.0, rng.uniform(-2.0, -0.5))  # the weaker foot, in dB
    at, starts, steps = 0.03, [], []
    while at < max(duration_s - 0.35, 0.05):
        step = make_step(num_samples(_STEP_S), rng, 1.5 if running else 1.0)
        starts.append(at)
        steps.append(step * db(feet[len(starts) % 2] + rng.normal(0, 2.0)))
        at += (1 + rng.normal(0, 0.04)) / cadence
    return fade_ends(place(n, steps, starts), 0.002, 0.05)


def _heel_and_ball(n: int, rng: np.random.Generator, force: float, hardness_hz: float, gap_s: float = 0.05) -> Signal:
    """The two blows of a shoe, each a short rough burst: the heel, then the ball laid down more softly."""
    heel = bandpass(white(n, rng), 80, hardness_hz * rng.uniform(0.85, 1.2), order=1)
    ball = bandpass(white(n, rng), 80, 0.8 * hardness_hz, order=1)
    heel *= decay(n, rng.uniform(0.035, 0.05), 0.0005)
    ball *= decay(n, rng.uniform(0.075, 0.11), 0.008)
    gap = num_samples(gap_s * rng.uniform(0.8, 1.2) / force**2)
    out = heel / np.abs(heel).max()
    out[gap:] += 0.7 * ball[: n - gap] / np.abs(ball).max()
    return np.asarray(out)


def _scuff(n: int, rng: np.random.Generator) -> Signal:
    """The sole dragging over the ground as it rolls, peak about 1."""
    noise = bandpass(white(n, rng), 1000, 7000)
    return np.asarray(
        noise / np.abs(noise).max() * line(n, [(0, 0), (0.1, 0.5), (0.3 * rng.uniform(0.8, 1.2), 1), (0.5, 0), (1, 0)])
    )


def _press(n: int, rng: np.random.Generator, force: float) -> Signal:
    """The force of a foot on soft ground over time: it lands, rolls, and pushes off."""
    stretch = 1 / force
    roll = rng.uniform(0.85, 1.15) * stretch
    points = [(0, 0), (0.05, 0.9), (0.14 * roll, 0.5), (0.24 * roll, 0.4), (0.4 * roll, 0.8), (0.62 * roll, 0)]
    return line(n, [*points, (1, 0)]) * np.clip(1 + 0.35 * wander(n, rng, 35), 0, 3)


def _concrete(n: int, rng: np.random.Generator, force: float) -> Signal:
    """Shoe and foot thump, 75 to 400 Hz; the ground itself does not ring. Then the ball, and the toe's short scuff."""
    hz = rng.normal(75, 7.5, 4) * (1, 1.7, 2.9, 5)
    thump = modes(n, hz, [0.086, 0.07, 0.054, 0.038], [1, 0.8, 0.5, 0.3], rng)
    edge = bandpass(white(n, rng), 300, 4800, order=1) * decay(n, 0.02, 0.0005)
    ball = bandpass(white(n, rng), 150, 1600, order=1) * decay(n, 0.03, 0.006)
    out = thump / np.abs(thump).max() + 0.18 * edge / np.abs(edge).max()
    gap = num_samples(0.078 * rng.uniform(0.8, 1.2) / force**2)
    out[gap:] += 0.3 * ball[: n - gap] / np.abs(ball).max()
    size = num_samples(0.15 / force)
    toe = bandpass(white(n, rng), 500, 4900)
    toe[:size] *= line(size, [(0, 0), (0.2, 0.6), (0.45, 1), (1, 0)])
    toe[size:] = 0
    return np.asarray(out + 0.12 * toe / np.abs(toe).max())


def _strike(blows: Signal, body: Signal) -> Signal:
    """A body set ringing by the blows, peak 1."""
    out = convolve(blows, body)
    return np.asarray(out / (np.abs(out).max() + 1e-12))


def _wood(n: int, rng: np.random.Generator, force: float) -> Signal:
    blows = _concrete(n, rng, force)
    hz = rng.normal(1, 0.06, 7) * (82, 135, 210, 330, 520, 860, 1400)
    boards = modes(n, hz, [0.16, 0.14, 0.12, 0.09, 0.07, 0.05, 0.03], [0.7, 1, 0.9, 0.7, 0.5, 0.35, 0.2], rng)
    return np.asarray(blows + 0.8 * _strike(blows, boards))


def _metal(n: int, rng: np.random.Generator, force: float) -> Signal:
    blows = _heel_and_ball(n, rng, force, 2600)
    hz = rng.normal(1, 0.015, 10) * (118, 205, 342, 497, 731, 1018, 1466, 2110, 2985, 4120)
    gains = rng.uniform(0.4, 1, 10) / np.arange(1, 11) ** 0.3
    grate = modes(n, hz, 0.5 * (300 / (hz + 200)) ** 0.5, gains, rng)
    return np.asarray(0.8 * blows + 1.0 * _strike(blows, grate) + 0.1 * _scuff(n, rng))


def _heels(n: int, rng: np.random.Generator, force: float) -> Signal:
    blows = _heel_and_ball(n, rng, force, 6000, gap_s=0.06)
    tip = modes(
        n,
        rng.normal(1, 0.03, 5) * (620, 1350, 2300, 3600, 5200),
        [0.035, 0.03, 0.022, 0.016, 0.012],
        [0.5, 1, 0.9, 0.6, 0.4],
    )
    return np.asarray(0.6 * blows + 1.0 * _strike(blows, tip) + 0.06 * _scuff(n, rng))


def _gravel(n: int, rng: np.random.Generator, force: float) -> Signal:
    press = _press(n, rng, force)
    stones = impulses(n, 2600 * press**1.3, rng, spread_db=16)
    grind = bandpass(stones, 1100, 6500, order=1) + 0.6 * bandpass(stones, 500, 1500)
    return np.asarray(grind * (0.4 + press) + 0.02 * _thud(n, rng, press))


def _thud(n: int, rng: np.random.Generator, press: Signal) -> Signal:
    return shaped_noise(n, rng, [(40, -6), (90, 0), (250, -8), (900, -30)]) * press


def _snow(n: int, rng: np.random.Generator, force: float) -> Signal:
    press = _press(n, rng, force)
    crush = impulses(n, 5200 * press**1.6, rng, spread_db=12)
    squeak = bandpass(crush, 700, 1500) + 0.8 * bandpass(crush, 1500, 4000, order=1)
    return np.asarray(squeak * press + 0.02 * _thud(n, rng, press))


def _leaves(n: int, rng: np.random.Generator, force: float) -> Signal:
    press = _press(n, rng, force)
    dry = impulses(n, 1400 * press, rng, spread_db=18)
    crackle = bandpass(dry, 1800, 9000, order=1) + 0.4 * bandpass(dry, 700, 2000)
    swish = shaped_noise(n, rng, [(500, -22), (2500, -2), (6000, 0), (14000, -12)]) * press**1.5
    step = crackle * (0.3 + press) + 0.06 * swish + 0.015 * _thud(n, rng, press)
    if rng.random() < 0.2:  # a twig
        twig = highpass(impact(n, rng, 7000, 0.004), 700)
        step = step + np.roll(0.6 * twig / np.abs(twig).max() * np.abs(step).max(), num_samples(0.05))
    return np.asarray(step)


def _grass(n: int, rng: np.random.Generator, force: float) -> Signal:
    press = _press(n, rng, force)
    brush = shaped_noise(n, rng, [(400, -24), (1800, -4), (4500, 0), (9000, -6), (15000, -18)]) * press**1.4
    blades = bandpass(impulses(n, 700 * press, rng, spread_db=14), 2500, 9000, order=1)
    return np.asarray(0.22 * brush + 0.5 * blades + 0.14 * _thud(n, rng, press))


def _mud(n: int, rng: np.random.Generator, force: float) -> Signal:
    press = _press(n, rng, force)
    splash = shaped_noise(n, rng, [(200, -14), (800, -2), (2500, 0), (7000, -8), (14000, -20)]) * press**2
    suck = bubbles(n, rng, 420 * press, radius_mm=(1.2, 7), rising=0.25, exponent=0.9)
    drops = bubbles(n, rng, 160 * np.roll(press, num_samples(0.1)), radius_mm=(0.5, 2), exponent=0.5)
    return np.asarray(0.35 * splash + 0.8 * suck + 0.6 * drops + 0.15 * lowpass(_thud(n, rng, press), 300))


_GROUNDS: dict[str, Callable[[int, np.random.Generator, float], Signal]] = {
    "concrete": _concrete,
    "wood": _wood,
    "metal": _metal,
    "heels": _heels,
    "gravel": _gravel,
    "snow": _snow,
    "leaves": _leaves,
    "grass": _grass,
    "mud": _mud,
}
