"""Indirect speech made direct: "his mother tells him to wash his hands" says "Wash your hands, please."

In: a person's sentence in English. Out: `Told`: the lines that somebody may say for it, how they say it, and which
stretch of the text is about that and not heard otherwise. Which verbs tell what is data: `knowledge/reported.yaml`.
"""

import re
from dataclasses import dataclass

from audiogen_cli.knowledge.reported import Report, load_reports
from audiogen_cli.knowledge.stems import split_words, stem
from audiogen_cli.refiner.phrases import lower_first, sentence_case

_LONGEST = 14  # words of what is told; a line has 22
_ENDS = re.compile(
    r"\s*(?:,|\b(?:while|as|then|and then|over (?:the|a) \w+|in (?:the|a|an|his|her|their) (?:\w+ ){0,2}\w+|"
    r"in front of|at (?:the|a) \w+|on (?:the|a|stage|deck)|inside|during|"
    r"with (?:a|an|the|some|soft|loud|music|rain|background)|through (?:a|the)|before|until|from (?:the|a)|"
    r"no (?:music|\w+ music|background)|and (?:a|an|the|he|she|they|someone)|but)\b).*",
    re.IGNORECASE,
)
_ENDS_STATEMENT = re.compile(
    r"\s*(?:,|\b(?:while|then|and then|no music|but|with (?:a|an|the|some|soft|loud|music|background))\b).*",
    re.IGNORECASE,
)
_TO_SPEAKER = {
    "his": "my",
    "her": "my",
    "their": "our",
    "he": "I",
    "she": "I",
    "they": "we",
    "him": "you",
    "them": "you",
}
_TO_LISTENER = {
    **dict.fromkeys(("he", "she", "they", "him", "them", "i", "me"), "you"),
    **dict.fromkeys(("his", "her", "their", "my"), "your"),
    **dict.fromkeys(("himself", "herself"), "yourself"),
    "themselves": "yourselves",
}
_AUXILIARIES_TEXT = "is are was were am can could will would shall should has have had may might must does do did"
_AUXILIARIES = frozenset(_AUXILIARIES_TEXT.split())
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True)
class Told:
    """What is told to be said: the lines it may be said with, how, and the characters of the text that tell it."""

    lines: tuple[str, ...]
    how: str
    start: int
    end: int


def find_told(text: str) -> Told | None:
    """The first indirect speech of a text, or None; what does not fit into a line is none."""
    words = frozenset(split_words(text))
    stems = frozenset(map(stem, words))
    for report in load_reports():
        if not report.stems & stems or report.never & words or (report.only and not report.only & words):
            continue
        match = report.pattern.search(text)
        told = _told(report, match) if match is not None else None
        if told is not None:
            return told
    return None


def _told(report: Report, match: re.Match[str]) -> Told | None:
    found = match.groupdict().get("what")
    if found is None:
        lines = tuple(line for line in report.lines if "{what}" not in line and "{What}" not in line)
        return Told(lines, report.how, match.start(), match.end()) if lines else None
    kept = (_ENDS_STATEMENT if report.form in ("statement", "question") else _ENDS).sub("", found).strip()
    asked = match.groupdict().get("asked")
    what = _FORMED[report.form](f"{asked} {kept}".strip() if asked else kept)
    if not what or len(what.split()) > _LONGEST:
        return None
    this = re.sub(r"^(?:an?|the) ", "this ", what)
    lines = tuple(
        line.replace("{What}", sentence_case(what)).replace("{what}", what).replace("{this}", this)
        for line in report.lines
    )
    return Told(lines, report.how, match.start(), match.start("what") + len(kept))


def _statement(what: str) -> str:
    """What is stated of somebody as they would state it: "he is tired", "I am tired"."""
    what = re.sub(r"\bher(?=$| (?:and|so|very|too|more|with|for|to|from)\b)", "you", what, flags=re.IGNORECASE)
    words = _shifted(what, _TO_SPEAKER).split()
    first = what.split()[0].lower() if what else ""
    if first in ("he", "she") and len(words) > 1:
        verb = words[1].lower()
        plain = {"is": "am", "has": "have", "does": "do", "was": "was", "doesn't": "don't", "isn't": "am not"}.get(verb)
        if plain is None and verb not in _AUXILIARIES and verb.endswith("s") and not verb.endswith("ss"):
            plain = re.sub(r"(?<=ss|sh|ch)es$|s$", "", re.sub(r"ies$", "ys", verb))
        words[1] = plain or words[1]
    return " ".join(words)


def _order(what: str) -> str:
    """What somebody is told to do as they are told it: "to leave her alone", "leave me alone"."""
    what = re.sub(
        r"\b(?:him|her|them)(?=$| (?:alone|and|for|with|to|in|out|back)\b)", "\x00", what, flags=re.IGNORECASE
    )
    return _shifted(what, _TO_LISTENER).replace("\x00", "me")


def _question(what: str) -> str:
    """A question as it is asked: "why the sky is blue", "why is the sky blue"; "it is free", "is it free"."""
    words = _shifted(what, _TO_LISTENER).split()
    opening = 2 if words[:2] in (["what", "time"], ["how", "much"], ["how", "many"], ["how", "long"]) else 1
    opening = opening if words[0].lower() in ("why", "when", "where", "how", "what", "who", "which") else 0
    at = next((number for number, word in enumerate(words) if word.lower() in _AUXILIARIES), None)
    if at is None:
        subject = words[opening].lower()
        do = "do" if subject in ("you", "i", "we", "they") else "does"
        rest = words[opening:]
        if len(rest) > 1:
            rest[1] = re.sub(r"s$", "", rest[1]) if do == "do" else rest[1]
        return " ".join([*words[:opening], do, *rest]) if do == "do" else ""
    verb = (
        {"is": "are", "was": "were", "has": "have"}.get(words[at], words[at]) if words[at - 1] == "you" else words[at]
    )
    return " ".join([*words[:opening], verb, *words[opening:at], *words[at + 1 :]])


def _thing(what: str) -> str:
    """A thing as somebody asks for it or speaks of it; bare plurals and stuffs stay as they are."""
    return lower_first(_shifted(what, _TO_SPEAKER)) if not re.match(r"[A-Z][a-z]", what) else what


def _count(what: str) -> str:
    last = _number(what)
    return ", ".join(_NUMBERS[:last]) if last else ""


def _count_down(what: str) -> str:
    first = _number(what)
    return ", ".join(reversed(_NUMBERS[:first])) if first else ""


def _number(what: str) -> int:
    word = what.split()[0].lower() if what else ""
    number = int(word) if word.isdecimal() else _NUMBERS.index(word) + 1 if word in _NUMBERS else 0
    return number if number <= len(_NUMBERS) else 0


def _shifted(what: str, persons: dict[str, str]) -> str:
    """Words with their persons changed, as who says them or hears them would have it."""
    return re.sub(r"[^\W\d_]+", lambda word: persons.get(word.group().lower(), word.group()), what)


_FORMED = {
    "statement": _statement,
    "order": _order,
    "question": _question,
    "thing": _thing,
    "count": _count,
    "count_down": _count_down,
}
