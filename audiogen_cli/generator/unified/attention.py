"""Attention of latent frames to each other and to the text, with normalised queries and keys.

In: frames [B, T, D]; for cross-attention the keys and values of the text, made once a prompt.
Masks are of keys alone, [B, 1, 1, keys], True where a key counts.
Source: Dasheng AudioGen section 3.2, equation 1.
"""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.generator.unified.layers import LayerNorm, Rotary, Rotation, rotate
from audiogen_cli.generator.unified.linear import Linear


class KeysValues(NamedTuple):
    """What cross-attention reads: keys and values [B, H, L, head_dim], and which of them count."""

    keys: Tensor
    values: Tensor
    mask: Tensor | None


class SelfAttention(nn.Module):
    """Frames to frames."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_kqv = Linear(width, 3 * width, bias=False)  # in the order of their names, as they lie in a file
        self.norm_q = LayerNorm(width // num_heads)
        self.norm_k = LayerNorm(width // num_heads)
        self.rotary = Rotary(width // num_heads)
        self.proj = Linear(width, width)

    def forward(self, x: Tensor, rotation: Rotation, mask: Tensor | None) -> Tensor:
        keys, queries, values = self.to_kqv(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        queries = rotate(self.norm_q(queries), rotation).to(values.dtype)
        keys = rotate(self.norm_k(keys), rotation).to(values.dtype)
        y: Tensor = self.proj(_attend(queries, KeysValues(keys, values, mask)))
        return y


class CrossAttention(nn.Module):
    """Frames to text tokens; text has no rotary position."""

    def __init__(self, width: int, num_heads: int) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.to_q = Linear(width, width, bias=False)
        self.to_k = Linear(width, width, bias=False)
        self.to_v = Linear(width, width, bias=False)
        self.norm_q = LayerNorm(width // num_heads)
        self.norm_k = LayerNorm(width // num_heads)
        self.proj = Linear(width, width)

    def forward(self, x: Tensor, text: KeysValues) -> Tensor:
        queries = self.to_q(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        y: Tensor = self.proj(_attend(self.norm_q(queries).to(text.values.dtype), text))
        return y

    def read(self, tokens: Tensor, mask: Tensor | None) -> KeysValues:
        """Keys and values of text tokens [B, L, D]."""
        keys, values = (
            product.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for product in (self.to_k(tokens), self.to_v(tokens))
        )
        return KeysValues(self.norm_k(keys).to(values.dtype), values.contiguous(), mask)

    def of_one(self, token: Tensor) -> Tensor:
        """What a frame gets from a text whose tokens are all this one [B, 1, D]: its value, whatever it asks."""
        y: Tensor = self.proj(self.to_v(token))
        return y


def key_mask(mask: Tensor | None) -> Tensor | None:
    """A mask of keys [B, keys] in the shape attention broadcasts."""
    return None if mask is None else mask[:, None, None, :]


def _attend(queries: Tensor, text: KeysValues) -> Tensor:
    heads = functional.scaled_dot_product_attention(queries, text.keys, text.values, attn_mask=text.mask)
    return heads.transpose(1, 2).flatten(2)
