"""Bad input gets one clear line and a documented exit code, never a traceback, and costs nothing."""

import json
import os

import pytest

SCENE = '{"Caption": "Rain on a tin roof", "SFX": "Rain on a tin roof"}'


def assert_refused(ended, *, code, says):
    assert ended.code == code, ended.err
    assert "Traceback" not in ended.err and ended.out == b""
    assert says in " ".join(ended.err.split())
    complaints = [line for line in ended.err.splitlines() if line.startswith("error:")]
    assert len(complaints) == 1


@pytest.mark.parametrize(
    ("args", "stdin", "says"),
    [
        (["make", ""], b"", "the text is empty"),
        (["make", "  \n"], b"", "the text is empty"),
        (["make", "-"], b"", "the text is empty"),
        (["make", "-"], b"\x00\x01\xff\xfe\x80", "not UTF-8 text"),
        (["make", "-"], b"rain\x00fall", "not valid text"),
        (["make", "-"], b"rain " * 2_000_000, "far too long"),
        (["make", "x" * 30_000], b"", "more than 20,000 characters"),
        (["refine", "rain", "--music", "jazz", "--no-music"], b"", "contradict"),
        (["refine", "rain", "--music", " "], b"", "--music is empty"),
        (["refine", "rain", "--refiner", "magic"], b"", "--refiner is 'magic', needs one of auto"),
        (["make", "rain", "--engine", "magic"], b"", "--engine is 'magic', needs one of auto"),
        (["make", "rain", "-e", "experts", "--steps", "5"], b"", "--steps: not an option of the engine experts"),
        (["make", "rain", "-e", "experts", "-d", "nan"], b"", "--duration is nan, needs 1 to 60"),
        (["make", "rain", "-e", "experts", "-d", "0"], b"", "--duration is 0"),
        (["make", "rain", "-e", "experts", "--channels", "5"], b"", "channels is 5"),
        (["make", "rain", "-e", "experts", "--seed", "-1"], b"", "seed is -1"),
        (["make", "rain", "-e", "experts", "--quality", "ultra"], b"", "quality is 'ultra'"),
        (["make", "rain", "-e", "experts", "-o", "a.xyz"], b"", "unknown sound format"),
        (["make", "rain", "-e", "experts", "-o", "a.flac", "--subtype", "float"], b"", "does not go with FLAC"),
        (["make", "rain", "-e", "experts", "--format", "wma"], b"", "format is 'wma'"),
        (["make", "rain", "-e", "experts", "--sample-rate", "7"], b"", "--sample-rate is 7, needs 4000 to 192000"),
        (["make", "rain", "-e", "experts", "--plot", "a.doc"], b"", "unknown picture format"),
        (["make", "rain", "-e", "experts", "-o", "a.mp3", "--sample-rate", "4000"], b"", "no sample rate of 4000 Hz"),
        (["make", "rain", "-e", "experts", "--contact-sheet", "a.txt"], b"", "its name ends in .html"),
        (["eval", ".", "--report", "a.txt"], b"", "its name ends in .html"),
        (["judge", "--analyse", "nothing.jsonl"], b"", "there is no such file"),
        (["make", "rain", "-e", "experts", "-o", "-", "--takes", "2"], b"", "-o - takes one clip"),
        (["render", "nothing.json"], b"", "there is no such file"),
        (["render", "."], b"", "is a folder"),
        (["render", "-"], b"", "stdin: empty"),
        (["render", "-"], b"{", "stdin: not valid JSON"),
        (["render", "-"], b'{"Caption": "x"}\n{"Caption": "y"}\n', "follows the first object, on line 2"),
        (["render", "-"], b"[" * 100_000, "nested too deeply"),
        (["render", "-"], b'{"Caption": "x", "Musik": "y"}', "Musik: unknown key, did you mean Music?"),
        (["render", "-"], b'{"Caption": 3}', "Caption: number given"),
        (["render", "-"], b'{"Caption": NaN}', "NaN is not JSON"),
        (["render", "-"], b'{"Caption": ' + b"9" * 5000 + b"}", "a number that is too long"),
        (["render", "-"], b"\xff\xfe", "not UTF-8"),
        (["render", "<|music|> only"], b"", "<|caption|>: missing"),
        (["sounds", "--sample", "unicorn"], b"", "unicorn: not one of the sounds"),
        (["config", "set", "engin", "x"], b"", "engin: unknown setting, did you mean"),
        (["config", "set", "channels", "many"], b"", "channels is 'many', needs a whole number"),
        (["config", "set", "engine", "magic"], b"", "engine is 'magic', needs one of auto"),
        (["config", "set", "llm_timeout", "nan"], b"", "llm_timeout is nan"),
        (["refine", "rain", "--creativity", "x"], b"", "--creativity is 'x'"),
        (["make", "rain", "-d", "soon"], b"", "--duration"),
        (["mak", "rain"], b"", "no command 'mak', did you mean make?"),
    ],
)
def test_bad_input_is_refused_in_one_line(audiogen, tmp_path, args, stdin, says):
    assert_refused(audiogen(*args, stdin=stdin), code=2, says=says)
    assert [path for path in tmp_path.iterdir() if path.suffix in (".wav", ".part")] == []


def test_a_name_too_long_for_the_disk_is_told_before_anything_is_rendered(audiogen):
    ended = audiogen("render", "-", "-e", "experts", "-o", "x" * 300 + ".wav", stdin=SCENE.encode())
    assert_refused(ended, code=1, says="name too long")


@pytest.mark.parametrize("name", ["nowhere/a.wav", "taken.wav"])
def test_a_place_that_cannot_be_written_is_told_before_anything_is_rendered(audiogen, tmp_path, name):
    (tmp_path / "taken.wav").write_bytes(b"precious")
    ended = audiogen("render", "-", "-e", "experts", "-o", name, stdin=SCENE.encode())
    assert_refused(ended, code=1, says="does not exist" if "/" in name else "exists already")
    assert (tmp_path / "taken.wav").read_bytes() == b"precious"


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_told(audiogen, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    ended = audiogen("render", "-", "-e", "experts", "-o", "locked/a.wav", stdin=SCENE.encode())
    assert_refused(ended, code=1, says="cannot be written")


def test_escapes_and_markup_are_shown_as_what_they_are(audiogen):
    ended = audiogen("render", "\x1b[31m[bold]gone[/bold].json")
    assert ended.code == 2 and "\x1b[31m" not in ended.err and r"\x1b[31m[bold]gone[/bold].json" in ended.err


def test_a_sound_without_a_recipe_cannot_be_repeated(audiogen, tmp_path):
    import numpy as np

    from audiogen_cli.audio.files import write_audio
    from audiogen_cli.audio.waveform import Waveform

    write_audio(tmp_path / "found.wav", Waveform(np.zeros((1, 100)), 8000))
    for command in ("render", "info"):
        assert_refused(audiogen(command, "found.wav"), code=1, says="carries no recipe")


def test_a_config_file_with_a_fault_is_named(audiogen, tmp_path):
    (tmp_path / "audiogen.toml").write_text("engine = [1]\n")
    assert_refused(audiogen("refine", "rain"), code=2, says="audiogen.toml: engine is [1], needs text")
    (tmp_path / "audiogen.toml").write_text("engine = \n")
    assert_refused(audiogen("refine", "rain"), code=2, says="not valid TOML")


def test_settings_show_where_they_come_from(audiogen, tmp_path, monkeypatch):
    (tmp_path / "audiogen.toml").write_text('engine = "experts"\nchannels = 1\n')
    monkeypatch.setenv("AUDIOGEN_CHANNELS", "2")
    shown = json.loads(audiogen("config", "show", "--json").text)
    assert shown["engine"]["origin"].endswith("audiogen.toml")
    assert shown["channels"] == {"value": 2, "origin": "AUDIOGEN_CHANNELS"}
    assert shown["quality"] == {"value": "standard", "origin": "default"}


def test_a_setting_is_written_and_taken_out_again(audiogen):
    assert audiogen("config", "set", "engine", "experts").code == 0
    assert json.loads(audiogen("config", "show", "--json").text)["engine"]["value"] == "experts"
    assert audiogen("config", "set", "engine", "").code == 0
    assert json.loads(audiogen("config", "show", "--json").text)["engine"]["origin"] == "default"


def test_help_names_every_command_with_its_own_words():
    from importlib import import_module

    from audiogen_cli.cli.app import COMMANDS, MODULES

    for commands in COMMANDS.values():
        for name, line in commands.items():
            found = getattr(import_module(f"audiogen_cli.cli.{MODULES.get(name, name)}"), name)
            callback = getattr(getattr(found, "registered_callback", None), "callback", None)
            own = callback.__doc__ if callback else found.info.help if hasattr(found, "info") else found.__doc__
            assert own.startswith(line.rstrip(".")[:20]), name


def test_version_names_the_licences(audiogen):
    ended = audiogen("--version")
    assert ended.code == 0 and ended.text.count("Apache-2.0") == 3
