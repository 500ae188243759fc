"""The sample rate changed exactly as the usual evaluation toolkit changes it, and its way of loading.

A windowed sinc: six zero crossings each side at 0.99 of the lower band edge under a squared cosine. It is a
worse filter than `audio.resample`, but the Fréchet distance of CNN14 features moves by tens with the filter, so
a figure that is to stand beside a published one needs this one.
Source: the interpolation of Smith, "Digital Audio Resampling", as torchaudio's `sinc_interp_hann` has it.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Samples, Waveform

RESAMPLER = "sinc_hann width 6 rolloff 0.99"
_WIDTH = 6
_ROLLOFF = 0.99
_MIN_SAMPLES = 32_000  # shorter clips are filled with silence to this length at the new rate


def load_as_toolkit(waveform: Waveform, rate: int) -> Samples:
    """First channel, its mean taken off, at `rate` Hz, filled with silence to 32,000 samples; [S]."""
    first = waveform.samples[0]
    changed = sinc_resample(first - first.mean(dtype=np.float64).astype(np.float32), waveform.sample_rate, rate)
    return np.pad(changed, (0, max(0, _MIN_SAMPLES - len(changed))))


def sinc_resample(sound: Samples, old: int, new: int) -> Samples:
    """Samples [S] at another rate, ceil(S * new / old) of them."""
    if old == new:
        return sound
    common = math.gcd(old, new)
    old, new = old // common, new // common
    kernels, width = _kernels(old, new)
    padded = np.pad(sound, (width, width + old))
    windows = np.lib.stride_tricks.sliding_window_view(padded, kernels.shape[1])[::old]
    changed: Samples = (windows @ kernels.T).reshape(-1)[: -(-new * len(sound) // old)]
    return changed


@lru_cache(maxsize=8)
def _kernels(old: int, new: int) -> tuple[NDArray[np.float32], int]:
    """One kernel for each output phase, [new, 2 * width + old], and how far it reaches back."""
    edge = min(old, new) * _ROLLOFF
    width = math.ceil(_WIDTH * old / edge)
    reach = np.arange(-width, width + old) / old
    t = (-np.arange(new)[:, None] / new + reach) * edge
    t = np.clip(t, -_WIDTH, _WIDTH)
    window = np.cos(t * np.pi / _WIDTH / 2) ** 2
    return (np.sinc(t) * window * edge / old).astype(np.float32), width
