"""Engines that burn: one model for everything with cylinders, from a moped to a ship's diesel.

In: a speed track in turns a second and what kind of engine it is. Out: a signal [S]. Each combustion is
a pressure pulse into the exhaust; cylinders differ, and that difference, repeating every two turns, is
what makes an idle sound like an engine and not like a buzz. Exhaust and body colour the pulses; valve
gear and intake add noise once a firing.
Sources: Farnell, "Designing Sound" (2010), ch. 45 (cars); Baldan, Lachambre, Delle Monache, Boussard,
"Physically informed car engine sound synthesis" (2015) for per-cylinder pulses and waveguide exhausts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A kind of engine; frequencies in Hz."""

    cylinders: int = 4
    firing: tuple[float, ...] | None = None  # moments in a cycle of two turns, 0 to 1; None fires evenly
    unevenness: float = 0.16  # how far cylinders differ in strength
    roughness: float = 0.25  # how far one combustion differs from the next
    exhaust: tuple[tuple[float, float, float], ...] = ((95, 45, 1.0), (210, 80, 0.8), (480, 160, 0.5), (1100, 400, 0.3))
    brightness_hz: float = 1800.0  # of a combustion under load
    clatter: float = 0.12  # valve gear, injectors, knock
    clatter_hz: tuple[float, float] = (1500.0, 5000.0)


CAR = Engine()
SIX = Engine(
    cylinders=6, exhaust=((120, 50, 1.0), (260, 90, 0.9), (620, 180, 0.7), (1500, 400, 0.4)), brightness_hz=3500
)
RACER = Engine(
    cylinders=8, exhaust=((300, 120, 0.8), (900, 260, 1.0), (2100, 500, 0.8)), brightness_hz=9000, clatter=0.05
)
TWIN = Engine(
    cylinders=2,
    firing=(0.0, 0.4375),
    roughness=0.35,
    exhaust=((80, 30, 1.0), (170, 60, 0.9), (420, 140, 0.6), (900, 300, 0.4)),
    brightness_hz=3200,
)
DIESEL = Engine(
    cylinders=6,
    roughness=0.4,
    clatter=0.45,
    clatter_hz=(900, 3800),
    brightness_hz=1200,
    exhaust=((55, 25, 1.0), (115, 45, 0.9), (240, 90, 0.7), (520, 200, 0.4)),
)
OUTBOARD = Engine(
    cylinders=2, roughness=0.3, exhaust=((110, 60, 1.0), (230, 90, 0.8), (520, 200, 0.5)), brightness_hz=1500
)
SINGLE = Engine(
    cylinders=1,
    unevenness=0.05,
    roughness=0.1,
    brightness_hz=1460,
    clatter=0.52,
    clatter_hz=(585, 3760),
    exhaust=((82, 37, 1.0), (180, 66, 0.8), (410, 131, 0.6), (900, 328, 0.4)),
)
STATIONARY = replace(SINGLE, cylinders=2)
FLAT_FOUR = Engine(
    cylinders=4, roughness=0.3, exhaust=((110, 60, 1.0), (240, 90, 0.9), (560, 180, 0.5)), brightness_hz=1500
)
ENGINES = {
    "car": CAR,
    "six": SIX,
    "racer": RACER,
    "twin": TWIN,
    "diesel": DIESEL,
    "outboard": OUTBOARD,
    "single": SINGLE,
    "stationary": STATIONARY,
    "flat_four": FLAT_FOUR,
}
"""By the names that entries of the knowledge use."""


def run_engine(turns: Signal, rng: np.random.Generator, engine: Engine, *, load: Signal | float = 0.5) -> Signal:
    """An engine turning `turns` [S] times a second under `load` (0 coasting to 1 full throttle); RMS about 1."""
    n = turns.size
    cycle = np.cumsum(turns / 2) / SAMPLE_RATE + rng.uniform()
    load = np.broadcast_to(np.asarray(load, float), (n,))
    moments = engine.firing or tuple(k / engine.cylinders for k in range(engine.cylinders))
    pulses, ticks = np.zeros(n), np.zeros(n)
    for moment in moments:
        strength = 1 + engine.unevenness * rng.standard_normal()
        fired = np.flatnonzero(np.diff(np.floor(cycle - moment), prepend=np.floor(cycle[0] - moment)) > 0)
        each = strength * (1 + engine.roughness * rng.standard_normal(fired.size)) * (0.45 + load[fired])
        pulses[fired] += each
        ticks[fired] += np.abs(each)
    soft = lowpass(pulses, engine.brightness_hz * (0.5 + float(load.mean())), order=1)
    blow = lowpass(white(n, rng), 3000) * np.sqrt(np.maximum(lowpass(ticks, 60, order=1), 0)) * 0.02
    body = sum(gain * _unit(resonate(soft, hz, width)) for hz, width, gain in engine.exhaust)
    gear = bandpass(white(n, rng), *engine.clatter_hz) * lowpass(ticks, 400, order=1).clip(0)
    out = body + 0.35 * _unit(soft) + 0.5 * _unit(blow) + engine.clatter * _unit(gear)
    return _unit(highpass(np.asarray(out), 20, order=1))  # pulses of one sign carry direct current


def tyres(speed: Signal, rng: np.random.Generator, *, wet: float = 0.0) -> Signal:
    """Tyres and wind at `speed` [S] (0 to 1): a hump near 800 Hz over a rumble; hissing when wet; RMS follows."""
    n = speed.size
    dry = shaped_noise(
        n, rng, [(30, -8), (80, 4), (160, 2), (350, -3), (700, 0), (1100, -2), (2000, -14), (5000, -30), (14000, -52)]
    )
    out = dry * (1 + 0.12 * wander(n, rng, 5.0))
    if wet > 0:
        out = out + 0.6 * wet * shaped_noise(n, rng, [(300, -30), (1500, -6), (4000, 0), (9000, -4), (16000, -16)])
    return np.asarray(out * speed**1.5)


def gears(n: int, steps: Sequence[tuple[float, float, float]]) -> Signal:
    """Turns a second over a run through the gears: (share of the time at its start, low, high), each rising."""
    turns = np.empty(n)
    bounds = [round(start * n) for start, _, _ in steps] + [n]
    for (start, end), (_, low, high) in zip(pairwise(bounds), steps):
        rise = np.linspace(0, 1, max(end - start, 1)) ** 0.7
        turns[start:end] = (low + (high - low) * rise)[: end - start]
    return np.asarray(lowpass(turns - turns[0], 12, order=1) + turns[0])


def _unit(x: Signal) -> Signal:
    return np.asarray(x / (x.std() + 1e-12))
