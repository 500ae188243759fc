"""Checkpoint folders to models: strictly, in place, in the form that suits the device.

In: folders as the hub lays them out. Out: models in eval mode. Everything is built without memory
and filled module by module straight on the target device, so that loading peaks one layer above what
stays. A tensor that is missing, extra or misshapen is an error that names it. Buffers that can be
computed are taken from the file when they are there, and computed when not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from audiogen_cli.errors import OutOfMemoryError
from audiogen_cli.generator.unified.checkpoint import Checkpoint, CheckpointError
from audiogen_cli.generator.unified.codec.codec import Codec
from audiogen_cli.generator.unified.codec.decoder import Decoder
from audiogen_cli.generator.unified.config import CodecConfig, ModelConfig, read_config
from audiogen_cli.generator.unified.dit import TimeModulation
from audiogen_cli.generator.unified.linear import Linear, fix_linear, prefers_packed
from audiogen_cli.generator.unified.model import AudioGenModel
from audiogen_cli.generator.unified.published import KERNEL_1, Naming, codec_naming, model_naming, text_naming
from audiogen_cli.generator.unified.text_encoder import TextEncoder, TextTokenizer, build_transformer, load_tokenizer

_RESAVED = ("text_encoder_backbone.", "audio_tokenizer.")  # what saving a loaded published model writes in addition
_NAMES_SHOWN = 5


@dataclass(frozen=True)
class Keep:
    """In which form filled layers are kept."""

    dtype: str
    packed: bool = True

    @property
    def reforms(self) -> bool:
        """Whether layers do not stay as they are read."""
        return self.dtype != "float32" or (self.packed and prefers_packed())

    def __call__(self, name: str, linear: Linear) -> nn.Module:
        if name.startswith(("dit.", "decoder.", "encoder.")):
            return fix_linear(linear, self.dtype, once="time_" in name, packed=self.packed)
        return linear


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
    _fill_modules(
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
    config = read_config(model_folder / "config.json", ModelConfig)
    tokenizer = load_tokenizer(model_folder, text_encoder_folder, config)
    transformer, width = build_transformer(text_encoder_folder, config.text_encoder_name)
    with torch.device("meta"):
        encoder = TextEncoder(transformer, config, width)
    encoder.special_ids = tokenizer.special_ids
    embeddings = Checkpoint(text_encoder_folder)
    fill(
        transformer,
        embeddings,
        _transformer_naming(embeddings),
        device=device,
        passed_over=("decoder.", "lm_head.", "shared.", "encoder.embed_tokens."),
    )
    own = nn.Module()
    own.proj = encoder.proj
    if encoder.special_token_embedding is not None:
        own.special_token_embedding = encoder.special_token_embedding
    others = ("backbone.", "content_adapter.", "dummy_", "instruction_", *_RESAVED)
    fill(own, Checkpoint(model_folder), text_naming, device=device, passed_over=others)
    return TextParts(tokenizer, encoder.requires_grad_(False).eval(), device)


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


def fill(
    model: nn.Module,
    checkpoint: Checkpoint,
    naming: Naming,
    *,
    device: str,
    weight_dtype: torch.dtype = torch.float32,
    skipped: Iterable[str] = (),
    passed_over: tuple[str, ...] = (),
    keep: Keep | None = None,
) -> None:
    """Fill a model built on the meta device from a checkpoint, after checking every name and shape.

    Args:
        model: on the meta device; buffers whose values are computed may be real already.
        checkpoint: the tensors.
        naming: our names to the published ones.
        device: where the tensors are to live.
        weight_dtype: of the weights of DiT layers; everything else is float32.
        skipped: tensors of ours that are not looked for.
        passed_over: beginnings of published names that belong to others.
        keep: the form in which a filled layer is kept; None keeps it as it is.

    Raises:
        CheckpointError: tensors missing, extra or misshapen.
        OutOfMemoryError: the device does not hold the model.
    """
    _check(model, checkpoint, naming, set(skipped), passed_over)
    _fill_modules(
        list(model.named_modules()), model, checkpoint, naming, device=device, weight_dtype=weight_dtype, keep=keep
    )


def _check(
    model: nn.Module, checkpoint: Checkpoint, naming: Naming, skipped: set[str], passed_over: tuple[str, ...]
) -> None:
    computed = {name for name, buffer in model.named_buffers() if not buffer.is_meta}
    computed |= {name for name, _ in model.named_buffers() if name.endswith("num_batches_tracked")}
    missing: list[str] = []
    misshapen: list[str] = []
    known: set[str] = set()
    for name, tensor in _tensors(model):
        names = naming(name)
        known.update(names)
        if name in skipped:
            continue
        absent = [published for published in names if published not in checkpoint.entries]
        missing += [] if name in computed else absent
        if absent:
            continue
        shapes = [checkpoint.entries[published].shape for published in names]
        wanted = (tensor.shape[0] // len(names), *tensor.shape[1:]) if len(names) > 1 else tuple(tensor.shape)
        wanted = (*wanted, 1) if name in KERNEL_1 else wanted
        misshapen += [f"{p} is {_by(s)}, needs {_by(wanted)}" for p, s in zip(names, shapes) if s != wanted]
    extra = [name for name in checkpoint.entries if name not in known and not name.startswith(passed_over or ("\0",))]
    faults = [
        f"{len(names)} {kind}: {', '.join(names[:_NAMES_SHOWN])}{', ...' if len(names) > _NAMES_SHOWN else ''}"
        for kind, names in (("missing", missing), ("misshapen", misshapen), ("extra", extra))
        if names
    ]
    if faults:
        raise CheckpointError(
            f"{checkpoint.folder}: tensors do not fit the model: " + "; ".join(faults),
            hint="the file is of another model or version than its config.json, or damaged: audiogen models verify",
        )


def _fill_modules(
    modules: Iterable[tuple[str, nn.Module]],
    model: nn.Module,
    checkpoint: Checkpoint,
    naming: Naming,
    *,
    device: str,
    weight_dtype: torch.dtype,
    keep: Keep | None,
) -> None:
    reformed = keep is not None and keep.reforms
    filled: dict[int, nn.Parameter] = {}  # a tensor may hang in two places, as T5's embedding does
    try:
        for prefix, module in modules:
            narrow = isinstance(module, Linear) and prefix.startswith("dit.")
            for own, tensor in [*module.named_parameters(recurse=False)]:
                if id(tensor) not in filled:
                    dtype = weight_dtype if narrow else torch.float32
                    whole = device == "cpu" and dtype == torch.float32 and not (narrow and reformed)
                    target = _filled(checkpoint, naming(_join(prefix, own)), tensor.shape, dtype, device, mapped=whole)
                    filled[id(tensor)] = nn.Parameter(target, requires_grad=False)
                module._parameters[own] = filled[id(tensor)]
            for own, buffer in [*module.named_buffers(recurse=False)]:
                module._buffers[own] = _filled_buffer(checkpoint, naming(_join(prefix, own)), buffer, device)
            if keep is not None and isinstance(module, Linear):
                _replace(model, prefix, keep(prefix, module))
    except (MemoryError, torch.OutOfMemoryError, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and not is_out_of_memory(fault):
            raise
        raise OutOfMemoryError(
            f"{device} does not hold the model ({checkpoint.num_bytes / 1e9:.1f} GB on disk)",
            hint="--dtype int8 or --dtype bfloat16 hold it in less, --device cpu elsewhere",
        ) from fault
    finally:
        checkpoint.close()


def is_out_of_memory(fault: BaseException) -> bool:
    """Whether an exception says that memory has run out, in any of the words torch has for it."""
    if isinstance(fault, (MemoryError, torch.OutOfMemoryError)):
        return True
    said = str(fault).lower()
    return isinstance(fault, RuntimeError) and (
        "out of memory" in said or "can't allocate memory" in said or "not enough memory" in said
    )


def _filled(
    checkpoint: Checkpoint, names: tuple[str, ...], shape: torch.Size, dtype: torch.dtype, device: str, *, mapped: bool
) -> Tensor:
    """A tensor of a checkpoint: where it lies in its file if that will do, else in memory of its own."""
    target = checkpoint.map(names, shape) if mapped else None
    if target is None:
        target = torch.empty(shape, dtype=dtype, device=device)
        _read(checkpoint, names, target)
    return target


def _read(checkpoint: Checkpoint, names: tuple[str, ...], target: Tensor) -> None:
    with torch.no_grad():
        for name, rows in zip(names, target.chunk(len(names)) if len(names) > 1 else (target,)):
            checkpoint.read_into(name, rows)


def _filled_buffer(checkpoint: Checkpoint, names: tuple[str, ...], buffer: Tensor, device: str) -> Tensor:
    if names[0] in checkpoint.entries and tuple(checkpoint.entries[names[0]].shape) == tuple(buffer.shape):
        target = torch.empty(buffer.shape, dtype=buffer.dtype, device=device)
        _read(checkpoint, names, target)
        return target
    return torch.zeros(buffer.shape, dtype=buffer.dtype, device=device) if buffer.is_meta else buffer.to(device)


def _storage(dtype: str) -> torch.dtype:
    """The dtype in which DiT weights are read: int8 is made from float32, a layer at a time."""
    return torch.bfloat16 if dtype == "bfloat16" else torch.float32


def _transformer_naming(checkpoint: Checkpoint) -> Naming:
    """T5 writes its one embedding under either of two names, or both."""
    names = ("shared.weight", "encoder.embed_tokens.weight")
    present = next((name for name in names if name in checkpoint.entries), names[0])
    return lambda name: (present,) if name in names else (name,)


def _replace(model: nn.Module, name: str, module: nn.Module) -> None:
    parent, _, own = name.rpartition(".")
    model.get_submodule(parent)._modules[own] = module


def _tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from model.named_parameters(remove_duplicate=False)
    yield from model.named_buffers(remove_duplicate=False)


def _join(prefix: str, own: str) -> str:
    return f"{prefix}.{own}" if prefix else own


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape)) or "one number"
