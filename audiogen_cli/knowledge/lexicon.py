"""What words mean to the ear: `Concept`s of places, weather, people, actions, animals, machines and so on.

In: `knowledge/lexicon/*.yaml`; the file's name is the role of its concepts, `ROLES` says which fields
a role has. Out: concepts by name and an index from stems to the concept they name. Whatever the
experts can sound but the lexicon does not list (`knowledge/sounds`, `styles`, `voices`, `spaces`) joins
the index by itself, so that refiner and experts never speak past each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.blocks import Block, check_blocks, read_blocks
from audiogen_cli.knowledge.entries import load_entries
from audiogen_cli.knowledge.stems import split_words, stem

SOUNDING = ("animals", "machines", "appliances", "things")
"""Roles of what makes a sound by itself: `called` it is heard `does`-ing."""

ROLES: Mapping[str, tuple[str, ...]] = {
    "weather": ("called", "sfx", "env"),
    "places": ("called", "at", "env", "sfx", "voice", "asr"),
    "times": ("at", "env"),
    "eras": ("at", "env", "sfx"),
    "people": ("called", "voice", "asr"),
    "speaking": ("called", "voice", "how", "asr", "topic"),
    "manners": ("voice", "asr"),
    "animals": ("called", "does", "many", "env", "voice", "asr"),  # a voice where it speaks: a ghost
    "machines": ("called", "does", "many", "env"),
    "appliances": ("called", "does", "many", "env"),
    "things": ("called", "does", "many", "env"),
    "actions": ("does", "who", "sfx"),
    "instruments": ("called", "music"),
    "genres": ("music",),
    "moods": ("music", "voice", "plays"),
    "topics": (),  # words that only scenes are about; never a file
}
"""Role to the fields its concepts may have beside `words` and `is`."""

_FORMS = {"words": "list", "is": "list", "called": "text", "at": "text", "who": "text", "many": "text"}
_NEEDED = {
    "weather": ("called", "env"),
    "places": ("called", "at", "env"),
    "times": ("at",),
    "eras": ("at",),
    "people": ("called", "voice"),
    "speaking": ("called", "voice", "how", "asr"),
    "manners": ("voice",),
    "animals": ("called", "does"),
    "machines": ("called", "does"),
    "appliances": ("called", "does"),
    "things": ("called",),
    "actions": ("does",),
    "instruments": ("called", "music"),
    "genres": ("music",),
    "moods": (),
}


@dataclass(frozen=True)
class Concept:
    """One meaning, with the words that name it."""

    name: str
    role: str
    words: tuple[str, ...]
    kinds: tuple[str, ...] = ()  # what it also is, for the scenes: a kitten is a cat
    block: Block | None = field(default=None, repr=False, compare=False)
    given: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, repr=False, compare=False
    )  # fields without a block

    def texts(self, key: str) -> tuple[str, ...]:
        """The alternatives of a field; empty where the concept has none."""
        return self.block.texts(key) if self.block else self.given.get(key, ())

    def text(self, key: str) -> str:
        """The first alternative of a field, or nothing."""
        return next(iter(self.texts(key)), "")


@cache
def load_lexicon() -> Mapping[str, Concept]:
    """All concepts of the lexicon files by name.

    Raises:
        KnowledgeError: a file is no role, or a name stands in two files.
    """
    concepts: dict[str, Concept] = {}
    for role, blocks in read_blocks(resources.files("audiogen_cli.knowledge") / "lexicon").items():
        if role not in ROLES:
            raise KnowledgeError(f"lexicon/{role}.yaml: no such role; roles: {', '.join(ROLES)}")
        for block in blocks:
            if block.name in concepts:
                raise KnowledgeError(f"{block.source}: {block.name} is already {concepts[block.name].role}")
            words = block.quick_list("words") or (block.name.replace("_", " "),)
            concepts[block.name] = Concept(block.name, role, words, block.quick_list("is"), block)
    return concepts


def check_lexicon() -> None:
    """Hold every concept to the fields of its role; raises `KnowledgeError` naming file, entry and field."""
    for role, blocks in read_blocks(resources.files("audiogen_cli.knowledge") / "lexicon").items():
        forms = {key: _FORMS.get(key, "texts") for key in ("words", "is", *ROLES[role])}
        check_blocks(blocks, allowed=forms, needed=_NEEDED[role], quick=("words", "is"))


def stems_of(phrase: str) -> tuple[str, ...]:
    """The stems of a phrase's words, the key under which it is indexed."""
    return tuple(stem(word) for word in split_words(phrase))


class ConceptIndex:
    """Which concept some words name: by the words as they stand ("kids"), else by their stems ("kid")."""

    def __init__(self, words: Mapping[tuple[str, ...], Concept], stems: Mapping[tuple[str, ...], Concept]) -> None:
        self._words, self._stems = dict(words), dict(stems)

    def get(self, words: Sequence[str]) -> Concept | None:
        """The concept of some lower-case words, or None."""
        return self._words.get(tuple(words)) or self._stems.get(tuple(map(stem, words)))

    def holds(self, word: str) -> bool:
        """Whether a single word is known exactly as it stands."""
        return (word,) in self._words

    def extended(self, concepts: Iterable[Concept]) -> "ConceptIndex":
        """The index with further concepts, where neither their words nor their stems are taken yet."""
        index = ConceptIndex(self._words, self._stems)
        for concept in concepts:
            for phrase in concept.words:
                words = tuple(split_words(phrase))
                stems = tuple(map(stem, words))
                if stems not in self._stems:
                    index._words.setdefault(words, concept)
                    index._stems.setdefault(stems, concept)
        return index


@cache
def concept_index() -> ConceptIndex:
    """The lexicon, then what the experts can sound."""
    index = ConceptIndex({}, {}).extended(load_lexicon().values())
    return index.extended(
        replace(concept, words=tuple(phrase for phrase in concept.words if not _is_known_apart(phrase, index)))
        for concept in _expert_concepts()
    )


def _is_known_apart(phrase: str, index: ConceptIndex) -> bool:
    """Whether the lexicon knows a part of a longer phrase: "busy cafe" is better understood as the cafe it names."""
    words = split_words(phrase)
    return len(words) > 1 and any(index.get([word]) is not None for word in words)


_AROUND_US = ("weather", "water", "crowd", "insects", "birds", "vehicles", "aircraft", "fantasy")
"""Families whose lasting sounds are a background; what people and machines go on doing is heard close."""


def _expert_concepts() -> list[Concept]:
    concepts = []
    for entry in load_entries("sounds").values():
        around = entry.params.get("kind") == "bed" and entry.family in _AROUND_US
        role, key = ("weather", "env") if around else ("things", "called")
        given = {key: (entry.phrase,), "sfx": (entry.phrase,), "called": (entry.phrase,)}
        concepts.append(Concept(f"sounds/{entry.name}", role, entry.words, (), None, given))
    for entry in load_entries("styles").values():
        concepts.append(Concept(f"styles/{entry.name}", "genres", entry.words, (), None, {"music": (entry.phrase,)}))
    for entry in load_entries("spaces").values():
        given = {"env": (entry.phrase,), "called": (entry.phrase,), "at": (f"in {entry.phrase}",)}
        concepts.append(Concept(f"spaces/{entry.name}", "places", entry.words, (), None, given))
    return concepts
