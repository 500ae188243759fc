"""Keeps the words of a scene in front: where they are spoken, and what of all else steps back there, band by band.

In: the layer of words and the other layers as they lie in the mix. Out: the others with just so much less in each
band and moment as the words need. A rain keeps its lows and its hiss while somebody speaks and loses the band
in which the words live; a murmur, made of voices itself, loses more; and a door that falls shut on a word
is held for as long as it lasts. How loud a role is to begin with is told in `levels`.
Source: ANSI S3.5-1997, the Speech Intelligibility Index: a band serves in full where the words' level exceeds the
noise by 15 dB, and the octaves from 500 Hz to 4 kHz carry 83 % of it. Dynamic equalising with a side chain,
as dialogue is mixed.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.loudness import gated_lufs, k_weighted
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_CENTRES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)  # what lies below carries no words
_CLEARANCE_DB = (10.0, 15.0, 17.0, 17.0, 15.0, 8.0)  # of the words over all else, in each of these octaves
_LEAST_CUT_DB = 0.5  # less is not worth the work
_MOST_CUT_DB = 15.0  # more would be heard as a hole
_LEAST_UNDER_LU = 14.0  # all the rest together lies at least this far below the words while they are spoken
_MOST_BETWEEN_LU = -1.0  # and between them is no louder than they are
_SIZE, _HOP = 2048, 1024  # of the spectra: 43 ms, shorter than a syllable
_TURN_S = 1.2  # over which the level of words is taken: a whisper is not protected by the shout that follows
_MASK_S = 0.12  # over which what lies on them is
_RAMP_S = 0.25  # in which it steps back and returns


def words_spoken(speech: Samples, *, ramp_s: float = 0.3, bridge_s: float = 0.5) -> Samples:
    """Where words are spoken: 1 there, 0 elsewhere, with ramps that are up before a word begins, [S].

    Args:
        speech: the dry speech of a scene, [S].
        ramp_s: how long the others take to step back and to return.
        bridge_s: pauses shorter than this do not count as silence.
    """
    from scipy.ndimage import binary_closing, binary_dilation

    cell = SAMPLE_RATE // 100
    count = max(1, -(-len(speech) // cell))
    power = np.square(np.pad(k_weighted(speech, SAMPLE_RATE), (0, count * cell - len(speech)))).reshape(count, cell)
    level = power.mean(axis=1)
    if not level.any():
        return np.zeros(len(speech), dtype=np.float32)
    spoken = level > np.percentile(level[level > level.max() * 1e-4], 70) * 10**-2.5
    margin = round(bridge_s * 100)
    spoken = binary_closing(np.pad(spoken, margin), np.ones(margin))[margin:-margin]
    ramp = max(1, round(ramp_s * 100))
    wide = binary_dilation(np.pad(spoken, ramp), np.ones(ramp | 1)).astype(np.float64)
    slope = np.hanning(ramp + 2)[1:-1]
    curve = np.convolve(wide, slope / slope.sum(), mode="same")[ramp:-ramp]
    at = (np.arange(count) + 0.5) * cell
    return np.interp(np.arange(len(speech)), at, curve).astype(np.float32)


def put_words_first(speech: Samples, others: Sequence[Samples], spoken: Samples) -> None:
    """Make room for the words in all other layers, changed in place, however much sounds there.

    Args:
        speech, others: the layer of words and each other one as they lie in the mix, [C, S].
        spoken: where words are spoken, from `words_spoken`, [S].
    """
    if not others or not speech.any():
        return
    cut = _cut_db(_octave_powers(speech), _octave_powers(_sum(others)), spoken)
    if cut.max() > _LEAST_CUT_DB:
        gains = _bin_gains(cut)
        for channel in (channel for sound in others for channel in sound):
            channel[:] = _filtered(channel, gains)
    held = _held(speech, _sum(others), spoken)
    for sound in others:
        sound *= held


def _held(speech: Samples, others: Samples, spoken: Samples) -> Samples:
    """The gain over time, [S], that holds everything else below the words by its loudness."""
    words = gated_lufs(speech, SAMPLE_RATE)
    under = gated_lufs(others * spoken, SAMPLE_RATE)
    between = gated_lufs(others * (1 - spoken), SAMPLE_RATE)
    everywhere = max(0.0, between - words - _MOST_BETWEEN_LU) if math.isfinite(between) else 0.0
    deeper = max(0.0, under - everywhere - words + _LEAST_UNDER_LU) if math.isfinite(under) else 0.0
    gain: Samples = np.exp((spoken * np.float32(deeper) + np.float32(everywhere)) * np.float32(-math.log(10) / 20))
    return gain


def _cut_db(words: Samples, others: Samples, spoken: Samples) -> Samples:
    """How far each octave has to step back at each moment; powers and result [T, octaves]."""
    from scipy.ndimage import convolve1d, maximum_filter1d, uniform_filter1d

    turn, mask, ramp = (max(1, round(seconds * SAMPLE_RATE / _HOP)) for seconds in (_TURN_S, _MASK_S, _RAMP_S))
    words = maximum_filter1d(uniform_filter1d(words, turn, axis=0), turn, axis=0)
    others = uniform_filter1d(others, mask, axis=0)
    over_db = 10 * np.log10(np.maximum(others, 1e-12) / np.maximum(words, 1e-12)) + np.array(
        _CLEARANCE_DB, dtype=np.float32
    )
    while_spoken = np.pad(spoken, (0, _HOP))[: len(over_db) * _HOP : _HOP]
    cut = np.clip(over_db, 0, _MOST_CUT_DB) * while_spoken[: len(over_db), None]
    slope = np.hanning(ramp + 2)[1:-1]
    smooth: Samples = convolve1d(maximum_filter1d(cut, ramp, axis=0), slope / slope.sum(), axis=0, mode="nearest")
    return smooth.astype(np.float32)


def _octave_powers(sound: Samples) -> Samples:
    """Power in each octave at each moment, all channels together, [T, octaves]."""
    edges = np.searchsorted(_bins_hz(), [centre / math.sqrt(2) for centre in (*_CENTRES_HZ, 2 * _CENTRES_HZ[-1])])
    power = sum(np.square(np.abs(_spectra(channel))) for channel in sound)
    octaves: Samples = np.add.reduceat(power, edges, axis=1)[:, :-1]
    return octaves


def _bin_gains(cut_db: Samples) -> Samples:
    """Linear gains of all bins, [T, bins], from the cuts at the octaves' centres."""
    octave = np.log2(np.maximum(_bins_hz(), 1.0) / _CENTRES_HZ[0]) + 1  # 0 is an octave below the first: untouched
    steps = np.pad(cut_db, ((0, 0), (1, 0)))
    low = np.clip(np.floor(octave).astype(int), 0, len(_CENTRES_HZ) - 1)
    part = np.clip(octave - low, 0, 1).astype(np.float32)
    gains: Samples = np.exp((steps[:, low] * (1 - part) + steps[:, low + 1] * part) * np.float32(-math.log(10) / 20))
    return gains


def _filtered(channel: Samples, gains: Samples) -> Samples:
    """A channel [S] through gains that change over time, by overlapping windows whose squares sum to 1."""
    from scipy.fft import irfft

    frames = irfft(_spectra(channel) * gains, n=_SIZE, axis=1) * _window()
    out = np.zeros((len(frames) + 1) * _HOP, dtype=np.float32)
    out[: len(frames) * _HOP] += frames[:, :_HOP].ravel()
    out[_HOP:] += frames[:, _HOP:].ravel()
    filtered: Samples = out[_HOP : _HOP + len(channel)]
    return filtered


def _spectra(channel: Samples) -> NDArray[np.complex64]:
    """Short-time spectra, [T, bins]; the moment T lies at sample T * `_HOP`."""
    from scipy.fft import rfft

    count = -(-len(channel) // _HOP) + 1
    padded = np.pad(channel, (_HOP, (count + 1) * _HOP - _HOP - len(channel)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _SIZE)[::_HOP] * _window()
    return np.asarray(rfft(frames, axis=1), dtype=np.complex64)


def _window() -> Samples:
    return np.asarray(np.sin(np.pi * (np.arange(_SIZE) + 0.5) / _SIZE), dtype=np.float32)


def _bins_hz() -> Samples:
    return np.asarray(np.arange(_SIZE // 2 + 1) * (SAMPLE_RATE / _SIZE), dtype=np.float32)


def _sum(sounds: Sequence[Samples]) -> Samples:
    total: Samples = np.sum(sounds, axis=0, dtype=np.float32)
    return total
