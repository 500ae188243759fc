"""The bench of parts every sound model is built from: noise, envelopes, grains, resonators.

In: lengths in samples at the experts' rate, a seeded `rng`, physical settings in Hz, seconds and dB.
Out: float64 arrays [S] of any level (`render_sound` brings a finished sound to peak 1). Which parts
make which sound is the business of the family files; nothing here knows what it will be.
Sources: Farnell, "Designing Sound" (2010); Cook, "Real Sound Synthesis for Interactive Applications"
(2002); van den Doel and Pai, "The Sounds of Physical Shapes" (1998) for modal banks. Voices stand in `throat`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, signal
from scipy.interpolate import PchipInterpolator

from audiogen_cli.generator.experts.sounding import SAMPLE_RATE as SAMPLE_RATE

Signal = NDArray[np.float64]


Track = Signal | float  # a value that may move: one number, or one for each sample (or frame)


_FRAME, _HOP = 1024, 256  # of `formant_filter`: 21 ms windows, 5 ms steps, the pace at which mouths move


def num_samples(duration_s: float) -> int:
    """Seconds to samples, at least one."""
    return max(1, round(duration_s * SAMPLE_RATE))


def seconds(n: int) -> Signal:
    """The time of each of n samples, in seconds."""
    return np.arange(n) / SAMPLE_RATE


# --- noise -----------------------------------------------------------------------------------------


def white(n: int, rng: np.random.Generator) -> Signal:
    """White noise of unit variance."""
    return rng.standard_normal(n, dtype=np.float32).astype(np.float64)


def shaped_noise(n: int, rng: np.random.Generator, curve: Sequence[tuple[float, float]]) -> Signal:
    """Noise whose spectrum follows `curve`, points of (Hz, dB) joined by straight lines over log frequency; RMS 1.

    Outside the points the end values hold, so close a band with a point of -80 dB.
    """
    size = fft.next_fast_len(n, real=True)
    bins = fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum = rng.standard_normal((bins.size, 2), dtype=np.float32).view(np.complex64)[:, 0] * _gain(curve, bins)
    spectrum[0] = 0
    noise = np.asarray(fft.irfft(spectrum, size)[:n], dtype=np.float64)
    return noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12)


def shape(x: Signal, curve: Sequence[tuple[float, float]]) -> Signal:
    """A sound with its spectrum bent by `curve` (Hz, dB; see `shaped_noise`), without moving it in time."""
    size = fft.next_fast_len(x.size + SAMPLE_RATE // 10, real=True)  # the pad keeps its end from wrapping to its start
    spectrum = fft.rfft(x, size) * _gain(curve, fft.rfftfreq(size, 1 / SAMPLE_RATE))
    return np.asarray(fft.irfft(spectrum, size)[: x.size])


def _gain(curve: Sequence[tuple[float, float]], bins: Signal) -> Signal:
    hz, db = np.array(curve, dtype=float).T
    return np.asarray(10 ** (np.interp(np.log(np.maximum(bins, 1.0)), np.log(np.maximum(hz, 1.0)), db) / 20))


def wander(n: int, rng: np.random.Generator, rate_hz: float) -> Signal:
    """A slow random movement with mean 0 and deviation about 1, changing about `rate_hz` times a second (gusts)."""
    knots = max(4, int(np.ceil(n / SAMPLE_RATE * rate_hz)) + 4)
    values = rng.standard_normal(knots)
    at = rng.uniform(0, 1) + np.arange(n) * (rate_hz / SAMPLE_RATE)
    left = np.minimum(at.astype(np.int64), knots - 2)
    part = at - left
    part = part * part * (3 - 2 * part)  # smoothstep: no corners in a gust
    return np.asarray(values[left] * (1 - part) + values[left + 1] * part)


# --- filters ---------------------------------------------------------------------------------------


def lowpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth low-pass."""
    return _butter(x, hz, "lowpass", order)


def highpass(x: Signal, hz: float, order: int = 2) -> Signal:
    """Butterworth high-pass."""
    return _butter(x, hz, "highpass", order)


def bandpass(x: Signal, low_hz: float, high_hz: float, order: int = 2) -> Signal:
    """Butterworth band-pass."""
    return _butter(x, (low_hz, high_hz), "bandpass", order)


def _butter(x: Signal, hz: Any, kind: str, order: int) -> Signal:
    edges = np.clip(hz, 1.0, 0.49 * SAMPLE_RATE)
    return np.asarray(signal.sosfilt(signal.butter(order, edges, kind, fs=SAMPLE_RATE, output="sos"), x))


def resonate(x: Signal, hz: float, bandwidth_hz: float) -> Signal:
    """One two-pole resonance with unit gain at its peak."""
    radius = np.exp(-np.pi * bandwidth_hz / SAMPLE_RATE)
    angle = 2 * np.pi * hz / SAMPLE_RATE
    a = [1.0, -2 * radius * np.cos(angle), radius**2]
    gain = abs(np.polyval(a[::-1], np.exp(-1j * angle)))
    return np.asarray(signal.lfilter([gain], a, x))


def moving_resonance(x: Signal, hz: Signal, q: Track) -> Signal:
    """A resonance whose centre moves with `hz` [S] (a howling wind); unit gain at the peak."""
    return formant_filter(x, [(hz, hz / q, 0.0)], parallel=True)


# --- envelopes -------------------------------------------------------------------------------------


def decay(n: int, t60_s: float, attack_s: float = 0.0) -> Signal:
    """A strike's envelope: up in `attack_s`, then down 60 dB in `t60_s`."""
    t = seconds(n)
    rise = np.minimum(t / attack_s, 1.0) if attack_s > 0 else 1.0
    return np.asarray(np.exp(-6.9078 * np.maximum(t - attack_s, 0.0) / t60_s) * rise)


def line(n: int, points: Sequence[tuple[float, float]]) -> Signal:
    """Straight lines through points of (share of the whole 0 to 1, value): envelopes and pitch contours."""
    at, values = np.array(points, dtype=float).T
    return np.asarray(np.interp(np.linspace(0, 1, n), at, values))


def curve(n: int, points: Sequence[tuple[float, float]]) -> Signal:
    """As `line`, without corners (monotone cubic between the points)."""
    at, values = np.array(points, dtype=float).T
    return np.asarray(PchipInterpolator(at, values)(np.linspace(0, 1, n)))


def fade_ends(x: Signal, in_s: float = 0.005, out_s: float = 0.02) -> Signal:
    """A sound that starts and ends in silence, by raised-cosine fades."""
    x = np.array(x, dtype=np.float64)
    for length_s, side in ((in_s, slice(None)), (out_s, slice(None, None, -1))):
        length = min(num_samples(length_s), x.size)
        x[side][:length] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)
    return x


def db(level_db: Any) -> Any:
    """Decibels to a factor."""
    return 10 ** (np.asarray(level_db) / 20)


# --- many small events -----------------------------------------------------------------------------


def poisson_times(duration_s: float, rate_hz: float, rng: np.random.Generator) -> Signal:
    """Moments in seconds of events that know nothing of each other, `rate_hz` a second on average, in order."""
    return np.sort(rng.uniform(0, duration_s, rng.poisson(duration_s * rate_hz)))


def impulses(n: int, rate_hz: Track, rng: np.random.Generator, spread_db: float = 12.0) -> Signal:
    """Sparse clicks of random sign, `rate_hz` a second (a track [S] lets the rain swell), levels spread by `spread_db`.

    The particle model of Cook's PhISEM: filter it to hear many small collisions.
    """
    train = np.zeros(n)
    if np.ndim(rate_hz) == 0:
        at = rng.integers(0, n, rng.poisson(n / SAMPLE_RATE * float(rate_hz)))
    else:
        at = np.flatnonzero(rng.random(n, dtype=np.float32) < np.asarray(rate_hz) / SAMPLE_RATE)
    levels = np.clip(rng.normal(0, spread_db / 2, at.size), -spread_db, spread_db)  # no drop outshouts the rain
    train[at] += db(levels) * rng.choice((-1.0, 1.0), at.size)
    return train


def place(
    n: int, grains: Sequence[Signal], starts_s: Sequence[float] | Signal, gains: Sequence[float] | Signal | None = None
) -> Signal:
    """Add grains into n samples, each at its start in seconds; what reaches past the end is cut."""
    out = np.zeros(n)
    for i, (grain, start) in enumerate(zip(grains, starts_s)):
        at = round(start * SAMPLE_RATE)
        if 0 <= at < n:
            piece = grain[: n - at]
            out[at : at + piece.size] += piece if gains is None else piece * gains[i]
    return out


def append_at(parts: Sequence[tuple[float, Signal]]) -> Signal:
    """As long as needed: add parts, each (start in seconds, sound)."""
    n = max(round(start * SAMPLE_RATE) + part.size for start, part in parts)
    return place(n, [part for _, part in parts], [start for start, _ in parts])


def mix(parts: Sequence[Signal], levels: Sequence[float]) -> Signal:
    """Parts of one length brought to the same RMS, then to their levels, added."""
    return np.asarray(sum(level * part / (part.std() + 1e-12) for part, level in zip(parts, levels)))


def convolve(x: Signal, response: Signal) -> Signal:
    """x through an impulse response, by FFT, cut to x's length."""
    return np.asarray(signal.fftconvolve(x, response)[: x.size])


# --- things that ring ------------------------------------------------------------------------------


def modes(
    n: int,
    hz: Sequence[float] | Signal,
    t60_s: Sequence[float] | Signal,
    gains: Sequence[float] | Signal,
    rng: np.random.Generator | None = None,
) -> Signal:
    """A struck body: damped sines, one a mode; starting at zero, or at random phases where an `rng` is given."""
    t = seconds(n)
    out = np.zeros(n)
    for frequency, ring_s, gain in zip(hz, t60_s, gains):
        if frequency < 0.49 * SAMPLE_RATE:
            length = min(n, num_samples(1.3 * ring_s))  # 78 dB down: past hearing
            phase = 0.0 if rng is None else rng.uniform(0, 2 * np.pi)
            part = t[:length]
            out[:length] += gain * np.exp(-6.9078 * part / ring_s) * np.sin(2 * np.pi * frequency * part + phase)
    return out


def ring(
    x: Signal, hz: Sequence[float] | Signal, t60_s: Sequence[float] | Signal, gains: Sequence[float] | Signal
) -> Signal:
    """A body driven by x (noise, scraping, rain): its modes as two-pole filters in parallel."""
    out = np.zeros(x.size)
    for frequency, ring_s, gain in zip(hz, t60_s, gains):
        if frequency < 0.49 * SAMPLE_RATE:
            out += gain * resonate(x, frequency, 2.2 / ring_s)  # bandwidth = 6.9 / (pi t60)
    return out


def impact(n: int, rng: np.random.Generator, hardness_hz: float, length_s: float = 0.003) -> Signal:
    """The force of two bodies meeting: a short bump of noise, brighter the harder they are."""
    width = min(n, num_samples(length_s))
    force = np.zeros(n)
    force[:width] = white(width, rng) * np.hanning(width + 2)[1:-1]
    return lowpass(force, hardness_hz)


# --- tones that move -------------------------------------------------------------------------------


def phase_of(hz: Track, n: int | None = None) -> Signal:
    """The running phase in radians of a tone whose pitch is `hz` [S] (or one number for n samples)."""
    track = np.asarray(hz, dtype=float) if n is None else np.broadcast_to(np.asarray(hz, dtype=float), (n,))
    return np.asarray(np.cumsum(track) * (2 * np.pi / SAMPLE_RATE))


def chirp(hz: Signal, harmonics: Sequence[float] = (1.0,)) -> Signal:
    """A tone gliding along `hz` [S] with harmonics of the given gains; those above hearing are left out."""
    turn = np.exp(1j * phase_of(hz))
    harmonic, highest = turn.copy(), float(hz.max(initial=0.0))
    out = np.zeros(hz.size)
    for k, gain in enumerate(harmonics, start=1):
        if k > 1:
            harmonic *= turn  # a third of the cost of another sine
        if gain:
            heard = 1.0 if highest * k < 0.45 * SAMPLE_RATE else hz * k < 0.45 * SAMPLE_RATE
            out += gain * harmonic.imag * heard
    return out


def buzz(hz: Signal, harmonics: Sequence[float]) -> Signal:
    """As `chirp` for many harmonics, by one table of a period: all sound, so the highest must stay in hearing."""
    at = np.arange(8193) * (2 * np.pi / 8192)
    table = sum(gain * np.sin(k * at) for k, gain in enumerate(harmonics, start=1))
    cycle = np.cumsum(hz) / SAMPLE_RATE
    return np.asarray(np.interp((cycle - np.floor(cycle)) * 8192, np.arange(8193), np.asarray(table)))


# --- mouths ----------------------------------------------------------------------------------------


def formant_filter(x: Signal, formants: Sequence[tuple[Track, Track, float]], *, parallel: bool = False) -> Signal:
    """A sound through a mouth that moves: resonances (Hz, bandwidth in Hz, gain in dB), numbers or tracks [S].

    In cascade (a vowel; gains are ignored, as in a tube they follow from the frequencies) or in
    parallel (noises, calls: the gains count). The filter is set anew every 5 ms, by short Fourier transforms.
    """
    if not any(np.ndim(value) for hz, width, _ in formants for value in (hz, width)):
        return _still_filter(x, formants, parallel)
    frames = -(-x.size // _HOP) + _FRAME // _HOP
    delay = np.exp(-2j * np.pi * np.arange(_FRAME // 2 + 1) / _FRAME).astype(np.complex64)  # z to the -1, a bin
    response = np.full((frames, delay.size), 0 if parallel else 1, dtype=np.complex64)
    for hz, bandwidth, gain_db in formants:
        parts = _pole(_per_frame(hz, frames), _per_frame(bandwidth, frames), parallel)
        a1, a2, gain = (part[:, None] for part in parts)
        pole = 1 + (a1.astype(np.float32) + a2.astype(np.float32) * delay) * delay
        if parallel:
            response += (db(gain_db) * gain).astype(np.float32) / pole
        else:
            response *= gain.astype(np.float32) / pole
    return _filter_frames(x, response)


def _still_filter(x: Signal, formants: Sequence[tuple[Track, Track, float]], parallel: bool) -> Signal:
    out = np.zeros(x.size) if parallel else x
    for hz, bandwidth, gain_db in formants:
        a1, a2, gain = (float(part) for part in _pole(np.asarray(hz), np.asarray(bandwidth), parallel))
        if parallel:
            out = out + db(gain_db) * signal.lfilter([gain], [1.0, a1, a2], x)
        else:
            out = signal.lfilter([gain], [1.0, a1, a2], out)
    return np.asarray(out)


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
