"""Content to what the DiT reads, and to the clip's length: the text is shown the task's instruction.

In: content [B, L, E] and its mask. Out: adapted content of the same shape, log-durations for the
whole and for each token. A learned instruction is attended to by every token. Padded tokens come out
as something; they are masked wherever they are read. Source: the released model; the per-token
branch serves time-aligned tasks, which text-to-audio is not.
"""

from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.layers import LayerNorm
from audiogen_cli.generator.unified.linear import Linear

_PREDICTOR_EPS = 1e-12  # as published; the other norms of the adapter have 1e-5


class Adapted(NamedTuple):
    """The adapted text [B, L, E], the log-duration of each clip [B] and of each token [B, L]."""

    content: Tensor
    log_duration: Tensor
    token_log_duration: Tensor


class ContentAdapter(nn.Module):
    """Attention to the instruction, a norm, three heads."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.content_dim
        self.grad_scale = config.adapter_duration_grad_scale
        self.attn = nn.MultiheadAttention(
            width, config.adapter_num_heads, dropout=config.adapter_dropout, kdim=config.task_instruction_dim,
            vdim=config.task_instruction_dim, batch_first=True,
        )  # fmt: skip
        self.norm = LayerNorm(width)
        self.content_proj = Linear(width, width)
        self.global_duration_mlp = nn.Sequential(
            Linear(width, width), nn.ReLU(), nn.Dropout(config.duration_predictor_p_dropout), Linear(width, 1)
        )
        self.duration_predictor = TokenDurationPredictor(config)

    def forward(self, content: Tensor, mask: Tensor, instruction: Tensor, instruction_mask: Tensor) -> Adapted:
        """Adapt content.

        Args:
            content: [B, L, E].
            mask: [B, L], True where there is text.
            instruction: [B, I, task_instruction_dim].
            instruction_mask: [B, I], True where there is instruction.
        """
        told, _ = self.attn(content, instruction, instruction, key_padding_mask=~instruction_mask, need_weights=False)
        x = self.norm(told * mask[:, :, None] + content)
        timing = _scale_gradient(x, self.grad_scale) if torch.is_grad_enabled() else x
        weights = mask[:, :, None].to(x.dtype)
        mean = (timing * weights).sum(dim=1) / weights.sum(dim=1)
        return Adapted(
            self.content_proj(x), self.global_duration_mlp(mean).squeeze(-1), self.duration_predictor(timing, mask)
        )


class TokenDurationPredictor(nn.Module):
    """Convolutions over the tokens to one log-duration each, [B, L]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels, size = config.duration_predictor_filter_channels, config.duration_predictor_kernel_size
        widths = [config.content_dim, *[channels] * config.duration_predictor_n_layers]
        self.dropout = nn.Dropout(config.duration_predictor_p_dropout)
        self.convs = nn.ModuleList(nn.Conv1d(a, b, size, padding=(size - 1) // 2) for a, b in pairwise(widths))
        self.norms = nn.ModuleList(LayerNorm(channels, eps=_PREDICTOR_EPS) for _ in self.convs)
        self.linear = Linear(channels, 1)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        weights = mask[:, :, None].to(x.dtype)
        for conv, norm in zip(self.convs, self.norms):
            x = functional.relu(conv(x.transpose(1, 2)).transpose(1, 2))
            x = self.dropout(norm(x)) * weights
        log_durations: Tensor = self.linear(x) * weights
        return log_durations.squeeze(-1)


def _scale_gradient(x: Tensor, scale: float) -> Tensor:
    """x itself, with its gradient made smaller, so that the heads of duration hardly pull on the shared text."""
    return x * scale + (x * (1.0 - scale)).detach()
