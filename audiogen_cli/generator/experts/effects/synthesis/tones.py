"""Tones whose pitch moves: a phase that runs, sines with harmonics, a table of one period.

In: a pitch in Hz for each sample [S], gains of harmonics. Out: signals [S].
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, Track


def phase_of(hz: Track, n: int | None = None) -> Signal:
    """The running phase in radians of a tone whose pitch is `hz` [S] (or one number for n samples)."""
    track = np.asarray(hz, dtype=float) if n is None else np.broadcast_to(np.asarray(hz, dtype=float), (n,))
    return np.asarray(np.cumsum(track) * (2 * np.pi / SAMPLE_RATE))


def chirp(hz: Signal, harmonics: Sequence[float] = (1.0,)) -> Signal:
    """A tone gliding along `hz` [S] with harmonics of the given gains; those above hearing are left out."""
    if len(harmonics) == 1 and hz.max(initial=0.0) < 0.45 * SAMPLE_RATE:
        return np.asarray(harmonics[0] * np.sin(phase_of(hz)))
    turn = np.exp(1j * phase_of(hz))
    harmonic, highest = turn.copy(), float(hz.max(initial=0.0))
    out = np.zeros(hz.size)
    for k, gain in enumerate(harmonics, start=1):
        if k > 1:
            harmonic *= turn  # a third of the cost of another sine
        if gain:
            heard = 1.0 if highest * k < 0.45 * SAMPLE_RATE else hz * k < 0.45 * SAMPLE_RATE
            out += gain * harmonic.imag * heard
    return out


def buzz(hz: Signal, harmonics: Sequence[float]) -> Signal:
    """As `chirp` for many harmonics, by one table of a period: all sound, so the highest must stay in hearing."""
    at = np.arange(8193) * (2 * np.pi / 8192)
    table = sum(gain * np.sin(k * at) for k, gain in enumerate(harmonics, start=1))
    cycle = np.cumsum(hz) / SAMPLE_RATE
    return np.asarray(np.interp((cycle - np.floor(cycle)) * 8192, np.arange(8193), np.asarray(table)))
