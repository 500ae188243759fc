"""Takes rendered aloud, written where they were planned to go, reported and played."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiogen_cli.audio.files import encode_audio, write_bytes
from audiogen_cli.audio.plot import draw_scene
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import STDOUT, Destination, sidecar_path, stem_path
from audiogen_cli.errors import AudiogenError, OptionError
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.pipeline import Finish, Origin, Take, iterate_takes
from audiogen_cli.quality.listening import INSTALL_HINT as LISTENER_HINT
from audiogen_cli.quality.listening import has_words

if TYPE_CHECKING:
    from audiogen_cli.assembly import Chosen


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
    sound = _encoded(waveform, take, destination)
    if path == STDOUT:
        console.result_bytes(sound)
    else:
        write_bytes(path, sound, overwrite=flags.force)
    written: dict[str, Any] = {"file": str(path)}
    if flags.sidecar:
        written["sidecar"] = str(_write_sidecar(take, path, overwrite=flags.force))
    if flags.stems:
        written["stems"] = [str(stem) for stem in _write_stems(take, path, destination)]
    if flags.plot is not None and first:
        title = take.provenance.text or take.provenance.caption.caption
        draw_scene(flags.plot, waveform, take.rendering.cues, title=title, overwrite=flags.force)
        written["plot"] = str(flags.plot)
    return written | {
        "duration_s": round(waveform.duration_s, 3),
        "sample_rate": waveform.sample_rate,
        **take.provenance.as_json(),
    }


def _encoded(waveform: Waveform, take: Take, destination: Destination) -> bytes:
    return encode_audio(waveform, destination.format, take.provenance, subtype=destination.subtype)


def _write_sidecar(take: Take, path: Path, *, overwrite: bool) -> Path:
    from dataclasses import asdict
    from datetime import datetime, timezone

    sidecar = sidecar_path(path)
    recipe = take.provenance.as_json() | {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "cues": [asdict(cue) for cue in take.rendering.cues],
    }
    data = (json.dumps(recipe, indent=2, ensure_ascii=False) + "\n").encode("utf-8", "backslashreplace")
    write_bytes(sidecar, data, overwrite=overwrite)
    return sidecar


def _write_stems(take: Take, path: Path, destination: Destination) -> list[Path]:
    if not take.rendering.stems:
        raise OptionError(
            f"the engine {take.provenance.engine} makes one sound, it has no stems", hint="--engine experts"
        )
    paths = []
    for layer, stem in take.rendering.stems.items():
        paths.append(stem_path(path, layer))
        sound = _encoded(_resampled(stem, destination.sample_rate), take, destination)
        write_bytes(paths[-1], sound, overwrite=destination.flags.force)
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
        if as_json:
            console.result(json.dumps(entry, ensure_ascii=False))
        else:
            console.result_path(Path(entry["file"]))


def play_takes(takes: Sequence[Take]) -> None:
    """Play each take with a level meter."""
    from audiogen_cli.cli.play import play_waveform

    for take in takes:
        play_waveform(take.waveform)
