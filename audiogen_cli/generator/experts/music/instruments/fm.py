"""Frequency modulation: electric pianos, glassy bells, hollow basses.

Chowning 1973: one sine moves the phase of another; the index is the brightness and decays of its own.
Operators are pairs that sum, as in the well-known six-operator keyboards. In: a note. Out: [n].
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out, edged, opened
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_HIGHEST_HZ = 15_000.0


@tone_model(release_s=0.1)
def fm(
    note: Note,
    rng: np.random.Generator,
    *,
    pairs: Sequence[Sequence[float]] = ((1.0, 1.0, 1.5, 0.6, 1.0, 2.0),),
    attack_s: float = 0.002,
    sustain: float = 0.0,
    detune_cents: float = 2.0,
) -> Samples:
    """A tone of one or several pairs of operators.

    Args:
        pairs: each carrier ratio, modulator ratio, index, decay of the index in seconds, level, decay of the level.
        sustain: level that is held against the decays; 0 dies away as a struck tine does.
        detune_cents: between one pair and the next.
    """
    longest = max(pair[5] for pair in pairs)
    ring_s = note.duration_s if sustain else min(note.duration_s, 5.0 * longest)
    total = int(ring_s * SAMPLE_RATE)
    times = control_times(total)
    at = np.arange(total) / SAMPLE_RATE
    samples = np.zeros(total, np.float32)
    for number, (carrier, modulator, index, index_decay_s, level, decay_s) in enumerate(pairs):
        base = note.frequency_hz * 2.0 ** (detune_cents * number * rng.uniform(0.5, 1.0) / 1200.0)
        # the sidebands reach about carrier + (index + 1) modulators: keep them below the limit
        room = max((_HIGHEST_HZ / base - carrier) / max(modulator, 1e-6) - 1.0, 0.0)
        depth = min(index * (0.25 + 1.1 * note.velocity), room) * (0.12 + 0.88 * np.exp(-times / index_decay_s))
        moving = decaying_partials([base * modulator], [1.0], [np.inf], total) * drawn_out(depth, total)
        turns = base * carrier * at
        tone = np.sin((2.0 * np.pi * (turns - np.floor(turns))).astype(np.float32) + moving)
        samples += tone * drawn_out(level * (sustain + (1.0 - sustain) * np.exp(-times / decay_s)), total)
    gain = opened(total, attack_s=attack_s, decay_s=1.0, sustain=1.0)
    samples *= drawn_out(gain * note.velocity**1.3, total)
    return edged(samples, fade_out_s=0.01)
