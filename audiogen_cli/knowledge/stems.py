"""Words of a text and their rough English stems, the keys under which knowledge is found by word."""

import re
from functools import cache

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def split_words(text: str) -> list[str]:
    """The lower-case words of a text, hyphens parting them."""
    return WORD.findall(text.lower())


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
