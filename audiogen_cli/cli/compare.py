"""`audiogen compare A B ...`: clips or folders side by side."""

import json
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.audio.files import read_audio, write_bytes
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import check_page
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.evaluation.comparison import ClipFigures, Side, compare_sides

_ROWS = {
    "duration_s": ("duration", "{:.2f} s"),
    "sample_rate": ("sample rate", "{:.0f} Hz"),
    "channels": ("channels", "{:g}"),
    "loudness_lufs": ("loudness", "{:.1f} LUFS"),
    "true_peak_dbtp": ("true peak", "{:.1f} dBTP"),
    "silent_share": ("silence", "{:.0%}"),
    "clipped_share": ("clipped", "{:.2%}"),
    "broken_samples": ("not a number", "{:.0f} samples"),
    "bandwidth_hz": ("bandwidth", "{:.0f} Hz"),
    "speech_share": ("speech", "{:.0%} of it"),
    "speech_quality": ("speech quality", "{:.2f} DNSMOS"),
    "word_error": ("word error", "{:.0%}"),
}
_MOST_PICTURES = 24  # a page of more clips is slow to open


def compare(
    sounds: Annotated[list[Path], typer.Argument(help="Two or more sound files or folders.", show_default=False)],
    *,
    report: Annotated[
        Path | None,
        typer.Option("--report", help="A page with the sounds and their pictures (HTML).", show_default=False),
    ] = None,
    listen: Annotated[
        bool, typer.Option("--listen/--no-listen", help="Ask the ear for words and speech, where it is installed.")
    ] = True,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a page that exists.")] = False,
    talk: TalkFlags,
) -> None:
    """Show clips or folders side by side: loudness, peak, silence, bandwidth, speech and words.

    Of a folder the means are shown, and --json holds every clip. Exits with 1 when a file could not be read.
    """
    from audiogen_cli.evaluation.ear import INSTALL_HINT, find_ear

    if report is not None:
        check_page(report, force=force)
    ear = find_ear() if listen else None
    if listen and ear is None:
        console.say(f"no ear is installed, so words and speech are not judged: {INSTALL_HINT}")
    with console.progress("measuring") as on_step:
        sides = compare_sides(sounds, ear, on_step)
    for side in sides:
        for fault in side.faults:
            console.note(fault)
    if talk.json:
        console.result(json.dumps([side.as_json() for side in sides], ensure_ascii=False, indent=2))
    else:
        _tell(sides)
    if report is not None:
        _write_report(report, sides, overwrite=force)
    if any(side.faults for side in sides):
        console.say(f"{sum(len(side.faults) for side in sides)} files could not be read")
        raise typer.Exit(1)


def _tell(sides: list[Side]) -> None:
    means = [side.means() for side in sides]
    rows = [("clips", *(len(side.clips) for side in sides))]
    rows += [
        (label, *(_shown(form, mean[name]) for mean in means))
        for name, (label, form) in _ROWS.items()
        if any(mean[name] is not None for mean in means)
    ]
    heard = [next(iter(side.clips.values())).heard if len(side.clips) == 1 else None for side in sides]
    rows += [("heard", *(words or "-" for words in heard))] if any(heard) else []
    console.show(console.table("", ("", *(side.name for side in sides)), rows))


def _shown(form: str, value: float | None) -> str:
    return "-" if value is None else form.format(value)


def _write_report(page: Path, sides: list[Side], *, overwrite: bool) -> None:
    """One clip of each side after the other: those that share a name stand together."""
    from audiogen_cli.quality.sheet import SheetClip, compose_sheet

    names = sorted({name for side in sides for name in side.clips})
    single = all(len(side.clips) == 1 for side in sides)
    pairs = (
        [(side, next(iter(side.clips))) for side in sides]
        if single
        else [(side, name) for name in names for side in sides if name in side.clips]
    )
    pairs = [(side, name) for side, name in pairs if not side.clips[name].broken_samples]  # nothing to hear or draw
    if len(pairs) > _MOST_PICTURES:
        console.note(f"the page holds the first {_MOST_PICTURES} of {len(pairs)} clips")
    clips = [
        SheetClip(
            name=side.name if single else f"{side.name}: {name}",
            waveform=read_audio(side.files[name]),
            file_name=side.files[name].with_suffix(".flac").name,
            figures=_figures(side.clips[name]),
        )
        for side, name in pairs[:_MOST_PICTURES]
    ]
    write_bytes(page, compose_sheet("Compared", clips).encode(), overwrite=overwrite)
    console.say(f"report: {page}")


def _figures(clip: ClipFigures) -> dict[str, str]:
    told = {
        label: form.format(value) for name, (label, form) in _ROWS.items() if (value := getattr(clip, name)) is not None
    }
    return told | ({"heard": clip.heard} if clip.heard else {})
