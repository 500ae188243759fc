"""What the words around a sound say of it: how often, how near, which way it moves, how loud.

In: the clause of a view in which the sound is named. Out: `Manner`, the sound designer's reading of it.
"""

import re
from dataclasses import dataclass

from audiogen_cli.generator.experts.clock import Span, read_spans
from audiogen_cli.knowledge.numbers import read_times


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a sound is to be heard."""

    count: int | None = None  # None leaves it to the sound's own habit
    lasting: str = "usual"  # "once", "often" (again and again), "rare" (now and then)
    where: str | None = None  # "start", "middle" or "end" of the clip
    spans: tuple[Span, ...] = ()  # the seconds that are told, each of which it sounds in
    nearness: str = "usual"  # "far", "near", "outside" (beyond the walls)
    motion: str | None = None  # "passing", "approaching", "receding"
    pan: float | None = None  # where it is, or begins to move
    gain_db: float = 0.0  # "faint", "loud"


def read_manner(around: str, *, count: int | None, whole: str) -> Manner:
    """Read the manner of one sound.

    Args:
        around: its clause without the sounds' own names: "distant thunder" may be a sound by itself.
        count: the number that stands before it.
        whole: the clause as it stands; a movement may be part of a sound's name.
    """
    motions = {"approaching": _APPROACHING, "receding": _RECEDING, "passing": _PASSING}
    lasting = {"rare": _RARE, "often": _OFTEN, "once": _ONCE}
    nearness = {"far": _FAR, "outside": _OUTSIDE, "near": _NEAR}
    return Manner(
        count=read_times(around) or count,
        lasting=_first(lasting, around) or "usual",
        where=_first({"middle": _MIDDLE, "end": _END, "start": _START}, around),
        spans=read_spans(around),
        nearness=_first(nearness, around) or "usual",
        motion=_first(motions, whole),
        pan=-0.8 if _LEFT.search(around) else 0.8 if _RIGHT.search(around) else None,
        gain_db=(2.5 if _LOUD.search(around) else 0.0) - (4.0 if _SOFT.search(around) else 0.0),
    )


def _first(patterns: dict[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


_FAR = _pattern(
    r"distant(?:ly)?|in the (?:far )?distance|far(?:[- ](?:away|off))?|remote|from afar|on the horizon|blocks away"
)
_OUTSIDE = _pattern(
    r"outside|beyond the (?:walls?|windows?)|through (?:the|a) (?:walls?|windows?|doors?)|muffled|next door"
)
_NEAR = _pattern(
    r"nearby|close[- ](?:up|by|to|range|miked|mic)|up close|very close|in (?:the )?foreground|right (?:beside|next to)"
)
_PASSING = _pattern(
    r"pass(?:es|ing|ed)?|(?:driv|fly|rush|whoosh|speed|zoom|roar|race|rac|cruis)(?:es|e|s|ing)?"
    r" (?:by|past|over|overhead)|flies (?:by|past|over|overhead)|left to right|right to left|overhead|flyover|fly-?by"
)
_APPROACHING = _pattern(
    r"approach(?:es|ing)?|(?:com|gett)(?:es|ing|ets) (?:closer|nearer)|draw(?:s|ing) near(?:er)?|"
    r"nearing|arriv(?:es|ing)"
)
_RECEDING = _pattern(
    r"reced(?:es|ing)|(?:driv|walk|mov|fad|run|gallop|fly|sail|trot)(?:es|s|ing|e)? (?:away|off)|flies (?:away|off)|"
    r"into the distance|depart(?:s|ing)"
)
_OFTEN = _pattern(
    r"continu(?:ous|ously|al|ally|ing)|constant(?:ly)?|stead(?:y|ily)|persistent(?:ly)?|ongoing|endless(?:ly)?|"
    r"throughout|non-?stop|relentless(?:ly)?|sustained|unbroken|repeated(?:ly)?|repetitive|rhythmic(?:ally)?|"
    r"incessant(?:ly)?|regular(?:ly)?"
)
_RARE = _pattern(
    r"occasional(?:ly)?|intermittent(?:ly)?|sporadic(?:ally)?|now and then|from time to time|sparse|"
    r"once in a while|scattered"
)
_ONCE = _pattern(r"sudden(?:ly)?|once|single|isolated|brief(?:ly)?|abrupt(?:ly)?|one")
_MIDDLE = _pattern(
    r"mid-?(?:point|recording|segment|section|way|sequence|clip|conversation)|(?:in|at|near) the middle|halfway"
)
_END = _pattern(
    r"at the (?:very )?end|finally|ends? with|ending|in the end|to finish|last|"
    r"(?:final|latter|later|late|concluding) (?:\w+ )?(?:half|part|segments?|sections?|portion|seconds|"
    r"moments?|stages?)"
)
_START = _pattern(
    r"at the (?:start|beginning|outset)|begins? with|starts? with|opens with|opening|initial(?:ly)?|first|"
    r"early (?:half|part|segments?|sections?|portion)"
)
_LOUD = _pattern(r"loud(?:ly|er)?|booming|thunderous|deafening|powerful|massive|huge|intense")
_SOFT = _pattern(
    r"soft(?:ly)?|quiet(?:ly)?|faint(?:ly)?|gentle|gently|subtle|subtly|subdued|"
    r"low(?![- ](?:frequency|pitched|end|fidelity))|barely audible|light(?:ly)?|background|mild(?:ly)?|"
    r"minor|slight(?:ly)?|muted"
)
_LEFT = _pattern(r"left to right|(?:on|to|from|at) (?:the|my|your) left|left side")
_RIGHT = _pattern(r"right to left|(?:on|to|from|at) (?:the|my|your) right|right side")
