"""Filters that stand still: Butterworth bands, one resonance, an impulse response.

In: a signal [S], frequencies in Hz. Out: a signal [S]. A filter that moves is `formants`.
"""

from typing import Any, Literal

import numpy as np

from audiogen_cli.audio.filters import Sections, butterworth, convolved, filtered, resonance
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal


def lowpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth low-pass."""
    return _butter(x, hz, "low", order)


def highpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth high-pass."""
    return _butter(x, hz, "high", order)


def bandpass(x: Signal, low_hz: float, high_hz: float, order: int = 2) -> Signal:
    """Butterworth band-pass."""
    return _butter(x, (low_hz, high_hz), "band", order)


def _butter(x: Signal, hz: Any, kind: Literal["low", "high", "band"], order: int) -> Signal:
    return through(butterworth(order, np.clip(hz, 1.0, 0.49 * SAMPLE_RATE), kind, sample_rate=SAMPLE_RATE), x)


def resonate(x: Signal, hz: float, bandwidth_hz: float) -> Signal:
    """One two-pole resonance with unit gain at its peak."""
    return through(resonance(hz, bandwidth_hz, sample_rate=SAMPLE_RATE), x)


def through(sections: Sections, x: Signal) -> Signal:
    """x through second-order sections, reckoned in single precision: 130 dB is enough for a sound."""
    return filtered(sections, x.astype(np.float32)).astype(np.float64)


def convolve(x: Signal, response: Signal) -> Signal:
    """x through an impulse response, cut to x's length."""
    return np.asarray(convolved(x, response)[: x.size])
