"""How loud, how high, how fast over time: decays, lines and curves of any length.

In: a length in samples and points of (share of the whole, value). Out: tracks [S].
"""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import PchipInterpolator

from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, num_samples, seconds


def decay(n: int, t60_s: float, attack_s: float = 0.0) -> Signal:
    """A strike's envelope: up in `attack_s`, then down 60 dB in `t60_s`."""
    t = seconds(n)
    rise = np.minimum(t / attack_s, 1.0) if attack_s > 0 else 1.0
    return np.asarray(np.exp(-6.9078 * np.maximum(t - attack_s, 0.0) / t60_s) * rise)


def line(n: int, points: Sequence[tuple[float, float]]) -> Signal:
    """Straight lines through points of (share of the whole 0 to 1, value): envelopes and pitch contours."""
    at, values = np.array(points, dtype=float).T
    return np.asarray(np.interp(np.linspace(0, 1, n), at, values))


def curve(n: int, points: Sequence[tuple[float, float]]) -> Signal:
    """As `line`, without corners (monotone cubic between the points)."""
    at, values = np.array(points, dtype=float).T
    return np.asarray(PchipInterpolator(at, values)(np.linspace(0, 1, n)))


def fade_ends(x: Signal, in_s: float = 0.005, out_s: float = 0.02) -> Signal:
    """A sound that starts and ends in silence, by raised-cosine fades."""
    x = np.array(x, dtype=np.float64)
    for length_s, side in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        length = min(num_samples(length_s), x.size)
        x[side][:length] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)
    return x
