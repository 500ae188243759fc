"""What the words around a sound say of it: how often, how near, which way it moves, how loud.

In: the clause of a view in which the sound is named. Out: `Manner`, the sound designer's reading of it.
"""

import re
from dataclasses import dataclass

MAX_COUNT = 20
"""More of one sound than this is nobody's wish but a slip of the pen."""


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a sound is to be heard."""

    count: int | None = None  # None leaves it to the sound's own habit
    lasting: str = "usual"  # "once", "often" (again and again), "rare" (now and then)
    where: str | None = None  # "start" or "end" of the clip
    nearness: str = "usual"  # "far", "near", "outside" (beyond the walls)
    motion: str | None = None  # "passing", "approaching", "receding"
    pan: float | None = None  # where it is, or begins to move
    gain_db: float = 0.0  # "faint", "loud"


def read_manner(around: str, *, before: str, whole: str) -> Manner:
    """Read the manner of one sound.

    Args:
        around: its clause without the sounds' own names: "distant thunder" may be a sound by itself.
        before: the words of the clause up to the sound, for its number.
        whole: the clause as it stands; a movement may be part of a sound's name.
    """
    times = _TIMES.search(around)
    count = _count(before)
    if times is not None:
        number = times.group(1).lower().split()[0]
        count = _NUMBERS.get(number) or int(number)
    motions = {"approaching": _APPROACHING, "receding": _RECEDING, "passing": _PASSING}
    lasting = {"rare": _RARE, "often": _OFTEN, "once": _ONCE}
    nearness = {"far": _FAR, "outside": _OUTSIDE, "near": _NEAR}
    return Manner(
        count=None if count is None else max(1, min(count, MAX_COUNT)),
        lasting=_first(lasting, around) or "usual",
        where=_first({"end": _END, "start": _START}, around),
        nearness=_first(nearness, around) or "usual",
        motion=_first(motions, whole),
        pan=-0.8 if _LEFT.search(around) else 0.8 if _RIGHT.search(around) else None,
        gain_db=(2.5 if _LOUD.search(around) else 0.0) - (4.0 if _SOFT.search(around) else 0.0),
    )


def _first(patterns: dict[str, re.Pattern[str]], text: str) -> str | None:
    return next((name for name, pattern in patterns.items() if pattern.search(text)), None)


def _count(before: str) -> int | None:
    """The number that stands right before a sound, at most three words ahead of it."""
    for word in reversed(re.findall(r"[a-z]+|\d+", before.lower())[-3:]):
        if word in _NUMBERS and word not in ("once", "twice", "thrice"):
            return _NUMBERS[word]
        if word in _SOME:
            return _SOME[word]
        if word.isdigit() and 0 < int(word) <= MAX_COUNT:
            return int(word)
    return None


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
_ONCE = _pattern(r"sudden(?:ly)?|once|single|brief(?:ly)?|abrupt(?:ly)?|one")
_END = _pattern(r"at the (?:very )?end|finally|ends? with|ending|in the end|to finish|last")
_START = _pattern(
    r"at the (?:start|beginning|outset)|begins? with|starts? with|opens with|opening|initial(?:ly)?|first"
)
_LOUD = _pattern(r"loud(?:ly|er)?|booming|thunderous|deafening|powerful|massive|huge|intense")
_SOFT = _pattern(
    r"soft(?:ly)?|quiet(?:ly)?|faint(?:ly)?|gentle|gently|subtle|subdued|low|barely audible|light(?:ly)?|background"
)
_LEFT = _pattern(r"left to right|(?:on|to|from|at) (?:the|my|your) left|left side")
_RIGHT = _pattern(r"right to left|(?:on|to|from|at) (?:the|my|your) right|right side")
_TIMES = _pattern(r"(once|twice|thrice|(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) times)")
_NUMBERS = {
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
}
_SOME = {
    "single": 1,
    "pair": 2,
    "couple": 2,
    "double": 2,
    "triple": 3,
    "few": 3,
    "several": 4,
    "many": 6,
    "multiple": 4,
}
