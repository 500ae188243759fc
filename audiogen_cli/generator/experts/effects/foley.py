"""Small things that are struck, pressed, dropped and handled, told as data: parts, and when each is heard.

In: a length, a seeded `rng` and the settings of an entry: which `parts` (see there), and when they sound. Out: signals
[S]. `moves` plays them one after the other, as in a stapler; `drop` lets them bounce and die away; `work` is strokes
in a rhythm, as in typing or walking; `layers` joins models of any kind. A new sound of these kinds is an entry and no
code.
Sources: van den Doel, Kry and Pai, "FoleyAutomatic" (2001), for bodies and contacts; Rath and Rocchesso,
"Continuous sonic feedback from a rolling ball" (2005), for bounces; Cook, PhISEM (1997) and "Modeling Bill's Gait"
(2002), for strokes that come in a rhythm; Farnell, "Designing Sound" (2010), ch. 29 to 36.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import tumble
from audiogen_cli.generator.experts.effects.parts import Part, join, sound_part
from audiogen_cli.generator.experts.effects.registry import sound_model, sound_models
from audiogen_cli.generator.experts.effects.synthesis.envelopes import fade_ends
from audiogen_cli.generator.experts.effects.synthesis.grains import append_at, place
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, db, num_samples


@sound_model
def moves(
    duration_s: float, rng: np.random.Generator, *, parts: Mapping[str, Part], score: Sequence[Sequence[Any]]
) -> Signal:
    """Parts in their order: a switch, a stapler, a ball at its racket (FoleyAutomatic 2001; Farnell 2010).

    `parts` and `score` are those of `parts.join`.
    """
    out = join(rng, parts=parts, score=score)
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
        out += tumble(n, rng, lambda: stock[rng.integers(len(stock))], flight_s, restitution, count, start, unevenness)
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
    limp_db: float = 0.0,
    answer: Sequence[float] = (),
    between: Mapping[str, Any] | None = None,
    ring_out_s: float = 0.0,
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
        limp_db: how much weaker every second stroke is; a walker's feet differ.
        answer: (seconds, gain) of a weaker second sound after each, as a key coming up.
        between: `parts` and `score`, as of `moves`, heard in each rest or only each `every`-th, which is `lasts_s`
            longer for it: a typewriter's bell and carriage.
        ring_out_s: how long before the end the last stroke falls, at the latest.
    """
    times, rests, runs, at = [], [], 0, 0.03
    last_s = max(duration_s - ring_out_s, 0.05)
    while at < last_s:
        for _ in range(int(rng.integers(run[0], run[1] + 1))):
            times.append(at)
            at += every_s * float(rng.lognormal(0.0, unevenness))
        runs += 1
        if between and runs % between.get("every", 1) == 0:
            rests.append(at)
            at += between.get("lasts_s", 0.0)
        at += float(rng.uniform(rest_s[0], rest_s[1]))
    times = [time for time in times if time < last_s]
    stock = [sound_part(part, rng) for _ in range(kinds)]
    picks = rng.integers(0, kinds, len(times)) if kinds > 2 else np.arange(len(times)) % kinds
    gains = db(rng.uniform(-spread_db, 0, len(times)))
    gains[1::2] *= db(-limp_db)
    n = num_samples(duration_s)
    out = place(n, [stock[k] for k in picks], times, gains)
    if answer:
        after = np.asarray(times) + answer[0] * rng.uniform(0.85, 1.15, len(times))
        out += place(n, [stock[k] for k in picks], after, answer[1] * gains)
    if between:
        out += place(n, [join(rng, parts=between["parts"], score=between["score"]) for _ in rests], rests)
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
