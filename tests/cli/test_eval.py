"""`audiogen eval` as a person runs it."""

import json

import numpy as np
import pytest
import soundfile


@pytest.fixture
def sounds(tmp_path):
    folder = tmp_path / "sounds"
    folder.mkdir()
    for number in range(2):
        sound = np.random.default_rng(number).normal(size=16_000) * 0.1
        soundfile.write(folder / f"{number}.wav", sound, 16_000)
    return folder


def test_a_folder_is_scored_to_json_and_a_page(audiogen, sounds, tmp_path):
    done = audiogen("eval", sounds, "--metrics", "loudness", "--json", "--report", tmp_path / "r.html")
    assert done.code == 0, done.err
    result = json.loads(done.text)
    assert result["num_scored"] == 2
    assert -25 < result["metrics"]["all"]["figures"]["loudness"]["value"] < -10
    assert "Loudness" in (tmp_path / "r.html").read_text()
    again = audiogen("eval", sounds, "--metrics", "loudness", "--report", tmp_path / "r.html")
    assert again.code == 1 and "exists already" in again.err


def test_a_bad_sound_costs_its_row_and_the_exit_code(audiogen, sounds):
    (sounds / "bad.flac").write_bytes(b"fLaC")
    done = audiogen("eval", sounds, "--metrics", "loudness", "--json")
    assert done.code == 1
    assert json.loads(done.text)["num_scored"] == 2
    assert "bad.flac" in done.err and "1 of 3 could not be scored" in done.err


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (["--metrics", "fad", "--reference", "sounds"], 4, "vggish-10086976.pth"),
        (["--metrics", "fad"], 2, "--reference"),
        (["--metrics", "glap"], 2, "captions"),
        (["--metrics", "utmos"], 4, "audiogen eval setup utmos"),
        (["--metrics", "nope"], 2, "unknown metric"),
        (["--recogniser", "none"], 2, "recogniser"),
        (["--metrics", ","], 2, "empty"),
        (["--weights", "vggish"], 2, "NAME=PATH"),
        (["--weights", "other=x"], 2, "unknown"),
        (["--normaliser", "x"], 2, "normaliser"),
        (["--cnn14-rate", "8000"], 2, "CNN14"),
        (["--reference", "nowhere"], 2, "is no folder"),
    ],
)
def test_what_cannot_be_is_refused(audiogen, sounds, options, code, says):
    done = audiogen("eval", "sounds", *options, cwd=sounds.parent)
    assert (done.code, says in done.err) == (code, True), done.err


def test_prompts_of_a_set_are_printed(audiogen, tmp_path):
    row = {"audio_id": "x", "category": "00A", "caption": "<|caption|> Rain <|sfx|> Drops <|music|> None"}
    (tmp_path / "mecat_00A.jsonl").write_text(json.dumps(row))
    done = audiogen("eval", "prompts", "mecat", "mecat_00A.jsonl", "--system", "expert-pipeline")
    assert done.code == 0, done.err
    assert json.loads(done.text) == {"id": "x", "category": "00A", "sfx": "Drops"}
    assert "the paper has 848" in done.err
    none_left = audiogen("eval", "prompts", "mecat", "mecat_00A.jsonl", "--categories", "SMA")
    assert none_left.code == 2 and "no item is left" in none_left.err


def test_setting_a_worker_up_says_what_comes_before_it_starts(audiogen, monkeypatch):
    monkeypatch.setenv("AUDIOGEN_OFFLINE", "false")
    listed = audiogen("eval", "setup")
    assert listed.code == 0 and all(name in listed.text for name in ("glap", "utmos", "nemo", "audiogen eval setup"))
    asked = audiogen("eval", "setup", "nemo")
    assert asked.code == 2 and "--yes" in asked.err
    assert "nemo-toolkit[asr]==3.0.0" in asked.err and "2.58 GB" in asked.err and "CC-BY-4.0" in asked.err
    assert audiogen("eval", "setup", "nemo", "--yes", "--offline").code == 2
    assert audiogen("eval", "setup", "other").code == 2
