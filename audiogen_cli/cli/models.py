"""`audiogen models`: which weights are on this machine, where, whether sound; and how to be rid of them."""

import json
from typing import Annotated

import typer

from audiogen_cli.cli import console
from audiogen_cli.cli.app import guarded
from audiogen_cli.errors import ModelMissingError, OptionError
from audiogen_cli.hub.cache import is_present, locate, remove, sizes_on_disk, verify
from audiogen_cli.hub.lock import read_lock
from audiogen_cli.hub.releases import RELEASES, is_repository

models = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

Model = Annotated[str, typer.Argument(help="english, multilingual, or a hub name OWNER/NAME.")]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]


@models.callback(invoke_without_command=True)
def overview(context: typer.Context, as_json: Json = False) -> None:
    """List, locate, verify and remove the unified model's weights."""
    if context.invoked_subcommand is None:
        guarded(show)(as_json=as_json)


def show(*, as_json: Json = False) -> None:
    """List the weights: what is here, how large, at which commit."""
    rows = [
        {
            "repository": repository,
            "serves": [name for name, release in RELEASES.items() if repository in release.repositories],
            "commit": located.commit if located else None,
            "bytes": num_bytes,
            "folder": str(located.folder) if located else None,
        }
        for repository, located, num_bytes in sizes_on_disk()
    ]
    if as_json:
        console.result(json.dumps(rows, indent=2))
        return
    for name, release in RELEASES.items():
        console.result(f"{name}: {release.about}; {'complete' if is_present(name) else f'audiogen pull {name}'}")
        for row in rows:
            if name in row["serves"]:  # type: ignore[operator]
                here = f"{row['bytes'] / 1e9:.2f} GB  {row['commit']}" if row["folder"] else "not here"  # type: ignore[operator]
                console.result(f"  {row['repository']}  {here}")


def path(model: Model = "english") -> None:
    """Print the folders a model lies in."""
    for repository in _repositories(model):
        console.result_path(locate(repository).folder)


def verify_model(model: Model = "english") -> None:
    """Read every file again and compare it with the digest of its download; exits with 4 when one differs."""
    faults = []
    for repository in _repositories(model):
        found = verify(repository)
        faults += [f"{repository}: {fault}" for fault in found]
        console.say(f"{repository}: {'sound' if not found else '; '.join(found)}")
    if faults:
        raise ModelMissingError("; ".join(faults), hint=f"audiogen models remove {model}, then audiogen pull {model}")


def remove_model(
    model: Model, *, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False
) -> None:
    """Delete a model's files; those that another model of ours still needs are kept."""
    mine = _repositories(model)
    others = [release for name, release in RELEASES.items() if name != model and _here(release.model)]
    needed = {repository for release in others for repository in release.repositories} if model in RELEASES else set()
    doomed = [repository for repository in mine if repository not in needed and _here(repository)]
    if not doomed:
        raise ModelMissingError(f"{model}: nothing of it is on this machine")
    if not yes and not console.is_terminal():
        raise OptionError(f"{', '.join(doomed)}: not removed without being asked", hint="--yes")
    if not yes and not typer.confirm(f"Delete {', '.join(doomed)}?", err=True):
        return
    for repository in doomed:
        console.say(f"{repository}: {remove(repository) / 1e9:.2f} GB freed")


def _repositories(model: str) -> tuple[str, ...]:
    if model in RELEASES:
        return RELEASES[model].repositories
    if not is_repository(model):
        raise OptionError(f"{model}: no such model", hint=f"{', '.join(RELEASES)}, or a hub name OWNER/NAME")
    return (model,)


def _here(repository: str) -> bool:
    try:
        locate(repository)
    except ModelMissingError:
        return repository in read_lock()
    return True


models.command("list")(guarded(show))
models.command("path")(guarded(path))
models.command("verify")(guarded(verify_model))
models.command("remove")(guarded(remove_model))
