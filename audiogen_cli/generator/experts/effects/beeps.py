"""Tones switched on and off: piezo alarms, pulses, the tones of a telephone line, sonar.

In: a length, a seeded `rng` and the settings of an entry (pitch, harmonics, when it sounds). Out: signals [S].
A beep of another kind is an entry with other numbers and no code.
Sources: Farnell, "Designing Sound" (2010), ch. 25 to 27 (alarms, telephone tones); ISO 8201 for the smoke alarm,
IEC 60601-1-8 for a patient's pulse; Urick, "Principles of Underwater Sound" (1983).
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


@sound_model
def beeps(
    duration_s: float,
    rng: np.random.Generator,
    *,
    hz: Sequence[float],
    chord: Sequence[float] = (1.0,),
    harmonics: Sequence[float] = (1.0,),
    drive: float = 0.0,
    spans: Sequence[Sequence[float]] = (),
    every_s: float = 0.0,
    unevenness_s: float = 0.0,
    band: Sequence[float] = (),
    hiss: float = 0.0,
    air: Sequence[Sequence[float]] = (),
) -> Signal:
    """A tone or a chord of a small loudspeaker, switched by a pattern (piezo oscillator, Farnell 2010, ch. 25).

    Args:
        duration_s: how long, in seconds.
        rng: of pitch, unevenness and noise.
        hz: the pitch lies between these two.
        chord: further tones against it.
        harmonics: gains of each tone's harmonics.
        drive: how far it is squared; 0 leaves it pure.
        spans: (start, end) in seconds of its sounding within each `every_s`; throughout if none is told.
        every_s: after how long the pattern begins again; 0 never.
        unevenness_s: by how much each beginning strays.
        band: the line or loudspeaker passes between these two Hz.
        hiss: white noise of the line, over all of it.
        air: (Hz, dB) points of the steady quiet noise of an apparatus.
    """
    n = num_samples(duration_s)
    pitch = rng.uniform(hz[0], hz[1])
    tone = sum((chirp(np.full(n, pitch * ratio), harmonics) for ratio in chord), np.zeros(n))
    if drive:
        tone = np.tanh(drive * tone)
    if spans:
        cycles = int(duration_s / every_s) + 1 if every_s else 1
        starts = [k * every_s + unevenness_s * rng.standard_normal() for k in range(cycles)]
        tone *= gated(n, [(at + a, at + b) for at in starts for a, b in spans if at + b < duration_s])
    out = tone + hiss * white(n, rng)
    if band:
        out = bandpass(out, band[0], band[1])
    if air:
        out += 0.012 * shaped_noise(n, rng, [(at, level_db) for at, level_db in air])
    return fade_ends(out, 0.003, 0.025)


def gated(n: int, spans: Sequence[tuple[float, float]], edge_s: float = 0.003) -> Signal:
    """1 within each (start, end) in seconds and 0 outside, with soft edges."""
    t = seconds(n)
    gate = np.zeros(n)
    for start, end in spans:
        gate = np.maximum(gate, np.clip(np.minimum((t - start) / edge_s, (end - t) / edge_s), 0, 1))
    return gate


@sound_model
def countdown(duration_s: float, rng: np.random.Generator) -> Signal:
    """Beeps drawing together and a long one at the end (piezo oscillator, Farnell 2010)."""
    n = num_samples(max(duration_s, 3.0))
    end = n / SAMPLE_RATE - 1.0
    gaps = np.geomspace(0.9, 0.12, 60)
    starts = np.cumsum(gaps) - gaps[0] + 0.02
    hz = rng.uniform(950, 1100)
    gate = gated(n, [(at, at + 0.07) for at in starts if at < end - 0.1], 0.003)
    last = gated(n, [(end, end + 0.9)], 0.004)
    return np.tanh(
        1.6 * (chirp(np.full(n, hz), [1, 0.1, 0.25]) * gate + chirp(np.full(n, hz * 1.5), [1, 0.1, 0.2]) * last)
    )


@sound_model
def sonar(duration_s: float, rng: np.random.Generator) -> Signal:
    """A pure ping sent into water, and its slowly dying reverberation from sea bed and surface (Urick 1983)."""
    n = num_samples(max(duration_s, 3.0))
    hz = rng.uniform(1150, 1500)
    ping = chirp(np.full(n, hz), [1, 0.05]) * decay(n, 0.9, 0.01)
    tail = bandpass(white(n, rng), hz * 0.985, hz * 1.015) * decay(n, n / SAMPLE_RATE * 0.9, 0.1)
    back = place(n, [ping], [rng.uniform(0.9, 1.3)], [0.12])
    return fade_ends(ping + 0.25 * tail / np.abs(tail).max() + back, 0.004, 0.3)
