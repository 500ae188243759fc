"""A text in the person's own editor."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from audiogen_cli.errors import AudiogenError
from audiogen_cli.settings import read_environment

_HINT = "set EDITOR, such as EDITOR=nano"


def edit_text(text: str, *, suffix: str) -> str:
    """The text as the person left it; raises `AudiogenError` when no editor can be used."""
    handle, name = tempfile.mkstemp(suffix=suffix)
    path = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        edit_file(path)
        return path.read_text("utf-8")
    except UnicodeDecodeError as fault:
        raise AudiogenError("what the editor left is not UTF-8 text") from fault
    finally:
        path.unlink(missing_ok=True)


def edit_file(path: Path) -> None:
    """Open a file in the editor that `VISUAL` or `EDITOR` names and wait; raises `AudiogenError` when it fails."""
    default = "notepad" if sys.platform == "win32" else "vi"
    command = read_environment("VISUAL") or read_environment("EDITOR") or default
    try:
        done = subprocess.run([*shlex.split(command), str(path)], check=False)
    except (OSError, ValueError) as fault:
        raise AudiogenError(f"the editor {command!r} cannot be started: {fault}", hint=_HINT) from fault
    if done.returncode != 0:
        raise AudiogenError(f"the editor {command!r} ended with {done.returncode}", hint=_HINT)
