"""The main job as a person does it: words to sound, sound to its recipe, recipe to the same sound."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import soundfile

from audiogen_cli.__main__ import main
from audiogen_cli.audio.files import read_audio, read_provenance

QUICK = ["--engine", "experts", "--refiner", "embedded", "--duration", "3"]
RAIN = '{"Caption": "Rain on a tin roof", "SFX": "Rain on a tin roof"}'


def test_words_become_a_file_named_from_the_scene_with_its_recipe(audiogen, tmp_path):
    ended = audiogen("make", "rain on a tin roof", *QUICK, "--seed", "7")
    assert ended.code == 0, ended.err
    assert ended.text == "rain-on-a-tin-roof-7.wav\n" and "seed 7" in ended.err and "embedded" in ended.err
    sound = read_audio(tmp_path / "rain-on-a-tin-roof-7.wav")
    assert (sound.sample_rate, sound.num_samples) == (48_000, 144_000)
    assert 0.05 < np.abs(sound.samples).max() < 0.9
    told = json.loads(audiogen("info", "rain-on-a-tin-roof-7.wav", "--json").text)
    assert told["synthetic"] is True and told["text"] == "rain on a tin roof" and told["seed"] == 7
    assert told["engine"] == "experts" and told["caption"]["Speech"] is None and told["quality"]["gate"] == "passed"
    assert set(told) >= {"prompt", "refiner", "versions", "created", "options", "sound"}


def test_the_same_words_and_seed_give_the_same_bytes_and_another_seed_does_not(audiogen, tmp_path):
    for name, seed in (("a.wav", 3), ("b.wav", 3), ("c.wav", 4)):
        assert audiogen("make", "wind in the trees", *QUICK, "--seed", seed, "-o", name).code == 0
    first, again, other = ((tmp_path / name).read_bytes() for name in ("a.wav", "b.wav", "c.wav"))
    assert first == again and first != other


def test_a_sound_of_ours_is_rendered_again_by_its_own_recipe(audiogen, tmp_path):
    assert audiogen("make", "a dog barks", *QUICK, "--channels", "1", "-o", "dog.flac").code == 0
    assert audiogen("render", "dog.flac", "-o", "again.flac").code == 0
    assert (tmp_path / "dog.flac").read_bytes() == (tmp_path / "again.flac").read_bytes()
    assert audiogen("render", "dog.flac", "-o", "other.flac", "--seed", "999999").code == 0
    assert read_provenance(tmp_path / "other.flac").seed == 999_999


def test_a_repeated_recipe_keeps_the_refiners_remarks_and_not_those_of_the_earlier_rendering(audiogen):
    audiogen("make", "mouse clicks in Flurbostan", "-o", "a.wav", "--seed", "3", "--duration", "4")
    audiogen("render", "a.wav", "-o", "b.wav", "--mix", "paper")
    first, again = (json.loads(audiogen("info", name, "--json").text) for name in ("a.wav", "b.wav"))
    assert any("loudness" in note for note in first["notes"])
    assert not any("loudness" in note for note in again["notes"])
    assert again["refiner_notes"] == first["refiner_notes"] != []


def test_nothing_is_overwritten_silently(audiogen, tmp_path):
    for _ in range(2):
        assert audiogen("make", "rain", *QUICK, "--seed", "1").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rain-1-2.wav", "rain-1.wav"]
    assert audiogen("make", "rain", *QUICK, "-o", "rain-1.wav").code == 1
    assert audiogen("make", "rain", *QUICK, "-o", "rain-1.wav", "--force").code == 0


def test_wav_bytes_stream_to_a_pipe_and_talk_stays_apart(audiogen):
    ended = audiogen("render", "-", "-e", "experts", "-d", "2", "-o", "-", stdin=RAIN.encode())
    samples, rate = soundfile.read(io.BytesIO(ended.out))
    assert ended.code == 0 and rate == 48_000 and len(samples) == 96_000 and "seed" in ended.err


def test_quiet_says_nothing_and_json_tells_all(audiogen):
    ended = audiogen("make", "rain", *QUICK, "-q", "--json", "-o", "r.ogg")
    told = json.loads(ended.text)
    assert ended.err == "" and told["file"] == "r.ogg" and told["duration_s"] == 3.0 and told["caption"]["Caption"]


def test_takes_count_their_seeds_up_and_equal_single_renders(audiogen, tmp_path):
    ended = audiogen("make", "rain", *QUICK, "--seed", "5", "--takes", "2", "-o", "t.wav")
    assert ended.text.split() == ["t-take1.wav", "t-take2.wav"]
    assert [read_provenance(tmp_path / f"t-take{take}.wav").seed for take in (1, 2)] == [5, 6]
    assert audiogen("render", "t-take2.wav", "-o", "alone.wav").code == 0
    assert (tmp_path / "alone.wav").read_bytes() == (tmp_path / "t-take2.wav").read_bytes()


def test_stems_sum_to_the_mix_and_a_picture_and_a_sidecar_lie_beside_it(audiogen, tmp_path):
    scene = (
        '{"Caption": "Rain and a slow piano", "SFX": "Steady rain", "Music": "Slow solo piano", "ENV": "A small room"}'
    )
    ended = audiogen(
        "render", "-", "-e", "experts", "-d", "4", "-s", "1", "-o", "s.wav", "--subtype", "float", "--no-normalize",
        "--stems", "--plot", "s.png", "--sidecar", stdin=scene.encode(),
    )  # fmt: skip
    assert ended.code == 0, ended.err
    stems = [path for path in tmp_path.glob("s.*.wav")]
    assert {path.name for path in stems} >= {"s.sfx.wav", "s.music.wav"}
    mixed = sum(read_audio(path).samples for path in stems)
    np.testing.assert_allclose(mixed, read_audio(tmp_path / "s.wav").samples, atol=1e-5)
    assert (tmp_path / "s.png").read_bytes()[:4] == b"\x89PNG"
    sidecar = json.loads((tmp_path / "s.wav.json").read_text())
    assert sidecar["synthetic"] is True and {cue["layer"] for cue in sidecar["cues"]} >= {"sfx", "music"}


def test_pins_are_kept_word_for_word(audiogen):
    ended = audiogen(
        "refine",
        "a stormy night",
        "-r",
        "embedded",
        "--music",
        "Solo accordion, très lent",
        "--asr",
        "Who's there?",
        "--no-sfx",
    )
    caption = json.loads(ended.text)
    assert list(caption) == ["Caption", "Speech", "ASR", "SFX", "Music", "ENV"]
    assert (caption["Music"], caption["ASR"], caption["SFX"]) == ("Solo accordion, très lent", "Who's there?", None)


def test_a_refined_caption_is_written_and_rendered(audiogen, tmp_path):
    assert audiogen("refine", "calm piano", "-r", "embedded", "-o", "c.json", "-s", "1").text == "c.json\n"
    prompt = audiogen("refine", "calm piano", "-r", "embedded", "--prompt", "-s", "1").text
    assert prompt.startswith("<|caption|> ")
    assert audiogen("render", "c.json", "-e", "experts", "-d", "2", "-o", "c.wav").code == 0
    assert audiogen("render", prompt.strip(), "-e", "experts", "-d", "2", "-o", "p.wav").code == 0
    assert read_provenance(tmp_path / "c.wav").prompt == prompt.strip() == read_provenance(tmp_path / "p.wav").prompt


def test_an_unknown_sound_is_named_and_never_replaced(audiogen, tmp_path):
    scene = b'{"Caption": "x", "SFX": "A quizzaflorp gribbling"}'
    ended = audiogen("render", "-", "-e", "experts", "-o", "x.wav", stdin=scene)
    assert ended.code == 1 and "quizzaflorp" in ended.err and not (tmp_path / "x.wav").exists()


def test_variations_differ_and_each_is_an_object_a_line_apart(audiogen):
    ended = audiogen("refine", "haunted house", "-r", "embedded", "-n", "3", "-s", "1", "-o", "v.json")
    assert ended.text.split() == ["v-1.json", "v-2.json", "v-3.json"]


def test_feedback_changes_what_it_asks_and_leaves_the_rest(audiogen, tmp_path):
    scene = {
        "Caption": "Rain on a street with soft piano.",
        "SFX": "Steady rain",
        "Music": "Soft piano",
        "ENV": "City street",
    }
    (tmp_path / "f.json").write_text(json.dumps(scene))
    ended = audiogen("refine", "f.json", "-r", "embedded", "--feedback", "remove the music")
    revised = json.loads(ended.text)
    assert revised["Music"] is None and (revised["SFX"], revised["ENV"]) == ("Steady rain", "City street")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_the_embedded_refiner_explains_itself(audiogen):
    ended = audiogen("refine", "calm piano", "--explain")
    assert ended.code == 0 and "understood" in ended.err and "calm_piano" in ended.err


def test_what_is_not_there_need_not_be_removed(audiogen, tmp_path):
    (tmp_path / "rain.json").write_text('{"Caption": "Rain falls", "SFX": "Steady rain"}')
    ended = audiogen("refine", "rain.json", "--feedback", "remove the music, add thunder", "--json")
    assert ended.code == 0 and "thunder" in json.loads(ended.text)["SFX"].lower()
    assert "nothing to change: remove the music" in ended.err and "not understood" not in ended.err


def test_ctrl_c_leaves_no_half_file(tmp_path):
    command = [sys.executable, "-m", "audiogen_cli", "make", "rain", *QUICK[:-1], "60", "--takes", "8", "-o", "r.wav"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    time.sleep(4)
    os.kill(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130 and b"Traceback" not in told
    assert list(tmp_path.iterdir()) == []


def test_ctrl_c_before_the_command_has_begun_ends_quietly(monkeypatch):
    def stopped():
        raise KeyboardInterrupt

    monkeypatch.setattr("audiogen_cli.cli.app.main", stopped)
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 130


def test_a_flag_that_the_chosen_engine_does_not_read_is_refused_not_ignored(audiogen):
    ended = audiogen("make", "rain", *QUICK, "--dtype", "bfloat16")
    assert ended.code == 2 and "--dtype" in ended.err and "experts" in ended.err


def test_the_stream_on_stdout_has_the_format_that_was_asked_for(audiogen):
    ended = audiogen("make", "rain", *QUICK, "--seed", "1", "--format", "flac", "-o", "-")
    assert ended.code == 0 and soundfile.info(io.BytesIO(ended.out)).format == "FLAC"
