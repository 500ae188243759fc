"""Tones that a breath or a bow keeps alive, one player each: winds, brass, solo strings, a solo voice.

A band-limited wavetable per note in several brightnesses: the envelope moves through them (a brass tone
opens as it gets louder, Risset and Mathews 1969), vibrato grows in late, breath or bow noise lies
beneath. In: a note. Out: [n].
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out, edged, opened
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.instruments.wavetable import build_tables, phase_of, read_tables
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_BRIGHTNESSES = 5


@tone_model(release_s=0.08)
def blown(
    note: Note,
    rng: np.random.Generator,
    *,
    timbre: Mapping[str, Any] | None = None,
    attack_s: float = 0.06,
    decay_s: float = 0.3,
    sustain: float = 0.85,
    vibrato_cents: float = 15.0,
    vibrato_hz: float = 5.3,
    vibrato_after_s: float = 0.25,
    scoop_cents: float = 20.0,
    breath: float = 0.03,
    breath_hz: tuple[float, float] = (800.0, 5000.0),
    opening: float = 0.6,
    unsteady: float = 0.02,
    growl: float = 0.0,
) -> Samples:
    """A blown or bowed tone.

    Args:
        timbre: the steady spectrum; its two cutoffs are soft and loud playing.
        vibrato_cents, vibrato_hz, vibrato_after_s: grows in after the start of the tone.
        scoop_cents: how far below the pitch a tone starts.
        breath, breath_hz: level and band of the noise under the tone.
        opening: how much brightness follows the envelope.
        unsteady: slow random movement of loudness and pitch: no player holds still.
        growl: a rasp of the throat, 0 to 1.
    """
    total = int(note.duration_s * SAMPLE_RATE)
    times = control_times(total)
    attack = attack_s * rng.uniform(0.8, 1.25) * (1.4 - 0.6 * note.velocity)
    gain = opened(total, attack_s=attack, decay_s=decay_s, sustain=sustain)
    wander = _wander(times, rng) * unsteady
    onset = np.clip((times - vibrato_after_s) / 0.35, 0.0, 1.0)
    swing = np.sin(2.0 * np.pi * (vibrato_hz * rng.uniform(0.94, 1.06) * times + 0.15 * wander) + rng.uniform(0, 6.28))
    cents = vibrato_cents * onset * swing - scoop_cents * rng.uniform(0.3, 1.2) * np.exp(-times / (0.5 * attack + 0.01))
    cents += 120.0 * wander
    level = gain * (1.0 + 0.12 * onset * swing * (vibrato_cents > 0) + 2.0 * wander)
    if growl:
        level = level * (1.0 - growl * (0.5 + 0.5 * np.sin(2 * np.pi * 27.0 * times)))
    bright = np.clip(note.velocity * (1.0 - opening + opening * gain) + 2.0 * wander, 0.0, 1.0)
    tables = build_tables(Timbre(**(timbre or {})), note.frequency_hz, _BRIGHTNESSES, rng)
    phase = phase_of(note.frequency_hz * 2.0 ** (cents / 1200.0), total)
    samples = read_tables(tables, phase, drawn_out(bright * (_BRIGHTNESSES - 1), total))
    if breath:
        noise = band_noise(total, rng, low_hz=breath_hz[0], high_hz=breath_hz[1])
        burst = 1.0 + 2.5 * np.exp(-times / 0.05)
        samples += noise * drawn_out(breath * burst, total)
    samples *= drawn_out(level * (0.25 + 0.75 * note.velocity**1.2), total)
    return edged(samples, fade_in_s=0.003, fade_out_s=0.02)


def _wander(times: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A slow random movement of about unit size, at control points."""
    knots = np.arange(0.0, times[-1] + 0.4, 0.17)
    return np.asarray(np.interp(times, knots, 0.5 * rng.standard_normal(knots.size)))
