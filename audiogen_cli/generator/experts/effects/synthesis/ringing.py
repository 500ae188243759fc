"""Things that ring: modes struck, modes driven, and the force that strikes them.

In: modes as frequencies in Hz, ringing times (60 dB) in seconds and gains. Out: signals [S]. Which body has
which modes is told by `bodies` and the entries.
Source: van den Doel and Pai, "The Sounds of Physical Shapes" (1998), for modal banks.
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.filters import lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.noise import white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples

_STEP = 512  # samples


def modes(
    n: int,
    hz: Sequence[float] | Signal,
    t60_s: Sequence[float] | Signal,
    gains: Sequence[float] | Signal,
    rng: np.random.Generator | None = None,
) -> Signal:
    """A struck body: damped sines, one a mode; starting at zero, or at random phases where an `rng` is given."""
    out = np.zeros(n)
    for frequency, ring_s, gain in zip(hz, t60_s, gains):
        if frequency < 0.49 * SAMPLE_RATE:
            length = min(n, num_samples(1.3 * ring_s))  # 78 dB down: past hearing
            phase = 0.0 if rng is None else rng.uniform(0, 2 * np.pi)
            out[:length] += _damped_sine(length, frequency, ring_s, gain, phase)
    return out


def _damped_sine(n: int, hz: float, t60_s: float, gain: float, phase: float) -> Signal:
    """One mode as the imaginary part of exp(s t): the product of coarse and fine steps of t, a tenth of the cost."""
    s = (-6.9078 / t60_s + 2j * np.pi * hz) / SAMPLE_RATE
    coarse = gain * np.exp(1j * phase + s * np.arange(0, n, _STEP))[:, None]
    fine = np.exp(s * np.arange(_STEP))
    return np.asarray(coarse.real * fine.imag + coarse.imag * fine.real).reshape(-1)[:n]


def ring(
    x: Signal, hz: Sequence[float] | Signal, t60_s: Sequence[float] | Signal, gains: Sequence[float] | Signal
) -> Signal:
    """A body driven by x (noise, scraping, rain): its modes as two-pole filters in parallel."""
    out = np.zeros(x.size)
    for frequency, ring_s, gain in zip(hz, t60_s, gains):
        if frequency < 0.49 * SAMPLE_RATE:
            out += gain * resonate(x, frequency, 2.2 / ring_s)  # bandwidth = 6.9 / (pi t60)
    return out


def impact(n: int, rng: np.random.Generator, hardness_hz: float, length_s: float = 0.003) -> Signal:
    """The force of two bodies meeting: a short bump of noise, brighter the harder they are."""
    width = min(n, num_samples(length_s))
    heard = min(n, width + num_samples(4 / hardness_hz))  # what the filter rings on, 150 dB
    force = np.zeros(heard)
    force[:width] = white(width, rng) * np.hanning(width + 2)[1:-1]
    out = np.zeros(n)
    out[:heard] = lowpass(force, hardness_hz)
    return out
