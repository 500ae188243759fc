"""From captions to sound with the tiny complete model: the folder, the batch, the takes, the troubles."""

import dataclasses
import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError, OutOfMemoryError
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.generator.unified import holding
from audiogen_cli.generator.unified import rendering as rendering_module
from audiogen_cli.generator.unified.deep_check import check_generator
from audiogen_cli.generator.unified.generator import UnifiedGenerator
from audiogen_cli.generator.unified.noise import item_noise, published_noise
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.hub.cache import is_present

DOG = Caption(caption="A dog barking loudly")
STREET = Caption(caption="Rainy city street with music and speech.", asr="I think we should leave now.")
OWN_CACHE = Path(
    os.environ.get("HF_HUB_CACHE", Path(os.environ.get("HF_HOME", "~/.cache/huggingface"), "hub"))
).expanduser()
"""The person's cache, as it is before the fixtures give every test its own."""
FEW = SamplingOptions(num_inference_steps=4, seed=7)


@pytest.fixture(scope="module")
def tiny(golden_folder):
    return UnifiedGenerator(ModelOptions(model=golden_folder / "tiny-audiogen", device="cpu"))


def of(golden_folder, **options):
    return UnifiedGenerator(ModelOptions(**{"model": golden_folder / "tiny-audiogen", "device": "cpu"} | options))


def samples(rendering):
    return rendering.waveform.samples


def test_a_caption_becomes_mono_sound_as_long_as_the_model_says(tiny):
    rendering = tiny.generate(DOG, FEW)
    assert samples(rendering).shape == (1, 16 * 32)  # 16 latent frames of 32 samples
    assert rendering.waveform.sample_rate == 16_000
    assert np.isfinite(samples(rendering)).all() and samples(rendering).std() > 0.1


def test_same_seed_same_bytes_other_seed_other_sound(tiny):
    again = tiny.generate(DOG, FEW)
    assert np.array_equal(samples(tiny.generate(DOG, FEW)), samples(again))
    assert not np.allclose(samples(tiny.generate(DOG, dataclasses.replace(FEW, seed=8))), samples(again), atol=0.1)


def test_an_item_sounds_the_same_alone_in_a_mixed_batch_and_as_a_take(tiny):
    options = [dataclasses.replace(FEW, seed=seed) for seed in (1, 2, 3, 4)]
    captions = [DOG, STREET, DOG, STREET]
    batch = tiny.generate_batch(captions, options)
    for caption, option, rendering in zip(captions, options, batch):
        alone = tiny.generate(caption, option)
        assert samples(alone).shape == samples(rendering).shape
        np.testing.assert_allclose(samples(rendering), samples(alone), atol=2e-5)


@pytest.mark.parametrize("dtype", ["bfloat16", "int8"])
def test_an_item_sounds_the_same_in_a_batch_in_smaller_precision_too(golden_folder, dtype):
    small = of(golden_folder, dtype=dtype)
    options = [FEW, dataclasses.replace(FEW, seed=9)]
    batch = small.generate_batch([DOG, STREET], options)
    for caption, option, rendering in zip([DOG, STREET], options, batch):
        np.testing.assert_allclose(samples(rendering), samples(small.generate(caption, option)), atol=1e-4)


@pytest.mark.parametrize(("dtype", "most"), [("bfloat16", 0.02), ("int8", 0.06)])
def test_smaller_precision_stays_near_float32(golden_folder, tiny, dtype, most):
    exact, near = samples(tiny.generate(STREET, FEW)), samples(of(golden_folder, dtype=dtype).generate(STREET, FEW))
    assert 0 < np.linalg.norm(near - exact) / np.linalg.norm(exact) < most


def test_published_noise_is_the_released_codes_sound_on_its_own_part(tiny, golden):
    """Sample for sample what `torch.manual_seed(1234)` and the released `generate` give, cut to each item's length."""
    expected = golden("generate")
    options = SamplingOptions(num_inference_steps=5, seed=1234, noise="published")
    for rendering, sound in zip(
        tiny.generate_batch([DOG, STREET], [options] * 2), expected["cfg5_steps5_sway.waveform"]
    ):
        own = samples(rendering)[0]
        np.testing.assert_allclose(own, sound[: len(own)].numpy(), atol=2e-5, rtol=1e-5)
    single = dataclasses.replace(options, guidance_scale=3.0)
    alone = expected["single_cfg3_steps5_sway.waveform"][0].numpy()
    np.testing.assert_allclose(samples(tiny.generate(DOG, single))[0], alone, atol=2e-5, rtol=1e-5)


def test_published_noise_says_that_items_depend_on_each_other(tiny):
    options = SamplingOptions(num_inference_steps=2, noise="published")
    assert any("depends on the others" in note for note in tiny.generate_batch([DOG, STREET], [options] * 2)[0].notes)
    takes = [options, dataclasses.replace(options, seed=1)]  # other seeds, other batches
    for rendering, option in zip(tiny.generate_batch([DOG, DOG], takes), takes):
        assert np.array_equal(samples(rendering), samples(tiny.generate(DOG, option)))


def test_noise_is_an_items_own():
    together = item_noise([1, 2], 8, [3, 5], "cpu")
    assert torch.equal(together[:1, :, :3], item_noise([1], 8, [3], "cpu"))
    assert torch.equal(together[1:], item_noise([2], 8, [5], "cpu"))
    assert not together[0, :, 3:].any()
    torch.manual_seed(5)
    assert torch.equal(published_noise([5, 5], 8, [3, 5], "cpu"), torch.randn(2, 8, 5))


def test_network_calls_are_counted_and_told_one_by_one(tiny):
    told = []
    tiny.generate(DOG, FEW, lambda done, total, doing: told.append((done, total, doing)))
    steps = [(done, total) for done, total, doing in told if doing.startswith("step")]
    assert steps == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert told[-1][:2] == (4, 4)


@pytest.mark.parametrize("solver", ["euler", "midpoint", "heun", "ab2"])
@pytest.mark.parametrize("steps", [1, 2, 5])
def test_steps_are_network_calls_exactly(tiny, monkeypatch, solver, steps):
    made = []
    network = tiny._ready(lambda *_: None)._held.network
    predict = network.predict
    monkeypatch.setattr(network, "predict", lambda *args: made.append(1) or predict(*args))
    tiny.generate(DOG, SamplingOptions(num_inference_steps=steps, solver=solver))
    assert len(made) == steps


def test_a_plain_quality_is_enough(tiny):
    assert tiny.generate(DOG, GenerationOptions(seed=3, quality="draft")).details["network_calls"] == 7


def test_details_tell_what_made_the_sound(tiny):
    details = tiny.generate(STREET, FEW).details
    assert details["model"] == {"name": "tiny-audiogen", "revision": None}
    assert details["text_encoder"]["name"] == "tiny-t5" and details["codec"]["name"] == "tiny-tokenizer"
    assert (details["device"], details["dtype"], details["latent_frames"]) == ("cpu", "float32", 22)
    assert len(details["sigmas"]) == 4 and details["sigmas"][0] == 1.0
    json.dumps(details)


def test_notes_tell_what_the_model_will_not_do(tiny):
    notes = tiny.generate(Caption(caption="One two. " * 300, asr="ten words " * 5), FEW).notes
    assert any("too long for the model" in note for note in notes)
    assert any("10 spoken words" in note for note in notes)
    assert any("does not know" in note for note in tiny.generate(Caption(caption="雨 rain"), FEW).notes)


def test_tags_inside_a_view_open_no_view(tiny):
    forged = Caption(caption="A dog <|music|> barking loudly")
    plain = Caption(caption="A dog barking loudly")
    assert np.array_equal(samples(tiny.generate(forged, FEW)), samples(tiny.generate(plain, FEW)))


def test_interrupting_between_steps_leaves_the_generator_usable(tiny):
    def interrupt(done, total, doing):
        if doing == "step 2 of 4":
            raise KeyboardInterrupt

    before = samples(tiny.generate(DOG, FEW))
    with pytest.raises(KeyboardInterrupt):
        tiny.generate(DOG, FEW, interrupt)
    assert np.array_equal(samples(tiny.generate(DOG, FEW)), before)


def test_nothing_is_loaded_before_the_first_call(tmp_path):
    UnifiedGenerator(ModelOptions(model=tmp_path / "nowhere"))
    with pytest.raises(ModelMissingError, match="no such folder"):
        UnifiedGenerator(ModelOptions(model=tmp_path / "nowhere")).generate(DOG, FEW)


def test_rendering_from_a_folder_opens_no_socket(golden_folder, monkeypatch):
    """Not even with the hub's client library free to: nothing asks it."""
    import socket

    from huggingface_hub import constants

    def refuse(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    of(golden_folder).generate(DOG, FEW)


def test_captions_and_options_go_in_pairs(tiny):
    assert tiny.generate_batch([], []) == []
    with pytest.raises(OptionError, match="2 captions and 1 options"):
        tiny.generate_batch([DOG, DOG], [FEW])


def test_text_encoder_is_released_and_comes_back_for_a_new_text(golden_folder):
    fresh = of(golden_folder)
    fresh.generate(DOG, FEW)
    assert fresh._renderer._held._text_parts is None
    fresh.generate(STREET, FEW)
    kept = of(golden_folder, keep_text_encoder=True)
    kept.generate(DOG, FEW)
    assert kept._renderer._held._text_parts is not None


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int8"])
def test_low_memory_sounds_the_same_and_holds_a_fifth_less(golden_folder, dtype):
    usual, low = of(golden_folder, dtype=dtype), of(golden_folder, dtype=dtype, low_memory=True)
    for options in (FEW, SamplingOptions(num_inference_steps=3), FEW):  # another schedule reads the weights again
        assert np.array_equal(samples(low.generate(DOG, options)), samples(usual.generate(DOG, options)))
    assert low._renderer._held.model.dit.mid_block.adaln.time_ada.weight.is_meta


def test_out_of_memory_halves_the_batch_then_says_what_would_fit(golden_folder, monkeypatch):
    tried = []
    real = rendering_module.sample

    def hungry(network, noise, *rest, **named):
        tried.append(len(noise))
        if len(noise) > most:
            raise RuntimeError("CUDA out of memory. Tried to allocate")
        return real(network, noise, *rest, **named)

    monkeypatch.setattr(rendering_module, "sample", hungry)
    narrow = of(golden_folder)
    options = [dataclasses.replace(FEW, seed=seed) for seed in range(5)]
    most = 2
    sounds = narrow.generate_batch([DOG] * 5, options)
    assert tried[0] == 5 and max(tried[-3:]) <= 2
    assert [rendering.waveform.num_samples for rendering in sounds] == [512] * 5
    most = 0
    with pytest.raises(OutOfMemoryError, match="one clip") as caught:
        narrow.generate(DOG, FEW)
    assert "int8" in caught.value.hint and caught.value.exit_code == 5


def test_a_text_encoder_that_does_not_fit_reads_on_the_cpu(golden_folder, monkeypatch):
    real, asked = holding.load_text_encoder, []

    def narrow(*folders, device):
        asked.append(device)
        if device != "cpu":
            raise OutOfMemoryError("full")
        return real(*folders, device=device)

    monkeypatch.setattr(holding, "load_text_encoder", narrow)
    held = of(golden_folder)._ready(lambda *_: None)._held
    assert dataclasses.replace(held, device="cuda").text_parts().device == "cpu"
    assert asked == ["cuda", "cpu"]


def test_a_batch_that_is_cut_is_counted_anew(golden_folder, monkeypatch):
    told, real = [], rendering_module.sample

    def hungry(network, noise, *rest, on_call, **named):
        if len(noise) > 1:
            on_call(0, noise)
            raise MemoryError
        return real(network, noise, *rest, on_call=on_call, **named)

    monkeypatch.setattr(rendering_module, "sample", hungry)
    options = [dataclasses.replace(FEW, seed=seed) for seed in range(2)]
    of(golden_folder).generate_batch([DOG] * 2, options, lambda done, total, doing: told.append((done, total)))
    assert told[-1] == (9, 9)  # one call in vain, then twice four


def test_other_errors_are_not_taken_for_lack_of_memory(golden_folder, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("shapes do not match")

    monkeypatch.setattr(rendering_module, "sample", broken)
    with pytest.raises(RuntimeError, match="shapes"):
        of(golden_folder).generate(DOG, FEW)


class TestFolders:
    @pytest.fixture
    def folder(self, golden_folder, tmp_path):
        for name in ("tiny-audiogen", "tiny-t5", "tiny-tokenizer"):
            shutil.copytree(golden_folder / name, tmp_path / name)
        return tmp_path

    def sound(self, folder, **options):
        return samples(of(folder, model=folder / "tiny-audiogen", **options).generate(DOG, FEW))

    def change(self, folder, name, **values):
        path = folder / name / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    def test_parts_may_be_given_or_lie_inside_the_model(self, folder, tiny):
        expected = samples(tiny.generate(DOG, FEW))
        (folder / "tiny-t5").rename(folder / "elsewhere")
        (folder / "tiny-tokenizer").rename(folder / "tiny-audiogen" / "tiny-tokenizer")
        with pytest.raises(ModelMissingError, match="'tiny-t5'") as caught:
            self.sound(folder)
        assert "--text-encoder" in caught.value.hint
        assert np.array_equal(self.sound(folder, text_encoder=folder / "elsewhere"), expected)

    def test_a_hub_name_is_looked_for_beside_the_folder_then_on_this_machine(self, folder, tiny):
        self.change(folder, "tiny-audiogen", text_encoder_name="someone/tiny-t5")
        assert np.array_equal(self.sound(folder), samples(tiny.generate(DOG, FEW)))
        (folder / "tiny-t5").rename(folder / "elsewhere")
        with pytest.raises(ModelMissingError, match="someone/tiny-t5: not on this machine") as caught:
            self.sound(folder)
        assert "audiogen pull" in caught.value.hint

    def test_mt5_in_the_name_selects_mt5(self, folder, tiny):
        self.change(folder, "tiny-audiogen", text_encoder_name="tiny-mt5")
        self.change(folder, "tiny-t5", model_type="mt5", architectures=["MT5EncoderModel"])
        (folder / "tiny-t5").rename(folder / "tiny-mt5")
        np.testing.assert_allclose(self.sound(folder), samples(tiny.generate(DOG, FEW)), atol=1e-6)

    def test_a_tokenizer_in_the_models_folder_comes_first(self, folder, tiny):
        shutil.move(folder / "tiny-t5" / "tokenizer.json", folder / "tiny-audiogen" / "tokenizer.json")
        assert np.array_equal(self.sound(folder), samples(tiny.generate(DOG, FEW)))

    def test_special_tokens_bring_their_own_embeddings(self, folder, tiny):
        path = folder / "tiny-audiogen" / "model.safetensors"
        tensors = load_file(path)
        tensors["content_encoder.text_encoder.special_token_embedding.weight"] = torch.randn(2, 32)
        save_file(tensors, path)
        with pytest.raises(ModelMissingError, match=r"1 extra: content_encoder.text_encoder.special_token_embedding"):
            self.sound(folder)
        self.change(folder, "tiny-audiogen", special_tokens=["<|caption|>", "<|asr|>"])
        assert not np.allclose(self.sound(folder)[:, :256], samples(tiny.generate(DOG, FEW))[:, :256], atol=1e-3)

    def test_a_codec_of_other_channels_is_refused(self, folder):
        self.change(folder, "tiny-audiogen", tokenizer_name="other")
        shutil.copytree(folder / "tiny-tokenizer", folder / "other")
        path = folder / "other" / "model.safetensors"
        tensors = load_file(path)
        tensors["decoder.backbone.embed.weight"] = torch.zeros(64, 48, 7)
        tensors |= {"upsampler.weight": torch.zeros(48, 48, 2), "upsampler.bias": torch.zeros(48)}
        save_file(tensors, path)
        self.change(folder, "other", embed_dim=48)
        with pytest.raises(ModelMissingError, match="48 channels"):
            self.sound(folder)

    def test_without_upsampler_a_frame_is_one_hop(self, folder):
        path = folder / "tiny-tokenizer" / "model.safetensors"
        save_file({key: value for key, value in load_file(path).items() if "upsampler" not in key}, path)
        self.change(folder, "tiny-tokenizer", upsample_tokens=1)
        assert self.sound(folder).shape == (1, 16 * 16)

    def test_zero_instruction_needs_none_in_the_file(self, folder, tiny):
        path = folder / "tiny-audiogen" / "model.safetensors"
        save_file({key: value for key, value in load_file(path).items() if "instruction" not in key}, path)
        with pytest.raises(ModelMissingError, match="1 missing: instruction_embedding"):
            self.sound(folder)
        self.change(folder, "tiny-audiogen", use_zero_instruction=True)
        assert np.isfinite(self.sound(folder)).all()

    def test_numbers_that_are_none_are_an_error_not_a_sound(self, folder):
        path = folder / "tiny-audiogen" / "model.safetensors"
        tensors = load_file(path)
        tensors["backbone.final_block.linear.bias"][0] = float("nan")
        save_file(tensors, path)
        with pytest.raises(AudiogenError, match="not made of numbers"):
            self.sound(folder)

    @pytest.mark.parametrize(("bias", "said"), [(-50.0, r"predicts a clip of -1\.00 s"), (50.0, "broken")])
    def test_a_length_that_is_none_is_said(self, folder, bias, said):
        path = folder / "tiny-audiogen" / "model.safetensors"
        tensors = load_file(path)
        tensors["content_adapter.global_duration_mlp.3.bias"].fill_(bias)
        save_file(tensors, path)
        with pytest.raises(AudiogenError, match=said):
            self.sound(folder)


def test_the_deep_check_judges_three_scenes_and_repeats_one(tiny):
    figures = check_generator(tiny)
    assert len(figures["scenes"]) == 3 and figures["same_seed_same_sound"]
    for scene in figures["scenes"]:  # the tiny model makes 20 ms, which the check must not let pass
        assert not scene["passed"] and not scene["checks"]["of a sensible length"]
        assert scene["checks"]["finite"] and scene["checks"]["not silent"]
    assert figures["passed"] is False and figures["model"]["name"] == "tiny-audiogen"
    json.dumps(figures)


@pytest.mark.weights
@pytest.mark.slow
def test_the_published_weights_pass_the_deep_check():
    """Needs `audiogen pull english` and, for patience, a GPU; nobody has run it yet."""
    if not is_present("english", cache_dir=OWN_CACHE):
        pytest.skip("the published weights are not on this machine")
    figures = check_generator(UnifiedGenerator(ModelOptions(model="english", cache_dir=OWN_CACHE)))
    assert figures["passed"], figures
