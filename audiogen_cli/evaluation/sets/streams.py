"""Sets with their sounds, streamed from the hub or from a copy of its files here; needs the extra `data`.

In: a set's name and, where it is not the hub's, a folder of its shards or parquet files. Out: records with the bytes
of their sounds, one at a time, and on disk a folder that `audiogen eval` reads. Sounds are kept as they come and are
never decoded here, so that neither torchcodec nor FFmpeg is needed.
"""

import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tarfile import TarError
from typing import Any
from zlib import error as ZlibError

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudioFileError, AudiogenError, ModelMissingError, OptionError
from audiogen_cli.evaluation.sets.readers import LONGEST_S, category_of, record_of_captions
from audiogen_cli.evaluation.sets.records import Record
from audiogen_cli.prompt import compose_prompt

logger = logging.getLogger(__name__)

LIST = "list.jsonl"
INSTALL_HINT = 'pip install "audiogen[data]"'
_HUB_HINT = "check the network; what is written stays, the same command goes on; --from FOLDER reads a copy"
_BROKEN = (OSError, EOFError, ValueError, LookupError, TypeError, RuntimeError, TarError, ZlibError)
_VIEWS = ("short", "long", "speech", "music", "sound", "environment")  # lists of wordings in MECAT's JSON
_MAGIC = {b"fLaC": ".flac", b"RIFF": ".wav", b"OggS": ".ogg", b"ID3\x03": ".mp3", b"ID3\x04": ".mp3"}


@dataclass(frozen=True, kw_only=True)
class Streamed:
    """One item with its sound as it was published."""

    record: Record
    sound: bytes


@dataclass(frozen=True, kw_only=True)
class _Published:
    repository: str
    split: str
    files: str  # in a copy of its files, as a pattern
    read: Callable[[Mapping[str, Any]], Streamed | None]  # a row to an item; None leaves it out
    config: str | None = None
    sharded: bool = False  # tar shards, else parquet


def stream_set(name: str, folder: Path | None = None, *, offline: bool = False) -> Iterator[Streamed]:
    """The items of a set, each once.

    Args:
        name: mecat, audiocaps or libritts; the others are not published with their sounds.
        folder: a copy of the published files; None streams from the hub.
        offline: refuse the hub.

    Raises:
        OptionError: an unknown set, the hub while offline, or nothing of it in the folder.
        ModelMissingError: the extra `data` is not installed.
        AudiogenError: what is read breaks off or has another form.
    """
    if name not in _PUBLISHED:
        raise OptionError(f"{name!r} is not published with its sounds", hint="sets: " + ", ".join(_PUBLISHED))
    if folder is None and offline:
        raise OptionError("the hub cannot be read offline", hint="--from FOLDER with a copy of its files")
    if folder is not None and not any(folder.glob(_PUBLISHED[name].files)):
        raise OptionError(f"{folder}: holds no {_PUBLISHED[name].files} of {name}")
    return _stream(_PUBLISHED[name], folder)


def save_stream(items: Iterable[Streamed], folder: Path, on_item: Callable[[int], None] = lambda done: None) -> Path:
    """Write sounds and a list that names them; an item that stands already is not written again.

    Returns:
        The list, for `audiogen eval`.

    Raises:
        AudioFileError: a file cannot be written, or a sound is of no form that is known.
    """
    folder.mkdir(parents=True, exist_ok=True)
    listed = folder / LIST
    lines = dict(_read_lines(listed))
    for done, item in enumerate(items, start=1):
        ending = next((ending for magic, ending in _MAGIC.items() if item.sound.startswith(magic)), None)
        if ending is None:
            raise AudioFileError(f"{item.record.id}: begins with {item.sound[:4]!r}, which is no sound file")
        place = folder / (re.sub(r"[^\w.-]", "_", item.record.id) + ending)
        if item.record.id not in lines or not place.exists():
            write_bytes(place, item.sound)
            prompt = compose_prompt(item.record.caption)
            row = {"id": item.record.id, "audio": place.name, "prompt": prompt, "category": item.record.category}
            lines[item.record.id] = json.dumps(row, ensure_ascii=False)
            write_bytes(listed, ("\n".join(lines.values()) + "\n").encode())
        on_item(done)
    return listed


def _read_lines(listed: Path) -> Iterator[tuple[str, str]]:
    for line in listed.read_text("utf-8").splitlines() if listed.exists() else ():
        try:
            yield json.loads(line)["id"], line
        except (ValueError, KeyError, TypeError) as fault:
            raise AudioFileError(f"{listed}: holds a line that is not ours: {line[:80]!r}") from fault


def _stream(published: _Published, folder: Path | None) -> Iterator[Streamed]:
    rows = _open(published, folder)
    while True:
        try:
            row = next(rows)
            item = published.read(row)
        except StopIteration:
            return
        except Exception as fault:
            if folder is not None and not isinstance(fault, _BROKEN):
                raise
            told = " ".join(str(fault).split())[:300]
            hint = _HUB_HINT if folder is None else ""
            raise AudiogenError(f"{folder or published.repository}: cannot be read: {told}", hint=hint) from fault
        if item is not None:
            yield item


def _open(published: _Published, folder: Path | None) -> Iterator[Mapping[str, Any]]:
    try:
        from datasets import Audio, Features, Value, load_dataset
        from datasets.exceptions import DatasetsError
    except ImportError as missing:
        raise ModelMissingError("streaming needs the package datasets", hint=INSTALL_HINT) from missing
    base = f"hf://datasets/{published.repository}" if folder is None else str(folder)
    try:
        if published.sharded:
            texts = {view: [Value("string")] for view in _VIEWS}
            features = Features(
                {"flac": Value("binary"), "json": texts, "__key__": Value("string"), "__url__": Value("string")}
            )
            files = {"all": f"{base}/{published.files}"}
            return iter(load_dataset("webdataset", data_files=files, split="all", streaming=True, features=features))
        if folder is None:
            rows = load_dataset(published.repository, published.config, split=published.split, streaming=True)
        else:
            rows = load_dataset("parquet", data_files={"all": f"{base}/{published.files}"}, split="all", streaming=True)
        sounds = [name for name, kind in (rows.features or {}).items() if isinstance(kind, Audio)]
        for name in sounds:
            rows = rows.cast_column(name, Audio(decode=False))
        return iter(rows)
    except Exception as fault:
        if folder is not None and not isinstance(fault, (DatasetsError, OSError, ValueError)):
            raise
        told = " ".join(str(fault).split())[:300]  # the hub's client lets through whatever its transport raises
        hint = _HUB_HINT if folder is None else ""
        raise AudiogenError(f"{base}: cannot be opened: {told}", hint=hint) from fault


def _read_mecat(row: Mapping[str, Any]) -> Streamed:
    key = str(row["__key__"]).rpartition("/")[2]
    place = str(row["__url__"])
    record = record_of_captions(key, row["json"], place=f"{place}: {key}", category=category_of(Path(place)))
    return Streamed(record=record, sound=row["flac"])


def _read_audiocaps(row: Mapping[str, Any]) -> Streamed:
    caption = Caption(caption=row["caption"])
    record = Record(id=f"{row['youtube_id']}_{row['start_time']}", caption=caption, category=caption.category)
    return Streamed(record=record, sound=row["audio"]["bytes"])


def _read_libritts(row: Mapping[str, Any]) -> Streamed | None:
    """An utterance with its quotes; ten seconds and more are left out, as the paper does."""
    import soundfile

    if soundfile.info(io.BytesIO(row["audio"]["bytes"])).duration >= LONGEST_S:
        return None
    caption = Caption(caption="Speech", asr=row["text_original"])
    return Streamed(record=Record(id=row["id"], caption=caption, category="S00"), sound=row["audio"]["bytes"])


_PUBLISHED = {
    "mecat": _Published(
        repository="mispeech/MECAT-Caption", split="test", files="*/test_*.tar.gz", read=_read_mecat, sharded=True
    ),
    "audiocaps": _Published(
        repository="OpenSound/AudioCaps", split="test", files="**/test*.parquet", read=_read_audiocaps
    ),
    "libritts": _Published(
        repository="mythicinfinity/libritts",
        config="clean",
        split="test.clean",
        files="**/test.clean*.parquet",
        read=_read_libritts,
    ),
}
