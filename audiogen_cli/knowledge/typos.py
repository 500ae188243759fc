"""A mistyped word put right: "thunderstrom" is a thunderstorm, "montains" are mountains.

In: a word that nothing is known about. Out: the one known word that a single slip of the fingers makes of it: two
letters swapped, one left out, one too many or one wrong. Short words are left alone, for too much is near them.
"""

from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase

from audiogen_cli.knowledge.matching import scene_index

_SHORTEST = 6  # letters


def mend_typo(word: str) -> str | None:
    """The known word that is meant, or None where none or more than one is a slip away."""
    word = word.lower()
    if len(word) < _SHORTEST or not word.isascii() or not word.isalpha():
        return None
    near = {slip for slip in _slips(word) if slip[0] == word[0] and _is_known(slip)}
    return near.pop() if len(near) == 1 else None


@cache
def _is_known(word: str) -> bool:
    return scene_index().get([word]) is not None


def _slips(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        left, right = word[:at], word[at:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        if right:
            yield left + right[1:]
        for letter in ascii_lowercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
