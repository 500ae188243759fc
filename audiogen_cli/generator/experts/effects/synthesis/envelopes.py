"""How loud, how high, how fast over time: decays, lines and curves of any length.

In: a length in samples and points of (share of the whole, value). Out: tracks [S].
"""

from collections.abc import Sequence

import numpy as np

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
    """As `line`, without corners: cubics that overshoot no point (PCHIP: Fritsch and Butland 1984)."""
    at, values = np.array(points, dtype=float).T
    gaps = np.diff(at)
    slopes = np.diff(values) / gaps
    through = _slopes_at_points(gaps, slopes)
    where = np.linspace(0, 1, n)
    left = np.clip(np.searchsorted(at, where, side="right") - 1, 0, gaps.size - 1)
    part = (where - at[left]) / gaps[left]
    bend, lean = through[left] + through[left + 1] - 2 * slopes[left], 3 * slopes[left] - 2 * through[left]
    lean -= through[left + 1]
    return np.asarray(values[left] + gaps[left] * part * (through[left] + part * (lean + part * bend)))


def _slopes_at_points(gaps: Signal, slopes: Signal) -> Signal:
    """At an inner point a weighted harmonic mean of both sides, 0 where it turns; at the ends a parabola's."""
    if slopes.size == 1:
        return np.repeat(slopes, 2)
    before, after = gaps[:-1] + 2 * gaps[1:], 2 * gaps[:-1] + gaps[1:]
    turns = slopes[:-1] * slopes[1:] <= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(turns, 0.0, (before + after) / (before / slopes[:-1] + after / slopes[1:]))
    return np.array([_end_slope(gaps, slopes), *inner, _end_slope(gaps[::-1], slopes[::-1])])


def _end_slope(gaps: Signal, slopes: Signal) -> float:
    slope = ((2 * gaps[0] + gaps[1]) * slopes[0] - gaps[0] * slopes[1]) / (gaps[0] + gaps[1])
    if slope * slopes[0] <= 0:
        return 0.0
    if slopes[0] * slopes[1] < 0 and abs(slope) > abs(3 * slopes[0]):
        return float(3 * slopes[0])
    return float(slope)


def fade_ends(x: Signal, in_s: float = 0.005, out_s: float = 0.02) -> Signal:
    """A sound that starts and ends in silence, by raised-cosine fades."""
    x = np.array(x, dtype=np.float64)
    for length_s, side in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        length = min(num_samples(length_s), x.size)
        x[side][:length] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)
    return x
