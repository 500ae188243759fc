"""Band-limited wavetables: one period of a tone in several brightnesses, read at a moving pitch.

The table is summed from harmonics below 16 kHz for the note's own pitch, so that nothing folds back however
bright it is; reading interpolates between samples and between brightnesses.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import drawn_out
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_BITS, _LOW_BITS, _LOW_HZ = 11, 12, 110.0  # the length of a table, a power of two
_TURN = 2.0**32  # a period in steps of a phase: overflow is the wrap


def build_tables(
    timbre: Timbre, frequency_hz: float, brightnesses: int, rng: np.random.Generator | None = None
) -> Samples:
    """One period of a timbre in brightnesses from 0 to 1, [brightnesses, length + 1]; its last sample is its first.

    With an `rng` the harmonics lie in random phases (softer); without one they line up as a synthesizer's do.
    """
    if rng is None:
        return _lined_up(timbre, frequency_hz, brightnesses)
    count = _harmonics(frequency_hz)
    return _summed(timbre, frequency_hz, brightnesses, rng.uniform(0.0, 2.0 * np.pi, count))


@lru_cache(maxsize=64)
def _lined_up(timbre: Timbre, frequency_hz: float, brightnesses: int) -> Samples:
    return _summed(timbre, frequency_hz, brightnesses, np.full(_harmonics(frequency_hz), -0.5 * np.pi))


def _summed(timbre: Timbre, frequency_hz: float, brightnesses: int, angles: NDArray[np.float64]) -> Samples:
    length = _length(frequency_hz)
    amplitudes = timbre.spectra(frequency_hz, tuple(np.linspace(0.0, 1.0, brightnesses).tolist()))[:, : angles.size]
    spectra = np.zeros((brightnesses, length // 2 + 1), np.complex64)
    spectra[:, 1 : amplitudes.shape[1] + 1] = amplitudes * np.exp(1j * angles[: amplitudes.shape[1]])
    tables = irfft(spectra, length, axis=1) * np.float32(length / 2)
    return np.concatenate([tables, tables[:, :1]], axis=1).astype(np.float32)


def _length(frequency_hz: float) -> int:
    return 1 << (_LOW_BITS if frequency_hz < _LOW_HZ else _BITS)


def _harmonics(frequency_hz: float) -> int:
    return min(int(16_000.0 / frequency_hz), _length(frequency_hz) // 4) or 1


def phase_of(frequency_hz: NDArray[np.floating], num_samples: int) -> NDArray[np.uint32]:
    """The phase of a frequency given at control points, [num_samples], 2^32 to the period."""
    steps = drawn_out(frequency_hz * (_TURN / SAMPLE_RATE), num_samples).astype(np.uint32)
    phase: NDArray[np.uint32] = np.cumsum(steps, dtype=np.uint32)
    return phase


def turned(phase: NDArray[np.uint32], turns: float) -> NDArray[np.uint32]:
    """The same phase, this share of a period on."""
    later: NDArray[np.uint32] = phase + np.uint32(int(turns % 1.0 * _TURN))
    return later


def read_tables(tables: Samples, phase: NDArray[np.uint32], brightness: Samples | None = None) -> Samples:
    """Read at a phase and a brightness in rows, [S] each; no brightness reads the first row."""
    rows, width = tables.shape
    rest = 32 - (width - 1).bit_length() + 1
    at = (phase >> np.uint32(rest)).astype(np.int32)
    between = (phase & np.uint32((1 << rest) - 1)).astype(np.float32) * np.float32(2.0**-rest)
    if brightness is None or rows == 1:
        table = tables[0]
        low = table[at]
        read: Samples = low + (table[at + 1] - low) * between
        return read
    row = np.minimum(brightness.astype(np.int32), rows - 2)
    mix = brightness - row
    at += row * np.int32(width)
    flat = tables.ravel()
    darker = flat[at]
    darker += (flat[at + 1] - darker) * between
    at += np.int32(width)
    brighter = flat[at]
    brighter += (flat[at + 1] - brighter) * between
    brighter -= darker
    brighter *= mix
    brighter += darker
    return np.asarray(brighter)
