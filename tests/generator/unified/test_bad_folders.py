"""Folders that are no sound checkpoint: one line names file and fault, exit code 4, before weights are read."""

import json
import os
import shutil
import struct
import subprocess
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

from audiogen_cli.caption import Caption
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified import holding
from audiogen_cli.generator.unified.generator import UnifiedGenerator
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions

MODEL, T5, CODEC = "tiny-audiogen", "tiny-t5", "tiny-tokenizer"
CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"


@pytest.fixture
def folder(golden_folder, tmp_path):
    for name in (MODEL, T5, CODEC):
        shutil.copytree(golden_folder / name, tmp_path / name)
    return tmp_path


def refusal(folder, **options):
    """The error of rendering with what lies in a folder: always exit code 4, one short line, something to do."""
    generator = UnifiedGenerator(ModelOptions(**{"model": folder / MODEL, "device": "cpu"} | options))
    with pytest.raises(ModelMissingError) as caught:
        generator.generate(Caption(caption="A dog barking"), SamplingOptions(num_inference_steps=1, seed=1))
    assert caught.value.exit_code == 4 and caught.value.hint
    said = str(caught.value)
    assert "\n" not in said and len(said.replace(str(folder), "")) < 700
    return said


def rewrite(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def change(path, **tensors):
    kept = load_file(path) | {key.replace("__", "."): value for key, value in tensors.items()}
    save_file({key: value for key, value in kept.items() if value is not None}, path)


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"", "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b"[" * 100_000, "nested without end"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'{"sample_rate": ' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"frame_resolution": 1' + b"0" * 400 + b"}", "frame_resolution is"),
        (b'{"dit_mlp_ratio": Infinity}', "dit_mlp_ratio is inf"),
        (b'{"duration_offset": NaN}', "duration_offset is nan"),
        (b'{"dit_embed_dim": 1000000000000}', "dit_embed_dim is 1000000000000, needs at most"),
        (b'{"dit_depth": 10000000}', "dit_depth is 10000000, needs at most 1000"),
        (b'{"adapter_dropout": 5.0}', "adapter_dropout is 5.0, needs 0 to 1"),
        (b'{"dit_act_layer": "' + b"x" * 9999 + b'"}', "dit_act_layer is 'xxx"),
        (json.dumps({f"k{number}": 1 for number in range(3000)}).encode(), "unknown config values: k0=1, k1=1"),
        (b'{"model_type": "llama"}', "model_type is 'llama', needs 'dasheng_audiogen'"),
    ],
)
def test_a_config_that_is_none(folder, bytes_, said):
    (folder / MODEL / CONFIG).write_bytes(bytes_)
    told = refusal(folder)
    assert said in told and str(folder / MODEL / CONFIG) in told


def test_what_stands_where_a_file_should(folder):
    config, weights = folder / MODEL / CONFIG, folder / MODEL / WEIGHTS
    assert f"{weights}: a file, not a model's folder" in refusal(folder, model=weights)
    kept = weights.read_bytes()
    weights.unlink()
    weights.symlink_to(WEIGHTS)  # to itself
    assert f"{weights}: a link that leads nowhere" in refusal(folder)
    weights.unlink()
    weights.write_bytes(kept)
    config.unlink()
    config.mkdir()
    assert f"{config}: not a file" in refusal(folder)
    config.rmdir()
    os.mkfifo(config)  # reading it would never end
    assert f"{config}: not a file" in refusal(folder)
    config.unlink()
    assert f"{config}: no such file" in refusal(folder)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pytorch_model.bin", "a pickle, which is never opened"),
        ("model.pt", "a pickle, which is never opened"),
        ("weights.safetensors", "no model.safetensors, only weights.safetensors"),
        ("readme.txt", "no model.safetensors"),
    ],
)
def test_weights_under_another_name(folder, name, said):
    (folder / MODEL / WEIGHTS).rename(folder / MODEL / name)
    assert said in refusal(folder)


@pytest.mark.parametrize(
    ("bytes_", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64, "a pointer of git-lfs"),
        (b"<!doctype html><html>please log in</html>", "a web page"),
        (b"", "empty"),
        (struct.pack("<Q", 2**40) + b"{}", "header too large"),
        (struct.pack("<Q", 100_000) + b'{"a":' * 20_000, "recursion limit"),
    ],
)
def test_weights_that_are_none(folder, bytes_, said):
    (folder / MODEL / WEIGHTS).write_bytes(bytes_)
    told = refusal(folder)
    assert f"{folder / MODEL / WEIGHTS}: not a whole safetensors file" in told and said in told


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"dummy_ta_embed": torch.ones(32, dtype=torch.int32)}, "1 mistyped: dummy_ta_embed holds int32, needs floats"),
        ({"dummy_ta_embed": torch.ones(32, dtype=torch.bool)}, "dummy_ta_embed holds bool, needs floats"),
        ({"dummy_ta_embed": torch.ones(32).to(torch.float8_e4m3fn)}, "dummy_ta_embed is of type F8_E4M3"),
        ({"instruction_lengths": torch.tensor([2.5])}, "instruction_lengths holds float32, needs integers"),
        ({"instruction_lengths": torch.tensor([0])}, "instruction_lengths is 0, needs 1 to 5"),
        ({"instruction_lengths": torch.tensor([9])}, "instruction_lengths is 9, needs 1 to 5"),
        ({"dummy_ta_embed": torch.full((32,), torch.nan)}, "dummy_ta_embed holds what is not a number"),
        (
            {"content_adapter__norm__weight": torch.full((32,), torch.inf)},
            "content_adapter.norm.weight holds what is not a number: the model predicts a clip of",
        ),
        (
            {"backbone__mid_block__attn__to_q__weight": torch.full((64, 64), torch.nan)},
            "backbone.mid_block.attn.to_q.weight",
        ),
    ],
)
def test_tensors_that_are_no_weights(folder, tensors, said):
    change(folder / MODEL / WEIGHTS, **tensors)
    assert said in refusal(folder)


@pytest.mark.parametrize(
    ("part", "tensors", "said"),
    [
        (CODEC, {"decoder__head__out__bias": torch.full((66,), torch.nan)}, "decoder.head.out.bias holds what is not"),
        (CODEC, {"decoder__head__istft__window": torch.zeros(64)}, "the model's sound is not made of numbers"),
        (T5, {"shared__weight": torch.full((200, 32), torch.nan)}, "shared.weight holds what is not a number"),
    ],
)
def test_parts_that_answer_no_numbers(folder, part, tensors, said):
    change(folder / part / WEIGHTS, **tensors)
    assert said in refusal(folder)


class TestShards:
    def shard(self, folder):
        path = folder / MODEL / WEIGHTS
        tensors = load_file(path)
        places = {name: f"part-{number % 2}.safetensors" for number, name in enumerate(sorted(tensors))}
        for file in set(places.values()):
            save_file({name: tensors[name] for name in tensors if places[name] == file}, folder / MODEL / file)
        path.unlink()
        (folder / MODEL / INDEX).write_text(json.dumps({"weight_map": places}))
        return places

    @pytest.mark.parametrize(
        "file", ["..", ".", "", "/etc/passwd", "../x.safetensors", "..\\x.safetensors", "part-0.bin", 3, None]
    )
    def test_an_index_leads_nowhere_else(self, folder, file):
        places = self.shard(folder)
        (folder / MODEL / INDEX).write_text(json.dumps({"weight_map": dict.fromkeys(places, file)}))
        assert f"{INDEX}: {file!r} does not lie in the folder" in refusal(folder)

    @pytest.mark.parametrize("text", ["[" * 100_000, "[]", "{}", '{"weight_map": []}', '{"weight_map": {}}', "\0"])
    def test_an_index_that_is_none_is_named(self, folder, text):
        self.shard(folder)
        (folder / MODEL / INDEX).write_text(text)
        assert str(folder / MODEL / INDEX) in refusal(folder)

    def test_shards_without_their_index_are_not_guessed_at(self, folder):
        self.shard(folder)
        (folder / MODEL / INDEX).unlink()
        assert "only part-0.safetensors and 1 more" in refusal(folder)

    def test_a_tensor_lies_in_one_shard(self, folder):
        self.shard(folder)
        for number in range(2):
            change(folder / MODEL / f"part-{number}.safetensors", dummy_ta_embed=torch.zeros(32))
        assert "holds dummy_ta_embed, which another shard holds too" in refusal(folder)


class TestTextEncoder:
    """Its faults are told before the network's weights are read, though it is loaded after them."""

    @pytest.fixture(autouse=True)
    def no_network(self, monkeypatch):
        def unasked(*args, **kwargs):
            raise AssertionError("the network's weights were read before the text encoder was looked at")

        monkeypatch.setattr(holding, "load_model", unasked)

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ({"model_type": "bert"}, "model_type is 'bert', needs 't5' or 'mt5'"),
            ({"d_model": 64}, "misshapen: shared.weight is 200x32, needs 200x64"),
            ({"num_layers": 3}, "missing: encoder.block.2"),
            ({"num_layers": 10**7}, "num_layers is 10000000, needs 1 to 1000"),
            ({"num_heads": "many"}, "num_heads is 'many'"),
            ({"num_heads": 0}, "num_heads is 0"),
            ({"vocab_size": 300}, "shared.weight is 200x32, needs 300x32"),
            ({"feed_forward_proj": "gated-foo"}, "no config of a T5 text encoder"),
            ({"layer_norm_epsilon": "x"}, "no config of a T5 text encoder"),
        ],
    )
    def test_a_config_of_another_encoder(self, folder, values, said):
        rewrite(folder / T5 / CONFIG, **values)
        assert said in refusal(folder)

    @pytest.mark.parametrize("text", ["hello", "[]", "[" * 100_000, None])
    def test_a_config_that_is_none(self, folder, text):
        path = folder / T5 / CONFIG
        path.unlink() if text is None else path.write_text(text)
        assert str(path) in refusal(folder)

    @pytest.mark.parametrize("text", ["hello", "[]", "{}", None])
    @pytest.mark.parametrize("place", [T5, MODEL])
    def test_a_tokenizer_that_is_none(self, folder, place, text):
        path = folder / place / "tokenizer.json"
        if text is None:
            (folder / T5 / "tokenizer.json").unlink()
        else:
            path.write_text(text)
        assert "no usable tokenizer" in refusal(folder)

    def tokenizer(self, folder, edit):
        path = folder / T5 / "tokenizer.json"
        values = json.loads(path.read_text())
        edit(values)
        path.write_text(json.dumps(values))

    def test_a_tokenizer_of_a_larger_vocabulary(self, folder):
        self.tokenizer(folder, lambda values: values["model"]["vocab"].extend([[f"x{n}", -9.0] for n in range(100)]))
        assert "the tokenizer counts to 299, the text encoder has 200 embeddings" in refusal(folder)

    def test_a_tokenizer_that_does_not_end_a_text(self, folder):
        self.tokenizer(folder, lambda values: values.update(post_processor=None))
        assert "does not end a text with </s>" in refusal(folder)

    def test_an_encoder_of_another_width_does_not_fit_the_projection(self, folder):
        from transformers import T5Config, T5EncoderModel

        values = json.loads((folder / T5 / CONFIG).read_text()) | {"d_model": 48}
        state = T5EncoderModel(T5Config(**values)).state_dict()
        save_file({key: state[key].clone() for key in state if "embed_tokens" not in key}, folder / T5 / WEIGHTS)
        rewrite(folder / T5 / CONFIG, d_model=48)
        assert "content_encoder.text_encoder.proj.weight is 32x32, needs 32x48" in refusal(folder)


@pytest.mark.parametrize("name", ["", "..", ".", "/", "a\0b", "o/a\0b", "x/" + "y" * 5000])
def test_a_part_named_by_what_is_no_name(folder, name):
    rewrite(folder / MODEL / CONFIG, tokenizer_name=name)
    assert "no folder of that name lies in it or beside it" in refusal(folder)


@pytest.mark.parametrize(
    "name",
    ["", "   ", "a\0b", "owner/..", "../../nope", "a/b/c", "o/x\ny", "o/🐕", "x" * 5000, "~nobodyhere/x", "o/x@main"],
)
def test_a_name_that_is_none(folder, name):
    with pytest.raises(ModelMissingError, match="no such folder, and no model of this name") as caught:
        UnifiedGenerator(ModelOptions(model=name, device="cpu")).load()
    assert len(str(caught.value)) < 300


def test_a_folder_of_any_letters_renders(folder):
    strange = folder / "مجلد 狗 🐕 'x'"
    strange.mkdir()
    for name in (MODEL, T5, CODEC):
        shutil.move(folder / name, strange / name)
    generator = UnifiedGenerator(ModelOptions(model=strange / MODEL, device="cpu"))
    assert generator.generate(Caption(caption="A dog"), SamplingOptions(num_inference_steps=1)).waveform.num_samples


AS_NOBODY = """
import os, sys
from pathlib import Path
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.loading import load_model
from audiogen_cli.generator.unified.options import ModelOptions
from audiogen_cli.generator.unified.places import find_places
os.chdir(sys.argv[1])  # entered while it may be
if os.geteuid() == 0:
    os.seteuid(65534)
for model in sys.argv[2:]:
    try:
        find_places(ModelOptions(model=model, device="cpu"))
        load_model(Path(model))
    except ModelMissingError as fault:
        print(fault)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="permissions are another matter on Windows")
def test_what_may_not_be_read_is_named(folder, golden_folder):
    """In a process without the rights of an administrator."""
    closed = {"a": "", "b": CONFIG, "c": WEIGHTS}
    for name, file in closed.items():
        shutil.copytree(golden_folder / MODEL, folder / name)
        (folder / name / file).chmod(0)
    ended = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, folder, *closed], capture_output=True, text=True, timeout=120
    )
    for name in closed:
        (folder / name).chmod(0o755)
    told = ended.stdout.splitlines()
    assert len(told) == 3, ended.stderr
    assert all(name in line and "ermission denied" in line for name, line in zip(closed, told))
