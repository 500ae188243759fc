"""A person's words understood: which concepts they name, in which order, what they deny and quote.

In: text in any language. Out: an `Idea`. English is read by the lexicon; other languages are first put
into English words by `knowledge.languages`, which is enough for a scene though not for a sentence.
What is made of an idea is the business of `composing`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from audiogen_cli.knowledge.languages import put_into_english
from audiogen_cli.knowledge.matching import expand
from audiogen_cli.knowledge.typos import mend_typo
from audiogen_cli.refiner.indirect import Told, find_told
from audiogen_cli.refiner.reading import Found, find_concepts, hummed, join_compounds
from audiogen_cli.refiner.wording import clean_text, find_quotes, own_words, reported_words, topic_of, without_quotes

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,.;:!?–—]")
_ORDER_TEXT = """
then followed before after finally next suddenly afterwards later first
"""
_ORDER = frozenset(_ORDER_TEXT.split())


@dataclass(frozen=True)
class Idea:
    """What was understood of a text."""

    text: str
    language: str  # "english", or that of the language file it was read by
    english: str  # the words that were read: the person's own, or their translation
    own_words: str  # the person's sentence, cleaned for a caption; empty where it is not English
    tokens: tuple[str, ...]
    found: tuple[Found, ...]
    quotes: tuple[str, ...] = ()  # to be spoken verbatim
    denied_views: frozenset[str] = frozenset()
    ordered: bool = False  # "then", "followed by"
    only: bool = False  # "only rain", "just a piano"
    topic: str = ""  # "... about football"
    told: Told | None = None  # what somebody is told to say: "asks why the sky is blue"
    unknown: tuple[str, ...] = ()  # words of weight that nothing is known about
    mended: Mapping[str, str] = field(default_factory=dict)  # mistyped words to what they were read as

    @property
    def wanted(self) -> tuple[Found, ...]:
        """What is named and not denied."""
        return tuple(found for found in self.found if not found.denied)

    @property
    def names(self) -> frozenset[str]:
        """The names of all wanted concepts, and of what they also are."""
        return frozenset(name for found in self.wanted for name in expand(found.concept))

    def of(self, *roles: str) -> list[Found]:
        """The wanted concepts of some roles that are to be heard, in the idea's order."""
        return [found for found in self.wanted if found.concept.role in roles and not found.spoken_of]


def understand(text: str) -> Idea:
    """Read a person's words."""
    clean = clean_text(text)
    quotes = find_quotes(clean)
    told = without_quotes(clean)
    language, english, untranslated = put_into_english(told)
    if language == "english" and not quotes:
        quotes, told = reported_words(told)
        english = told
    mended: dict[str, str] = {}
    if language == "english":
        unknown = find_concepts(tuple(_TOKEN.findall(english)))[2]
        mended = {word: meant for word in unknown if (meant := mend_typo(word)) is not None}
        told, english = (_with_words(part, mended) for part in (told, english))
    tokens = tuple(_TOKEN.findall(english))
    found, denied_views, unknown = find_concepts(tokens)
    unknown = (*unknown, *untranslated)
    found = hummed(join_compounds(found) if language == "english" else found)
    lowered = {token.lower() for token in tokens}
    topic = topic_of(told) if language == "english" else ""
    if topic:
        start = min(lowered_at(tokens, "about"), lowered_at(tokens, "for"))
        end = start + 1 + len(_TOKEN.findall(topic))
        found = tuple(replace(item, spoken_of=start < item.start < end) for item in found)
    reported = find_told(english) if language == "english" and not quotes else None
    if reported is not None:
        ends = token_spans(english)
        found = tuple(
            replace(item, spoken_of=True)
            if item.concept.role not in ("speaking", "manners", "places")
            and reported.start <= ends[item.start][0]
            and ends[item.end - 1][1] <= reported.end
            else item
            for item in found
        )
    return Idea(
        text=text,
        language=language,
        english=english,
        tokens=tokens,
        found=found,
        quotes=quotes,
        denied_views=denied_views,
        own_words=own_words(told, quoted=bool(quotes)) if language == "english" else "",
        ordered=bool(lowered & _ORDER),
        only=bool(lowered & {"only", "just", "solely"}),
        topic=topic,
        told=reported,
        unknown=unknown,
        mended=mended,
    )


def _with_words(text: str, mended: Mapping[str, str]) -> str:
    """A text with its mistyped words put right."""
    for word, meant in mended.items():
        text = re.sub(rf"\b{re.escape(word)}\b", meant, text)
    return text


def token_spans(text: str) -> list[tuple[int, int]]:
    """From which character to which each token of a text stands."""
    return [token.span() for token in _TOKEN.finditer(text)]


def lowered_at(tokens: tuple[str, ...], word: str) -> int:
    """Where a word stands among tokens, whatever its case; past the end where it does not."""
    return next((number for number, token in enumerate(tokens) if token.lower() == word), len(tokens))
