"""The piano: stiff strings in threes, a felt hammer that gets harder with the stroke, a thump, a damper.

Inharmonicity and the felt that softens the stroke after Fletcher and Rossing, "The Physics of Musical Instruments",
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
_KNOCK_S = 0.45  # the lowest mode is 65 dB down
_AFTERWARDS = 5.0  # how much longer the strings ring once they swing against each other


@tone_model(release_s=0.09)
def piano(
    note: Note,
    rng: np.random.Generator,
    *,
    felt_hz: float = 620.0,
    decay_s: float = 0.9,
    after: float = 0.4,
    detune: float = 2.0,
    hammer: float = 0.04,
    attack_s: float = 0.003,
    damping_hz: float = 1800.0,
) -> Samples:
    """A piano tone, as long as it rings; the registry lets the damper fall.

    Args:
        felt_hz: above this the hammer, which stays on the string for a while, gives ever less: at middle C and medium
            loudness; 350 is a soft upright under a practice pedal, 1200 a hammer with tacks.
        decay_s: time constant of the first sound's fundamental at middle C.
        after: loudness of the second sound, which lives five times as long.
        detune: of the three strings; 2 is in tune, 11 a saloon.
        hammer: loudness of the thump.
        attack_s: how long the felt stays on the string.
        damping_hz: the partial that dies in half the fundamental's time.
    """
    frequency = note.frequency_hz
    held_s = float(np.clip(decay_s * (261.6 / frequency) ** 0.5, 0.12, 4.0))
    total = int(min(note.duration_s, 3.0 * _AFTERWARDS * held_s) * SAMPLE_RATE)
    inharmonicity = 2.2e-4 * np.exp(0.075 * (note.pitch - 52.0)) + 8e-5
    hertz = stiff_string(frequency, float(inharmonicity), up_to_hz=12_000.0, most=60)
    order = np.arange(1, hertz.size + 1)
    felt = felt_hz * (frequency / 261.6) ** 0.35 * (max(note.velocity, 0.1) / 0.6) ** 0.3
    gains = (0.12 + np.abs(np.sin(np.pi * order / 8.0))) * (1.0 + (hertz / felt) ** 2) ** -1.5
    gains *= np.exp(-hertz / 6000.0) * rng.uniform(0.7, 1.3, hertz.size) * (1.0 - np.exp(-((hertz / 90.0) ** 2)))
    decays = held_s / (1.0 + (hertz / damping_hz) ** 0.9 + 0.3 * (order - 1) ** 0.5)
    strings = [hertz * 2.0 ** (detune * cents * rng.uniform(0.7, 1.3) / 1200.0) for cents in _STRINGS_CENTS]
    angles = rng.uniform(0.0, 2.0 * np.pi, hertz.size)  # the bridge turns every partial's phase its own way
    samples = decaying_partials(
        np.concatenate(strings),
        np.concatenate([gains, 0.8 * gains, after * gains]),
        np.concatenate([decays, 1.2 * decays, _AFTERWARDS * decays]),
        total,
        phases=np.concatenate([angles, angles, angles + 0.4]),
    )
    level = float(np.abs(samples[: int(0.05 * SAMPLE_RATE)]).max(initial=1e-9))
    knock = _thump(total, rng)
    samples[: knock.size] += level * hammer * (0.4 + note.velocity) * knock
    return edged(samples * np.float32(note.velocity**1.6 / (0.3 + level)), fade_in_s=attack_s, fade_out_s=0.03)


def _thump(total: int, rng: np.random.Generator) -> Samples:
    """The hammer's knock in the soundboard: a few low modes and a breath of noise, [total at most]."""
    total = min(int(_KNOCK_S * SAMPLE_RATE), total)
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
