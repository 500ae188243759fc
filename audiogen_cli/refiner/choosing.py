"""Which scene of the bank an idea takes after, and how far it may be told as it stands.

In: an `Idea`. Out: the `Match` of the nearest scene, or None where none answers enough of the idea; and the
reasons for which a scene's own words do not tell this idea: another number, another place, other people.
"""

import re
from itertools import pairwise

from audiogen_cli.knowledge.lexicon import SOUNDING, stems_of
from audiogen_cli.knowledge.matching import Match, expand, match_scenes, weight_of
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.dialogue import is_busy
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.reading import Found

LEAST_COVERAGE = 0.5  # of an idea's weight a scene must answer to lend all its views
LEAST_OF_TALK = 0.67  # a scene with words of its own must answer more, or they are about something else


def nearest_scene(idea: Idea) -> Match | None:
    """The scene whose every needed word the idea names, if it answers enough of the idea."""
    denied = frozenset(found.concept.name for found in idea.found if found.denied)
    total = sum(weight_of(found.concept.name) for found in idea.wanted)
    matches = match_scenes(idea.names)[:8]
    matches.sort(key=lambda match: -match.weight * _kinship(idea, match.scene))
    for match in matches:
        if match.names & denied or _speaks_against(idea, match.scene):
            continue
        covered = sum(weight_of(found.concept.name) for found in idea.wanted if expand(found.concept) & match.names)
        least = LEAST_OF_TALK if match.scene.texts("asr") else LEAST_COVERAGE
        if covered >= (1 if idea.ordered else least) * total - 1e-6:
            return match
    return None


def _kinship(idea: Idea, scene: Scene) -> float:
    """How far a scene has the layers an idea asks for: talk where there is talk, music where there is music."""
    talks = bool(idea.of("speaking") or idea.quotes or (idea.of("people") and idea.of("manners")))
    plays = bool(idea.of("genres", "instruments"))
    speech, music = bool(scene.texts("asr")), bool(scene.texts("music"))
    return (0.6 if talks and not speech else 1.0 if talks or not speech else 0.75) * (
        0.6 if plays and not music else 1.0
    )


def is_told_closer(idea: Idea, answered: frozenset[str]) -> bool:
    """Whether the idea says more of a sound than its scene can know: how many, how far, of what kind."""
    sounding = idea.of(*SOUNDING, "actions", "people")
    return any(
        (found.count or 0) > 1 or found.far or found.described
        for found in sounding
        if found.concept.role != "people" and expand(found.concept) & answered
    ) or any(
        found.concept.role == "actions"
        and expand(found.concept) & answered
        and doer.clause == found.clause
        and doer.concept.role in ("people", "animals")
        and not expand(doer.concept) & answered
        for doer, found in pairwise(sounding)
    )


def is_other_people(idea: Idea, scene: Scene) -> bool:
    """Whether a scene's speakers are not the people an idea names: a mother's bedtime story for an old man's."""
    told = {
        word.rstrip("s")
        for view in ("caption", "speech")
        for text in scene.texts(view)
        for word in text.lower().split()
    }
    people = [found.concept for found in idea.of("people") if not is_busy(idea, found)]
    heads = [{person.text("voice").split()[-1].lower().rstrip("s"), *person.words} for person in people]
    pair = any(found.count == 2 for found in idea.of("people")) and not any(
        re.search(r"\b(?:two|and|couple)\b", text.lower()) for text in scene.texts("speech")
    )
    return bool(scene.texts("speech") and heads) and (pair or not any(head & told for head in heads))


def _speaks_against(idea: Idea, scene: Scene) -> bool:
    """Whether a scene lives by what the idea denies, or talks where the idea only names sounds: a striking clock."""
    if scene.texts("asr") and idea.of(*SOUNDING, "actions") and not _is_peopled(idea):
        return True
    if (idea.quotes or idea.told) and len(scene.about) == 1 and not _is_placed(idea):
        return True  # the words are there, and a scene known by its speaker alone would bring its own storm
    sounding = [view for view in ("speech", "sfx", "music") if scene.texts(view)]
    return bool(sounding) and all(view in idea.denied_views for view in sounding)


def _is_peopled(idea: Idea) -> bool:
    """Whether any word of an idea may have somebody speak."""
    return bool(idea.quotes or idea.told or idea.of("people", "speaking", "manners", "topics"))


def _is_placed(idea: Idea) -> bool:
    return bool(idea.of("places", "weather", "genres", "instruments", *SOUNDING))


def is_elsewhere(found: Found, scene: Scene | None) -> bool:
    """Whether the idea names a place of which its scene, though it answers it, says nothing."""
    if scene is None or found.concept.role != "places":
        return False
    told = set(stems_of(" ".join((*scene.texts("caption"), *scene.texts("env")))))
    return not any(set(stems_of(word)) <= told for word in (*found.concept.words, found.concept.text("called")))
