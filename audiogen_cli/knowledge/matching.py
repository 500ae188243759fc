"""Which scene of the bank is nearest to an idea, by the concepts both name.

In: the names of the concepts found in an idea. Out: the scenes all of whose groups the idea names, the
most telling first: a concept few scenes are about weighs more than one of many. Matching by meaning,
in any language, is the business of `matching_embedding`, where its model is installed.
"""

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import chain

from audiogen_cli.knowledge.lexicon import Concept, ConceptIndex, concept_index, load_lexicon
from audiogen_cli.knowledge.scenes import Scene, load_scenes

_LESSER = 0.8  # of a concept's weight where a scene answers it without needing it


@dataclass(frozen=True)
class Match:
    """A scene that fits, the concepts of the idea it answers, and their weight."""

    scene: Scene
    names: frozenset[str]
    weight: float


def match_scenes(names: Collection[str]) -> list[Match]:
    """The scenes whose every needed word is named, best first, ties in the order of the bank.

    Args:
        names: concept names, those of `concept_of` and what they also are (`expand`).
    """
    given = frozenset(names)
    matches = []
    for scene in load_scenes().values():
        needed = _needed(scene)
        if all(group & given for group in needed):
            answered = frozenset().union(*needed) & given
            optional = _optional(scene) & given - answered
            leading = {max(sorted(group & given), key=weight_of) for group in needed}
            weight = sum(weight_of(name) for name in leading)
            weight += _LESSER * sum(weight_of(name) for name in (answered | optional) - leading)
            matches.append(Match(scene, answered | optional, weight))
    return sorted(matches, key=lambda match: -match.weight)


def weight_of(name: str) -> float:
    """How telling a concept is: the rarer in the bank, the heavier; 1 for one that many scenes share."""
    count = _counts()[name]
    return max(1.0, math.log((len(load_scenes()) + 1) / (count + 1)))


def concept_of(word: str) -> Concept:
    """The concept a scene names by name or word; a word that only scenes know is a concept of its own."""
    return load_lexicon().get(word) or scene_index().get(word.lower().split()) or Concept(word, "topics", (word,))


@cache
def scene_index() -> ConceptIndex:
    """`concept_index` and the words that only scenes know."""
    words = dict.fromkeys(word for scene in load_scenes().values() for word in (*chain(*scene.about), *scene.also))
    return concept_index().extended(Concept(word, "topics", (word,)) for word in words if word not in load_lexicon())


def expand(concept: Concept) -> frozenset[str]:
    """A concept's name and the names of what it also is, however far."""
    names: set[str] = set()
    todo = [concept]
    while todo:
        current = todo.pop()
        if current.name not in names:
            names.add(current.name)
            todo += [concept_of(kind) for kind in current.kinds]
    return frozenset(names)


@cache
def _needed(scene: Scene) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(concept_of(word).name for word in group) for group in scene.about)


@cache
def _optional(scene: Scene) -> frozenset[str]:
    return frozenset(concept_of(word).name for word in scene.also)


@cache
def _counts() -> Counter[str]:
    return Counter(name for scene in load_scenes().values() for group in _needed(scene) for name in group)
