"""A view's words read as sounds that are asked for: which, how often, in which order, near or far, moving or not.

In: the SFX or the ENV view, free English. Out: a `Reading`: what is asked for, what is denied and what could
not be understood. Which entry a word names is decided in `knowledge.mentions`, when it sounds in `arrangement`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from audiogen_cli.generator.experts.clauses import Clause, cut_clauses
from audiogen_cli.generator.experts.clock import told_times
from audiogen_cli.generator.experts.manner import Manner, read_manner
from audiogen_cli.knowledge.denials import denied_spans
from audiogen_cli.knowledge.entries import Entry, base_name
from audiogen_cli.knowledge.mentions import Mention, find_mentions
from audiogen_cli.knowledge.plain_words import is_plain, plain_words


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One sound that a view asks for."""

    entry: Entry
    step: int  # what has a higher step comes after everything of a lower one
    together: bool = False  # sounds while the one before it does ("while", "as")
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a view asks for."""

    asked: tuple[Asked, ...] = ()
    denied: frozenset[str] = frozenset()  # names of entries: "no birds"
    unknown: tuple[str, ...] = ()  # what names a sound that no entry has, in the view's own words
    unsure: tuple[str, ...] = ()  # words beside a known sound that were not understood


_PLACE = re.compile(
    r"on|in|at|from|across|through|against|into|onto|near|behind|inside|outside|along|by|beside|around|within"
)
_INTO_PLACE = re.compile(
    rf"\s*(?:\w+\s+)?(?:{_PLACE.pattern})\s+(?:(?:an?|the|his|her)\s+)?(?:(?!an?\b|the\b)\w+\s+){{0,2}}", re.I
)
_IS_MEANT = re.compile(
    r"\b(?:resembl\w+|consistent\s+with|(?:classified|identified|described)\s+as|characteristic\s+of|typical\s+of|"
    r"associated\s+with|similar\s+to|reminiscent\s+of)\b",
    re.IGNORECASE,
)
_LIKENESS = re.compile(
    rf"{_IS_MEANT.pattern}|\b(?:like|suggest\w*|indicat\w*|evok\w*|imply\w*)\s+(?:an?\s+|the\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
_ANDS = re.compile(r"\w\s+and\s*$", re.IGNORECASE)
_DOING = re.compile(r"(?:\w+ly\s+)?\w+ing(?:\s+(?:\w+ly|up|down|past|away|over|by))?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def read_sounds(text: str) -> Reading:
    """Read what a view asks to be heard."""
    mentions = find_mentions(text, "sounds")
    told = told_times(text)
    said_of = _blanked(text, [*denied_spans(text), *told])
    asked: list[Asked] = []
    unknown: list[str] = []
    unsure: list[str] = []
    step, pending = 0, ""  # pending: words of manner whose sound comes in the next clause
    owed = False  # "after the bell, a door": the step follows with the next sound
    chosen = False  # "a bell or a chime": one of them is enough
    for clause in cut_clauses(text, [*((mention.start, mention.end) for mention in mentions), *told]):
        here = _heads(text, clause, [mention for mention in mentions if clause.start <= mention.start < clause.end])
        said = text[clause.start : clause.end]
        if clause.link == "or" and chosen and asked and asked[-1].entry.params.get("kind") != "bed":
            continue
        if (clause.link == "then" and asked) or (owed and here):
            step, owed = step + 1, False
        if not here:
            words = _content(said_of[clause.start : clause.end])
            if chosen and _ANDS.search(text[: clause.start]) and _DOING.fullmatch(said.strip()):
                words = []  # "thunder cracking and rumbling" is one thunder
            unknown += words
            pending = "" if words else f"{pending} {said}"
            chosen = False
            continue
        if clause.link == "or" and not chosen:
            unknown = unknown[:-1]  # the other name of what is known
        chosen = True
        earlier = clause.link == "after" and bool(asked)
        owed = clause.link == "after" and not asked
        if earlier:  # told last, heard before what was told last
            asked = [replace(item, step=item.step + 1) if item.step == step else item for item in asked]
        around = f"{pending} {_without(text, clause, here)}"
        for number, mention in enumerate(mention for mention in here if not mention.denied):
            manner = read_manner(around, count=mention.count, whole=said)
            together = clause.link == "while" and bool(asked) and number == 0
            asked.append(Asked(entry=mention.entry, step=step, together=together, manner=manner))
        if earlier:
            asked.sort(key=lambda item: item.step)
            step += 1
        unsure += _modifiers(text, clause, here)
        pending = ""
    return Reading(
        asked=tuple(asked),
        denied=frozenset(mention.entry.name for mention in mentions if mention.denied),
        unknown=tuple(dict.fromkeys(unknown)),
        unsure=tuple(dict.fromkeys(unsure)),
    )


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """A text with stretches of it made spaces."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _without(text: str, clause: Clause, here: Sequence[Mention]) -> str:
    """The clause's words outside the sounds' own names: "distant thunder" may be a sound of its own."""
    said, at = "", clause.start
    for mention in here:
        said += text[at : mention.start] + " # "
        at = mention.end
    return said + text[at : clause.end]


def _heads(text: str, clause: Clause, here: Sequence[Mention]) -> list[Mention]:
    """The mentions of a clause that sound, without those that only say where or how another one does.

    "knocks on a wooden door" has no door that closes, "steps on gravel" are steps of one kind, and in
    "the wind howls" no wolf does.
    """
    kept: list[Mention] = []
    for mention in here:
        if not kept:
            kept.append(mention)
            continue
        last = kept[-1]
        between = text[last.end : mention.start]
        named = text[mention.start : mention.end].lower()
        if mention.entry == last.entry or (" " not in named and named in plain_words() and not mention.denied):
            continue
        if _LIKENESS.search(between):  # "clicks resembling typing" are typing, "roars like a lion" is no lion
            if _IS_MEANT.search(between):
                kept[-1] = replace(mention, denied=last.denied)
            continue
        if _INTO_PLACE.fullmatch(between):
            if base_name(mention.entry, "sounds") == base_name(last.entry, "sounds"):
                kept[-1] = replace(mention, denied=last.denied)
            elif mention.entry.params.get("kind") == "bed":
                kept.append(mention)
            continue
        verb = not between.strip() and " " not in named and re.search(r"(?:s|ing|ed)$", named) is not None
        if verb and mention.entry.family != last.entry.family:
            continue
        kept.append(mention)
    return kept


def _content(said: str) -> list[str]:
    """What a clause without any known sound names: its nouns up to a place ("a theremin on a stage")."""
    head: list[str] = []
    leftover: list[str] = []
    words = list(_WORD.finditer(said))
    for match, following in zip(words, [*words[1:], None]):
        word = match.group().lower()
        if _PLACE.fullmatch(word) or word in ("over", "under", "above", "beneath"):
            break
        adjective = re.search(r"(?:al|ous|ive|ful|ic|able|ible|less|ish)$", word) and following is not None
        if is_plain(word) or adjective:
            continue
        (leftover if re.search(r"(?:ing|ed|ly)$", word) else head).append(match.group())
    found = head or [word for word in leftover if not word.lower().endswith("ly")][:1]
    return [" ".join(found)] if found else []


def _modifiers(text: str, clause: Clause, here: Sequence[Mention]) -> list[str]:
    """Nouns right before a known sound that are no part of it: "dinosaur" in "dinosaur roar"."""
    found = []
    for mention in here:
        words = [match for match in _WORD.finditer(text, clause.start, mention.start)][-1:]
        for match in words:
            word = match.group().lower()
            adjacent = text[match.end() : mention.start].strip(" '’s") == ""
            if adjacent and not is_plain(word) and not re.search(r"(?:ing|ed|ly|y|al|ous|ive|ful|ish|less)$", word):
                inside = any(other.start <= match.start() < other.end for other in here)
                if not inside and not mention.denied:
                    found.append(f"{match.group()} {text[mention.start : mention.end]}")
    return found
