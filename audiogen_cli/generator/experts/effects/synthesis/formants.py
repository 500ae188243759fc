"""Resonances that move: a mouth, a howling gap, anything whose colour changes while it sounds.

In: a signal [S], resonances as (Hz, bandwidth in Hz, gain in dB), each a number or a track. Out: a signal [S].
Voices stand in `throat`; resonances that stay where they are, one by one, in `filters`.
Source: Klatt (1980) for the cascade and parallel forms.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from audiogen_cli.generator.experts.effects.synthesis.filters import through
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, Track, db

_FRAME, _HOP = 1024, 256  # 21 ms windows, 5 ms steps, the pace at which mouths move


def formant_filter(x: Signal, formants: Sequence[tuple[Track, Track, float]], *, parallel: bool = False) -> Signal:
    """A sound through a mouth that moves: resonances (Hz, bandwidth in Hz, gain in dB), numbers or tracks [S].

    In cascade (a vowel; gains are ignored, as in a tube they follow from the frequencies) or in
    parallel (noises, calls: the gains count). The filter is set anew every 5 ms, by short Fourier transforms.
    """
    if not any(np.ndim(value) for hz, width, _ in formants for value in (hz, width)):
        return _still_filter(x, formants, parallel)
    frames = -(-x.size // _HOP) + _FRAME // _HOP
    delay = np.exp(-2j * np.pi * np.arange(_FRAME // 2 + 1) / _FRAME).astype(np.complex64)  # z to the -1, a bin
    response = np.zeros((frames, delay.size), dtype=np.complex64)
    poles, gains = np.ones_like(response), np.ones((frames, 1), dtype=np.float32)
    for hz, bandwidth, gain_db in formants:
        parts = _pole(_per_frame(hz, frames), _per_frame(bandwidth, frames), parallel)
        a1, a2, gain = (part[:, None] for part in parts)
        pole = 1 + (a1.astype(np.float32) + a2.astype(np.float32) * delay) * delay
        if parallel:
            response += (db(gain_db) * gain).astype(np.float32) / pole
        else:
            poles *= pole  # divided once: a division costs four products
            gains *= gain.astype(np.float32)
    if not parallel:
        np.divide(gains, poles, out=response)
    return _filter_frames(x, response)


def _still_filter(x: Signal, formants: Sequence[tuple[Track, Track, float]], parallel: bool) -> Signal:
    sections = []
    for hz, bandwidth, _ in formants:
        a1, a2, gain = (float(part) for part in _pole(np.asarray(hz), np.asarray(bandwidth), parallel))
        sections.append([gain, 0.0, 0.0, 1.0, a1, a2])
    if not parallel:
        return through(np.array(sections), x)
    levels = (db(gain_db) for _, _, gain_db in formants)
    return np.asarray(sum(level * through(np.array([section]), x) for level, section in zip(levels, sections)))


def _pole(hz: Signal, bandwidth: Signal, parallel: bool) -> tuple[Signal, Signal, Signal]:
    """The coefficients of a resonance; unit gain at its peak (parallel), or at 0 Hz (Klatt's cascade)."""
    radius = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
    angle = 2 * np.pi * np.minimum(hz / SAMPLE_RATE, 0.49)
    a1, a2 = -2 * radius * np.cos(angle), radius**2
    gain = (1 - radius) * np.abs(1 - radius * np.exp(-2j * angle)) if parallel else 1 + a1 + a2
    return a1, a2, gain


def _filter_frames(x: Signal, response: NDArray[np.complex64]) -> Signal:
    frames, overlap, lead = response.shape[0], _FRAME // _HOP, _FRAME - _HOP
    frames = -(-frames // overlap) * overlap
    response = response[np.minimum(np.arange(frames), response.shape[0] - 1)]
    window = np.hanning(_FRAME + 1)[:-1].astype(np.float32)
    padded = np.zeros(frames * _HOP + _FRAME, dtype=np.float32)
    padded[lead : lead + x.size] = x
    pieces = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[::_HOP][:frames] * window
    pieces = fft.irfft(fft.rfft(pieces, axis=1) * response, axis=1) * window  # windowed again: hides what wraps around
    out = np.zeros(padded.size + _FRAME)
    for step in range(overlap):
        block = pieces[step::overlap].reshape(-1)
        out[step * _HOP : step * _HOP + block.size] += block
    return np.asarray(out[lead : lead + x.size] / 1.5)


def _per_frame(value: Track, frames: int) -> Signal:
    if np.ndim(value) == 0:
        return np.full(frames, float(value))
    track = np.asarray(value, dtype=float)
    return np.asarray(track[np.clip(np.arange(frames) * _HOP - _HOP, 0, track.size - 1)])  # a frame's middle


def moving_resonance(x: Signal, hz: Signal, q: Track) -> Signal:
    """A resonance whose centre moves with `hz` [S] (a howling wind); unit gain at the peak."""
    return formant_filter(x, [(hz, hz / q, 0.0)], parallel=True)
