"""Sudden sounds with too many modes to count: blasts, slams, crashes, and what their surroundings answer.

In: lengths in samples, a seeded `rng`, levels in dB and ringing times in seconds for bands given by their middle.
Out: signals [S]. Above its first dozen modes a door, a wall or a valley answers as noise that dies band by band;
which body it is stands in the families.
Sources: Lyon and DeJong, "Theory and Application of Statistical Energy Analysis" (1995), for modes as noise;
Friedlander (1946) for the pressure front; Maher, "Acoustical characterization of gunshots" (2007),
for what is heard of one.
"""

from collections.abc import Sequence

import numpy as np
from scipy import fft

from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass
from audiogen_cli.generator.experts.effects.synthesis.noise import white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds

_LOWEST_HZ = 25.0  # what has no length to sound would only move the membrane

Band = tuple[float, float, float]
"""Middle in Hz, level in dB, ringing time (60 dB) in seconds."""


def burst(n: int, rng: np.random.Generator, bands: Sequence[Band], attack_s: float = 0.0) -> Signal:
    """Noise that begins at once and dies band by band; peak 1.

    Args:
        n: length in samples.
        rng: of the noise.
        bands: in rising order; each reaches to the middles of its neighbours, the outermost to the ends.
        attack_s: how long it takes to rise.
    """
    heard = [min(n, num_samples(1.3 * t60_s + attack_s)) for _, _, t60_s in bands]
    size = fft.next_fast_len(max(heard), real=True)
    spectrum = fft.rfft(white(max(heard), rng).astype(np.float32), size)
    hz = fft.rfftfreq(size, 1 / SAMPLE_RATE)
    spectrum[hz < _LOWEST_HZ] = 0
    octaves = np.log2(np.maximum(hz, 1.0))
    middles = np.log2([middle for middle, _, _ in bands])
    out = np.zeros(n)
    for length, share, (_, level_db, t60_s) in zip(heard, np.eye(len(bands)), bands):
        gain = np.sqrt(np.interp(octaves, middles, share)).astype(np.float32)
        part = fft.irfft(spectrum * gain, size)[:length]
        out[:length] += db(level_db) / max(float(part.std()), 1e-12) * part * decay(length, t60_s, attack_s)
    return out / max(float(np.abs(out).max()), 1e-12)


def front(n: int, length_s: float) -> Signal:
    """Friedlander's wave: a shock to 1, past zero after `length_s`, a shallow suction; [S]."""
    t = seconds(n) / length_s
    return np.asarray((1 - t) * np.exp(-t))


def blast(
    n: int,
    rng: np.random.Generator,
    *,
    length_s: float,
    near_s: float,
    tail_s: float,
    tail_db: float = -26.0,
    tilt_db: float = 4.0,
    drive: float = 4.0,
) -> Signal:
    """A pressure front, the torn air right behind it, and the answer of ground and surroundings; peak near 1.

    Args:
        n: length in samples.
        rng: of the noise.
        length_s: of the front's positive phase; a pistol's 0.5 ms, a bomb's 20 ms and more.
        near_s: how long the torn air rings (60 dB) at 350 Hz; a sixth of a second for a pistol.
        tail_s: how long the surroundings ring at 350 Hz; above they die sooner.
        tail_db: the surroundings against the torn air.
        tilt_db: slope of the torn air, in dB an octave above equal octaves; white noise has 3.
        drive: how far the microphone is overloaded; such sounds are known from recordings, and none bears their peak.
    """
    middles = np.array([45.0, 90, 180, 350, 700, 1400, 2800, 5600, 11000])
    octave = np.log2(middles / 350)
    levels = np.minimum(tilt_db, 3.5) * octave.clip(max=0) + tilt_db * octave.clip(0)
    near = burst(n, rng, [*zip(middles, levels, near_s * 2.0 ** (-0.15 * octave))])
    dull = levels.clip(max=8) - 2 * octave.clip(0)
    far = burst(n, rng, [*zip(middles, dull, tail_s * 2.0 ** (-0.3 * octave.clip(0)))], 0.004)
    out = 0.3 * front(n, length_s) + near + db(tail_db) * far
    return highpass(np.tanh(drive * out), 25, order=1)
