"""Which stretches of a text are denied: "no birds", "without traffic, wind or rain", "minimal background noise".

In: English text. Out: the character spans of what is said not to be heard. A denial reaches to the end of its
noun phrase, and on through a list whose parts are joined by "or"; next to nothing counts as nothing.
"""

import re
from functools import cache

from audiogen_cli.knowledge.plain_words import plain_qualities

_OPENING = re.compile(
    r"\b(?:no(?!\s+(?:longer|sooner|less|more\s+than|fewer|doubt|one\b))|not(?!\s+(?:only|just|merely|so|too|far))|"
    r"without|never|nor|neither|minus|lacking|lacks?(?:\s+of)?|excluding|except(?:\s+for)?|free\s+(?:of|from)|"
    r"devoid\s+of|absence\s+of|absent|minimal(?:ly)?|negligible|(?:hardly|barely|scarcely)\s+any|"
    r"(?:low|little|limited|scant|reduced)(?=\s+(?:\w+\s+)?(?:noise|reverb\w*|echo\w*|ambien\w+|interference)\b))(?![\w-])",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\s*(?:,\s*)?\b(?P<word>or|nor|and)\b\s*|\s*(?P<comma>,)\s*", re.IGNORECASE)
_ENDING = re.compile(
    r"[.;:!?()]|\s[-–—]\s|\b(?:but|while|then|just|only|as|with|that|which|who|from|in|on|at|over|under|during|except|"
    r"suggest\w*|indicat\w*|is|are|was|were)\b",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"(?P<said>[^\W_]+(?:[ ][^\W_]+)?)\s+(?:(?:is|are|was|were|being)\s+)?"
    r"(?:absent|inaudible|not\s+(?:heard|audible|present|there))\b",
    re.IGNORECASE,
)
_BETWEEN_TEXT = (
    "a an the any some more much many other further additional kind kinds sort of sound sounds noise noises sign signs "
    "trace traces hint audible discernible detectable noticeable significant measurable extraneous"
)
_BETWEEN = frozenset(_BETWEEN_TEXT.split())
_MOST_WORDS = 6  # of one part of a list of what is denied


def denied_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each stretch of a text that is denied, in characters."""
    spans = [found.span("said") for found in _AFTERWARDS.finditer(text)]
    for opening in _OPENING.finditer(text):
        ending = _ENDING.search(text, opening.end())
        end = ending.start() if ending else len(text)
        spans += _listed(text, opening.end(), end, through_and=opening.group().lower() in ("without", "lacking"))
    return spans


def is_denied(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether what stands from `start` to `end` is denied, and not merely near something that is."""
    return any(
        first <= start and end <= last and all(_may_stand_between(word) for word in text[first:start].split())
        for first, last in spans
    )


def _listed(text: str, start: int, end: int, *, through_and: bool) -> list[tuple[int, int]]:
    """The parts of the list that a denial opens: the first, and what an "or" ties to it."""
    parts, joins, at = list[tuple[int, int]](), list[str](), start
    for found in _JOIN.finditer(text, start, end):
        parts.append((at, found.start()))
        joins.append("," if found["comma"] else found["word"].lower())
        at = found.end()
    parts.append((at, end))
    last = 0
    for number, join in enumerate(joins, start=1):
        if len(text[slice(*parts[number])].split()) > _MOST_WORDS:
            break
        if join in ("or", "nor") or (join == "and" and through_and):
            last = number
        elif join != ",":
            break
    return parts[: last + 1]


@cache
def _may_stand_between(word: str) -> bool:
    word = word.lower().strip("'\"")
    return word in _BETWEEN or word in plain_qualities()
