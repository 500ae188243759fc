"""Clips and folders side by side, each figure where a person would look for it."""

import json

import numpy as np
import pytest

from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.comparison import bandwidth_hz, compare_sides

RATE = 48_000


def _noise(seconds=1.0, *, level=0.1, seed=0):
    return level * np.random.default_rng(seed).standard_normal(int(seconds * RATE))


@pytest.fixture
def sounds(tmp_path):
    for folder, level in (("loud", 0.2), ("soft", 0.02)):
        (tmp_path / folder).mkdir()
        for name in ("a", "b"):
            write_audio(tmp_path / folder / f"{name}.wav", Waveform(_noise(level=level), RATE))
    return tmp_path


def test_a_tenfold_level_is_twenty_decibels_of_loudness(sounds, audiogen):
    ended = audiogen("compare", "loud", "soft", "--no-listen", "--json")
    loud, soft = json.loads(ended.text)
    assert ended.code == 0 and loud["num_clips"] == 2 and set(loud["clips"]) == {"a.wav", "b.wav"}
    assert loud["mean"]["loudness_lufs"] - soft["mean"]["loudness_lufs"] == pytest.approx(20, abs=0.1)
    table = audiogen("compare", "loud/a.wav", "soft/a.wav", "--no-listen")
    assert "LUFS" in table.text and "bandwidth" in table.text and "dBTP" in table.text


def test_a_low_rate_hidden_in_a_high_one_is_seen_in_the_bandwidth():
    from audiogen_cli.audio.resample import resample

    whole = Waveform(_noise(2), RATE)
    hidden = resample(resample(whole, 16_000), RATE)
    assert bandwidth_hz(whole) > 23_000 and 7_000 < bandwidth_hz(hidden) < 8_500
    assert bandwidth_hz(Waveform(np.zeros(100), RATE)) is None


def test_a_broken_file_is_named_and_the_rest_is_measured(sounds, audiogen):
    (sounds / "soft" / "broken.flac").write_bytes(b"fLaC" + b"\0" * 40)
    ended = audiogen("compare", "loud", "soft", "--no-listen", "--json")
    assert ended.code == 1 and "broken.flac" in ended.err and json.loads(ended.text)[1]["num_clips"] == 2


def test_samples_that_are_no_numbers_are_counted_and_draw_no_warning(sounds, audiogen):
    broken = _noise()
    broken[5:7] = np.nan, np.inf
    write_audio(sounds / "broken.wav", Waveform(broken, RATE), subtype="float")
    ended = audiogen("compare", "broken.wav", "loud", "--no-listen", "--json", "--report", "a.html")
    figures = json.loads(ended.text)[0]["clips"]["broken.wav"]
    assert figures["broken_samples"] == 2 and figures["loudness_lufs"] is None
    assert ended.code == 0 and "Warning" not in ended.err and "loud: b.wav" in (sounds / "a.html").read_text()


def test_one_sample_and_silence_are_measured_without_a_figure_they_do_not_have(tmp_path):
    write_audio(tmp_path / "one.wav", Waveform(np.ones(1) * 0.5, RATE))
    write_audio(tmp_path / "none.wav", Waveform(np.zeros(RATE), RATE))
    one, none = compare_sides([tmp_path / "one.wav", tmp_path / "none.wav"])
    assert none.clips["none.wav"].loudness_lufs is None and none.clips["none.wav"].silent_share == 1.0
    assert one.clips["one.wav"].duration_s == 0.0


@pytest.mark.parametrize("args", [["loud"], ["loud", "nowhere"], ["loud", "empty"], ["loud", "soft", "--report", "x"]])
def test_what_cannot_be_compared_is_said(sounds, audiogen, args):
    (sounds / "empty").mkdir()
    ended = audiogen("compare", *args, "--no-listen")
    assert ended.code in (1, 2) and ended.err.startswith("error: ") and "unforeseen" not in ended.err


def test_the_report_sets_clips_of_one_name_together(sounds, audiogen):
    ended = audiogen("compare", "loud", "soft", "--no-listen", "--report", "both.html")
    page = (sounds / "both.html").read_text()
    places = [page.index(f"{side}: {name}.wav</h2>") for name in "ab" for side in ("loud", "soft")]
    assert ended.code == 0 and places == sorted(places) and page.count("<audio") == 4
