"""Through what a voice is heard: telephone, radio, loudspeakers of a station, a megaphone, a wall.

In: a finished line at 48 kHz and a `Channel`. Out: the line as it leaves that device. The room in
which the device hangs is the business of `scene`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.filters import butterworth, filtered, peak
from audiogen_cli.audio.waveform import Samples


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A device between mouth and ear; the defaults do nothing."""

    band_hz: tuple[float, float] | None = None  # what it lets through
    order: int = 4  # of the band's edges, 6 dB an octave each
    drive: float = 0.0  # 0 to 1: its overload
    resonances: tuple[tuple[float, float, float], ...] = ()  # frequency Hz, gain dB, Q: a horn, a small box
    hiss_db: float | None = None  # noise in its band against the voice
    crackle: float = 0.0  # 0 to 1: clicks of a bad line or an old record
    echoes: tuple[tuple[float, float], ...] = ()  # delay s, gain dB: the other loudspeakers of a station
    ring_hz: float = 0.0  # multiplied with this tone: cheap robots
    ring_mix: float = 0.5
    comb_ms: float = 0.0  # a metallic tube
    crush_hz: float = 0.0  # sample and hold at this rate: old digital toys


def send_through(line: Samples, channel: Channel, *, sample_rate: int, rng: np.random.Generator) -> Samples:
    """Send one line through a device; mono [S], longer by the device's echoes."""
    sound: NDArray[np.float64] = line.astype(np.float64)
    level = _level(sound)
    if channel.ring_hz > 0:
        tone = np.sin(2 * np.pi * channel.ring_hz * np.arange(len(sound)) / sample_rate)
        sound = (1 - channel.ring_mix) * sound + channel.ring_mix * 1.4 * sound * tone
    if channel.comb_ms > 0:
        sound = _comb(sound, int(channel.comb_ms * sample_rate / 1000))
    if channel.crush_hz > 0:
        held = (
            np.floor(np.arange(len(sound)) * channel.crush_hz / sample_rate) * sample_rate / channel.crush_hz
        ).astype(int)
        sound = sound[held]
    if channel.drive > 0:
        gain = (1 + 7 * channel.drive) / (4 * level + 1e-9)
        sound = np.tanh(gain * sound) / gain
    if channel.band_hz is not None:
        low, high = channel.band_hz
        corners = (low, min(high, 0.49 * sample_rate))
        band = butterworth(channel.order // 2 or 1, corners, "band", sample_rate=sample_rate)
        sound = filtered(band, sound)
        for frequency, gain_db, quality in channel.resonances:
            ringing = filtered(peak(frequency, quality, sample_rate=sample_rate), sound)
            sound = sound + (10 ** (gain_db / 20) - 1) * ringing
        if channel.hiss_db is not None or channel.crackle > 0:
            sound = sound + filtered(band, _line_noise(channel, len(sound), _level(sound), sample_rate, rng))
    if channel.echoes:
        sound = _echo(sound, channel.echoes, sample_rate)
    sound = sound * level / (_level(sound) + 1e-9)
    return (sound / max(1.0, float(np.abs(sound).max(initial=0.0)) / 0.98)).astype(np.float32)


def _comb(sound: NDArray[np.float64], delay: int) -> NDArray[np.float64]:
    """The sound with what a tube throws back of it each `delay` samples, six times on."""
    out = np.pad(sound, (0, 6 * delay))
    for at in range(delay, len(out), delay):
        out[at : at + delay] += 0.6 * out[at - delay : at][: len(out) - at]
    return out


def _level(sound: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0


def _line_noise(
    channel: Channel, length: int, level: float, sample_rate: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    noise = np.zeros(length)
    if channel.hiss_db is not None:
        noise += rng.standard_normal(length) * level * 10 ** (channel.hiss_db / 20)
    if channel.crackle > 0:
        count = rng.poisson(30 * channel.crackle * length / sample_rate)
        noise[rng.integers(0, max(1, length), count)] += level * rng.normal(0, 6, count)
    fade = min(int(0.06 * sample_rate), length // 2)
    noise[:fade] *= np.linspace(0, 1, fade)
    noise[length - fade :] *= np.linspace(1, 0, fade)
    return noise


def _echo(sound: NDArray[np.float64], echoes: tuple[tuple[float, float], ...], sample_rate: int) -> NDArray[np.float64]:
    """Later, duller copies, as the farther loudspeakers of one system give them."""
    out = np.pad(sound, (0, int(max(delay for delay, _ in echoes) * sample_rate) + 1))
    dull = filtered(butterworth(1, 2200, "low", sample_rate=sample_rate), sound)
    for delay, gain_db in echoes:
        at = int(delay * sample_rate)
        out[at : at + len(sound)] += 10 ** (gain_db / 20) * dull
    return out
