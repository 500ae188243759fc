"""Words of other languages put into the English words of the lexicon: enough for a scene, not a translation.

In: text; `knowledge/languages/*.yaml` (file name: language; each line: English words, then the words that
mean them). Out: the language, the English words in the text's order, and what no line knows. Inflection is met
roughly, by the longest stem that a listed word begins with, a German or Dutch compound by its parts; Chinese,
Japanese and Korean by the longest match. Quoted words never pass through here.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import NamedTuple

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.lexicon import concept_index

_LETTERS = r"(?:[^\W\d_]|[\u0900-\u0963])+"  # the vowel signs of Hindi count as letters
_WORD = re.compile(rf"{_LETTERS}(?:['’-]{_LETTERS})*|\d+|[,.;!?]")
_LINE = re.compile(r'"?([^":]+)"?: \[(.+)\]\s*')  # read by eye: fifty times faster than a YAML parser
_SCRIPTS = {
    "japanese": re.compile(r"[\u3040-\u30ff]"),
    "korean": re.compile(r"[\uac00-\ud7af]"),
    "russian": re.compile(r"[\u0400-\u04ff]"),
    "arabic": re.compile(r"[\u0600-\u06ff]"),
    "hindi": re.compile(r"[\u0900-\u097f]"),
    "chinese": re.compile(r"[\u4e00-\u9fff]"),
}
_UNSPACED = ("japanese", "korean", "chinese")
_LATIN = ("spanish", "french", "german", "portuguese", "italian", "dutch", "polish", "turkish")  # told by their words
_COMPOUNDING = ("german", "dutch")
_PREFIXES = {"arabic": ("وال", "بال", "ال", "لل", "و", "ب")}  # the article and what is written together with a word
_SURELY_ENGLISH = 0.9  # of the words; no other language is looked up then
_SHORTEST_STEM = 4  # letters; shorter words must match whole
_LONGEST_ENDING = 3  # letters an inflected word may have beyond the listed stem


class Translation(NamedTuple):
    """A text in the English words of the lexicon."""

    language: str
    english: str
    unknown: tuple[str, ...] = ()  # its words that no line of the language's file knows


def put_into_english(text: str) -> Translation:
    """A text's known words in English, with its language; English comes back as it is."""
    for language, script in _SCRIPTS.items():
        if script.search(text):
            if language in _UNSPACED:
                return Translation(language, _by_substring(text, language))
            return _by_word(text, language)[0]
    best, best_score = Translation("english", text), _english_score(text)
    if best_score >= _SURELY_ENGLISH:
        return best
    for language in _LATIN:
        translation, score = _by_word(text, language)
        if score > best_score:
            best, best_score = translation, score
    return best


@cache
def load_language(language: str) -> Mapping[str, str]:
    """Lower-case words of a language to their English; raises `KnowledgeError` for an ill-formed line."""
    source = f"languages/{language}.yaml"
    text = (resources.files("audiogen_cli.knowledge") / "languages" / f"{language}.yaml").read_text("utf-8")
    table: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        entry = _LINE.fullmatch(line)
        if entry is None:
            raise KnowledgeError(f"{source}: line {number}: needs the form `english: [word, word]`")
        for word in entry.group(2).split(","):
            table.setdefault(word.strip().strip('"').lower(), entry.group(1))
    return table


def languages() -> tuple[str, ...]:
    """The languages there are files for."""
    folder = resources.files("audiogen_cli.knowledge") / "languages"
    return tuple(sorted(file.name[:-5] for file in folder.iterdir() if file.name.endswith(".yaml")))


def _by_substring(text: str, language: str) -> str:
    table = load_language(language)
    longest = max(map(len, table))
    words: list[str] = []
    at = 0
    while at < len(text):
        for length in range(min(longest, len(text) - at), 0, -1):
            english = table.get(text[at : at + length].lower())
            if english is not None:
                words.append(english)
                at += length
                break
        else:
            latin = re.match(r"[A-Za-z0-9]+", text[at:])
            if latin:
                words.append(latin.group())
            elif text[at] in "，。、,.!！?？；;":
                words.append(",")
            at += len(latin.group()) if latin else 1
    return _join(words)


def _by_word(text: str, language: str) -> tuple[Translation, float]:
    """The text by its words, and how much of it was the language's."""
    known = 0.0
    unknown: list[str] = []
    tokens = [token.lower().replace("’", "'") for token in _WORD.findall(text)]
    words: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(4, len(tokens) - at), 0, -1):
            english = _look_up(" ".join(tokens[at : at + length]), language)
            if english is not None:
                words.append(english)
                known += length * (1.0 if english != "-" else 0.9)
                at += length
                break
        else:
            (unknown if tokens[at][0].isalpha() else words).append(tokens[at])
            at += 1
    share = known / max(1, sum(token[0].isalpha() for token in tokens))
    return Translation(language, _join(words), tuple(unknown)), share


def _look_up(word: str, language: str) -> str | None:
    table = load_language(language)
    if word in table:
        return table[word]
    if "'" in word and " " not in word:
        return _look_up(word.split("'", 1)[1], language)  # l'orage, d'eau
    if " " in word:
        return None
    for cut in range(1, _LONGEST_ENDING + 1):  # the listed form, shortened to its stem, with another ending
        english = _stems(language).get(word[:-cut]) if len(word) - cut >= _SHORTEST_STEM else None
        if english is not None:
            return english
    for prefix in _PREFIXES.get(language, ()):
        if word.startswith(prefix) and len(word) - len(prefix) >= 2 and word[len(prefix) :] in table:
            return table[word[len(prefix) :]]
    parts = _look_up_parts(word, language) if language in _COMPOUNDING else None
    return parts or (word if _is_shared(word) else None)


def _is_shared(word: str) -> bool:
    """Whether an English word of the lexicon is likely the same in other languages: "pianist", "taxi"."""
    return (len(word) >= 6 or word in _SHARED) and concept_index().holds(word)


def _look_up_parts(word: str, language: str) -> str | None:
    """A compound by its two parts: "Klaviermusik" is piano and music, "Straßenlärm" has a letter between them."""
    table, stems = load_language(language), _stems(language)
    for cut in range(len(word) - _SHORTEST_STEM, _SHORTEST_STEM - 1, -1):
        first = table.get(word[:cut]) or table.get(word[:cut].removesuffix("s")) or stems.get(word[:cut])
        second = table.get(word[cut:])
        if first is not None and second is not None and "-" not in (first, second):
            return f"{first} {second}"
    return None


@cache
def _stems(language: str) -> Mapping[str, str]:
    stems: dict[str, str] = {}
    for cut in range(3):
        for word, english in load_language(language).items():
            if " " not in word and len(word) - cut >= _SHORTEST_STEM and english != "-":
                stems.setdefault(word[: len(word) - cut], english)
    return stems


def _english_score(text: str) -> float:
    tokens = [token.lower() for token in _WORD.findall(text) if token[0].isalpha()]
    known = sum(token in _ENGLISH or concept_index().get([token]) is not None for token in tokens)
    return (known + 0.5) / max(1, len(tokens))


def _join(words: list[str]) -> str:
    return re.sub(r"(?:\s*,)+", ",", " ".join(word for word in words if word != "-")).strip(" ,")


_SHARED = frozenset(
    [
        "bar",
        "taxi",
        "jazz",
        "radio",
        "bus",
        "tram",
        "zoo",
        "pub",
        "robot",
        "piano",
        "cafe",
        "metro",
        "alarm",
        "club",
        "disco",
        "drone",
        "sonar",
    ]
)
_ENGLISH_TEXT = """
a an the of in on at to with and or but while then as is are by for from over under no not his her their my your
i you we they he she it this that two three one into through near who about
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
