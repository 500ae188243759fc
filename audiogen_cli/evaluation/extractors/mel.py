"""Banks of triangular filters on a mel scale, as the published front ends have them.

Out: matrices [bins, filters] to be multiplied onto a spectrum. HTK's scale with triangles drawn in mel and
unit peaks (VGGish and YAMNet, whose whole front end stands here), and Slaney's with triangles drawn in hertz and unit
area (PANNs).
Source: Young et al., The HTK Book; Slaney 1998, Auditory Toolbox; Hershey et al. 2017, arXiv:1609.09430.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audiogen_cli.audio.waveform import Samples

Bank = NDArray[np.float64]

_WINDOW, _HOP, _N_FFT = 400, 160, 512  # of VGGish and YAMNet
_SLANEY_STEP = 200 / 3  # Hz a mel below 1 kHz
_SLANEY_KNEE = 1000.0
_SLANEY_LOG = np.log(6.4) / 27


def audioset_log_mel(sound: Samples, *, offset: float) -> NDArray[np.float32]:
    """Samples [S] at 16 kHz to log mel frames [T, 64] of 25 ms each 10 ms; `offset` is added before the logarithm."""
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(sound, np.float64), _WINDOW)[::_HOP]
    window = 0.5 - 0.5 * np.cos(2 * np.pi / _WINDOW * np.arange(_WINDOW))
    return np.log(np.abs(np.fft.rfft(frames * window, _N_FFT)) @ _audioset_bank() + offset).astype(np.float32)


@lru_cache(maxsize=1)
def _audioset_bank() -> Bank:
    return htk_bank(sample_rate=16_000, num_bins=_N_FFT // 2 + 1, n_mels=64, low_hz=125.0, high_hz=7500.0)


def htk_bank(*, sample_rate: int, num_bins: int, n_mels: int, low_hz: float, high_hz: float) -> Bank:
    """[num_bins, n_mels]; slopes linear in mel, no weight on the bin of 0 Hz."""
    bins = _hertz_to_htk(np.linspace(0.0, sample_rate / 2, num_bins))[:, None]
    edges = np.linspace(_hertz_to_htk(low_hz), _hertz_to_htk(high_hz), n_mels + 2)
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    bank = np.maximum(0.0, np.minimum(rise, fall))
    bank[0] = 0.0
    return bank


def slaney_bank(*, sample_rate: int, num_bins: int, n_mels: int, low_hz: float, high_hz: float) -> Bank:
    """[num_bins, n_mels]; slopes linear in hertz, every triangle of the same area."""
    bins = np.linspace(0.0, sample_rate / 2, num_bins)[:, None]
    edges = _slaney_to_hertz(np.linspace(_hertz_to_slaney(low_hz), _hertz_to_slaney(high_hz), n_mels + 2))
    rise = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rise, fall)) * (2.0 / (edges[2:] - edges[:-2]))


def _hertz_to_htk(hertz: ArrayLike) -> Bank:
    return 1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0)


def _hertz_to_slaney(hertz: float) -> float:
    if hertz < _SLANEY_KNEE:
        return hertz / _SLANEY_STEP
    return float(_SLANEY_KNEE / _SLANEY_STEP + np.log(hertz / _SLANEY_KNEE) / _SLANEY_LOG)


def _slaney_to_hertz(mel: Bank) -> Bank:
    knee = _SLANEY_KNEE / _SLANEY_STEP
    return np.where(mel < knee, mel * _SLANEY_STEP, _SLANEY_KNEE * np.exp(_SLANEY_LOG * (mel - knee)))
