"""Sums of decaying partials, the sound of everything plucked, struck or piped, at the price of one matrix product.

A partial is a complex exponential, and an exponential of a sum of times is a product: with the time
split into block start plus offset, a whole note is `[blocks, 2K] @ [2K, block]`. A piano note of a
hundred partials costs a millisecond a second. Modal synthesis: Adrien 1991, in "Representations of
Musical Signals"; the stiff string's partials: Fletcher, Blackham and Stratton 1962.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_BLOCK = 256
_HIGHEST_HZ = 18_000.0  # well under half the sample rate: no partial ever folds back


def decaying_partials(
    frequencies_hz: ArrayLike,
    amplitudes: ArrayLike,
    decays_s: ArrayLike,
    num_samples: int,
    *,
    phases: ArrayLike | None = None,
) -> Samples:
    """Sum of `amplitude * exp(-t / decay) * sin(2 pi f t + phase)`, [num_samples].

    Args:
        frequencies_hz, amplitudes: [K]; partials above 18 kHz are left out.
        decays_s: [K] time constants, in seconds; infinity holds.
        phases: [K] radians; zero where not given, so that a struck sound starts without a step.
    """
    frequencies, gains, decays = np.broadcast_arrays(
        np.asarray(frequencies_hz, np.float64), np.asarray(amplitudes, np.float64), np.asarray(decays_s, np.float64)
    )
    angles = np.broadcast_to(np.asarray(0.0 if phases is None else phases, np.float64), frequencies.shape)
    heard = (frequencies < _HIGHEST_HZ) & (np.abs(gains) > 1e-6)
    frequencies, gains, decays, angles = frequencies[heard], gains[heard], decays[heard], angles[heard]
    step = 2.0 * np.pi * frequencies / SAMPLE_RATE
    decay = 1.0 / (decays * SAMPLE_RATE)
    starts = (np.arange(-(-num_samples // _BLOCK)) * _BLOCK)[:, None]
    offsets = np.arange(_BLOCK)[:, None]
    coarse_angle, coarse_gain = starts * step + angles, gains * np.exp(-starts * decay)
    fine_angle, fine_gain = offsets * step, np.exp(-offsets * decay)
    coarse = np.concatenate([coarse_gain * np.sin(coarse_angle), coarse_gain * np.cos(coarse_angle)], axis=1)
    fine = np.concatenate([fine_gain * np.cos(fine_angle), fine_gain * np.sin(fine_angle)], axis=1)
    blocks = coarse.astype(np.float32) @ fine.astype(np.float32).T
    note: Samples = blocks.ravel()[:num_samples]
    return note


def stiff_string(frequency_hz: float, inharmonicity: float, *, up_to_hz: float, most: int) -> NDArray[np.float64]:
    """The partials of a stiff string, `k f sqrt(1 + B k^2)`, [K], below `up_to_hz` and no more than `most`."""
    order = np.arange(1, max(1, min(most, int(up_to_hz / frequency_hz))) + 1)
    return np.asarray(order * frequency_hz * np.sqrt(1.0 + inharmonicity * order**2))
