"""Noise with a band, the breath, bow, hammer and skin of the instruments.

In: a length, a band, an rng. Out: [n] float32 of unit root mean square. Bands are shaped in the spectrum,
where any slope costs the same.
"""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


def band_noise(
    num_samples: int, rng: np.random.Generator, *, low_hz: float, high_hz: float, slope_db: float = 12.0
) -> Samples:
    """Noise between two frequencies, falling by `slope_db` an octave outside them."""
    size = next_fast_len(max(num_samples, 256), real=True)
    spectrum = rfft(rng.standard_normal(size, dtype=np.float32))
    spectrum *= band_gain(rfftfreq(size, 1.0 / SAMPLE_RATE), low_hz=low_hz, high_hz=high_hz, slope_db=slope_db)
    noise = irfft(spectrum, size)[:num_samples]
    return (noise / (np.sqrt(np.mean(noise**2)) + 1e-9)).astype(np.float32)


def band_gain(frequencies: np.ndarray, *, low_hz: float, high_hz: float, slope_db: float) -> Samples:
    """The amplitude of such a band at each frequency, float32."""
    octaves = np.maximum(np.log2(np.maximum(low_hz, 1.0) / np.maximum(frequencies, 1.0)), 0.0)
    octaves += np.maximum(np.log2(np.maximum(frequencies, 1.0) / high_hz), 0.0)
    return np.asarray(10.0 ** (-slope_db * octaves / 20.0), np.float32)
