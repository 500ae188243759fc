"""Plucked and strummed strings: guitars, harp, harpsichord, basses, guzheng, banjo, sitar, pizzicato.

The ideal plucked string (comb of the plucking place, a slope of the finger or plectrum) with stiffness
and a loss that grows with frequency, in two slightly detuned polarisations that beat and decay apart:
the sound of Karplus and Strong 1983 and of Jaffe and Smith 1983 in closed form. The box answers the release with a
short ring of its own modes (commuted synthesis, Smith 1993, plays it before the string).
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out, edged
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials, stiff_string
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@tone_model(release_s=0.08)
def plucked(
    note: Note,
    rng: np.random.Generator,
    *,
    decay_s: float = 2.0,
    bright_hz: float = 3000.0,
    position: float = 0.2,
    damping_hz: float = 2500.0,
    stiffness: float = 5e-5,
    pluck: float = 0.08,
    pluck_hz: float = 2500.0,
    detune_cents: float = 1.2,
    vibrato: tuple[float, float] = (0.0, 0.0),
    bend_cents: float = 0.0,
    buzz: float = 0.0,
    uneven: float = 0.0,
    knock: float = 0.0,
    knock_hz: Sequence[float] = (98.0, 205.0, 290.0, 410.0, 560.0),
) -> Samples:
    """A plucked string, as long as it rings; the registry stops it.

    Args:
        decay_s: time constant of the fundamental at A3; longer below, shorter above.
        bright_hz: where the spectrum starts to fall at medium loudness.
        position: where along the string it is plucked; 0.5 has no even harmonics.
        damping_hz: the partial that dies in half the fundamental's time.
        stiffness: inharmonicity of the string.
        pluck, pluck_hz: loudness and pitch of the nail's or plectrum's noise.
        detune_cents: between the two polarisations.
        vibrato: cents and hertz, growing in after the stroke.
        bend_cents: how far below the pitch a tone may start and slide up, in one tone of three.
        buzz: a bridge that lets the upper partials speak late, as a sitar's does.
        uneven: how much the partials differ in how long they ring: a box takes from each what it will.
        knock, knock_hz: loudness and modes of the box, which the string's release sets ringing for a moment.
    """
    frequency = note.frequency_hz
    held_s = min(decay_s * (220.0 / frequency) ** 0.4, 8.0)
    total = int(min(note.duration_s, 4.0 * held_s) * SAMPLE_RATE)
    hertz = stiff_string(frequency, stiffness, up_to_hz=15_000.0, most=70)
    order = np.arange(1, hertz.size + 1)
    bright = bright_hz * 2.0 ** (1.6 * (note.velocity - 0.6)) * (frequency / 220.0) ** 0.3
    gains = np.sin(np.pi * order * position * rng.uniform(0.93, 1.07)) / order**0.7
    gains = gains / (1.0 + (hertz / bright) ** 2) * rng.uniform(0.85, 1.15, hertz.size)
    decays = held_s / (1.0 + hertz / damping_hz) * np.exp(uneven * rng.standard_normal(hertz.size))
    cents = 2.0 ** (detune_cents * rng.uniform(0.5, 1.0) / 1200.0)
    pair = np.concatenate([hertz, hertz * cents])
    samples = decaying_partials(
        pair, np.concatenate([gains, 0.45 * gains]), np.concatenate([decays, 1.7 * decays]), total
    )
    if buzz > 0.0:
        samples += _buzz(hertz, decays, total) * np.float32(buzz * np.abs(gains).max())
    if vibrato[0] or bend_cents:
        samples = _bent(samples, rng, vibrato, bend_cents)
    attack = min(int(0.03 * SAMPLE_RATE), total)
    nail = band_noise(attack, rng, low_hz=0.5 * pluck_hz, high_hz=2.0 * pluck_hz)
    level = float(np.abs(samples[: 4 * attack]).max(initial=1e-9))
    samples[:attack] += nail * np.exp(-np.arange(attack, dtype=np.float32) / (0.006 * SAMPLE_RATE)) * (pluck * level)
    if knock:
        modes = np.asarray(knock_hz, np.float64)
        length = min(int(0.2 * SAMPLE_RATE), total)
        rung = rng.uniform(0.5, 1.0, modes.size) * knock * level
        samples[:length] += decaying_partials(modes, rung, 0.045 * (200.0 / modes) ** 0.4, length)
    return edged(samples * np.float32(note.velocity**1.3), fade_in_s=0.0008, fade_out_s=0.02)


def _buzz(hertz: np.ndarray, decays: np.ndarray, total: int) -> Samples:
    """What a flat bridge adds: upper partials that come up after the stroke, the highest first: a vowel that sinks."""
    upper = hertz**-0.5 * (hertz / hertz[0] > 3.5) / (1.0 + (hertz / 4500.0) ** 4)
    rise_s = 0.012 + 0.3 * np.exp(-hertz / 1300.0)
    coming, going = decaying_partials(hertz, upper, 1.2 * decays, total), decaying_partials(hertz, upper, rise_s, total)
    scale = np.float32(hertz[0] ** 0.5)
    return np.asarray((coming - going) * scale)


def _bent(samples: Samples, rng: np.random.Generator, vibrato: tuple[float, float], bend_cents: float) -> Samples:
    """The same tone on a string whose tension the hand changes: a slide up to pitch, then vibrato."""
    times = control_times(samples.size)
    depth = vibrato[0] * np.clip((times - 0.15) / 0.4, 0.0, 1.0)
    cents = depth * np.sin(2.0 * np.pi * vibrato[1] * times)
    if bend_cents and rng.uniform() < 0.35:
        cents = cents - bend_cents * np.exp(-((times / 0.09) ** 2))
    warped = np.cumsum(drawn_out(2.0 ** (cents / 1200.0), samples.size), dtype=np.float64) - 1.0
    warped = np.clip(warped, 0.0, samples.size - 1.001)
    place = warped.astype(np.int32)
    between = (warped - place).astype(np.float32)
    low = samples[place]
    return np.asarray(low + (samples[place + 1] - low) * between, np.float32)
