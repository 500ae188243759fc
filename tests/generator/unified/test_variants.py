"""Generations and encodings that the golden vectors lack, against the released code.

mT5, special tokens, no instruction, another duration, texts that are cut, batches of other lengths and scripts, other
steps, guidance and sway, a clip of 44 s; sounds of odd lengths, masked, and over a chunk's end. `variants.safetensors`
is of the released code, float32, one thread, torch 2.13, transformers 4.57.6, loaded with what `write_variant` writes:
`NAME.ITEM` is a clip up to its own end after `torch.manual_seed(SEED)`, `encode.LENGTH` a latent without and
`encode.LENGTH.masked` one with a sample mask.
"""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from audiogen_cli.caption import Caption
from audiogen_cli.generator.unified.generator import UnifiedGenerator
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions

SEED = 77
CAPTIONS = (
    Caption(caption="A dog barking loudly"),
    Caption(caption="Rain", music="Slow piano, far away, in a hall. " * 6, asr="I think we should leave now."),
    Caption(caption="狗 🐕 z"),
)
VARIANTS = {
    # config changed, added to the predicted log-duration, steps, guidance, sway, captions
    "mt5": ({"text_encoder_name": "tiny-mt5"}, 0.3, 7, 12.0, 0.4, (0, 1, 2)),
    "zero": ({"use_zero_instruction": True}, 0.5, 1, 1.0, -0.5, (1, 2)),
    "special": ({"special_tokens": ["<|caption|>", "<|asr|>", "<|new|>"]}, 0.2, 3, 1.5, 0.0, (0, 1)),
    "offset": ({"duration_offset": 0.5}, 0.0, 13, 3.0, 0.7, (0, 1, 2)),
    "cut": ({"tokenizer_max_length": 20}, 0.0, 50, 100.0, -1.0, (1, 2)),
    "long": ({}, 3.3, 2, 5.0, -1.0, (0,)),
}
LONG_STRIDE = 37  # samples, of which one is kept of the long clip
FRAME_STRIDE = 8  # latent frames, of which one is kept
ENCODED = {513: (513, 100), 12_801: (12_801, 4_267), 161_760: (161_160, 53_920)}  # samples to a mask's lengths


def write_variant(golden, folder, name):
    """A folder with the golden model, changed; gives the model's own folder."""
    values, bias = VARIANTS[name][:2]
    for part in ("tiny-audiogen", "tiny-t5", "tiny-tokenizer"):
        shutil.copytree(golden / part, folder / part)
    if values.get("text_encoder_name") == "tiny-mt5":
        (folder / "tiny-t5").rename(folder / "tiny-mt5")
        rewrite(folder / "tiny-mt5" / "config.json", model_type="mt5", architectures=["MT5EncoderModel"])
    rewrite(folder / "tiny-audiogen" / "config.json", **values)
    weights = folder / "tiny-audiogen" / "model.safetensors"
    tensors = load_file(weights)
    tensors["content_adapter.global_duration_mlp.3.bias"] += bias
    num_special = len(values.get("special_tokens", ()))
    if num_special:
        rows = torch.linspace(-1, 1, 32 * num_special).sin().view(num_special, 32)
        tensors["content_encoder.text_encoder.special_token_embedding.weight"] = rows
    save_file(tensors, weights)
    return folder / "tiny-audiogen"


def rewrite(path, **values):
    """Change values of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def sound(num_samples):
    """Two sweeps, one of them quiet, [2, N]: exact on any machine, as int16 values are."""
    time = torch.arange(num_samples, dtype=torch.float64) / 16_000
    sweep = torch.sin(2 * torch.pi * (200 + 900 * (time % 1.7)) * time)
    both = torch.stack([0.4 * sweep, 0.02 * sweep.roll(333)])
    return (both * 32_768).round().clamp(-32_768, 32_767).float() / 32_768


@pytest.fixture(scope="module")
def released():
    return load_file(Path(__file__).with_name("variants.safetensors"))


@pytest.mark.parametrize("name", VARIANTS)
def test_a_changed_model_generates_what_the_released_code_does(golden_folder, tmp_path, released, name):
    _, _, steps, guidance, sway, which = VARIANTS[name]
    model = write_variant(golden_folder, tmp_path, name)
    options = SamplingOptions(
        seed=SEED, num_inference_steps=steps, guidance_scale=guidance, sway=sway, noise="published"
    )
    captions = [CAPTIONS[number] for number in which]
    generator = UnifiedGenerator(ModelOptions(model=model, device="cpu"))
    for number, rendering in enumerate(generator.generate_batch(captions, [options] * len(captions))):
        samples = torch.from_numpy(rendering.waveform.samples[0])
        if name == "long":
            assert len(samples) == 1091 * 32
            samples = samples[::LONG_STRIDE]
        torch.testing.assert_close(samples, released[f"{name}.{number}"], atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("num_samples", ENCODED)
def test_a_sound_of_any_length_is_encoded_as_the_released_code_does(tiny_codec, released, num_samples):
    waveform = sound(num_samples)
    mask = torch.arange(num_samples) < torch.tensor(ENCODED[num_samples])[:, None]
    with torch.inference_mode():
        for key, given in ((f"encode.{num_samples}", None), (f"encode.{num_samples}.masked", mask)):
            latent = tiny_codec.encode(waveform, given).transpose(1, 2)
            assert latent.shape[1] == (num_samples // 160 + 1) // 4
            torch.testing.assert_close(latent[:, ::FRAME_STRIDE], released[key], atol=2e-5, rtol=1e-5)


def test_without_instruction_the_files_own_is_not_heard(golden_folder, tmp_path, released):
    """Even where it has the shape of none: one token."""
    model = write_variant(golden_folder, tmp_path, "zero")
    tensors = load_file(model / "model.safetensors")
    tensors["instruction_embedding"] = torch.full((1, 1, 32), 9.0)
    tensors["instruction_lengths"] = torch.tensor([1])
    save_file(tensors, model / "model.safetensors")
    rewrite(model / "config.json", instruction_seq_len=1)
    options = SamplingOptions(seed=SEED, num_inference_steps=1, guidance_scale=1.0, sway=-0.5, noise="published")
    generator = UnifiedGenerator(ModelOptions(model=model, device="cpu"))
    rendering = generator.generate_batch([CAPTIONS[1], CAPTIONS[2]], [options] * 2)[0]
    torch.testing.assert_close(
        torch.from_numpy(rendering.waveform.samples[0]), released["zero.0"], atol=2e-5, rtol=1e-5
    )
