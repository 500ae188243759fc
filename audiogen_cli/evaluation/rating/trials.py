"""The trials of a listening test: the same scene by every system, in an order that is each rater's own.

In: a folder with a folder for each system, in which clips of one scene share a name. Out: items, and for a rater the
trials: which items, in which order, and behind which letter each system hides. The order follows from the seed and
the rater's name alone, so that a test can be taken up again. Source: Dasheng AudioGen appendix E.1.
"""

import hashlib
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiogen_cli.audio.files import read_provenance
from audiogen_cli.caption import JSON_KEYS
from audiogen_cli.errors import AudioFileError, OptionError

CAPTIONS = "captions.jsonl"
_ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
_RATER = re.compile(r"\w[\w .-]{0,39}")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One scene, as every system sounds it."""

    id: str
    caption: str
    category: str  # empty where nobody told it
    clips: Mapping[str, Path]  # by system


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One item for one rater."""

    item: Item
    systems: tuple[str, ...]  # in the order in which they are heard


def load_items(folder: Path) -> list[Item]:
    """The scenes of a folder that every system has.

    Captions stand in `captions.jsonl` beside the systems ({"id", "caption", "category"} a line), or in the recipes
    of clips of ours.

    Raises:
        OptionError: fewer than two systems, no scene that all have, a scene without a caption, a broken line.
    """
    if not folder.is_dir():
        raise OptionError(f"{folder}: is no folder")
    systems = {path.name: _clips(path) for path in sorted(folder.iterdir()) if path.is_dir()}
    systems = {name: clips for name, clips in systems.items() if clips}
    if len(systems) < 2:
        raise OptionError(f"{folder}: a listening test needs two or more folders of clips, one for each system")
    shared = sorted(set.intersection(*(set(clips) for clips in systems.values())))
    if not shared:
        raise OptionError(f"{folder}: no clip has the same name in all of {', '.join(systems)}")
    told = read_captions(folder / CAPTIONS)
    items = []
    for name in shared:
        clips = {system: found[name] for system, found in systems.items()}
        caption, category = told.get(name) or _from_recipe(clips.values(), name, folder)
        items.append(Item(id=name, caption=caption, category=category, clips=clips))
    return items


def plan_trials(items: Sequence[Item], rater: str, *, seed: int, per_category: int | None = None) -> list[Trial]:
    """The trials of one rater: items drawn and ordered, systems shuffled anew in each.

    Args:
        items: of `load_items`.
        rater: who rates.
        seed: of the whole test.
        per_category: how many items of each category; None for all. The paper takes 5 of each of 7.
    """
    check_rater(rater)
    digest = hashlib.sha256(f"{seed}\0{rater}".encode()).digest()
    rng = random.Random(int.from_bytes(digest, "big"))
    drawn: list[Item] = []
    for category in sorted({item.category for item in items}):
        group = [item for item in items if item.category == category]
        drawn += group if per_category is None else rng.sample(group, min(per_category, len(group)))
    rng.shuffle(drawn)
    return [Trial(item=item, systems=tuple(rng.sample(sorted(item.clips), len(item.clips)))) for item in drawn]


def read_captions(path: Path) -> dict[str, tuple[str, str]]:
    """Scene to its caption and category; empty where the file is not there, `OptionError` for a broken one."""
    if not path.exists():
        return {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise OptionError(f"{path}: cannot be read: {fault}") from fault
    told = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, caption = row["id"], row["caption"]
            if not isinstance(name, str) or not isinstance(caption, str) or not caption.strip():
                raise ValueError("id and caption are texts")
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise OptionError(f"{path}: line {number} holds no id and caption: {fault}") from fault
        told[name] = (caption, str(row.get("category") or ""))
    return told


def check_rater(rater: str) -> None:
    """Refuse a name that is none; raises `OptionError`."""
    if not _RATER.fullmatch(rater):
        raise OptionError("a rater's name has 1 to 40 letters, digits, spaces, dots or hyphens")


def _clips(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in _ENDINGS and file.is_file():
            if file.stem in found:
                raise OptionError(f"{file}: {found[file.stem].name} has the same name")
            found[file.stem] = file
    return found


def _from_recipe(clips: Iterable[Path], name: str, folder: Path) -> tuple[str, str]:
    for clip in clips:
        try:
            caption = read_provenance(clip).caption
        except AudioFileError:
            continue
        return "\n".join(f"{JSON_KEYS[view]}: {text}" for view, text in caption.views.items()), caption.category
    raise OptionError(
        f"{name}: nobody tells what it should sound like",
        hint=f'{folder / CAPTIONS}: {{"id": "{name}", "caption": ..}}',
    )
