"""One sounding at its place: direct sound, first reflections, what it wakes in the room; and the room's own quiet.

In: a `Sounding` and a `Space`. Out: samples as they arrive, and the send to the tail that all sounds of a layer
share. The responses themselves are made in `space`, what the way does to a sound in `distance`; levels and order
are the business of `mix`.
"""

import numpy as np

from audiogen_cli.audio.filters import convolved
from audiogen_cli.audio.loudness import TARGET_LUFS, gated_lufs
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.scene.distance import darkened, moved, movement, placed, widened
from audiogen_cli.generator.experts.scene.levels import gain_to
from audiogen_cli.generator.experts.scene.space import (
    Space,
    early_response,
    mixing_time_s,
    tail_response,
    wetness_db,
)
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Sounding

_QUIET_PERIOD = 2**18  # samples, 5.5 s
_WET_WORDS_DB = -3.0  # a talker is miked closer than a slamming door
_WET_BED_DB = -6.0  # an ambience already carries its place; it gets this much less of the room


def placed_in_space(sounding: Sounding, space: Space, *, gain: float, channels: int) -> tuple[Samples, Samples]:
    """One sounding at its place: direct sound and early reflections [C, S], and what it sends to the tail [1, S]."""
    distance = min(sounding.distance_m, space.longest_m) if sounding.motion == "still" else sounding.distance_m
    sound = sounding.samples * np.float32(gain)
    if sounding.motion != "still" and sound.ndim == 1:
        path = movement(
            sounding.motion,
            duration_s=sound.shape[-1] / SAMPLE_RATE,
            distance_m=distance,
            speed_mps=sounding.speed_mps,
            pan=sounding.pan,
        )
        direct = moved(sound, path, typical_m=sounding.typical_m, channels=channels)
    elif sound.ndim == 2 and sound.shape[0] == 2:
        direct = sound if channels == 2 else sound.mean(axis=0, keepdims=True)
    elif sounding.bed:
        direct = widened(darkened(sound, distance_m=distance, typical_m=sounding.typical_m), channels=channels)
    else:
        sound = darkened(mono(sound), distance_m=sounding.distance_m, typical_m=sounding.typical_m)
        direct = placed(sound, pan=sounding.pan, channels=channels)
    if not sounding.in_space or (sounding.bed and space.outdoors):
        return direct, np.zeros((1, 0), dtype=np.float32)
    source = direct.mean(axis=0) * np.float32(1 if channels == 1 else 2**0.5)
    drier = _WET_BED_DB if sounding.bed else _WET_WORDS_DB if sounding.layer == "speech" else 0.0
    wet = 10 ** ((wetness_db(space, distance) + drier) / 20)
    if not sounding.bed:
        early = early_response(space, distance_m=sounding.distance_m, pan=sounding.pan, channels=channels)
        reflected = convolved(source, early)
        reflected[:, : direct.shape[1]] += direct
        direct = reflected
    return direct, (source * np.float32(wet))[None, :]


def reverberate(layer: Samples, send: Samples, space: Space) -> None:
    """Add the tail that a layer's send wakes in the space, in place; the send itself is [S]."""
    heard = np.flatnonzero(send)
    if not len(heard):
        return
    start, end = int(heard[0]), int(heard[-1]) + 1  # the rest of the clip wakes nothing
    tail = tail_response(space.name, space.rt60_s, start_s=mixing_time_s(space), channels=layer.shape[0])
    ringing = convolved(send[start:end], tail)[:, : layer.shape[1] - start]
    layer[:, start : start + ringing.shape[1]] += ringing


def room_quiet(space: Space, *, length: int, channels: int, rng: np.random.Generator) -> Samples:
    """The space's own quiet: noise of its colour and level, different in each channel.

    Noise of random phases repeats without a seam, so a few seconds of it fill any clip.
    """
    from scipy.fft import irfft, rfftfreq

    hertz = rfftfreq(_QUIET_PERIOD, 1 / SAMPLE_RATE).astype(np.float32)
    shape = (np.maximum(hertz, 40.0) / 1000) ** np.float32(space.noise_slope_db / 6.0206)
    shape[hertz < 25] = 0  # nothing below hearing
    noise = rng.standard_normal((channels, len(hertz), 2), dtype=np.float32).view(np.complex64)[..., 0]
    period = irfft(shape * noise, _QUIET_PERIOD)
    period *= np.float32(gain_to(gated_lufs(period, SAMPLE_RATE), 0.0) * 10 ** ((TARGET_LUFS + space.noise_db) / 20))
    return np.tile(period, -(-length // _QUIET_PERIOD))[:, :length]


def mono(samples: Samples) -> Samples:
    """One channel of a sound that has one or two, [S]."""
    return samples if samples.ndim == 1 else samples.mean(axis=0, dtype=np.float32)
