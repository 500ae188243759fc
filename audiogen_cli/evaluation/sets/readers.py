"""Readers of the paper's sets: what lies on disk to records, one at a time.

In: a path: the official prompt lists or a package's captions of MECAT (JSON Lines, gzip or not, or a folder of
them), a folder or a tar of shards `ID.json` beside `ID.flac` (MECAT-Caption, ACAVCaps), the CSV of AudioCaps or
MusicCaps, or LibriTTS's own folders. Out: `Record`s. Sound is not decoded here, and nothing is downloaded.
"""

import csv
import gzip
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudioFileError, AudiogenError, CaptionError, OptionError
from audiogen_cli.evaluation.manifest import caption_of_row
from audiogen_cli.evaluation.sets.records import MECAT_COUNTS, Record

SETS = ("mecat", "acavcaps", "audiocaps", "musiccaps", "libritts")
_PACKAGE_VIEWS = {"speech": "speech", "sfx": "sound", "music": "music", "env": "environment"}
LONGEST_S = 10.0  # the paper generates ten seconds and takes shorter utterances only
_MEMBER_BYTES = 1 << 20  # a shard's JSON is a few kilobytes


def read_set(name: str, source: Path) -> Iterator[Record]:
    """The records of a set.

    Raises:
        OptionError: an unknown set, or nothing of it at that place.
        CaptionError: an item that cannot be read; the message names file and item.
    """
    if name not in SETS:
        raise OptionError(f"unknown set {name!r}", hint="sets: " + ", ".join(SETS))
    if not source.exists():
        raise OptionError(f"{source}: there is no such file or folder")
    reader = {"audiocaps": _read_csv, "musiccaps": _read_csv, "libritts": _read_libritts}.get(name, _read_scenes)
    return reader(source)


def _read_scenes(source: Path) -> Iterator[Record]:
    """Lists and shards of structured captions, all that lie below a folder."""
    files = [source] if source.is_file() else sorted(path for path in source.rglob("*") if path.is_file())
    known = [(path, reader) for path in files if (reader := _scene_reader(path)) is not None]
    if not known:
        raise OptionError(f"{source}: holds no list, shard or item of structured captions")
    for path, reader in known:
        with _naming(path):
            yield from reader(path)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Whatever a broken file leads to, as a `CaptionError` that names it."""
    broken = (OSError, EOFError, tarfile.TarError, zlib.error, csv.Error, ValueError, AttributeError, RecursionError)
    try:
        yield
    except broken as fault:
        raise CaptionError(f"{path}: cannot be read: {fault}") from fault


def _scene_reader(path: Path) -> Callable[[Path], Iterator[Record]] | None:
    name = path.name.lower()
    if name.endswith((".jsonl", ".jsonl.gz")):
        return _read_list
    if name.endswith((".tar", ".tar.gz", ".tgz")):
        return _read_shard
    return _read_item if name.endswith(".json") else None


def _read_list(path: Path) -> Iterator[Record]:
    """Either shape of MECAT: rows with tagged prompts, or `{id: captions}` a line."""
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for number, line in enumerate(text.decode("utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        row = json.loads(line)
        place = f"{path}: line {number}"
        if "caption" in row or "content" in row or "prompt" in row:
            named = row.get("audio_id") or row.get("id")
            if not named:
                raise CaptionError(f"{place}: no audio_id")
            caption = _named(place, partial(caption_of_row, row))
            yield Record(id=str(named), caption=caption, category=row.get("category") or caption.category)
        else:
            for key, captions in row.items():
                yield record_of_captions(key, captions, place=place, category=category_of(path))


def _read_shard(path: Path) -> Iterator[Record]:
    """The JSON members of a tar, read once from front to back."""
    with tarfile.open(path, "r|*") as shard:
        for member in shard:
            if member.isfile() and member.name.endswith(".json") and member.size <= _MEMBER_BYTES:
                opened = shard.extractfile(member)
                assert opened is not None  # it is a file
                key = PurePosixPath(member.name).stem
                yield record_of_captions(
                    key, json.load(opened), place=f"{path}: {member.name}", category=category_of(path)
                )


def _read_item(path: Path) -> Iterator[Record]:
    yield record_of_captions(
        path.stem, json.loads(path.read_text("utf-8")), place=str(path), category=category_of(path)
    )


def record_of_captions(key: str, captions: Mapping[str, Any], *, place: str, category: str | None) -> Record:
    """MECAT's own keys; of several wordings the first, as the paper's examples have it."""
    views = {view: _first(captions.get(name)) for view, name in _PACKAGE_VIEWS.items()}
    whole = _first(captions.get("short")) or _first(captions.get("long"))
    caption = _named(place, partial(Caption, caption=whole or "", **views))
    return Record(id=key, caption=caption, category=category or caption.category)


def _first(texts: Any) -> str | None:
    text = texts[0] if isinstance(texts, list) and texts else texts
    return None if not isinstance(text, str) or text.strip().lower() in ("", "none") else text


def category_of(path: Path) -> str | None:
    """The code a file or one of its folders is named by."""
    for part in reversed(path.parts):
        for code in (*MECAT_COUNTS, "000"):
            if part.split(".")[0].removeprefix("mecat_").removesuffix("_en") == code:
                return code
    return None


def _read_csv(source: Path) -> Iterator[Record]:
    """AudioCaps and MusicCaps: the CSV of the set, one caption for each clip, the first where there are several."""
    path = source if source.is_file() else next(iter(sorted(source.glob("*.csv"))), None)
    if path is None:
        raise OptionError(f"{source}: holds no CSV")
    seen = set()
    with _naming(path), path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            start = row.get("start_time") or row.get("start_s")
            video = row.get("youtube_id") or row.get("ytid")
            if not video or not row.get("caption"):
                raise CaptionError(f"{path}: line {number}: neither AudioCaps' columns nor MusicCaps'")
            key = f"{video}_{start}" if start else video
            if key not in seen:
                seen.add(key)
                caption = Caption(caption=row["caption"])
                yield Record(id=key, caption=caption, category=caption.category)


def _read_libritts(source: Path) -> Iterator[Record]:
    """LibriTTS's folders: `ID.original.txt` beside each utterance, quotes kept; ten seconds and more are left out."""
    found = False
    for path in sorted(source.rglob("*.original.txt")):
        found = True
        if _lasts(path.with_name(path.name.removesuffix(".original.txt") + ".wav")) >= LONGEST_S:
            continue
        with _naming(path):
            words = path.read_text("utf-8").strip()
        caption = _named(str(path), partial(Caption, caption="Speech", asr=words))
        yield Record(id=path.name.removesuffix(".original.txt"), caption=caption, category="S00")
    if not found:
        raise OptionError(f"{source}: holds no .original.txt of LibriTTS")


def _lasts(sound: Path) -> float:
    """Seconds of a sound; 0 where only the text is there."""
    if not sound.is_file():
        return 0.0
    import soundfile

    try:
        return float(soundfile.info(sound).duration)
    except soundfile.LibsndfileError as fault:
        raise AudioFileError(f"{sound}: not a sound file that can be read") from fault


def _named(place: str, read: Callable[[], Caption | None]) -> Caption:
    try:
        caption = read()
    except AudiogenError as fault:
        raise CaptionError(f"{place}: {fault}") from fault
    if caption is None:
        raise CaptionError(f"{place}: no caption")
    return caption
