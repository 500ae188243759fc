"""What was pulled, at which commit and with which bytes: a lock file that holds it until a person asks for more.

In and out: repositories by name, each with its commit and the files of it. A push to the hub changes
nothing here; `audiogen pull --update` does.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.hub.releases import PINS
from audiogen_cli.settings import cache_folder


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """One file of a repository at a commit."""

    name: str
    num_bytes: int
    digest: str  # SHA-256 of a large file, git's SHA-1 of a small one


@dataclass(frozen=True, kw_only=True)
class LockedRepository:
    """A repository as it was pulled."""

    commit: str
    files: tuple[HubFile, ...] = field(default=())


def wanted_commit(repository: str) -> str | None:
    """The commit that is held: the locked one, else the pinned one, else none."""
    locked = read_lock().get(repository)
    return locked.commit if locked else PINS.get(repository)


def read_lock() -> dict[str, LockedRepository]:
    """The commits that are held, by repository; empty where nothing was pulled.

    Raises:
        ModelMissingError: the file is damaged.
    """
    try:
        text = lock_path().read_text("utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as fault:
        raise ModelMissingError(
            f"{lock_path()}: cannot be read: {fault}", hint="remove it, then audiogen pull"
        ) from fault
    try:
        return {
            name: LockedRepository(commit=value["commit"], files=tuple(HubFile(**file) for file in value["files"]))
            for name, value in json.loads(text).items()
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as fault:
        raise ModelMissingError(f"{lock_path()}: damaged: {fault}", hint="remove it, then audiogen pull") from fault


def write_lock(locked: Mapping[str, LockedRepository]) -> None:
    """Write the commits down, whole or not at all."""
    path = lock_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f"{path.name}.{os.getpid()}")
    whole.write_text(json.dumps({name: asdict(value) for name, value in locked.items()}, indent=1), "utf-8")
    os.replace(whole, path)


def lock_path() -> Path:
    """The file that holds the commits."""
    return cache_folder() / "models.lock.json"


def find_fault(path: Path, file: HubFile) -> str | None:
    """What is wrong with a file, if anything: absent, too short, or not the bytes the hub has."""
    if not path.is_file():
        return "is missing"
    if path.stat().st_size != file.num_bytes:
        return f"has {path.stat().st_size:,} bytes, needs {file.num_bytes:,}"
    if not file.digest:
        return None
    hasher = hashlib.sha256() if len(file.digest) == 64 else hashlib.sha1(usedforsecurity=False)
    if len(file.digest) != 64:
        hasher.update(f"blob {file.num_bytes}\0".encode())  # as git counts
    with path.open("rb") as stream:
        while block := stream.read(1 << 22):
            hasher.update(block)
    return None if hasher.hexdigest() == file.digest else "does not hold the bytes that the hub has"


def has_size(path: Path, num_bytes: int) -> bool:
    """Whether a file is there in its whole length."""
    return path.is_file() and path.stat().st_size == num_bytes
