"""The diffusion transformer: a noisy latent, its noise level and the text to a velocity.

    latent -> patch_embed -> 16 in blocks -> middle block -> 16 out blocks -> final norm -> velocity
                                  |____________ skips, last in first out ______^
    block:  (skip) -> self-attention, modulated by time -> + time-aligned text -> cross-attention -> MLP, modulated

What does not change from step to step is made apart: `modulate` for the noise levels, `prepare` for
the text, `predict` for the rest. `forward` is the three together, for training and for one evaluation.
Source: Dasheng AudioGen sections 3.2 and 3.5; U-shaped skips, arXiv:2209.12152; AdaLN, arXiv:2212.09748.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.generator.unified.attention import CrossAttention, KeysValues, SelfAttention, key_mask
from audiogen_cli.generator.unified.config import ModelConfig
from audiogen_cli.generator.unified.layers import GatedMlp, LayerNorm, Rotation, TimeEmbedding
from audiogen_cli.generator.unified.linear import Linear


class Modulation(NamedTuple):
    """Time, as every block reads it: for N timesteps, float32, ready to be used."""

    blocks: Tensor  # [N, blocks, 6, D]: shift, 1 + scale, gate of the attention, then of the MLP
    final: Tensor  # [N, 2, D]: shift, 1 + scale

    def at(self, step: int) -> "Modulation":
        """One timestep, for the whole batch."""
        return Modulation(self.blocks[step : step + 1], self.final[step : step + 1])


class BlockText(NamedTuple):
    """The text, as one block reads it, for all steps."""

    rotation: Rotation
    time_aligned: Tensor  # [B or 1, T or 1, D], added to every frame
    text: KeysValues
    unconditional: Tensor | None  # [1, 1, D]: all that the unconditional half gets; None where there is no such half


@dataclass(frozen=True)
class PreparedText:
    """The text as every block reads it; with an unconditional half the network answers for both, that half first."""

    blocks: tuple[BlockText, ...]
    frame_mask: Tensor | None  # [B, T], True where a frame belongs to its item
    isolated: bool = False  # whether a frame beyond an item's end is kept from reaching into it

    @property
    def guided(self) -> bool:
        return self.blocks[0].unconditional is not None

    def conditional(self) -> "PreparedText":
        """The same without the unconditional half."""
        return replace(self, blocks=tuple(block._replace(unconditional=None) for block in self.blocks))


class DiT(nn.Module):
    """The velocity network."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.dit_embed_dim
        self.patch_embed = Linear(config.dit_in_chans, width)
        self.time_embed = TimeEmbedding(width)
        self.time_ada_final = Linear(width, 2 * width)
        self.context_embed = nn.Sequential(Linear(config.dit_context_dim, width), nn.SiLU(), Linear(width, width))
        self.in_blocks = nn.ModuleList(Block(config) for _ in range(config.dit_depth // 2))
        self.mid_block = Block(config)
        self.out_blocks = nn.ModuleList(Block(config, skip=True) for _ in range(config.dit_depth // 2))
        self.final_block = FinalBlock(config)

    def forward(
        self,
        latent: Tensor,
        timestep: Tensor,
        context: Tensor,
        time_aligned: Tensor,
        *,
        latent_mask: Tensor | None = None,
        context_mask: Tensor | None = None,
    ) -> Tensor:
        """One evaluation, as published.

        Args:
            latent: [B, C, T].
            timestep: 0 to 1000; a number is cut to a whole one, [B] is used as it is.
            context: the adapted text, [B, L, E].
            time_aligned: text that lies on the frames, [B or 1, T or 1, E].
            latent_mask, context_mask: [B, T] and [B, L], True where there is something.

        Returns:
            The velocity, [B, C, T].
        """
        modulation = self.modulate(timestep.to(torch.int64).expand(1) if timestep.ndim == 0 else timestep)
        prepared = self.prepare(
            context, time_aligned, num_frames=latent.shape[-1], latent_mask=latent_mask, context_mask=context_mask
        )
        return self.predict(latent, modulation, prepared)

    def modulate(self, timestep: Tensor) -> Modulation:
        """Timesteps [N] as every block reads them."""
        time = functional.silu(self.time_embed(timestep))
        return Modulation(
            torch.stack([block.adaln(time) for block in self.blocks], dim=1),
            _shift_scale(self.time_ada_final.in_float32(time)),
        )

    def prepare(
        self,
        context: Tensor,
        time_aligned: Tensor,
        *,
        num_frames: int,
        latent_mask: Tensor | None = None,
        context_mask: Tensor | None = None,
        guided: bool = False,
        isolated: bool = False,
    ) -> PreparedText:
        """The text as every block reads it; shapes as in `forward`.

        Args:
            guided: add an unconditional half. Its text is zeros, so that its cross-attention is one vector a block.
            isolated: keep frames beyond an item's end from reaching into it through the last convolution.
        """
        tokens = self.context_embed(context)
        no_token = self.context_embed(torch.zeros_like(context[:1, :1])) if guided else None
        blocks = tuple(
            block.prepare(tokens, time_aligned, key_mask(context_mask), num_frames, no_token) for block in self.blocks
        )
        return PreparedText(blocks, latent_mask, isolated)

    def predict(self, latent: Tensor, modulation: Modulation, prepared: PreparedText) -> Tensor:
        """The velocity of latents [B, C, T]; with a guided text [2 B, C, T], the unconditional half first.

        Args:
            latent: float32.
            modulation: of one timestep, or of one for each row of the answer.
            prepared: from `prepare`, for as many frames.
        """
        x: Tensor = self.patch_embed(latent.transpose(1, 2)).float()
        mask = prepared.frame_mask
        if prepared.guided:
            x = x.repeat(2, 1, 1)
            mask = None if mask is None else mask.repeat(2, 1)
        attention_mask = key_mask(mask)
        skips: list[Tensor] = []
        for index, block in enumerate(self.blocks):
            skip = skips.pop() if isinstance(block, Block) and block.skip_linear is not None else None
            x = block(x, modulation.blocks[:, index], prepared.blocks[index], attention_mask, skip)
            if index < len(self.in_blocks):
                skips.append(x)
        velocity: Tensor = self.final_block(x, modulation.final, mask if prepared.isolated else None)
        return velocity

    @property
    def blocks(self) -> "list[Block]":
        """Every block in the order of the walk."""
        return [*self.in_blocks, self.mid_block, *self.out_blocks]


class Block(nn.Module):
    """One transformer block; an out block first takes in the skip of its in block."""

    def __init__(self, config: ModelConfig, *, skip: bool = False) -> None:
        super().__init__()
        width, heads = config.dit_embed_dim, config.dit_num_heads
        self.skip_norm = LayerNorm(2 * width) if skip else None
        self.skip_linear = Linear(2 * width, width) if skip else None
        self.adaln = TimeModulation(width)
        self.norm1, self.attn = LayerNorm(width), SelfAttention(width, heads)
        self.ta_context_norm = LayerNorm(config.dit_ta_context_dim)
        self.ta_context_projection = Linear(config.dit_ta_context_dim, width, bias=False)
        self.norm_context = LayerNorm(width)
        self.norm2, self.cross_attn = LayerNorm(width), CrossAttention(width, heads)
        self.norm3, self.mlp = LayerNorm(width), GatedMlp(width, config.dit_mlp_dim)

    def forward(
        self, x: Tensor, modulation: Tensor, text: BlockText, mask: Tensor | None, skip: Tensor | None = None
    ) -> Tensor:
        """Frames [B, T, D] float32 to frames; `modulation` is [B or 1, 6, D]."""
        if self.skip_linear is not None and self.skip_norm is not None and skip is not None:
            x = self.skip_linear(self.skip_norm(torch.cat([x, skip], dim=-1))).float()
        shift1, scale1, gate1, shift2, scale2, gate2 = modulation.unsqueeze(2).unbind(1)
        y = self.attn(torch.addcmul(shift1, self.norm1(x), scale1), text.rotation, mask)
        x = torch.addcmul(x, gate1, y.float())
        x = self._listen(x, text)
        y = self.mlp(torch.addcmul(shift2, self.norm3(x), scale2))
        return torch.addcmul(x, gate2, y.float())

    def prepare(
        self, tokens: Tensor, time_aligned: Tensor, mask: Tensor | None, num_frames: int, no_token: Tensor | None
    ) -> BlockText:
        """What of this block stays the same through all steps."""
        unconditional = None
        if no_token is not None:
            silence = self._align(torch.zeros_like(time_aligned[:1, :1]))
            unconditional = silence + self.cross_attn.of_one(self.norm_context(no_token)).float()
        return BlockText(
            self.attn.rotary.rotation(num_frames),
            self._align(time_aligned),
            self.cross_attn.read(self.norm_context(tokens), mask),
            unconditional,
        )

    def _align(self, time_aligned: Tensor) -> Tensor:
        aligned: Tensor = self.ta_context_projection(self.ta_context_norm(time_aligned))
        return aligned.float()

    def _listen(self, x: Tensor, text: BlockText) -> Tensor:
        """Take in the text: on the frames, then by cross-attention; for the unconditional half both are one vector."""
        free, bound = x[: len(x) - len(text.text.keys)], x[len(x) - len(text.text.keys) :]
        bound = bound + text.time_aligned
        bound = bound + self.cross_attn(self.norm2(bound), text.text).float()
        return bound if text.unconditional is None else torch.cat([free + text.unconditional, bound])


class TimeModulation(nn.Module):
    """Time [N, D] to a block's shifts, scales and gates, [N, 6, D] float32."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.time_ada = Linear(width, 6 * width)

    def forward(self, time: Tensor) -> Tensor:
        shift1, scale1, gate1, shift2, scale2, gate2 = self.raw(time).unbind(1)
        # the released code bends the first gate and not the second
        return torch.stack([shift1, 1 + scale1, torch.tanh(1 - gate1), shift2, 1 + scale2, 1 - gate2], dim=1)

    def raw(self, time: Tensor) -> Tensor:
        """The layer's own answer, [N, 6, D]: shift, scale, gate, twice."""
        raw: Tensor = self.time_ada.in_float32(time).reshape(len(time), 6, -1)
        return raw


class FinalBlock(nn.Module):
    """Frames back to a velocity; a convolution smooths three frames together."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm = LayerNorm(config.dit_embed_dim)
        self.linear = Linear(config.dit_embed_dim, config.dit_out_chans)
        self.final_layer = nn.Conv1d(config.dit_out_chans, config.dit_out_chans, kernel_size=3, padding=1)

    def forward(self, x: Tensor, modulation: Tensor, isolating_mask: Tensor | None) -> Tensor:
        """[B, T, D] to [B, C, T]; with a mask, frames beyond an item's end count as the zeros beyond the clip do."""
        shift, scale = modulation.unsqueeze(2).unbind(1)
        y = self.linear(torch.addcmul(shift, self.norm(x), scale)).float()
        if isolating_mask is not None:
            y = y * isolating_mask[:, :, None]
        velocity: Tensor = self.final_layer(y.transpose(1, 2))
        return velocity


def _shift_scale(vector: Tensor) -> Tensor:
    shift, scale = vector.chunk(2, dim=-1)
    return torch.stack([shift, 1 + scale], dim=1)
