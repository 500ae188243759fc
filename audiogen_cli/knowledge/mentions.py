"""Which entries a text names, where, how often, and whether it denies them.

In: a text and entries. Out: `Mention`s in the order of the text. The longest phrase wins ("tin roof
rain" before "rain"), plural and -ing forms match their stem, and a denial ("no music", "without any
wind") is reported as such rather than lost.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from audiogen_cli.knowledge.entries import Entry, load_entries

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_DENIALS = frozenset(["no", "not", "without", "never", "nor", "minus", "lacking", "excluding"])
_BETWEEN = frozenset(
    ["any", "a", "an", "the", "more", "some", "much", "loud", "audible", "background"]
)  # may stand between "no" and the thing
_COUNTS = {
    "one": 1,
    "once": 1,
    "single": 1,
    "two": 2,
    "twice": 2,
    "pair": 2,
    "couple": 2,
    "double": 2,
    "three": 3,
    "thrice": 3,
    "triple": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "several": 3,
    "few": 3,
    "many": 6,
}


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One entry named in a text, at characters `start` to `end`."""

    entry: Entry
    start: int
    end: int
    count: int | None = None  # "three knocks" 3; None where no number stands
    denied: bool = False  # "no birds"


def find_mentions(text: str, kind: str) -> list[Mention]:
    """The entries of a kind ("sounds", "styles", "voices", "spaces") that a text names, in its order; no overlaps."""
    index = _index(kind)
    words = [(match.group().lower(), match.start(), match.end()) for match in _WORD.finditer(text)]
    stems = [stem(word) for word, _, _ in words]
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            entry = index.get(tuple(stems[at : at + length]))
            if entry is not None:
                mentions.append(
                    Mention(
                        entry=entry,
                        start=words[at][1],
                        end=words[at + length - 1][2],
                        count=_count_before(words, at),
                        denied=_denied_before(words, at),
                    )
                )
                at += length
                break
        else:
            at += 1
    return mentions


@cache
def stem(word: str) -> str:
    """A rough English stem, enough to bring "barks", "barked" and "barking" together; at least three letters."""
    word = word.lower().replace("'s", "")
    for ending, new in (("sses", "ss"), ("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) + len(new) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + new
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiouls":
        word = word[:-1]  # "slamm" from "slamming"
    return word[:-1] if len(word) > 3 and word.endswith("e") else word


_LONGEST = 7  # words in the longest phrase of an entry


@cache
def _index(kind: str) -> Mapping[tuple[str, ...], Entry]:
    index: dict[tuple[str, ...], Entry] = {}
    for entry in load_entries(kind).values():
        for phrase in entry.words:
            index.setdefault(tuple(stem(word) for word in _WORD.findall(phrase.lower())), entry)
    for entry in load_entries(kind).values():  # what the refiner writes for an entry always names that entry
        written = re.sub(r"^(?:an?|the) ", "", entry.phrase.lower())
        index.setdefault(tuple(stem(word) for word in _WORD.findall(written)), entry)
    return index


def _count_before(words: list[tuple[str, int, int]], at: int) -> int | None:
    for word, _, _ in reversed(words[max(0, at - 3) : at]):
        if word in _COUNTS:
            return _COUNTS[word]
        if word.isdecimal() and 0 < int(word) <= 20:
            return int(word)
    return None


def _denied_before(words: list[tuple[str, int, int]], at: int) -> bool:
    for word, _, _ in reversed(words[max(0, at - 3) : at]):
        if word in _DENIALS:
            return True
        if word not in _BETWEEN:
            return False
    return False


def named(mentions: Iterable[Mention]) -> list[Entry]:
    """The entries that are named and not denied, each once, in order of first mention."""
    return list({mention.entry.name: mention.entry for mention in mentions if not mention.denied}.values())
