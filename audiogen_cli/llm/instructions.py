"""What a language model is told: the texts in `prompts/`, versioned, filled in for one clip.

In: the name of a text, or a person's own file instead of our instructions. Out: the text with its places filled.
The person's words never become part of the instructions: they travel as JSON between two marks that they cannot
close, because `<` is written as an escape in them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from audiogen_cli.errors import ModelMissingError, OptionError

MAX_CHARS = 40_000  # of a person's own instructions

LANGUAGES = {
    "english": "ASR is English too, whatever the language of the request.",
    "multilingual": "ASR is in the language of the request; the other views stay English.",
}
CREATIVITY = {
    "low": "Add little: stay close to the words of the request.",
    "medium": "Add two or three fitting details.",
    "high": "Be bold: choose an unexpected but plausible place, people and moment, rich in vivid detail.",
}
TEMPERATURES = {"low": 0.2, "medium": 0.7, "high": 1.1}


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """One text with its origin: our version, or the person's file."""

    text: str
    origin: str  # "instructions 1", or the file's path

    def filled(self, **places: str) -> str:
        """The text with every `{{place}}` filled; a place nobody knows stays as it is."""
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: places.get(match[1], match[0]), self.text)


@cache
def load_instructions(name: str) -> Instructions:
    """One of our own texts; raises `ModelMissingError` where the package is incomplete."""
    try:
        text = _read_ours(f"{name}.md")
    except OSError as fault:
        raise ModelMissingError(f"the package lacks prompts/{name}.md", hint="reinstall audiogen") from fault
    head, version = _head(text)
    return Instructions(text=text[head:].strip(), origin=f"{name} {version}")


def read_instructions(file: str | Path) -> Instructions:
    """A person's own instructions; raises `OptionError` where the file is no text, empty or a book."""
    path = Path(file).expanduser()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else "it is not UTF-8 text"
        raise OptionError(f"{path}: the instructions cannot be read: {reason}") from fault
    head, _ = _head(text)
    if not text[head:].strip() or len(text) > MAX_CHARS:
        raise OptionError(f"{path}: instructions need 1 to {MAX_CHARS:,} characters, it has {len(text):,}")
    return Instructions(text=text[head:].strip(), origin=str(path))


def as_data(value: Mapping[str, Any]) -> str:
    """What comes from a person, as JSON between marks that nothing in it can close."""
    written = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    written = written.encode("utf-8", "replace").decode("utf-8")  # halves of surrogates cannot travel
    return f"<data>\n{written}\n</data>"


def _read_ours(name: str) -> str:
    packaged = resources.files("audiogen_cli") / "prompts" / name
    if packaged.is_file():
        return packaged.read_text("utf-8")
    return (Path(__file__).parents[2] / "prompts" / name).read_text("utf-8")  # a checkout


def _head(text: str) -> tuple[int, str]:
    """Where the header ends, and the version it tells."""
    header = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    if header is None:
        return 0, "?"
    version = re.search(r"^version:\s*(\S+)", header[1], re.MULTILINE)
    return header.end(), version[1] if version else "?"
