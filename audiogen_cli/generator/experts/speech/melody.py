"""The swing of a voice's pitch, widened or narrowed: lively people sing their sentences, tired ones drone.

In: mono samples of a line. Out: its pitch over time, or the line with another swing about its middle pitch. The line is
read faster where its pitch shall rise and slower where it shall fall, so that the formants go along by the same few
percent and the whole stays as long as it was. The quick voice tells its pitch itself and needs only the factors.
Source: autocorrelation over the window's own, Boersma 1993.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

_HOP_S, _FRAME_S = 0.01, 0.04
_LOWEST_HZ, _HIGHEST_HZ = 65.0, 550.0
_VOICED = 0.5  # of the autocorrelation's peak
_FARTHEST = 0.75  # octaves from the middle; what lies beyond is a wrong octave
_MOST = 0.25  # octaves that a moment may be moved


def bend(pitch_hz: NDArray[np.float64], swing: float) -> NDArray[np.float64]:
    """The factors that take each pitch to `swing` times its distance from their median, in octaves."""
    away = np.log2(pitch_hz / np.median(pitch_hz))
    away[np.abs(away) > _FARTHEST] = 0.0
    factors: NDArray[np.float64] = 2.0 ** np.clip((swing - 1) * away, -_MOST, _MOST)
    return factors


def rise_to_end(pitch_hz: NDArray[np.float64], num_frames: int) -> NDArray[np.float64]:
    """The factors that lead the last frames up to a fourth above the median, as a question asks for yes or no."""
    ramp = np.zeros(len(pitch_hz))
    ramp[-num_frames:] = np.linspace(0, 1, num_frames)[-len(pitch_hz) :]
    end = np.median(pitch_hz) * 2 ** (5 / 12)
    factors: NDArray[np.float64] = (end / pitch_hz) ** ramp
    return factors


def swing_pitch(samples: NDArray[np.float64], swing: float, *, sample_rate: int) -> NDArray[np.float64]:
    """A line with the swing of its pitch multiplied; about as long, unchanged where it has no pitch."""
    pitch = track_pitch(samples, sample_rate=sample_rate)
    voiced = pitch > 0
    if voiced.sum() < 5:
        return samples
    frames = np.arange(len(pitch))
    factors = np.interp(frames, frames[voiced], bend(pitch[voiced], swing))
    window = np.hanning(9)[1:-1]
    factors = np.convolve(np.pad(factors, 3, mode="edge"), window / window.sum(), "valid")
    places = (frames * _HOP_S + _FRAME_S / 2) * sample_rate
    when = np.cumsum(1 / np.interp(np.arange(len(samples)), places, factors))
    return _read_at(samples, np.interp(np.arange(int(when[-1])), when, np.arange(len(samples))))


def track_pitch(samples: NDArray[np.float64], *, sample_rate: int) -> NDArray[np.float64]:
    """The pitch in Hz every 10 ms, 0 where there is none."""
    step = sample_rate // 6000
    slow = samples[: len(samples) // step * step].reshape(-1, step).mean(axis=1)
    rate, hop = sample_rate // step, int(_HOP_S * sample_rate / step)
    size = int(_FRAME_S * rate)
    if len(slow) < 2 * size:
        return np.zeros(0)
    window, length = np.hanning(size), 1 << (2 * size - 1).bit_length()
    frames = np.lib.stride_tricks.sliding_window_view(slow, size)[::hop]
    energy = np.mean(frames**2, axis=1)
    likeness = irfft(np.abs(rfft(frames * window, length, axis=1)) ** 2, axis=1)
    own = irfft(np.abs(rfft(window, length)) ** 2)
    shortest, longest = int(rate / _HIGHEST_HZ), min(int(rate / _LOWEST_HZ), size * 2 // 3)
    within = likeness[:, shortest:longest] / own[shortest:longest] * own[0] / (likeness[:, :1] + 1e-12)
    best = np.argmax(within > 0.9 * within.max(axis=1, keepdims=True), axis=1)  # the first of equals: no octave below
    for _ in range(4):  # up to the peak beside it
        following = np.minimum(best + 1, within.shape[1] - 1)
        rows = np.arange(len(best))
        best = np.where(within[rows, following] > within[rows, best], following, best)
    voiced = (within[np.arange(len(best)), best] > _VOICED) & (energy > 0.003 * energy.max(initial=0.0))
    return np.where(voiced, rate / (best + shortest), 0.0)


def _read_at(samples: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Samples between samples, by the cubic through four of them (Catmull and Rom 1974)."""
    padded = np.pad(samples, (1, 3))
    whole = np.floor(places).astype(int)
    part = places - whole
    before, here, after, beyond = (padded[whole + shift] for shift in range(4))
    curve = ((3 * (here - after) + beyond - before) * part + 2 * before - 5 * here + 4 * after - beyond) * part
    read: NDArray[np.float64] = here + 0.5 * part * (curve + after - before)
    return read
