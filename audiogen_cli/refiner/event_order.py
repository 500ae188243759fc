"""Events as they are told: in the person's own words where the experts know those, in time, each once.

In: the `Event`s of an idea as its lexicon words them. Out: the same, put right against the text.
"""

import re
from dataclasses import replace

from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.refiner.event_phrases import NUMBER_WORDS, Event
from audiogen_cli.refiner.idea import Idea, token_spans
from audiogen_cli.refiner.phrases import lower_first


def as_told(idea: Idea, events: list[Event]) -> list[Event]:
    """Events put right against an idea's text: its words, its order, its "then twice more", nothing said twice."""
    return _repeated(idea, _without_repeats(_in_time(idea, _in_own_words(idea, events))))


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
        within = all(tokens[0] <= event.position and event.end <= tokens[-1] + 1 for event in over)
        is_heard = any(mention.entry.name in _sounds_of(event) for event in kept) and not (len(over) > 1 and within)
        if not over or is_heard or _is_verb(idea, tokens):
            continue
        number = f"{NUMBER_WORDS.get(mention.count, '')} " if mention.count else ""
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


def _repeated(idea: Idea, events: list[Event]) -> list[Event]:
    """The events with the last once more where a text says "then twice more"."""
    more = re.search(r"\bthen (once|twice|(?:two|three|four|five) times) (?:more|again)\b", idea.english, re.IGNORECASE)
    if more is None or not events:
        return events
    last = re.sub(r" (?:twice|\w+ times)$", "", events[-1].phrase)
    return [*events, replace(events[-1], phrase=f"{last} {more.group(1).lower()}")]


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
