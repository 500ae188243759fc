"""`audiogen play FILE`: hear a sound file, with a level meter."""

import json
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.audio.files import read_audio
from audiogen_cli.audio.playback import play as play_sound
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags

_METER_DB = 48  # what the meter shows below full scale


def play(
    files: Annotated[list[Path], typer.Argument(help="Sound files, played in turn.", show_default=False)],
    *,
    device: Annotated[
        str | None, typer.Option("--device", help="The output's name or number.", show_default=False)
    ] = None,
    talk: TalkFlags,
) -> None:
    """Play sound files.

    With --json each is told, when it has been heard, as an object with its length, rate and channels.
    """
    for file in files:
        waveform = read_audio(file)
        console.say(f"{file}  {waveform.duration_s:.1f} s")
        play_waveform(waveform, device=device)
        if talk.json:
            console.result(json.dumps({"file": str(file), **figures_of(waveform)}, ensure_ascii=False))


def figures_of(waveform: Waveform) -> dict[str, float]:
    """Length, rate and channels of a sound, for programs."""
    return {
        "duration_s": round(waveform.duration_s, 3),
        "sample_rate": waveform.sample_rate,
        "channels": waveform.num_channels,
    }


def play_waveform(waveform: Waveform, *, device: str | None = None) -> None:
    """Play a sound; on a terminal its level is shown as it goes."""
    chosen = int(device) if device is not None and device.isdigit() else device
    with console.live_line() as show:

        def on_level(seconds: float, level_db: float) -> None:
            filled = max(0, min(_METER_DB, round(level_db) + _METER_DB)) // 2
            show(f"{seconds:5.1f} s  {'█' * filled}{'·' * (_METER_DB // 2 - filled)} {level_db:5.0f} dB")

        play_sound(waveform, on_level, device=chosen)
