"""What distance, direction and movement do to a dry sound.

In: dry samples and where they sound. Out: the direct sound as it arrives: weaker, darker, from its side,
with Doppler where it moves. Levels follow the inverse distance law at half strength, as a mixer would
ride them, so that the far stays audible; both level and darkening are told against the distance at which
such a sound is usually heard. Reflections belong to `space`.
"""

import math
from dataclasses import dataclass

import numpy as np

from audiogen_cli.audio.filters import butterworth, filtered
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.scene.space import SPEED_OF_SOUND
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

MOTIONS = ("still", "passing", "approaching", "receding")

_DB_PER_DECADE = 11.0  # the free field has 20
_MOST_DB = 12.0
_BRIGHT_HZ = 15_000.0  # corner of the low-pass just beyond the usual distance
_INTERAURAL_S = 0.00006  # small, so that the sum of both channels does not comb below 8 kHz
_WIDTH = 0.7  # of an ambience: correlation 0.34 between the ears, as in a spaced pair of microphones
_SEAM = 480  # samples
_CONTROL_S = 0.005  # how finely a movement is followed


@dataclass(frozen=True, kw_only=True)
class Path:
    """A movement: distance in metres and side over the time of a sound, at `_CONTROL_S`."""

    distance_m: Samples
    side: Samples


def distance_gain_db(distance_m: float, typical_m: float) -> float:
    """Level of a sound at a distance against the one at which it is usually heard, compressed, within +-12 dB."""
    gain = -_DB_PER_DECADE * math.log10(max(distance_m, 0.2) / max(typical_m, 0.2))
    return min(max(gain, -_MOST_DB), _MOST_DB / 2)


def darkened(samples: Samples, *, distance_m: float, typical_m: float) -> Samples:
    """The sound after the air and ground between its usual and its real distance have taken their highs, [.., S]."""
    ratio = max(distance_m, 0.2) / max(typical_m, 0.2)
    if ratio < 1.25:
        return samples
    return low_passed(samples, _BRIGHT_HZ / ratio**0.8)


def low_passed(samples: Samples, corner_hz: float, *, order: int = 1) -> Samples:
    """Samples [.., S] through a Butterworth low-pass."""
    if corner_hz >= 0.45 * SAMPLE_RATE:
        return samples
    return filtered(butterworth(order, corner_hz, "low", sample_rate=SAMPLE_RATE), samples)


def placed(samples: Samples, *, pan: float, channels: int) -> Samples:
    """A still sound at its side, [C, S]: constant power, and a little later at the farther ear."""
    if channels == 1:
        return samples[None, :]
    angle = (min(max(pan, -1.0), 1.0) + 1) * math.pi / 4
    late = round(abs(pan) * _INTERAURAL_S * SAMPLE_RATE)
    both = np.stack([samples * np.float32(math.cos(angle)), samples * np.float32(math.sin(angle))])
    if late:
        far = 0 if pan > 0 else 1
        both[far, late:] = both[far, :-late].copy()
        both[far, :late] = 0
    return both


def widened(samples: Samples, *, channels: int) -> Samples:
    """An ambience [S] all around, [C, S]: what differs between the ears is the same ambience from another moment.

    It is added to one ear and taken from the other, so that the sum of both channels is the sound itself.
    """
    if channels == 1:
        return samples[None, :]
    elsewhere = np.roll(samples, len(samples) * 2 // 5) * np.float32(_WIDTH)
    seam = len(samples) * 2 // 5
    around = np.arange(max(0, seam - _SEAM), min(len(samples), seam + _SEAM))
    elsewhere[around] *= np.abs(np.linspace(-1, 1, len(around), dtype=np.float32))  # the old end meets the old start
    around_ears: Samples = np.stack([samples + elsewhere, samples - elsewhere])
    around_ears *= np.float32((2 + 2 * _WIDTH**2) ** -0.5)
    return around_ears


def movement(motion: str, *, duration_s: float, distance_m: float, speed_mps: float, pan: float) -> Path:
    """The path of a moving source.

    Args:
        motion: "passing" (`distance_m` is the nearest point; it starts at the side of `pan`), "approaching"
            (ends at `distance_m`) or "receding" (starts there).
        speed_mps: along a straight line, in metres a second.
    """
    steps = np.linspace(-0.5, 0.5, max(2, round(duration_s / _CONTROL_S)), dtype=np.float32)
    if motion == "passing":
        along = steps * np.float32(speed_mps * duration_s)
        distance = np.hypot(along, np.float32(distance_m))
        heading = -1.0 if pan > 0 else 1.0
        return Path(distance_m=distance, side=(0.9 * heading * along / distance).astype(np.float32))
    way = np.float32(speed_mps * duration_s) * ((0.5 - steps) if motion == "approaching" else (0.5 + steps))
    distance = np.float32(distance_m) + way
    return Path(distance_m=distance, side=np.full_like(distance, pan))


def moved(samples: Samples, path: Path, *, typical_m: float, channels: int) -> Samples:
    """A sound that travels along a path, [C, S]: Doppler, level, highs and side follow it; as long as it was."""
    count = len(samples)
    at = np.linspace(0, len(path.distance_m) - 1, count, dtype=np.float32)
    grid = np.arange(len(path.distance_m), dtype=np.float32)
    distance = np.interp(at, grid, path.distance_m).astype(np.float32)
    nearest = float(path.distance_m.min())
    delay = (distance - nearest) * np.float32(SAMPLE_RATE / SPEED_OF_SOUND)
    heard = np.interp(np.arange(count) - delay, np.arange(count), samples, left=0.0, right=0.0).astype(np.float32)
    gain = 10 ** (np.clip(-_DB_PER_DECADE * 1.4 * np.log10(distance / nearest), -2 * _MOST_DB, 0) / 20)
    dark = low_passed(heard, 1800.0)
    clear = np.clip(np.float32(1.6 * nearest) / distance, 0, 1)
    heard = (heard * clear + dark * (1 - clear)) * gain.astype(np.float32)
    heard = np.asarray(heard * np.float32(10 ** (distance_gain_db(nearest, typical_m) / 20)), dtype=np.float32)
    if channels == 1:
        return heard[None, :]
    angle = (np.interp(at, grid, path.side).astype(np.float32) + 1) * np.float32(math.pi / 4)
    both: Samples = np.stack([heard * np.cos(angle), heard * np.sin(angle)])
    return both
