"""A waveform at another sample rate.

In: a `Waveform` and a rate in Hz. Out: the same sound at that rate, float32, exactly
`round(samples * rate / old rate)` long. Done on the spectrum of the whole: flat to 0.95 of the lower band edge, then
a cosine slope that ends at the edge, so that there are neither images nor aliases.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import OptionError

MIN_RATE, MAX_RATE = 4_000, 192_000

_FLAT = 0.95  # of the lower band edge: where the slope begins
_RINGING = 512  # samples of the lower rate until the slope's ringing is 100 dB down


def resample(waveform: Waveform, rate: int) -> Waveform:
    """The waveform at `rate` Hz; itself where it has that rate already.

    Raises:
        OptionError: the rate lies outside 4 to 192 kHz.
    """
    if not MIN_RATE <= rate <= MAX_RATE:
        raise OptionError(f"sample rate is {rate} Hz, needs {MIN_RATE} to {MAX_RATE}")
    if rate == waveform.sample_rate:
        return waveform
    length = round(waveform.num_samples * rate / waveform.sample_rate)
    samples = np.zeros((waveform.num_channels, length), dtype=np.float32)
    for channel, sound in zip(samples, waveform.samples):  # one at a time: a long file's spectrum is large
        changed = change_rate(sound, rate, waveform.sample_rate)[:length]
        channel[: len(changed)] = changed
    return Waveform(samples, rate)


def change_rate(samples: NDArray[Any], new: int, old: int) -> NDArray[Any]:
    """Samples [.., S] at the rate `new` instead of `old`, ceil(S new / old) long; float32 stays, the rest is float64.

    The whole spectrum is cut or continued with silence; what would ring past the end meets a pad of silence.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    common = math.gcd(new, old)
    up, down = new // common, old // common
    single = samples.dtype == np.float32
    samples = np.asarray(samples, dtype=np.float32 if single else np.float64)
    length = samples.shape[-1]
    pad = _RINGING * max(1, -(-down // up))
    periods = next_fast_len(-(-(length + pad) // down), real=True)
    spectrum = rfft(samples, periods * down)
    changed = np.zeros((*samples.shape[:-1], periods * up // 2 + 1), dtype=spectrum.dtype)
    kept = periods * min(up, down) // 2 + 1
    slope = np.clip((np.arange(kept) / kept - _FLAT) / (1 - _FLAT), 0, 1)
    changed[..., :kept] = spectrum[..., :kept] * (up / down * np.cos(np.pi / 2 * slope) ** 2).astype(samples.dtype)
    return irfft(changed, periods * up)[..., : -(-length * up // down)]
