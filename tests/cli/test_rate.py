"""A listening test from the command line."""

import json
import signal
import subprocess
import sys
import urllib.request

import numpy as np
import pytest

from audiogen_cli.audio.files import write_audio
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.evaluation.rating.ratings import Rating, RatingsFile


def test_the_page_stands_at_the_address_on_stdout_until_it_is_interrupted(tmp_path):
    for system in ("a", "b"):
        (tmp_path / system).mkdir()
        write_audio(tmp_path / system / "rain.wav", Waveform(np.zeros(800), 8000))
    (tmp_path / "captions.jsonl").write_text('{"id": "rain", "caption": "Rain"}')
    serving = subprocess.Popen(
        [sys.executable, "-m", "audiogen_cli", "rate", str(tmp_path), "--no-open"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = serving.stdout.readline().strip()
        assert b"Listening test" in urllib.request.urlopen(address, timeout=30).read()
        serving.send_signal(signal.SIGINT)
        _, told = serving.communicate(timeout=60)
        assert serving.returncode == 0 and "0 clips are rated" in told
    finally:
        serving.kill()


def test_marks_are_analysed_as_a_table_as_json_and_as_a_figure(tmp_path, audiogen):
    file = RatingsFile(tmp_path / "marks.csv")
    for number in range(6):
        for system, mark in (("ours", 4), ("theirs", 2 + number % 2)):
            file.add([Rating(rater=f"r{number}", item="x", category="SMA", system=system, position=1, ovl=mark, rel=3)])
    told = json.loads(audiogen("rate", "--analyse", "marks.csv", "--json").text)
    assert told["blocks"][0]["tests"][0]["mean_difference"] == 1.5 and "Holm" in told["choices"]
    ended = audiogen("rate", "--analyse", "marks.csv", "--figure", "marks.png")
    assert ended.code == 0 and "ours-theirs" in ended.text.replace("\n", "") and (tmp_path / "marks.png").exists()
    assert audiogen("rate", "--analyse", "marks.csv", "--figure", "marks.png").code == 1


@pytest.mark.parametrize("args", [[], ["nowhere"], ["."], ["--analyse", "nowhere.csv"], [".", "--figure", "x.png"]])
def test_what_cannot_be_rated_is_said(audiogen, args):
    ended = audiogen("rate", *args)
    assert ended.code == 2 and ended.err.startswith("error: ") and "unforeseen" not in ended.err
