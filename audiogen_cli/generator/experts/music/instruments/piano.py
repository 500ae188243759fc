"""The piano: stiff strings in threes, a felt hammer that gets harder with the stroke, a thump, a damper.

Inharmonicity and hammer hardness after Fletcher and Rossing, "The Physics of Musical Instruments",
chapter 12; the two-stage decay of coupled strings after Weinreich 1977. In: a note. Out: [n].
"""

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import edged
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials, stiff_string
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_STRINGS_CENTS = (0.0, 0.7, -0.6)


@tone_model(release_s=0.09)
def piano(
    note: Note,
    rng: np.random.Generator,
    *,
    hardness: float = 1.0,
    decay_s: float = 3.2,
    detune: float = 1.0,
    hammer: float = 0.12,
    attack_s: float = 0.003,
    damping_hz: float = 2400.0,
) -> Samples:
    """A piano tone, as long as it rings; the registry lets the damper fall.

    Args:
        hardness: of the felt; 0.5 is a soft upright under a practice pedal, 1.5 a bright concert grand.
        decay_s: time constant of the fundamental at middle C.
        detune: of the three strings; 1 is in tune, 8 a saloon.
        hammer: loudness of the thump.
        attack_s: how long the felt stays on the string.
        damping_hz: the partial that dies in half the fundamental's time.
    """
    frequency = note.frequency_hz
    held_s = float(np.clip(decay_s * (261.6 / frequency) ** 0.55, 0.25, 9.0))
    total = int(min(note.duration_s, 3.0 * held_s) * SAMPLE_RATE)
    inharmonicity = 2.2e-4 * np.exp(0.075 * (note.pitch - 52.0)) + 8e-5
    hertz = stiff_string(frequency, float(inharmonicity), up_to_hz=12_000.0, most=60)
    order = np.arange(1, hertz.size + 1)
    felt = hardness * (500.0 + 3200.0 * note.velocity**1.6) * (frequency / 261.6) ** 0.45
    gains = (0.25 + np.abs(np.sin(np.pi * order / 8.0))) * np.exp(-(((hertz - frequency) / felt) ** 0.85)) / order**0.5
    gains = gains * rng.uniform(0.75, 1.25, hertz.size) * (1.0 - np.exp(-((hertz / 75.0) ** 2)))
    decays = held_s / (1.0 + (hertz / damping_hz) ** 0.9 + 0.25 * (order - 1) ** 0.6)
    strings = [hertz * 2.0 ** (detune * cents * rng.uniform(0.7, 1.3) / 1200.0) for cents in _STRINGS_CENTS]
    samples = decaying_partials(
        np.concatenate(strings),
        np.concatenate([gains, 0.8 * gains, 0.45 * gains]),
        np.concatenate([0.45 * decays, decays, 2.2 * decays]),
        total,
        phases=np.concatenate([np.zeros(order.size), np.zeros(order.size), np.full(order.size, 0.4)]),
    )
    level = float(np.abs(samples[: int(0.05 * SAMPLE_RATE)]).max(initial=1e-9))
    samples += level * hammer * (0.4 + note.velocity) * _thump(total, rng)
    return edged(samples * np.float32(note.velocity**1.6 / (0.3 + level)), fade_in_s=attack_s, fade_out_s=0.03)


def _thump(total: int, rng: np.random.Generator) -> Samples:
    """The hammer's knock in the soundboard: a few low modes and a breath of noise, [total]."""
    modes = decaying_partials(
        np.array([72.0, 118.0, 187.0, 263.0, 410.0]) * rng.uniform(0.95, 1.05),
        [0.8, 1.0, 0.7, 0.5, 0.3],
        [0.06, 0.05, 0.035, 0.025, 0.015],
        total,
    )
    felt = min(int(0.04 * SAMPLE_RATE), total)
    modes[:felt] += (
        0.25
        * band_noise(felt, rng, low_hz=300.0, high_hz=1800.0)
        * np.exp(-np.arange(felt, dtype=np.float32) / (0.008 * SAMPLE_RATE))
    )
    return modes
