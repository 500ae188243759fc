"""Words and phrases that name no sound of their own, so that nobody takes them for one nor reports them as unknown.

In: `knowledge/plain_words.yaml` (groups of words) and `knowledge/idioms.yaml` (for each kind of entry the phrases in
which a word that names one elsewhere names none: "vocal fry"). Out: what is plain, for whoever reads a text.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.stems import split_words, stem
from audiogen_cli.knowledge.yaml_files import read_yaml


def is_plain(word: str) -> bool:
    """Whether a word names no sound: short, listed, inflected from a listed one, or made of such with hyphens."""
    word = word.lower()
    known = plain_words() | makers() | _stems()
    return len(word) < 3 or word in known or stem(word) in _stems() or all(part in known for part in word.split("-"))


@cache
def plain_words() -> frozenset[str]:
    """The listed words as they stand."""
    return frozenset(word for name, group in _groups().items() if name != "makers" for word in group.split())


@cache
def makers() -> frozenset[str]:
    """Things heard only by what they do: of "guests applauding" the experts sound the applause, and miss nothing."""
    return frozenset(_groups()["makers"].split())


@cache
def plain_qualities() -> frozenset[str]:
    """Those that only say of what kind a thing is: "distant", "heavy"."""
    return frozenset(_groups()["qualities"].split())


@cache
def idioms(kind: str) -> frozenset[tuple[str, ...]]:
    """The phrases in which no word names an entry of a kind, each as its lower-case words."""
    file = resources.files("audiogen_cli.knowledge") / "idioms.yaml"
    phrases = read_yaml(file, source="idioms.yaml").get(kind, [])
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
        raise KnowledgeError(f"idioms.yaml: {kind} needs a list of phrases")
    return frozenset(tuple(split_words(phrase)) for phrase in phrases)


@cache
def _groups() -> Mapping[str, str]:
    file = resources.files("audiogen_cli.knowledge") / "plain_words.yaml"
    groups = read_yaml(file, source="plain_words.yaml")
    return {str(name): str(words) for name, words in groups.items()}


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(stem, plain_words()))
