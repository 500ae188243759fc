"""Words of other languages put into the English words of the lexicon: enough for a scene, not a translation.

In: text; `knowledge/languages/*.yaml` (file name: language; each line: English words, then the words that
mean them). Out: the language and the English words in the text's order. Inflection is met roughly, by the
longest stem that a listed word begins with; Chinese, Japanese and Korean by the longest match. Quoted
words never pass through here.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.lexicon import concept_index

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[,.;!?]")
_LINE = re.compile(r'"?([^":]+)"?: \[(.+)\]\s*')  # read by eye: fifty times faster than a YAML parser
_SCRIPTS = {
    "japanese": re.compile(r"[\u3040-\u30ff]"),
    "korean": re.compile(r"[\uac00-\ud7af]"),
    "russian": re.compile(r"[\u0400-\u04ff]"),
    "chinese": re.compile(r"[\u4e00-\u9fff]"),
}
_SPACED = ("spanish", "french", "german", "portuguese")  # Latin script: told apart by their words
_SURELY_ENGLISH = 0.9  # of the words; no other language is looked up then
_SHORTEST_STEM = 4  # letters; shorter words must match whole
_LONGEST_ENDING = 4  # letters an inflected word may have beyond the listed stem


def put_into_english(text: str) -> tuple[str, str]:
    """The language of a text and its known words in English; English comes back as it is."""
    for language, script in _SCRIPTS.items():
        if script.search(text):
            english = _by_substring(text, language) if language != "russian" else _by_word(text, language)[0]
            return language, english
    best, best_english, best_score = "english", text, _english_score(text)
    if best_score >= _SURELY_ENGLISH:
        return best, best_english
    for language in _SPACED:
        english, score = _by_word(text, language)
        if score > best_score:
            best, best_english, best_score = language, english, score
    return best, best_english


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


def _by_word(text: str, language: str) -> tuple[str, float]:
    """English words, and how much of the text was the language's."""
    known = 0.0
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
            words += [tokens[at]] if tokens[at].isdigit() or not tokens[at].isalpha() else []
            at += 1
    return _join(words), known / max(1, sum(token[0].isalpha() for token in tokens))


def _look_up(word: str, language: str) -> str | None:
    table = load_language(language)
    if word in table:
        return table[word]
    if "'" in word:
        return _look_up(word.split("'", 1)[1], language)  # l'orage, d'eau
    if " " in word:
        return None
    for cut in range(1, _LONGEST_ENDING + 1):  # the listed form, shortened to its stem, with another ending
        english = _stems(language).get(word[:-cut]) if len(word) - cut >= _SHORTEST_STEM else None
        if english is not None:
            return english
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


_ENGLISH_TEXT = """
a an the of in on at to with and or but while then as is are by for from over under no not his her their my your
i you we they he she it this that two three one into through near who about
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
