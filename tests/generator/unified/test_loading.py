"""Checkpoints: strict, from one file or many, at the published names and shapes, in the memory promised."""

import gc
import json
import shutil
import struct
import subprocess
import sys
import weakref

import pytest
import torch
from safetensors.torch import load_file, save_file

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified import filling, forms
from audiogen_cli.generator.unified.checkpoint import Checkpoint, CheckpointError
from audiogen_cli.generator.unified.codec.codec import Codec
from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig
from audiogen_cli.generator.unified.forms import Cpu
from audiogen_cli.generator.unified.linear import Linear
from audiogen_cli.generator.unified.loading import load_codec, load_decoder, load_model, load_text_encoder
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.published import codec_naming, model_naming, published_state_dict
from audiogen_cli.generator.unified.text_encoder import Content


@pytest.fixture
def folder(golden_folder, tmp_path):
    for name in ("tiny-audiogen", "tiny-t5", "tiny-tokenizer"):
        shutil.copytree(golden_folder / name, tmp_path / name)
    return tmp_path


def change(folder, **tensors):
    """Replace tensors of a folder's file; None takes one out."""
    path = folder / "model.safetensors"
    kept = load_file(path) | {key.replace("__", "."): value for key, value in tensors.items()}
    save_file({key: value for key, value in kept.items() if value is not None}, path)


class TestPublishedNames:
    def compare(self, model, naming, expected, ignored):
        ours = {
            name: [list(tensor.shape), str(tensor.dtype)]
            for name, tensor in published_state_dict(model, naming).items()
        }
        theirs = {name: [shape, dtype] for name, (shape, dtype, *_) in expected.items() if not name.startswith(ignored)}
        assert ours == {
            name: [shape, f"torch.{dtype}".replace("torch.torch.", "torch.")] for name, (shape, dtype) in theirs.items()
        }

    def test_the_model_has_the_published_tensors_at_full_size(self, golden_folder):
        expected = json.loads((golden_folder / "published_keys_audiogen.json").read_text())
        with torch.device("meta"):
            model = AudioGenModel(ModelConfig(instruction_seq_len=14))
        self.compare(model, model_naming, expected, ("content_encoder.",))
        assert len(expected) == 1311
        assert sum(parameter.numel() for parameter in model.parameters()) == 2_185_498_626 - 1_049_600

    def test_the_codec_has_the_published_tensors_at_full_size(self, golden_folder):
        expected = json.loads((golden_folder / "published_keys_tokenizer.json").read_text())
        with torch.device("meta"):
            codec = Codec(CodecConfig())
        self.compare(codec, codec_naming, expected, ("\0",))
        assert sum(parameter.numel() for parameter in codec.parameters()) == 804_920_450

    def test_a_loaded_model_is_written_back_as_it_was(self, golden_folder, tiny_model, tiny_codec):
        for name, model, naming in (
            ("tiny-audiogen", tiny_model, model_naming),
            ("tiny-tokenizer", tiny_codec, codec_naming),
        ):
            theirs = load_file(golden_folder / name / "model.safetensors")
            ours = published_state_dict(model, naming)
            assert set(theirs) - set(ours) <= {
                "content_encoder.text_encoder.proj.weight",
                "content_encoder.text_encoder.proj.bias",
            }
            assert all(torch.equal(ours[key], theirs[key]) for key in ours)


class TestStrictness:
    @pytest.mark.parametrize(
        ("tensors", "said"),
        [
            ({"backbone__mid_block__attn__to_k__weight": None}, "1 missing: backbone.mid_block.attn.to_k.weight"),
            ({"dummy_ta_embed": None}, "missing: dummy_ta_embed"),
            ({"backbone__surprise": torch.zeros(1)}, "1 extra: backbone.surprise"),
            (
                {"backbone__patch_embed__proj__bias": torch.zeros(3)},
                "misshapen: backbone.patch_embed.proj.bias is 3, needs 64",
            ),
            ({"backbone__patch_embed__proj__weight": torch.zeros(64, 32)}, "is 64x32, needs 64x32x1"),
            ({"backbone__mid_block__attn__rotary__inv_freq": torch.zeros(3)}, "inv_freq is 3, needs 8"),
        ],
    )
    def test_a_tensor_that_does_not_fit_is_named(self, folder, tensors, said):
        change(folder / "tiny-audiogen", **tensors)
        with pytest.raises(CheckpointError, match=said):
            load_model(folder / "tiny-audiogen")

    def test_all_faults_are_told_at_once(self, folder):
        change(folder / "tiny-audiogen", dummy_ta_embed=None, surprise=torch.zeros(1))
        with pytest.raises(CheckpointError, match=r"missing: dummy_ta_embed; .*extra: surprise"):
            load_model(folder / "tiny-audiogen")

    def test_what_can_be_computed_may_be_absent(self, folder, golden, tiny_model):
        path = folder / "tiny-audiogen" / "model.safetensors"
        left_out = ("inv_freq", "instruction_lengths", "dummy_param")
        save_file({key: value for key, value in load_file(path).items() if not key.endswith(left_out)}, path)
        model = load_model(folder / "tiny-audiogen")
        torch.testing.assert_close(
            model.dit.mid_block.attn.rotary.inv_freq, tiny_model.dit.mid_block.attn.rotary.inv_freq
        )
        path = folder / "tiny-tokenizer" / "model.safetensors"
        save_file(
            {key: value for key, value in load_file(path).items() if not key.endswith((".window", ".fb", "tracked"))},
            path,
        )
        codec = load_codec(folder / "tiny-tokenizer")
        t = golden("encode")
        with torch.inference_mode():
            latent = codec.encode(t["audio_int16"] / 32768.0).transpose(1, 2)
            torch.testing.assert_close(latent, t["latent"], atol=2e-5, rtol=1e-5)

    def test_running_statistics_are_learned_and_must_be_there(self, folder):
        change(folder / "tiny-tokenizer", encoder__model__init_bn__1__running_mean=None)
        with pytest.raises(CheckpointError, match="running_mean"):
            load_codec(folder / "tiny-tokenizer")

    def test_a_resaved_model_with_its_parts_inside_is_taken(self, folder):
        change(
            folder / "tiny-audiogen",
            text_encoder_backbone__shared__weight=torch.zeros(2),
            audio_tokenizer__x=torch.zeros(1),
        )
        load_model(folder / "tiny-audiogen")
        load_text_encoder(folder / "tiny-audiogen", folder / "tiny-t5")

    def test_a_whole_t5_is_read_for_its_encoder_alone(self, folder, tiny_text):
        embedding = load_file(folder / "tiny-t5" / "model.safetensors")["shared.weight"]
        for extra in (
            {"lm_head.weight": torch.zeros(4)},
            {"encoder.embed_tokens.weight": embedding},
            {"shared.weight": None},
        ):
            change(folder / "tiny-t5", **extra)  # the last leaves the embedding under its other name alone
            change(folder / "tiny-t5", decoder__final_layer_norm__weight=torch.zeros(4))
            text = load_text_encoder(folder / "tiny-audiogen", folder / "tiny-t5")
            ids = torch.tensor([[5, 6, 1]])
            with torch.inference_mode():
                assert torch.equal(text.encoder(ids, ids > 0).vectors, tiny_text.encoder(ids, ids > 0).vectors)

    def test_the_decoder_reads_nothing_of_the_encoder(self, folder, golden):
        path = folder / "tiny-tokenizer" / "model.safetensors"
        save_file({key: value for key, value in load_file(path).items() if not key.startswith("encoder.")}, path)
        t = golden("decode")
        with torch.inference_mode():
            decoder = load_decoder(folder / "tiny-tokenizer")
            torch.testing.assert_close(decoder(t["latent"].transpose(1, 2)), t["waveform"], atol=2e-5, rtol=1e-5)


class TestFiles:
    def shard(self, folder):
        path = folder / "model.safetensors"
        tensors = load_file(path)
        names = sorted(tensors)
        places = {name: f"model-0000{1 + index % 3}-of-00003.safetensors" for index, name in enumerate(names)}
        for file in set(places.values()):
            save_file({name: tensors[name] for name in names if places[name] == file}, folder / file)
        path.unlink()
        (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
        return places

    def test_shards_are_one_model(self, folder, golden):
        for name in ("tiny-audiogen", "tiny-t5", "tiny-tokenizer"):
            self.shard(folder / name)
        t = golden("dit")
        with torch.inference_mode():
            out = load_model(folder / "tiny-audiogen").dit(
                t["x"], t["timestep_scalar"], t["context"], t["time_aligned_context"]
            )
        torch.testing.assert_close(out, t["out_no_masks"], atol=2e-5, rtol=1e-5)
        load_text_encoder(folder / "tiny-audiogen", folder / "tiny-t5")
        load_codec(folder / "tiny-tokenizer")

    def test_a_missing_shard_is_named(self, folder):
        self.shard(folder / "tiny-audiogen")
        (folder / "tiny-audiogen" / "model-00002-of-00003.safetensors").unlink()
        with pytest.raises(CheckpointError, match=r"model-00002-of-00003\.safetensors: no such file"):
            load_model(folder / "tiny-audiogen")

    def test_an_index_leads_nowhere_else(self, folder):
        places = self.shard(folder / "tiny-audiogen")
        index = folder / "tiny-audiogen" / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": dict.fromkeys(places, "../tiny-t5/model.safetensors")}))
        with pytest.raises(CheckpointError, match="does not lie in the folder"):
            load_model(folder / "tiny-audiogen")

    def test_a_pickle_is_never_opened(self, folder):
        path = folder / "tiny-audiogen" / "model.safetensors"
        path.rename(path.with_name("pytorch_model.bin"))
        with pytest.raises(CheckpointError, match="a pickle, which is never opened"):
            load_model(folder / "tiny-audiogen")

    @pytest.mark.parametrize("damage", ["cut", "empty", "no header", "huge header"])
    def test_a_damaged_file_is_named(self, folder, damage):
        path = folder / "tiny-audiogen" / "model.safetensors"
        whole = path.read_bytes()
        path.write_bytes(
            {
                "cut": whole[:-100],
                "empty": b"",
                "no header": b"x" * 500,
                "huge header": struct.pack("<Q", 2**40) + whole[8:],
            }[damage]
        )
        with pytest.raises(CheckpointError, match=r"model\.safetensors: not a whole safetensors file"):
            load_model(folder / "tiny-audiogen")

    def test_a_folder_that_is_none_is_a_missing_model(self, tmp_path):
        with pytest.raises(ModelMissingError):
            load_model(tmp_path / "nowhere")

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
    def test_files_of_other_precision_are_read_into_float32(self, folder, tiny_model, dtype):
        path = folder / "tiny-audiogen" / "model.safetensors"
        save_file(
            {key: value.to(dtype) if value.is_floating_point() else value for key, value in load_file(path).items()},
            path,
        )
        model = load_model(folder / "tiny-audiogen")
        weight = model.dit.mid_block.attn.to_kqv.weight
        assert weight.dtype == torch.float32
        torch.testing.assert_close(weight, tiny_model.dit.mid_block.attn.to_kqv.weight, atol=2e-2, rtol=2e-2)

    def test_tensors_come_out_as_they_lie(self, folder):
        path = folder / "tiny-audiogen"
        checkpoint, expected = Checkpoint(path), load_file(path / "model.safetensors")
        assert all(torch.equal(checkpoint.read(name), tensor) for name, tensor in expected.items())
        names = [f"backbone.mid_block.attn.to_{part}.weight" for part in "kqv"]
        joined = checkpoint.map(names, torch.Size((192, 64)))
        assert joined is not None and torch.equal(joined, torch.cat([expected[name] for name in names]))
        assert checkpoint.map(names[::-1], torch.Size((192, 64))) is None
        joined.zero_()  # memory, never the file
        assert torch.equal(Checkpoint(path).read(names[0]), expected[names[0]])
        assert checkpoint.num_bytes == sum(tensor.numel() * tensor.element_size() for tensor in expected.values())


def test_an_instruction_of_another_width_has_its_own_projections(folder):
    path = folder / "tiny-audiogen" / "model.safetensors"
    tensors = load_file(path)
    queries, keys, values = tensors.pop("content_adapter.attn.in_proj_weight").chunk(3)
    adapter = {"q_proj_weight": queries, "k_proj_weight": keys[:, :24], "v_proj_weight": values[:, :24]}
    tensors |= {f"content_adapter.attn.{name}": weight.contiguous() for name, weight in adapter.items()}
    tensors["instruction_embedding"] = tensors["instruction_embedding"][..., :24].contiguous()
    tensors["instruction_lengths"] = torch.tensor([3])
    save_file(tensors, path)
    config = folder / "tiny-audiogen" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"task_instruction_dim": 24}))
    model = load_model(folder / "tiny-audiogen")
    content, mask = torch.randn(1, 6, 32), torch.ones(1, 6, dtype=torch.bool)
    with torch.inference_mode():
        adapted = model.adapt(Content(content, mask)).content
        model.instruction[:, 3:] = 1e3  # beyond the instruction's length nothing is heard
        assert torch.equal(model.adapt(Content(content, mask)).content, adapted)


def test_a_trainable_model_learns_and_its_loss_falls(golden_folder, golden):
    model = load_model(golden_folder / "tiny-audiogen", trainable=True)
    t = golden("dit")
    optimizer = torch.optim.Adam(model.dit.parameters(), 1e-3)
    losses = []
    for _ in range(5):
        out = model.dit(t["x"], t["timestep_vector"], t["context"], t["time_aligned_context"], latent_mask=t["x_mask"])
        loss = out.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]
    assert all(parameter.grad is not None for parameter in model.dit.parameters())


PEAK = """
import resource, sys, torch
from pathlib import Path
from audiogen_cli.generator.unified.loading import load_model
load_model(Path(sys.argv[2]), dtype=sys.argv[1])  # everything imported and warm
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
model = load_model(Path(sys.argv[3]), dtype=sys.argv[1])
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux alone")
@pytest.mark.parametrize(("dtype", "share"), [("float32", 1.0), ("bfloat16", 0.5), ("int8", 0.25)])
def test_loading_peaks_a_layer_above_what_stays(golden_folder, tmp_path, dtype, share):
    """A model of 190 MB: what loading adds at its peak is the weights in their kept form, and a tenth."""
    config = json.loads((golden_folder / "tiny-audiogen" / "config.json").read_text())
    config |= {"dit_embed_dim": 512, "dit_num_heads": 8, "dit_depth": 6}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with torch.device("meta"):
        model = AudioGenModel(
            ModelConfig(**{key: value for key, value in config.items() if key not in ("model_type", "architectures")})
        )
    tensors = {
        name: torch.zeros(tensor.shape, dtype=tensor.dtype)
        for name, tensor in published_state_dict(model, model_naming).items()
    }
    save_file(tensors, tmp_path / "model.safetensors")
    weights = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    assert weights > 1.8e8
    del tensors
    argv = [sys.executable, "-c", PEAK, dtype, str(golden_folder / "tiny-audiogen"), str(tmp_path)]
    peak = int(subprocess.run(argv, capture_output=True, text=True, timeout=120, check=True).stdout)
    one_layer = 4 * 2 * 4 * 512 * 512 * 3  # bytes of the widest weight, read, scaled and packed
    assert peak < 1.1 * share * weights + one_layer


@pytest.mark.parametrize(("dtype", "kept"), [("int8", torch.int8), ("bfloat16", torch.bfloat16)])
def test_no_float_layer_and_no_second_copy_stays(golden_folder, monkeypatch, dtype, kept):
    """Counted by what is alive, not by what the system says: every product of the DiT stands there once."""
    made = []
    begin = Linear.__init__

    def remembered(self, *args, **how):
        begin(self, *args, **how)
        made.append(weakref.ref(self))

    def alive():
        gc.collect()
        return {id(thing): thing for thing in gc.get_objects() if issubclass(type(thing), torch.Tensor)}

    def weighs(thing):
        return thing.is_mkldnn or (thing.ndim == 2 and not thing.is_meta)

    for module in (forms, filling):
        monkeypatch.setattr(module, "read_cpu", lambda: Cpu(level="AVX2"))
    monkeypatch.setattr(Linear, "__init__", remembered)
    before = alive()
    model = load_model(golden_folder / "tiny-audiogen", dtype=dtype)
    added = [thing for key, thing in alive().items() if key not in before and weighs(thing)]
    products = [module for module in model.dit.modules() if isinstance(getattr(module, "weight", None), torch.Tensor)]
    products = [module for module in products if weighs(module.weight)]
    outside = [module for module in model.content_adapter.modules() if isinstance(module, Linear)]
    assert len(products) > 40
    assert {id(ref()) for ref in made if ref() is not None} == {id(module) for module in outside}
    assert {module.weight.dtype for module in products} == {kept}
    assert sorted(id(thing) for thing in added if thing.dtype == kept) == sorted(id(m.weight) for m in products)
    shapes = {tuple(module.weight.shape) for module in products}
    floats = [thing for thing in added if thing.dtype == torch.float32 and tuple(thing.shape) in shapes]
    assert all(any(thing is weight for weight in model.content_adapter.parameters()) for thing in floats)
