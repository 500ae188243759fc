"""Playback: the real path against a device that swallows everything, and a clear word without one."""

import os
import subprocess
import sys

import numpy as np
import pytest

from audiogen_cli.audio import playback
from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.playback import level_db
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import AudioFileError


@pytest.fixture
def tone(tmp_path):
    path = tmp_path / "tone.wav"
    write_audio(path, Waveform(0.5 * np.sin(np.arange(12_000) / 10), 48_000))
    return path


def play_with_home(path, home):
    environment = os.environ | {"HOME": str(home)}
    command = [sys.executable, "-m", "audiogen_cli", "play", str(path)]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ALSA's null device is Linux's")
def test_a_sound_plays_to_its_end_on_alsas_null_device(tone, tmp_path):
    (tmp_path / ".asoundrc").write_text("pcm.!default { type null }\nctl.!default { type null }\n")
    ended = play_with_home(tone, tmp_path)
    if "PortAudio library is missing" in ended.stderr:
        pytest.skip("the system's PortAudio library is missing")
    assert (ended.returncode, "error" in ended.stderr) == (0, False), ended.stderr


def test_a_missing_portaudio_is_told_with_the_line_that_installs_it(monkeypatch, tone):
    def no_library(name, *args, **kwargs):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *args, **kwargs)

    import builtins

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", no_library)
    with pytest.raises(AudioFileError, match="PortAudio library is missing") as told:
        playback.play(Waveform(np.zeros(10), 8_000))
    assert "libportaudio2" in told.value.hint


def test_the_meter_reads_full_scale_and_silence():
    assert level_db(np.ones(100)) == pytest.approx(0)
    assert level_db(np.zeros(100)) == -120 and level_db(np.zeros(0)) == -120
