"""What a sound designer writes down, read from YAML: one `Entry` for each thing that can be named.

In: `knowledge/sounds/*.yaml`, `styles/`, `voices/`, `spaces/`: each file maps names to entries.
Out: entries by name. The refiner writes with their phrases and the experts sound them, so that the
two never speak past each other. What `params` means is the business of the expert that sounds it;
which words of a text name an entry that of `mentions`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.yaml_files import read_yaml

KINDS = ("sounds", "styles", "instruments", "voices", "spaces")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing that can be named in a text and sounded by an expert."""

    name: str  # unique within its kind: "dog_bark"
    family: str  # the file it stands in: "animals"
    words: tuple[str, ...]  # what names it in a text, longest match wins: "dog barking", "bark"
    phrase: str  # how the refiner writes it in a view: "a dog barking"
    description: str = ""  # for people: what it is like, and by which model it is made
    params: Mapping[str, Any] = field(default_factory=dict)


@cache
def load_entries(kind: str) -> Mapping[str, Entry]:
    """All entries of one kind, in the order of the files and of the entries within.

    Raises:
        KnowledgeError: a file is not as documented; names the file and the entry.
    """
    entries: dict[str, Entry] = {}
    folder = resources.files("audiogen_cli.knowledge") / kind
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        if not file.name.endswith(".yaml"):
            continue
        for name, value in (read_yaml(file, source=f"{kind}/{file.name}") or {}).items():
            if name in entries:
                raise KnowledgeError(f"{kind}/{file.name}: {name} stands twice")
            entries[name] = _build_entry(name, value, family=file.name[: -len(".yaml")], source=f"{kind}/{file.name}")
    return entries


def base_name(entry: Entry, kind: str) -> str:
    """The entry that one is a variant of, itself where it is none: "rain" of "rain_heavy", for there is a "rain"."""
    parts = entry.name.split("_")
    names = ["_".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return next(name for name in names if name in load_entries(kind))


def _build_entry(name: str, value: Any, *, family: str, source: str) -> Entry:
    if not isinstance(value, dict):
        raise KnowledgeError(f"{source}: {name}: an entry is a mapping")
    words = value.get("words") or [name.replace("_", " ")]
    phrase = value.get("phrase")
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise KnowledgeError(f"{source}: {name}: words is a list of texts")
    if not isinstance(phrase, str) or not phrase.strip():
        raise KnowledgeError(f"{source}: {name}: phrase is missing")
    params = {key: item for key, item in value.items() if key not in ("words", "phrase", "description")}
    return Entry(
        name=name,
        family=family,
        words=tuple(word.lower() for word in words),
        phrase=phrase,
        description=str(value.get("description", "")),
        params=params,
    )
