"""Noise to start from: each item's own, or the released code's one draw for a whole batch.

In: seeds and lengths. Out: noise [B, C, T] float32 on the device.
"""

from collections.abc import Sequence

import torch
from torch import Tensor


def item_noise(seeds: Sequence[int], channels: int, lengths: Sequence[int], device: str) -> Tensor:
    """Noise of each item from its own seed, [B, C, longest]; zeros beyond an item's end.

    Drawn on the CPU, so that a seed is the same sound on every device.
    """
    noise = torch.zeros(len(seeds), channels, max(lengths))
    for row, seed, length in zip(noise, seeds, lengths):
        rng = torch.Generator("cpu").manual_seed(seed)
        row[:, :length] = torch.randn(channels, length, generator=rng)
    return noise.to(device)


def published_noise(seeds: Sequence[int], channels: int, lengths: Sequence[int], device: str) -> Tensor:
    """Noise as the released code draws it after `torch.manual_seed`: at once, on the device, as long as the longest."""
    rng = torch.Generator(device).manual_seed(seeds[0])
    return torch.randn(len(seeds), channels, max(lengths), generator=rng, device=device)
