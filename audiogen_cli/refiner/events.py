"""The sound events of an idea, in its order: who makes them, how often, how far away.

In: an `Idea`. Out: phrases such as "three dogs barking in the distance", each with the concepts it
answers. A doer and its action become one event ("a baby crying"), whichever stands first.
"""

import random
import re
from collections.abc import Collection

from audiogen_cli.knowledge.lexicon import SOUNDING
from audiogen_cli.refiner.event_order import as_told
from audiogen_cli.refiner.event_phrases import OBJECT_MARKS, Event, is_of_things, write_event
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import lower_first
from audiogen_cli.refiner.reading import Found

_THROATY = frozenset(
    ["cry", "laugh", "cough", "sneeze", "scream", "snore", "sigh", "gasp", "yawn", "breathe", "burp", "pant_action"]
)
_MOTIONS = frozenset(["whiz", "fly_past", "take_off", "run", "shoot"])  # of whoever was named before, "then passing by"
_NEARBY_TOKENS = 6  # between a doer and its action


def find_events(idea: Idea, *, without: Collection[str], rng: random.Random) -> list[Event]:
    """The events of an idea in the order in which they happen.

    Args:
        idea: the understood idea.
        without: concept names already sounded elsewhere, by a scene for instance.
        rng: chooses among the wordings.
    """
    found = idea.of(*SOUNDING, "actions", "people", "weather")
    used: set[int] = set()
    events: list[Event] = []
    for number, item in enumerate(found):
        if number in used or item.concept.name in without or _is_verb_of(item, found[number - 1] if number else None):
            continue
        used.add(number)
        role = item.concept.role
        if role == "actions":
            before = found[number - 1] if number else None
            if before is not None and before.end == item.start and _is_told_by(before, without, number - 1 in used):
                continue
            doer = _doer_after(idea, item, found, number, used)
            goal = None if doer is not None else _object_after(idea, item, found, number)
            used |= {place for place in (doer, goal) if place is not None}
            if doer is None and goal is None and (moves := item.concept.name in _MOTIONS) | (not is_of_things(item)):
                movers = ("people", "animals", "machines") if moves else ("people",)
                doer = next(
                    (before for before in range(number - 1, -1, -1) if found[before].concept.role in movers), None
                )
            if doer is None and item.concept.name in _MOTIONS and idea.of("genres", "instruments"):
                continue  # a band that passes by is no car
            parts = [item] if doer is None else [found[doer], item]
            events.append(write_event(idea, parts, rng, goal=found[goal] if goal is not None else None))
            continue
        action = _action_after(item, found, number)
        if action is not None and role not in ("people", "animals", "weather") and _is_of_the_living(found[action]):
            action = None  # no telephone cries
        if role in SOUNDING and number and _lies_under(idea, found[number - 1], item):
            continue
        if role in SOUNDING and number + 1 < len(found) and _is_sound_of(idea, item, found[number + 1]):
            continue
        if role == "weather" and idea.ordered and item.concept.text("sfx"):
            events.append(
                Event(lower_first(item.concept.text("sfx")), frozenset({item.concept.name}), item.start, item.end)
            )
        if role == "weather":
            used |= {action} if action is not None else set()  # rain falls and wind blows without a thud
        elif action is not None and found[action].concept.name not in without:
            used.add(action)
            thing = _thing_acted_on(idea, found, action) if role in ("people", "animals") else None
            goal = _object_after(idea, found[action], found, action) if thing is None else thing
            used |= {goal} if goal is not None else set()
            if thing is not None:
                events.append(write_event(idea, [found[thing], found[action]], rng))
            elif item.concept.text("called") in found[action].concept.text("does"):
                events.append(write_event(idea, [found[action]], rng))  # the door that somebody knocks on
            else:
                events.append(
                    write_event(idea, [item, found[action]], rng, goal=found[goal] if goal is not None else None)
                )
        elif role in SOUNDING and item.concept.texts("does"):
            events.append(write_event(idea, [item], rng))
        elif item.concept.text("sfx") and role in SOUNDING:
            events.append(Event(item.concept.text("sfx"), frozenset({item.concept.name}), item.start, item.end))
    return as_told(idea, events)


def _is_sound_of(idea: Idea, item: Found, after: Found) -> bool:
    """Whether a thing is only the sound of the next one: the whistle of "the whistle of a kettle"."""
    between = [token.lower() for token in idea.tokens[item.end : after.start]]
    return after.concept.role in SOUNDING and between[:1] == ["of"] and len(between) <= 3 and not item.count


def _lies_under(idea: Idea, weather: Found, item: Found) -> bool:
    """Whether a thing is only what weather falls on: the car of "hail on a car roof"."""
    between = {token.lower() for token in idea.tokens[weather.end : item.start]}
    return weather.concept.role == "weather" and bool(between & {"on", "against", "onto"}) and len(between) < 4


def _is_verb_of(item: Found, before: Found | None) -> bool:
    """Whether a word that could name a sound only says what the noun right before it does: thunder rolls."""
    return (
        before is not None
        and before.end == item.start
        and item.concept.name.startswith("sounds/")
        and (before.concept.role == "weather" or bool(before.concept.texts("does") or before.concept.text("sfx")))
        and re.fullmatch(r"[a-z]+(?:s|ing|ed)", item.text.lower()) is not None
    )


def _is_told_by(before: Found, without: Collection[str], is_used: bool) -> bool:
    """Whether an action right behind another noun or verb is heard with it: "creaks open", or its scene's own crowd."""
    if before.concept.role == "actions":
        return is_used
    return before.concept.name in without and before.concept.role != "people"


def _doer_after(idea: Idea, action: Found, found: list[Found], number: int, used: set[int]) -> int | None:
    """The noun that an action stands before as its adjective: "barking dog", "slamming of a door"."""
    after = number + 1
    if after >= len(found) or after in used or found[after].concept.role not in (*SOUNDING, "people"):
        return None
    between = [token.lower() for token in idea.tokens[action.end : found[after].start]]
    adjacent = len(between) <= 2 and all(token in ("of", "a", "an", "the") for token in between)
    adjacent |= between[:1] == ["of"] and len(between) <= 3
    return (
        after
        if adjacent and found[after].clause == action.clause and (_is_participle(action) or is_of_things(action))
        else None
    )


def _thing_acted_on(idea: Idea, found: list[Found], action: int) -> int | None:
    """The door of "a man slams the door": the thing sounds, not the man."""
    after = action + 1
    if after >= len(found) or found[after].concept.role not in SOUNDING or not is_of_things(found[action]):
        return None
    between = idea.tokens[found[action].end : found[after].start]
    near = len(between) <= 3 and not any(token.lower() in OBJECT_MARKS or token in ",.;" for token in between)
    return after if near and found[after].clause == found[action].clause else None


def _is_of_the_living(action: Found) -> bool:
    """Whether an action needs a throat: crying, laughing."""
    return action.concept.name in _THROATY


def _is_participle(action: Found) -> bool:
    return action.text.lower().endswith(("ing", "ed", "en")) or action.text.lower() in ("slam", "ring", "knock")


def _object_after(idea: Idea, action: Found, found: list[Found], number: int) -> int | None:
    """What is acted on: the door of "knocks on the door"; it makes no sound of its own."""
    after = number + 1
    if (
        after >= len(found)
        or found[after].concept.role not in SOUNDING
        or found[after].start - action.end > _NEARBY_TOKENS
    ):
        return None
    between = {token.lower() for token in idea.tokens[action.end : found[after].start]}
    return after if between & OBJECT_MARKS and found[after].clause == action.clause else None


def _action_after(doer: Found, found: list[Found], number: int) -> int | None:
    after = number + 1
    if after < len(found) and found[after].concept.role == "actions" and found[after].clause == doer.clause:
        return after if found[after].start - doer.end <= _NEARBY_TOKENS else None
    return None
