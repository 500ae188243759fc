"""The six views of an idea, put together from the nearest scene of the bank and from the lexicon.

In: an `Idea`. Out: a `Composition`. The words of the idea decide which views there are and what is in
them; the nearest scene gives structure, detail and dialogue; whatever the scene does not answer is
sounded by the lexicon: events to SFX, places and weather to ENV, genres and instruments to Music.
Views the idea denies stay absent, as does speech and music that nothing asks for.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from audiogen_cli.knowledge.lexicon import SOUNDING, stems_of
from audiogen_cli.knowledge.matching import expand
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.accompaniment import is_of, write_music
from audiogen_cli.refiner.choosing import is_elsewhere, is_other_people, is_told_closer, nearest_scene
from audiogen_cli.refiner.dialogue import write_speech
from audiogen_cli.refiner.event_phrases import Event
from audiogen_cli.refiner.events import find_events
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import sentence_case
from audiogen_cli.refiner.reading import Found
from audiogen_cli.refiner.surroundings import likely_place, without_known, write_env

_MUSICAL = ("genres", "instruments", "moods")
MOST_EVENTS = 4  # in one SFX view; ten seconds hold no more


@dataclass
class Composition:
    """The views as they are being written; `scene` is the one that lent its structure, if any."""

    views: dict[str, str | None] = field(default_factory=dict)
    scene: Scene | None = None
    answered: frozenset[str] = frozenset()  # concept names the scene answers
    events: list[Event] = field(default_factory=list)
    caption: str = ""  # the scene's caption, where there is one


def compose(idea: Idea, *, seed: int, creativity: str, duration_s: float, near: Scene | None = None) -> Composition:
    """Write every view but the caption.

    Args:
        idea: the understood idea.
        seed: chooses among scenes' and lexicon's alternatives.
        creativity: "low" adds nothing that the idea and its scene do not hold, "high" a detail more.
        duration_s: the clip, in seconds.
        near: a scene found by meaning rather than by words, used where no words fit one.
    """
    rng = random.Random(f"{seed}:{idea.english}")
    match = nearest_scene(idea)
    scene = match.scene if match else near
    answered = match.names if match else frozenset()
    draft = Composition(scene=scene, answered=answered)
    draft.caption = rng.choice(scene.texts("caption")) if scene else ""
    heard = [found for found in idea.wanted if not found.spoken_of]
    rest = [found for found in heard if not expand(found.concept) & answered or is_elsewhere(found, scene)]
    is_moved = scene is not None and any(found.concept.role == "places" for found in rest)
    spoken = write_speech(idea, scene, answered=answered, rng=rng, duration_s=duration_s)
    if (idea.quotes or idea.told) and idea.own_words:
        draft.caption = ""  # what is said is told by the person's own sentence
    if scene and (
        (spoken and not scene.texts("speech")) or is_told_closer(idea, answered) or is_other_people(idea, scene)
    ):
        draft.caption = ""  # the scene has its sounds right, but tells it otherwise than the idea
    draft.views["speech"], draft.views["asr"] = spoken or (None, None)
    if scene and scene.texts("env") and is_moved:
        draft.caption = ""  # told for another place
    draft.views["music"] = None if "music" in idea.denied_views else write_music(idea, scene, rest, rng)
    if (
        scene
        and scene.texts("music")
        and draft.views["music"]
        and not is_of(draft.views["music"], scene.texts("music"))
    ):
        draft.caption = ""  # told to another music
    closer = idea.ordered or is_told_closer(idea, answered)
    if match is not None or near is None:  # words that a scene was only guessed from make no events
        draft.events = find_events(idea, without=_heard_anyway(idea, scene, answered) if not closer else (), rng=rng)
    sfx = _sfx(idea, draft, rng, is_moved=is_moved)
    sounded = {name for event in draft.events for name in event.names}
    env = write_env(idea, scene, [found for found in rest if found.concept.name not in sounded], rng)
    if not sfx and not spoken and not draft.views["music"] and "sfx" not in idea.denied_views and not scene:
        sfx = _foreground(idea, rest, rng)
    elif not sfx and spoken and scene is None and creativity != "low" and not idea.only:
        sfx = _details(rest, rng)
    if creativity == "high" and sfx and len(sfx) == 1 and not idea.only and not idea.ordered:
        sfx += [phrase for phrase in _details(rest, rng) if phrase not in sfx]
    if not env and draft.events and not draft.views["music"] and creativity != "low" and not idea.only:
        env = likely_place(draft.events)
    draft.views["sfx"] = None if "sfx" in idea.denied_views else _listed(sfx, ordered=idea.ordered)
    draft.views["env"] = None if "env" in idea.denied_views else _listed(env, ordered=False)
    _deny(idea, draft)
    return draft


def _heard_anyway(idea: Idea, scene: Scene | None, answered: frozenset[str]) -> frozenset[str]:
    """What a scene answers without an event of its own: people and moods; a sound only where the scene has it too."""
    if scene is None:
        return frozenset()
    told = " ".join((*scene.texts("sfx"), *scene.texts("env")))
    heard = {mention.entry.name for mention in find_mentions(told, "sounds")}
    silent: set[str] = set()
    for found in idea.of(*SOUNDING, "actions"):
        phrases = [
            f"{found.concept.text('called') or found.concept.text('who')} {does}"
            for does in found.concept.texts("does")
        ]
        named = {
            mention.entry.name
            for phrase in (found.text, *phrases, *found.concept.texts("sfx"))
            for mention in find_mentions(phrase, "sounds")
        }
        if named and not named & heard and (found.concept.role in SOUNDING or not scene.texts("asr")):
            silent |= {found.concept.name}
    return answered - silent


def _sfx(idea: Idea, draft: Composition, rng: random.Random, *, is_moved: bool) -> list[str]:
    scene = draft.scene
    own = [event.phrase for event in draft.events]
    if scene is None or (own and is_told_closer(idea, draft.answered)) or (idea.ordered and len(own) > 1):
        phrases = own
    else:
        borrowed = rng.choice(scene.texts("sfx")) if scene.texts("sfx") else ""
        if is_moved and scene.texts("speech"):  # a talk moved elsewhere takes along only the sounds the idea names
            named = set(stems_of(idea.english))
            borrowed = ", ".join(part for part in re.split(r",\s*", borrowed) if set(stems_of(part)) & named)
        phrases = without_known([borrowed] if borrowed else [], own, also=" ".join(scene.texts("env")))
    return phrases[:MOST_EVENTS] if len(phrases) < 3 else _shortened(phrases[:MOST_EVENTS])


def _shortened(phrases: list[str]) -> list[str]:
    """Many events told briefly: "car horn honking" for "a car horn honking in the street", where it sounds the same."""
    return [re.sub(r"^(?:an?|the) ", "", _cut(phrase)) for phrase in phrases]


def _cut(phrase: str) -> str:
    cut = re.sub(r"((?:\w+ )*?\w+ing\b) (?:on|over|in|at|past|with|and|down|into) (?!the distance).*", r"\1", phrase)
    heard, heard_cut = ({mention.entry.name for mention in find_mentions(text, "sounds")} for text in (phrase, cut))
    return cut if heard <= heard_cut or len(heard) > 1 else phrase


def _foreground(idea: Idea, rest: list[Found], rng: random.Random) -> list[str]:
    """What is heard close in an idea of places and weather alone."""
    named = [found for found in (rest or list(idea.wanted)) if found.concept.texts("sfx")]
    if not named:
        return [text for found in idea.of("times", "eras") for text in found.concept.texts("env")[:1]][:1]
    weather = [found for found in named if found.concept.role in ("weather", "eras")]
    return [rng.choice(found.concept.texts("sfx")) for found in (weather or named)[:2]]


def _details(rest: list[Found], rng: random.Random) -> list[str]:
    """A small event that belongs to the place of a scene in which people speak."""
    for found in rest:
        if found.concept.role == "weather" and found.concept.texts("sfx"):
            return [rng.choice(found.concept.texts("sfx"))]
    for found in rest:
        if found.concept.role == "places" and found.concept.texts("sfx"):
            return [rng.choice(found.concept.texts("sfx"))]
    return []


def _deny(idea: Idea, draft: Composition) -> None:
    """Take out of the views what the idea denies by name: "no thunder", "without traffic"."""
    for found in idea.found:
        if not found.denied:
            continue
        if found.concept.role in ("genres", "instruments"):
            draft.views["music"] = _music_without(found, draft.views["music"] if idea.of(*_MUSICAL) else None)
            if _names(draft.caption, found):
                draft.caption = ""
            continue
        if found.concept.role in ("people", "speaking") and not idea.of("people", "speaking"):
            draft.views["speech"] = draft.views["asr"] = None
        for view in ("sfx", "env", "music"):
            draft.views[view] = without_words(draft.views[view], found.concept.words)
        if _names(draft.caption, found):
            draft.caption = ""


def _names(text: str, found: Found) -> bool:
    return any(re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) for word in found.concept.words)


def _music_without(found: Found, music: str | None) -> str | None:
    """A Music view that denies a player by name, for its style would bring one along."""
    if music is None or found.concept.role != "instruments":
        return music
    kept = re.sub(
        rf"\s*(?:,|\bwith\b|\band\b)?\s*(?:\w+\s+)?\b{re.escape(found.text)}\b", "", music, flags=re.IGNORECASE
    )
    return f"{kept}, without {found.text.lower()}"


def without_words(text: str | None, words: Iterable[str]) -> str | None:
    """A view without the parts that name any of some words; None where nothing is left."""
    if text is None:
        return None
    patterns = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words]
    parts = re.split(r",\s*(?:then\s+)?|\s+(?:and|over|with)\s+", text)
    kept = [part for part in parts if not any(pattern.search(part) for pattern in patterns)]
    return text if len(kept) == len(parts) else sentence_case(", ".join(kept)) or None


def _listed(phrases: list[str], *, ordered: bool) -> str | None:
    if not phrases:
        return None
    lowered = [phrases[0], *(phrase[:1].lower() + phrase[1:] for phrase in phrases[1:])]
    return sentence_case(", then ".join(lowered) if ordered and len(lowered) > 1 else ", ".join(lowered))
