"""Weights on this machine: where they lie, whether they are whole and sound, how to be rid of them. No network.

In: a release's or repository's name, or a folder. Out: folders, each with the commit it holds. Files are
those of the hub's own cache, shared with other tools.
"""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.hub.lock import find_fault, has_size, read_lock, wanted_commit, write_lock
from audiogen_cli.hub.releases import RELEASES, is_repository

WANTED = ("config.json", "*.safetensors", "*.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
          "special_tokens_map.json", "spiece.model")  # fmt: skip
"""Files that are downloaded: never a pickle, never code."""

_LONGEST_TOLD = 200  # letters of a name in a message


@dataclass(frozen=True, kw_only=True)
class Located:
    """A model folder on this machine."""

    name: str  # as it was asked for, or the folder's own name
    folder: Path
    commit: str | None  # None: a folder of the person's own


def locate(name: str | Path, *, cache_dir: Path | None = None) -> Located:
    """A folder by path, or a repository that has been pulled; no network.

    Args:
        name: an existing folder, or a hub name such as "google/flan-t5-large".
        cache_dir: the hub's cache; None for its usual place.

    Raises:
        ModelMissingError: neither; the hint says how to get it.
    """
    repository = str(name)
    folder = Path(os.path.expanduser(repository))
    if repository.strip() and is_folder(folder):
        return Located(name=folder.resolve().name, folder=folder, commit=None)
    if not is_repository(repository):
        told = repository if len(repository) <= _LONGEST_TOLD else f"{repository[:_LONGEST_TOLD]}..."
        if told == repository and os.path.isfile(folder):
            raise ModelMissingError(f"{told}: a file, not a model's folder", hint=f"its folder, {folder.parent}")
        raise ModelMissingError(
            f"{told.strip() or repr(told)}: no such folder, and no model of this name",
            hint=f"Models: {', '.join(RELEASES)}, a hub name OWNER/NAME or a folder",
        )
    commit = wanted_commit(repository)
    found = snapshot(repository, commit, cache_dir)
    if found is None:
        raise ModelMissingError(f"{repository}: not on this machine", hint=_how_to_get(repository))
    if not _is_whole(found, repository):
        raise ModelMissingError(f"{repository}: only part of it is on this machine", hint=_how_to_get(repository))
    return Located(name=repository, folder=found, commit=found.name)


def is_folder(path: Path) -> bool:
    """Whether a folder is there; what can be no path on this system is none.

    Raises:
        ModelMissingError: it may be there, and this person may not look.
    """
    try:
        return path.is_dir()
    except PermissionError as fault:
        raise ModelMissingError(f"{path}: cannot be read: {fault.strerror}", hint="check its permissions") from fault
    except (OSError, ValueError):  # too long, or with a null character
        return False


def is_present(name: str, *, cache_dir: Path | None = None) -> bool:
    """Whether a release's three repositories are all on this machine; no network."""
    try:
        for repository in RELEASES[name].repositories:
            locate(repository, cache_dir=cache_dir)
    except ModelMissingError:
        return False
    return True


def sizes_on_disk(cache_dir: Path | None = None) -> Iterator[tuple[str, Located | None, int]]:
    """Every repository of every release, where it lies if it does, and its bytes there."""
    for repository in dict.fromkeys(name for release in RELEASES.values() for name in release.repositories):
        try:
            located = locate(repository, cache_dir=cache_dir)
        except ModelMissingError:
            yield repository, None, 0
            continue
        files = (path for pattern in WANTED for path in located.folder.glob(pattern))
        yield repository, located, sum(path.stat().st_size for path in files)


def verify(repository: str, *, cache_dir: Path | None = None) -> list[str]:
    """Read every file of a pulled repository and compare it with what the hub said; the faults, none when sound.

    Raises:
        ModelMissingError: it is not here, or was not pulled by this tool, so that there is nothing to compare with.
    """
    folder = locate(repository, cache_dir=cache_dir).folder
    locked = read_lock().get(repository)
    if locked is None or not locked.files:
        raise ModelMissingError(
            f"{repository}: was not pulled by this tool, there are no digests to compare with", hint="audiogen pull"
        )
    faults = ((file.name, find_fault(folder / file.name, file)) for file in locked.files)
    return [f"{name} {fault}" for name, fault in faults if fault]


def remove(repository: str, *, cache_dir: Path | None = None) -> int:
    """Delete a repository from the cache and the lock; the bytes that were freed.

    Raises:
        ModelMissingError: it is not here.
    """
    folder = _cache_entry(repository, cache_dir)
    if not folder.is_dir():
        raise ModelMissingError(f"{repository}: not on this machine")
    freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    shutil.rmtree(folder)
    write_lock({name: locked for name, locked in read_lock().items() if name != repository})
    return freed


def cache_path(cache_dir: Path | None = None) -> Path:
    """Where the hub keeps its files."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) if cache_dir is None else cache_dir


def snapshot(repository: str, commit: str | None, cache_dir: Path | None) -> Path | None:
    """The folder of a commit in the cache; without a commit, that of the branch as it was last seen here."""
    entry = _cache_entry(repository, cache_dir)
    if commit is None:
        try:
            commit = (entry / "refs" / "main").read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return None
    if Path(commit).name != commit or commit == "..":
        return None  # a damaged reference leads nowhere, least of all out of the cache
    folder = entry / "snapshots" / commit
    return folder if is_folder(folder) else None


def _is_whole(folder: Path, repository: str) -> bool:
    """Whether every file is there: those that were pulled by their sizes, else a config and all weights it needs."""
    locked = read_lock().get(repository)
    if locked is not None and locked.commit == folder.name:
        return all(has_size(folder / file.name, file.num_bytes) for file in locked.files)
    weights, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    shards = {weights}
    if not weights.is_file() and index.is_file():
        try:
            shards = {folder / file for file in json.loads(index.read_text("utf-8"))["weight_map"].values()}
        except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return False
    return (folder / "config.json").is_file() and all(path.is_file() for path in shards)


def _cache_entry(repository: str, cache_dir: Path | None) -> Path:
    """The folder of a repository in the hub's cache, by its documented layout; the hub's own code loads slowly."""
    return cache_path(cache_dir) / f"models--{repository.replace('/', '--')}"


def _how_to_get(repository: str) -> str:
    release = next((release.name for release in RELEASES.values() if repository in release.repositories), None)
    return f"audiogen pull {release}" if release else f"audiogen pull {repository}, or a folder"
