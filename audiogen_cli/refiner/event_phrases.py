"""How one sound event is worded: who makes it, how often, how far away.

In: the concepts of an idea that make one event together. Out: an `Event`, such as "three dogs barking in the distance".
Which concepts belong together is the business of `events`.
"""

import random
import re
from dataclasses import dataclass

from audiogen_cli.knowledge.lexicon import load_lexicon, stems_of
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import article, lower_first
from audiogen_cli.refiner.reading import Found

_OBJECT_MARKS_TEXT = "on at against through into in onto over along across down up"
OBJECT_MARKS = frozenset(_OBJECT_MARKS_TEXT.split())
"""Words between a deed and what it is done to."""
NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}
_OF_BODIES = frozenset(
    ["walk", "run", "march_steps", "swim", "jump", "eat", "drink", "fight", "pant_action", "drive", "shoot"]
)  # what only people and animals do, so that of anything else it is a manner of speaking
_BREAKABLE = frozenset(["glass", "dishes", "window", "tray"])


@dataclass(frozen=True)
class Event:
    """One sound event and the concepts of the idea it answers."""

    phrase: str
    names: frozenset[str]
    position: int  # token at which it is named
    end: int = 0  # token behind the last that names it


def write_event(idea: Idea, parts: list[Found], rng: random.Random, goal: Found | None = None) -> Event:
    """Word one event.

    Args:
        idea: the idea it is of.
        parts: who or what makes it and the action, either of which may be missing.
        rng: chooses among the wordings.
        goal: what is acted on, the door that is knocked on.
    """
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
    elif doer is not None and doer.concept.texts("does") and (_does_so(doer, action) or _is_unfit(doer, action)):
        phrase = f"{_called(doer)} {rng.choice(doer.concept.texts('does'))}"
    else:
        subject = (
            _called(doer) if doer is not None else _stranger(idea, action) or action.concept.text("who") or "someone"
        )
        if doer is not None and doer.concept.role == "people" and is_of_things(action):
            subject = action.concept.text("who")
        does = action.concept.text("does") or action.text
        if action.concept.name == "drop" and doer is not None and doer.concept.name in _BREAKABLE:
            does = load_lexicon()["knock_over"].text("does")
        phrase = f"{subject} {does}"
    if goal is not None:
        preposition = next(token for token in idea.tokens[parts[-1].end : goal.start] if token.lower() in OBJECT_MARKS)
        phrase = re.sub(r" on an? \w+$", "", phrase) + f" {preposition.lower()} {_called(goal)}"
    times = (
        action.count
        if (action is not None and doer is None) or (action is not None and doer and not doer.count)
        else None
    )
    if times:
        phrase += " twice" if times == 2 else f" {NUMBER_WORDS.get(times, times)} times"
    if any(part.far for part in parts):
        phrase += " in the distance"
    return Event(phrase, names, min(part.start for part in parts), max(part.end for part in parts))


def _does_so(doer: Found, action: Found) -> bool:
    """Whether a thing's own words tell an action more exactly: a record crackles as no fire does."""
    does = doer.concept.text("does").split()
    return len(does) > 4 and stems_of(action.text)[0] in stems_of(" ".join(does))  # a whole description


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
        return f"{NUMBER_WORDS.get(noun.count, noun.count)} {described}{_plural(noun, rest)}"
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


def is_of_things(action: Found) -> bool:
    """Whether an action is one that things do when they are acted on: doors slam, bells ring."""
    return action.concept.text("who") not in ("", "someone", "a baby", "a man", "a woman", "an audience")
