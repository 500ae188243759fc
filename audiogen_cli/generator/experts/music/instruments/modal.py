"""Struck bars, bells, bowls and drums with a pitch: each a short table of modes.

The mode ratios are an entry's own (marimba bars tuned 1:4:9.2, free bars 1:2.76:5.4, cantilever tines
1:6.27:17.5, kettledrums 1:1.5:1.98): Fletcher and Rossing, chapters 18 to 21. In: a note. Out: [n].
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import edged
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@tone_model(release_s=None)
def modal(
    note: Note,
    rng: np.random.Generator,
    *,
    ratios: Sequence[float] = (1.0, 4.0, 9.2),
    levels: Sequence[float] = (1.0, 0.3, 0.1),
    decays_s: Sequence[float] = (0.6, 0.2, 0.08),
    pitch_decay: float = 0.5,
    hardness: float = 1.0,
    beating_cents: float = 0.0,
    strike: float = 0.1,
    strike_hz: float = 1500.0,
    attack_s: float = 0.001,
) -> Samples:
    """A struck bar, bell or kettle, as long as it rings; a damper is the registry's.

    Args:
        ratios, levels, decays_s: the modes against the pitch, at medium loudness, at middle C.
        pitch_decay: how much shorter high notes are: decay falls with frequency to this power.
        hardness: of the mallet; how much the upper modes grow with the stroke.
        beating_cents: every mode is two, this far apart: bells and bowls that waver.
        strike, strike_hz: loudness and pitch of the mallet's own noise.
        attack_s: longer than a millisecond for a bowl that is stroked rather than struck.
    """
    frequency = note.frequency_hz
    scale = (261.6 / frequency) ** pitch_decay
    decays = np.asarray(decays_s, np.float64) * scale
    longest = float(decays.max())
    total = int(min(6.0 * longest, note.duration_s) * SAMPLE_RATE)
    upper = (0.25 + note.velocity * hardness * 1.25) ** (np.arange(len(ratios)) > 0)
    gains = np.asarray(levels, np.float64) * upper * rng.uniform(0.85, 1.15, len(ratios))
    hertz = frequency * np.asarray(ratios, np.float64) * 2.0 ** (rng.uniform(-1.5, 1.5, len(ratios)) / 1200.0)
    if beating_cents:
        apart = 2.0 ** (beating_cents * rng.uniform(0.6, 1.4, hertz.size) / 1200.0)
        hertz, gains, decays = np.r_[hertz, hertz * apart], np.r_[gains, 0.7 * gains], np.r_[decays, decays]
    samples = decaying_partials(hertz, gains, decays, total)
    knock = min(int(0.05 * SAMPLE_RATE), total)
    noise = band_noise(knock, rng, low_hz=0.5 * strike_hz, high_hz=2.0 * strike_hz)
    samples[:knock] += noise * np.exp(-np.arange(knock, dtype=np.float32) / (0.007 * SAMPLE_RATE)) * np.float32(strike)
    return edged(samples * np.float32(note.velocity**1.4), fade_in_s=attack_s, fade_out_s=0.03)
