"""The seconds that a text names: "(2-4s and 6-8s)", "at 5 seconds", "during the first 6 seconds".

In: free English. Out: `Span`s, and where in the text they are told, for no number of theirs counts sounds.
"""

import re
from dataclasses import dataclass

_FIGURE = r"\d{1,3}(?:\.\d+)?"
_UNIT = r"\s?(?:s|secs?|seconds?)\b(?:\s*(?:range|interval|window|marks?))?"
_RANGE = rf"(?P<start>{_FIGURE}){{unit}}\s*(?:-|–|—|to|and|until)\s*(?P<end>{_FIGURE}){_UNIT}"
_TOLD = re.compile(
    "|".join(
        (
            rf"(?<![\w.]){_RANGE.replace('{unit}', f'(?:{_UNIT})?')}",
            rf"\b(?:in|during|for|over|within)?\s*(?:the\s+)?first\s+(?P<first>{_FIGURE}|two|three|four|five|six){_UNIT}",
            rf"\b(?:at|around|after)\s+(?:the\s+)?(?P<at>{_FIGURE}){_UNIT}",
        )
    ),
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:during|throughout|until|in|at|near|towards?|before)\s+(?:the\s+)?(?:very\s+)?(?:first|initial|early|mid\S*|"
    r"latter|later|final|last|concluding|closing|opening)\s+(?:\w+\s+)?"
    r"(?:half|parts?|segments?|sections?|portions?|seconds?|moments?|stages?|clip|recording)\b",
    re.IGNORECASE,
)
_LETTERS = {"two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0}


@dataclass(frozen=True, kw_only=True)
class Span:
    """From which second of the clip to which; the same twice for a moment."""

    start_s: float
    end_s: float


def read_spans(text: str) -> tuple[Span, ...]:
    """The times of a text in its order; a range that runs backwards is none."""
    spans = []
    for told in _TOLD.finditer(text):
        if told["first"]:
            first = told["first"].lower()
            start_s, end_s = 0.0, _LETTERS[first] if first in _LETTERS else float(first)
        else:
            start_s = float(told["at"] or told["start"])
            end_s = float(told["at"] or told["end"])
        if start_s <= end_s:
            spans.append(Span(start_s=start_s, end_s=end_s))
    return tuple(spans)


def told_times(text: str) -> list[tuple[int, int]]:
    """Where times stand in a text ("at 4 s", "in the final segment"), in characters; joined neighbours as one."""
    places: list[tuple[int, int]] = []
    for told in sorted((*_TOLD.finditer(text), *_PART.finditer(text)), key=re.Match.start):
        if places and re.fullmatch(r"\s*(?:,|and|,\s*and|&)?\s*", text[places[-1][1] : told.start()]):
            places[-1] = (places[-1][0], told.end())
        else:
            places.append(told.span())
    return places
