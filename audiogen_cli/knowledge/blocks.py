"""YAML files of many entries, split into entries at once and parsed one by one when asked for.

In: a folder of YAML files in which every entry's name stands in column one. Out: `Block`s by name.
A bank of scenes is hundreds of kilobytes, which libyaml parses in a quarter of a second; the words
an entry is found by stand on one line each and are read here by eye, so that a refinement parses
only the two or three entries it uses. `check_blocks` parses everything and compares.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.yaml_files import parse_yaml

if TYPE_CHECKING:
    from importlib.abc import Traversable  # Python 3.10 has it here, later ones in importlib.resources.abc

_ENTRY = re.compile(r"^([A-Za-z][\w-]*):[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One entry of a file, unparsed."""

    name: str
    source: str  # "scenes/city.yaml"
    text: str = field(repr=False)

    def quick_list(self, key: str) -> tuple[str, ...]:
        """The texts of a one-line list such as `words: [rain, drizzle]`, without parsing the rest."""
        line = re.search(rf"^  {key}: \[(.*)\]\s*$", self.text, re.MULTILINE)
        return tuple(item.strip().strip("\"'") for item in line.group(1).split(",")) if line else ()

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The parsed entry; raises `KnowledgeError` where it is not a mapping."""
        value = parse_yaml(self.text, source=f"{self.source}: {self.name}")[self.name]
        if not isinstance(value, dict):
            raise KnowledgeError(f"{self.source}: {self.name}: an entry is a mapping")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A field that holds one text or a list of texts, as texts; empty where it is absent."""
        value = self.fields.get(key)
        if value is None:
            return ()
        return (value,) if isinstance(value, str) else tuple(value)


def read_blocks(folder: "Traversable") -> dict[str, list[Block]]:
    """The blocks of every YAML file of a folder, by the file's name without its ending, in order."""
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return {file.name[: -len(".yaml")]: _split(file.read_text("utf-8"), f"{folder.name}/{file.name}") for file in files}


def check_blocks(
    blocks: Iterable[Block], *, allowed: Mapping[str, str], needed: Iterable[str], quick: Iterable[str]
) -> None:
    """Hold blocks to their documented form.

    Args:
        blocks: the entries of one file.
        allowed: field to its form: "text", "texts" (one text or a list) or "list".
        needed: fields that must be there.
        quick: list fields that must stand on one line.

    Raises:
        KnowledgeError: names file, entry and field.
    """
    for block in blocks:
        place = f"{block.source}: {block.name}"
        for key, value in block.fields.items():
            if key not in allowed:
                raise KnowledgeError(f"{place}: {key} is no field here; fields: {', '.join(allowed)}")
            items = value if isinstance(value, list) else [value]
            if (allowed[key] == "text" and isinstance(value, list)) or (
                allowed[key] == "list" and not isinstance(value, list)
            ):
                raise KnowledgeError(f"{place}: {key} is a {'list' if allowed[key] == 'list' else 'single text'}")
            if not items or not all(isinstance(item, str) and item.strip() for item in items):
                raise KnowledgeError(f"{place}: {key} holds something that is not text (quote words like no, yes, on)")
        for key in needed:
            if key not in block.fields:
                raise KnowledgeError(f"{place}: {key} is missing")
        for key in quick:
            if list(block.quick_list(key)) != block.fields.get(key, []):
                raise KnowledgeError(
                    f"{place}: {key} must stand on one line in brackets, without commas inside an item"
                )


def _split(text: str, source: str) -> list[Block]:
    starts = list(_ENTRY.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    blocks = [Block(start.group(1), source, text[start.start() : end]) for start, end in zip(starts, ends)]
    seen: set[str] = set()
    for block in blocks:
        if block.name in seen:
            raise KnowledgeError(f"{source}: {block.name} stands twice")
        seen.add(block.name)
    return blocks
