"""Where sound goes: names are planned and checked before anything is rendered, files written after."""

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiogen_cli.audio.files import FORMATS, audio_format, check_subtype, encode_audio, write_audio, write_bytes
from audiogen_cli.audio.plot import check_picture, draw_scene
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import OutputFlags
from audiogen_cli.errors import AudioFileError, AudiogenError, OptionError
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.pipeline import Finish, Origin, Take, iterate_takes
from audiogen_cli.quality.listening import INSTALL_HINT as LISTENER_HINT
from audiogen_cli.quality.listening import has_words
from audiogen_cli.settings import Settings

if TYPE_CHECKING:
    from audiogen_cli.assembly import Chosen

STDOUT = Path("-")
KEEP = ("all", "best")


@dataclass(frozen=True, kw_only=True)
class Destination:
    """Where the takes of one run go, checked and ready."""

    paths: tuple[Path, ...]  # one for each take, the same for all where the best alone is kept; STDOUT for a stream
    subtype: str | None
    sample_rate: int | None
    flags: OutputFlags
    stream_format: str = "WAV"  # of what goes to stdout


def plan_output(flags: OutputFlags, settings: Settings, *, name: str, seeds: Sequence[int]) -> Destination:
    """Choose and check the file names of a run.

    Raises:
        OptionError: an unknown format, a subtype that does not fit it, options that exclude each other.
        AudioFileError: a folder that is not there, or a file that is and may not be overwritten.
    """
    if flags.keep not in KEEP:
        raise OptionError(f"--keep is {flags.keep!r}, needs one of {', '.join(KEEP)}")
    if flags.plot is not None:
        check_picture(flags.plot)
        check_place(flags.plot, force=flags.force)
    if flags.contact_sheet is not None:
        if flags.contact_sheet.suffix.lower() not in (".html", ".htm"):
            raise OptionError(f"{flags.contact_sheet}: a contact sheet is a page, its name ends in .html")
        check_place(flags.contact_sheet, force=flags.force)
    if flags.output == STDOUT:
        paths: tuple[Path, ...] = (STDOUT,) * len(seeds)
        if console.is_terminal():
            raise OptionError(
                "a terminal cannot take WAV bytes", hint="-o FILE, or pipe it: audiogen make TEXT -o - | aplay"
            )
        if (len(seeds) > 1 and flags.keep == "all") or flags.stems or flags.sidecar:
            raise OptionError(
                "-o - takes one clip and nothing beside it; --takes, --stems and --sidecar need files",
                hint="--keep best, where there are several takes",
            )
        check_subtype(FORMATS[f".{settings.format}"], settings.subtype)
    else:
        paths = _choose_paths(flags, settings, name=name, seeds=seeds)
        for path in paths:
            check_subtype(audio_format(path), settings.subtype)
            check_place(path, force=flags.force or flags.output is None)
    return Destination(
        paths=paths,
        subtype=settings.subtype,
        sample_rate=settings.sample_rate,
        flags=flags,
        stream_format=FORMATS[f".{settings.format}"],
    )


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
    folder = Path(settings.output_dir or ".")
    return tuple(_free_name(folder / f"{slug(name)}-{seed}.{settings.format}") for seed in seeds)


def slug(text: str, *, most: int = 48) -> str:
    """A file name from words: lower case ASCII, hyphens, cut at a word."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_text.lower())
    name = ""
    for word in words:
        if len(name) + len(word) + 1 > most:
            break
        name = f"{name}-{word}" if name else word
    return name or "scene"


def _free_name(path: Path) -> Path:
    free, number = path, 2
    while free.exists():
        free, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return free


def check_place(path: Path, *, force: bool) -> None:
    """Refuse a place that cannot be written to, or a file that stands there and may not be overwritten."""
    import os

    if not path.parent.is_dir():
        raise AudioFileError(f"{path}: the folder {path.parent} does not exist", hint=f"mkdir -p {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise AudioFileError(f"{path}: the folder {path.parent} cannot be written to")
    try:
        taken = path.exists()
    except OSError as fault:  # such as a name that is too long
        raise AudioFileError(f"{path}: cannot be written: {fault.strerror}") from fault
    if taken and not path.is_file() and not path.is_dir():
        raise AudioFileError(f"{path}: is no plain file, it would be replaced by one", hint="-o - writes to a pipe")
    if taken and not force:
        raise AudioFileError(f"{path}: exists already", hint="--force overwrites it")


def render_aloud(
    generator: "Chosen",
    caption: Caption,
    options: Sequence[GenerationOptions],
    *,
    origin: Origin = Origin(),
    finish: Finish = Finish(),
    rescue: Callable[[list[Take]], None] | None = None,
) -> list[Take]:
    """Render takes, telling the person the engine, the seed, the progress and every honest remark.

    Where a later take fails or is interrupted, `rescue` is handed those that are finished before the fault goes on.
    """
    why = f" ({generator.reason})" if generator.reason else ""
    console.say(f"engine {generator.part.name}{why}, seed {options[0].seed}")
    takes: list[Take] = []
    try:
        with console.progress("rendering") as on_step:
            for take in iterate_takes(generator.part, caption, options, on_step, origin=origin, finish=finish):
                takes.append(take)
    except (AudiogenError, KeyboardInterrupt, SystemExit):  # the last is a SIGTERM
        if takes and rescue is not None:
            rescue(takes)
        raise
    for remark in dict.fromkeys(remark for take in takes for remark in take.provenance.notes):
        if remark not in origin.notes:
            console.note(remark)
    for take in takes:
        for fault in take.faults:
            console.note(f"seed {take.provenance.seed}: {fault}")
    if len(takes) > 1 and finish.listener is None and has_words(caption):
        console.note(f"no ear is installed, so the words of the takes are not compared; {LISTENER_HINT}")
    return takes


def write_takes(takes: Sequence[Take], destination: Destination) -> list[dict[str, Any]]:
    """Write the takes, with what was asked for beside them; returns a JSON object about each."""
    return [
        _write_take(take, path, destination, first=take is takes[0]) for take, path in zip(takes, destination.paths)
    ]


def _write_take(take: Take, path: Path, destination: Destination, *, first: bool) -> dict[str, Any]:
    flags = destination.flags
    waveform = _resampled(take.waveform, destination.sample_rate)
    if path == STDOUT:
        console.result_bytes(
            encode_audio(waveform, destination.stream_format, take.provenance, subtype=destination.subtype)
        )
    else:
        write_audio(path, waveform, take.provenance, subtype=destination.subtype)
    written: dict[str, Any] = {"file": str(path)}
    if flags.sidecar:
        written["sidecar"] = str(_write_sidecar(take, path))
    if flags.stems:
        written["stems"] = [str(stem) for stem in _write_stems(take, path, destination)]
    if flags.plot is not None and first:
        draw_scene(
            flags.plot, waveform, take.rendering.cues, title=take.provenance.text or take.provenance.caption.caption
        )
        written["plot"] = str(flags.plot)
    return written | {
        "duration_s": round(waveform.duration_s, 3),
        "sample_rate": waveform.sample_rate,
        **take.provenance.as_json(),
    }


def _write_sidecar(take: Take, path: Path) -> Path:
    from dataclasses import asdict
    from datetime import datetime, timezone

    sidecar = path.with_suffix(path.suffix + ".json")
    recipe = take.provenance.as_json() | {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "cues": [asdict(cue) for cue in take.rendering.cues],
    }
    write_bytes(sidecar, (json.dumps(recipe, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace"))
    return sidecar


def _write_stems(take: Take, path: Path, destination: Destination) -> list[Path]:
    if not take.rendering.stems:
        raise OptionError(
            f"the engine {take.provenance.engine} makes one sound, it has no stems", hint="--engine experts"
        )
    paths = []
    for layer, stem in take.rendering.stems.items():
        paths.append(path.with_stem(f"{path.stem}.{layer}"))
        write_audio(paths[-1], _resampled(stem, destination.sample_rate), take.provenance, subtype=destination.subtype)
    return paths


def _resampled(waveform: Waveform, sample_rate: int | None) -> Waveform:
    if sample_rate is None or sample_rate == waveform.sample_rate:
        return waveform
    from audiogen_cli.audio.resample import resample

    return resample(waveform, sample_rate)


def report(written: Sequence[dict[str, Any]], destination: Destination, *, as_json: bool) -> None:
    """Tell the results: file names, or JSON lines, on stdout; nothing where the sound itself went there."""
    if destination.paths == (STDOUT,):
        return
    for entry in written:
        console.result(json.dumps(entry, ensure_ascii=False) if as_json else entry["file"])


def play_takes(takes: Sequence[Take]) -> None:
    """Play each take with a level meter."""
    from audiogen_cli.cli.play import play_waveform

    for take in takes:
        play_waveform(take.waveform)
