"""Slow curves for synthesis: made at a control rate and drawn out to samples, so that they cost little.

In: times and levels. Out: [n] float32 at the experts' sample rate. No clicks: every curve that starts
or stops a sound does so over at least a millisecond.
"""

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

CONTROL_HOP = 64  # samples between two control points: 1.3 ms
_RAMP = (np.arange(CONTROL_HOP, dtype=np.float32) / CONTROL_HOP)[None, :]


def control_times(num_samples: int) -> NDArray[np.float64]:
    """The times of the control points that cover `num_samples`, in seconds."""
    return np.asarray(np.arange(num_samples // CONTROL_HOP + 2) * (CONTROL_HOP / SAMPLE_RATE), np.float64)


def drawn_out(control: NDArray[np.floating], num_samples: int) -> Samples:
    """Control points drawn out to samples by straight lines, [num_samples]."""
    points = control.astype(np.float32)
    lines = points[:-1, None] + (points[1:] - points[:-1])[:, None] * _RAMP
    return np.asarray(lines.ravel()[:num_samples], np.float32)


def adsr(
    num_samples: int, gate_s: float, *, attack_s: float, decay_s: float, sustain: float, release_s: float
) -> NDArray[np.float64]:
    """The classic four-stage envelope at control points; decay and release fall exponentially.

    The release is a time constant's worth: after `gate_s + 5 * release_s` it has died away.
    """
    times = control_times(num_samples)
    attack_s = max(attack_s, 0.001)
    rise = np.sin(0.5 * np.pi * np.clip(times / attack_s, 0.0, 1.0)) ** 2
    fall = sustain + (1.0 - sustain) * np.exp(-np.maximum(times - attack_s, 0.0) / max(decay_s, 1e-3))
    tail = np.exp(-np.maximum(times - gate_s, 0.0) / max(release_s, 2e-3))
    return np.asarray(rise * fall * tail)


def edged(samples: Samples, *, fade_in_s: float = 0.001, fade_out_s: float = 0.005) -> Samples:
    """The samples with both edges faded, in place; [n] or [2, n]."""
    total = samples.shape[-1]
    rise, fall = (min(max(int(edge * SAMPLE_RATE), 1), total) for edge in (fade_in_s, fade_out_s))
    samples[..., :rise] *= np.sin(np.linspace(0.0, np.pi / 2, rise, dtype=np.float32)) ** 2
    samples[..., total - fall :] *= np.cos(np.linspace(0.0, np.pi / 2, fall, dtype=np.float32)) ** 2
    return samples
