"""`audiogen config`: what is set, where it was set, and the file to change it in."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.cli import console
from audiogen_cli.cli.app import guarded
from audiogen_cli.cli.editor import edit_file
from audiogen_cli.errors import OptionError
from audiogen_cli.settings import Settings, convert, help_of, read_document, read_settings, user_file

config = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


Json = Annotated[bool, typer.Option("--json", help="As one JSON object.")]


@config.callback(invoke_without_command=True)
def settings(context: typer.Context, as_json: Json = False) -> None:
    """Show and change settings: flag > AUDIOGEN_* > audiogen.toml here or above > user file > default."""
    if context.invoked_subcommand is None:
        guarded(show)(as_json=as_json)


def show(*, as_json: Json = False) -> None:
    """Show every setting, its value and where it comes from."""
    loaded = read_settings()
    rows = [
        (item.name, getattr(loaded.settings, item.name), loaded.origins[item.name], help_of(item.name))
        for item in fields(Settings)
    ]
    if as_json or not console.is_terminal():
        console.result(
            json.dumps({name: {"value": value, "origin": origin} for name, value, origin, _ in rows}, indent=2)
        )
        return
    console.show(
        console.table(
            "",
            ("setting", "value", "origin", "what it is"),
            [["" if cell is None else cell for cell in row] for row in rows],
        )
    )


def path() -> None:
    """Print where the user's file is."""
    console.result_path(user_file())


def set_value(
    name: Annotated[str, typer.Argument(help="A setting's name.")],
    value: Annotated[str, typer.Argument(help="Its value; an empty one takes it out of the file.")],
) -> None:
    """Change one setting in the user's file."""
    file = user_file()
    document = read_document(file)
    if value == "":
        if name not in {item.name for item in fields(Settings)}:
            convert(name, value, source="audiogen config set")
        document.pop(name, None)
    else:
        document[name] = convert(name, value, source="audiogen config set")
    _write(file, document.as_string())
    console.say(f"written to {file}")


def edit() -> None:
    """Open the user's file in $EDITOR."""
    file = user_file()
    if not file.is_file():
        lines = [
            f"# {item.name} = {'...' if item.default is None else json.dumps(item.default)}  # {help_of(item.name)}"
            for item in fields(Settings)
        ]
        _write(file, "# Settings of audiogen; take the # off a line to set it.\n" + "\n".join(lines) + "\n")
    edit_file(file)
    read_settings()  # a fault in what was written is told now


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OptionError(f"{file.parent}: cannot be made: {fault.strerror}") from fault
    write_bytes(file, text.encode())


for _name, _command in (("show", show), ("path", path), ("set", set_value), ("edit", edit)):
    config.command(_name)(guarded(_command))
