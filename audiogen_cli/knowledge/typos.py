"""A mistyped word put right: "thunderstrom" is a thunderstorm, "montains" are mountains.

In: a word that nothing is known about. Out: the one known word that a single slip of the fingers makes of it: two
letters swapped, one left out, one doubled, a wrong vowel, or the key beside the right one. Words of their own that are
one letter off ("closer" is no closet) stand in `true_words.txt`. Short words are left alone: too much is near them.
"""

from collections.abc import Iterator
from functools import cache
from importlib import resources
from string import ascii_lowercase

from audiogen_cli.knowledge.matching import scene_index

_SHORTEST = 6  # letters
_VOWELS = "aeiou"
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def mend_typo(word: str) -> str | None:
    """The known word that is meant, or None where none or more than one is a slip away."""
    word = word.lower()
    if len(word) < _SHORTEST or not word.isascii() or not word.isalpha():
        return None
    if word in _true_words():
        return None
    near = {slip for slip in _slips(word) if slip[0] == word[0] and _is_known(slip)}
    return near.pop() if len(near) == 1 else None


@cache
def _true_words() -> frozenset[str]:
    """Words that are no slip though one letter from a known word."""
    text = (resources.files("audiogen_cli.knowledge") / "true_words.txt").read_text("utf-8")
    return frozenset(word for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def _is_known(word: str) -> bool:
    return scene_index().holds(word)


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if right and right[0] in (left[-1:], *_beside(left[-1:]), *_beside(right[1:2])):
            yield left + right[1:]
        for letter in ascii_lowercase:
            yield left + letter + right
        for letter in _VOWELS if right[:1] in _VOWELS and right else _beside(right[:1]):
            yield left + letter + right[1:]


def _beside(letter: str) -> str:
    """The keys left and right of a letter."""
    row = next((row for row in _KEYS if letter and letter in row), "")
    at = row.find(letter)
    return row[max(0, at - 1) : at] + row[at + 1 : at + 2] if row else ""
