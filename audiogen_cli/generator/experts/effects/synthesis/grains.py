"""Many small events, and parts put together: when they fall, where they are placed, how they are mixed.

In: rates a second, starts in seconds, parts [S]. Out: signals [S].
Source: Cook, "Real Sound Synthesis for Interactive Applications" (2002), for particles (PhISEM).
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, Track, db


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
