"""What is to be scored: a folder of sounds or a list of them, checked line by line.

In: a folder, or a JSON Lines file of `{"id", "audio", "reference", "caption", "text", "category"}` (all but one
of id and audio optional; the official prompt lists' `audio_id` and tagged captions are read too). Out: a `Manifest`
of items and of faults; a line or a file that cannot be used is named, the rest stands. Sounds are opened by
`runner`, not here.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiogen_cli.audio.files import read_provenance
from audiogen_cli.caption import Caption, caption_from_json
from audiogen_cli.errors import AudiogenError, OptionError
from audiogen_cli.prompt import looks_like_prompt, parse_prompt

AUDIO_ENDINGS = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".w64", ".rf64"})
_NAMED = 3  # ids that an error names


@dataclass(frozen=True, kw_only=True)
class Item:
    """One sound and what it should be."""

    id: str
    audio: Path
    reference: Path | None = None
    caption: Caption | None = None  # None where nobody wrote what should be heard
    category: str | None = None

    @property
    def transcript(self) -> str | None:
        """The words that should be said."""
        return self.caption.asr if self.caption is not None else None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that could not be scored, and why."""

    id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What is to be scored; `references` holds a set that is not paired with the items."""

    source: str
    items: tuple[Item, ...]
    faults: tuple[Fault, ...] = ()
    references: tuple[Path, ...] = ()


def read_manifest(
    source: Path, *, audio: Path | None = None, reference: Path | None = None, paired: bool = True
) -> Manifest:
    """Read what is to be scored.

    Args:
        source: a folder of sounds, whose captions are their recipes', or a JSON Lines file.
        audio: for a file: the folder whose sounds are named by the ids, where the lines' own paths do not serve.
        reference: a folder of the sounds to compare with, named as the scored ones are.
        paired: whether every item must have its reference; otherwise they are two sets.

    Raises:
        OptionError: there is no such source, it holds nothing, or a pair is missing.
    """
    if source.is_dir():
        if audio is not None:
            raise OptionError("a folder of sounds needs no other folder of sounds", hint="--audio goes with a list")
        found, faults = _read_folder(source)
    elif source.is_file():
        found, faults = _read_lines(source, audio)
    else:
        raise OptionError(f"{source}: there is no such file or folder")
    items, twice = _without_repeats(found)
    faults += twice
    if not items and not faults:
        raise OptionError(f"{source}: holds nothing to score", hint="sounds end in " + " ".join(sorted(AUDIO_ENDINGS)))
    if reference is None:
        return Manifest(source=str(source), items=_checked_pairs(items), faults=tuple(faults))
    others = {key: path for key, path in _sounds(reference)}
    if not others:
        raise OptionError(f"{reference}: holds no sound to compare with")
    if not paired:
        return Manifest(source=str(source), items=tuple(items), faults=tuple(faults), references=tuple(others.values()))
    return Manifest(source=str(source), items=_paired(items, others, reference), faults=tuple(faults))


def _read_folder(folder: Path) -> tuple[list[Item], list[Fault]]:
    items = []
    for key, path in _sounds(folder):
        caption = _recipe(path)
        items.append(Item(id=key, audio=path, caption=caption, category=caption.category if caption else None))
    return items, []


def _sounds(folder: Path) -> Iterator[tuple[str, Path]]:
    """The sounds of a folder and those below it, each with its place in it, without ending, as its id."""
    if not folder.is_dir():
        raise OptionError(f"{folder}: is no folder")
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in AUDIO_ENDINGS and path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).with_suffix("").as_posix(), path


def _recipe(path: Path) -> Caption | None:
    try:
        return read_provenance(path).caption
    except AudiogenError:
        return None  # a recording, or a peer's sound; a broken file is found when it is opened


def _read_lines(file: Path, audio: Path | None) -> tuple[list[Item], list[Fault]]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as fault:
        raise OptionError(f"{file}: cannot be read: {fault.strerror or fault}") from fault
    except UnicodeDecodeError as fault:
        raise OptionError(
            f"{file}: no list of sounds, it is not UTF-8 text", hint="a folder of sounds, or a JSON Lines list"
        ) from fault
    places = {Path(key).name: path for key, path in _sounds(audio)} if audio is not None else None
    items: list[Item] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            items.append(_read_line(line, file.parent, places))
        except AudiogenError as fault:
            faults.append(Fault(id=f"line {number}", reason=str(fault)))
    return items, faults


def _read_line(line: str, folder: Path, places: Mapping[str, Path] | None) -> Item:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as fault:
        raise OptionError(f"not JSON: {fault}") from fault
    if not isinstance(row, dict):
        raise OptionError(f"a {type(row).__name__} where an object is needed")
    wrong = [key for key, value in row.items() if key in _TEXTS and not isinstance(value, (str, type(None)))]
    if wrong:
        raise OptionError(f"{wrong[0]} is not text")
    named = row.get("id") or row.get("audio_id")
    if not named and not row.get("audio"):
        raise OptionError("neither id nor audio is given")
    key = str(named) if named else Path(row["audio"]).with_suffix("").as_posix()
    if places is not None:
        if key not in places:
            raise OptionError(f"{key}: no sound of that name")
        place = places[key]
    elif row.get("audio"):
        place = folder / row["audio"]
    else:
        raise OptionError(f"{key}: no audio is given")
    caption = caption_of_row(row)
    return Item(
        id=key,
        audio=place,
        reference=folder / row["reference"] if row.get("reference") else None,
        caption=caption,
        category=row.get("category") or (caption.category if caption else None),
    )


_TEXTS = ("id", "audio_id", "audio", "reference", "caption", "content", "prompt", "text", "asr", "category")
_VIEWS = ("speech", "sfx", "music", "env")


def caption_of_row(row: Mapping[str, Any]) -> Caption | None:
    """The caption a line states, in any of the forms such lists have; None where it states none.

    Raises:
        CaptionError: it states one that cannot be read.
    """
    told = row.get("prompt") or row.get("content") or row.get("caption")
    if isinstance(row.get("Caption"), str):
        return caption_from_json(
            {key: row.get(key) for key in ("Caption", "Speech", "ASR", "SFX", "Music", "ENV")}, source="the line"
        )
    words = row.get("asr") or row.get("text")
    if told and looks_like_prompt(told):
        return parse_prompt(told)
    if not told and not words:
        return None
    views = {view: row.get(view) for view in _VIEWS}
    present = {view: None if (text or "").strip().lower() == "none" else text for view, text in views.items()}
    return Caption(caption=told or "Speech", asr=words, **present)


def _without_repeats(items: list[Item]) -> tuple[list[Item], list[Fault]]:
    kept: dict[str, Item] = {}
    faults = []
    for item in items:
        if item.id in kept:
            faults.append(Fault(id=item.id, reason=f"the id stands twice: {item.audio} and {kept[item.id].audio}"))
        else:
            kept[item.id] = item
    return list(kept.values()), faults


def _checked_pairs(items: list[Item]) -> tuple[Item, ...]:
    """All items or none have a reference; a list that has it for some is a mistake."""
    without = [item.id for item in items if item.reference is None]
    if without and len(without) < len(items):
        raise OptionError(f"{len(without)} of {len(items)} lines have no reference: {_some(without)}")
    return tuple(items)


def _paired(items: list[Item], others: Mapping[str, Path], folder: Path) -> tuple[Item, ...]:
    wanted = {item.id for item in items}
    alone = [key for key in wanted if key not in others]
    left = [key for key in others if key not in wanted]
    if alone or left:
        told = [f"{len(alone)} without a reference: {_some(alone)}"] if alone else []
        told += [f"{len(left)} references without a sound: {_some(left)}"] if left else []
        raise OptionError(
            f"{folder}: the sets are not paired; {'; '.join(told)}",
            hint="name the files alike, or --unpaired to compare them as sets (no KL)",
        )
    return tuple(
        Item(id=item.id, audio=item.audio, reference=others[item.id], caption=item.caption, category=item.category)
        for item in items
    )


def _some(keys: list[str]) -> str:
    shown = ", ".join(sorted(keys)[:_NAMED])
    return shown + (", ..." if len(keys) > _NAMED else "")
