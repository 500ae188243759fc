"""Who sounds when and where: a caption made into a plan, before anything is synthesised.

In: a `Caption`, a length and a random generator. Out: an `Arrangement`: the window for the words, the space, and
every effect and ambience with its time, distance, side and movement. What the words of a view ask for is read
in `reading`, when its events fall decided in `timing`.
"""

import math
import re
from collections.abc import Sequence

import numpy as np

from audiogen_cli.caption import Caption
from audiogen_cli.errors import UnknownSoundError
from audiogen_cli.generator.experts.plan import Arrangement, MusicPlace, PlannedSound
from audiogen_cli.generator.experts.reading import Asked, Reading, read_sounds
from audiogen_cli.generator.experts.timing import (
    EDGE_S,
    distance_of,
    is_bed,
    natural_length_s,
    plan_events,
    spans_within,
)
from audiogen_cli.knowledge.entries import Entry, base_name, load_entries
from audiogen_cli.knowledge.mentions import Mention, find_mentions

_NEUTRAL_SPACE = "studio"
_FAMILY_PLACES = {
    **dict.fromkeys(("weather", "birds", "vehicles", "trains", "aircraft", "weapons", "animals"), "outdoors"),
    **dict.fromkeys(("footsteps", "doors", "glass", "impacts", "household"), "room"),
    **{"kitchen": "kitchen", "office": "office", "human": "bedroom", "machines": "workshop", "crowd": "hall"},
}
"""Where nobody names a place, nobody expects these families in a booth; an entry's own `place` goes before."""
_VAGUENESS = {"hall": 1, "night_nature": 2, "room": 3, "outdoors": 3}  # "outdoor market": the place says more
_WITHIN = re.compile(r"\b(in|inside|within|aboard)\s+(an?|the)?\s*(\w+\s)?$", re.I)
_BEYOND = re.compile(r"\b(outside|distant|beyond|nearby|near|from)\s+(an?|the)?\s*$", re.I)
_HOW_IT_SOUNDS = re.compile(r"reverb|echo|dry|clean|controlled|treated|recording|close", re.I)
"""Words for how a place sounds or is recorded: the place itself, where one is named, says more."""
_OUTDOORS = "3_outdoors"
_WORDS_PER_S = 2.6
_SENTENCE_PAUSE_S = 0.35
_BUSY = re.compile(r"\b(busy|bustling|crowded|lively|noisy|rush hour|packed|loud|chaotic)\b", re.I)
_QUIET = re.compile(r"\b(quiet|calm|hushed|peaceful|still|subdued|faint|distant|soft|serene|minimal|low)\b", re.I)
_EMPTY = re.compile(
    r"\b(empty|deserted|silent|abandoned|closed|isolated|soundproof\w*|clean|dry|close-mic\w*|"
    r"no (background|ambien\w+|noise))\b",
    re.I,
)
_FROM_THE_SCENE = re.compile(
    r"\b(radio|jukebox|gramophone|record player|phonograph|tv|television|street musician|busker|busking|loudspeakers?|"
    r"speakers|boombox|in the (background|distance)|distant|faint\w*|muffled|next door|diegetic|"
    r"from (a|the|another) \w+|parade|marching band|ice cream truck)\b",
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
    space, notes = _find_space(caption.env, sfx.asked)
    notes += [f'SFX: not rendered: "{name}" (no such sound)' for name in sfx.unknown]
    notes += [f'SFX: read "{words}" without its first word, which is not known' for words in sfx.unsure]
    window = _speech_window(caption, duration_s, [item for item in sfx.asked if not is_bed(item)])
    beds = _beds(sfx, env, space, caption.env or "", duration_s)
    return Arrangement(
        duration_s=duration_s,
        speech_window=window,
        music=_place_music(caption),
        space=space,
        sounds=(*beds, *plan_events(sfx.asked, env.asked, duration_s, rng)),
        unknown=sfx.unknown,
        notes=tuple(notes),
    )


def _find_space(env: str | None, asked: Sequence[Asked]) -> tuple[Entry, list[str]]:
    """The space that an ENV view names; where it names none the one that belongs to what is asked for, or a dry one."""
    spaces = load_entries("spaces")
    expected = [item.entry.params.get("place", _FAMILY_PLACES.get(item.entry.family)) for item in asked]
    neutral = max(
        (spaces[place] for place in expected if place in spaces),
        key=lambda space: math.prod(space.params["size_m"]),  # of several the widest, which holds them all
        default=spaces[_NEUTRAL_SPACE],
    )
    if env is None:
        return neutral, []
    found = [mention for mention in find_mentions(env, "spaces") if not mention.denied]
    if not found:
        named = read_sounds(env).unknown  # a view that speaks of the recording alone asks for no place
        note = f'ENV: no known space in "{_short(env)}": mixed as {neutral.phrase}'
        return neutral, [note] if named else []
    within = [mention for mention in found if _WITHIN.search(env[: mention.start])]
    beyond = [mention for mention in found if _BEYOND.search(env[: mention.start])]
    candidates = within or [mention for mention in found if mention not in beyond] or found
    places = [item for item in candidates if not _HOW_IT_SOUNDS.search(env[item.start : item.end])]
    if neutral.name == "outdoors" and not places and all(item.entry.name == _NEUTRAL_SPACE for item in candidates):
        return neutral, []  # a "dry recording" of a motorcycle is not made in a booth
    if any(item.entry.family == _OUTDOORS for item in places):
        candidates = places  # the open air reverberates as it is

    def vagueness(mention: Mention) -> int:
        return max(0 if mention in places else 1, _VAGUENESS.get(mention.entry.name, 0))

    return min(candidates, key=vagueness).entry, []


def _speech_window(caption: Caption, duration_s: float, events: Sequence[Asked]) -> tuple[float, float] | None:
    """Between which seconds the words shall lie: early enough to fit, after the first event where there is room."""
    if not caption.asr:
        return None
    words = len(re.findall(r"[\w']+", caption.asr))
    sentences = max(1, len(re.findall(r"[.!?…]+", caption.asr)))
    needed = words / _WORDS_PER_S + (sentences - 1) * _SENTENCE_PAUSE_S + 0.3
    edge = min(EDGE_S, duration_s * 0.05)
    spare = max(0.0, duration_s - 2 * edge - needed)
    lead = min(0.35, 0.2 * spare)
    if events and events[0].manner.where not in ("end", "middle") and not events[0].manner.spans:
        first = min(natural_length_s(events[0].entry), 2.5) + 0.3
        if spare > first + 0.5:
            lead = first
    return (edge + lead, duration_s - edge)


def _beds(sfx: Reading, env: Reading, space: Entry, env_text: str, duration_s: float) -> list[PlannedSound]:
    """The ambiences: those asked for, then those of a space that is named, unless denied."""
    planned: dict[str, PlannedSound] = {}
    bases: set[str] = set()  # rain in both views is one rain
    named = any(mention.entry.name == space.name for mention in find_mentions(env_text, "spaces"))
    own = (space.params.get("beds") or {}) if named else {}
    shift = (3.0 if _BUSY.search(env_text) else 0.0) - (6.0 if _QUIET.search(env_text) else 0.0)
    empty = _EMPTY.search(env_text) is not None
    for reading, layer in ((sfx, "sfx"), (env, "env")):
        first_event = min((item.step for item in reading.asked if not is_bed(item)), default=math.inf)
        steps = 1 + max((item.step for item in reading.asked), default=0)
        for item in reading.asked:
            base = base_name(item.entry, "sounds")
            if layer == "env" and empty and item.entry.family == "crowd":
                continue  # an "empty playground" only names where children would play
            if not is_bed(item) or (layer == "env" and base in bases) or item.entry.name in planned:
                continue
            bases.add(base)
            late = item.step > first_event or (item.manner.where == "end" and item.step > 0)
            start, end = duration_s * item.step / steps if late else 0.0, duration_s
            for span in spans_within(item, duration_s)[:1]:
                start, end = span.start_s, span.end_s if span.end_s > span.start_s else duration_s
            planned[item.entry.name] = _bed(
                item.entry,
                layer,
                start,
                end,
                gain_db=item.manner.gain_db + (shift if layer == "env" and item.entry.name in own else 0.0),
                nearness=item.manner.nearness,
            )
    denied = sfx.denied | env.denied
    sounds = load_entries("sounds")
    for name, level_db in own.items():
        entry = sounds.get(name)
        asked_already = name in planned or (entry is not None and base_name(entry, "sounds") in bases)
        if entry is None or asked_already or name in denied or empty:
            continue
        planned[name] = _bed(entry, "env", 0.0, duration_s, gain_db=float(level_db) + shift, nearness="usual")
    return list(planned.values())


def _bed(entry: Entry, layer: str, start_s: float, end_s: float, *, gain_db: float, nearness: str) -> PlannedSound:
    distance, typical = distance_of(entry, nearness)
    return PlannedSound(
        entry=entry,
        layer=layer,
        key=f"{layer}/{entry.name}",
        start_s=start_s,
        duration_s=end_s - start_s,
        length_s=end_s - start_s,
        bed=True,
        distance_m=distance,
        typical_m=typical,
        gain_db=float(entry.params.get("level_db", 0.0)) + gain_db,
    )


def _place_music(caption: Caption) -> MusicPlace | None:
    if not caption.music:
        return None
    if not _FROM_THE_SCENE.search(caption.music):
        return MusicPlace()
    return MusicPlace(in_space=True, distance_m=10.0 if _FAR_MUSIC.search(caption.music) else 4.0)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names[:6])


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
