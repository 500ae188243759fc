"""Two mel spectrograms of 16 kHz sound: a decibel one for meaning, a logarithmic one for detail.

In: samples [B, N]. Out: [B, bands, N // 160 + 1] frames of 10 ms. Both have triangular bands, evenly
spaced on the HTK mel scale from 0 to 8 kHz and not normalised. Source: the released audio tokenizer.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from audiogen_cli.errors import OptionError
from audiogen_cli.generator.unified.codec.istft import hann_window

SAMPLE_RATE = 16_000
HOP = 160
SEMANTIC_BANDS = 64

_QUIETEST_POWER = 1e-10
_QUIETEST_MAGNITUDE = 1e-7
_RANGE_DB = 120.0


class MelSpectrogram(nn.Module):
    """Magnitudes to a `power`, gathered into mel bands, [B, n_mels, F]."""

    def __init__(self, *, n_fft: int, n_mels: int, power: float) -> None:
        super().__init__()
        self.n_fft, self.power = n_fft, power
        self.window: Tensor
        self.bands: Tensor
        self.register_buffer("window", hann_window(n_fft))
        self.register_buffer("bands", mel_bands(n_fft, n_mels))

    def forward(self, samples: Tensor) -> Tensor:
        if samples.shape[-1] <= self.n_fft // 2:
            raise OptionError(f"{samples.shape[-1]} samples are too few to encode, needs more than {self.n_fft // 2}")
        padded = functional.pad(samples[:, None], (self.n_fft // 2, self.n_fft // 2), mode="reflect")[:, 0]
        spectrum = torch.stft(padded, self.n_fft, HOP, window=self.window, center=False, return_complex=True).abs()
        return torch.einsum("bkf,km->bmf", spectrum if self.power == 1 else spectrum.pow(self.power), self.bands)


def decibels(mel: Tensor) -> Tensor:
    """Power to dB, no deeper than 120 dB under the loudest value of the whole batch."""
    db = 10.0 * mel.clamp(min=_QUIETEST_POWER).log10()
    return torch.maximum(db, db.max() - _RANGE_DB)


def logarithm(mel: Tensor) -> Tensor:
    """Magnitude to its natural logarithm."""
    return mel.clamp(min=_QUIETEST_MAGNITUDE).log()


def mel_bands(n_fft: int, n_mels: int, sample_rate: int = SAMPLE_RATE) -> Tensor:
    """Triangles on the HTK mel scale, float32 [n_fft / 2 + 1, n_mels]."""
    frequencies = torch.linspace(0, sample_rate // 2, n_fft // 2 + 1, device="cpu")
    top = 2595.0 * math.log10(1.0 + sample_rate / 2 / 700.0)
    edges = 700.0 * (10.0 ** (torch.linspace(0.0, top, n_mels + 2, device="cpu") / 2595.0) - 1.0)
    widths = edges.diff()
    slopes = edges[None, :] - frequencies[:, None]
    return torch.minimum(-slopes[:, :-2] / widths[:-1], slopes[:, 2:] / widths[1:]).clamp(min=0)
