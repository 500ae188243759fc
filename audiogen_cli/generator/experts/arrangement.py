"""Who sounds when and where: a caption made into a plan, before anything is synthesised.

In: a `Caption`, a length and a random generator. Out: an `Arrangement`: the window for the words, the space, and
every effect and ambience with its time, distance, side and movement. What the words of a view ask for is read
in `reading`; once the words have been spoken, `clear_of_words` moves events off them where there is room.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from audiogen_cli.caption import Caption
from audiogen_cli.errors import UnknownSoundError
from audiogen_cli.generator.experts.reading import Asked, Reading, read_sounds
from audiogen_cli.knowledge.entries import Entry, load_entries
from audiogen_cli.knowledge.mentions import find_mentions


@dataclass(frozen=True, kw_only=True)
class PlannedSound:
    """One sound of the plan."""

    entry: Entry
    layer: str  # "sfx" or "env"
    key: str  # names its randomness: the same sound keeps its grain when others come and go
    start_s: float
    duration_s: float | None  # asked of its model; None is its natural length
    length_s: float  # how long it is expected to sound
    bed: bool = False
    group: int = -1  # repeats of one mention move together; -1 for beds
    gap_s: float = 0.0  # least time from the start of the group before
    distance_m: float = 2.0
    typical_m: float = 2.0
    pan: float = 0.0
    gain_db: float = 0.0
    motion: str = "still"


@dataclass(frozen=True, kw_only=True)
class MusicPlace:
    """Where the music comes from: over the scene as a score, or out of it."""

    in_space: bool = False
    distance_m: float = 2.0


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """The plan of a clip."""

    duration_s: float
    speech_window: tuple[float, float] | None
    music: MusicPlace | None
    space: Entry
    sounds: tuple[PlannedSound, ...] = ()
    unknown: tuple[str, ...] = ()  # asked for and not to be had
    notes: tuple[str, ...] = ()


_NEUTRAL_SPACE = "studio"
_WORDS_PER_S = 2.6
_SENTENCE_PAUSE_S = 0.35
_EDGE_S = 0.25  # nothing begins or ends closer to the ends than this
_FAR, _NEAR, _OUTSIDE = 5.0, 0.4, 4.0  # times the usual distance
_RETURN_S = 9.0  # in long clips an event comes again after about this long
_RARE_S = 4.5
_BUSY = re.compile(r"\b(busy|bustling|crowded|lively|noisy|rush hour|packed|loud|chaotic)\b", re.I)
_QUIET = re.compile(r"\b(quiet|calm|hushed|peaceful|still|subdued|faint|distant|soft|serene|minimal|low)\b", re.I)
_EMPTY = re.compile(
    r"\b(empty|deserted|silent|abandoned|closed|isolated|soundproof\w*|clean|dry|close-mic\w*|no (background|ambien\w+|noise))\b",
    re.I,
)
_FROM_THE_SCENE = re.compile(
    r"\b(radio|jukebox|gramophone|record player|phonograph|tv|television|street musician|busker|busking|loudspeakers?|"
    r"speakers|boombox|in the (background|distance)|distant|faint\w*|muffled|next door|from (a|the|another) \w+|diegetic|"
    r"parade|marching band|ice cream truck)\b",
    re.I,
)
_FAR_MUSIC = re.compile(r"\b(distant|in the distance|faint\w*|muffled|next door|from another room|far)\b", re.I)


def arrange(
    caption: Caption, *, duration_s: float, rng: np.random.Generator, allow_missing: bool = False
) -> Arrangement:
    """Plan a clip.

    Args:
        caption: its views decide; the overall caption is not read for sounds.
        duration_s: length of the clip.
        rng: decides sides, jitter and where within their room events fall.
        allow_missing: plan what there is even if no sound of the SFX view is known.

    Raises:
        UnknownSoundError: the SFX view asks for sounds and none of them is known.
    """
    sfx = read_sounds(caption.sfx) if caption.sfx else Reading()
    env = read_sounds(caption.env) if caption.env else Reading()
    if sfx.unknown and not sfx.asked and not allow_missing:
        raise UnknownSoundError(
            f"SFX: no sound is known for {_listed(sfx.unknown)}",
            hint="audiogen sounds lists what there is; --allow-missing renders the other views.",
        )
    space, notes = _find_space(caption.env)
    if not caption.sfx and not caption.speech and not caption.asr and not caption.music and not caption.env:
        notes.append("no view asks for a sound: the overall caption alone is not rendered by the experts")
    notes += [f'SFX: not rendered: "{name}" (no such sound)' for name in sfx.unknown]
    notes += [f'SFX: read "{words}" without its first word, which is not known' for words in sfx.unsure]
    window = _speech_window(caption, duration_s, [item for item in sfx.asked if not _is_bed(item)])
    beds = _beds(sfx, env, space, caption.env or "", duration_s)
    return Arrangement(
        duration_s=duration_s,
        speech_window=window,
        music=_place_music(caption),
        space=space,
        sounds=(*beds, *_events(sfx.asked, env.asked, duration_s, rng)),
        unknown=sfx.unknown,
        notes=tuple(notes),
    )


def clear_of_words(arrangement: Arrangement, spoken: Sequence[tuple[float, float]]) -> Arrangement:
    """The arrangement with its events moved off spoken words as far as their order and the clip allow.

    The cheapest placing is found over a grid of tenths of a second: time over words costs most, leaving the
    planned time a little, and no group may come before the one told before it.
    """
    groups = sorted({sound.group for sound in arrangement.sounds if sound.group >= 0})
    if not groups or not spoken:
        return arrangement
    grid = np.arange(0.0, max(arrangement.duration_s - 0.15, 0.1), 0.1)
    masked = np.zeros(len(grid) + 1)
    for start, end in spoken:
        masked[1:] += np.clip(np.minimum(end, grid + 0.1) - np.maximum(start, grid), 0, 0.1)
    masked = np.cumsum(masked)
    best = np.zeros(len(grid))
    choices: list[np.ndarray] = []
    leads = {group: [sound for sound in arrangement.sounds if sound.group == group] for group in groups}
    for number, group in enumerate(groups):
        members = leads[group]
        first = members[0].start_s
        span = max(sound.start_s + min(sound.length_s, 3.0) for sound in members) - first
        last = np.clip(np.searchsorted(grid, grid + span), 0, len(grid))
        over = masked[last] - masked[: len(grid)]
        beyond = np.clip(grid + span - arrangement.duration_s, 0, None)
        cost = 3.0 * over + 0.25 * np.abs(grid - first) + 4.0 * beyond
        if number:
            reach = np.clip(np.floor((grid - members[0].gap_s) / 0.1 + 1e-6).astype(int), -1, len(grid) - 1)
            lowest = np.minimum.accumulate(best)
            where = np.maximum.accumulate(np.where(best <= lowest, np.arange(len(grid)), 0))
            before = np.where(reach >= 0, lowest[np.maximum(reach, 0)], 1e6 + np.maximum(0, members[0].gap_s - grid))
            choices.append(np.where(reach >= 0, where[np.maximum(reach, 0)], 0))
            cost = cost + before
        best = cost
    at = int(np.argmin(best))
    starts = {groups[-1]: grid[at]}
    for group, choice in zip(reversed(groups[:-1]), reversed(choices)):
        at = int(choice[at])
        starts[group] = grid[at]
    shifted = tuple(
        sound
        if sound.group < 0
        else replace(sound, start_s=float(starts[sound.group] + sound.start_s - leads[sound.group][0].start_s))
        for sound in arrangement.sounds
    )
    return replace(arrangement, sounds=shifted)


def _find_space(env: str | None) -> tuple[Entry, list[str]]:
    """The space that an ENV view names; a neutral dry one where it names none."""
    spaces = load_entries("spaces")
    if env is None:
        return spaces[_NEUTRAL_SPACE], []
    found = [mention for mention in find_mentions(env, "spaces") if not mention.denied]
    if not found:
        return spaces[_NEUTRAL_SPACE], [f'ENV: no known space in "{_short(env)}": mixed dry']
    within = [
        mention
        for mention in found
        if re.search(r"\b(in|inside|within|aboard)\s+(an?|the)?\s*(\w+\s)?$", env[: mention.start], re.I)
    ]
    beyond = [
        mention
        for mention in found
        if re.search(r"\b(outside|distant|beyond|nearby|near|from)\s+(an?|the)?\s*$", env[: mention.start], re.I)
    ]
    candidates = within or [mention for mention in found if mention not in beyond] or found
    vague = ("room", "outdoors", "hall", "night_nature")  # "outdoor market", "indoor pool": the place says more
    plain = [mention for mention in candidates if mention.entry.name not in vague] or candidates
    return plain[0].entry, []


def _speech_window(caption: Caption, duration_s: float, events: Sequence[Asked]) -> tuple[float, float] | None:
    """Between which seconds the words shall lie: early enough to fit, after the first event where there is room."""
    if not caption.asr:
        return None
    words = len(re.findall(r"[\w']+", caption.asr))
    sentences = max(1, len(re.findall(r"[.!?…]+", caption.asr)))
    needed = words / _WORDS_PER_S + (sentences - 1) * _SENTENCE_PAUSE_S + 0.3
    edge = min(_EDGE_S, duration_s * 0.05)
    spare = max(0.0, duration_s - 2 * edge - needed)
    lead = min(0.35, 0.2 * spare)
    if events and events[0].where != "end":
        first = min(_natural_s(events[0].entry), 2.5) + 0.3
        if spare > first + 0.5:
            lead = first
    return (edge + lead, duration_s - edge)


def _beds(sfx: Reading, env: Reading, space: Entry, env_text: str, duration_s: float) -> list[PlannedSound]:
    """The ambiences: those asked for, then those of the space that nobody named or denied."""
    planned: dict[str, PlannedSound] = {}
    models: set[str] = set()  # rain in both views is one rain
    for reading, layer in ((sfx, "sfx"), (env, "env")):
        first_event = min((item.step for item in reading.asked if not _is_bed(item)), default=math.inf)
        steps = 1 + max((item.step for item in reading.asked), default=0)
        for item in reading.asked:
            model = item.entry.params.get("model", item.entry.name)
            if not _is_bed(item) or (layer == "env" and model in models) or item.entry.name in planned:
                continue
            models.add(model)
            late = item.step > first_event or (item.where == "end" and item.step > 0)
            start = duration_s * item.step / steps if late else 0.0
            planned[item.entry.name] = _bed(
                item.entry, layer, start, duration_s, gain_db=item.gain_db, nearness=item.nearness
            )
    denied = sfx.denied | env.denied
    empty = _EMPTY.search(env_text) is not None
    shift = (3.0 if _BUSY.search(env_text) else 0.0) - (6.0 if _QUIET.search(env_text) else 0.0)
    sounds = load_entries("sounds")
    for name, level_db in (space.params.get("beds") or {}).items():
        entry = sounds.get(name)
        asked_already = name in planned or (entry is not None and entry.params.get("model", name) in models)
        if entry is None or asked_already or name in denied or empty:
            continue
        planned[name] = _bed(entry, "env", 0.0, duration_s, gain_db=float(level_db) + shift, nearness="usual")
    return list(planned.values())


def _bed(entry: Entry, layer: str, start_s: float, duration_s: float, *, gain_db: float, nearness: str) -> PlannedSound:
    distance, typical = _distance(entry, nearness)
    return PlannedSound(
        entry=entry,
        layer=layer,
        key=f"{layer}/{entry.name}",
        start_s=start_s,
        duration_s=duration_s - start_s,
        length_s=duration_s - start_s,
        bed=True,
        distance_m=distance,
        typical_m=typical,
        gain_db=float(entry.params.get("level_db", 0.0)) + gain_db,
    )


def _events(
    sfx: Sequence[Asked], env: Sequence[Asked], duration_s: float, rng: np.random.Generator
) -> list[PlannedSound]:
    """The events of both views, grouped by mention and spread over the clip in the order told."""
    asked = [(item, "sfx") for item in sorted(sfx, key=lambda item: item.step) if not _is_bed(item)]
    asked += [(item, "env") for item in env if not _is_bed(item)]
    groups = [_repeats(item, layer, duration_s, rng) for item, layer in asked]
    told = [index for index, (_, layer) in enumerate(asked) if layer == "sfx"]
    starts = _starts([asked[index][0] for index in told], [groups[index] for index in told], duration_s, rng)
    planned: list[PlannedSound] = []
    used: dict[str, int] = {}
    number = 0
    for index, ((item, layer), members) in enumerate(zip(asked, groups)):
        spans = [starts[index]] if index < len(told) else [(rng.uniform(0.1, 0.6) * duration_s, 0.0)]
        start, gap = spans[0]
        times = [start]
        unbound = item.count is None and item.where is None and item.step == 0 and item.lasting != "once"
        pause = _RARE_S if item.lasting == "rare" else _RETURN_S
        length = members[-1][0] + members[-1][1]
        if unbound and item.lasting != "often" and (duration_s > 15 or item.lasting == "rare"):
            while times[-1] + max(pause, length + 1.0) * 1.2 + length < duration_s:
                times.append(times[-1] + max(pause, length + 1.0) * rng.uniform(0.8, 1.2))
        pan = item.pan if item.pan is not None else float(rng.uniform(0.15, 0.6) * rng.choice([-1.0, 1.0]))
        distance, typical = _distance(item.entry, item.nearness)
        moves = item.motion or ("passing" if item.entry.params.get("passes") else None)
        for turn, time in enumerate(times):
            for offset, length, ask in members:
                count = used[item.entry.name] = used.get(item.entry.name, 0) + 1
                planned.append(
                    PlannedSound(
                        entry=item.entry,
                        layer=layer,
                        key=f"{layer}/{item.entry.name}/{count}",
                        start_s=time + offset,
                        duration_s=ask,
                        length_s=length,
                        group=number if layer == "sfx" else -1,
                        gap_s=gap if turn == 0 else 0.0,
                        distance_m=distance,
                        typical_m=typical,
                        pan=pan,
                        motion=moves or "still",
                        gain_db=float(item.entry.params.get("level_db", 0.0))
                        + item.gain_db
                        + float(rng.uniform(-1, 0.5)),
                    )
                )
            number += layer == "sfx"
    return _in_order(planned)


def _in_order(planned: list[PlannedSound]) -> list[PlannedSound]:
    """Groups numbered by their times, so that returning events of long clips interleave."""
    firsts: dict[int, float] = {}
    for sound in planned:
        firsts.setdefault(sound.group, sound.start_s)
    order = {
        group: rank for rank, group in enumerate(sorted((g for g in firsts if g >= 0), key=lambda g: (firsts[g], g)))
    }
    return [replace(sound, group=order.get(sound.group, -1)) for sound in planned]


def _repeats(
    item: Asked, layer: str, duration_s: float, rng: np.random.Generator
) -> list[tuple[float, float, float | None]]:
    """The sounds of one mention: offset from its start, expected length, length to ask of the model."""
    natural = _natural_s(item.entry)
    count = item.count or int(item.entry.params.get("repeats", 1))
    if item.lasting == "once" and item.count is None:
        count = 1
    room = max(0.3, duration_s - 2 * _EDGE_S)
    if item.motion in ("approaching", "receding") or (item.motion == "passing" and natural < 3.0):
        natural = max(natural, 4.0 if count == 1 else natural)
    if item.lasting == "often" and item.count is None:
        if natural >= 2.5:
            return [(0.0, room, room)]
        count = max(count, math.ceil(room / (natural * 1.5 + 0.15)))
    if natural > room:
        return [(0.0, room, room)]
    ask = None if natural == _natural_s(item.entry) else natural
    members: list[tuple[float, float, float | None]] = []
    at = 0.0
    for _ in range(count):
        if members and at + 0.6 * natural > room:
            break
        members.append((at, natural, ask))
        at += natural * float(rng.uniform(1.0, 1.25)) + float(rng.uniform(0.02, 0.25)) * (layer == "sfx")
    return members


def _starts(
    items: Sequence[Asked],
    groups: Sequence[Sequence[tuple[float, float, float | None]]],
    duration_s: float,
    rng: np.random.Generator,
) -> list[tuple[float, float]]:
    """Start of each group and the least gap to the one before: in the order told, spread over the clip."""
    if not items:
        return []
    lengths = [members[-1][0] + members[-1][1] for members in groups]
    gaps = [0.0]
    for index in range(1, len(items)):
        after = items[index].step > items[index - 1].step
        gaps.append(
            0.0 if items[index].together else lengths[index - 1] * (0.95 if after else 0.5) + (0.2 if after else 0.1)
        )
    edge = min(_EDGE_S, 0.04 * duration_s)
    room = duration_s - 2 * edge - lengths[-1]
    needed = sum(gaps)
    if needed > max(room, 0.0):  # too much for the clip: they overlap, still in order
        gaps = [gap * max(room, 0.3 * duration_s) / max(needed, 1e-9) for gap in gaps]
    spare = max(0.0, duration_s - 2 * edge - sum(gaps) - lengths[-1])
    shares = np.sort(rng.uniform(0.1, 0.9, len(items))) if len(items) > 1 else np.array([rng.uniform(0.15, 0.4)])
    starts: list[tuple[float, float]] = []
    at = edge
    for index, (item, gap, share) in enumerate(zip(items, gaps, shares)):
        at += gap
        start = at + spare * float(share)
        if item.where == "start" and index == 0:
            start = edge
        if item.where == "end" and index == len(items) - 1:
            start = max(start, duration_s - edge - lengths[index])
        if index and item.together:
            start = starts[-1][0] + 0.2 * lengths[index - 1]
        if index:
            start = max(start, starts[-1][0] + gap)
        starts.append((min(start, max(edge, duration_s - min(lengths[index], 1.0) - 0.1)), gap))
    return starts


def _place_music(caption: Caption) -> MusicPlace | None:
    if not caption.music:
        return None
    if not _FROM_THE_SCENE.search(caption.music):
        return MusicPlace()
    return MusicPlace(in_space=True, distance_m=10.0 if _FAR_MUSIC.search(caption.music) else 4.0)


def _distance(entry: Entry, nearness: str) -> tuple[float, float]:
    typical = max(0.3, float(entry.params.get("distance_m", 3.0)))
    return typical * {"far": _FAR, "near": _NEAR, "outside": _OUTSIDE}.get(nearness, 1.0), typical


def _is_bed(item: Asked) -> bool:
    return item.entry.params.get("kind", "event") == "bed"


def _natural_s(entry: Entry) -> float:
    return float(entry.params.get("duration_s", 1.0))


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:6])


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
