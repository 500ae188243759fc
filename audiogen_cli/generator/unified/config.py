"""The published `config.json` files as frozen values; what this code does not compute is refused by name.

In: the config of an AudioGen checkpoint, or of an audio tokenizer. Out: `ModelConfig`, `CodecConfig`.
A missing key takes the published default. The field names are the published keys, so that a config
can be laid beside its file. Source: Dasheng AudioGen section 3.5 and the released configs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.generator.unified.json_object import read_object, shown


class ConfigError(ModelMissingError):
    """A model's config asks for something this code does not compute."""


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """An AudioGen checkpoint: text encoder and codec by name, content adapter, duration, DiT.

    Raises:
        ConfigError: a value out of range, or one that contradicts another.
    """

    text_encoder_name: str = "google/flan-t5-large"  # "mt5" in it selects the mT5 encoder
    tokenizer_name: str = "mispeech/dashengtokenizer"  # the AUDIO tokenizer, here called codec
    use_zero_instruction: bool = False
    instruction_seq_len: int = 1
    task_instruction_dim: int = 1024
    sample_rate: int = 16_000  # Hz
    downsampling_ratio: int = 640  # samples to a latent frame
    latent_dim: int = 1280
    content_dim: int = 1024
    frame_resolution: float = 0.005  # seconds, of the per-token durations
    duration_offset: float = 1.0
    tokenizer_max_length: int = 512
    dit_img_size: int = 1000  # has no effect: there is no position table
    dit_patch_size: int = 1
    dit_in_chans: int = 1280
    dit_out_chans: int = 1280
    dit_input_type: str = "1d"
    dit_embed_dim: int = 1536
    dit_depth: int = 32  # half of them, rounded down, before the middle block, as many after: 33 in all
    dit_num_heads: int = 24
    dit_mlp_ratio: float = 4.0
    dit_qk_norm: str = "layernorm"
    dit_norm_layer: str = "layernorm"
    dit_act_layer: str = "geglu"
    dit_context_norm: bool = True
    dit_time_fusion: str = "ada"
    dit_ada_sola_rank: int = 32  # of another time fusion
    dit_ada_sola_alpha: int = 32  # of another time fusion
    dit_ta_context_dim: int = 1024
    dit_ta_context_fusion: str = "add"
    dit_ta_context_norm: bool = True
    dit_context_dim: int = 1024
    dit_context_fusion: str = "cross"
    dit_context_pe_method: str = "none"
    dit_pe_method: str = "none"
    dit_rope_mode: str = "shared"
    adapter_num_heads: int = 16
    adapter_dropout: float = 0.2
    adapter_duration_grad_scale: float = 0.1
    duration_predictor_filter_channels: int = 512
    duration_predictor_n_layers: int = 5
    duration_predictor_kernel_size: int = 3
    duration_predictor_p_dropout: float = 0.5
    special_tokens: tuple[str, ...] = ()
    train_special_tokens: bool = False

    def __post_init__(self) -> None:
        for key, value in _COMPUTED.items():
            if getattr(self, key) != value:
                raise ConfigError(f"{key} is {_shown(getattr(self, key))}; this code computes {value!r} only")
        _need_size(
            self,
            "instruction_seq_len task_instruction_dim sample_rate downsampling_ratio latent_dim content_dim "
            "frame_resolution tokenizer_max_length dit_embed_dim dit_num_heads dit_mlp_ratio adapter_num_heads "
            "duration_predictor_filter_channels duration_predictor_kernel_size",
        )
        _need_size(self, "dit_depth duration_predictor_n_layers", most=_MOST_LAYERS)
        _need_share(self, "adapter_dropout duration_predictor_p_dropout adapter_duration_grad_scale")
        if not math.isfinite(self.duration_offset):
            raise ConfigError(f"duration_offset is {self.duration_offset}, needs a number")
        _need_equal(self, "dit_in_chans", "latent_dim")
        _need_equal(self, "dit_out_chans", "latent_dim")
        _need_equal(self, "dit_context_dim", "content_dim")
        _need_equal(self, "dit_ta_context_dim", "content_dim")
        _need_multiple(self, "dit_embed_dim", "dit_num_heads")
        _need_multiple(self, "content_dim", "adapter_num_heads")
        if self.head_dim % 2:
            raise ConfigError(
                f"dit_embed_dim / dit_num_heads is {self.head_dim}; rotary embedding needs an even number"
            )
        if self.duration_predictor_kernel_size % 2 == 0:
            raise ConfigError(
                f"duration_predictor_kernel_size is {self.duration_predictor_kernel_size}, needs an odd number"
            )
        if self.downsampling_ratio > self.sample_rate:
            raise ConfigError(f"downsampling_ratio is {self.downsampling_ratio}, above sample_rate {self.sample_rate}")
        if len(set(self.special_tokens)) != len(self.special_tokens):
            raise ConfigError("special_tokens: a token stands twice")

    @property
    def frame_rate(self) -> int:
        """Latent frames a second, a whole number as published."""
        return self.sample_rate // self.downsampling_ratio

    @property
    def head_dim(self) -> int:
        return self.dit_embed_dim // self.dit_num_heads

    @property
    def dit_mlp_dim(self) -> int:
        return int(self.dit_embed_dim * self.dit_mlp_ratio)


_COMPUTED = {
    "dit_input_type": "1d",
    "dit_patch_size": 1,
    "dit_qk_norm": "layernorm",
    "dit_norm_layer": "layernorm",
    "dit_act_layer": "geglu",
    "dit_context_norm": True,
    "dit_time_fusion": "ada",
    "dit_ta_context_fusion": "add",
    "dit_ta_context_norm": True,
    "dit_context_fusion": "cross",
    "dit_context_pe_method": "none",
    "dit_pe_method": "none",
    "dit_rope_mode": "shared",
}
"""The one value of each choice that the published model makes."""


@dataclass(frozen=True, kw_only=True)
class CodecConfig:
    """The audio tokenizer: a mel transformer in, a Vocos-like decoder out.

    Raises:
        ConfigError: a value out of range, or one that contradicts another.
    """

    embed_dim: int = 1280  # the latent's channels
    depth: int = 32
    num_heads: int = 16
    decoder_embed_dim: int = 1280
    decoder_depth: int = 12
    decoder_intermediate_size: int = 5120
    istft_n_fft: int = 1280
    istft_hop: int = 320  # samples
    upsample_tokens: int = 2  # decoder frames to a latent frame; 1 or less: no upsampler
    n_mels_patch: int = 128  # bands of the acoustic mel
    hop_length: int = 160  # samples, of both mels

    def __post_init__(self) -> None:
        if self.hop_length != 160:
            raise ConfigError(f"hop_length is {self.hop_length}; this code computes 160 only")
        _need_size(
            self, "embed_dim num_heads decoder_embed_dim decoder_intermediate_size istft_n_fft istft_hop n_mels_patch"
        )
        _need_size(self, "depth decoder_depth", most=_MOST_LAYERS)
        if self.upsample_tokens > _MOST_LAYERS:
            raise ConfigError(f"upsample_tokens is {self.upsample_tokens}, needs at most {_MOST_LAYERS}")
        _need_multiple(self, "embed_dim", "num_heads")
        if self.istft_n_fft % 2 or self.istft_hop > self.istft_n_fft or (self.istft_n_fft - self.istft_hop) % 2:
            raise ConfigError(
                f"istft_n_fft is {self.istft_n_fft} with istft_hop {self.istft_hop}; needs both even, the hop not above"
            )

    @property
    def frames_per_latent(self) -> int:
        return max(1, self.upsample_tokens)

    @property
    def samples_per_latent(self) -> int:
        return self.frames_per_latent * self.istft_hop


Config = TypeVar("Config", ModelConfig, CodecConfig)

MODEL_TYPES = {ModelConfig: "dasheng_audiogen", CodecConfig: "dashengtokenizer"}


def read_config(path: Path, kind: type[Config]) -> Config:
    """Read a published `config.json`.

    Args:
        path: the file.
        kind: `ModelConfig` or `CodecConfig`.

    Raises:
        ModelMissingError: there is no such file.
        ConfigError: not a JSON object, of another model, or with keys or values this code does not compute.
    """
    values = read_object(path, ConfigError)
    try:
        return config_from(values, kind)
    except ConfigError as fault:
        raise ConfigError(f"{path}: {fault}", hint=fault.hint or _FOREIGN) from fault


def config_from(values: Mapping[str, Any], kind: type[Config]) -> Config:
    """A config from its parsed JSON; keys that every transformers config carries are passed over.

    Raises:
        ConfigError: unknown keys, another model's type, or a value of the wrong type or out of range.
    """
    model_type = values.get("model_type", MODEL_TYPES[kind])
    if model_type != MODEL_TYPES[kind]:
        raise ConfigError(f"model_type is {_shown(model_type)}, needs {MODEL_TYPES[kind]!r}")
    known = {item.name for item in fields(kind)}
    unknown = [key for key in values if key not in known and key not in HOUSEKEEPING and not key.startswith("_")]
    if unknown:
        named = [f"{shown(key, 60)}={_shown(values[key])}" for key in unknown[:_NAMES_SHOWN]]
        raise ConfigError(
            f"unknown config values: {', '.join(named)}{', ...' if len(unknown) > len(named) else ''}",
            hint="they may change what the model computes, so it is not loaded without knowing them",
        )
    hints = get_type_hints(kind)
    return kind(**{key: _convert(key, value, hints[key]) for key, value in values.items() if key in known})


HOUSEKEEPING = frozenset([
    "model_type", "architectures", "auto_map", "transformers_version", "torch_dtype", "name_or_path", "dtype",
    "tie_word_embeddings", "is_encoder_decoder", "is_decoder", "cross_attention_hidden_size",
    "add_cross_attention", "tie_encoder_decoder", "return_dict", "output_hidden_states", "output_attentions",
    "torchscript", "use_bfloat16", "pruned_heads", "chunk_size_feed_forward", "id2label", "label2id",
    "num_labels", "problem_type", "task_specific_params", "finetuning_task", "tokenizer_class", "prefix",
    "bos_token_id", "pad_token_id", "eos_token_id", "sep_token_id", "decoder_start_token_id",
    "attn_implementation", "quantization_config", "use_cache",
])  # fmt: skip
"""What `PreTrainedConfig` writes into any file; none of it changes this model."""


_FOREIGN = "a folder with a checkpoint of Dasheng AudioGen, or a newer audiogen"
_NAMES_SHOWN = 5
_MOST_LAYERS = 1000  # the published model has 33; beyond, a config is broken and building would not end


def _convert(key: str, value: Any, kind: Any) -> Any:
    if kind == tuple[str, ...]:
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)) or not all(isinstance(token, str) and token for token in value):
            raise ConfigError(f"{key} is {_shown(value)}, needs a list of texts")
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 64:
        return float(value)
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ConfigError(f"{key} is {_shown(value)}, needs {kind.__name__}")
    return value


def _need_size(config: Any, keys: str, *, most: int = 1 << 20) -> None:
    for key in keys.split():
        value = getattr(config, key)
        if not value > 0:
            raise ConfigError(f"{key} is {_shown(value)}, needs more than 0")
        if value > most:
            raise ConfigError(f"{key} is {_shown(value)}, needs at most {most}")


def _need_share(config: Any, keys: str) -> None:
    for key in keys.split():
        if not 0 <= getattr(config, key) <= 1:
            raise ConfigError(f"{key} is {getattr(config, key)}, needs 0 to 1")


def _need_equal(config: Any, key: str, other: str) -> None:
    if getattr(config, key) != getattr(config, other):
        raise ConfigError(f"{key} is {getattr(config, key)} but {other} is {getattr(config, other)}; they must agree")


def _need_multiple(config: Any, key: str, part: str) -> None:
    if getattr(config, key) % getattr(config, part):
        raise ConfigError(f"{key} {getattr(config, key)} is not a multiple of {part} {getattr(config, part)}")


def _shown(value: object) -> str:
    return shown(repr(value), 60)
