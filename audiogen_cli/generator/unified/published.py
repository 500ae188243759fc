"""The names that published checkpoints give to our parameters, both ways.

Ours follow the walk; three products of attention are one here. In: a name of ours. Out: the published
names whose rows, stacked, make it. Source: the released state dicts.
"""

import re
from collections.abc import Callable

import torch
from torch import Tensor, nn

Naming = Callable[[str], tuple[str, ...]]
"""One of our names to the published ones whose rows make it."""

_MODEL_RULES = (
    (r"^dit\.patch_embed\.", "backbone.patch_embed.proj."),
    (r"^dit\.time_embed\.expand\.", "backbone.time_embed.mlp.0."),
    (r"^dit\.time_embed\.mix\.", "backbone.time_embed.mlp.2."),
    (r"^dit\.", "backbone."),
    (r"\.mlp\.expand\.", ".mlp.net.0.proj."),
    (r"\.mlp\.contract\.", ".mlp.net.2."),
    (r"\.duration_predictor\.convs\.(\d+)\.", r".duration_predictor.conv.\1.1."),
    (r"\.duration_predictor\.norms\.(\d+)\.", r".duration_predictor.conv.\1.3."),
    (r"^no_time_aligned$", "dummy_ta_embed"),
    (r"^no_context$", "dummy_nta_embed"),
    (r"^instruction$", "instruction_embedding"),
    (r"^instruction_length$", "instruction_lengths"),
)
_TEXT_RULES = ((r"^(proj|special_token_embedding)\.", r"content_encoder.text_encoder.\1."),)
_CODEC_RULES = (
    (r"^decoder\.upsampler\.", "upsampler."),
    (r"^decoder\.(embed|norm)\.", r"decoder.backbone.\1."),
    (r"^decoder\.final_norm\.", "decoder.backbone.final_layer_norm."),
    (r"^decoder\.blocks\.(\d+)\.expand\.", r"decoder.backbone.convnext.\1.pwconv1."),
    (r"^decoder\.blocks\.(\d+)\.contract\.", r"decoder.backbone.convnext.\1.pwconv2."),
    (r"^decoder\.blocks\.", "decoder.backbone.convnext."),
    (r"^decoder\.head\.", "decoder.head.out."),
    (r"^decoder\.istft\.", "decoder.head.istft."),
    (r"^encoder\.acoustic\.mel\.window$", "encoder.front_end.mel_spec.spectrogram.window"),
    (r"^encoder\.acoustic\.mel\.bands$", "encoder.front_end.mel_spec.mel_scale.fb"),
    (r"^encoder\.acoustic\.", "encoder."),
    (r"^encoder\.semantic\.mel\.window$", "encoder.model.front_end.0.spectrogram.window"),
    (r"^encoder\.semantic\.mel\.bands$", "encoder.model.front_end.0.mel_scale.fb"),
    (r"^encoder\.semantic\.patch_embed\.", "encoder.model.patch_embed.proj."),
    (r"^encoder\.semantic\.init_bn\.", "encoder.model.init_bn.1."),
    (r"^encoder\.semantic\.blocks\.(\d+)\.(qkv|proj)\.", r"encoder.model.blocks.\1.attn.\2."),
    (r"^encoder\.semantic\.blocks\.(\d+)\.(fc1|fc2)\.", r"encoder.model.blocks.\1.mlp.\2."),
    (r"^encoder\.semantic\.", "encoder.model."),
)
_FUSED = ((".attn.to_kqv.", (".attn.to_k.", ".attn.to_q.", ".attn.to_v.")),)

KERNEL_1 = frozenset({"dit.patch_embed.weight", "content_adapter.content_proj.weight"})
"""Products that the published code writes as convolutions of kernel 1: their weights have an axis more there."""


def model_naming(name: str) -> tuple[str, ...]:
    """Of `AudioGenModel`."""
    published = _rename(name, _MODEL_RULES)
    for fused, parts in _FUSED:
        if fused in published:
            return tuple(published.replace(fused, part) for part in parts)
    return (published,)


def text_naming(name: str) -> tuple[str, ...]:
    """Of `TextEncoder`, but for its transformer, which is a checkpoint of its own."""
    return (_rename(name, _TEXT_RULES),)


def codec_naming(name: str) -> tuple[str, ...]:
    """Of `Codec`."""
    return (_rename(name, _CODEC_RULES, once=True),)


def published_state_dict(model: nn.Module, naming: Naming) -> dict[str, Tensor]:
    """A model's tensors under their published names, for saving; fused products are taken apart again."""
    state: dict[str, Tensor] = {}
    for name, tensor in model.state_dict().items():
        names = naming(name)
        for published, part in zip(names, tensor.chunk(len(names)) if len(names) > 1 else (tensor,)):
            state[published] = (part[..., None] if name in KERNEL_1 else part).contiguous()
    if naming is model_naming:
        state["dummy_param"] = torch.empty(0)  # the released class finds its device by it
    return state


def _rename(name: str, rules: tuple[tuple[str, str], ...], *, once: bool = False) -> str:
    for pattern, replacement in rules:
        renamed = re.sub(pattern, replacement, name)
        if renamed != name and once:
            return renamed
        name = renamed
    return name
