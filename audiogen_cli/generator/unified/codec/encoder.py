"""Waveform to latent: what a sound means and how it sounds, summed frame by frame.

In: samples [B, N] at 16 kHz. Out: a latent [B, C, T], 25 frames a second. A transformer reads the
decibel mel in pieces of 10.08 s that do not see each other; one strided convolution reads the
logarithmic mel. Training and evaluation walk here; generation does not.
Source: Dasheng AudioGen section 3.3; DashengTokenizer as released.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.unified.codec.mel import HOP, SEMANTIC_BANDS, MelSpectrogram, decibels, logarithm
from audiogen_cli.generator.unified.config import CodecConfig
from audiogen_cli.generator.unified.layers import LayerNorm
from audiogen_cli.generator.unified.linear import Linear

PATCH = 4  # mel frames to a latent frame
PIECE_TOKENS = 252  # latent frames of one piece, which has a position for each
_EPS = 1e-6


class Encoder(nn.Module):
    """The half of the audio tokenizer that training and evaluation need."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.semantic = SemanticPath(config)
        self.acoustic = AcousticPath(config)

    def forward(self, samples: Tensor, mask: Tensor | None = None) -> Tensor:
        """Encode sound.

        Args:
            samples: [B, N] at 16 kHz.
            mask: [B, N], True where there is sound; the semantic path does not look beyond an item's end.

        Returns:
            The latent, [B, C, (N // 160 + 1) // 4].

        Raises:
            OptionError: too few samples for one frame, or another shape.
        """
        if samples.ndim != 2 or (mask is not None and mask.shape != samples.shape):
            raise OptionError(f"samples of shape {tuple(samples.shape)}; [B, N] needed, and the same of a mask")
        acoustic = self.acoustic(samples.float())
        semantic = self.semantic(samples.float(), None if mask is None else mask.sum(dim=1) // HOP)
        latent: Tensor = (acoustic + semantic[:, : acoustic.shape[1]]).transpose(1, 2)
        return latent


class AcousticPath(nn.Module):
    """The logarithmic mel, four frames at a time, to tokens [B, T, C]."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.mel = MelSpectrogram(n_fft=1024, n_mels=config.n_mels_patch, power=1)
        self.patch_embed = nn.Conv2d(
            1, config.embed_dim, (config.n_mels_patch, PATCH), stride=(config.n_mels_patch, PATCH)
        )
        self.norm = LayerNorm(config.embed_dim)

    def forward(self, samples: Tensor) -> Tensor:
        mel = logarithm(self.mel(samples))
        tokens: Tensor = self.norm(self.patch_embed(mel[:, None])[:, :, 0].transpose(1, 2))
        return tokens


class SemanticPath(nn.Module):
    """The decibel mel through a transformer, piece by piece, to tokens [B, T, C]."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        width = config.embed_dim
        self.mel = MelSpectrogram(n_fft=512, n_mels=SEMANTIC_BANDS, power=2)
        self.init_bn = nn.BatchNorm1d(SEMANTIC_BANDS)
        self.patch_embed = nn.Conv2d(1, width, (SEMANTIC_BANDS, PATCH), stride=(SEMANTIC_BANDS, PATCH))
        self.time_pos_embed = nn.Parameter(torch.zeros(1, width, 1, PIECE_TOKENS))
        self.freq_pos_embed = nn.Parameter(torch.zeros(1, width, 1, 1))
        self.blocks = nn.ModuleList(EncoderBlock(width, config.num_heads) for _ in range(config.depth))
        self.norm = LayerNorm(width, eps=_EPS)

    def forward(self, samples: Tensor, num_frames: Tensor | None) -> Tensor:
        """`num_frames`: mel frames of each item [B], None where all are whole."""
        mel = self.init_bn(decibels(self.mel(samples)))
        pieces = []
        for start in range(0, mel.shape[-1], PIECE_TOKENS * PATCH):
            piece = mel[..., start : start + PIECE_TOKENS * PATCH]
            piece = functional.pad(piece, (0, max(0, PATCH - piece.shape[-1])))
            mask = None
            if num_frames is not None:
                tokens = (num_frames - start).clamp(0, piece.shape[-1]) // PATCH
                mask = torch.arange(piece.shape[-1] // PATCH, device=mel.device) < tokens[:, None]
            encoded = self._encode(piece, mask)
            if mask is not None and start > 0:  # as published, the first piece keeps what lies beyond an item's end
                encoded = encoded * mask[:, :, None]
            pieces.append(encoded)
        return torch.cat(pieces, dim=1)

    def _encode(self, piece: Tensor, mask: Tensor | None) -> Tensor:
        x = self.patch_embed(piece[:, None])
        x = (x + self.time_pos_embed[..., : x.shape[-1]] + self.freq_pos_embed)[:, :, 0].transpose(1, 2)
        for block in self.blocks:
            x = block(x, mask)
        encoded: Tensor = self.norm(x)
        return encoded


class EncoderBlock(nn.Module):
    """A pre-norm transformer block, [B, T, C]."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.norm1, self.norm2 = LayerNorm(width, eps=_EPS), LayerNorm(width, eps=_EPS)
        self.qkv, self.proj = Linear(width, 3 * width), Linear(width, width)
        self.fc1, self.fc2 = Linear(width, 4 * width), Linear(4 * width, width)

    def forward(self, x: Tensor, mask: Tensor | None) -> Tensor:
        x = x + self.proj(self._attend(self.norm1(x), mask))
        y: Tensor = x + self.fc2(functional.gelu(self.fc1(self.norm2(x))))
        return y

    def _attend(self, x: Tensor, mask: Tensor | None) -> Tensor:
        queries, keys, values = self.qkv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        keep = None if mask is None else mask[:, None, None, :]
        heads = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=keep)
        if mask is not None:  # an item without a single key hears nothing, rather than not a number
            heads = torch.where(mask.any(dim=1)[:, None, None, None], heads, torch.zeros_like(heads))
        return heads.transpose(1, 2).flatten(2)
