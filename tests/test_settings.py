"""Settings: where each comes from, and that keys never show."""

import os

import pytest

from audiogen_cli.assembly import build_options, build_refiner, knobs_of_recipe
from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.caption import Caption
from audiogen_cli.errors import OptionError
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.settings import Secret, Settings, allowed_values, read_secret, read_settings, user_file


def test_flags_win_over_environment_over_project_over_user_over_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_settings().settings == Settings(offline=True)  # conftest sets the hub's own switch
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text('engine = "unified"\nmix = "paper"\nchannels = 1\nquality = "best"\n')
    (tmp_path / "audiogen.toml").write_text('mix = "produced"\nchannels = 1\nquality = "fast"\n')
    monkeypatch.setenv("AUDIOGEN_CHANNELS", "2")
    monkeypatch.setenv("AUDIOGEN_QUALITY", "draft")
    loaded = read_settings(quality="standard", llm=None)
    chosen = loaded.settings
    assert (chosen.engine, chosen.mix, chosen.channels, chosen.quality) == ("unified", "produced", 2, "standard")
    assert loaded.origins["engine"] == str(user_file()) and loaded.origins["mix"].endswith("audiogen.toml")
    assert (loaded.origins["channels"], loaded.origins["quality"]) == ("AUDIOGEN_CHANNELS", "flag")
    assert loaded.origins["llm"] == "default"


def test_a_config_file_as_an_editor_on_windows_saves_it_is_read():
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_bytes(b'\xef\xbb\xbfengine = "experts"\r\nduration = 4\r\n')
    chosen = read_settings().settings
    assert (chosen.engine, chosen.duration) == ("experts", 4.0)


def test_the_hubs_own_offline_switch_counts(monkeypatch):
    assert read_settings().settings.offline is True  # set for every test
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    assert read_settings().settings.offline is False


@pytest.mark.parametrize(
    ("name", "value"), [("AUDIOGEN_CHANNELS", "two"), ("AUDIOGEN_OFFLINE", "maybe"), ("AUDIOGEN_LLM_TIMEOUT", "x")]
)
def test_a_value_that_cannot_be_used_names_its_variable(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(OptionError, match=name):
        read_settings()


def test_a_key_works_and_never_shows(monkeypatch):
    monkeypatch.setenv("SOME_KEY", " sk-very-secret ")
    key = read_secret("SOME_KEY")
    assert key == "sk-very-secret"
    assert "very" not in repr(key) + f"{key}" + f"{key!r}" + repr({"key": key}) + repr(Secret("very"))
    assert read_secret("NO_SUCH_KEY") is None


def test_openai_without_a_server_says_how_to_name_one():
    with pytest.raises(OptionError) as refused:
        build_refiner(Settings(refiner="openai"))
    assert "OPENAI_API_KEY" in refused.value.hint


def test_a_recipes_options_are_repeated_as_they_were():
    class Experts:
        name = "experts"

    knobs = {"duration": 4.0, "channels": 1, "mix": "paper", "allow_missing": True}
    made = build_options(Experts(), Settings(quality="draft"), seed=3, knobs=knobs)
    assert made == ExpertOptions(seed=3, quality="draft", duration_s=4.0, channels=1, mix="paper", allow_missing=True)
    options = {name: getattr(made, name) for name in ("quality", "duration_s", "channels", "mix", "allow_missing")}
    recipe = Provenance(caption=Caption(caption="x"), prompt="x", engine="experts", seed=3, options=options)
    assert knobs_of_recipe(recipe) == knobs


def test_nothing_of_the_environment_is_changed(monkeypatch):
    before = dict(os.environ)
    read_settings()
    assert dict(os.environ) == before


@pytest.mark.parametrize("value", ["nan", "0.5", "1e9"])
def test_a_value_out_of_range_is_refused_where_it_stands(monkeypatch, value):
    monkeypatch.setenv("AUDIOGEN_DURATION", value)
    with pytest.raises(OptionError, match=r"AUDIOGEN_DURATION is .*needs 1 to 60"):
        read_settings()


def test_a_misspelt_variable_is_told_and_a_foreign_one_left_alone(monkeypatch):
    monkeypatch.setenv("AUDIOGEN_HOMEPAGE", "x")
    read_settings()
    monkeypatch.setenv("AUDIOGEN_DURATON", "5")
    with pytest.raises(OptionError, match="did you mean AUDIOGEN_DURATION"):
        read_settings()


def test_half_a_channel_is_not_rounded_away(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "audiogen.toml").write_text("channels = 1.5\n")
    with pytest.raises(OptionError, match=r"channels is 1\.5, needs a whole number"):
        read_settings()


def test_a_config_file_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDIOGEN_CONFIG", str(tmp_path))  # a folder
    with pytest.raises(OptionError, match="cannot be read"):
        read_settings()


def test_what_the_settings_allow_is_what_the_parts_take():
    from audiogen_cli.audio.files import FORMATS, SUBTYPES
    from audiogen_cli.generator.base import QUALITIES
    from audiogen_cli.generator.experts.options import MIXES
    from audiogen_cli.refiner.base import CREATIVITIES

    assert allowed_values("quality") == QUALITIES and allowed_values("creativity") == CREATIVITIES
    assert allowed_values("mix") == MIXES and [f".{name}" for name in allowed_values("format")] == list(FORMATS)
    assert set(allowed_values("subtype")) == {name for names in SUBTYPES.values() for name in names}
