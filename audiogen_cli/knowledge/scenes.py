"""The bank of hand-written scenes: what a sound designer would make of an idea, view by view.

In: `knowledge/scenes/*.yaml`, whose heads say how to add a scene. Out: `Scene`s by name; which one
fits an idea is the business of `matching`. A scene is parsed only when it is used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.blocks import Block, check_blocks, read_blocks

LENGTHS: Mapping[str, tuple[int, int]] = {
    "caption": (8, 21),
    "speech": (2, 7),
    "asr": (3, 22),
    "sfx": (2, 10),
    "music": (3, 9),
    "env": (2, 7),
}
"""View to how many words a hand-written one has: the house numbers, some room for ordered events."""

_FORMS = {
    "about": "list",
    "also": "list",
    "caption": "texts",
    "speech": "texts",
    "asr": "texts",
    "sfx": "texts",
    "music": "texts",
    "env": "texts",
}


@dataclass(frozen=True)
class Scene:
    """One scene; `about` are the words an idea must name, each with alternatives, `also` those it may."""

    name: str
    about: tuple[tuple[str, ...], ...]  # every group needed, any word of it: (("street", "alley"), ("argument",))
    also: tuple[str, ...]
    block: Block = field(repr=False, compare=False)

    def texts(self, view: str) -> tuple[str, ...]:
        """The alternatives of a view; empty where the scene has none."""
        return self.block.texts(view)


@cache
def load_scenes() -> Mapping[str, Scene]:
    """All scenes by name; raises `KnowledgeError` where a name stands twice or a scene is about nothing."""
    scenes: dict[str, Scene] = {}
    for blocks in read_blocks(resources.files("audiogen_cli.knowledge") / "scenes").values():
        for block in blocks:
            if block.name in scenes:
                raise KnowledgeError(f"{block.source}: {block.name} stands in another file too")
            about = tuple(tuple(part.strip() for part in item.split("|")) for item in block.quick_list("about"))
            if not about:
                raise KnowledgeError(f"{block.source}: {block.name}: about is missing, or not on one line in brackets")
            scenes[block.name] = Scene(block.name, about, block.quick_list("also"), block)
    return scenes


def check_scenes() -> None:
    """Hold every scene to form and house lengths; raises `KnowledgeError` naming file, scene and fault."""
    for blocks in read_blocks(resources.files("audiogen_cli.knowledge") / "scenes").values():
        check_blocks(blocks, allowed=_FORMS, needed=("about", "caption"), quick=("about", "also"))
        for block in blocks:
            for fault in find_faults(block):
                raise KnowledgeError(f"{block.source}: {block.name}: {fault}")


def find_faults(block: Block) -> list[str]:
    """What is wrong with a scene's texts, one line each."""
    faults = []
    for view, (fewest, most) in LENGTHS.items():
        for text in block.texts(view):
            count = len(text.split())
            if not fewest <= count <= most:
                faults.append(f"{view} has {count} words, {fewest} to {most} needed: {text}")
            if not (text[0].isupper() or text[0].isdigit()) or re.search(r"[<>|{}\n*_#\"]", text):
                faults.append(f"{view} is not plain text in sentence case: {text}")
    for text in block.texts("asr"):
        if not text.endswith((".", "!", "?")) or re.search(r"[\d:()\[\]]", text):
            faults.append(f"asr ends in punctuation and holds spoken words only, no digits, no labels: {text}")
    if bool(block.texts("speech")) != bool(block.texts("asr")):
        faults.append("speech and asr go together")
    if not any(block.texts(view) for view in ("speech", "sfx", "music", "env")):
        faults.append("nothing sounds: speech, sfx, music or env is needed")
    return faults
