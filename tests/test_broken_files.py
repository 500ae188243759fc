"""Every file a person may hand in, broken in every way: it is read, or refused by an error of ours."""

import csv
import io
import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiogen_cli.assembly import build_options, knobs_of_recipe
from audiogen_cli.audio.files import encode_audio, read_audio, read_provenance
from audiogen_cli.audio.provenance import Provenance, provenance_from_json
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.cli.inputs import read_caption
from audiogen_cli.errors import AudiogenError
from audiogen_cli.evaluation.judge import VerdictsFile
from audiogen_cli.evaluation.manifest import read_manifest
from audiogen_cli.evaluation.rating.ratings import read_ratings
from audiogen_cli.evaluation.rating.trials import read_captions
from audiogen_cli.evaluation.sets.readers import SETS, read_set
from audiogen_cli.evaluation.tables import analyse_scores, tell_blocks
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.settings import Settings, read_settings

RECIPE = Provenance(
    caption=Caption(caption="Rain"), prompt="<|caption|> Rain", engine="experts", seed=3, options={"duration_s": 2.0}
)
VERDICT = dict(item="a", system="s", category="00A", score=3, reason="r", attempts=1, sound="x", judge="j")
ROW = {"id": "a", "audio": "a.wav", "caption": "Rain", "asr": None, "category": "00A"}

fast = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["seed", "id"]), inner, max_size=2),
    max_leaves=4,
)
damages = st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6), st.integers(0, 40)), min_size=1, max_size=4)


def damaged(data, damage):
    """Bytes with some of them replaced, left out or put in at places given as shares of the whole."""
    for share, put, out in damage:
        at = int(share * len(data))
        data = data[:at] + put + data[at + out :]
    return data


def only_ours(read):
    try:
        read()
    except AudiogenError as fault:
        assert str(fault)


@pytest.mark.parametrize("format", ["WAV", "FLAC", "OGG", "MP3"])
@given(damage=damages)
@fast
def test_a_damaged_sound_file(tmp_path, format, damage):
    noise = Waveform(0.1 * np.random.default_rng(0).standard_normal((2, 2000)), 48_000)
    path = tmp_path / f"a.{format.lower()}"
    path.write_bytes(damaged(encode_audio(noise, format, RECIPE), damage))
    for read in (read_audio, read_provenance, lambda path: read_caption(str(path))):
        only_ours(lambda read=read: read(path))


@given(key=st.sampled_from(sorted(RECIPE.as_json())), value=json_values)
@fast
def test_a_recipe_with_another_value(key, value):
    def repeat():
        recipe = provenance_from_json(json.dumps(RECIPE.as_json() | {key: value}), source="a.wav")
        chosen = read_settings(engine=recipe.engine, quality=recipe.options.get("quality")).settings
        knobs = knobs_of_recipe(recipe)
        build_options(ExpertsGenerator(), chosen, seed=recipe.seed, knobs=knobs)

    only_ours(repeat)


def test_a_seed_among_a_recipes_options_is_not_taken_for_a_knob():
    recipe = provenance_from_json(json.dumps(RECIPE.as_json() | {"options": {"seed": 5}}), source="a.wav")
    options = build_options(ExpertsGenerator(), Settings(engine="experts"), seed=3, knobs=knobs_of_recipe(recipe))
    assert options.seed == 3


@given(row=st.dictionaries(st.sampled_from([*ROW, "text", "content"]), json_values, max_size=5), damage=damages)
@fast
def test_a_damaged_list_of_scenes(tmp_path, row, damage):
    path = tmp_path / "list.jsonl"
    for data in (json.dumps(ROW | row).encode(), damaged(json.dumps(ROW).encode(), damage)):
        path.write_bytes(data + b"\n")
        only_ours(lambda: read_manifest(path, audio=None, reference=None, paired=True))
        only_ours(lambda: read_captions(path))
        for name in SETS:
            only_ours(lambda name=name: list(read_set(name, path)))


@given(damage=damages)
@fast
def test_a_damaged_table(tmp_path, damage):
    written = io.StringIO()
    csv.writer(written).writerows([("youtube_id", "start_time", "caption"), ("a", "2", "rain"), ("b", "3", "dogs")])
    (tmp_path / "set.csv").write_bytes(damaged(written.getvalue().encode(), damage))
    only_ours(lambda: list(read_set("audiocaps", tmp_path / "set.csv")))
    marks = b"rater,item,category,system,ovl,rel\nB,rain,00A,a,3,4\nB,rain,00A,b,2,4\n"
    (tmp_path / "marks.csv").write_bytes(damaged(marks, damage))
    only_ours(lambda: read_ratings(tmp_path / "marks.csv"))


@given(row=st.dictionaries(st.sampled_from([*VERDICT, "instructions"]), json_values, max_size=3))
@fast
def test_verdicts_of_another_kind(tmp_path, row):
    whole = VERDICT | {"instructions": "i"}
    (tmp_path / "v.jsonl").write_text(json.dumps(whole | row) + "\n" + json.dumps(whole | {"system": "t"}) + "\n")

    def analyse():
        verdicts = VerdictsFile(tmp_path / "v.jsonl").read()
        tell_blocks(analyse_scores([(one.item, one.category, one.system, float(one.score)) for one in verdicts]))

    only_ours(analyse)


@given(name=st.sampled_from(sorted(Settings.__dataclass_fields__)), value=json_values)
@fast
def test_a_config_file_with_any_value(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv("AUDIOGEN_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text(f"{name} = {json.dumps(value)}\n")
    only_ours(read_settings)
