"""Where a run's files go: every name is chosen and checked before anything is rendered."""

import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audiogen_cli.audio.files import FORMATS, audio_format, check_sample_rate, check_subtype, is_stream
from audiogen_cli.audio.plot import LAYERS, check_picture
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import KEEP, OutputFlags
from audiogen_cli.errors import AudioFileError, OptionError
from audiogen_cli.settings import Settings

STDOUT = Path("-")
_STDOUT_NAMES = (STDOUT, Path("/dev/stdout"))


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where the takes of one run go, checked and ready."""

    paths: tuple[Path, ...]  # one for each take, the same for all where the best alone is kept; STDOUT for a stream
    format: str  # one of `FORMATS`' values
    subtype: str | None
    sample_rate: int | None
    flags: OutputFlags


def plan_output(flags: OutputFlags, settings: Settings, *, name: str, seeds: Sequence[int]) -> Destination:
    """Choose and check the file names of a run.

    Raises:
        OptionError: an unknown format, a subtype or rate that does not fit it, options that exclude each other.
        AudioFileError: a folder that is not there, or a file that is and may not be overwritten.
    """
    if flags.keep not in KEEP:
        raise OptionError(f"--keep is {flags.keep!r}, needs one of {', '.join(KEEP)}")
    if flags.plot is not None:
        check_picture(flags.plot)
        check_place(flags.plot, force=flags.force)
    if flags.contact_sheet is not None:
        check_page(flags.contact_sheet, force=flags.force)
    usual = FORMATS[f".{settings.format}"]
    if flags.output is not None and (flags.output in _STDOUT_NAMES or is_stream(flags.output)):
        paths, format = _plan_stream(flags, flags.output, num_takes=len(seeds)), usual
        if flags.output.suffix.lower() in FORMATS:
            format = audio_format(flags.output)
    else:
        paths = _choose_paths(flags, settings, name=name, seeds=seeds)
        format = audio_format(paths[0])
        for place in (place for path in paths for place in _places_beside(path, flags)):
            check_place(place, force=flags.force)
    check_subtype(format, settings.subtype)
    if settings.sample_rate is not None:
        check_sample_rate(format, settings.sample_rate)
    return Destination(
        paths=paths, format=format, subtype=settings.subtype, sample_rate=settings.sample_rate, flags=flags
    )


def _plan_stream(flags: OutputFlags, output: Path, *, num_takes: int) -> tuple[Path, ...]:
    if (num_takes > 1 and flags.keep == "all") or flags.stems or flags.sidecar:
        raise OptionError(
            f"-o {output} takes one clip and nothing beside it; --takes, --stems and --sidecar need files",
            hint="--keep best, where there are several takes",
        )
    if output not in _STDOUT_NAMES:
        check_place(output, force=True)
        return (output,) * num_takes
    if console.is_terminal():
        raise OptionError(
            "a terminal cannot take WAV bytes", hint="-o FILE, or pipe it: audiogen make TEXT -o - | aplay"
        )
    return (STDOUT,) * num_takes


def _choose_paths(flags: OutputFlags, settings: Settings, *, name: str, seeds: Sequence[int]) -> tuple[Path, ...]:
    if flags.output is not None:
        first = flags.output
        if first.is_dir():
            raise OptionError(f"{first}: is a folder, a file name is needed", hint=f"-o {first / 'scene.wav'}")
        audio_format(first)
        return (
            (first,) * len(seeds)
            if len(seeds) == 1 or flags.keep == "best"
            else tuple(first.with_stem(f"{first.stem}-take{take + 1}") for take in range(len(seeds)))
        )
    folder = Path(settings.output_dir or ".").expanduser()
    return tuple(_free_name(folder / f"{slug(name)}-{seed}.{settings.format}") for seed in seeds)


def _places_beside(path: Path, flags: OutputFlags) -> list[Path]:
    """A take's own place, and those of what is asked for beside it."""
    stems = [stem_path(path, layer) for layer in LAYERS] if flags.stems else []
    return [path, *([sidecar_path(path)] if flags.sidecar else []), *stems]


def sidecar_path(path: Path) -> Path:
    """Where the recipe beside a sound lies."""
    return path.with_suffix(path.suffix + ".json")


def stem_path(path: Path, layer: str) -> Path:
    """Where a layer beside a sound lies."""
    return path.with_stem(f"{path.stem}.{layer}")


def slug(text: str, *, most: int = 48) -> str:
    """A file name from words: lower case, hyphens, cut at a word; ASCII where the words have any, else as they are."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = _words(ascii_text) or _words(unicodedata.normalize("NFC", text))
    name = ""
    for word in words:
        if name and len(name) + len(word) + 1 > most:
            break
        name = f"{name}-{word}" if name else word[:most]  # many scripts put no space between words
    return name or "scene"


def _words(text: str) -> list[str]:
    """Runs of letters, digits and the marks that belong to them, in lower case."""
    kept = (char if unicodedata.category(char)[0] in "LMN" else " " for char in text.lower())
    return "".join(kept).split()


def _free_name(path: Path) -> Path:
    free, number = path, 2
    while free.exists():
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return free


def check_page(page: Path, *, force: bool) -> None:
    """Refuse a page whose name does not end in .html, and whatever `check_place` refuses."""
    if page.suffix.lower() not in (".html", ".htm"):
        raise OptionError(f"{page}: is written as a page, its name ends in .html")
    check_place(page, force=force)


def check_place(path: Path, *, force: bool) -> None:
    """Refuse a place that cannot be written to, or a file that stands there and may not be overwritten."""
    if is_stream(path):
        if not os.access(path, os.W_OK):
            raise AudioFileError(f"{path}: cannot be written to")
        return
    folder = Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent
    if not folder.is_dir():
        raise AudioFileError(f"{path}: the folder {folder} does not exist", hint=f"mkdir -p {folder}")
    if not os.access(folder, os.W_OK):
        raise AudioFileError(f"{path}: the folder {folder} cannot be written to")
    try:
        os.stat(path)
    except FileNotFoundError:
        return
    except OSError as fault:  # such as a name that is too long
        raise AudioFileError(f"{path}: cannot be written: {fault.strerror}") from fault
    if path.is_dir():
        raise AudioFileError(f"{path}: is a folder, a file name is needed")
    if not force:
        raise AudioFileError(f"{path}: exists already", hint="--force overwrites it")
