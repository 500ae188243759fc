"""What every other file of the bench speaks in: signals, their rate, seconds and decibels.

In and out: float64 arrays [S] at the experts' rate. Times are in seconds, levels in dB, pitches in Hz.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.generator.experts.sounding import SAMPLE_RATE as SAMPLE_RATE

Signal = NDArray[np.float64]

Track = Signal | float  # a value that may move: one number, or one for each sample (or frame)


def num_samples(duration_s: float) -> int:
    """Seconds to samples, at least one."""
    return max(1, round(duration_s * SAMPLE_RATE))


def seconds(n: int) -> Signal:
    """The time of each of n samples, in seconds."""
    return np.arange(n) / SAMPLE_RATE


def db(level_db: Any) -> Any:
    """Decibels to a factor."""
    return np.exp(np.asarray(level_db) * (np.log(10) / 20))  # a third of the cost of a power
