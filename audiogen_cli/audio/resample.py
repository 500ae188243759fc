"""A waveform at another sample rate.

In: a `Waveform` and a rate in Hz. Out: the same sound at that rate, float32, exactly
`round(samples * rate / old rate)` long. A polyphase filter of 64 zero crossings, Kaiser-windowed:
flat to 0.95 of the lower band edge, images and aliases below -80 dB.
"""

import math

import numpy as np

from audiogen_cli.audio.waveform import Samples, Waveform
from audiogen_cli.errors import OptionError

MIN_RATE, MAX_RATE = 4_000, 192_000

_ZERO_CROSSINGS = 64  # on each side
_KAISER_BETA = 8.0


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
    for channel, sound in zip(samples, waveform.samples):
        changed = _change_rate(sound, waveform.sample_rate, rate)[:length]
        channel[: len(changed)] = changed
    return Waveform(samples, rate)


def _change_rate(sound: Samples, old: int, new: int) -> Samples:
    from scipy.signal import firwin, resample_poly

    common = math.gcd(old, new)
    up, down = new // common, old // common
    wide = max(up, down)
    taps = firwin(2 * _ZERO_CROSSINGS * wide + 1, 0.97 / wide, window=("kaiser", _KAISER_BETA)).astype(np.float32)
    changed: Samples = resample_poly(sound, up, down, window=taps).astype(np.float32)
    return changed
