"""Filters that stand still: Butterworth bands, one resonance, an impulse response.

In: a signal [S], frequencies in Hz. Out: a signal [S]. A filter that moves is `formants`.
"""

from typing import Any

import numpy as np
from scipy import signal

from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal


def lowpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth low-pass."""
    return _butter(x, hz, "lowpass", order)


def highpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth high-pass."""
    return _butter(x, hz, "highpass", order)


def bandpass(x: Signal, low_hz: float, high_hz: float, order: int = 2) -> Signal:
    """Butterworth band-pass."""
    return _butter(x, (low_hz, high_hz), "bandpass", order)


def _butter(x: Signal, hz: Any, kind: str, order: int) -> Signal:
    edges = np.clip(hz, 1.0, 0.49 * SAMPLE_RATE)
    return np.asarray(signal.sosfilt(signal.butter(order, edges, kind, fs=SAMPLE_RATE, output="sos"), x))


def resonate(x: Signal, hz: float, bandwidth_hz: float) -> Signal:
    """One two-pole resonance with unit gain at its peak."""
    radius = np.exp(-np.pi * bandwidth_hz / SAMPLE_RATE)
    angle = 2 * np.pi * hz / SAMPLE_RATE
    a = [1.0, -2 * radius * np.cos(angle), radius**2]
    gain = abs(np.polyval(a[::-1], np.exp(-1j * angle)))
    return np.asarray(signal.lfilter([gain], a, x))


def convolve(x: Signal, response: Signal) -> Signal:
    """x through an impulse response, by FFT, cut to x's length."""
    return np.asarray(signal.fftconvolve(x, response)[: x.size])
