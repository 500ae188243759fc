"""A view's words read as sounds that are asked for: which, how often, in which order, near or far, moving or not.

In: the SFX or the ENV view, free English. Out: a `Reading`: what is asked for, what is denied and what could
not be understood. Which entry a word names is decided in `knowledge.mentions`, when it sounds in `arrangement`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from audiogen_cli.generator.experts.manner import Manner, read_manner
from audiogen_cli.knowledge.entries import Entry, read_yaml
from audiogen_cli.knowledge.mentions import Mention, find_mentions, stem


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


@dataclass(frozen=True, kw_only=True)
class _Clause:
    link: str  # what joins it to the clause before
    start: int
    end: int


_LINKS = (
    (
        "then",
        r"(?:,\s*)?(?:and\s+)?\b(?:then|followed\s+by|after\s+that|afterwards?|thereafter|next(?!\s+(?:to|door))|later|finally|"
        r"eventually|subsequently|leading\s+to|ending\s+(?:with|in)|ends\s+(?:with|in)|culminating\s+in|until|before)\b",
    ),
    ("after", r"\b(?:after|following|preceded\s+by)\b"),
    ("while", r"\b(?:while|as|during|amid(?:st)?|accompanied\s+by|punctuated\s+by|mixed\s+with)\b"),
    (
        "and",
        r"(?:,\s*)?\b(?:and|(?<!begins\s)(?<!starts\s)(?<!opens\s)with|plus|alongside|including|or|but)\b|[,;/&+]|[.!?:]+(?=\s|$)|\s[-–—]\s|\n",
    ),
)
_SEPARATOR = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _LINKS), re.IGNORECASE)


_DENIAL = re.compile(r"\b(?:no|not|without|never|minus|lacking)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"on|in|at|from|across|through|against|into|onto|near|behind|inside|outside|along|by|beside|around|within"
)
_INTO_PLACE = re.compile(
    rf"\s*(?:\w+\s+)?(?:{_PLACE.pattern})\s+(?:(?:an?|the|his|her)\s+)?(?:(?!an?\b|the\b)\w+\s+){{0,2}}", re.I
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def read_sounds(text: str) -> Reading:
    """Read what a view asks to be heard."""
    mentions = find_mentions(text, "sounds")
    asked: list[Asked] = []
    unknown: list[str] = []
    unsure: list[str] = []
    step, pending = 0, ""  # pending: words of manner whose sound comes in the next clause
    owed = False  # "after the bell, a door": the step follows with the next sound
    for clause in _clauses(text, mentions):
        here = _heads(text, clause, [mention for mention in mentions if clause.start <= mention.start < clause.end])
        said = text[clause.start : clause.end]
        if (clause.link == "then" and asked) or (owed and here):
            step, owed = step + 1, False
        if not here:
            words = [] if _DENIAL.search(said) else _content(said)
            unknown += words
            pending = "" if words else f"{pending} {said}"
            continue
        earlier = clause.link == "after" and bool(asked)
        owed = clause.link == "after" and not asked
        if earlier:  # told last, heard before what was told last
            asked = [replace(item, step=item.step + 1) if item.step == step else item for item in asked]
        around = f"{pending} {_without(text, clause, here)}"
        for number, mention in enumerate(mention for mention in here if not mention.denied):
            manner = read_manner(around, before=text[clause.start : mention.start], whole=said)
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


def _clauses(text: str, mentions: Sequence[Mention]) -> list[_Clause]:
    """The text cut at its links; a link inside a sound's own name ("rain and thunder") cuts nothing."""
    clauses, start, link = [], 0, "and"
    for found in _SEPARATOR.finditer(text):
        if any(mention.start < found.end() and found.start() < mention.end for mention in mentions):
            continue
        clauses.append(_Clause(link=link, start=start, end=found.start()))
        start, link = found.end(), str(found.lastgroup)
    clauses.append(_Clause(link=link, start=start, end=len(text)))
    kept = []
    carried = "and"
    for clause in clauses:  # ", then": two links and nothing between them
        strongest = clause.link if clause.link != "and" else carried
        if text[clause.start : clause.end].strip():
            kept.append(replace(clause, link=strongest))
            carried = "and"
        else:
            carried = strongest
    return kept


def _without(text: str, clause: _Clause, here: Sequence[Mention]) -> str:
    """The clause's words outside the sounds' own names: "distant thunder" may be a sound of its own."""
    said, at = "", clause.start
    for mention in here:
        said += text[at : mention.start] + " # "
        at = mention.end
    return said + text[at : clause.end]


def _heads(text: str, clause: _Clause, here: Sequence[Mention]) -> list[Mention]:
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
        if mention.entry == last.entry or (" " not in named and named in _plain_words() and not mention.denied):
            continue
        same_model = mention.entry.params.get("model", 0) == last.entry.params.get("model", 1)
        if _INTO_PLACE.fullmatch(between):
            if same_model:
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
        if _is_plain(word) or adjective:
            continue
        (leftover if re.search(r"(?:ing|ed|ly)$", word) else head).append(match.group())
    found = head or [word for word in leftover if not word.lower().endswith("ly")][:1]
    return [" ".join(found)] if found else []


def _modifiers(text: str, clause: _Clause, here: Sequence[Mention]) -> list[str]:
    """Nouns right before a known sound that are no part of it: "dinosaur" in "dinosaur roar"."""
    found = []
    for mention in here:
        words = [match for match in _WORD.finditer(text, clause.start, mention.start)][-1:]
        for match in words:
            word = match.group().lower()
            adjacent = text[match.end() : mention.start].strip(" '’s") == ""
            if adjacent and not _is_plain(word) and not re.search(r"(?:ing|ed|ly|y|al|ous|ive|ful|ish|less)$", word):
                inside = any(other.start <= match.start() < other.end for other in here)
                if not inside and not mention.denied:
                    found.append(f"{match.group()} {text[mention.start : mention.end]}")
    return found


def _is_plain(word: str) -> bool:
    plain = _plain_words()
    return len(word) < 3 or word in plain or stem(word) in plain or all(part in plain for part in word.split("-"))


@cache
def _plain_words() -> frozenset[str]:
    file = resources.files("audiogen_cli.knowledge") / "plain_words.yaml"
    groups = read_yaml(file.read_text("utf-8"), source="plain_words.yaml")
    words = frozenset(word for group in groups.values() for word in str(group).split())
    return words | frozenset(stem(word) for word in words)
