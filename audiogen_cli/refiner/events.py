"""The sound events of an idea, in its order: who makes them, how often, how far away.

In: an `Idea`. Out: phrases such as "three dogs barking in the distance", each with the concepts it
answers. A doer and its action become one event ("a baby crying"), whichever stands first.
"""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from audiogen_cli.knowledge.lexicon import SOUNDING
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.refiner.idea import Idea, token_spans
from audiogen_cli.refiner.phrases import article, lower_first
from audiogen_cli.refiner.reading import Found

_OBJECT_MARKS_TEXT = """
on at against through into in onto over along across down up
"""
_OBJECT_MARKS = frozenset(_OBJECT_MARKS_TEXT.split())
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}
_THROATY = frozenset(
    ["cry", "laugh", "cough", "sneeze", "scream", "snore", "sigh", "gasp", "yawn", "breathe", "burp", "pant_action"]
)
_OF_BODIES = frozenset(
    ["walk", "run", "march_steps", "swim", "jump", "eat", "drink", "fight", "pant_action", "drive", "shoot"]
)  # what only people and animals do, so that of anything else it is a manner of speaking
_MOTIONS = frozenset(["whiz", "fly_past", "take_off", "run"])  # of whoever was named before, "then passing by"
_NEARBY_TOKENS = 6  # between a doer and its action


@dataclass(frozen=True)
class Event:
    """One sound event and the concepts of the idea it answers."""

    phrase: str
    names: frozenset[str]
    position: int  # token at which it is named
    end: int = 0  # token behind the last that names it


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
            if doer is None and goal is None and (moves := item.concept.name in _MOTIONS) | (not _is_of_things(item)):
                movers = ("people", "animals", "machines") if moves else ("people",)
                doer = next(
                    (before for before in range(number - 1, -1, -1) if found[before].concept.role in movers), None
                )
            parts = [item] if doer is None else [found[doer], item]
            events.append(_event(idea, parts, rng, goal=found[goal] if goal is not None else None))
            continue
        action = _action_after(item, found, number)
        if action is not None and role not in ("people", "animals", "weather") and _is_of_the_living(found[action]):
            action = None  # no telephone cries
        if role in SOUNDING and number and _lies_under(idea, found[number - 1], item):
            continue
        if role == "weather":
            used |= {action} if action is not None else set()  # rain falls and wind blows without a thud
        elif action is not None and found[action].concept.name not in without:
            used.add(action)
            thing = _thing_acted_on(idea, found, action) if role in ("people", "animals") else None
            goal = _object_after(idea, found[action], found, action) if thing is None else thing
            used |= {goal} if goal is not None else set()
            if thing is not None:
                events.append(_event(idea, [found[thing], found[action]], rng))
            elif item.concept.text("called") in found[action].concept.text("does"):
                events.append(_event(idea, [found[action]], rng))  # the door that somebody knocks on
            else:
                events.append(_event(idea, [item, found[action]], rng, goal=found[goal] if goal is not None else None))
        elif role in SOUNDING and item.concept.texts("does"):
            events.append(_event(idea, [item], rng))
        elif item.concept.text("sfx") and role in SOUNDING:
            events.append(Event(item.concept.text("sfx"), frozenset({item.concept.name}), item.start, item.end))
    return _without_repeats(_in_time(idea, _in_own_words(idea, events)))


def _lies_under(idea: Idea, weather: Found, item: Found) -> bool:
    """Whether a thing is only what weather falls on: the car of "hail on a car roof"."""
    between = {token.lower() for token in idea.tokens[weather.end : item.start]}
    return weather.concept.role == "weather" and bool(between & {"on", "against", "onto"}) and len(between) < 4


def _is_verb_of(item: Found, before: Found | None) -> bool:
    """Whether a word that could name a sound only says what the noun right before it does: thunder rolls, a sonar pings."""
    return (
        before is not None
        and before.end == item.start
        and item.concept.name.startswith("sounds/")
        and (before.concept.role == "weather" or bool(before.concept.texts("does") or before.concept.text("sfx")))
        and re.fullmatch(r"[a-z]+(?:s|ing|ed)", item.text.lower()) is not None
    )


def _in_own_words(idea: Idea, events: list[Event]) -> list[Event]:
    """Events as the person said them, where the experts know those very words ("truck backing up") and would
    not hear them in what the lexicon made of their parts."""
    if idea.language != "english":
        return events
    ends = token_spans(idea.english)
    own = [mention for mention in find_mentions(idea.english, "sounds") if not mention.denied]
    kept = list(events)
    for mention in own:
        said = idea.english[mention.start : mention.end]
        if " " not in said:
            continue
        tokens = [number for number, (start, end) in enumerate(ends) if mention.start <= start and end <= mention.end]
        over = [event for event in kept if any(event.position <= token < event.end for token in tokens)]
        if not over or any(mention.entry.name in _sounds_of(event) for event in kept) or _is_verb(idea, tokens):
            continue
        number = f"{_NUMBERS.get(mention.count, '')} " if mention.count else ""
        far = " in the distance" if any(event.phrase.endswith("in the distance") for event in over) else ""
        names = frozenset().union(*(event.names for event in over))
        doing = re.match(r"\w+(?:s|ing) ", said.lower()) is not None
        phrase = f"{number}{mention.entry.phrase if doing else lower_first(said)}{far}"
        kept[kept.index(over[0])] = replace(over[0], phrase=phrase, names=names)
        kept = [event for event in kept if event not in over[1:]]
    return kept


def _is_verb(idea: Idea, tokens: list[int]) -> bool:
    """Whether some tokens are one verb and no more: what is knocked over decides how it sounds."""
    return any(
        found.concept.role == "actions" and found.start <= tokens[0] and tokens[-1] < found.end for found in idea.wanted
    )


def _sounds_of(event: Event) -> frozenset[str]:
    """The names of the sounds the experts would hear in an event."""
    return frozenset(mention.entry.name for mention in find_mentions(event.phrase, "sounds"))


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
    return (
        after
        if adjacent and found[after].clause == action.clause and (_is_participle(action) or _is_of_things(action))
        else None
    )


def _thing_acted_on(idea: Idea, found: list[Found], action: int) -> int | None:
    """The door of "a man slams the door": the thing sounds, not the man."""
    after = action + 1
    if after >= len(found) or found[after].concept.role not in SOUNDING or not _is_of_things(found[action]):
        return None
    between = idea.tokens[found[action].end : found[after].start]
    near = len(between) <= 3 and not any(token.lower() in _OBJECT_MARKS or token in ",.;" for token in between)
    return after if near and found[after].clause == found[action].clause else None


def _is_of_things(action: Found) -> bool:
    """Whether an action is one that things do when they are acted on: doors slam, bells ring."""
    return action.concept.text("who") not in ("", "someone", "a baby", "a man", "a woman", "an audience")


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
    return after if between & _OBJECT_MARKS and found[after].clause == action.clause else None


def _action_after(doer: Found, found: list[Found], number: int) -> int | None:
    after = number + 1
    if after < len(found) and found[after].concept.role == "actions" and found[after].clause == doer.clause:
        return after if found[after].start - doer.end <= _NEARBY_TOKENS else None
    return None


def _event(idea: Idea, parts: list[Found], rng: random.Random, goal: Found | None = None) -> Event:
    names = frozenset(part.concept.name for part in [*parts, *([goal] if goal else [])])
    action = next((part for part in parts if part.concept.role == "actions"), None)
    doer = next((part for part in parts if part.concept.role != "actions"), None)
    if action is None:
        assert doer is not None
        phrase = f"{_called(doer)} {rng.choice(doer.concept.texts('does'))}"
    elif action.concept.text("sfx") and (
        doer is None or doer.concept.role == "people" or action.concept.name not in _OF_BODIES
    ):
        phrase = lower_first(rng.choice(action.concept.texts("sfx")))
        goal = None
    elif doer is not None and doer.concept.texts("does") and _is_unfit(doer, action):
        phrase = f"{_called(doer)} {rng.choice(doer.concept.texts('does'))}"
    else:
        subject = (
            _called(doer) if doer is not None else _stranger(idea, action) or action.concept.text("who") or "someone"
        )
        if doer is not None and doer.concept.role == "people" and _is_of_things(action):
            subject = action.concept.text("who")
        phrase = f"{subject} {action.concept.text('does') or action.text}"
    if goal is not None:
        preposition = next(token for token in idea.tokens[parts[-1].end : goal.start] if token.lower() in _OBJECT_MARKS)
        phrase = re.sub(r" on an? \w+$", "", phrase) + f" {preposition.lower()} {_called(goal)}"
    times = (
        action.count
        if (action is not None and doer is None) or (action is not None and doer and not doer.count)
        else None
    )
    if times:
        phrase += " twice" if times == 2 else f" {_NUMBERS.get(times, times)} times"
    if any(part.far for part in parts):
        phrase += " in the distance"
    return Event(phrase, names, min(part.start for part in parts), max(part.end for part in parts))


def _is_unfit(doer: Found, action: Found) -> bool:
    """Whether a thing cannot do what people do, or nobody would know the sound of it: a projector that runs."""
    if doer.concept.role in ("people", "animals"):
        return False
    if action.concept.text("sfx"):
        return action.concept.name in _OF_BODIES
    return not find_mentions(f"{_called(doer)} {action.concept.text('does')}", "sounds")


def _stranger(idea: Idea, action: Found) -> str:
    """The noun right before an action where the lexicon does not know it: the puck of "a puck hits the boards"."""
    word = idea.tokens[action.start - 1] if action.start else ""
    if word not in idea.unknown or word[0].isupper() or word.lower().endswith(("ing", "ly", "ed")):
        return ""
    return word.lower() if word.lower().endswith("s") else f"{article(word)} {word.lower()}"


def _called(noun: Found) -> str:
    """What makes the sound, with its number and what the person said of it: "three heavy doors"."""
    called = noun.concept.text("called") or noun.text.lower()
    if noun.concept.name.startswith("sounds/"):  # known to the experts alone, whose phrase says what it does already
        called = f"{article(noun.text)} {noun.text.lower()}"
    first, _, rest = called.partition(" ")
    is_counted = first in ("a", "an")
    described = f"{noun.described} " if noun.described else ""
    if not is_counted:
        return f"{described}{called}"
    if noun.count and noun.count > 1:
        return f"{_NUMBERS.get(noun.count, noun.count)} {described}{_plural(noun, rest)}"
    written = noun.text.lower()  # the person's own noun may say more: "a hawk" for an eagle
    is_noun = not re.search(r"ing$|^\w+(?:s|ing) \w|\b(?:up|over|of|off|an?|the|goes?)\b", written)
    if written in noun.concept.words and written not in rest and is_noun:
        if re.search(r"[^s]s$", written):
            return f"{described}{written}"
        rest = written
    return f"{article(described + rest)} {described}{rest}"


def _plural(noun: Found, singular: str) -> str:
    many = noun.concept.text("many")
    if many:
        return many
    if singular.endswith(("s", "sh", "ch", "x")):
        return singular + "es"
    return singular[:-1] + "ies" if re.search(r"[^aeiou]y$", singular) else singular + "s"


def _in_time(idea: Idea, events: list[Event]) -> list[Event]:
    """Events in the order in which they happen: "a bark after a slam" is a slam first."""
    words = [token.lower() for token in idea.tokens]
    if len(events) == 2 and "after" in words and "soon" not in words:
        first, second = events
        if first.position < words.index("after") < second.position:
            return [replace(second, position=first.position), replace(first, position=second.position)]
    return events


def _without_repeats(events: list[Event]) -> list[Event]:
    """Leave out an event whose every sound an earlier one makes already; its concepts go to that one."""
    kept: list[Event] = []
    sounds: set[str] = set()
    for event in events:
        named = _sounds_of(event)
        told = event.names <= kept[-1].names if kept else False
        if kept and named and named <= sounds and (told or all(name.startswith("sounds/") for name in event.names)):
            continue
        if any(event.phrase == other.phrase for other in kept):
            continue
        sounds |= named
        kept.append(event)
    return kept
