"""The spectra of sustained tones: how strong each harmonic is, from a few figures a designer can turn.

In: a pitch, a brightness from 0 to 1 and a `Timbre`. Out: amplitudes of harmonics 1..K, [K]. The
formants stay where they are while the pitch moves, as in a violin's body or a singer's mouth.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

HIGHEST_HZ = 16_000.0


@dataclass(frozen=True, kw_only=True)
class Timbre:
    """The steady sound of an instrument."""

    tilt_db: float = -6.0  # an octave; -6 is a sawtooth
    even: float = 1.0  # strength of the even harmonics; 0.1 is a clarinet
    cutoff_hz: tuple[float, float] = (1500.0, 6000.0)  # low-pass at brightness 0 and 1
    slope_db: float = 18.0  # an octave above the cutoff
    resonance_db: float = 0.0  # at the cutoff: the whistle of a synthesizer's filter
    formants: Sequence[tuple[float, float, float]] = ()  # hertz, decibels, width in octaves
    fundamental_db: float = 0.0  # the first harmonic alone
    pulse: float | None = None  # duty of a pulse wave: its comb on top of the tilt

    def __post_init__(self) -> None:  # an entry's lists as tuples: equal timbres share their spectra
        object.__setattr__(self, "cutoff_hz", tuple(self.cutoff_hz))
        object.__setattr__(self, "formants", tuple(tuple(formant) for formant in self.formants))

    def amplitudes(self, frequency_hz: float, brightness: float) -> NDArray[np.float64]:
        """Amplitudes of the harmonics below 16 kHz, [K], of unit root mean square."""
        return np.asarray(self.spectra(frequency_hz, (float(brightness),))[0])

    @lru_cache(maxsize=256)  # noqa: B019 - a timbre is a small frozen value
    def spectra(self, frequency_hz: float, brightnesses: tuple[float, ...]) -> NDArray[np.float64]:
        """The amplitudes at each of several brightnesses, [B, K]; not to be written to."""
        order = np.arange(1, max(1, int(HIGHEST_HZ / frequency_hz)) + 1)
        hertz = order * frequency_hz
        level_db = self.tilt_db * np.log2(order)
        cutoff = self.cutoff_hz[0] * (self.cutoff_hz[1] / self.cutoff_hz[0]) ** np.asarray(brightnesses)
        octaves = np.log2(hertz / cutoff[:, None])
        level_db = level_db - self.slope_db * np.log2(1.0 + 2.0 ** (4.0 * octaves)) / 4.0
        if self.resonance_db:
            level_db = level_db + self.resonance_db * np.exp(-0.5 * (octaves / 0.18) ** 2)
        for centre, gain_db, width in self.formants:
            level_db = level_db + gain_db * np.exp(-0.5 * (np.log2(hertz / centre) / width) ** 2)
        level_db[:, 0] += self.fundamental_db
        gains = 10.0 ** (level_db / 20.0)
        gains[:, 1::2] *= self.even
        if self.pulse is not None:
            gains = gains * np.abs(np.sin(np.pi * order * self.pulse))
        return np.asarray(gains / np.sqrt(0.5 * np.sum(gains**2, axis=1, keepdims=True)))
