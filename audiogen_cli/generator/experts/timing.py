"""Events over time: repeats, order, distances.

In: what the views ask for, as `reading` found it. Out: `PlannedSound`s in the order told, spread over the clip, or at
the seconds that are told. How they step aside for words is `clearing`'s business.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audiogen_cli.generator.experts.clock import Span
from audiogen_cli.generator.experts.plan import PlannedSound
from audiogen_cli.generator.experts.reading import Asked
from audiogen_cli.knowledge.entries import Entry

EDGE_S = 0.25
"""Nothing begins or ends closer to the ends of a clip than this."""

_RETURN_S = 9.0  # in long clips an event comes again after about this long
_RARE_S = 4.5
_FAR, _NEAR, _OUTSIDE = 5.0, 0.4, 4.0  # times the usual distance


def plan_events(
    sfx: Sequence[Asked], env: Sequence[Asked], duration_s: float, rng: np.random.Generator
) -> list[PlannedSound]:
    """The events of both views, grouped by mention and spread over the clip in the order told."""
    events = [item for item in sorted(sfx, key=lambda item: item.step) if not is_bed(item)]
    told = [item for item in events if not spans_within(item, duration_s)]
    around = [item for item in env if not is_bed(item)]
    in_order = len({item.step for item in sfx}) > 1
    strokes = [_repeats(item, duration_s, rng) for item in told]
    starts, squeeze = _starts(told, strokes, duration_s, rng)
    planned: list[PlannedSound] = []
    for item, group, (start, gap) in zip(told, strokes, starts):
        squeezed = [replace(stroke, offset_s=stroke.offset_s * squeeze) for stroke in group]
        planned += _sounds(item, "sfx", squeezed, start, gap, duration_s, rng, returns=not in_order)
    for item in events:
        planned += _at_told_times(item, duration_s, rng)
    for item in around:
        group = _repeats(item, duration_s, rng)
        planned += _sounds(item, "env", group, rng.uniform(0.1, 0.6) * duration_s, 0.0, duration_s, rng, returns=True)
    return _numbered(planned)


@dataclass(frozen=True, kw_only=True)
class _Stroke:
    """One of the repeats of a sound."""

    offset_s: float  # from the first one
    length_s: float  # expected
    ask_s: float | None = None  # length to ask of the model; None is its natural one


def _sounds(
    item: Asked,
    layer: str,
    strokes: Sequence[_Stroke],
    start_s: float,
    gap_s: float,
    duration_s: float,
    rng: np.random.Generator,
    *,
    returns: bool = False,
    fixed: bool = False,
) -> list[PlannedSound]:
    """The repeats of one mention at their place; in a long clip, or where it is to be rare, it comes again."""
    manner, params = item.manner, item.entry.params
    length = strokes[-1].offset_s + strokes[-1].length_s
    times = [start_s]
    free = returns and manner.count is None and manner.where is None and manner.lasting in ("usual", "rare")
    if free and (duration_s > 1.5 * _RETURN_S or manner.lasting == "rare"):
        pause = max(_RARE_S if manner.lasting == "rare" else _RETURN_S, length + 1.0)
        while times[-1] + 1.2 * pause + length < duration_s:
            times.append(times[-1] + pause * float(rng.uniform(0.8, 1.2)))
    side = float(rng.uniform(0.15, 0.6) * rng.choice([-1.0, 1.0]))
    distance, typical = distance_of(item.entry, manner.nearness)
    motion = manner.motion or ("passing" if params.get("passes") else "still")
    return [
        PlannedSound(
            entry=item.entry,
            layer=layer,
            key=f"{turn}/{number}",
            start_s=time + stroke.offset_s,
            duration_s=stroke.ask_s,
            length_s=stroke.length_s,
            group=-1 if fixed else turn,
            gap_s=gap_s if turn == 0 else 0.0,
            distance_m=distance,
            typical_m=typical,
            pan=side if manner.pan is None else manner.pan,
            motion=motion,
            gain_db=float(params.get("level_db", 0.0)) + manner.gain_db + float(rng.uniform(-1, 0.5)),
        )
        for turn, time in enumerate(times)
        for number, stroke in enumerate(strokes)
    ]


def _at_told_times(item: Asked, duration_s: float, rng: np.random.Generator) -> list[PlannedSound]:
    """A sound in every span of seconds that the view names for it; nothing moves it from there."""
    planned: list[PlannedSound] = []
    spans = spans_within(item, duration_s)
    once = replace(item, manner=replace(item.manner, count=None if len(spans) > 1 else item.manner.count))
    for span in spans:
        room = span.end_s - span.start_s if span.end_s > span.start_s else duration_s - span.start_s
        strokes = _repeats(once, room + 2 * EDGE_S, rng)
        planned += _sounds(item, "sfx", strokes, span.start_s, 0.0, duration_s, rng, fixed=True)
    return planned


def spans_within(item: Asked, duration_s: float) -> list[Span]:
    """The seconds told for a sound, as far as they lie within the clip."""
    latest = duration_s - EDGE_S
    spans = item.manner.spans
    return [replace(span, end_s=min(span.end_s, duration_s)) for span in spans if span.start_s < latest]


def _numbered(planned: Sequence[PlannedSound]) -> list[PlannedSound]:
    """Keys that tell every sound of a kind apart, and groups in the order of their times; what stays has none."""
    keyed: list[PlannedSound] = []
    counts: dict[str, int] = {}
    groups: list[float] = []
    owner: list[int] = []
    for sound in planned:
        name = f"{sound.layer}/{sound.entry.name}"
        counts[name] = counts.get(name, 0) + 1
        if sound.key.endswith("/0"):
            groups.append(sound.start_s)
        owner.append(len(groups) - 1)
        keyed.append(replace(sound, key=f"{name}/{counts[name]}"))
    rank = {group: place for place, group in enumerate(sorted(range(len(groups)), key=lambda group: groups[group]))}
    return [
        replace(sound, group=rank[group] if sound.layer == "sfx" and sound.group >= 0 else -1)
        for sound, group in zip(keyed, owner)
    ]


def _repeats(item: Asked, duration_s: float, rng: np.random.Generator) -> list[_Stroke]:
    """How often and how long one mention sounds."""
    usual = natural_length_s(item.entry)
    manner = item.manner
    room = max(0.3, duration_s - 2 * EDGE_S)
    length = usual
    pace = float(item.entry.params.get("gap_s", 0.0))  # from one beginning to the next; a knock still rings at the next
    count = manner.count or (1 if manner.lasting == "once" else int(item.entry.params.get("repeats", 1)))
    if manner.motion in ("approaching", "receding", "passing") and count == 1:
        length = max(usual, 4.0)  # a movement takes time
    if manner.lasting == "often" and manner.count is None:
        if usual >= 2.5:
            length, count = room, 1
        else:
            count = max(count, math.ceil(room / (pace or 1.5 * usual + 0.15)))
    if length >= room:
        return [_Stroke(offset_s=0.0, length_s=room, ask_s=room)]
    ask = None if length == usual else length
    strokes = [_Stroke(offset_s=0.0, length_s=length, ask_s=ask)]
    while len(strokes) < count:
        step = pace * float(rng.uniform(0.9, 1.15)) if pace else length * float(rng.uniform(1.0, 1.25))
        at = strokes[-1].offset_s + step + (0.0 if pace else float(rng.uniform(0.02, 0.25)))
        if manner.count is None and at + 0.6 * length > room:
            break
        strokes.append(_Stroke(offset_s=at, length_s=length, ask_s=ask))
    return strokes


def _starts(
    items: Sequence[Asked], groups: Sequence[Sequence[_Stroke]], duration_s: float, rng: np.random.Generator
) -> tuple[list[tuple[float, float]], float]:
    """Start of each group and its least gap to the one before, in the order told and spread over the clip; and by how
    much all is drawn together where the clip is too short for it."""
    if not items:
        return [], 1.0
    lengths = [strokes[-1].offset_s + strokes[-1].length_s for strokes in groups]
    gaps = [0.0]
    for index in range(1, len(items)):
        after = items[index].step > items[index - 1].step
        if items[index].together:
            gaps.append(0.0)
        else:
            gaps.append(lengths[index - 1] * (1.0 if after else 0.5) + (0.2 if after else 0.1))
    edge = min(EDGE_S, 0.04 * duration_s)
    last = groups[-1][-1].offset_s + min(groups[-1][-1].length_s, 0.4 * duration_s)  # a long tail may be cut
    room = duration_s - 2 * edge
    squeeze = min(1.0, room / (sum(gaps) + last))
    gaps = [gap * squeeze for gap in gaps]
    spare = max(0.0, room - sum(gaps) - lengths[-1] * squeeze)
    shares = np.sort(rng.uniform(0.1, 0.9, len(items))) if len(items) > 1 else [rng.uniform(0.15, 0.4)]
    starts: list[tuple[float, float]] = []
    told = edge
    for index, (item, gap, share) in enumerate(zip(items, gaps, shares)):
        told += gap
        start = told + spare * float(share)
        if item.manner.where == "start" and index == 0:
            start = edge
        if item.manner.where == "middle":
            start = 0.5 * (duration_s - lengths[index] * squeeze)
        if item.manner.where == "end" and index == len(items) - 1:
            start = duration_s - edge - lengths[index] * squeeze
        if index:
            earlier = starts[-1][0]
            start = max(start, earlier + gap) if not item.together else earlier + 0.2 * lengths[index - 1]
        starts.append((min(start, duration_s - min(0.3, 0.1 * duration_s)), gap))
    return starts, squeeze


def distance_of(entry: Entry, nearness: str) -> tuple[float, float]:
    """How far a sound is and how far it usually is, in metres."""
    typical = max(0.3, float(entry.params.get("distance_m", 3.0)))
    return typical * {"far": _FAR, "near": _NEAR, "outside": _OUTSIDE}.get(nearness, 1.0), typical


def is_bed(item: Asked) -> bool:
    """Whether a sound goes on by itself, as rain does."""
    return str(item.entry.params.get("kind", "event")) == "bed"


def natural_length_s(entry: Entry) -> float:
    """How long one event of a sound lasts."""
    return float(entry.params.get("duration_s", 1.0))
