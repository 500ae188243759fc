"""Band-limited wavetables: one period of a tone in several brightnesses, read at a moving pitch.

The table is summed from harmonics below 16 kHz for the note's own pitch, so that nothing folds back however
bright it is; reading interpolates between samples and between brightnesses.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import drawn_out
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_LENGTH, _LOW_LENGTH, _LOW_HZ = 2048, 4096, 110.0


def build_tables(
    timbre: Timbre, frequency_hz: float, brightnesses: int, rng: np.random.Generator | None = None
) -> Samples:
    """One period of a timbre in brightnesses from 0 to 1, [brightnesses, length + 1]; its last sample is its first.

    With an `rng` the harmonics lie in random phases (softer); without one they line up as a synthesizer's do.
    """
    length = _LOW_LENGTH if frequency_hz < _LOW_HZ else _LENGTH
    spectra = np.zeros((brightnesses, length // 2 + 1), np.complex64)
    count = min(int(16_000.0 / frequency_hz), length // 4) or 1
    angles = np.full(count, -0.5 * np.pi) if rng is None else rng.uniform(0.0, 2.0 * np.pi, count)
    turns = np.exp(1j * angles)
    for row, brightness in enumerate(np.linspace(0.0, 1.0, brightnesses)):
        amplitudes = timbre.amplitudes(frequency_hz, float(brightness))[:count]
        spectra[row, 1 : amplitudes.size + 1] = amplitudes * turns[: amplitudes.size]
    tables = irfft(spectra, length, axis=1) * np.float32(length / 2)
    return np.concatenate([tables, tables[:, :1]], axis=1).astype(np.float32)


def phase_of(frequency_hz: NDArray[np.floating], num_samples: int) -> NDArray[np.float64]:
    """The phase in periods of a frequency given at control points, [num_samples]."""
    phase: NDArray[np.float64] = np.cumsum(drawn_out(frequency_hz / SAMPLE_RATE, num_samples), dtype=np.float64)
    return phase


def read_tables(tables: Samples, phase: NDArray[np.float64], brightness: Samples | None = None) -> Samples:
    """Read at a phase in periods and a brightness in rows, [S] each; no brightness reads the first row."""
    rows, width = tables.shape
    place = (phase - np.floor(phase)) * (width - 1)
    at = place.astype(np.int32)
    between = (place - at).astype(np.float32)
    flat = tables.ravel()
    if brightness is None or rows == 1:
        low = flat[at]
        read: Samples = low + (flat[at + 1] - low) * between
        return read
    row = np.minimum(brightness.astype(np.int32), rows - 2)
    mix = brightness - row
    at = at + row * np.int32(width)
    low, high = flat[at], flat[at + np.int32(width)]
    low = low + (flat[at + 1] - low) * between
    high = high + (flat[at + np.int32(width + 1)] - high) * between
    blended: Samples = low + (high - low) * mix
    return blended
