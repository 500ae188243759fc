"""`audiogen pull [MODEL]`: bring the unified model's weights to this machine, once."""

import json
from typing import Annotated

import typer

from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import OptionError
from audiogen_cli.hub.lock import HubFile
from audiogen_cli.hub.pulling import Download, check_disk, plan
from audiogen_cli.hub.pulling import pull as pull_files
from audiogen_cli.hub.releases import RELEASES, is_repository
from audiogen_cli.settings import read_settings


def pull(
    model: Annotated[str, typer.Argument(help="english, multilingual, or a hub name OWNER/NAME.")] = "english",
    *,
    update: Annotated[bool, typer.Option("--update", help="Take the newest commit, not the one that is held.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would come, and how large it is.")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="Make no network call at all.")] = False,
    talk: TalkFlags,
) -> None:
    """Download the unified model's weights, or go on with a download that was interrupted.

    Every file is checked against the hub's digest. The commit is written down and held until --update.
    """
    if model not in RELEASES and not is_repository(model):
        raise OptionError(f"{model}: no such model", hint=f"{', '.join(RELEASES)}, or a hub name OWNER/NAME")
    repositories = RELEASES[model].repositories if model in RELEASES else (model,)
    settings = read_settings(offline=True if offline else None).settings
    downloads = plan(repositories, update=update, offline=settings.offline)
    _show(downloads)
    check_disk(downloads)
    if dry_run:
        if talk.json:
            console.result(json.dumps([_summary(download) for download in downloads], indent=2))
        return

    def on_file(repository: str, file: HubFile) -> None:
        console.detail(f"{repository}: {file.name}")

    located = pull_files(downloads, on_file=on_file)
    if talk.json:
        console.result(json.dumps([_summary(download) for download in downloads], indent=2))
        return
    for place in located:
        console.result(f"{place.name}\t{place.commit}\t{place.folder}")


def _show(downloads: list[Download]) -> None:
    for download in downloads:
        for file in download.files:
            state = "here" if file.name in download.present else "to download"
            console.say(f"{download.repository}  {file.name}  {_size(file.num_bytes)}  {state}")
    total = sum(download.num_bytes for download in downloads)
    console.say(f"{_size(total)} to download" if total else "everything is here")


def _summary(download: Download) -> dict[str, object]:
    return {
        "repository": download.repository,
        "commit": download.commit,
        "bytes_to_download": download.num_bytes,
        "files": {file.name: file.num_bytes for file in download.files},
    }


def _size(num_bytes: int) -> str:
    return f"{num_bytes / 1e9:.2f} GB" if num_bytes >= 1e7 else f"{num_bytes / 1e3:,.0f} kB"
