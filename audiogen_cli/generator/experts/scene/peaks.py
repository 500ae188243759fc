"""Short sounds brought near by their body instead of by their peak, so that the limiter leaves their attack alone.

In: a dry effect and its level. Out: the effect with what follows its attack raised, and the highest gain at which it
may enter the mix. A knock or a key is over in some milliseconds: to be as loud as programme it would have to stand
far beyond full scale. What a mastering engineer does is done here: compression from below (the peak stays as it is,
what lies under it comes up, at most 2:1), then a limit to what the limiter may take; what a sound still lacks
then, it lacks, and the scene is told to be bound by its peaks.
Source: Katz, Mastering Audio (2007), on upward and parallel compression and on limiting by a few dB at most.
"""

import math

import numpy as np

from audiogen_cli.audio.loudness import CEILING_DBTP, TARGET_LUFS
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

MOST_LIMITING_DB = 6.0
"""What the limiter may take of a peak as it enters the mix: more, and a click becomes a dull tok."""

MOST_LEVELLING_DB = 14.0
"""What it may take in levelling a scene of effects alone: more, and a pause's quiet is raised to a roar."""

LACKING_LU = 0.5
"""What a scene that its short sounds hold under its loudness may lack before it counts as too soft, and says so."""

_CREST_DB = CEILING_DBTP + MOST_LIMITING_DB - TARGET_LUFS  # of a peak over the sound's loudness, as the mix can hold it
_MOST_RAISE_DB = 12.0
_KNEE_DB = 24.0  # below the peak: from there on all is raised in full; with the most raise this is 2:1
_CELL = SAMPLE_RATE // 1000
_HOLD = 6  # cells, on each side: a low tone does not modulate itself and nothing is raised ahead of an attack


def brought_near(samples: Samples, level_lufs: float) -> Samples:
    """The sound with its body raised as far as its crest asks for it; one of moderate crest comes back as it is.

    Args:
        samples: a dry effect, [S] or [C, S].
        level_lufs: its loudness, which lies far below its peak if it is short.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    if peak == 0 or not math.isfinite(level_lufs):
        return samples
    lacking_db = 20 * math.log10(peak) - level_lufs - _CREST_DB
    if lacking_db <= 0.5:
        return samples
    raise_db = min(2 * lacking_db, _MOST_RAISE_DB)  # twice that, for the peak itself does not rise
    depth_db = -20 * np.log10(np.maximum(_held_peaks(samples) / peak, 1e-6))
    slope = np.hanning(_HOLD + 2)[1:-1]
    gain_db = np.convolve(raise_db * np.clip(depth_db / _KNEE_DB, 0, 1), slope / slope.sum(), mode="same")
    centres = (np.arange(len(gain_db)) + 0.5) * _CELL
    gain = np.exp(np.interp(np.arange(samples.shape[-1]), centres, gain_db) * (math.log(10) / 20))
    near: Samples = samples * gain.astype(np.float32)
    return near


def highest_gain(samples: Samples) -> float:
    """The linear gain beyond which the limiter would have to take too much of the sound; infinite for silence."""
    peak = float(np.abs(samples).max(initial=0.0))
    return math.inf if peak == 0 else 10 ** ((CEILING_DBTP + MOST_LIMITING_DB) / 20) / peak


def _held_peaks(samples: Samples) -> Samples:
    """Highest magnitude around each millisecond, over all channels."""
    highest = np.abs(np.atleast_2d(samples)).max(axis=0)
    count = -(-len(highest) // _CELL)
    cells = np.pad(highest, (0, count * _CELL - len(highest))).reshape(count, _CELL).max(axis=1)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(cells, _HOLD), 2 * _HOLD + 1)
    held: Samples = around.max(axis=1)
    return held
