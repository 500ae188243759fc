"""A view's words read as sounds that are asked for: which, how often, in which order, near or far, moving or not.

In: the SFX or the ENV view, free English. Out: a `Reading`: what is asked for, what is denied and what could
not be understood. Which entry a word names is decided in `knowledge.mentions`, when it sounds in `arrangement`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from audiogen_cli.knowledge.entries import Entry, read_yaml
from audiogen_cli.knowledge.mentions import Mention, find_mentions, stem


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One sound that a view asks for."""

    entry: Entry
    step: int  # what has a higher step comes after everything of a lower one
    together: bool = False  # sounds while the one before it does ("while", "as")
    count: int | None = None  # None leaves it to the sound's own habit
    lasting: str = "usual"  # "once", "often" (again and again), "rare" (now and then)
    where: str | None = None  # "start" or "end" of the clip
    nearness: str = "usual"  # "far", "near", "outside" (beyond the walls)
    motion: str | None = None  # "passing", "approaching", "receding"
    pan: float | None = None  # where it is, or begins to move
    gain_db: float = 0.0  # "faint", "loud"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a view asks for."""

    asked: tuple[Asked, ...] = ()
    denied: frozenset[str] = frozenset()  # names of entries: "no birds"
    unknown: tuple[str, ...] = ()  # what names a sound that no entry has, in the view's own words
    unsure: tuple[str, ...] = ()  # words beside a known sound that were not understood


@dataclass(frozen=True, kw_only=True)
class _Clause:
    link: str  # what joins it to the clause before
    start: int
    end: int


_LINKS = (
    (
        "then",
        r"(?:,\s*)?(?:and\s+)?\b(?:then|followed\s+by|after\s+that|afterwards?|thereafter|next|later|finally|"
        r"eventually|subsequently|leading\s+to|ending\s+(?:with|in)|ends\s+(?:with|in)|culminating\s+in|until|before)\b",
    ),
    ("after", r"\b(?:after|following|preceded\s+by)\b"),
    ("while", r"\b(?:while|as|during|amid(?:st)?|over|accompanied\s+by|punctuated\s+by|mixed\s+with|beneath|under)\b"),
    ("and", r"(?:,\s*)?\b(?:and|with|plus|alongside|including|or|but)\b|[,;/&+]|[.!?:]+(?=\s|$)|\s[-–—]\s|\n"),
)
_SEPARATOR = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _LINKS), re.IGNORECASE)


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
    r"approach(?:es|ing)?|(?:com|gett)(?:es|ing|ets) (?:closer|nearer)|draw(?:s|ing) near(?:er)?|nearing|arriv(?:es|ing)"
)
_RECEDING = _pattern(
    r"reced(?:es|ing)|(?:driv|walk|mov|fad|run|gallop|fly|sail|trot)(?:es|s|ing|e)? (?:away|off)|flies (?:away|off)|"
    r"into the distance|depart(?:s|ing)"
)
_OFTEN = _pattern(
    r"continu(?:ous|ously|al|ally|ing)|constant(?:ly)?|stead(?:y|ily)|persistent(?:ly)?|ongoing|endless(?:ly)?|throughout|"
    r"non-?stop|relentless(?:ly)?|sustained|unbroken|repeated(?:ly)?|repetitive|rhythmic(?:ally)?|incessant(?:ly)?|regular(?:ly)?"
)
_RARE = _pattern(
    r"occasional(?:ly)?|intermittent(?:ly)?|sporadic(?:ally)?|now and then|from time to time|sparse|once in a while|scattered"
)
_ONCE = _pattern(r"sudden(?:ly)?|once|single|brief(?:ly)?|abrupt(?:ly)?|one")
_END = _pattern(r"at the (?:very )?end|finally|ends? with|ending|in the end|to finish|last")
_START = _pattern(r"at the (?:start|beginning|outset)|begins? with|starts? with|opening|initial(?:ly)?|first")
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
_PLACE = frozenset(
    ["on", "in", "at", "from", "across", "through", "against", "into", "onto", "under", "near", "behind", "inside", "outside", "along", "by", "beside", "around", "within"]
)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_MAX_COUNT = 20


def read_sounds(text: str) -> Reading:
    """Read what a view asks to be heard."""
    mentions = find_mentions(text, "sounds")
    denied = frozenset(mention.entry.name for mention in mentions if mention.denied)
    asked: list[Asked] = []
    unknown: list[str] = []
    unsure: list[str] = []
    step, pending = 0, ""
    owed = False  # "after the bell, a door": the step follows with the next clause
    for clause in _clauses(text, mentions):
        here = _heads(text, clause, [mention for mention in mentions if clause.start <= mention.start < clause.end])
        said = text[clause.start : clause.end]
        outside = _without(text, clause, here)
        if not here:
            words = _content(said)
            unknown += [] if _DENIAL.search(said) else words
            pending = "" if words else f"{pending} {said}"
            if clause.link == "then" and asked:
                step += 1
            continue
        before = len(asked)
        together = clause.link == "while" and bool(asked)
        if (clause.link == "then" and asked) or owed:
            step += 1
        owed = False
        if clause.link == "after":
            if asked:
                last = max(item.step for item in asked)
                asked = [replace(item, step=item.step + 1) if item.step == last else item for item in asked]
                step = last
            else:
                owed = True
        for mention in here:
            if not mention.denied:
                count = _count(text[clause.start : mention.start])
                asked.append(
                    _describe(mention, count, step, together and len(asked) == before, f"{pending} {outside}", said)
                )
        if clause.link == "after" and not owed:
            asked = sorted(asked, key=lambda item: item.step)
            step = max((item.step for item in asked), default=0)
        unsure += _modifiers(text, clause, here)
        pending = ""
    return Reading(
        asked=tuple(asked), denied=denied, unknown=tuple(dict.fromkeys(unknown)), unsure=tuple(dict.fromkeys(unsure))
    )


_DENIAL = _pattern("no|not|without|never|minus|lacking")


def _clauses(text: str, mentions: Sequence[Mention]) -> list[_Clause]:
    """The text cut at its links; a link inside a sound's own name ("rain and thunder") cuts nothing."""
    clauses, start, link = [], 0, "and"
    for found in _SEPARATOR.finditer(text):
        if any(mention.start < found.end() and found.start() < mention.end for mention in mentions):
            continue
        clauses.append(_Clause(link=link, start=start, end=found.start()))
        start, link = found.end(), str(found.lastgroup)
    clauses.append(_Clause(link=link, start=start, end=len(text)))
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


def _without(text: str, clause: _Clause, here: Sequence[Mention]) -> str:
    """The clause's words outside the sounds' own names: "distant thunder" may be a sound of its own."""
    said, at = "", clause.start
    for mention in here:
        said += text[at : mention.start] + " # "
        at = mention.end
    return said + text[at : clause.end]


def _heads(text: str, clause: _Clause, here: Sequence[Mention]) -> list[Mention]:
    """The mentions of a clause that sound, without those that only say where or how another one does.

    "knocks on a wooden door" has no door that closes, "steps on gravel" are steps of one kind, and in
    "the wind howls" no wolf does.
    """
    kept: list[Mention] = []
    for mention in here:
        if not kept:
            kept.append(mention)
            continue
        last = kept[-1]
        between = text[last.end : mention.start]
        named = text[mention.start : mention.end].lower()
        words = {word.lower() for word in _WORD.findall(between)}
        if mention.entry == last.entry or (" " not in named and named in _plain_words() and not mention.denied):
            continue
        same_model = mention.entry.params.get("model", 0) == last.entry.params.get("model", 1)
        if words & _PLACE:
            if same_model:
                kept[-1] = replace(mention, denied=last.denied)
            elif mention.entry.params.get("kind") == "bed":
                kept.append(mention)
            continue
        verb = not between.strip() and " " not in named and re.search(r"(?:s|ing|ed)$", named) is not None
        if verb and mention.entry.family != last.entry.family:
            continue
        kept.append(mention)
    return kept


def _count(before: str) -> int | None:
    """The number that stands right before a sound, at most three words ahead of it."""
    for word in reversed(re.findall(r"[a-z]+|\d+", before.lower())[-3:]):
        if word in _NUMBERS and word not in ("once", "twice", "thrice"):
            return _NUMBERS[word]
        if word in _SOME:
            return _SOME[word]
        if word.isdigit() and 0 < int(word) <= _MAX_COUNT:
            return int(word)
    return None


def _describe(mention: Mention, count: int | None, step: int, together: bool, said: str, whole: str) -> Asked:
    """One asked sound; `said` is its clause without the sounds' own names, `whole` the clause as it stands."""
    times = _TIMES.search(said)
    if times is not None:
        number = times.group(1).lower().split()[0]
        count = _NUMBERS.get(number) or int(number)
    motion = None
    for name, pattern in (("approaching", _APPROACHING), ("receding", _RECEDING), ("passing", _PASSING)):
        if motion is None and pattern.search(whole):
            motion = name
    pan = -0.8 if _LEFT.search(said) else 0.8 if _RIGHT.search(said) else None
    nearness = (
        "far"
        if _FAR.search(said)
        else "outside"
        if _OUTSIDE.search(said)
        else "near"
        if _NEAR.search(said)
        else "usual"
    )
    lasting = (
        "rare" if _RARE.search(said) else "often" if _OFTEN.search(said) else "once" if _ONCE.search(said) else "usual"
    )
    return Asked(
        entry=mention.entry,
        step=step,
        together=together,
        count=None if count is None else max(1, min(count, _MAX_COUNT)),
        lasting=lasting,
        where="end" if _END.search(said) else "start" if _START.search(said) else None,
        nearness=nearness,
        motion=motion,
        pan=pan,
        gain_db=(2.5 if _LOUD.search(said) else 0.0) - (4.0 if _SOFT.search(said) else 0.0),
    )


def _content(said: str) -> list[str]:
    """What a clause without any known sound names: its nouns up to the first place ("a theremin on a stage"), joined."""
    head: list[str] = []
    leftover: list[str] = []
    words = list(_WORD.finditer(said))
    for match, following in zip(words, [*words[1:], None]):
        word = match.group().lower()
        if word in _PLACE:
            break
        adjective = re.search(r"(?:al|ous|ive|ful|ic|able|ible|less|ish)$", word) and following is not None
        if _is_plain(word) or adjective:
            continue
        (leftover if re.search(r"(?:ing|ed|ly)$", word) else head).append(match.group())
    found = head or [word for word in leftover if not word.lower().endswith("ly")][:1]
    return [" ".join(found)] if found else []


def _modifiers(text: str, clause: _Clause, here: Sequence[Mention]) -> list[str]:
    """Nouns right before a known sound that are no part of it: "dinosaur" in "dinosaur roar"."""
    found = []
    for mention in here:
        words = [match for match in _WORD.finditer(text, clause.start, mention.start)][-1:]
        for match in words:
            word = match.group().lower()
            adjacent = text[match.end() : mention.start].strip(" '’s") == ""
            if adjacent and not _is_plain(word) and not re.search(r"(?:ing|ed|ly|y|al|ous|ive|ful|ish|less)$", word):
                inside = any(other.start <= match.start() < other.end for other in here)
                if not inside and not mention.denied:
                    found.append(f"{match.group()} {text[mention.start : mention.end]}")
    return found


def _is_plain(word: str) -> bool:
    plain = _plain_words()
    return len(word) < 3 or word in plain or stem(word) in plain or all(part in plain for part in word.split("-"))


@cache
def _plain_words() -> frozenset[str]:
    file = resources.files("audiogen_cli.knowledge") / "plain_words.yaml"
    groups = read_yaml(file.read_text("utf-8"), source="plain_words.yaml")
    words = frozenset(word for group in groups.values() for word in str(group).split())
    return words | frozenset(stem(word) for word in words)
