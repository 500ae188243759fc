"""`audiogen play FILE`: hear a sound file, with a level meter."""

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
    """Play sound files."""
    for file in files:
        waveform = read_audio(file)
        console.say(f"{file}  {waveform.duration_s:.1f} s")
        play_waveform(waveform, device=device)


def play_waveform(waveform: Waveform, *, device: str | None = None) -> None:
    """Play a sound; on a terminal its level is shown as it goes."""
    chosen = int(device) if device is not None and device.isdigit() else device
    with console.live_line() as show:

        def on_level(seconds: float, level_db: float) -> None:
            filled = max(0, min(_METER_DB, round(level_db) + _METER_DB)) // 2
            show(f"{seconds:5.1f} s  {'█' * filled}{'·' * (_METER_DB // 2 - filled)} {level_db:5.0f} dB")

        play_sound(waveform, on_level, device=chosen)
