"""The unified engine and its weights from the command line, with the tiny model and no network."""

import json
import shutil
import wave
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[1] / "golden"
SCENE = {"Caption": "A dog barking loudly"}


@pytest.fixture
def scene(tmp_path):
    path = tmp_path / "scene.json"
    path.write_text(json.dumps(SCENE))
    return path


def render(audiogen, scene, *more):
    model = GOLDEN / "tiny-audiogen"
    return audiogen("render", scene, "-e", "unified", "--no-gate", "--model", model, "--device", "cpu", *more)


def test_a_caption_is_rendered_from_a_folder(audiogen, scene, tmp_path):
    ended = render(audiogen, scene, "-o", "out.wav", "--seed", "3", "--steps", "4")
    assert ended.code == 0, ended.err
    with wave.open(str(tmp_path / "out.wav")) as sound:
        assert sound.getframerate() == 16_000 and sound.getnframes() == 512


def test_the_untouched_output_of_the_published_code_can_be_written(audiogen, scene, tmp_path):
    """`--noise published --no-normalize --subtype float`: sample for sample the released generation."""
    import numpy as np
    import soundfile
    from safetensors.numpy import load_file

    published = ["--noise", "published", "--steps", "5", "--guidance", "3", "--seed", "1234"]
    ended = render(audiogen, scene, "-o", "out.wav", *published, "--no-normalize", "--subtype", "float")
    assert ended.code == 0, ended.err
    samples, _ = soundfile.read(tmp_path / "out.wav", dtype="float32")
    expected = load_file(GOLDEN / "generate.safetensors")["single_cfg3_steps5_sway.waveform"][0]
    np.testing.assert_allclose(samples, expected, atol=2e-5, rtol=1e-5)


def test_takes_are_the_clips_of_their_seeds(audiogen, scene, tmp_path):
    import soundfile

    from audiogen_cli.caption import Caption
    from audiogen_cli.generator.unified.generator import UnifiedGenerator
    from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions

    untouched = ["--no-normalize", "--subtype", "float", "--steps", "2"]
    ended = render(audiogen, scene, "-o", "out.wav", "--seed", "3", "--takes", "2", *untouched)
    assert ended.code == 0, ended.err
    takes = sorted(tmp_path.glob("out*.wav"))
    assert len(takes) == 2
    generator = UnifiedGenerator(ModelOptions(model=GOLDEN / "tiny-audiogen", device="cpu"))
    for seed, path in zip((3, 4), takes):
        options = SamplingOptions(seed=seed, num_inference_steps=2)
        alone = generator.generate(Caption(caption=SCENE["Caption"]), options).waveform.samples[0]
        assert abs(soundfile.read(path, dtype="float32")[0] - alone).max() < 2e-5


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (["--steps", "0"], 2, "num_inference_steps is 0"),
        (["--guidance-interval", "1"], 2, "guidance interval is '1'"),
        (["--device", "tpu"], 2, "device is 'tpu'"),
        (["--duration", "5"], 2, "--duration: not an option of the engine unified"),
        (["--model", "nobody/nothing"], 4, "nobody/nothing: not on this machine"),
        (["--model", "multilingual"], 4, "audiogen pull multilingual"),
        (["--codec", "nowhere"], 4, "nowhere: no such folder"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(audiogen, scene, flags, code, says):
    ended = render(audiogen, scene, "-o", "out.wav", *flags)
    assert ended.code == code, ended.err
    assert says in " ".join(ended.err.split()) and "Traceback" not in ended.err


def test_a_damaged_file_is_a_missing_model(audiogen, scene, tmp_path):
    for name in ("tiny-audiogen", "tiny-t5", "tiny-tokenizer"):
        shutil.copytree(GOLDEN / name, tmp_path / name)
    weights = tmp_path / "tiny-audiogen" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-10])
    ended = audiogen("render", scene, "--engine", "unified", "--model", tmp_path / "tiny-audiogen", "-o", "out.wav")
    assert ended.code == 4 and "not a whole safetensors file" in ended.err and not (tmp_path / "out.wav").exists()


def test_models_lists_what_is_not_here_and_how_to_get_it(audiogen):
    ended = audiogen("models")
    assert ended.code == 0, ended.err
    assert "audiogen pull english" in ended.text and "google/flan-t5-large  not here" in ended.text
    rows = json.loads(audiogen("models", "list", "--json").text)
    assert {row["repository"] for row in rows if row["bytes"] == 0} >= {"mispeech/dashengtokenizer"}


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["pull"], 2, "offline: nothing can be pulled"),  # the fixtures set HF_HUB_OFFLINE
        (["pull", "english", "--offline"], 2, "offline"),
        (["pull", "klingon"], 2, "klingon: no such model"),
        (["models", "verify"], 4, "not on this machine"),
        (["models", "path", "klingon"], 2, "klingon: no such model"),
        (["models", "remove", "english"], 4, "nothing of it is on this machine"),
    ],
)
def test_commands_without_weights_say_what_to_do(audiogen, args, code, says):
    ended = audiogen(*args)
    assert ended.code == code, ended.err
    assert says in " ".join(ended.err.split()) and "Traceback" not in ended.err and ended.out == b""
