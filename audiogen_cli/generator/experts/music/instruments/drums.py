"""Drums and percussion: skins that fall in pitch, wires that rattle, metal that shimmers, wood that knocks.

Skins are decaying modes under a pitch that drops as the stroke's tension leaves it; snares, claps and
shakers are shaped noise; cymbals are some hundred inharmonic modes in noise (Fletcher and Rossing,
chapters 18 and 20; the electronic ones after Roland's TR circuits as Werner 2014 describes them).
In: a note, whose pitch is not read. Out: [n].
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import edged
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import instrument_model
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_PLATE_HZ = 250.0
_SKIN_RATIOS = np.array([1.0, 1.59, 2.14, 2.3, 2.65, 2.92, 3.5])


@instrument_model
def skin(
    note: Note,
    rng: np.random.Generator,
    *,
    hz: float = 60.0,
    sweep: float = 1.5,
    sweep_s: float = 0.02,
    decay_s: float = 0.18,
    modes: float = 0.2,
    click: float = 0.2,
    click_hz: float = 3000.0,
    noise: float = 0.0,
    noise_hz: tuple[float, float] = (200.0, 2000.0),
    noise_s: float = 0.05,
    drive: float = 0.0,
    slide: float = 0.0,
) -> Samples:
    """A bass drum, tom, conga, tabla or taiko.

    Args:
        hz: where the pitch ends.
        sweep, sweep_s: how many times above it starts (added to 1), and how quickly it falls.
        modes: loudness of the skin's upper modes.
        click, click_hz: the beater.
        noise, noise_hz, noise_s: the air and the shell.
        drive: into a soft limiter.
        slide: a hand pressed into the skin afterwards: octaves up over the stroke (tabla).
    """
    pitch = hz * rng.uniform(0.985, 1.015)
    total = int(6.0 * decay_s * SAMPLE_RATE)
    at = np.arange(total, dtype=np.float32) / np.float32(SAMPLE_RATE)
    height = 1.0 + sweep * (0.5 + 0.7 * note.velocity) * np.exp(-at / sweep_s)
    if slide:
        height *= 2.0 ** (slide * (1.0 - np.exp(-at / (0.6 * decay_s))))
    turns = np.cumsum(pitch * height / SAMPLE_RATE, dtype=np.float64)
    angle = (2.0 * np.pi * (turns - np.floor(turns))).astype(np.float32)
    samples = (np.sin(angle) * np.exp(-at / np.float32(decay_s))).astype(np.float32)
    if modes:
        upper = modes * np.array([0.0, 1.0, 0.7, 0.5, 0.4, 0.3, 0.2]) * rng.uniform(0.6, 1.3, 7) * (0.4 + note.velocity)
        samples += decaying_partials(pitch * _SKIN_RATIOS, upper, 0.45 * decay_s / np.sqrt(_SKIN_RATIOS), total)
    _add_noise(samples, rng, level=click * note.velocity, low_hz=0.6 * click_hz, high_hz=1.6 * click_hz, decay_s=0.004)
    _add_noise(samples, rng, level=noise, low_hz=noise_hz[0], high_hz=noise_hz[1], decay_s=noise_s)
    if drive:
        samples = np.tanh(samples * np.float32(1.0 + drive))
    return edged(samples, fade_in_s=0.0008, fade_out_s=0.02)


@instrument_model
def snare(
    note: Note,
    rng: np.random.Generator,
    *,
    hz: float = 185.0,
    decay_s: float = 0.09,
    wires: float = 0.9,
    wires_s: float = 0.06,
    wires_hz: tuple[float, float] = (700.0, 6500.0),
    crack: float = 0.5,
) -> Samples:
    """A snare drum: two skin modes, a crack, and wires that go on rattling."""
    total = int(max(7.0 * wires_s, 7.0 * decay_s) * SAMPLE_RATE)
    pitch = hz * rng.uniform(0.98, 1.02)
    ratios = np.array([1.0, 1.78, 2.6, 3.4])
    samples = decaying_partials(pitch * ratios, [0.9, 0.6, 0.25, 0.15], decay_s / np.sqrt(ratios), total)
    loud = 0.35 + 0.9 * note.velocity
    _add_noise(samples, rng, level=wires * loud, low_hz=wires_hz[0], high_hz=wires_hz[1], decay_s=wires_s)
    _add_noise(samples, rng, level=crack * note.velocity, low_hz=1500.0, high_hz=5000.0, decay_s=0.006)
    return edged(np.tanh(samples * np.float32(0.9)), fade_in_s=0.0008, fade_out_s=0.02)


@instrument_model
def metal(
    note: Note,
    rng: np.random.Generator,
    *,
    low_hz: float = 3500.0,
    high_hz: float = 14_000.0,
    decay_s: float = 0.06,
    tail_s: float = 0.0,
    modes: int = 60,
    tone: float = 0.5,
    stick: float = 0.4,
    ping_hz: float = 0.0,
    plate: float = 0.0,
    swell_s: float = 0.0,
) -> Samples:
    """A hi-hat, ride, crash, gong or tambourine.

    Args:
        low_hz, high_hz: the band of its modes.
        decay_s, tail_s: of the clash and of what shimmers on.
        modes, tone: how many inharmonic modes and how much of them against plain noise.
        stick: the stroke itself; ping_hz: a clear pitch in it, as a ride's bell has.
        plate: loudness of the whole plate's modes, from 250 Hz to the band, which ring on the longest.
        swell_s: rises this long before it dies, as a rolled cymbal or a gong does.
    """
    longest = max(decay_s, tail_s)
    total = int(min(6.0 * longest + swell_s, 8.0) * SAMPLE_RATE)
    hertz = np.exp(rng.uniform(np.log(low_hz), np.log(high_hz), modes))
    gains = rng.uniform(0.3, 1.0, modes) * tone / np.sqrt(modes / 8.0)
    decays = longest * rng.uniform(0.5, 1.2, modes) * (low_hz / hertz) ** 0.4
    samples = decaying_partials(hertz, gains, decays, total, phases=rng.uniform(0, 2 * np.pi, modes))
    _add_noise(samples, rng, level=1.0 - 0.5 * tone, low_hz=low_hz, high_hz=high_hz, decay_s=decay_s)
    if tail_s:
        _add_noise(samples, rng, level=0.22 * (1.0 - 0.4 * tone), low_hz=low_hz, high_hz=high_hz, decay_s=0.7 * tail_s)
    if plate:
        hertz = np.exp(rng.uniform(np.log(_PLATE_HZ), np.log(low_hz), modes // 2))
        gains = rng.uniform(0.3, 1.0, hertz.size) * plate / np.sqrt(hertz.size / 8.0) * (hertz / low_hz) ** 0.4
        decays = longest * rng.uniform(0.8, 1.6, hertz.size)
        samples += decaying_partials(hertz, gains, decays, total, phases=rng.uniform(0, 2 * np.pi, hertz.size))
        _add_noise(samples, rng, level=0.3 * plate, low_hz=_PLATE_HZ, high_hz=low_hz, decay_s=0.5 * longest)
    if swell_s:
        rise = min(int(swell_s * SAMPLE_RATE), total)
        samples[:rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32) ** 2
    _add_noise(samples, rng, level=stick * note.velocity, low_hz=2500.0, high_hz=7000.0, decay_s=0.004)
    if ping_hz:
        samples += decaying_partials(
            ping_hz * np.array([1.0, 1.49, 2.09, 2.56, 3.3]), [0.5, 0.35, 0.3, 0.2, 0.15], 0.4 * longest, total
        )
    return edged(samples * np.float32(0.4), fade_in_s=0.0005, fade_out_s=0.02)


@instrument_model
def grains(
    note: Note,
    rng: np.random.Generator,
    *,
    low_hz: float = 3000.0,
    high_hz: float = 10_000.0,
    bursts_s: Sequence[float] = (0.0,),
    decay_s: float = 0.04,
    attack_s: float = 0.001,
    ring_hz: Sequence[float] = (),
    ring: float = 0.3,
) -> Samples:
    """Clap, shaker, maraca, brush, jingles: bursts of noise, one after the other, perhaps with a ring."""
    total = int((max(bursts_s) + attack_s + 7.0 * decay_s) * SAMPLE_RATE)
    samples = np.zeros(total, np.float32)
    for number, start_s in enumerate(bursts_s):
        at = int(start_s * SAMPLE_RATE)
        last = number == len(bursts_s) - 1
        burst = np.zeros(total - at, np.float32)
        _add_noise(burst, rng, level=1.0, low_hz=low_hz, high_hz=high_hz, decay_s=decay_s if last else 0.006)
        samples[at:] += edged(burst, fade_in_s=attack_s, fade_out_s=0.005)
    if len(ring_hz):
        pitches = np.asarray(ring_hz) * rng.uniform(0.99, 1.01, len(ring_hz))
        samples += ring * decaying_partials(pitches, 1.0, 3.0 * decay_s, total)
    return edged(samples, fade_in_s=0.0008, fade_out_s=0.01)


@instrument_model
def wood(
    note: Note,
    rng: np.random.Generator,
    *,
    hz: Sequence[float] = (1800.0, 2600.0),
    decay_s: float = 0.025,
    knock: float = 0.3,
) -> Samples:
    """Claves, wood block, rim, cowbell, finger snap: a few short modes and a knock."""
    total = int(8.0 * decay_s * SAMPLE_RATE)
    pitches = np.asarray(hz, np.float64) * rng.uniform(0.99, 1.01)
    samples = decaying_partials(pitches, 1.0 / np.arange(1, pitches.size + 1), decay_s, total)
    _add_noise(samples, rng, level=knock, low_hz=1000.0, high_hz=6000.0, decay_s=0.003)
    return edged(samples, fade_in_s=0.0005, fade_out_s=0.005)


def _add_noise(
    samples: Samples, rng: np.random.Generator, *, level: float, low_hz: float, high_hz: float, decay_s: float
) -> None:
    """A burst of noise that dies away, added in place."""
    if level <= 0.0:
        return
    total = min(int(7.0 * decay_s * SAMPLE_RATE) + 64, samples.size)
    fall = np.exp(-np.arange(total, dtype=np.float32) / np.float32(decay_s * SAMPLE_RATE))
    samples[:total] += band_noise(total, rng, low_hz=low_hz, high_hz=high_hz) * fall * np.float32(level)
