"""Many players at once, drawn in the spectrum: string sections, choirs, brass sections, pads.

Every harmonic is a narrow hill of noise instead of a line, as wide as the players are apart, with random
phases; one inverse transform gives the whole note, or a loop of it without a seam. The method is Nasca's
PADsynth (2005). The right ear hears the loop from half-way on, where the phases are others: a section as wide
as the room. In: a note. Out: [2, n].
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out, edged, opened
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_LOOP = 2**16  # samples, 1.4 s: longer notes run through it again
_FAINTEST = 1e-3  # against the strongest harmonic
_UNOPENED = 0.3  # brightness before the attack, against the note's
_OPENED = 6.0  # time constants until the attack is over


@tone_model(release_s=0.3)
def ensemble(
    note: Note,
    rng: np.random.Generator,
    *,
    timbre: Mapping[str, Any] | None = None,
    apart_cents: float = 12.0,
    attack_s: float = 0.25,
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
    total = int(note.duration_s * SAMPLE_RATE)
    size = min(next_fast_len(max(total, 4096), real=True), _LOOP)
    shape = Timbre(**(timbre or {}))
    bins = _hills(shape.amplitudes(note.frequency_hz, note.velocity), note.frequency_hz, size, apart_cents)
    turns = rng.uniform(0.0, 2.0 * np.pi, bins.index.size).astype(np.float32)
    phased: NDArray[np.complex64] = (bins.hills * (np.cos(turns) + 1j * np.sin(turns))).astype(np.complex64)
    bright = shape.amplitudes(note.frequency_hz, note.velocity)
    samples = _transformed(bins, phased, bright, size, total)
    if swell and attack_s > 0.03:
        dark = shape.amplitudes(note.frequency_hz, _UNOPENED * note.velocity)
        opening_s = 0.8 * attack_s + 0.02
        start = min(int(_OPENED * opening_s * SAMPLE_RATE), total)
        unopened = _transformed(bins, phased, dark - bright, size, start)
        unopened *= drawn_out(swell * np.exp(-control_times(start) / opening_s), start)
        samples[:, :start] += unopened
    if breath:
        samples += band_noise(total, rng, low_hz=breath_hz[0], high_hz=breath_hz[1]) * np.float32(breath)
    gain = opened(total, attack_s=attack_s, decay_s=decay_s, sustain=sustain)
    if tremolo_hz:
        strokes = control_times(total) * tremolo_hz * rng.uniform(0.95, 1.05) + rng.uniform()
        gain = gain * (0.45 + 0.55 * np.abs(np.sin(np.pi * strokes)))
    samples *= drawn_out(gain * (0.2 + 0.8 * note.velocity**1.2), total)
    return edged(samples, fade_in_s=0.004, fade_out_s=0.03)


@dataclass(frozen=True)
class _Bins:
    """Which bin of the spectrum belongs to which harmonic; odd and even ones apart, for neighbours may overlap."""

    index: NDArray[np.int64]
    which: NDArray[np.int64]  # harmonic of each place in `index`, from 0
    hills: Samples  # of unit power, one round every harmonic
    odd: NDArray[np.int64]  # places in `index`
    even: NDArray[np.int64]


def _hills(heard: NDArray[np.float64], frequency_hz: float, size: int, apart_cents: float) -> _Bins:
    """The bins round every harmonic that is heard."""
    count = int(np.flatnonzero(heard > _FAINTEST * heard.max())[-1]) + 1
    middles = np.arange(1, count + 1) * frequency_hz * size / SAMPLE_RATE
    widths = np.maximum(middles * (2.0 ** (apart_cents / 1200.0) - 1.0), 0.6)
    firsts = np.maximum((middles - 2.4 * widths).astype(np.int64), 1)
    lasts = np.minimum((middles + 2.4 * widths).astype(np.int64) + 2, size // 2)
    counts = np.maximum(lasts - firsts, 0)
    which = np.repeat(np.arange(count), counts)
    index = np.arange(which.size) + np.repeat(firsts - np.cumsum(counts) + counts, counts)
    away = ((index - middles[which]) / widths[which]).astype(np.float32)
    hills = np.exp(np.float32(-0.5) * away * away)
    unit = (size / 2.0) / np.sqrt(np.maximum(np.bincount(which, hills * hills, count), 1e-9))
    odd = which % 2 == 0
    return _Bins(index, which, hills * unit.astype(np.float32)[which], np.flatnonzero(odd), np.flatnonzero(~odd))


def _transformed(
    bins: _Bins, phased: NDArray[np.complex64], amplitudes: NDArray[np.float64], size: int, total: int
) -> Samples:
    """The sound of a spectrum, run in a circle (it has no seam) until the note is filled, [2, total]."""
    values = phased * amplitudes.astype(np.float32)[bins.which]
    spectrum = np.zeros(size // 2 + 1, np.complex64)
    spectrum[bins.index[bins.odd]] = values[bins.odd]
    spectrum[bins.index[bins.even]] += values[bins.even]
    loop = irfft(spectrum, size)
    sides = np.empty((2, total), np.float32)
    for side, first in zip(sides, (0, size // 2)):
        for at in range(-first, total, size):
            side[max(at, 0) : at + size] = loop[max(-at, 0) : min(size, total - at)]
    return sides
