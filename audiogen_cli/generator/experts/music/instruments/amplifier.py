"""The guitar amplifier: a tight low end, a valve that limits, and what it does to a chord.

In: a part [1, S] or [2, S] and how hard it is driven. Out: the same part driven. The limiter is a tanh whose aliases
are kept down by its antiderivative instead of by a higher rate (Parker, Zavalishin and Le Bivic 2016, DAFx: the mean
of the curve over the step between two samples). The loudspeaker that follows is drawn by `colour`.
"""

import numpy as np

from audiogen_cli.audio.filters import butterworth, filtered
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_BIAS = 0.15  # a little lopsided, as valves are
_STILL = 1e-3  # below this step the mean of the curve is the curve


def driven(bus: Samples, drive: float, tight_hz: float = 0.0) -> Samples:
    """Drive a part into a soft limiter.

    Args:
        bus: what differs between the ears stays as it is, beside the limited middle.
        drive: gain against the part's peak.
        tight_hz: below this the limiter is driven ever less (6 dB an octave), so that low strings stay clear in chords.
    """
    mid = bus.mean(axis=0)
    if tight_hz:
        mid = filtered(butterworth(1, tight_hz, "high", sample_rate=SAMPLE_RATE), mid)
    peak = float(np.abs(mid).max(initial=0.0))
    if peak == 0.0:
        return bus
    limited = _limited(mid * np.float32(drive / peak) + np.float32(_BIAS)) - np.float32(np.tanh(_BIAS))
    if bus.shape[0] == 1:
        return np.asarray(limited[None])
    side = (bus[0] - bus[1]) * np.float32(0.5 / peak)
    return np.stack([limited + side, limited - side])


def _limited(level: Samples) -> Samples:
    """The mean of tanh over every step from one sample to the next, [S]."""
    size = np.abs(level)
    over = np.log(np.float32(1.0) + np.exp(np.float32(-2.0) * size))  # log cosh is size + over, but for a constant
    step = np.diff(level, prepend=level[:1])
    still = np.abs(step) < _STILL
    rise = np.diff(size, prepend=size[:1]) + np.diff(over, prepend=over[:1])
    limited = rise / np.where(still, np.float32(1.0), step)
    limited[still] = np.tanh(level[still])
    return np.asarray(limited, np.float32)
