"""Weights from the hub to this machine: what a pull would bring, then the pull itself.

In: repository names. Out: folders in the hub's cache, every new file checked against the hub's digest.
The only room that asks the network for weights; an interrupted pull goes on where it stopped.
"""

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiogen_cli.errors import AudiogenError, OptionError
from audiogen_cli.hub.cache import WANTED, Located, cache_path, locate, snapshot
from audiogen_cli.hub.lock import HubFile, LockedRepository, find_fault, has_size, read_lock, wanted_commit, write_lock
from audiogen_cli.hub.releases import PINS

logger = logging.getLogger(__name__)

SPARE_DISK = 500_000_000  # bytes that a download leaves free

_CONVERTER = "SFconvertbot"  # the hub's account that converts pickles


class HubError(AudiogenError):
    """The hub cannot be reached, or does not have what was asked for."""

    exit_code = 4


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
        at_commit = snapshot(repository, commit, cache_dir)
        here = {file.name for file in files if at_commit and has_size(at_commit / file.name, file.num_bytes)}
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
        write_lock({**read_lock(), download.repository: LockedRepository(commit=download.commit, files=download.files)})
        located.append(locate(download.repository, cache_dir=cache_dir))
    return located


def _discard(path: Path) -> None:
    blob = path.resolve()
    path.unlink(missing_ok=True)
    blob.unlink(missing_ok=True)


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
