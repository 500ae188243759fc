"""Several takes: the best is kept, the reasons are told, a page lets a person choose otherwise."""

import json
import re

import pytest

from audiogen_cli.assembly import Chosen
from audiogen_cli.audio.files import read_audio, read_provenance
from audiogen_cli.caption import Caption
from audiogen_cli.cli.output import render_aloud
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.quality.listening import find_listener

RAIN = '{"Caption": "Rain on a tin roof", "SFX": "Rain on a tin roof"}'
SPOKEN = (
    '{"Caption": "A calm man speaks in a quiet room", "Speech": "A calm man", '
    '"ASR": "The train to the coast leaves at nine tonight."}'
)
QUICK = ["-e", "experts", "-d", "2", "--seed", "5"]

hears = pytest.mark.skipif(find_listener() is None, reason="needs the extras ear and eval")


def test_keep_best_writes_one_file_under_the_asked_name_and_its_recipe_tells_why(audiogen, tmp_path):
    ended = audiogen("render", "-", *QUICK, "--takes", "3", "--keep", "best", "-o", "rain.wav", stdin=RAIN.encode())
    assert ended.code == 0 and ended.text == "rain.wav\n", ended.err
    assert [path.name for path in tmp_path.iterdir()] == ["rain.wav"]
    recipe = read_provenance(tmp_path / "rain.wav")
    table = recipe.quality["takes"]
    assert [row["place"] for row in table] == [1, 2, 3] and {row["seed"] for row in table} == {5, 6, 7}
    assert table[0]["seed"] == recipe.seed and all(row["reason"] for row in table)
    assert "best: seed" in ended.err and all(row["reason"] in ended.err for row in table)


def test_keep_best_may_stream_its_one_clip(audiogen):
    ended = audiogen("render", "-", *QUICK, "--takes", "2", "--keep", "best", "-o", "-", stdin=RAIN.encode())
    assert ended.code == 0 and ended.out.startswith(b"RIFF")
    assert audiogen("render", "-", *QUICK, "--takes", "2", "-o", "-", stdin=RAIN.encode()).code == 2


def test_a_contact_sheet_holds_every_take_and_says_how_to_have_another(audiogen, tmp_path):
    ended = audiogen(
        "make", "rain on a tin roof", "-r", "embedded", *QUICK, "--takes", "2", "--keep", "best",
        "--contact-sheet", "takes.html", "-o", "rain.wav",
    )  # fmt: skip
    assert ended.code == 0, ended.err
    page = (tmp_path / "takes.html").read_text()
    assert page.count("<audio") == 2 and "seed 5" in page and "seed 6" in page
    command = re.search(r"<code>audiogen (render rain.wav --seed \d+ -o \S+)</code>", page)[1].split()
    assert audiogen(*command).code == 0
    assert read_audio(tmp_path / command[-1]).num_samples == 96_000
    assert read_provenance(tmp_path / command[-1]).seed == int(command[3])


@pytest.mark.parametrize(
    "flags, said",
    [
        (["--keep", "worst"], "--keep"),
        (["--contact-sheet", "takes.txt"], ".html"),
        (["--contact-sheet", "nowhere/takes.html"], "does not exist"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_rendered(audiogen, tmp_path, flags, said):
    ended = audiogen("render", "-", *QUICK, *flags, "-o", "x.wav", stdin=RAIN.encode())
    assert ended.code in (1, 2) and said in ended.err and list(tmp_path.iterdir()) == []


@hears
def test_the_words_of_takes_are_listened_for_and_stand_in_the_recipe(audiogen, tmp_path):
    ended = audiogen(
        "render", "-", "-e", "experts", "-d", "5", "--seed", "1", "--takes", "2", "--keep", "best", "-o", "said.wav",
        stdin=SPOKEN.encode(),
    )  # fmt: skip
    assert ended.code == 0, ended.err
    quality = read_provenance(tmp_path / "said.wav").quality
    assert quality["words"]["word_error"] < 0.5 and "train" in quality["words"]["heard"].lower()
    assert "word error" in ended.err


@hears
def test_a_scene_whose_words_are_not_spoken_fails_the_gate_when_they_are_checked(audiogen):
    beeps = json.dumps(json.loads(SPOKEN) | {"ASR": "Zxq vrrk blmpf grztk pfft hrrngh wkqt"})
    ended = audiogen(
        "render", "-", "-e", "experts", "-d", "5", "--check-words", "--retakes", "0", "-o", "x.wav",
        stdin=beeps.encode(),
    )  # fmt: skip
    assert ended.code == 6 and "of the words are missing" in ended.err


def test_takes_that_are_finished_are_handed_on_when_a_later_one_is_stopped(monkeypatch):
    def stopped(*_, **__):
        yield "finished"
        raise KeyboardInterrupt

    monkeypatch.setattr("audiogen_cli.cli.output.iterate_takes", stopped)
    handed = []
    with pytest.raises(KeyboardInterrupt):
        render_aloud(Chosen(part=ExpertsGenerator()), Caption(caption="rain"), [ExpertOptions()], rescue=handed.extend)
    assert handed == ["finished"]
