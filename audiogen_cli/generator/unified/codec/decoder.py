"""Latent to waveform: upsample, ConvNeXt blocks, a head that writes magnitude and phase.

In: a latent [B, C, T], 25 frames a second. Out: samples [B, 640 T] at 16 kHz, float32, not clipped.
No masks: what lies beyond an item's end is decoded as well, and reaches up to 39 frames of 50 Hz back
into it, so items of different length are decoded apart. Sources: Dasheng AudioGen section 3.3;
Vocos, arXiv:2306.00814; ConvNeXt, arXiv:2201.03545.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.generator.unified.codec.istft import InverseStft
from audiogen_cli.generator.unified.config import CodecConfig
from audiogen_cli.generator.unified.layers import LayerNorm
from audiogen_cli.generator.unified.linear import Linear

_EPS = 1e-6
_MAX_MAGNITUDE = 100.0


class Decoder(nn.Module):
    """The half of the audio tokenizer that generation needs."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        width, step = config.decoder_embed_dim, config.frames_per_latent
        self.upsampler = nn.ConvTranspose1d(config.embed_dim, config.embed_dim, step, stride=step) if step > 1 else None
        self.embed = nn.Conv1d(config.embed_dim, width, kernel_size=7, padding=3)
        self.norm = LayerNorm(width, eps=_EPS)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, config.decoder_intermediate_size) for _ in range(config.decoder_depth)
        )
        self.final_norm = LayerNorm(width, eps=_EPS)
        self.head = Linear(width, config.istft_n_fft + 2)
        self.istft = InverseStft(config.istft_n_fft, config.istft_hop)

    def forward(self, latent: Tensor) -> Tensor:
        """[B, C, T] to samples [B, samples_per_latent * T]."""
        x = latent.float()
        if self.upsampler is not None:
            x = self.upsampler(x)
        x = self.norm(self.embed(x).transpose(1, 2))
        for block in self.blocks:
            x = block(x)
        head = self.head(self.final_norm(x)).transpose(1, 2)
        if head.device.type == "mps":
            head = head.cpu()  # complex numbers and overlap-add are patchy there, and next to no work
        log_magnitude, phase = head.chunk(2, dim=1)
        magnitude = log_magnitude.exp().clamp(max=_MAX_MAGNITUDE)
        samples: Tensor = self.istft(torch.complex(magnitude * phase.cos(), magnitude * phase.sin()))
        return samples


class ConvNeXtBlock(nn.Module):
    """A depthwise convolution along time, then an MLP on every frame, [B, F, D]."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.dwconv = nn.Conv1d(width, width, kernel_size=7, padding=3, groups=width)
        self.norm = LayerNorm(width, eps=_EPS)
        self.expand = Linear(width, hidden)
        self.contract = Linear(hidden, width)
        self.gamma = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.dwconv(x.transpose(1, 2)).transpose(1, 2))
        y = self.contract(functional.gelu(self.expand(y)))
        return torch.addcmul(x, self.gamma, y)
