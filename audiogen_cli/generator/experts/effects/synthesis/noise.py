"""Noise, and a sound's spectrum bent by a curve.

In: lengths in samples, a seeded `rng`, spectra as points of (Hz, dB). Out: signals [S] of unit deviation.
Filters with a memory stand in `filters`; noise made of single grains in `grains`.
Source: Farnell, "Designing Sound" (2010).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal


def white(n: int, rng: np.random.Generator) -> Signal:
    """White noise of unit variance."""
    return rng.standard_normal(n, dtype=np.float32).astype(np.float64)


def shaped_noise(n: int, rng: np.random.Generator, curve: Sequence[tuple[float, float]]) -> Signal:
    """Noise whose spectrum follows `curve`, points of (Hz, dB) joined by straight lines over log frequency; RMS 1.

    Outside the points the end values hold, so close a band with a point of -80 dB.
    """
    size = fft.next_fast_len(n, real=True)
    bins = fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum = rng.standard_normal((bins.size, 2), dtype=np.float32).view(np.complex64)[:, 0]
    spectrum *= _gain(curve, bins)  # single precision: noise needs no more
    spectrum[0] = 0
    noise = np.asarray(fft.irfft(spectrum, size)[:n], dtype=np.float64)
    return noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12)


def shape(x: Signal, curve: Sequence[tuple[float, float]]) -> Signal:
    """A sound with its spectrum bent by `curve` (Hz, dB; see `shaped_noise`), without moving it in time."""
    size = fft.next_fast_len(x.size + SAMPLE_RATE // 10, real=True)  # the pad keeps its end from wrapping to its start
    spectrum = fft.rfft(x.astype(np.float32), size) * _gain(curve, fft.rfftfreq(size, 1 / SAMPLE_RATE))
    return np.asarray(fft.irfft(spectrum, size)[: x.size], dtype=np.float64)


def _gain(curve: Sequence[tuple[float, float]], bins: Signal) -> NDArray[np.float32]:
    hz, db = np.array(curve, dtype=float).T
    octaves = np.log(np.maximum(bins, 1.0, dtype=np.float32))
    nepers = np.interp(octaves, np.log(np.maximum(hz, 1.0)), db * (np.log(10) / 20))
    return np.asarray(np.exp(nepers.astype(np.float32)))


def wander(n: int, rng: np.random.Generator, rate_hz: float) -> Signal:
    """A slow random movement with mean 0 and deviation about 1, changing about `rate_hz` times a second (gusts)."""
    period = round(SAMPLE_RATE / rate_hz)
    knots = max(int(np.ceil(n / SAMPLE_RATE * rate_hz)), n // max(period, 1)) + 4
    values, shift = rng.standard_normal(knots), rng.uniform(0, 1)
    if period >= 64:  # slow against a sample: one bend stretched between all pairs of knots at once
        bend = _smoothstep(np.arange(period) / period)
        whole = values[:-1, None] + np.diff(values)[:, None] * bend
        return np.asarray(whole.reshape(-1)[int(shift * period) :][:n])
    at = shift + np.arange(n, dtype=np.float64) * (rate_hz / SAMPLE_RATE)
    left = np.minimum(at.astype(np.int64), knots - 2)
    bend = _smoothstep(at - left)
    return np.asarray(values[left] * (1 - bend) + values[left + 1] * bend)


def _smoothstep(share: Signal) -> Signal:
    """From 0 to 1 without corners, which a gust has not."""
    return share * share * (3 - 2 * share)
