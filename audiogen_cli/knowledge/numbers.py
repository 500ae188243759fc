"""How many: the number words that stand before a sound, or say how often it comes.

In: English words. Out: numbers from 1 to 20; more of one sound is nobody's wish but a slip of the pen.
"""

import re
from collections.abc import Sequence

MOST = 20
"""More of one sound than this is not read as a number."""

_NUMBERS = {
    "one": 1,
    "single": 1,
    "two": 2,
    "pair": 2,
    "couple": 2,
    "double": 2,
    "both": 2,
    "three": 3,
    "triple": 3,
    "few": 3,
    "four": 4,
    "several": 4,
    "multiple": 4,
    "five": 5,
    "six": 6,
    "many": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "dozen": 12,
}
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_REPEATED = re.compile(
    rf"\b(?:(?P<word>once|twice|thrice)|(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)})(?:\s+(?:more\s+)?times|\s?[x×]))"
    r"(?!\w)|(?<!\w)[x×](?P<after>\d{1,2})\b",
    re.IGNORECASE,
)
_ENDS_REACH_TEXT = "a an another and or but with then while as by from in on at for to after before every each"
_ENDS_REACH = frozenset(_ENDS_REACH_TEXT.split())
_MEASURES_TEXT = "second seconds sec secs s minute minutes min hour hours bar bars beat beats step steps"
_MEASURES = frozenset(_MEASURES_TEXT.split())
_REACH = 3  # words from a number to what it counts: "three very loud knocks"


def read_number(word: str) -> int | None:
    """The number a word names, in letters or figures; None where it names none, or one beyond `MOST`."""
    word = word.lower()
    if word.isdecimal():
        return int(word) if 0 < int(word) <= MOST else None
    return _NUMBERS.get(word)


def count_before(words: Sequence[str]) -> int | None:
    """The number that counts what follows some words of its clause; not the seconds of "two seconds of rain"."""
    following = ""
    for word in reversed(words[-_REACH:]):
        if word.lower() in _ENDS_REACH:
            return None
        number = read_number(word)
        if number is not None:
            return None if following in _MEASURES else number
        following = word.lower()
    return None


def read_times(text: str) -> int | None:
    """How often something comes, where a text says so: "twice", "three times", "2x"."""
    found = _REPEATED.search(text)
    if found is None:
        return None
    if found["word"]:
        return _TIMES[found["word"].lower()]
    return read_number(found["number"] or found["after"])
