"""The analogue synthesizer: detuned oscillators, a resonant filter with its own envelope, an amplifier.

The filter is not run but drawn: a wavetable for each of several cutoffs, resonance included, through which
the envelope moves (no aliasing, any speed). In: a note. Out: [2, n] with several voices, else [n].
"""

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.envelopes import control_times, drawn_out, edged, opened
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import tone_model
from audiogen_cli.generator.experts.music.instruments.spectrum import Timbre
from audiogen_cli.generator.experts.music.instruments.wavetable import build_tables, phase_of, read_tables, turned
from audiogen_cli.generator.experts.music.score import Note
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

_CUTOFFS = 9
_WAVES: dict[str, tuple[float, float | None]] = {  # decibels an octave, duty of a pulse
    "saw": (-6.0, None),
    "square": (-6.0, 0.5),
    "pulse": (-6.0, 0.25),
    "thin": (-6.0, 0.125),
    "triangle": (-12.0, 0.5),
    "sine": (-60.0, None),
}


@tone_model(release_s=0.08)
def synth(
    note: Note,
    rng: np.random.Generator,
    *,
    wave: str = "saw",
    voices: int = 1,
    detune_cents: float = 10.0,
    cutoff_hz: tuple[float, float] = (300.0, 6000.0),
    resonance_db: float = 6.0,
    filter_decay_s: float = 0.3,
    filter_sustain: float = 0.3,
    filter_attack_s: float = 0.003,
    attack_s: float = 0.004,
    decay_s: float = 0.4,
    sustain: float = 0.7,
    glide_semitones: float = 0.0,
    vibrato_cents: float = 0.0,
    wobble_hz: float = 0.0,
    noise: float = 0.0,
    sub: float = 0.0,
) -> Samples:
    """A subtractive synthesizer's tone.

    Args:
        wave: "saw", "square", "pulse", "thin", "triangle" or "sine".
        voices, detune_cents: oscillators in unison and how far the outer ones are apart.
        cutoff_hz: closed and open filter; the envelope and the velocity move between them.
        resonance_db: the peak at the cutoff.
        glide_semitones: the pitch falls from this far above within 50 ms: kick-like basses, lasers.
        vibrato_cents: delayed, at 5.5 Hz.
        wobble_hz: moves the filter up and down this often instead of its envelope.
        noise, sub: levels of hiss and of a sine an octave below.
    """
    total = int(note.duration_s * SAMPLE_RATE)
    times = control_times(total)
    tilt_db, pulse = _WAVES[wave]
    shape = Timbre(
        tilt_db=tilt_db, pulse=pulse, cutoff_hz=(cutoff_hz[0], cutoff_hz[1]), resonance_db=resonance_db, slope_db=24.0
    )
    tables = build_tables(shape, note.frequency_hz, _CUTOFFS)
    openness = opened(total, attack_s=filter_attack_s, decay_s=filter_decay_s, sustain=filter_sustain)
    if wobble_hz:
        openness = 0.5 - 0.5 * np.cos(2.0 * np.pi * wobble_hz * times)
    place = drawn_out(np.clip(openness * (0.35 + 0.65 * note.velocity), 0.0, 1.0) * (_CUTOFFS - 1), total)
    cents = 1200.0 / 12.0 * glide_semitones * np.exp(-times / 0.02)
    cents = cents + vibrato_cents * np.clip((times - 0.2) / 0.3, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.5 * times)
    sides = np.zeros((2 if voices > 1 else 1, total), np.float32)
    for voice, spot in enumerate(np.linspace(-1.0, 1.0, voices) if voices > 1 else [0.0]):
        bend = cents + 0.5 * detune_cents * spot * rng.uniform(0.8, 1.2)
        phase = turned(phase_of(note.frequency_hz * 2.0 ** (bend / 1200.0), total), rng.uniform() * (voices > 1))
        tone = read_tables(tables, phase, place)
        near = 0.5 + 0.4 * (spot if voice % 2 else -spot)
        for side, gain in zip(sides, (np.sqrt(1.0 - near), np.sqrt(near)) if voices > 1 else (1.0,)):
            side += tone * np.float32(gain)
    if sub:
        sides += decaying_partials([0.5 * note.frequency_hz], [sub], [np.inf], total)
    if noise:
        sides += band_noise(total, rng, low_hz=1000.0, high_hz=9000.0) * np.float32(noise)
    gain = opened(total, attack_s=attack_s, decay_s=decay_s, sustain=sustain)
    sides *= drawn_out(gain * note.velocity**1.2, total)
    samples = edged(sides, fade_in_s=0.001, fade_out_s=0.01)
    return samples if voices > 1 else samples[0]
