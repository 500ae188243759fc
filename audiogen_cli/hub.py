"""Published weights on this machine: which there are, where they lie, how they get here.

In: a model's name, or a folder. Out: folders, each with the commit it holds. `locate` never touches
the network; `pull` alone does. The commit of a first pull is written to a lock file and held from
then on, so that a push to the hub changes nothing here until a person asks for it. Files are those of
the hub's own cache, shared with other tools.
"""

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError
from audiogen_cli.settings import cache_folder

logger = logging.getLogger(__name__)

WANTED = ("config.json", "*.safetensors", "*.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
          "special_tokens_map.json", "spiece.model")  # fmt: skip
"""Files that are downloaded: never a pickle, never code."""

_CONVERTER = "SFconvertbot"  # the hub's account that converts pickles

SPARE_DISK = 500_000_000  # bytes that a download leaves free


class HubError(AudiogenError):
    """The hub cannot be reached, or does not have what was asked for."""

    exit_code = 4


@dataclass(frozen=True, kw_only=True)
class Release:
    """One published model: the three repositories it is made of."""

    name: str
    model: str
    text_encoder: str
    codec: str
    about: str

    @property
    def repositories(self) -> tuple[str, ...]:
        return (self.model, self.text_encoder, self.codec)


_ENGLISH = Release(
    name="english",
    model="mispeech/Dasheng-AudioGen",
    text_encoder="google/flan-t5-large",
    codec="mispeech/dashengtokenizer",
    about="the model of the paper",
)
_MULTILINGUAL = Release(
    name="multilingual",
    model="mispeech/Dasheng-AudioGen-Multilingual",
    text_encoder="google/mt5-large",
    codec="mispeech/dashengtokenizer",
    about="eight languages in the spoken words; for English, english is the better one",
)
RELEASES: Mapping[str, Release] = MappingProxyType({release.name: release for release in (_ENGLISH, _MULTILINGUAL)})

PINS: Mapping[str, str] = MappingProxyType({})
"""Repository to the commit this version was tried with. Empty: this version was written without the
network, so nobody could look the commits up. The lock file holds those of the first pull instead."""


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


@dataclass(frozen=True, kw_only=True)
class Located:
    """A model folder on this machine."""

    name: str  # as it was asked for, or the folder's own name
    folder: Path
    commit: str | None  # None: a folder of the person's own


@dataclass(frozen=True, kw_only=True)
class Download:
    """What a pull would bring: the files of one repository at one commit, and those already here."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]
    present: frozenset[str]

    @property
    def num_bytes(self) -> int:
        """What is still to come."""
        return sum(file.num_bytes for file in self.files if file.name not in self.present)


def locate(name: str | Path, *, cache_dir: Path | None = None) -> Located:
    """A folder by path, or a repository that has been pulled; no network.

    Args:
        name: an existing folder, or a hub name such as "google/flan-t5-large".
        cache_dir: the hub's cache; None for its usual place.

    Raises:
        ModelMissingError: neither; the hint says how to get it.
    """
    folder = Path(name).expanduser()
    if str(name).strip() and folder.is_dir():
        return Located(name=folder.resolve().name, folder=folder, commit=None)
    repository = str(name)
    if not is_repository(repository):
        raise ModelMissingError(
            f"{name}: no such folder, and no model of this name",
            hint=f"Models: {', '.join(RELEASES)}, a hub name or a folder",
        )
    commit = wanted_commit(repository)
    snapshot = _snapshot(repository, commit, cache_dir)
    if snapshot is None:
        raise ModelMissingError(f"{repository}: not on this machine", hint=_how_to_get(repository))
    if not _is_whole(snapshot, repository):
        raise ModelMissingError(f"{repository}: only part of it is on this machine", hint=_how_to_get(repository))
    return Located(name=repository, folder=snapshot, commit=snapshot.name)


def is_present(name: str, *, cache_dir: Path | None = None) -> bool:
    """Whether a release's three repositories are all on this machine; no network."""
    try:
        for repository in RELEASES[name].repositories:
            locate(repository, cache_dir=cache_dir)
    except ModelMissingError:
        return False
    return True


def is_repository(name: str) -> bool:
    """Whether a text has the form of a hub name, OWNER/NAME."""
    owner, _, own = name.partition("/")
    return bool(owner and own) and "/" not in own and not name.startswith((".", "/", "~")) and "\\" not in name


def wanted_commit(repository: str) -> str | None:
    """The commit that is held: the locked one, else the pinned one, else none."""
    locked = read_lock().get(repository)
    return locked.commit if locked else PINS.get(repository)


def plan(
    repositories: Sequence[str],
    *,
    update: bool = False,
    cache_dir: Path | None = None,
    endpoint: str | None = None,
    offline: bool = False,
) -> list[Download]:
    """Ask the hub what a pull would bring.

    Args:
        repositories: hub names; one named twice counts once.
        update: take the newest commit instead of the one that is held.
        cache_dir: the hub's cache; None for its usual place.
        endpoint: the hub's address; None for the usual one.
        offline: refuse to ask.

    Raises:
        OptionError: offline.
        HubError: the hub cannot be reached, or does not have a repository.
    """
    if offline:
        raise OptionError("offline: nothing can be pulled", hint="without --offline, and without HF_HUB_OFFLINE")
    from fnmatch import fnmatch

    from huggingface_hub import HfApi

    downloads = []
    for repository in dict.fromkeys(repositories):
        revision = PINS.get(repository) if update else wanted_commit(repository)
        with _spoken_plainly(repository):
            api = HfApi(endpoint=endpoint)
            info = api.model_info(repository, revision=revision, files_metadata=True)
            if revision is None and not _has_weights(info):
                converted = _converted_revision(api, repository)
                info = api.model_info(repository, revision=converted, files_metadata=True) if converted else info
        files = tuple(
            HubFile(
                name=sibling.rfilename, num_bytes=sibling.size or 0,
                digest=sibling.lfs.sha256 if sibling.lfs is not None else sibling.blob_id or "",
            )
            for sibling in info.siblings or ()
            if any(fnmatch(sibling.rfilename, pattern) for pattern in WANTED)
        )  # fmt: skip
        commit = info.sha or revision or ""
        if not any(file.name.endswith(".safetensors") for file in files):
            raise HubError(
                f"{repository}: holds no safetensors files, and a pickle is never opened",
                hint="a folder with a converted copy",
            )
        snapshot = _snapshot(repository, commit, cache_dir)
        here = {file.name for file in files if snapshot and _has_size(snapshot / file.name, file.num_bytes)}
        downloads.append(Download(repository=repository, commit=commit, files=files, present=frozenset(here)))
    return downloads


def _has_weights(info: Any) -> bool:
    return any(sibling.rfilename.endswith(".safetensors") for sibling in info.siblings or ())


def _converted_revision(api: Any, repository: str) -> str | None:
    """The hub's own conversion of an old repository to safetensors, which waits as a pull request; None without one."""
    for request in api.get_repo_discussions(repository, author=_CONVERTER, discussion_type="pull_request"):
        if request.author == _CONVERTER and "safetensors" in request.title.lower() and request.status != "closed":
            return f"refs/pr/{request.num}"
    return None


def check_disk(downloads: Sequence[Download], *, cache_dir: Path | None = None) -> None:
    """Raises `HubError` when the disk does not hold what is still to come."""
    folder = cache_path(cache_dir)
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free, needed = shutil.disk_usage(existing).free, sum(download.num_bytes for download in downloads)
    if needed + SPARE_DISK > free:
        raise HubError(
            f"{existing}: {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB to download",
            hint="HF_HOME names another place for the cache",
        )


def pull(
    downloads: Sequence[Download],
    *,
    cache_dir: Path | None = None,
    endpoint: str | None = None,
    on_file: Callable[[str, HubFile], None] = lambda repository, file: None,
) -> list[Located]:
    """Download, check every new file against the hub's digest, and write the commits down.

    An interrupted pull goes on where it stopped. Raises `HubError`.
    """
    from huggingface_hub import hf_hub_download

    check_disk(downloads, cache_dir=cache_dir)
    located = []
    for download in downloads:
        for file in download.files:
            on_file(download.repository, file)
            with _spoken_plainly(download.repository):
                path = Path(
                    hf_hub_download(
                        download.repository,
                        file.name,
                        revision=download.commit,
                        cache_dir=cache_path(cache_dir),
                        endpoint=endpoint,
                    )
                )
            fault = None if file.name in download.present else find_fault(path, file)
            if fault:
                _discard(path)
                raise HubError(f"{download.repository}: {file.name} {fault}; it is removed again", hint="audiogen pull")
        _write_lock(
            {**read_lock(), download.repository: LockedRepository(commit=download.commit, files=download.files)}
        )
        located.append(locate(download.repository, cache_dir=cache_dir))
    return located


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
    _write_lock({name: locked for name, locked in read_lock().items() if name != repository})
    return freed


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


def cache_path(cache_dir: Path | None = None) -> Path:
    """Where the hub keeps its files."""
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) if cache_dir is None else cache_dir


def lock_path() -> Path:
    """The file that holds the commits."""
    return cache_folder() / "models.lock.json"


def read_lock() -> dict[str, LockedRepository]:
    """The commits that are held, by repository; empty where nothing was pulled.

    Raises:
        ModelMissingError: the file is damaged.
    """
    try:
        text = lock_path().read_text("utf-8")
    except FileNotFoundError:
        return {}
    try:
        return {
            name: LockedRepository(commit=value["commit"], files=tuple(HubFile(**file) for file in value["files"]))
            for name, value in json.loads(text).items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ModelMissingError(f"{lock_path()}: damaged: {fault}", hint="remove it, then audiogen pull") from fault


def _write_lock(locked: Mapping[str, LockedRepository]) -> None:
    path = lock_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_name(f"{path.name}.{os.getpid()}")
    whole.write_text(json.dumps({name: asdict(value) for name, value in locked.items()}, indent=1), "utf-8")
    os.replace(whole, path)


def _snapshot(repository: str, commit: str | None, cache_dir: Path | None) -> Path | None:
    """The folder of a commit in the cache; without a commit, that of the branch as it was last seen here."""
    entry = _cache_entry(repository, cache_dir)
    if commit is None:
        try:
            commit = (entry / "refs" / "main").read_text("utf-8").strip()
        except OSError:
            return None
    folder = entry / "snapshots" / commit
    return folder if folder.is_dir() else None


def _is_whole(folder: Path, repository: str) -> bool:
    """Whether every file is there: those that were pulled by their sizes, else a config and all weights it needs."""
    locked = read_lock().get(repository)
    if locked is not None and locked.commit == folder.name:
        return all(_has_size(folder / file.name, file.num_bytes) for file in locked.files)
    weights, index = folder / "model.safetensors", folder / "model.safetensors.index.json"
    shards = {weights}
    if not weights.is_file() and index.is_file():
        try:
            shards = {folder / file for file in json.loads(index.read_text("utf-8"))["weight_map"].values()}
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
    return (folder / "config.json").is_file() and all(path.is_file() for path in shards)


def _cache_entry(repository: str, cache_dir: Path | None) -> Path:
    """The folder of a repository in the hub's cache, by its documented layout; the hub's own code loads slowly."""
    return cache_path(cache_dir) / f"models--{repository.replace('/', '--')}"


def _has_size(path: Path, num_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == num_bytes


def _discard(path: Path) -> None:
    blob = path.resolve()
    path.unlink(missing_ok=True)
    blob.unlink(missing_ok=True)


def _how_to_get(repository: str) -> str:
    release = next((release.name for release in RELEASES.values() if repository in release.repositories), None)
    return f"audiogen pull {release}" if release else f"audiogen pull {repository}, or a folder"


class _spoken_plainly:
    """Turns the hub library's many exceptions into one line."""

    def __init__(self, repository: str) -> None:
        self.repository = repository

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, fault: BaseException | None, trace: Any) -> None:
        if fault is None or not isinstance(fault, Exception) or isinstance(fault, AudiogenError):
            return
        first = next(iter(str(fault).strip().splitlines()), type(fault).__name__)
        logger.debug("the hub said: %s", fault)
        raise HubError(
            f"{self.repository}: {first}", hint="check the name and the network; audiogen pull goes on where it stopped"
        ) from fault


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
