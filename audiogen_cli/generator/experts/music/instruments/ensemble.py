"""Many players at once, drawn in the spectrum: string sections, choirs, brass sections, pads.

Every harmonic is a narrow hill of noise instead of a line, as wide as the players are apart, with random
phases; one inverse transform gives the whole note. The method is Nasca's PADsynth (2005), here without a
loop. Left and right get phases of their own: a section as wide as the room. In: a note. Out: [2, n].
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.fft import irfft, next_fast_len

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import adsr, control_times, drawn_out, edged
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.registry import instrument_model
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@instrument_model
def ensemble(
    note: Note,
    rng: np.random.Generator,
    *,
    timbre: Mapping[str, Any] | None = None,
    apart_cents: float = 12.0,
    attack_s: float = 0.25,
    release_s: float = 0.3,
    decay_s: float = 1.0,
    sustain: float = 0.9,
    swell: float = 0.3,
    breath: float = 0.0,
    breath_hz: tuple[float, float] = (1500.0, 6000.0),
    tremolo_hz: float = 0.0,
) -> Samples:
    """A section on one note.

    Args:
        timbre: the steady spectrum; the section moves from its darker to its brighter sound as it swells.
        apart_cents: how far the players are from each other: 4 a unison, 12 strings, 25 a wide pad.
        swell: how much brightness grows during the attack, 0 to 1.
        breath, breath_hz: level and band of bow or breath noise.
        tremolo_hz: bows that go back and forth this often; 0 draws them out.
    """
    total = int((note.duration_s + 6.0 * release_s) * SAMPLE_RATE)
    size = next_fast_len(max(total, 4096), real=True)
    shape = Timbre(**(timbre or {}))
    bright = _hills(shape, note, size, apart_cents, brightness=note.velocity)
    turns = rng.uniform(0.0, 2.0 * np.pi, (2, bright.size)).astype(np.float32)
    phases = np.cos(turns) + 1j * np.sin(turns)
    samples = irfft(bright * phases, size, axis=1)[:, :total].astype(np.float32)
    if swell:
        dark = _hills(shape, note, size, apart_cents, brightness=note.velocity * 0.3)
        soft = irfft(dark * phases, size, axis=1)[:, :total].astype(np.float32)
        grown = 1.0 - swell * np.exp(-control_times(total) / (0.8 * attack_s + 0.02))
        samples = soft + (samples - soft) * drawn_out(grown, total)
    if breath:
        samples += band_noise(total, rng, low_hz=breath_hz[0], high_hz=breath_hz[1]) * np.float32(breath)
    gain = adsr(total, note.duration_s, attack_s=attack_s, decay_s=decay_s, sustain=sustain, release_s=release_s)
    if tremolo_hz:
        strokes = control_times(total) * tremolo_hz * rng.uniform(0.95, 1.05) + rng.uniform()
        gain = gain * (0.45 + 0.55 * np.abs(np.sin(np.pi * strokes)))
    samples *= drawn_out(gain * (0.2 + 0.8 * note.velocity**1.2), total)
    return edged(samples, fade_in_s=0.004, fade_out_s=0.03)


def _hills(shape: Timbre, note: Note, size: int, apart_cents: float, *, brightness: float) -> Samples:
    """The amplitude of every bin, [size // 2 + 1]: a hill round each harmonic, scaled to unit power."""
    amplitudes = shape.amplitudes(note.frequency_hz, brightness)
    hertz_a_bin = SAMPLE_RATE / size
    spectrum = np.zeros(size // 2 + 1, np.float32)
    for order, amplitude in enumerate(amplitudes, start=1):
        if amplitude < 1e-3 * amplitudes[0] and amplitude < 1e-3:
            continue
        centre = order * note.frequency_hz
        width = max(centre * (2.0 ** (apart_cents / 1200.0) - 1.0) / hertz_a_bin, 0.6)
        reach = int(3.0 * width) + 1
        middle = centre / hertz_a_bin
        first, last = max(int(middle) - reach, 1), min(int(middle) + reach + 2, spectrum.size)
        if first >= last:
            break
        hill = np.exp(-0.5 * ((np.arange(first, last) - middle) / width) ** 2)
        spectrum[first:last] += np.float32(amplitude / np.sqrt(np.sum(hill**2))) * hill.astype(np.float32)
    return spectrum * np.float32(size / 2.0)
