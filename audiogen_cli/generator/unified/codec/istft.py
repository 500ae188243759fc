"""Spectra back to samples: inverse FFT, window, overlap-add, with exactly one hop for each frame.

In: a complex spectrum [B, n_fft / 2 + 1, F]. Out: samples [B, hop * F]. The frames overlap "same":
(n_fft - hop) / 2 samples go at each end, which `torch.istft` cannot do.
Source: Vocos, arXiv:2306.00814.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class InverseStft(nn.Module):
    """The inverse short-time Fourier transform with a periodic Hann window."""

    def __init__(self, n_fft: int, hop: int) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.window: Tensor
        self.register_buffer("window", hann_window(n_fft))

    def forward(self, spectrum: Tensor) -> Tensor:
        """[B, n_fft / 2 + 1, F] complex to [B, hop * F]."""
        window = self.window.to(spectrum.device)
        frames = torch.fft.irfft(spectrum, self.n_fft, dim=1, norm="backward") * window[:, None]
        squares = window.square()[None, :, None].expand(1, -1, frames.shape[-1])
        trim = (self.n_fft - self.hop) // 2
        samples = self._overlap_add(frames)[:, trim : -trim or None]
        envelope = self._overlap_add(squares)[:, trim : -trim or None]
        return samples / envelope

    def _overlap_add(self, frames: Tensor) -> Tensor:
        """[B, n_fft, F] to [B, (F - 1) * hop + n_fft]."""
        length = (frames.shape[-1] - 1) * self.hop + self.n_fft
        summed = functional.fold(frames, output_size=(1, length), kernel_size=(1, self.n_fft), stride=(1, self.hop))
        return summed[:, 0, 0]


def hann_window(length: int) -> Tensor:
    """The periodic Hann window, float32, on the CPU."""
    return torch.hann_window(length, periodic=True, dtype=torch.float32, device="cpu")
