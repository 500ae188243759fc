"""Small things that are struck, pressed, dropped and handled, told as data: parts, and when each is heard.

In: a length, a seeded `rng` and the settings of an entry: `parts`, each a body and how it is met, and when they
sound. Out: signals [S]. Three models share the parts: `moves` (one after the other, as in a stapler), `drop` (bounces
that die away), `work` (strokes in a rhythm, as in typing); `layers` joins models of any kind. A new sound of these
kinds is an entry and no code.
Sources: van den Doel, Kry and Pai, "FoleyAutomatic" (2001), for bodies and contacts; Rath and Rocchesso,
"Continuous sonic feedback from a rolling ball" (2005), for bounces; Farnell, "Designing Sound" (2010), ch. 29 to 36.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects import bodies
from audiogen_cli.generator.experts.effects.registry import sound_model, sound_models
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    append_at,
    bandpass,
    curve,
    db,
    fade_ends,
    impulses,
    modes,
    num_samples,
    place,
    white,
)

Part = Mapping[str, Any]
"""One body and how it is met: `kind` names its maker in `_MAKERS` (a blow if none), the rest are that maker's settings.

All take `tune` (how far each is from the next, as a share) and `length_s`; whatever stands in Hz follows the tune.
"""


@sound_model
def moves(
    duration_s: float, rng: np.random.Generator, *, parts: Mapping[str, Part], score: Sequence[Sequence[Any]]
) -> Signal:
    """Parts in their order: a switch, a stapler, a ball at its racket (FoleyAutomatic 2001; Farnell 2010).

    `score` holds (seconds, part, gain, and how far in seconds it strays).
    """
    made = [
        (max(0.0, at + sum(stray) * rng.uniform(-1, 1)), gain * sound_part(parts[name], rng))
        for at, name, gain, *stray in score
    ]
    out = append_at(made)
    return fade_ends(np.pad(out, (0, max(0, num_samples(duration_s) - out.size))), 0.0003, 0.03)


@sound_model
def drop(
    duration_s: float,
    rng: np.random.Generator,
    *,
    part: Part,
    first_s: float,
    restitution: float,
    count: int,
    together: int = 1,
    apart_s: float = 0.3,
    unevenness: float = 0.15,
) -> Signal:
    """A thing falling and bouncing to rest, or `together` of them begun within `apart_s` (Rath and Rocchesso 2005).

    Args:
        duration_s: least length, in seconds.
        rng: of every bounce.
        part: what is heard of each.
        first_s: the first flight; each is shorter by `restitution`.
        restitution: also how much weaker each bounce is.
        count: bounces of each.
        together, apart_s: how many things, and within how many seconds they begin.
        unevenness: how far a thing that is no ball strays from the ball's times.
    """
    length_s = 0.3 + apart_s * (together > 1) + 1.3 * first_s * (1 - restitution**count) / (1 - restitution)
    n = num_samples(max(duration_s, length_s))
    stock = [sound_part(part, rng) for _ in range(8)]
    out = np.zeros(n)
    for start in [0.0, *np.sort(rng.uniform(0, apart_s, together - 1))]:
        flight_s = first_s * rng.uniform(0.9, 1.1)
        out += bodies.tumble(
            n, rng, lambda: stock[rng.integers(len(stock))], flight_s, restitution, count, start, unevenness
        )
    return fade_ends(out, 0.0003, 0.05)


@sound_model
def work(
    duration_s: float,
    rng: np.random.Generator,
    *,
    part: Part,
    every_s: float,
    unevenness: float = 0.1,
    run: Sequence[int] = (1, 1),
    rest_s: Sequence[float] = (0.0, 0.0),
    kinds: int = 12,
    spread_db: float = 4.0,
    answer: Sequence[float] = (),
    between: Mapping[str, Any] | None = None,
) -> Signal:
    """Strokes in a rhythm: keys in words, a knife in runs, a clock without end (FoleyAutomatic 2001; PhISEM).

    Args:
        duration_s: exactly how long.
        rng: of strokes and times.
        part: what is heard of each stroke.
        every_s: from stroke to stroke, strayed by `unevenness` (a share).
        run: strokes between two rests, from and to.
        rest_s: how long such a rest is beyond a stroke, from and to.
        kinds: how many different strokes there are: keys of a board, two teeth of an escapement.
        spread_db: by how much their levels differ.
        answer: (seconds, gain) of a weaker second sound after each, as a key coming up.
        between: `parts` and `score`, as of `moves`, heard in each rest: a typewriter's bell and carriage.
    """
    times, rests, at = [], [], 0.03
    while at < duration_s:
        for _ in range(int(rng.integers(run[0], run[1] + 1))):
            times.append(at)
            at += every_s * float(rng.lognormal(0.0, unevenness))
        rests.append(at)
        at += float(rng.uniform(rest_s[0], rest_s[1]))
    stock = [sound_part(part, rng) for _ in range(kinds)]
    picks = rng.integers(0, kinds, len(times)) if kinds > 2 else np.arange(len(times)) % kinds
    gains = db(rng.uniform(-spread_db, 0, len(times)))
    n = num_samples(duration_s)
    out = place(n, [stock[k] for k in picks], times, gains)
    if answer:
        after = np.asarray(times) + answer[0] * rng.uniform(0.85, 1.15, len(times))
        out += place(n, [stock[k] for k in picks], after, answer[1] * gains)
    if between:
        out += place(n, [moves(0.0, rng, **between) for _ in rests], rests)
    return fade_ends(out, 0.0003, 0.02)


@sound_model
def layers(duration_s: float, rng: np.random.Generator, *, layers: Sequence[Mapping[str, Any]]) -> Signal:
    """Models joined to one sound, as a kitchen timer that ticks and then rings (a sound designer's layers, Farnell).

    Each layer names its `model` and `settings`, its `gain`, and `from_s` and `to_s`, which count back from the end if
    negative.
    """
    joined = []
    for layer in layers:
        start, end = (
            at if at >= 0 else duration_s + at for at in (layer.get("from_s", 0.0), layer.get("to_s", duration_s))
        )
        sound = sound_models()[layer["model"]](end - start, rng, **layer.get("settings", {}))
        joined.append((start, layer.get("gain", 1.0) * sound / max(float(np.abs(sound).max()), 1e-9)))
    return append_at(joined)


def sound_part(part: Part, rng: np.random.Generator) -> Signal:
    """One part sounded once, level about 1."""
    settings = dict(part)
    maker = _MAKERS[settings.pop("kind", "blow")]
    tune = float(rng.uniform(1 - settings.get("tune", 0.05), 1 + settings.pop("tune", 0.05)))
    n = num_samples(settings.pop("length_s", 0.2))
    return fade_ends(maker(n, rng, tune, **settings), 0.0, 0.01)


def _blow(n: int, rng: np.random.Generator, tune: float, **settings: Any) -> Signal:
    """A blow in bands with a few modes and a click (`bodies.knocked`), over a falling thump if one is told."""
    thump = settings.pop("thump", None)
    settings["bands"] = [(hz * tune, level_db, t60_s) for hz, level_db, t60_s in settings["bands"]]
    settings["hz"] = settings.get("hz", 1000.0) * tune
    out = bodies.knocked(n, rng, **settings)
    return out if thump is None else out + _thump(n, rng, tune, **thump)


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
) -> Signal:
    """Something drawn along something: noise between two `hz`, or grains of it, with a `level` over its length."""
    speed = curve(n, [(at, value) for at, value in level]).clip(0)
    source = impulses(n, grains_hz * speed, rng) if grains_hz else white(n, rng) * speed
    out = bandpass(source, hz[0] * tune, hz[1] * tune, order=1)
    return out / max(float(np.abs(out).max()), 1e-9)


def _spring(n: int, rng: np.random.Generator, tune: float, *, hz: float) -> Signal:
    """A steel spring let go (`bodies.spring`)."""
    return bodies.spring(rng, hz * tune, n / SAMPLE_RATE)


def _snap(n: int, rng: np.random.Generator, tune: float, *, hz: float, body: float = 0.5) -> Signal:
    """A small sprung part flipping over in its box (`bodies.snap`)."""
    return bodies.snap(rng, hz * tune, body=body, length_s=n / SAMPLE_RATE)


_MAKERS: dict[str, Callable[..., Signal]] = {
    "blow": _blow,
    "thump": _thump,
    "bar": _bar,
    "tones": _tones,
    "rub": _rub,
    "spring": _spring,
    "snap": _snap,
}
