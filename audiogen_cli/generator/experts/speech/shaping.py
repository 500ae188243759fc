"""One recorded line made another person's or another mood's: pitch, formants, tilt, breath, whisper, strain.

In: mono samples of a line, and a `Shape`. Out: the line shaped, words kept. Everything works on
the short-time spectrum and its smooth envelope (cepstral smoothing), so that the voice's pitch and
the size of its throat can be moved apart. Channels (telephone, radio) are the business of `channels`.
Source: cepstral envelope, Oppenheim and Schafer 1968; resampling with compensated speed as in embedded TTS practice.
"""

from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft

from audiogen_cli.audio.filters import butterworth, filtered
from audiogen_cli.audio.resample import change_rate
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.speech.melody import swing_pitch


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is done to a line after the model has spoken it; the defaults do nothing."""

    pitch: float = 1.0  # factor on F0
    formant: float = 1.0  # factor on the formants: below 1 a longer throat
    tilt_db: float = 0.0  # treble above 2 kHz against the rest: effort brightens, age and fatigue dull
    breath: float = 0.0  # 0 to 1: noise in the voice's own envelope, mixed in
    whisper: float = 0.0  # 0 voiced, 1 nothing but breath
    drive: float = 0.0  # 0 to 1: saturation, the strain of shouting
    tremor: float = 0.0  # 0 to 1: trembling in loudness and pitch, at 5 Hz
    growl: float = 0.0  # 0 to 1: roughness, loudness modulated near 70 Hz
    melody: float = 1.0  # factor on the swing of F0 about its middle: lively above 1, droning below

    def __post_init__(self) -> None:
        if not (0.4 <= self.pitch <= 2.5 and 0.5 <= self.formant <= 2.0):
            raise ValueError(f"pitch {self.pitch} or formant {self.formant} is out of range")


NEUTRAL = Shape()


def combine_shapes(first: Shape, second: Shape) -> Shape:
    """Both, one after the other: factors multiply, decibels add, amounts fill up to 1; held to what is sensible."""
    merged: dict[str, float] = {}
    for name in (field.name for field in fields(Shape)):
        one, other = getattr(first, name), getattr(second, name)
        if name in ("pitch", "formant"):
            merged[name] = min(2.0, max(0.55, one * other))
        elif name == "melody":
            merged[name] = min(1.7, max(0.3, one * other))
        elif name == "tilt_db":
            merged[name] = min(9.0, max(-12.0, one + other))
        else:
            merged[name] = 1 - (1 - one) * (1 - other)
    return Shape(**merged)


def shape_voice(line: Samples, shape: Shape, *, sample_rate: int, rng: np.random.Generator) -> Samples:
    """Shape one line.

    Args:
        line: mono, [S]; spoken `shape.pitch` times too slowly, since resampling hurries it.
        shape: what to do.
        sample_rate: Hz.
        rng: for breath and tremor.

    Returns:
        Mono samples, [S / pitch]; loud as before, not limited.
    """
    shaped: NDArray[np.float64] = line.astype(np.float64)
    if shape.melody != 1.0:
        shaped = swing_pitch(shaped, shape.melody, sample_rate=sample_rate)
    if shape.pitch != 1.0:
        shaped = _resample(shaped, shape.pitch)  # moves the formants along
    if abs(shape.formant / shape.pitch - 1) > 0.02:
        shaped = _move_envelope(shaped, shape.formant / shape.pitch)
    if shape.whisper > 0 or shape.breath > 0:
        noise = _breathe(shaped, sample_rate, rng)
        mixed = max(shape.whisper, 0.35 * shape.breath)
        shaped = (1 - shape.whisper) * shaped + mixed * noise
    if shape.tremor > 0:
        shaped = _tremble(shaped, shape.tremor, sample_rate, rng)
    if shape.growl > 0:
        shaped = _growl(shaped, shape.growl, sample_rate, rng)
    if shape.tilt_db != 0:
        shaped = _tilt(shaped, shape.tilt_db, sample_rate)
    if shape.drive > 0:
        shaped = _strain(shaped, shape.drive)
    return shaped.astype(np.float32)


def stretch_time(samples: Samples, factor: float, *, sample_rate: int) -> Samples:
    """Make a line `factor` times as long at the same pitch (waveform-similarity overlap-add).

    Source: Verhelst and Roelands 1993. Good for factors of 0.75 to 1.3.
    """
    size, search = int(0.03 * sample_rate) // 2 * 2, int(0.01 * sample_rate)
    hop = size // 2
    if len(samples) < 4 * size or abs(factor - 1) < 0.005:
        return samples
    window = np.hanning(size + 1)[:size]
    count = int(len(samples) * factor) // hop
    padded = np.concatenate([np.zeros(search), samples.astype(np.float64), np.zeros(2 * size + 2 * search)])
    stretched = np.zeros(count * hop + size)
    expected = padded[search : search + size]
    for frame in range(count):
        centre = int(frame * hop / factor)
        region = padded[centre : centre + size + 2 * search]
        if len(region) < size + 2 * search:
            break
        best = int(np.argmax(np.correlate(region, expected, "valid"))) if frame else search
        stretched[frame * hop : frame * hop + size] += window * region[best : best + size]
        following = centre + best + hop
        expected = padded[following : following + size]
        if len(expected) < size:
            break
    return stretched[: int(len(samples) * factor)].astype(np.float32)


def _resample(samples: NDArray[np.float64], pitch: float) -> NDArray[np.float64]:
    ratio = Fraction(pitch).limit_denominator(40)
    return change_rate(samples, ratio.denominator, ratio.numerator)


_SIZE, _HOP = 1024, 256
_LIFTER = 2.0e-3  # seconds of cepstrum that make the envelope; below the pitch period of all but children


def _spectrogram(samples: NDArray[np.float64], size: int = _SIZE, hop: int = _HOP) -> NDArray[np.complex128]:
    padded = np.pad(samples, (size, size + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop] * np.hanning(size + 1)[:size]
    spectrum: NDArray[np.complex128] = rfft(frames, axis=1)
    return spectrum


def _resynthesise(
    spectrum: NDArray[np.complex128], length: int, size: int = _SIZE, hop: int = _HOP
) -> NDArray[np.float64]:
    window = np.hanning(size + 1)[:size]
    frames = irfft(spectrum, n=size, axis=1) * window
    out, norm = np.zeros(len(frames) * hop + size), np.zeros(len(frames) * hop + size)
    for index, frame in enumerate(frames):
        out[index * hop : index * hop + size] += frame
        norm[index * hop : index * hop + size] += window**2
    return (out / np.maximum(norm, 1e-3))[size : size + length]


def _log_envelope(magnitude: NDArray[np.float64], lifter: int) -> NDArray[np.float64]:
    """The smooth log spectrum of each frame, by keeping the first quefrencies."""
    cepstrum = irfft(np.log(magnitude + 1e-7), axis=1)
    keep = np.zeros(cepstrum.shape[1])
    keep[:lifter], keep[-lifter + 1 :] = 1.0, 1.0
    envelope: NDArray[np.float64] = rfft(cepstrum * keep, axis=1).real
    return envelope


def _move_envelope(samples: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Move the formants by a factor and leave the harmonics where they are."""
    spectrum = _spectrogram(samples)
    envelope = _log_envelope(np.abs(spectrum), 48)
    bins = np.arange(envelope.shape[1])
    source = np.minimum(bins / factor, bins[-1])
    low = np.floor(source).astype(int)
    high, part = np.minimum(low + 1, bins[-1]), source - low
    moved = envelope[:, low] * (1 - part) + envelope[:, high] * part
    return _resynthesise(spectrum * np.exp(np.clip(moved - envelope, -6.0, 3.0)), len(samples))


def _breathe(samples: NDArray[np.float64], sample_rate: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The line as breath alone: noise with the line's moving envelope, weak below 400 Hz as an open glottis is."""
    size, hop = 512, 96
    spectrum = _spectrogram(samples, size, hop)
    envelope = np.exp(_log_envelope(np.abs(spectrum), 30))
    frequency = np.linspace(0, sample_rate / 2, envelope.shape[1])
    glottis = 1 / (1 + (550 / np.maximum(frequency, 1)) ** 3) * (1 + np.minimum(frequency, 6000) / 2200)
    noise = rng.standard_normal(len(samples) + 2 * size + 2 * hop)
    carrier = _spectrogram(noise, size, hop)[: len(spectrum)]
    carrier = carrier / np.sqrt(np.mean(np.abs(carrier) ** 2))
    breath = _resynthesise(carrier * envelope * glottis, len(samples), size, hop)
    level = np.sqrt(np.mean(samples**2) + 1e-12) / np.sqrt(np.mean(breath**2) + 1e-12)
    return np.asarray(breath * level, np.float64)


def _tremble(
    samples: NDArray[np.float64], depth: float, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Loudness and pitch wavering at about 5 Hz, never quite regular."""
    time = np.arange(len(samples)) / sample_rate
    drift = np.interp(
        time, np.arange(0, time[-1] + 0.4, 0.2), rng.uniform(-1, 1, len(np.arange(0, time[-1] + 0.4, 0.2)))
    )
    phase = 2 * np.pi * (5.2 * time + 0.4 * drift) + rng.uniform(0, 2 * np.pi)
    warped = np.arange(len(samples)) + depth * 0.0011 * sample_rate * np.sin(phase)
    wavering = np.interp(warped, np.arange(len(samples)), samples)
    return wavering * (1 + 0.4 * depth * np.sin(phase + 1.0))


def _growl(
    samples: NDArray[np.float64], depth: float, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Roughness of false folds: loudness modulated by a jittering 70 Hz."""
    steps = rng.standard_normal(len(samples) * 150 // sample_rate + 2)
    rate = 70 + 12 * np.interp(np.arange(len(samples)) * 150 / sample_rate, np.arange(len(steps)), steps)
    wave = np.sin(2 * np.pi * np.cumsum(rate) / sample_rate)
    return samples * (1 + 0.6 * depth * wave)


def _tilt(samples: NDArray[np.float64], tilt_db: float, sample_rate: int) -> NDArray[np.float64]:
    treble = filtered(butterworth(1, 2000, "high", sample_rate=sample_rate), samples)
    tilted: NDArray[np.float64] = samples + (10 ** (tilt_db / 20) - 1) * treble
    return tilted


def _strain(samples: NDArray[np.float64], drive: float) -> NDArray[np.float64]:
    peak = np.abs(samples).max(initial=1e-9)
    gain = 1 + 5 * drive
    strained: NDArray[np.float64] = np.tanh(gain * samples / peak) * peak / np.tanh(gain)
    return strained
