"""How loud a waveform is, and bringing it to a level without clipping.

In: a `Waveform`. Out: integrated loudness in LUFS, true peak in dBTP, or the waveform at a target
loudness, held under a ceiling by a look-ahead limiter. Guards what the standard leaves open: clips
shorter than one 0.4 s block are measured as one block of their own length, silence is -inf and stays silence.
Source: ITU-R BS.1770-5 and EBU R 128; the filters' analogue form after Brecht De Man (2018), for any sample rate.
"""

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.filters import Sections, filtered
from audiogen_cli.audio.waveform import Samples, Waveform

TARGET_LUFS = -18.0
"""The programme loudness of every clip: speech and music sit there without heavy limiting, and laptops reach it."""

CEILING_DBTP = -1.0
"""True peak that no clip exceeds, so that lossy formats and converters have room."""

_BLOCK_S = 0.4  # the standard's gating block, and its overlap: a quarter of it is one cell
_CELLS = 4
_ABSOLUTE_GATE_LUFS = -70.0
_OVERSAMPLING = 4
_TAPS_EACH_SIDE = 6
_CELL_S = 0.001  # time step of the limiter's gain
_PACES = (
    (0.005, 0.08),
    (0.001, 0.004),
)  # look-ahead and release in s; the second for lone clicks, which else stay soft
_MARGIN_DB = 0.1  # what a moving gain may add between the samples
_CLOSE_LU = 0.1
_MAX_PASSES = 10
_MOST_DRIVE_DB = 40.0
_NEAR_LU = 0.7
_HIGHEST_CORNER = 0.45  # of the head filter, against the rate
_HIGHEST_LOW_CUT = 0.1  # the standard's form of it has unit gain only far above its corner


def integrated_lufs(waveform: Waveform) -> float:
    """Gated programme loudness in LUFS; -inf for silence and for nothing at all."""
    return gated_lufs(waveform.samples, waveform.sample_rate)


def true_peak_dbtp(waveform: Waveform) -> float:
    """Highest level between the samples, in dB against full scale; -inf for silence."""
    peak = float(_cell_peaks(waveform).max(initial=0.0))
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def normalise_loudness(
    waveform: Waveform, target_lufs: float = TARGET_LUFS, ceiling_dbtp: float = CEILING_DBTP
) -> Waveform:
    """The waveform at a loudness with no true peak above the ceiling; silence comes back as it is."""
    gain = levelling_gain(waveform, target_lufs, ceiling_dbtp)
    return waveform if gain is None else Waveform(waveform.samples * gain, waveform.sample_rate)


def levelling_gain(
    waveform: Waveform,
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    *,
    most_limiting_db: float = math.inf,
) -> Samples | None:
    """The gain over time that brings a waveform to a loudness, [S]; None where nothing is to be done.

    One gain for all channels, so that the picture does not move; the stems of a mix take it too and
    still sum to the mix. Where peaks stand in the way the limiter takes more of them, pass by pass,
    until the loudness is met or `most_limiting_db` is; then the waveform stays below it.
    """
    peaks = _cell_peaks(waveform)
    cells, length = _gating_cells(waveform.samples, waveform.sample_rate)
    loudness = _gated(cells, length)
    ceiling, limit = 10 ** ((ceiling_dbtp - _MARGIN_DB) / 20), 10 ** (ceiling_dbtp / 20)
    if not math.isfinite(loudness):
        return None
    if abs(loudness - target_lufs) <= _CLOSE_LU and float(peaks.max()) <= limit:
        return None
    highest = float(peaks.max())
    most_drive_db = min(_MOST_DRIVE_DB, 20 * math.log10(ceiling / highest) + most_limiting_db) if highest else 0.0
    for pace in _PACES:
        drive_db = min(target_lufs - loudness, most_drive_db)
        for _ in range(_MAX_PASSES):
            drive = 10 ** (drive_db / 20)
            limited = float(peaks.max()) * drive > ceiling
            if limited:
                gain = (drive * _limiting_gain(peaks * drive, ceiling, waveform, pace)).astype(np.float32)
            else:
                gain = np.full(waveform.num_samples, drive, dtype=np.float32)
            levelled = Waveform(waveform.samples * gain, waveform.sample_rate)
            reached = integrated_lufs(levelled) if limited else _gated(cells * drive**2, length)
            missing = target_lufs - reached  # the gate lets other blocks through at another level
            if abs(missing) <= _CLOSE_LU or (missing > 0 and drive_db >= most_drive_db):
                break
            drive_db = min(drive_db + missing, most_drive_db)
        if abs(missing) < _NEAR_LU:
            break
    over = float(_cell_peaks(levelled).max()) if limited else 0.0
    return gain if over <= limit else gain * np.float32(limit / over * 0.9999)


def gated_lufs(samples: NDArray[Any], sample_rate: int) -> float:
    """Loudness of samples [S] or [C, S]: the mean over blocks of 0.4 s that are not pauses; -inf for silence."""
    return _gated(*_gating_cells(samples, sample_rate))


def _gated(cells: NDArray[np.float64], length: int) -> float:
    """Loudness of the blocks of four cells that pass the absolute and the relative gate."""
    blocks = (
        np.convolve(cells, np.ones(_CELLS), mode="valid") / length if len(cells) >= _CELLS else cells.sum() / length
    )
    blocks = np.atleast_1d(blocks)
    blocks = blocks[blocks > 10 ** ((_ABSOLUTE_GATE_LUFS + 0.691) / 10)]
    if not len(blocks):
        return -math.inf
    return -0.691 + 10 * math.log10(float(blocks[blocks > 0.1 * blocks.mean()].mean()))


def mean_lufs(samples: NDArray[Any], sample_rate: int) -> float:
    """Loudness of the mean power of samples [S] or [C, S], pauses and all; -inf for silence."""
    cells, length = _gating_cells(samples, sample_rate)
    power = float(cells.mean()) * _CELLS / length
    return -0.691 + 10 * math.log10(power) if power > 1e-14 else -math.inf


def loudest_lufs(samples: NDArray[Any], sample_rate: int, *, window_s: float = _BLOCK_S) -> float:
    """Loudness of the loudest `window_s` of a single sound, [S] or [C, S]; what a listener takes for its level."""
    channels = np.atleast_2d(samples)
    around = round(window_s * sample_rate)
    cells, length = _power_cells(np.pad(channels, ((0, 0), (around // 2, around))), sample_rate, around)
    level = float(np.convolve(cells, np.ones(_CELLS), mode="valid").max(initial=0.0)) / length
    return -0.691 + 10 * math.log10(level) if level > 1e-14 else -math.inf


def k_weighted(samples: NDArray[Any], sample_rate: int) -> Samples:
    """Samples [.., S] through the head and low-cut filters of BS.1770."""
    if samples.shape[-1] == 0:
        return np.asarray(samples, dtype=np.float32)
    return filtered(_k_sections(sample_rate), np.asarray(samples, dtype=np.float32))


def _gating_cells(samples: NDArray[Any], sample_rate: int) -> tuple[NDArray[np.float64], int]:
    return _power_cells(samples, sample_rate, round(_BLOCK_S * sample_rate))


def _power_cells(samples: NDArray[Any], sample_rate: int, block: int) -> tuple[NDArray[np.float64], int]:
    """Weighted energy over all channels in quarters of a block, and the block's length; a short sound is one block."""
    channels = np.atleast_2d(np.asarray(samples, dtype=np.float32))
    length = channels.shape[1]
    cell = max(1, min(block, length) // _CELLS)
    count = max(1, length // cell)
    cells = np.zeros(count)
    for channel in channels:
        weighted = k_weighted(channel, sample_rate)[: count * cell]
        if len(weighted) == count * cell:
            cells += np.einsum("cs,cs->c", *[weighted.reshape(count, cell)] * 2, dtype=np.float64)
    return cells, cell * _CELLS


def _cell_peaks(waveform: Waveform) -> NDArray[np.float64]:
    """Highest magnitude between the samples in each millisecond, over all channels."""
    cell = _cell(waveform.sample_rate)
    count = max(1, -(-waveform.num_samples // cell))
    highest = np.zeros(count * cell, dtype=np.float32)
    for channel in waveform.samples:
        part = highest[: len(channel)]
        np.maximum(part, np.abs(channel), out=part)
        for taps in _between_taps() if len(channel) > 2 * _TAPS_EACH_SIDE else ():
            np.maximum(part, np.abs(np.convolve(channel, taps, mode="same")), out=part)
    return np.asarray(highest.reshape(count, cell).max(axis=1), dtype=np.float64)


@cache
def _between_taps() -> tuple[Samples, ...]:
    """Filters that read a signal at three points between its samples, the phases of a windowed sinc."""
    offsets = np.arange(-_TAPS_EACH_SIDE, _TAPS_EACH_SIDE + 1)
    phases = []
    for phase in range(1, _OVERSAMPLING):
        at = offsets - phase / _OVERSAMPLING
        inside = np.clip(1 - (at / (_TAPS_EACH_SIDE + 1)) ** 2, 0, None)
        phases.append((np.sinc(at) * np.i0(5.0 * np.sqrt(inside)) / np.i0(5.0)).astype(np.float32))
    return tuple(phases)


def _limiting_gain(
    peaks: NDArray[np.float64], ceiling: float, waveform: Waveform, pace: tuple[float, float]
) -> NDArray[np.float64]:
    """Gain at most 1 that keeps every cell under the ceiling: falls ahead of a peak, rises slowly after it, [S]."""
    from scipy.ndimage import minimum_filter1d

    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-12))
    keep = math.exp(-_CELL_S / pace[1])
    held, level = np.empty_like(needed), 1.0
    for at, need in enumerate(needed.tolist()):
        level = min(need, 1.0 - (1.0 - level) * keep)
        held[at] = level
    ahead = round(pace[0] / _CELL_S)
    lowest = minimum_filter1d(held, 2 * ahead + 3, mode="nearest")  # one cell wider than the smoothing on each side
    slope = np.hanning(2 * ahead + 3)[1:-1]
    smooth = np.convolve(np.pad(lowest, ahead, mode="edge"), slope / slope.sum(), mode="valid")
    cell = _cell(waveform.sample_rate)
    centres = (np.arange(len(smooth)) + 0.5) * cell
    gain: NDArray[np.float64] = np.interp(np.arange(waveform.num_samples), centres, smooth)
    return gain


def _cell(sample_rate: int) -> int:
    return max(1, round(_CELL_S * sample_rate))


def _k_sections(sample_rate: int) -> Sections:
    """The two biquads of BS.1770 for any rate, by the bilinear transform of their analogue form.

    One whose corner a low rate does not hold is left out: what it would change is not in such a sound.
    """
    sections = []
    if (corner_hz := 1681.974450955533) < _HIGHEST_CORNER * sample_rate:
        shelf = math.tan(math.pi * corner_hz / sample_rate)
        high, q = 10 ** (3.999843853973347 / 20), 0.7071752369554196
        band = high**0.4996667741545416
        a0 = 1 + shelf / q + shelf**2
        sections.append(
            [
                (high + band * shelf / q + shelf**2) / a0,
                2 * (shelf**2 - high) / a0,
                (high - band * shelf / q + shelf**2) / a0,
                1.0,
                2 * (shelf**2 - 1) / a0,
                (1 - shelf / q + shelf**2) / a0,
            ]
        )
    if (corner_hz := 38.13547087602444) < _HIGHEST_LOW_CUT * sample_rate:
        cut, q = math.tan(math.pi * corner_hz / sample_rate), 0.5003270373238773
        a0 = 1 + cut / q + cut**2
        sections.append([1.0, -2.0, 1.0, 1.0, 2 * (cut**2 - 1) / a0, (1 - cut / q + cut**2) / a0])
    return np.array(sections or [[1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
