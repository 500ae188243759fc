"""Pipes, reeds and tone wheels: organs, accordion, harmonium, calliope; steady harmonics without vibrato.

Each rank is a pitch against the key with its own timbre, slightly out with the others; wind noise and the
chiff of the attack come with it. In: a note. Out: [2, n], the ranks spread between the ears.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import drawn_out, edged, opened
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@tone_model(release_s=0.06)
def pipes(
    note: Note,
    rng: np.random.Generator,
    *,
    ranks: Sequence[Sequence[float]] = ((1.0, 1.0, 0.0),),
    timbre: Mapping[str, Any] | None = None,
    attack_s: float = 0.03,
    chiff: float = 0.1,
    wind: float = 0.01,
    click: float = 0.0,
    swell: float = 0.0,
) -> Samples:
    """A key that opens one or several ranks.

    Args:
        ranks: each pitch ratio, level, cents out of tune.
        timbre: of every rank.
        chiff: loudness of the speech of the pipe at the start.
        wind: loudness of the blower while it sounds.
        click: of a key contact.
        swell: how much a bellows grows into the tone, 0 to 1.
    """
    shape = Timbre(**(timbre or {}))
    total = int(note.duration_s * SAMPLE_RATE)
    sides = [np.zeros(total, np.float32), np.zeros(total, np.float32)]
    for number, (ratio, level, cents) in enumerate(ranks):
        frequency = note.frequency_hz * ratio * 2.0 ** ((cents + rng.uniform(-1.0, 1.0)) / 1200.0)
        amplitudes = shape.amplitudes(frequency, note.velocity)[:60] * level
        order = np.arange(1, amplitudes.size + 1)
        tone = decaying_partials(
            order * frequency, amplitudes, np.inf, total, phases=rng.uniform(0, 2 * np.pi, order.size)
        )
        near = 0.5 + 0.35 * (1 if number % 2 else -1) * (len(ranks) > 1)
        sides[0] += tone * np.float32(np.sqrt(1.0 - near))
        sides[1] += tone * np.float32(np.sqrt(near))
    samples = np.stack(sides)
    if chiff:
        start = min(int(0.08 * SAMPLE_RATE), total)
        noise = band_noise(start, rng, low_hz=note.frequency_hz, high_hz=min(note.frequency_hz * 5.0, 9000.0))
        fall = np.exp(-np.arange(start, dtype=np.float32) / (0.02 * SAMPLE_RATE))
        samples[:, :start] += noise * fall * np.float32(chiff)
    if wind:
        samples += band_noise(total, rng, low_hz=400.0, high_hz=4000.0) * np.float32(wind)
    gain = opened(total, attack_s=attack_s, decay_s=1.0, sustain=1.0)
    if swell:
        gain *= 1.0 - swell * np.exp(-np.arange(gain.size) * 64 / SAMPLE_RATE / 0.15)
    samples *= drawn_out(gain, total) * np.float32(0.3 + 0.7 * note.velocity)
    if click:
        tick = min(int(0.004 * SAMPLE_RATE), total)
        samples[:, :tick] += band_noise(tick, rng, low_hz=1500.0, high_hz=6000.0) * np.float32(click)
    return edged(samples, fade_out_s=0.02)
