"""Whatever runs: engines, fans and motors as a sum of layers that turn together.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/{vehicles,machines,aircraft}.yaml`.
Out: signals [S]; an entry that passes returns its steady source and the scene moves it (Doppler, level, pan).
A layer is an engine's firing, tones bound to its turning, tyres, or air in motion; each says its own level.
Sources: Farnell, "Designing Sound" (2010), ch. 40 (motors), 43 (fans), 45 (cars); Baldan et al. 2015 (see `engines`);
Smith, "Aircraft Noise" (1989), for blades; Sandberg and Ejsmont, "Tyre/Road Noise Reference Book" (2002).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.calls import Path, Range, draw
from audiogen_cli.generator.experts.effects.engines import ENGINES, gears, run_engine, tyres
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def running(
    duration_s: float,
    rng: np.random.Generator,
    *,
    layers: Sequence[Mapping[str, Any]],
    turns: Range = 1.0,
    path: Path = ((0.0, 1.0), (1.0, 1.0)),
    shifts: Sequence[tuple[float, float, float]] | None = None,
    wobble: tuple[float, float] = (0.01, 1.0),
    follows: float = 0.0,
    drive: float = 0.0,
    least_s: float = 0.0,
    fades: tuple[float, float] = (0.05, 0.1),
) -> Signal:
    """A machine turning, steadily, along a path or through its gears (per-cylinder engines, Baldan 2015; Farnell 2010).

    Args:
        duration_s: how long.
        rng: of all unevenness.
        layers: each {kind: engine, tones, tyres or air; level; its own settings, see below}; any may also `swing`
            (depth, changes a second: at random) and `beat` (Hz, depth: evenly).
        turns: a second.
        path: of the turning, in shares of `turns`.
        shifts: gears instead of `turns` and `path`: (share of the time, low, high), see `engines.gears`.
        wobble: unsteadiness (share, changes a second).
        follows: 0 to 1, how far the level follows the turning.
        drive: overload of an open exhaust; 0 none.
        least_s: shorter is not possible.
        fades: seconds in and out.
    """
    n = num_samples(max(duration_s, least_s))
    steady = gears(n, shifts) if shifts else draw(rng, turns) * curve(n, path)
    speed = steady * (1 + wobble[0] * wander(n, rng, wobble[1]))
    out = mix([_layer(speed, rng, **layer) for layer in layers], [layer.get("level", 1.0) for layer in layers])
    if drive:
        out = highpass(np.tanh(drive * out / out.std()), 20, order=1)
    return fade_ends(out * (1 - follows + follows * speed / speed.max()), *fades)


def _layer(
    speed: Signal,
    rng: np.random.Generator,
    *,
    kind: str,
    level: float = 1.0,
    swing: tuple[float, float] = (0.0, 1.0),
    beat: tuple[float, float] = (1.0, 0.0),
    **settings: Any,
) -> Signal:
    part = _KINDS[kind](speed, rng, **settings)
    if swing[0]:
        part = part * (1 + swing[0] * wander(speed.size, rng, swing[1])).clip(0.1)
    if beat[1]:
        part = part * (1 + beat[1] * np.sin(phase_of(beat[0], speed.size)))
    return part


def _engine(speed: Signal, rng: np.random.Generator, *, engine: str, load: float | Path = 0.5) -> Signal:
    """One of `engines.ENGINES` under a load, a number or a path."""
    return run_engine(speed, rng, ENGINES[engine], load=load if isinstance(load, float) else line(speed.size, load))


def _tones(
    speed: Signal, rng: np.random.Generator, *, harmonics: Sequence[float], order: float = 0.0, hz: Range = 100.0
) -> Signal:
    """Harmonics of so many times the turning (blades, slots, gears), or of a pitch of their own (mains)."""
    return chirp(order * speed if order else np.full(speed.size, draw(rng, hz)), harmonics)


def _tyres(speed: Signal, rng: np.random.Generator, *, rolls: float | Path = 0.9, wet: float = 0.0) -> Signal:
    """Tyres and wind at a speed of 0 to 1, a number or a path."""
    n = speed.size
    return tyres(np.full(n, rolls) if isinstance(rolls, float) else curve(n, rolls).clip(0), rng, wet=wet)


def _air(speed: Signal, rng: np.random.Generator, *, spectrum: Sequence[tuple[float, float]]) -> Signal:
    """Air or water in motion, its spectrum in (Hz, dB)."""
    return shaped_noise(speed.size, rng, spectrum)


_KINDS: Mapping[str, Callable[..., Signal]] = {"engine": _engine, "tones": _tones, "tyres": _tyres, "air": _air}
