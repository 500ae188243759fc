"""The parts of which foley is made, from data: one body and how it is met, sounded once.

In: a mapping that an entry of `knowledge/sounds` holds: `kind` names the maker (a blow if none is named), `tune` says
how far one sounding differs from the next (a share of every Hz), `length_s` how long it is; the rest is the maker's.
Out: signals [S] of level about 1. When parts sound is the business of `foley`.
Sources: as for `bodies` and `bursts`, whose models these are.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.effects import bodies
from audiogen_cli.generator.experts.effects.bursts import burst
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import append_at, impulses
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples
from audiogen_cli.generator.experts.effects.water import bubbles

Part = Mapping[str, Any]


def join(rng: np.random.Generator, *, parts: Mapping[str, Part], score: Sequence[Sequence[Any]]) -> Signal:
    """Parts in their order; `score` holds (seconds, part, gain, and how far in seconds it strays if at all)."""
    return append_at(
        [
            (max(0.0, at + sum(stray) * rng.uniform(-1, 1)), gain * sound_part(parts[name], rng))
            for at, name, gain, *stray in score
        ]
    )


def sound_part(part: Part, rng: np.random.Generator) -> Signal:
    """One part sounded once, level about 1.

    Raises:
        KnowledgeError: no maker is of the part's kind.
    """
    settings = dict(part)
    kind = settings.pop("kind", "blow")
    if kind not in _MAKERS:
        raise KnowledgeError(f"no part is of kind {kind!r}, there are {', '.join(sorted(_MAKERS))}")
    spread = settings.pop("tune", 0.05)
    tune = float(rng.uniform(1 - spread, 1 + spread))
    n = num_samples(settings.pop("length_s", 0.2))
    return fade_ends(_MAKERS[kind](n, rng, tune, **settings), 0.0, 0.01)


def _blow(n: int, rng: np.random.Generator, tune: float, **settings: Any) -> Signal:
    """A blow in bands with a few modes and a click (`bodies.knocked`), over a falling thump if one is told."""
    thump = settings.pop("thump", None)
    settings["bands"] = [(hz * tune, level_db, t60_s) for hz, level_db, t60_s in settings["bands"]]
    settings["hz"] = settings.get("hz", 1000.0) * tune
    out = bodies.knocked(n, rng, **settings)
    return out if thump is None else out + _thump(n, rng, tune, **thump)


def _burst(
    n: int, rng: np.random.Generator, tune: float, *, bands: Sequence[Sequence[float]], attack_s: float = 0.001
) -> Signal:
    """A panel, a wall: too many modes to count, as noise that dies band by band (`bursts.burst`)."""
    return burst(n, rng, [(hz * tune, level_db, t60_s) for hz, level_db, t60_s in bands], attack_s)


def _creak(
    n: int,
    rng: np.random.Generator,
    tune: float,
    *,
    hz: Sequence[Sequence[float]],
    body_hz: Sequence[float],
    t60_s: float,
    level: Sequence[Sequence[float]],
    unevenness: float = 0.05,
    drift: float = 0.2,
) -> Signal:
    """Dry friction (`bodies.stick_slip`), its slips a second along `hz` and strayed by `drift`, rung through a body."""
    slips = np.maximum(curve(n, [(at, value) for at, value in hz]) * (1 + drift * wander(n, rng, 5.0)), 18)
    out = bodies.stick_slip(rng, slips, np.asarray(body_hz) * tune, t60_s, unevenness=unevenness)
    out = highpass(out, 60) * curve(n, [(at, value) for at, value in level]).clip(0)
    return np.asarray(out / max(float(np.abs(out).max()), 1e-9))


def _thump(n: int, rng: np.random.Generator, tune: float, *, hz: float, level: float = 1.0, **settings: Any) -> Signal:
    """A soft heavy body (`bodies.thump`)."""
    return level * bodies.thump(n, rng, hz * tune, **settings)


def _bar(n: int, rng: np.random.Generator, tune: float, *, hz: float, shape: Any = "BAR", **settings: Any) -> Signal:
    """Something that rings (`bodies.struck`); `shape` is one of its shapes by name, or the modes' own ratios."""
    ratios = getattr(bodies, shape) if isinstance(shape, str) else shape
    return bodies.struck(n, rng, hz * tune, ratios=ratios, **settings)


def _tones(
    n: int,
    rng: np.random.Generator,
    tune: float,
    *,
    hz: Sequence[float],
    t60_s: Sequence[float],
    gains: Sequence[float],
    click: float = 0.0,
    click_hz: float = 5000.0,
) -> Signal:
    """A few modes told one by one, and the contact's click."""
    out = modes(n, np.asarray(hz) * tune, t60_s, gains)
    return np.asarray(out / np.abs(out).max() + click * bodies.contact(n, rng, click_hz))


def _rub(
    n: int,
    rng: np.random.Generator,
    tune: float,
    *,
    hz: Sequence[float],
    level: Sequence[Sequence[float]],
    grains_hz: float = 0.0,
    spread_db: float = 12.0,
    roughness: float = 0.0,
) -> Signal:
    """Something drawn along something: noise between two `hz`, or `grains_hz` grains of it a second, with a `level`.

    `roughness` is how far the noise wavers, some sixty times a second, as it does over a rough body.
    """
    speed = curve(n, [(at, value) for at, value in level]).clip(0)
    source = (impulses(n, grains_hz * speed, rng, spread_db) if grains_hz else white(n, rng)) * speed
    if roughness:
        source *= 1 - roughness + roughness * np.abs(wander(n, rng, 60.0))
    out = bandpass(source, hz[0] * tune, hz[1] * tune, order=1)
    return out / max(float(np.abs(out).max()), 1e-9)


def _stroke(
    n: int,
    rng: np.random.Generator,
    tune: float,
    *,
    speed: Sequence[Sequence[float]],
    bands: Sequence[Sequence[float]],
    noise: float = 1.0,
    grains_hz: Sequence[float] = (),
    teeth_hz: Sequence[float] = (),
    spread_db: float = 14.0,
    waver_hz: float = 30.0,
    waver: float = 0.3,
) -> Signal:
    """Friction at a changing `speed` (0 to 1): a pen, a broom, a zip, a tearing sheet.

    Noise, grains (so many a second at rest and at full speed) and teeth (the same, but regular), each through `bands`
    that move with the speed: (Hz at rest, Hz at full speed, width as a share, dB). `waver` is the hand's and the
    ground's unevenness, `waver_hz` times a second.
    """
    pace = curve(n, [(at, value) for at, value in speed]).clip(0)
    source = noise * white(n, rng)
    if grains_hz:
        source += 8 * impulses(n, grains_hz[0] + (grains_hz[1] - grains_hz[0]) * pace, rng, spread_db)
    if teeth_hz:
        passed = np.cumsum(teeth_hz[0] + (teeth_hz[1] - teeth_hz[0]) * pace) / SAMPLE_RATE
        at = np.flatnonzero(np.diff(np.floor(passed + 0.15 * wander(n, rng, 400.0)), prepend=0.0) > 0)
        source[at] += 8 * rng.normal(1, 0.4, at.size)
    moving = [(tune * (rest + (full - rest) * pace), tune * share * (rest + (full - rest) * pace), level_db)
              for rest, full, share, level_db in bands]  # fmt: skip
    out = formant_filter(source * (1 + waver * wander(n, rng, waver_hz)).clip(0.1) * pace, moving, parallel=True)
    out = highpass(out, 80)  # teeth of one sign carry direct current
    return out / max(float(np.abs(out).max()), 1e-9)


def _spring(n: int, rng: np.random.Generator, tune: float, *, hz: float) -> Signal:
    """A steel spring let go (`bodies.spring`)."""
    return bodies.spring(rng, hz * tune, n / SAMPLE_RATE)


def _snap(n: int, rng: np.random.Generator, tune: float, *, hz: float, body: float = 0.5) -> Signal:
    """A small sprung part flipping over in its box (`bodies.snap`)."""
    return bodies.snap(rng, hz * tune, body=body, length_s=n / SAMPLE_RATE)


def _bubbles(
    n: int, rng: np.random.Generator, tune: float, *, rate_hz: float, level: Sequence[Sequence[float]], **settings: Any
) -> Signal:
    """Bubbles of a wet ground or a drink (`water.bubbles`), `rate_hz` a second at a `level` of 1."""
    out = bubbles(n, rng, rate_hz * curve(n, [(at, value) for at, value in level]).clip(0), **settings)
    return out / max(float(np.abs(out).max()), 1e-9)


def _moves(n: int, rng: np.random.Generator, tune: float, **settings: Any) -> Signal:
    """Parts in their order as one part: a step's heel, sole and toe."""
    return join(rng, **settings)


_MAKERS: dict[str, Callable[..., Signal]] = {
    "blow": _blow,
    "burst": _burst,
    "creak": _creak,
    "thump": _thump,
    "bar": _bar,
    "tones": _tones,
    "rub": _rub,
    "stroke": _stroke,
    "spring": _spring,
    "snap": _snap,
    "bubbles": _bubbles,
    "moves": _moves,
}
