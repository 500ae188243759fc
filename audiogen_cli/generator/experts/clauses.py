"""A view cut into clauses at the words that join them: what comes after, what at the same time, what instead.

In: free English and the places no cut may fall into. Out: `Clause`s in the order of the text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A stretch of a text, from character `start` to `end`."""

    link: str  # what joins it to the one before: "then", "after", "while", "or", "and"
    start: int
    end: int


_LINKS = {
    "then": r"(?:,\s*)?(?:and\s+)?\b(?:then|followed\s+by|after\s+that|afterwards?|thereafter|"
    r"next(?!\s+(?:to|door))|later|finally|eventually|subsequently|(?:leading|transition\w*|giv\w+\s+way|turn\w*)\s+(?:in)?to|ending\s+(?:with|in)|"
    r"ends\s+(?:with|in)|culminating\s+in|until|before)\b",
    "after": r"\b(?:after|following|preceded\s+by)\b",
    "while": r"\b(?:while|"
    r"(?<!\bclassified\s)(?<!\bidentified\s)(?<!\bdescribed\s)(?<!\bsuch\s)(?<!\bknown\s)(?<!\bas\s)"
    r"(?<!\bas\swell\s)as(?!\s+(?:well|if|though|\w+\s+as)\b)|during|amid(?:st)?|accompanied\s+by|punctuated\s+by|"
    r"mixed\s+with)\b",
    "or": r"(?:,\s*)?\bor\b|(?<=\w)/(?=\w)",
    "and": r"(?:,\s*)?\b(?:and|(?<!begins\s)(?<!starts\s)(?<!opens\s)(?<!consistent\s)with|plus|alongside|including|"
    r"as\s+well\s+as|such\s+as|but)\b|[,;/&+]|[.!?:]+(?=\s|$)|\s[-–—]\s|\n",
}
_SEPARATOR = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _LINKS.items()), re.IGNORECASE)


def cut_clauses(text: str, whole: Sequence[tuple[int, int]]) -> list[Clause]:
    """Cut a text at its links.

    Args:
        text: what is cut.
        whole: stretches that stay in one piece: a sound's own name ("rain and thunder"), "2-4 s and 6-8 s".
    """
    clauses, start, link = [], 0, "and"
    for found in _SEPARATOR.finditer(text):
        if not any(first < found.end() and found.start() < last for first, last in whole):
            clauses.append(Clause(link=link, start=start, end=found.start()))
            start, link = found.end(), str(found.lastgroup)
    clauses.append(Clause(link=link, start=start, end=len(text)))
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
