"""What stands between an instrument and the mixer: its body, its amplifier, its pedals.

In: a whole part [2, S]. Out: the same part coloured. Resonances and cabinets are drawn in the spectrum; the limiter
is `amplifier`'s.
"""

from collections.abc import Sequence

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.amplifier import driven
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


def coloured(
    bus: Samples,
    rng: np.random.Generator,
    *,
    drive: float = 0.0,
    tight_hz: float = 0.0,
    tremolo: Sequence[float] = (),
    chorus: Sequence[float] = (),
    body: Sequence[Sequence[float]] = (),
    wood: Sequence[float] = (),
    high_pass_hz: float = 0.0,
    low_pass_hz: float = 0.0,
    delay: Sequence[float] = (),
) -> Samples:
    """Colour a part.

    Args:
        bus: [2, S], or [1, S] where both ears hear the same.
        rng: where the slow movements of chorus and tremolo start.
        drive: gain into a soft limiter, against the part's peak; 0 leaves it clean, 30 is a metal amplifier.
        tight_hz: below this the amplifier is driven less.
        tremolo: rate in hertz, depth 0 to 1, and how far the ears alternate (0 together, 1 opposite).
        chorus: rate in hertz, depth in milliseconds, share of the moving voices.
        body: resonances, each centre in hertz, gain in decibels, width in octaves.
        wood: the many narrow resonances of a box: lowest and highest in hertz, how many, height in decibels, which box.
        high_pass_hz, low_pass_hz: 12 and 24 dB an octave.
        delay: seconds, feedback, share of an echo that alternates between the ears.
    """
    if drive > 0.0:
        bus = driven(bus, drive, tight_hz)
    if tremolo:
        bus = _trembling(bus, rng, *tremolo)
    if wood:
        body = [*body, *_box(*wood)]
    if body or high_pass_hz or low_pass_hz:
        bus = _filtered(bus, body, high_pass_hz, low_pass_hz)
    if chorus:
        bus = _chorused(bus, rng, *chorus)
    if delay:
        bus = _echoed(bus, *delay)
    return bus


def _trembling(bus: Samples, rng: np.random.Generator, rate_hz: float, depth: float, apart: float = 0.0) -> Samples:
    angle = 2.0 * np.pi * (rate_hz * control_times(bus.shape[1]) + rng.uniform())
    left = drawn_out(1.0 - depth * (0.5 + 0.5 * np.sin(angle)), bus.shape[1])
    right = drawn_out(1.0 - depth * (0.5 + 0.5 * np.sin(angle + np.pi * apart)), bus.shape[1])
    return np.stack([bus[0] * left, bus[-1] * right])


def _box(low_hz: float, high_hz: float, count: float, height_db: float, which: float = 0) -> list[list[float]]:
    """A box's resonances, the same for the same box; vibrato moves the harmonics over them and makes them glitter."""
    chance = np.random.default_rng(int(which))
    centres = low_hz * (high_hz / low_hz) ** ((np.arange(int(count)) + chance.uniform(0.1, 0.9, int(count))) / count)
    return [[float(hertz), float(chance.uniform(-1.0, 1.0) * height_db), 0.06] for hertz in centres]


def _filtered(bus: Samples, body: Sequence[Sequence[float]], high_pass_hz: float, low_pass_hz: float) -> Samples:
    size = next_fast_len(bus.shape[1] + 2048, real=True)
    hertz = np.maximum(rfftfreq(size, 1.0 / SAMPLE_RATE), 1.0)
    grid = np.geomspace(10.0, SAMPLE_RATE / 2, 800)  # the curve is smooth: draw it coarsely, then look it up
    level_db = np.zeros_like(grid)
    for centre, gain_db, width in body:
        level_db += gain_db * np.exp(-0.5 * (np.log2(grid / centre) / width) ** 2)
    if high_pass_hz:
        level_db -= 10.0 * np.log10(1.0 + (high_pass_hz / grid) ** 4)
    if low_pass_hz:
        level_db -= 10.0 * np.log10(1.0 + (grid / low_pass_hz) ** 8)
    gain = np.interp(hertz, grid, 10.0 ** (level_db / 20.0)).astype(np.float32)
    filtered = irfft(rfft(bus, size, axis=1) * gain, size, axis=1)[:, : bus.shape[1]]
    return np.asarray(filtered, np.float32)


def _chorused(bus: Samples, rng: np.random.Generator, rate_hz: float, depth_ms: float, share: float) -> Samples:
    total = bus.shape[1]
    control = control_times(total)
    wet = np.empty((2, total), np.float32)
    ahead = int((0.012 + 1e-3 * depth_ms) * SAMPLE_RATE) + 2
    here = np.arange(ahead, ahead + total, dtype=np.int32)
    padded = np.concatenate([np.zeros((bus.shape[0], ahead), np.float32), bus], axis=1)
    for channel in range(2):
        swing = np.sin(2.0 * np.pi * (rate_hz * control + rng.uniform()))
        behind = drawn_out((0.012 + 0.5e-3 * depth_ms * (1.0 + swing)) * SAMPLE_RATE, total)
        whole = behind.astype(np.int32)
        places = here - whole
        source = padded[channel % bus.shape[0]]
        late = source[places]
        wet[channel] = late + (source[places - 1] - late) * (behind - whole)
    return np.asarray(bus * np.float32(1.0 - 0.5 * share) + wet * np.float32(share), np.float32)


def _echoed(bus: Samples, time_s: float, feedback: float, share: float) -> Samples:
    lag = max(int(time_s * SAMPLE_RATE), 1)
    echoes = np.array(bus)
    gain, swap = share, True
    for times in range(1, 6):
        if lag * times >= bus.shape[1] or gain < 0.02:
            break
        source = bus[::-1] if swap else bus
        echoes[:, lag * times :] += np.float32(gain) * source[:, : bus.shape[1] - lag * times]
        gain, swap = gain * feedback, not swap
    return echoes
