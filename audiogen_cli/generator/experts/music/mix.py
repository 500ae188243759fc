"""Parts into one stereo piece: levels by role, places between the ears, one room, a gentle end.

In: a `Score`. Out: [2, S] float32, peak 0.89 (-1 dB), silent at its last sample. Every part is first brought to
the same loudness, so that a style's `level_db` means what it says whatever the instrument; the kick drum may
push others down (`duck`); the room is exponentially decaying noise whose treble dies first, as Moorer 1979
found halls to sound.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.music.instruments.noise import band_noise
from audiogen_cli.generator.experts.music.instruments.registry import play
from audiogen_cli.generator.experts.music.score import Part, Score
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

PEAK = 0.89
_KNEE = 0.55
_ROOM_STEP = 2  # the room answers at half the rate: above 12 kHz air and walls leave nothing to hear
_ROLE_LEVELS_DB = {
    "lead": 0.0,
    "drums": -1.0,
    "hits": -1.0,
    "bass": -4.0,
    "chords": -4.5,
    "arpeggio": -4.5,
    "pad": -7.5,
    "drone": -7.0,
}
_ROLE_SENDS = {"bass": 0.15, "drums": 0.45, "hits": 1.0}  # into the room; 0.9 for all others


def mix_score(score: Score, room: Mapping[str, Any], rng: np.random.Generator, *, drive: float = 1.0) -> Samples:
    """Play and mix a score.

    Args:
        score: the piece.
        room: decay_s (to -60 dB), wet (share), dark_hz (where its treble starts to die), late_ms (before it answers).
        rng: of the performance.
        drive: into the mix's soft limiter; 1 touches the highest peaks alone, 3 is a loud modern master.
    """
    total = round(score.duration_s * SAMPLE_RATE)
    dry = np.zeros((2, total), np.float32)
    send = np.zeros(total, np.float32)
    kicks = _kicks(score)
    for part in score.parts:
        bus = play(part, duration_s=score.duration_s, rng=rng)
        level = loudness(bus)
        if level == 0.0:
            continue
        gain = 0.1 / level * 10.0 ** ((_ROLE_LEVELS_DB.get(part.role, -3.0) + part.level_db) / 20.0)
        bus *= np.float32(gain)
        bus = _placed(bus, part)
        if part.duck and kicks.size:
            bus *= _ducking(kicks, total, part.duck)
        dry += bus
        send += bus.mean(axis=0) * np.float32(_ROLE_SENDS.get(part.role, 0.9))
    wet = float(room.get("wet", 0.2))
    if wet > 0.0 and send.any():
        dry += np.float32(wet) * _reverberated(send, room, rng)
    return _finished(dry, score, drive)


def loudness(bus: Samples) -> float:
    """Root mean square of the 50 ms frames that are within 30 dB of the loudest; 0 for silence."""
    frame = SAMPLE_RATE // 20
    whole = bus[:, : bus.shape[1] // frame * frame] if bus.shape[1] >= frame else bus
    power = (whole**2).mean(axis=0).reshape(-1, min(frame, whole.shape[1])).mean(axis=1)
    top = float(power.max(initial=0.0))
    if top < 1e-12:
        return 0.0
    heard = power[power > 1e-3 * top]
    return float(np.sqrt(0.5 * heard.mean() + 0.5 * np.percentile(heard, 90)))


def _placed(bus: Samples, part: Part) -> Samples:
    if part.pan == 0.0:
        return bus
    angle = (part.pan + 1.0) * np.pi / 4.0
    gains = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(np.sqrt(2.0))
    return np.asarray(bus * gains, np.float32)


def _kicks(score: Score) -> np.ndarray:
    return np.array(sorted(note.start_s for part in score.parts for note in part.notes if note.piece == "kick"))


def _ducking(kicks: np.ndarray, total: int, depth: float) -> Samples:
    times = np.arange(0, total + 256, 256) / SAMPLE_RATE
    place = np.searchsorted(kicks, times, side="right") - 1
    since = np.where(place >= 0, times - kicks[np.maximum(place, 0)], 9.0)
    gain = 1.0 - depth * np.clip(since / 0.008, 0.0, 1.0) * np.exp(-((since / 0.2) ** 2))
    return np.asarray(np.interp(np.arange(total) / SAMPLE_RATE, times, gain), np.float32)


def _reverberated(send: Samples, room: Mapping[str, Any], rng: np.random.Generator) -> Samples:
    decay_s = float(room.get("decay_s", 1.4))
    rate = SAMPLE_RATE / _ROOM_STEP
    tail = int(min(decay_s, 6.0) * rate)
    late = int(float(room.get("late_ms", 18.0)) * rate / 1000.0)
    low_hz, dark_hz = _ROOM_STEP * 150.0, _ROOM_STEP * float(room.get("dark_hz", 4500.0))  # as noise at the full rate
    times = np.arange(tail, dtype=np.float32) / np.float32(rate)
    answers = np.zeros((2, late + tail), np.float32)
    for side in answers:
        low = band_noise(tail, rng, low_hz=low_hz, high_hz=0.5 * dark_hz, slope_db=9.0)
        high = band_noise(tail, rng, low_hz=0.5 * dark_hz, high_hz=min(2.0 * dark_hz, 0.5 * SAMPLE_RATE))
        answer = low * np.exp(times * np.float32(-6.9 / decay_s))
        answer += 0.5 * high * np.exp(times * np.float32(-6.9 / (0.45 * decay_s)))
        for _ in range(7):  # early reflections, each ear its own
            reflection = float(rng.choice([-1.0, 1.0]) * rng.uniform(3.0, 9.0))
            answer[int(rng.uniform(0.0, 0.06) * rate) % tail] += reflection
        answer /= np.sqrt(np.sum(answer**2))
        side[late:] = answer
    size = next_fast_len(-(-send.size // _ROOM_STEP) + tail + late, real=True)
    room_spectra = rfft(answers, size, axis=1)
    spectrum = rfft(send, _ROOM_STEP * size)[: room_spectra.shape[1]]
    return np.asarray(irfft(spectrum * room_spectra, _ROOM_STEP * size, axis=1)[:, : send.size], np.float32)


def _finished(mixed: Samples, score: Score, drive: float) -> Samples:
    """Soft-limited, faded over the last of the ring, at its peak level."""
    mixed = mixed - mixed.mean(axis=1, keepdims=True)
    mixed *= np.float32(drive / (float(np.abs(mixed).max(initial=0.0)) or 1.0))
    size = np.abs(mixed)
    over = size > _KNEE  # below it nothing is touched, above it peaks bend towards full scale
    bent = _KNEE + (1.0 - _KNEE) * np.tanh((size[over] - _KNEE) / (1.0 - _KNEE))
    mixed[over] = np.copysign(bent, mixed[over])
    ring = score.duration_s - score.end_s
    fade = min(max(int(0.6 * ring * SAMPLE_RATE), int(0.03 * SAMPLE_RATE)), mixed.shape[1])
    mixed[:, -fade:] *= np.cos(np.linspace(0.0, np.pi / 2, fade, dtype=np.float32)) ** 2
    rise = min(int(0.003 * SAMPLE_RATE), mixed.shape[1])
    mixed[:, :rise] *= np.linspace(0.0, 1.0, rise, dtype=np.float32)
    peak = float(np.abs(mixed).max(initial=0.0))
    return (mixed * np.float32(PEAK / peak)).astype(np.float32) if peak > 0.0 else mixed
