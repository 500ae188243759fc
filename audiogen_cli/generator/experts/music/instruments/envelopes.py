"""Slow curves for synthesis: made at a control rate and drawn out to samples, so that they cost little.

In: times and levels. Out: [n] float32 at the experts' sample rate. No clicks: every curve that starts
or stops a sound does so over at least a millisecond.
"""

from functools import lru_cache

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


def opened(num_samples: int, *, attack_s: float, decay_s: float, sustain: float) -> NDArray[np.float64]:
    """The first stages of the classic envelope at control points: a rise, then an exponential fall to what is held.

    The last stage, the release, is `damped`.
    """
    times = control_times(num_samples)
    attack_s = max(attack_s, 0.001)
    rise = np.sin(0.5 * np.pi * np.clip(times / attack_s, 0.0, 1.0)) ** 2
    fall = sustain + (1.0 - sustain) * np.exp(-np.maximum(times - attack_s, 0.0) / max(decay_s, 1e-3))
    return np.asarray(rise * fall)


def edged(samples: Samples, *, fade_in_s: float = 0.001, fade_out_s: float = 0.005) -> Samples:
    """The samples with both edges faded, in place; [n] or [2, n]."""
    total = samples.shape[-1]
    rise, fall = (min(max(int(edge * SAMPLE_RATE), 1), total) for edge in (fade_in_s, fade_out_s))
    samples[..., :rise] *= _rise(rise)
    samples[..., total - fall :] *= _rise(fall)[::-1]
    return samples


@lru_cache(maxsize=64)
def _rise(num_samples: int) -> Samples:
    return np.asarray(np.sin(np.linspace(0.0, np.pi / 2, num_samples, dtype=np.float32)) ** 2, np.float32)


def damped(samples: Samples, gate_s: float, release_s: float) -> Samples:
    """What a tone gives when it is let go after `gate_s`: so much and 6 * `release_s` of its release, a copy.

    [n] or [2, n]; the release falls exponentially.
    """
    stop = int(gate_s * SAMPLE_RATE)
    let_go = np.array(samples[..., : stop + int(6.0 * release_s * SAMPLE_RATE)])
    if stop < let_go.shape[-1]:
        let_go[..., stop:] *= _release(let_go.shape[-1] - stop, release_s)
        edged(let_go, fade_in_s=0.0, fade_out_s=0.005)
    return let_go


@lru_cache(maxsize=64)
def _release(num_samples: int, release_s: float) -> Samples:
    times = np.arange(num_samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
    return np.asarray(np.exp(times / np.float32(-release_s)), np.float32)
