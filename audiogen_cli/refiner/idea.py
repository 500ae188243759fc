"""A person's words understood: which concepts they name, in which order, what they deny and quote.

In: text in any language. Out: an `Idea`. English is read by the lexicon; other languages are first put
into English words by `knowledge.languages`, which is enough for a scene though not for a sentence.
What is made of an idea is the business of `composing`.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

from audiogen_cli.knowledge.entries import read_yaml
from audiogen_cli.knowledge.languages import put_into_english
from audiogen_cli.knowledge.lexicon import SOUNDING, Concept
from audiogen_cli.knowledge.matching import expand, scene_index
from audiogen_cli.prompt import strip_tags

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,.;:!?–—]")
_QUOTE = re.compile(r"[\"“„«「『]([^\"“”„«»「」『』]{1,600})[\"”“»」』]|(?<![^\W_])'([^']{2,600})'(?![^\W_])")
_TITLE = re.compile(r"\b(?:called|titled|named|entitled|word|song)\s*$", re.IGNORECASE)
_SAYS = re.compile(
    r"\b(?:says|saying|shouts|shouting|yells|yelling|whispers|whispering|screams|answers|asks|calls out)[:,]?\s+"
    r"(?!(?:in|on|at|to|with|from|over|about|into|something|things|words|nothing|goodbye to|his|her|their|its|my|your|our|for|goodbye|farewell|"
    r"softly|loudly|\w+ly|while|and|then|as|people|poetry|the\s+(?:news|time)|a\s+(?:few|word)|hello\s+to)\b)"
    r"((?:[^\W_]+(?:['’][^\W_]+)?[ ]?){1,14}[!?.]?)",
    re.IGNORECASE,
)
_SAID_ENDS = re.compile(
    r"\s+\b(?:in|on|while|as|over|during|inside|then|with|at|from|under|when|before|after)\b.*", re.IGNORECASE
)
_POLITE = re.compile(
    r"^\s*(?:(?:hey|hi|ok|okay)[, ]+)?(?:please[, ]+)?(?:(?:can|could|would|will) you (?:please )?)?"
    r"(?:i\s+(?:want|need|would like|wanna)|i['’]d (?:like|love)|give me|make(?: me)?|create|generate|produce|play me|render|let me)"
    r"(?:\s+to)?(?:\s+(?:hear|have|listen to))?\s+",
    re.IGNORECASE,
)
_SOUND_OF = re.compile(
    r"^(?:(?:an?|the|some)\s+)?(?:(?:\d+|ten|five|short|long|nice|realistic|second|seconds|s)[ -]+)*"
    r"(?:sounds?|audio|clip|recording|soundscape|ambience|ambiance|atmosphere|scene|sfx|noises?)"
    r"(?:\s+(?:clip|effects?|scene))?\s+(?:of|with|where|in which|from)\s+",
    re.IGNORECASE,
)
_TOPIC = re.compile(r"\babout\s+((?:[^\W\d_]+(?:['’-][^\W_]+)?\s?){1,6})", re.IGNORECASE)
_TOPIC_ENDS = re.compile(
    r"\s*\b(?:in|on|at|while|with|as|over|during|inside|then|and then|when|that|who|which|from|under|to|by|is|are|between)\b.*",
    re.IGNORECASE,
)

_STOP_TEXT = """
a an the of in on at to into onto by for from with as and or but while when then there here is are was were be
been being has have had it its it's this that these those his her their my your our i you we they he she him
them me us over under through near next beside behind before after during very really just only some any each
every all both more most much many lot lots no not without never none nor so too also up down out off across
around against between like about can could would should will please make want need sound sounds sounding hear
heard hearing audio noise noises clip scene recording background distance distant far away close nearby one two
three four five six seven eight nine ten several few couple's times once twice first second finally suddenly
followed slowly does do doing gets get go goes going comes come coming who what where which how why if because
long short big small large little old new young someone's something thing things play plays playing played say
says said put set time day even still let
blue red green black white york
"""
STOP = frozenset(_STOP_TEXT.split())
"""Words that name nothing by themselves; a concept of one such word is found only as part of a longer one."""

_FAR = frozenset(["distance", "distant", "far", "faraway", "afar", "remote"])
_DENIALS_TEXT = """
no without never nor minus lacking excluding except neither
"""
_DENIALS = frozenset(_DENIALS_TEXT.split())
_THROUGH_TEXT = """
any a an the more some much loud audible background other kind of human spoken added extra real
"""
_THROUGH = frozenset(_THROUGH_TEXT.split())
_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twice": 2,
    "thrice": 3,
    "several": 3,
    "few": 3,
    "pair": 2,
    "couple": 2,
}
_BREAKS_TEXT = """
, . ; : ! ? – — then and while as followed before after with when but over during until
"""
_BREAKS = frozenset(_BREAKS_TEXT.split())
_ORDER_TEXT = """
then followed before after finally next suddenly afterwards later first
"""
_ORDER = frozenset(_ORDER_TEXT.split())
_SPOKEN_OF_VIEWS = {
    "music": "music song melody soundtrack instruments singing",
    "speech": "voice voices speech talking talk dialogue dialog narration narrator words speaking people humans human vocals "
    "speakers conversation",
    "sfx": "effects sfx",
    "env": "ambience ambiance background atmosphere",
}
_VIEW_WORDS = {word: view for view, words in _SPOKEN_OF_VIEWS.items() for word in words.split()}


@dataclass(frozen=True)
class Found:
    """One concept where an idea names it; `start` and `end` count tokens."""

    concept: Concept
    start: int
    end: int
    clause: int
    text: str
    count: int | None = None
    far: bool = False
    denied: bool = False
    described: str = ""  # adjectives before it that the lexicon does not know: "heavy wooden"
    spoken_of: bool = False  # only talked about: the war of "a story about the war"


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
    unknown: tuple[str, ...] = ()  # words of weight that nothing is known about

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
    told = _QUOTE.sub(lambda quote: quote.group() if _is_title(clean, quote) else " ", clean)
    language, english = put_into_english(told)
    if language == "english" and not quotes:
        quotes, told = _reported_words(told)
        english = told
    tokens = tuple(_TOKEN.findall(english))
    found, denied_views, unknown = _find_concepts(tokens)
    lowered = {token.lower() for token in tokens}
    topic = _topic(told) if language == "english" else ""
    if topic:
        start = lowered_at(tokens, "about")
        end = start + 1 + len(_TOKEN.findall(topic))
        found = tuple(replace(item, spoken_of=start < item.start < end) for item in found)
    return Idea(
        text=text,
        language=language,
        english=english,
        tokens=tokens,
        found=found,
        quotes=quotes,
        denied_views=denied_views,
        own_words=_own_words(told, quoted=bool(quotes)) if language == "english" else "",
        ordered=bool(lowered & _ORDER),
        only=bool(lowered & {"only", "just", "solely"}),
        topic=topic,
        unknown=unknown,
    )


def lowered_at(tokens: tuple[str, ...], word: str) -> int:
    """Where a word stands among tokens, whatever its case; past the end where it does not."""
    return next((number for number, token in enumerate(tokens) if token.lower() == word), len(tokens))


def clean_text(text: str) -> str:
    """A text without forged tags, control characters, emoji, markdown and line breaks."""
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("�", " ")
    text = strip_tags(text)
    text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text)
    text = "".join(char if char.isprintable() else " " for char in text)
    text = re.sub(r"[*_#`~<>|{}\[\]\\^\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def find_quotes(text: str) -> tuple[str, ...]:
    """What stands between quotation marks, to be spoken; not the title of a song."""
    spoken = [
        (quote.group(1) or quote.group(2)).strip() for quote in _QUOTE.finditer(text) if not _is_title(text, quote)
    ]
    return tuple(words for words in spoken if re.search(r"[^\W_]", words))


def _is_title(text: str, quote: re.Match[str]) -> bool:
    return _TITLE.search(text[: quote.start()]) is not None


def _reported_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words after "says" without quotation marks, and the text without them."""
    said = _SAYS.search(text)
    if said is None:
        return (), text
    words = _SAID_ENDS.sub("", said.group(1)).strip()
    if not words:
        return (), text
    start = said.start(1)
    spoken = words[:1].upper() + words[1:]
    return (
        spoken if spoken[-1] in ".!?" else spoken + ".",
    ), f"{text[:start].rstrip()} {text[start + len(words) :].lstrip()}"


def _topic(text: str) -> str:
    topic = _TOPIC.search(text)
    return _TOPIC_ENDS.sub("", topic.group(1)).strip() if topic else ""


def _find_concepts(tokens: tuple[str, ...]) -> tuple[tuple[Found, ...], frozenset[str], tuple[str, ...]]:
    words = [token.lower().replace("’", "'") for token in tokens]
    clauses = _clauses(words)
    found: list[Found] = []
    denied_views: set[str] = set()
    unknown: list[str] = []
    denying = False
    at = 0
    while at < len(tokens):
        word = words[at]
        if (
            word in _DENIALS
            or word in ("nobody", "noone")
            or (word in ("don't", "not") and words[at + 1 : at + 2] != ["only"])
        ):
            denying = True
            denied_views |= {"speech"} if word in ("nobody", "noone") else set()
            at += 1
            continue
        length, concept = _longest(words, at)
        if denying and word in _VIEW_WORDS and length <= 1:
            denied_views.add(_VIEW_WORDS[word])
            denying = _denial_goes_on(words, at + 1)
            at += 1
            continue
        if concept is not None:
            found.append(
                Found(
                    concept,
                    at,
                    at + length,
                    clauses[at],
                    " ".join(tokens[at : at + length]),
                    count=_count(words, at, at + length),
                    far=_is_far(words, clauses, at),
                    denied=denying,
                    described=_described(words, at) if concept.role in SOUNDING else "",
                )
            )
            at += length
            denying = denying and _denial_goes_on(words, at)
            continue
        if denying and word not in _THROUGH and word not in ("and", "or", "want", "need", "have", "be"):
            denying = False
        if word not in STOP and word not in _qualities() and len(word) > 2 and word.isalpha():
            unknown.append(tokens[at])
        at += 1
    return tuple(found), frozenset(denied_views), tuple(dict.fromkeys(unknown))


@cache
def _qualities() -> frozenset[str]:
    """Words that colour a sound without naming one, such as "wooden": known, though no concept."""
    text = (resources.files("audiogen_cli.knowledge") / "plain_words.yaml").read_text("utf-8")
    return frozenset(" ".join(read_yaml(text, source="plain_words.yaml").values()).split())


def _longest(words: list[str], at: int) -> tuple[int, Concept | None]:
    """The longest run of words from a place on that names a concept, and the concept."""
    for length in range(min(5, len(words) - at), 0, -1):
        concept = scene_index().get(words[at : at + length])
        if concept is not None and not (length == 1 and words[at] in STOP):
            return length, concept
    return 1, None


def _clauses(words: list[str]) -> list[int]:
    clauses, clause = [], 0
    for word in words:
        clause += word in _BREAKS
        clauses.append(clause)
    return clauses


def _count(words: list[str], start: int, end: int) -> int | None:
    for word in reversed(words[max(0, start - 2) : start]):
        if word in _COUNTS:
            return _COUNTS[word]
        if word.isdigit() and 1 < int(word) <= 20:
            return int(word)
        if word in _BREAKS or word in ("a", "an", "the"):
            break
    after = words[end : end + 2]
    if after[:1] in (["twice"], ["thrice"]):
        return _COUNTS[after[0]]
    if after[1:] == ["times"]:
        return _COUNTS.get(after[0]) or (int(after[0]) if after[0].isdigit() and 1 < int(after[0]) <= 20 else None)
    return None


def _is_far(words: list[str], clauses: list[int], at: int) -> bool:
    return any(word in _FAR and clause == clauses[at] for word, clause in zip(words, clauses))


def _denial_goes_on(words: list[str], at: int) -> bool:
    rest = words[at : at + 2]
    if rest[:1] in (["or"], ["nor"]):
        return True
    return rest[:1] in (["and"], [","]) and bool(rest[1:]) and (rest[1] in _VIEW_WORDS or rest[1] in ("or", "nor"))


def _described(words: list[str], at: int) -> str:
    described: list[str] = []
    for before in range(at - 1, max(-1, at - 3), -1):
        word = words[before]
        known = _longest(words, before)[1] is not None
        if (
            not word.isalpha()
            or known
            or (word in STOP and word not in ("old", "big", "small", "large", "little", "young", "new"))
        ):
            break
        if word.endswith(("ing", "s", "ly")) and word not in ("glass", "brass", "grass"):
            return ""
        described.insert(0, word)
    return " ".join(described)


def _own_words(text: str, *, quoted: bool) -> str:
    """The person's sentence as a caption may hold it: without the request, denials and the gap a quotation leaves."""
    own = _SOUND_OF.sub("", _POLITE.sub("", text, count=1).lstrip(), count=1)
    own = re.sub(
        r"[,;]?\s*\b(?:but |and |with )*(?:no|without(?: any)?|not)\s+(?:[^\W_]+\s?){1,3}?"
        r"(?:(?:,| or| and| nor)\s+(?:no\s+)?(?:music|voices?|speech|talking|dialogue|people|vocals|sound effects))*(?=[,.;]|$| but | with | in )",
        "",
        own,
        flags=re.IGNORECASE,
    )
    own = re.sub(r"[,;]?\s*\b(?:please|thanks|thank you)\b[.!]*\s*$", "", own, flags=re.IGNORECASE)
    own = re.sub(r"[\"“”„«»「」『』]", "", own)
    own = (
        re.sub(r"^(?:voice|speaker|narrator|man|woman)\s*:\s*", "A voice ", own, flags=re.IGNORECASE) if quoted else own
    )
    if quoted:
        own = re.sub(r"\b(says|said|tells|asks|answers)\b", "speaks", own, flags=re.IGNORECASE)
        own = re.sub(r"\b(saying|telling|asking)\b", "speaking", own, flags=re.IGNORECASE)
    own = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s+", " ", own))
    own = re.sub(r"[,:;]\s*(?=[.,;:]|$)", "", own)
    return own.strip(" ,.;:!?-–—'")
