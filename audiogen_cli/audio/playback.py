"""A `Waveform` to the loudspeaker.

sounddevice, and with it the system's PortAudio, is imported only when something is played: a machine
without sound makes files all the same.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError

OnLevel = Callable[[float, float], None]
"""Seconds played, and the level just now in dBFS."""

_SILENT_DB = -120.0


def play(waveform: Waveform, on_level: OnLevel | None = None, *, device: str | int | None = None) -> None:
    """Play a sound to its end; returns when it has been heard.

    Args:
        waveform: at a rate the device takes; PortAudio converts where the system can.
        on_level: told the position and the level about twenty times a second.
        device: PortAudio's name or number of the output; None for the system's own choice.

    Raises:
        AudioFileError: PortAudio is missing, or there is no output device that takes the sound.
    """
    sounddevice = _load_sounddevice()
    frames = np.clip(np.ascontiguousarray(waveform.samples.T), -1.0, 1.0)
    block = max(1, waveform.sample_rate // 20)
    try:
        with sounddevice.OutputStream(
            samplerate=waveform.sample_rate, channels=waveform.num_channels, dtype="float32", device=device
        ) as stream:
            for start in range(0, len(frames), block):
                now = frames[start : start + block]
                stream.write(now)
                if on_level is not None:
                    on_level((start + len(now)) / waveform.sample_rate, level_db(now))
    except ValueError as fault:  # a name that no output has
        raise AudioFileError(f"nothing can be played here: {fault}", hint="audiogen doctor lists them") from fault
    except sounddevice.PortAudioError as fault:
        why = fault.args[0] if fault.args else fault
        what = "there is no sound output device" if "device -1" in str(why) else "the sound output refused it"
        raise AudioFileError(
            f"nothing can be played here: {what} ({why})", hint="audiogen doctor lists the outputs; files are whole"
        ) from fault


def level_db(frames: np.ndarray) -> float:
    """The level of some samples, dB of the root mean square against full scale."""
    power = float(np.mean(np.square(frames, dtype=np.float64))) if frames.size else 0.0
    return max(_SILENT_DB, 10 * np.log10(power)) if power > 0 else _SILENT_DB


def output_devices() -> list[str]:
    """The names of the outputs PortAudio finds, the default first; raises `AudioFileError` without PortAudio."""
    sounddevice = _load_sounddevice()
    default = sounddevice.default.device[1]
    found = [
        (number != default, entry["name"])
        for number, entry in enumerate(sounddevice.query_devices())
        if entry["max_output_channels"]
    ]
    return [name for _, name in sorted(found, key=lambda pair: pair[0])]


def _load_sounddevice() -> Any:
    try:
        import sounddevice
    except OSError as fault:
        raise AudioFileError(
            "nothing can be played: the system's PortAudio library is missing",
            hint="Debian and Ubuntu: sudo apt install libportaudio2; Fedora: sudo dnf install portaudio",
        ) from fault
    return sounddevice
