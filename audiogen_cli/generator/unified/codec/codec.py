"""The audio tokenizer as one thing: `encode` and `decode`, for training and evaluation.

In and out: samples [B, N] at 16 kHz, latents [B, C, T] at 25 frames a second. Generation loads the
decoder alone, a fifth of the weights.
"""

from torch import Tensor, nn

from audiogen_cli.generator.unified.codec.decoder import Decoder
from audiogen_cli.generator.unified.codec.encoder import Encoder
from audiogen_cli.generator.unified.config import CodecConfig


class Codec(nn.Module):
    """Encoder and decoder of one checkpoint."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config)

    def encode(self, samples: Tensor, mask: Tensor | None = None) -> Tensor:
        """Samples [B, N] to a latent [B, C, T]; `mask` [B, N] is True where an item has sound."""
        latent: Tensor = self.encoder(samples, mask)
        return latent

    def decode(self, latent: Tensor) -> Tensor:
        """A latent [B, C, T] to samples [B, samples_per_latent * T], not clipped."""
        samples: Tensor = self.decoder(latent)
        return samples
