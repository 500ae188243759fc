"""Checkpoint folders to models in eval mode: which tensors belong to which model, and in which form they stay.

In: folders as the hub lays them out. Out: the network, the text encoder, the decoder or the whole codec.
How a model is filled is told in `filling`; peak memory is one layer above what stays.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from audiogen_cli.generator.unified.checkpoint import Checkpoint
from audiogen_cli.generator.unified.codec.codec import Codec
from audiogen_cli.generator.unified.codec.decoder import Decoder
from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig, read_config
from audiogen_cli.generator.unified.dit import TimeModulation
from audiogen_cli.generator.unified.filling import Keep, check, fill, fill_modules
from audiogen_cli.generator.unified.linear import Linear
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.published import Naming, codec_naming, model_naming, text_naming
from audiogen_cli.generator.unified.text_encoder import TextEncoder, TextTokenizer, build_transformer, load_tokenizer

_RESAVED = ("text_encoder_backbone.", "audio_tokenizer.")  # what saving a loaded published model writes in addition


def load_model(
    folder: Path, *, device: str = "cpu", dtype: str = "float32", trainable: bool = False, packed: bool = True
) -> AudioGenModel:
    """Content adapter and DiT of an AudioGen checkpoint.

    Args:
        folder: holds `config.json` and safetensors files.
        device: where the model is to live.
        dtype: "float32", "bfloat16" or "int8", of the DiT's matrix products; the rest is float32.
        trainable: leave plain layers with gradients; needs float32 or bfloat16.
        packed: allow forms of the weights that torch.compile cannot look into.

    Raises:
        ModelMissingError: no such model, or not exactly this one.
        OutOfMemoryError: the device does not hold it.
    """
    config = read_config(folder / "config.json", ModelConfig)
    with torch.device("meta"):
        model = AudioGenModel(config)
    skipped = ["instruction", "instruction_length"] if config.use_zero_instruction else []
    fill(
        model, Checkpoint(folder), model_naming, device=device, weight_dtype=_storage(dtype), skipped=skipped,
        passed_over=("content_encoder.", "dummy_param", *_RESAVED, *(model_naming(name)[0] for name in skipped)),
        keep=None if trainable else Keep(dtype, packed),
    )  # fmt: skip
    return model.requires_grad_(trainable).eval()


def load_modulation(model: AudioGenModel, folder: Path, *, device: str, dtype: str) -> None:
    """Read again the time-modulation weights that `release_modulation` let go."""
    width = model.config.dit_embed_dim
    emptied = []
    for name, module in list(model.named_modules()):
        if isinstance(module, TimeModulation):
            with torch.device("meta"):
                module.time_ada = Linear(width, 6 * width)
            emptied.append((f"{name}.time_ada", module.time_ada))
    fill_modules(
        emptied,
        model,
        Checkpoint(folder),
        model_naming,
        device=device,
        weight_dtype=_storage(dtype),
        keep=Keep(dtype),
    )


def release_modulation(model: AudioGenModel) -> None:
    """Let go of the time-modulation weights, a fifth of all, once their vectors for a schedule are known."""
    for module in model.modules():
        if isinstance(module, TimeModulation):
            with torch.device("meta"):
                module.time_ada = Linear(1, 1)


def holds_modulation(model: AudioGenModel) -> bool:
    """Whether `modulate` can be asked."""
    time_ada = model.dit.mid_block.adaln.time_ada
    return not (isinstance(time_ada, Linear) and time_ada.weight.is_meta)


@dataclass(frozen=True)
class TextParts:
    """A tokenizer and the encoder that reads its numbers."""

    tokenizer: TextTokenizer
    encoder: TextEncoder
    device: str


def load_text_encoder(model_folder: Path, text_encoder_folder: Path, *, device: str = "cpu") -> TextParts:
    """The text encoder of an AudioGen checkpoint: T5's encoder from its own folder, the projection from the model's.

    Raises:
        ModelMissingError: no such model, or not exactly this one.
    """
    tokenizer, encoder, sources = _plan_text_encoder(model_folder, text_encoder_folder)
    for part, checkpoint, naming, passed_over in sources:
        fill(part, checkpoint, naming, device=device, passed_over=passed_over)
    return TextParts(tokenizer, encoder.requires_grad_(False).eval(), device)


def check_text_encoder(model_folder: Path, text_encoder_folder: Path) -> None:
    """What `load_text_encoder` would say, without reading a weight: the text encoder is loaded last and released first.

    Raises:
        ModelMissingError: no such model, or not exactly this one.
    """
    for part, checkpoint, naming, passed_over in _plan_text_encoder(model_folder, text_encoder_folder)[2]:
        check(part, checkpoint, naming, passed_over=passed_over)


def _plan_text_encoder(
    model_folder: Path, text_encoder_folder: Path
) -> tuple[TextTokenizer, TextEncoder, list[tuple[nn.Module, Checkpoint, Naming, tuple[str, ...]]]]:
    """The empty text encoder, and which of its parts comes from which file."""
    config = read_config(model_folder / "config.json", ModelConfig)
    transformer, text_config = build_transformer(text_encoder_folder, config.text_encoder_name)
    tokenizer = load_tokenizer(model_folder, text_encoder_folder, config, num_embeddings=text_config.vocab_size)
    with torch.device("meta"):
        encoder = TextEncoder(transformer, config, text_config.d_model)
    encoder.special_ids = tokenizer.special_ids
    own = nn.Module()
    own.proj = encoder.proj
    if encoder.special_token_embedding is not None:
        own.special_token_embedding = encoder.special_token_embedding
    weights = Checkpoint(text_encoder_folder)
    others = ("backbone.", "content_adapter.", "dummy_", "instruction_", *_RESAVED)
    decoding = ("decoder.", "lm_head.", "shared.", "encoder.embed_tokens.")
    return tokenizer, encoder, [
        (transformer, weights, _transformer_naming(weights), decoding),
        (own, Checkpoint(model_folder), text_naming, others),
    ]  # fmt: skip


def load_decoder(folder: Path, *, device: str = "cpu") -> Decoder:
    """The decoder of an audio tokenizer checkpoint, float32; of its encoder nothing is read.

    Raises:
        ModelMissingError: no such model, or not exactly this one.
    """
    config = read_config(folder / "config.json", CodecConfig)
    with torch.device("meta"):
        holder = nn.ModuleDict({"decoder": Decoder(config)})
    fill(holder, Checkpoint(folder), codec_naming, device=device, passed_over=("encoder.",), keep=Keep("float32"))
    decoder = holder["decoder"].requires_grad_(False).eval()
    assert isinstance(decoder, Decoder)
    return decoder


def load_codec(folder: Path, *, device: str = "cpu", trainable: bool = False) -> Codec:
    """The whole audio tokenizer, encoder and decoder, float32.

    Raises:
        ModelMissingError: no such model, or not exactly this one.
    """
    with torch.device("meta"):
        codec = Codec(read_config(folder / "config.json", CodecConfig))
    fill(codec, Checkpoint(folder), codec_naming, device=device, keep=None if trainable else Keep("float32"))
    return codec.requires_grad_(trainable).eval()


def _storage(dtype: str) -> torch.dtype:
    """The dtype in which DiT weights are read; int8 is made from float32 as it is read."""
    return torch.bfloat16 if dtype == "bfloat16" else torch.float32


def _transformer_naming(checkpoint: Checkpoint) -> Naming:
    """T5 writes its one embedding under either of two names, or both."""
    names = ("shared.weight", "encoder.embed_tokens.weight")
    present = next((name for name in names if name in checkpoint.entries), names[0])
    return lambda name: (present,) if name in names else (name,)
