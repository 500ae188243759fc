"""Where an idea sounds: the ENV view.

In: an `Idea`, the scene nearest to it and what of the idea the scene does not answer. Out: the phrases of the view: the
place, the weather and the time of day; where nobody names a place, the one its events are expected in, if any.
"""

import random
import re
from collections.abc import Iterable

from audiogen_cli.knowledge.entries import base_name
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.event_phrases import Event
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.reading import Found

_EMPTY = frozenset(["empty", "deserted", "abandoned", "vacant", "lonely", "forgotten"])
_INSIDE = re.compile(r"\b(?:hall|cellar|corridor|warehouse|gym)\b", re.IGNORECASE)
_AROUND = {
    "trains": "Railway platform with light wind",
    "vehicles": "Quiet street with light wind",
    **dict.fromkeys(("weapons", "aircraft"), "Open landscape with light wind"),
    **dict.fromkeys(
        ("doors", "glass", "household", "human", "kitchen", "office", "phones", "stands", "impacts"), "Quiet room"
    ),
    "animals": "Quiet garden with light wind",
}
"""Where nobody names a place and events of these families are expected; of several the first that is listed decides."""


def write_env(idea: Idea, scene: Scene | None, rest: list[Found], rng: random.Random) -> list[str]:
    """The phrases of the ENV view: the place first, at most two."""
    places = [found for found in rest if found.concept.role == "places"]
    phrases = [rng.choice(scene.texts("env"))] if scene and scene.texts("env") else []
    if (
        any(found.concept.role == "weather" for found in rest)
        and not idea.of("places")
        and _INSIDE.search(phrases[0] if phrases else "")
    ):
        phrases = []  # a duel in the rain is not fought in the hall of the scene
    if places:
        phrases = [_place(idea, found, rng) for found in places[:2] if found.concept.texts("env")]
        phrases = list(dict.fromkeys(phrases))
    told = " ".join([*phrases, *(scene.texts("sfx") if scene else ()), *(scene.texts("music") if scene else ())])
    unheard = [
        found for found in idea.of("weather") if not idea.ordered and found not in rest and not _is_told(found, told)
    ]
    backgrounds = [found for found in (*rest, *unheard) if found.concept.role in ("weather", "times", "eras")]
    for found in backgrounds:
        texts = found.concept.texts("env")
        if texts and not (found.concept.role == "times" and (phrases or _is_indoors(idea))):
            phrases = without_known(phrases, [rng.choice(texts)])
    return [phrase if number == 0 else phrase[:1].lower() + phrase[1:] for number, phrase in enumerate(phrases[:2])]


def _place(idea: Idea, found: Found, rng: random.Random) -> str:
    """A place as it is heard; an empty one without the people who are usually there."""
    before = idea.tokens[found.start - 1].lower() if found.start else ""
    if before in _EMPTY:
        called = re.sub(r"^(?:an?|the) (?:busy |crowded |lively )?", "", found.concept.text("called"))
        return f"{before.capitalize()} {called}"
    return rng.choice(found.concept.texts("env"))


def _is_told(weather: Found, text: str) -> bool:
    """Whether a text has a weather in it, of whatever strength."""
    kinds = {base_name(mention.entry, "sounds") for mention in find_mentions(text, "sounds")}
    named = [mention for phrase in weather.concept.texts("env") for mention in find_mentions(phrase, "sounds")]
    return not named or any(base_name(mention.entry, "sounds") in kinds for mention in named)


def _is_indoors(idea: Idea) -> bool:
    return bool(idea.of("speaking", "instruments", "genres"))


def likely_place(events: Iterable[Event]) -> list[str]:
    """The likely space of events that name none; nothing where none is likely."""
    named = [mention.entry for event in events for mention in find_mentions(event.phrase, "sounds")]
    families = {entry.family for entry in named}
    named = [entry for entry in named if entry.family != "machines"]
    expected = {entry.params.get("place") for entry in named}
    if not families & {"trains", "vehicles", "weapons"} and families & {
        "household",
        "human",
        "doors",
        "kitchen",
        "office",
    }:
        return [_AROUND["doors"]]
    if "outdoors" in expected:
        return [_AROUND["weapons"]]
    if "animals" in families and not any(entry.name.startswith(("dog", "cat", "mouse")) for entry in named):
        return [_AROUND["weapons"]]
    return next(([place] for family, place in _AROUND.items() if family in families), [])


def without_known(first: list[str], more: list[str], *, also: str = "") -> list[str]:
    """`first` and those of `more` whose sounds are neither in it nor in another text."""
    known = {mention.entry.name for phrase in [*first, also] for mention in find_mentions(phrase, "sounds")}
    kept = list(first)
    for phrase in more:
        named = {mention.entry.name for mention in find_mentions(phrase, "sounds")}
        if not named or not named <= known:
            kept.append(phrase)
            known |= named
    return kept
