"""A tagger of one's own: networks written here, so that what comes out is known; real sessions, real files."""

import json

import numpy as np
import pytest

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate
from audiogen_cli.evaluation.extractors.base import Clip
from audiogen_cli.evaluation.extractors.tagger import Tagger
from audiogen_cli.evaluation.manifest import read_manifest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

NAMES = ["Speech", "Music", "Rain"]


def _write_folder(folder, nodes, *, shape, kind=onnx.TensorProto.FLOAT, weights=(), reading=None, names=NAMES):
    helper = onnx.helper
    folder.mkdir(parents=True, exist_ok=True)
    graph = helper.make_graph(
        nodes,
        "tagger",
        [helper.make_tensor_value_info("audio", kind, shape)],
        [helper.make_tensor_value_info("scores", kind, None)],
        [onnx.numpy_helper.from_array(array, name) for name, array in weights],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "yamnet.onnx")
    rows = "\n".join(f'{number},/m/{number},"{name}"' for number, name in enumerate(names))
    (folder / "yamnet_class_map.csv").write_text(f"index,mid,display_name\n{rows}\n")
    if reading is not None:
        (folder / "tagger.json").write_text(json.dumps(reading))
    return folder


def _mean_of_patch(folder, *, scale, **more):
    """Scores = scale times the patch's mean: the first class follows it, the second falls with it, the third is 0."""
    helper = onnx.helper
    nodes = [
        helper.make_node("ReduceMean", ["audio"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["mean", "last"], ["column"]),
        helper.make_node("Mul", ["column", "slope"], ["scores"]),
    ]
    weights = [("last", np.array([1])), ("slope", np.array([[scale, -scale, 0.0]], np.float32))]
    return _write_folder(folder, nodes, shape=[1, 1, 96, 64], weights=weights, **more)


def _clip(seconds=2.0, rate=16_000, level=0.1):
    sound = np.random.default_rng(0).normal(size=round(rate * seconds)).astype(np.float32) * level
    return Clip(path=None, waveform=Waveform(sound, rate))


def test_patches_are_yamnets_log_mel_of_silence(tmp_path):
    tagger = Tagger(_mean_of_patch(tmp_path, scale=-0.1))
    found = tagger.extract(_clip(level=0.0))
    np.testing.assert_allclose(found["mean"], [-0.1 * np.log(0.001), 0.1 * np.log(0.001), 0], rtol=1e-5)
    np.testing.assert_allclose(found["max"], found["mean"])
    assert list(found["top"]) == ["Speech", "Rain", "Music"]
    assert found["speech"] == pytest.approx(-0.1 * np.log(0.001), rel=1e-5)


def test_logits_are_made_probabilities(tmp_path):
    found = Tagger(_mean_of_patch(tmp_path, scale=-0.1, reading={"output": "logits"})).extract(_clip(level=0.0))
    np.testing.assert_allclose(found["mean"][0], 1 / (1 + 0.001**0.1), rtol=1e-5)
    assert found["mean"][2] == 0.5


def test_a_quantised_network_is_read_by_its_steps(tmp_path):
    helper = onnx.helper
    nodes = [
        helper.make_node("Slice", ["audio", "from", "to", "axes"], ["part"]),
        helper.make_node("Reshape", ["part", "shape"], ["scores"]),
    ]  # the first three numbers of the patch, as they came
    weights = [(name, np.array(values)) for name, values in
               (("from", [0, 0]), ("to", [1, 3]), ("axes", [2, 3]), ("shape", [1, 3]))]  # fmt: skip
    reading = {"input_scale": 0.05, "input_zero_point": 200, "output_scale": 0.01, "output_zero_point": 2}
    folder = _write_folder(
        tmp_path, nodes, shape=[1, 1, 96, 64], kind=onnx.TensorProto.UINT8, weights=weights, reading=reading
    )
    found = Tagger(folder).extract(_clip(level=0.0))
    steps = np.round(np.log(0.001) / 0.05 + 200)
    np.testing.assert_allclose(found["mean"], 0.01 * (steps - 2), rtol=1e-5)


def test_a_network_that_takes_the_waveform_is_given_it(tmp_path):
    helper = onnx.helper
    nodes = [
        helper.make_node("ReduceMax", ["audio"], ["top"], keepdims=1),
        helper.make_node("Mul", ["top", "slope"], ["scores"]),
    ]
    slope = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.0]], np.float32)  # two frames
    tagger = Tagger(_write_folder(tmp_path, nodes, shape=["samples"], weights=[("slope", slope)]))
    clip = _clip(rate=16_000)
    peak = clip.waveform.samples.max()
    found = tagger.extract(clip)
    np.testing.assert_allclose(found["mean"], [0.75 * peak, 0.75 * peak, 0], rtol=1e-5)
    np.testing.assert_allclose(found["max"], [peak, peak, 0], rtol=1e-5)


def test_clips_shorter_than_a_patch_are_filled_with_silence(tmp_path):
    assert Tagger(_mean_of_patch(tmp_path, scale=-0.1)).extract(_clip(seconds=0.2))["mean"].shape == (3,)


def test_speech_and_music_are_scored_where_they_were_asked_and_where_not(tmp_path, write_sound):
    quiet, loud = write_sound("quiet.wav", level=0.0), write_sound("loud.wav", level=0.5)
    folder = _mean_of_patch(tmp_path / "tagger", scale=-0.1)  # silence is speech, noise is none
    rows = [
        {"id": "right", "audio": quiet.name, "caption": "Talk", "speech": "A man"},
        {"id": "missing", "audio": loud.name, "caption": "Talk", "asr": "Good day"},
        {"id": "unasked", "audio": quiet.name, "caption": "Rain", "sfx": "Rain"},
        {"id": "nothing", "audio": loud.name, "caption": "Rain", "sfx": "Rain"},
        {"id": "none", "audio": loud.name},
    ]
    (tmp_path / "list.jsonl").write_text("\n".join(map(json.dumps, rows)))
    manifest = read_manifest(tmp_path / "list.jsonl")
    choices = Choices(tagger=folder)
    result = evaluate(manifest, choose_metrics(["tags"], manifest, choices), choices, FeatureCache(folder=tmp_path))
    figure = result["metrics"]["all"]["figures"]["tags"]
    assert (figure["value"], figure["num_skipped"]) == (50.0, 1)
    assert (figure["speech_tagged_where_asked"], figure["speech_tagged_elsewhere"]) == (50.0, 50.0)
    assert figure["music_tagged_where_asked"] is None
    assert not figure["as_in_paper"]
    assert result["items"][0]["tags"].startswith("Speech; ")
    again = evaluate(manifest, choose_metrics(["tags"], manifest, choices), choices, FeatureCache(folder=tmp_path))
    assert again["items"] == result["items"]


@pytest.mark.parametrize(
    ("break_it", "says"),
    [
        (lambda folder: (folder / "yamnet.onnx").unlink(), "holds 0 files"),
        (lambda folder: (folder / "second.onnx").write_bytes(b""), "holds 2 files"),
        (lambda folder: (folder / "yamnet_class_map.csv").unlink(), "class_map"),
        (lambda folder: (folder / "yamnet_class_map.csv").write_text("a,b\n1,2\n"), "display_name"),
        (lambda folder: (folder / "yamnet_class_map.csv").write_text("display_name\nSpeech\n"), "names 1"),
        (lambda folder: (folder / "yamnet.onnx").write_bytes(b"no network"), "cannot be loaded"),
        (lambda folder: (folder / "tagger.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "tagger.json").write_text('{"scale": 1}'), "scale cannot be used"),
        (lambda folder: (folder / "tagger.json").write_text('{"output": "odds"}'), "output cannot be used"),
        (lambda folder: (folder / "tagger.json").write_text('{"input_scale": "wide"}'), "input_scale cannot be used"),
        (lambda folder: (folder / "tagger.json").write_text("[1]"), "it cannot be used"),
    ],
)
def test_a_folder_that_is_no_tagger_is_named(tmp_path, break_it, says):
    break_it(_mean_of_patch(tmp_path, scale=1.0))
    with pytest.raises(ModelMissingError, match=says):
        Tagger(tmp_path).extract(_clip())
