"""Which entries a text names, where, how often, and whether it denies them.

In: a text and entries. Out: `Mention`s in the order of the text. The longest phrase wins ("tin roof
rain" before "rain"), plural and -ing forms match their stem, and a denial ("no music", "without any
wind") is reported as such rather than lost. A word that is mostly something else ("low") names an entry only
where the entry lists it to the letter, and within an idiom ("vocal fry") no word does.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from audiogen_cli.knowledge.denials import denied_spans, is_denied
from audiogen_cli.knowledge.entries import Entry, load_entries
from audiogen_cli.knowledge.numbers import count_before
from audiogen_cli.knowledge.plain_words import idioms, plain_words
from audiogen_cli.knowledge.stems import WORD, split_words, stem

_LONGEST = 7  # words in the longest phrase of an entry
_OF_SOUND_VIEWS = ("sounds", "spaces")  # the kinds beside which plain words are mostly something else
_CLAUSE_END = re.compile(r"[,.;:!?()/+]|\s[-–—]\s|\n")


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
    matches = list(WORD.finditer(text))
    words = [match.group().lower() for match in matches]
    denied = denied_spans(text)
    mentions: list[Mention] = []
    at = 0
    while at < len(words):
        length, entry = _longest(words[at : at + _unbroken(text, matches, at)], kind)
        if entry is not None:
            start, end = matches[at].start(), matches[at + length - 1].end()
            mentions.append(
                Mention(
                    entry=entry,
                    start=start,
                    end=end,
                    count=count_before(WORD.findall(text[_clause_start(text, mentions, start) : start])),
                    denied=is_denied(text, start, end, denied),
                )
            )
        at += length
    return mentions


def named(mentions: Iterable[Mention]) -> list[Entry]:
    """The entries that are named and not denied, each once, in order of first mention."""
    return list({mention.entry.name: mention.entry for mention in mentions if not mention.denied}.values())


def _unbroken(text: str, matches: list[re.Match[str]], at: int) -> int:
    """How many words from a place on may name one thing: as far as no comma or slash parts them."""
    for number, (match, following) in enumerate(pairwise(matches[at : at + _LONGEST]), start=1):
        if _CLAUSE_END.search(text, match.end(), following.start()):
            return number
    return _LONGEST


def _longest(words: list[str], kind: str) -> tuple[int, Entry | None]:
    """How many of the first words belong together, and the entry they name; an idiom names none."""
    index = _index(kind)
    for length in range(len(words), 0, -1):
        run = tuple(words[:length])
        if run in index.literal:
            return length, index.literal[run]
        if run in idioms(kind):
            return length, None
        mostly_else = kind in _OF_SOUND_VIEWS and length == 1 and run[0] in plain_words()
        entry = None if mostly_else else index.stems.get(tuple(map(stem, run)))
        if entry is not None:
            return length, entry
    return 1, None


@dataclass(frozen=True)
class _Index:
    """Entries by the words that name them, as they stand and by their stems."""

    literal: Mapping[tuple[str, ...], Entry]
    stems: Mapping[tuple[str, ...], Entry]


@cache
def _index(kind: str) -> _Index:
    literal: dict[tuple[str, ...], Entry] = {}
    stems: dict[tuple[str, ...], Entry] = {}
    entries = load_entries(kind).values()
    phrases = [(phrase, entry) for entry in entries for phrase in entry.words]
    # What the refiner writes for an entry always names that entry.
    phrases += [(re.sub(r"^(?:an?|the) ", "", entry.phrase.lower()), entry) for entry in entries]
    for phrase, entry in phrases:
        words = tuple(split_words(phrase))
        literal.setdefault(words, entry)
        stems.setdefault(tuple(map(stem, words)), entry)
    return _Index(literal, stems)


def _clause_start(text: str, mentions: list[Mention], start: int) -> int:
    """Where the words begin that may count what stands at `start`: after the last sound named, the last comma."""
    begin = mentions[-1].end if mentions else 0
    return max([begin, *(cut.end() for cut in _CLAUSE_END.finditer(text, begin, start))])
