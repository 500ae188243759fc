"""Taking out of a view what does not belong into it, and nothing else; each function does one thing.

In: a text. Out: the text without tags, markdown, emoji, line breaks, speaker labels, stage directions
or quotes. What is clean comes back as it was, to the character. Which view is cleaned of what, and
why, stands in `rules`.
"""

import re
import unicodedata

_ROLES = (
    "man|woman|boy|girl|child|kid|baby|male|female|speaker|narrator|voice|voiceover|announcer|host|hostess|guest|"
    "reporter|"
    "commentator|interviewer|teacher|student|mother|father|mom|mum|dad|son|daughter|brother|sister|grandmother|"
    "grandfather|"
    "grandma|grandpa|lady|gentleman|guy|person|actor|actress|character|crowd|audience|officer|police|policeman|"
    "doctor|nurse|"
    "captain|pilot|soldier|waiter|waitress|barista|customer|clerk|driver|passenger|vendor|witch|wizard|king|queen|"
    "robot|"
    "monster|ghost|singer|friend|wife|husband|caller|operator|dispatcher|teenager|elder|couple|user|assistant|asr|"
    "speech|"
    "dialogue|transcript|hombre|mujer|niño|niña|homme|femme|mann|frau|mulher|homem|мужчина|женщина|男|女|男人|女人|男性|女性|旁白"
)
_OPENERS = frozenset(  # one word and a colon that people do say
    re.findall(
        r"\w+",
        "listen look remember attention warning caution note question answer breaking news result conclusion rule "
        "step first"
        " second third finally today tonight tomorrow again okay ok well so yes no please wait stop now then imagine "
        "guess",
    )
)
_SPEAKING = frozenset(  # words of a sentence, which no label has
    re.findall(r"\S+", "i i'm you he he's she we they it is was were tell told to my your hey hi hello oh dear")
)
_LABEL = re.compile(
    r"(?:^|(?<=[.!?。！？\"”'’…\])*])\s*|(?<=\n)|(?<=[/|;—–-])\s*)\s*[\[(*<-]*\s*"
    r"((?:[^\W_][\w'’.-]*[ ]){0,3}[^\W_][\w'’-]*(?:\s*\([^()]*\))?)[\])*>]*\s*[:：][*\])]*\s*",
    re.MULTILINE,
)
_DIRECTION = re.compile(
    r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}|（[^（）]*）|【[^【】]*】|<[^<>|\s][^<>|]*>|\*[^*]+\*)\s*"
)
_NARRATED = re.compile(
    r"^(?:an?|the|one|he|she|they|two|someone|somebody|his|her)?\s?(?:[\w'-]+\s){0,6}?"
    r"(?:says?|said|shouts?|shouted|yells?|yelled|whispers?|whispered|asks?|asked|replies|replied|exclaims?|"
    r"exclaimed|mutters?|"
    r"screams?|announces?|speaks?|argues?|calls? out|cries|laughs?|explains?)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„«「『]([^\"“”„«»「」『』]+)[\"”“»」』]")


def strip_tags(text: str) -> str:
    """Take every `<|..|>` out of a text, until none is left; other white space stays as it is."""
    while True:
        stripped = re.sub(r"\s*<\|[^<>|]*\|>\s*", " ", text)
        if stripped == text:
            return text.strip()
        text = stripped


def join_lines(text: str) -> str:
    """One line: breaks, tabs and runs of spaces to one space; control and invisible characters dropped."""
    kept = "".join(" " if char in "\n\r\t\v\f\u2028\u2029\u0085" else char for char in text)
    kept = "".join(char for char in kept if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return re.sub(r"\s{2,}", " ", kept).strip()


def strip_markdown(text: str) -> str:
    """The words of a markdown text: no emphasis, headings, bullets, code marks, rules or links."""
    text = re.sub(r"```\w*|`", "", text)
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:#{1,6}\s+|[-*•]\s+|>\s+)", "", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    return re.sub(r"(?<!\w)_(?=\S)([^_]+)(?<=\S)_(?!\w)", r"\1", text).strip()


def strip_emoji(text: str) -> str:
    """No pictures, dingbats or note signs, commas for arrows; letters, digits, punctuation and money signs stay."""
    if not any(_is_picture(char) for char in text):
        return text
    text = re.sub(r"\s*[\u2190-\u21ff]+\s*(?=\S)", ", ", text)
    return re.sub(r"\s{2,}", " ", "".join(char for char in text if not _is_picture(char))).strip(" ,")


def _is_picture(char: str) -> bool:
    code = ord(char)
    joins = 0xFE00 <= code <= 0xFE0F or code == 0x200D  # variation selectors, zero-width joiner
    arrow = 0x2190 <= code <= 0x21FF
    return code > 0x7F and (joins or arrow or (unicodedata.category(char) in ("So", "Sk") and char not in "°©®™№´¨"))


def strip_labels(text: str) -> str:
    """Spoken words without who says them: "Man: Stop! Woman A (angry): No!" is "Stop! No!"."""
    labels = [match for match in _LABEL.finditer(text) if _is_label(match[1])]
    for match in reversed(labels):
        text = text[: match.start()] + (" " if text[: match.start()].strip() else "") + text[match.end() :]
    return re.sub(r" {2,}", " ", text).strip() if labels else text


def _is_label(words: str) -> bool:
    bare = re.sub(r"\s*\([^()]*\)", "", words).strip()
    parts = bare.split()
    if _SPEAKING.intersection(part.lower() for part in parts):
        return False
    if re.search(rf"(?:^|[^\w])(?:{_ROLES})(?:\s?(?:[A-Z]|\d+|one|two))?$", bare, re.IGNORECASE):
        return True
    if len(parts) > 2 or parts[0].lower() in _OPENERS or parts[-1].lower() in _OPENERS:
        return False
    return all(part[0].isupper() for part in parts)  # a name: "John", "Old Tom"


def strip_directions(text: str) -> str:
    """Spoken words without what stands in brackets or asterisks: "(sighs) Fine." is "Fine."."""
    while True:
        stripped = _DIRECTION.sub(" ", text)
        if stripped == text:
            return text
        text = re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"\s{2,}", " ", stripped)).strip()


def is_narrated(text: str) -> bool:
    """Whether the line tells that somebody speaks ("A man shouts that ...") rather than being spoken."""
    found = _NARRATED.match(text.strip())
    if not found:
        return False
    told = found.group().lower().split()
    people = rf"\b(?:{_ROLES}|men|women|children|people|someone|somebody)s?\b"
    begins = told[0] in ("a", "an", "the", "one", "two", "someone", "somebody")
    return begins and len(told) > 1 and re.search(people, found.group(), re.IGNORECASE) is not None


def quoted_words(text: str) -> str:
    """What stands between quotes in a narrated line, or "" where nothing does."""
    return " ".join(part.strip() for part in _QUOTED.findall(text)).strip()


def strip_quotes(text: str) -> str:
    """The text without quotes around it, and without double quotes in it; apostrophes stay."""
    text = text.strip()
    while len(text) > 1 and (text[0], text[-1]) in (("'", "'"), ("‘", "’")):
        text = text[1:-1].strip()
    return re.sub(r"\s{2,}", " ", re.sub(r"[\"“”„«»「」『』]|\\+", "", text)).strip()
