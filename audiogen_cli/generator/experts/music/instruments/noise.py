"""Noise with a band, the breath, bow, hammer and skin of the instruments.

In: a length, a band, an rng. Out: [n] float32 of unit root mean square. Bands are shaped in the spectrum,
where any slope costs the same, and each band is made once: a stroke or breath is a piece of it from a place that
the rng chooses (the pool runs in a circle without a seam).
"""

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft, rfftfreq

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_POOL = 2**17  # samples, 2.7 s


def band_noise(
    num_samples: int, rng: np.random.Generator, *, low_hz: float, high_hz: float, slope_db: float = 12.0
) -> Samples:
    """Noise between two frequencies, falling by `slope_db` an octave outside them, [num_samples]."""
    # a semitone's grid keeps the pools few where the band follows a note's pitch
    low, high = (float(2.0 ** (round(12.0 * np.log2(max(hertz, 1.0))) / 12.0)) for hertz in (low_hz, high_hz))
    pool = _pool(low, high, slope_db)
    start = int(rng.integers(_POOL))
    if start + num_samples <= _POOL:
        return np.array(pool[start : start + num_samples])
    piece: Samples = np.take(pool, np.arange(start, start + num_samples), mode="wrap")
    return piece


@lru_cache(maxsize=96)
def _pool(low_hz: float, high_hz: float, slope_db: float) -> Samples:
    octaves, white = _white()
    outside = np.maximum(np.float32(np.log2(low_hz)) - octaves, 0.0) + np.maximum(
        octaves - np.float32(np.log2(high_hz)), 0
    )
    noise = irfft(white * np.exp2(outside * np.float32(-slope_db / (20.0 * np.log10(2.0)))), _POOL)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)), np.float32)


@cache
def _white() -> tuple[Samples, NDArray[np.complex64]]:
    """The pitch of every bin in octaves above 1 Hz, and white noise that all bands are cut from."""
    hertz = np.maximum(rfftfreq(_POOL, 1.0 / SAMPLE_RATE), 1.0)
    white = rfft(np.random.default_rng(1).standard_normal(_POOL, dtype=np.float32))
    return np.log2(hertz).astype(np.float32), white
