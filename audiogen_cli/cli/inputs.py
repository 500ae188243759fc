"""What a person hands in: words, a caption file, a prompt, or a sound of ours; each checked at the door."""

import codecs
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.caption import Caption, parse_caption
from audiogen_cli.caption.schema import MAX_JSON_CHARS
from audiogen_cli.cli import console
from audiogen_cli.cli.editor import edit_text
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.prompt import looks_like_prompt, parse_prompt

MAX_TEXT_CHARS = 20_000  # a few pages; the scene lasts ten seconds


def read_text(text: str) -> str:
    """A person's words from the argument, or from stdin when it is "-"; raises `OptionError` for what is no text."""
    text = _read_stdin(limit=4 * MAX_TEXT_CHARS) if text == "-" else text
    if len(text) > MAX_TEXT_CHARS:
        raise OptionError(
            f"the text has more than {MAX_TEXT_CHARS:,} characters",
            hint="a scene of ten seconds fits in a sentence or two",
        )
    check_text(text, source="the text")
    if not text.strip():
        raise OptionError("the text is empty", hint='say what should be heard: audiogen make "rain on a tin roof"')
    return text.strip()


def check_text(text: str, *, source: str) -> None:
    """Refuse what is not text: NUL bytes, and bytes that were not valid in the terminal's encoding."""
    if "\0" in text or any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        raise OptionError(f"{source} is not valid text (binary, or not UTF-8)")


@dataclass(frozen=True, kw_only=True)
class CaptionInput:
    """What `render` was given: a caption, and the recipe it came with when it was a sound of ours."""

    caption: Caption
    source: str
    recipe: Provenance | None = None


def read_caption(argument: str) -> CaptionInput:
    """Read a caption file, `-`, a tagged prompt, JSON, or a sound file of ours.

    Raises:
        CaptionError: it is not a caption, or breaks the schema.
        AudioFileError: a sound file without a recipe.
        OptionError: there is no such file, or it is not text.
    """
    if argument == "-":
        return _parse(_read_stdin(limit=4 * MAX_JSON_CHARS), source="stdin")
    if looks_like_prompt(argument) or argument.lstrip().startswith("{"):
        check_text(argument, source="the caption")
        return _parse(argument, source="the caption")
    path = Path(argument)
    try:
        if path.is_file():
            return _read_file(path)
        if path.is_dir():
            raise OptionError(f"{argument}: is a folder, a caption file is needed")
    except (OSError, ValueError) as fault:
        raise OptionError(f"{argument[:80]}: cannot be read: {fault}") from fault
    hint = (
        f'to turn words into sound: audiogen make "{argument[:60]}"'
        if " " in argument
        else "audiogen refine TEXT -o caption.json writes one"
    )
    raise OptionError(f"{argument[:80]}: there is no such file", hint=hint)


def _read_file(path: Path) -> CaptionInput:
    from audiogen_cli.audio.files import is_audio_file, read_provenance

    if is_audio_file(path):
        recipe = read_provenance(path)
        return CaptionInput(caption=recipe.caption, source=str(path), recipe=recipe)
    with path.open("rb") as file:
        data = file.read(4 * MAX_JSON_CHARS + 1)
    return _parse(_decode(data, source=str(path), limit=4 * MAX_JSON_CHARS), source=str(path))


def _parse(text: str, *, source: str) -> CaptionInput:
    if looks_like_prompt(text):
        try:
            return CaptionInput(caption=parse_prompt(text), source=source)
        except CaptionError as fault:
            raise CaptionError(f"{source}: {fault}", hint=fault.hint) from fault
    if not text.strip():
        raise CaptionError(
            f"{source}: empty", hint='a caption file holds one object, such as {"Caption": "Rain on a tin roof"}'
        )
    return CaptionInput(caption=parse_caption(text, source=source), source=source)


def _read_stdin(*, limit: int) -> str:
    if sys.stdin is None or sys.stdin.closed:
        raise OptionError("stdin is closed, nothing to read")
    if sys.stdin.isatty():
        console.say("reading from the terminal; end with Ctrl-D")
    return _decode(sys.stdin.buffer.read(limit + 1), source="stdin", limit=limit)


def _decode(data: bytes, *, source: str, limit: int) -> str:
    if len(data) > limit:
        raise OptionError(f"{source}: more than {limit // 1000:,} kB, far too long for a scene")
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and len(data) > 2
    encoding, name = ("utf-16", "UTF-16") if marked else ("utf-8-sig", "UTF-8")  # what a Windows editor or shell writes
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as fault:
        raise OptionError(f"{source}: not {name} text (byte {fault.start})") from fault
    check_text(text, source=source)
    return text


def edit_caption(caption: Caption) -> Caption:
    """Open a caption in the person's editor and check what comes back; offers to go back while it is at fault."""
    text = json.dumps(caption.as_json(), indent=2, ensure_ascii=False) + "\n"
    while True:
        text = edit_text(text, suffix=".json")
        try:
            return parse_caption(text, source="the edited caption")
        except CaptionError as fault:
            if not sys.stdin.isatty():
                raise
            console.fail(fault)
            if not typer.confirm("edit again?", default=True, err=True):
                raise
