"""A spoken line trimmed, brought to 48 kHz and to one loudness, so that turns of different voices match.

In: a line as a model or `shaping` gave it. Out: the line at the experts' rate, its voiced parts at one level,
edges faded. How loud speech lies in the scene is the business of the mix.
"""

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.filters import butterworth, filtered
from audiogen_cli.audio.resample import change_rate
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

LEVEL_DBFS = -20.0  # of the loud half of the frames, above 120 Hz
_PEAK = 0.98


def trim_silence(line: Samples, *, sample_rate: int) -> Samples:
    """Cut away what lies 46 dB below the loudest part at both ends, sparing 25 ms of onset and 60 ms of decay."""
    if not len(line):
        return line
    size = max(1, sample_rate // 100)
    frames = np.sqrt(np.mean(np.pad(line, (0, -len(line) % size)).reshape(-1, size).astype(np.float64) ** 2, axis=1))
    loud = np.flatnonzero(frames > 0.005 * frames.max(initial=0.0))
    if not len(loud):
        return line[:0]
    first, last = loud[0] * size - sample_rate // 40, (loud[-1] + 1) * size + sample_rate * 6 // 100
    return line[max(0, first) : last]


def level_voice(line: Samples, *, sample_rate: int) -> Samples:
    """The line at 48 kHz, its speaking parts at `LEVEL_DBFS`, peaks held below 1, edges faded."""
    sound: NDArray[np.float64] = change_rate(line.astype(np.float64), SAMPLE_RATE, sample_rate)
    weighted = filtered(butterworth(2, 120, "high", sample_rate=SAMPLE_RATE), sound)
    size = SAMPLE_RATE // 50
    power = np.mean(np.pad(weighted, (0, -len(weighted) % size)).reshape(-1, size) ** 2, axis=1)
    speaking = np.sort(power)[len(power) // 2 :]
    level = float(np.sqrt(speaking.mean())) if len(speaking) else 0.0
    if level > 0:
        sound *= 10 ** (LEVEL_DBFS / 20) / level
    sound = _hold_peaks(sound)
    edge = min(len(sound) // 4, SAMPLE_RATE // 100)
    sound[:edge] *= np.linspace(0, 1, edge)
    sound[len(sound) - 2 * edge :] *= np.cos(np.linspace(0, np.pi / 2, 2 * edge)) ** 2
    return sound.astype(np.float32)


def _hold_peaks(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bend only what exceeds half of full scale, smoothly, so that nothing passes it."""
    knee = 0.5
    over = np.abs(sound) > knee
    sound[over] = np.sign(sound[over]) * (
        knee + (_PEAK - knee) * np.tanh((np.abs(sound[over]) - knee) / (_PEAK - knee))
    )
    return sound
