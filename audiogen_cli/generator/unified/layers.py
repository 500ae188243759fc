"""The small parts every block is made of: norm, gated MLP, the embedding of time, rotary positions.

All of them keep float32 where it matters, whatever precision the matrix products have.
Sources: GEGLU, arXiv:2002.05202; rotary embedding, arXiv:2104.09864.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.generator.unified.linear import Linear

Rotation = tuple[Tensor, Tensor]
"""Cosines and sines, each [T, head_dim] float32."""

_TIME_FREQUENCIES = 128


class LayerNorm(nn.LayerNorm):
    """Layer norm over the last axis, computed and answered in float32."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.layer_norm(x.float(), self.normalized_shape, self.weight, self.bias, self.eps)


class GatedMlp(nn.Module):
    """One product makes values and gates, GELU (exact) opens the gates, a second product goes back."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.expand = Linear(width, 2 * hidden)  # values first, then gates
        self.contract = Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        values, gates = self.expand(x).chunk(2, dim=-1)
        y: Tensor = self.contract(values * functional.gelu(gates))
        return y


class TimeEmbedding(nn.Module):
    """A timestep on the clock of 1000 to a vector [N, D], float32."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.expand = Linear(2 * _TIME_FREQUENCIES, width)
        self.mix = Linear(width, width)

    def forward(self, timestep: Tensor) -> Tensor:
        return self.mix.in_float32(functional.silu(self.expand.in_float32(sinusoid(timestep))))


def sinusoid(timestep: Tensor) -> Tensor:
    """Cosines, then sines, of a timestep at 128 frequencies from 1 down to nearly 1 / 10000, [N, 256]."""
    steps = torch.arange(_TIME_FREQUENCIES, dtype=torch.float32, device=timestep.device)
    frequencies = torch.exp(-math.log(10_000.0) * steps / _TIME_FREQUENCIES)
    angles = timestep.float()[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


class Rotary(nn.Module):
    """Frame positions as rotations of pairs (j, j + head_dim / 2) of a query or key."""

    def __init__(self, head_dim: int) -> None:
        super().__init__()
        self.inv_freq: Tensor
        self.register_buffer("inv_freq", inverse_frequencies(head_dim))

    def rotation(self, num_frames: int) -> Rotation:
        """The rotations of frames 0 to `num_frames` - 1."""
        frames = torch.arange(num_frames, dtype=torch.float32, device=self.inv_freq.device)
        angles = torch.outer(frames, self.inv_freq.float()).repeat(1, 2)
        return angles.cos(), angles.sin()


def inverse_frequencies(head_dim: int) -> Tensor:
    """Radians a frame for each pair, float32 [head_dim / 2]."""
    return 1.0 / (10_000.0 ** (torch.arange(0, head_dim, 2, dtype=torch.float32, device="cpu") / head_dim))


def rotate(x: Tensor, rotation: Rotation) -> Tensor:
    """Turn float32 queries or keys [B, H, T, head_dim] by their position."""
    cosines, sines = rotation
    first, second = x.chunk(2, dim=-1)
    return x * cosines + torch.cat([-second, first], dim=-1) * sines
