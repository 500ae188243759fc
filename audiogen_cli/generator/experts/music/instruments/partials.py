"""Sums of decaying partials, the sound of everything plucked, struck or piped, at the price of one matrix product.

A partial is a complex exponential, and an exponential of a sum of times is a product: with the time
split into block start plus offset, a whole note is `[blocks, 2K] @ [2K, block]`, and only partials that still
sound are summed. A piano note of a hundred partials costs a millisecond a second. Modal synthesis: Adrien 1991,
in "Representations of Musical Signals"; the stiff string's partials: Fletcher, Blackham and Stratton 1962.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_BLOCK = 256
_HIGHEST_HZ = 18_000.0  # well under half the sample rate: no partial ever folds back
_FAINTEST = 4e-4  # against the strongest partial: 68 dB down is not heard beside it
_FEW = 48  # partials that are not worth parting by how long they live


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
    heard = (frequencies < _HIGHEST_HZ) & (np.abs(gains) > _FAINTEST * np.abs(gains).max(initial=0.0))
    if not heard.any():
        return np.zeros(num_samples, np.float32)
    frequencies, gains, decays, angles = frequencies[heard], gains[heard], decays[heard], angles[heard]
    num_blocks = -(-num_samples // _BLOCK)
    last = _last_blocks(gains, decays, num_blocks)
    order = np.argsort(-last)
    frequencies, gains, decays, angles, last = (given[order] for given in (frequencies, gains, decays, angles, last))
    growth = (2j * np.pi * frequencies - 1.0 / decays) / SAMPLE_RATE
    turn = growth.astype(np.complex128)  # the exponent's growth in a sample, [K]
    starts = _powers(turn * _BLOCK, num_blocks) * (gains * np.exp(1j * angles)).astype(np.complex64)
    offsets = _powers(turn, _BLOCK)
    # the imaginary part of start times offset, as one product of reals: [re im] by [im re]
    coarse, fine = starts.view(np.float32), (1j * offsets.conj()).astype(np.complex64).view(np.float32)
    note = np.empty((num_blocks, _BLOCK), np.float32)
    first = 0
    for end in (num_blocks // 16, num_blocks // 6, num_blocks // 2, num_blocks) if last.size > _FEW else (num_blocks,):
        alive = 2 * int(np.count_nonzero(last >= first))
        np.matmul(coarse[first:end, :alive], fine[:, :alive].T, out=note[first:end])
        first = end
    samples: Samples = note.ravel()[:num_samples]
    return samples


def _last_blocks(gains: NDArray[np.float64], decays: NDArray[np.float64], num_blocks: int) -> NDArray[np.float64]:
    """The block in which each partial falls below the faintest, [K]."""
    lives_s = decays * np.log(np.abs(gains) / (_FAINTEST * np.abs(gains).max()))
    return np.asarray(np.minimum(lives_s * SAMPLE_RATE / _BLOCK, num_blocks), np.float64)


def _powers(exponents: NDArray[np.complex128], count: int) -> NDArray[np.complex64]:
    """exp(exponent * k) for k below `count`, [count, K], by the same splitting once more."""
    root = int(np.ceil(np.sqrt(count)))
    # the angles need double precision, their products on the circle do not
    fine = np.exp(np.arange(root)[:, None] * exponents).astype(np.complex64)
    coarse = np.exp((np.arange(-(-count // root)) * root)[:, None] * exponents).astype(np.complex64)
    return np.asarray((coarse[:, None, :] * fine[None, :, :]).reshape(-1, exponents.size)[:count])


def stiff_string(frequency_hz: float, inharmonicity: float, *, up_to_hz: float, most: int) -> NDArray[np.float64]:
    """The partials of a stiff string, `k f sqrt(1 + B k^2)`, [K], below `up_to_hz` and no more than `most`."""
    order = np.arange(1, max(1, min(most, int(up_to_hz / frequency_hz))) + 1)
    return np.asarray(order * frequency_hz * np.sqrt(1.0 + inharmonicity * order**2))
