"""A space of the knowledge made into what it does to sound: early reflections and a reverberant tail.

In: an `Entry` of `knowledge/spaces`. Out: a `Space`, and from it two impulse responses at the experts'
rate: `early_response` of one source (the walls by the image-source method; ground, facades and rocks
outdoors) and `tail_response` shared by all (noise whose octave bands decay with their own reverberation
times). The direct sound is left to `distance`, the convolving to `mix`.
Sources: Allen and Berkley 1979 (images); Moorer 1979 and Jot 1991 (decaying noise, decay per band);
Kuttruff, Room Acoustics (diffuse level from volume and reverberation time).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zlib import crc32

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry

BANDS_HZ = (125, 250, 500, 1000, 2000, 4000)
"""Octave bands for which a space tells its reverberation time."""

SPEED_OF_SOUND = 343.0  # m/s

_DIRECTIVITY = 2.2  # talkers and microphones face each other: the critical distance grows by this
_ASIDE = 0.75  # what a talker sends aside against ahead; with the microphone's cardioid this makes up the above
_EARLY_S = 0.08
_EAR_HEIGHT_M = 1.5
_MOST_WET_DB = {False: 3.0, True: -6.0}  # reverberation over direct sound, at any distance: words must survive it


@dataclass(frozen=True, kw_only=True)
class Space:
    """An acoustic space."""

    name: str
    phrase: str
    outdoors: bool
    size_m: tuple[float, float, float]  # length, width, height
    rt60_s: tuple[float, ...]  # for BANDS_HZ
    wet_db: float  # reverberant level against the direct sound of a source 1 m away
    echoes: tuple[tuple[float, float], ...]  # delay in s, level in dB against a direct sound
    noise_db: float  # its own quiet, in LU against the programme
    noise_slope_db: float  # dB per octave
    lowpass_hz: float | None  # darkens everything that sounds there
    beds: Mapping[str, float]  # sounds that belong to it, and their level in dB

    @property
    def longest_m(self) -> float:
        """How far away a source can be in it."""
        return math.inf if self.outdoors else math.hypot(*self.size_m[:2])

    @property
    def mid_rt60_s(self) -> float:
        return sum(self.rt60_s[2:5]) / 3


def build_space(entry: Entry) -> Space:
    """Read a space from its entry; raises `KnowledgeError` naming what is wrong with it."""
    params = entry.params
    try:
        size = tuple(float(side) for side in params["size_m"])
        rt60 = tuple(float(time) for time in params["rt60_s"])
        outdoors = bool(params.get("outdoors", False))
        if len(size) != 3 or len(rt60) != len(BANDS_HZ) or min(size + rt60) <= 0:
            raise ValueError(f"size_m needs 3 and rt60_s {len(BANDS_HZ)} positive numbers")
        if outdoors and "wet_db" not in params:
            raise ValueError("outdoors needs wet_db")
        lowpass = params.get("lowpass_hz")
        return Space(
            name=entry.name,
            phrase=entry.phrase,
            outdoors=outdoors,
            size_m=(size[0], size[1], size[2]),
            rt60_s=rt60,
            wet_db=float(params["wet_db"]) if "wet_db" in params else _diffuse_level_db(size, rt60),
            echoes=tuple((float(delay), float(level)) for delay, level in params.get("echoes", ())),
            noise_db=float(params["noise_db"]),
            noise_slope_db=float(params["noise_slope_db"]),
            lowpass_hz=None if lowpass is None else float(lowpass),
            beds={str(name): float(level) for name, level in (params.get("beds") or {}).items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise KnowledgeError(f"spaces/{entry.family}.yaml: {entry.name}: {fault}") from fault


def wetness_db(space: Space, distance_m: float) -> float:
    """Reverberant level against the direct sound of a source: 6 dB more with each doubled distance, up to a limit."""
    distance = min(max(distance_m, 0.3), space.longest_m)
    return min(space.wet_db + 20 * math.log10(distance), max(_MOST_WET_DB[space.outdoors], space.wet_db))


def early_response(space: Space, *, distance_m: float, pan: float, channels: int) -> Samples:
    """What comes back first of a source, against its direct sound of 1 at time 0, [C, S].

    Reflections of the first two orders (all surfaces indoors, the ground outdoors) and the echoes of the space.
    """
    response = np.zeros((channels, round(_EARLY_S * SAMPLE_RATE) + 8), dtype=np.float32)
    distance = min(max(distance_m, 0.5), 0.8 * space.longest_m)
    inside = min(1.0, space.longest_m / max(distance_m, 0.5))  # what sounds beyond the walls wakes them less
    for extra_m, ratio, reflections, side in _images(space, distance, pan):
        at = round(extra_m / SPEED_OF_SOUND * SAMPLE_RATE)
        if 1 <= at < response.shape[1] - 2:
            dull = min(0.12 * reflections, 0.3)  # each wall keeps some of the highs
            taps = np.array([dull, 1 - 2 * dull, dull]) * ratio * inside
            response[:, at - 1 : at + 2] += _pan_gains(side, channels)[:, None] * taps[None, :]
    if not space.echoes:
        return response
    end = round((max(delay for delay, _ in space.echoes) + 0.02) * SAMPLE_RATE)
    response = np.pad(response, ((0, 0), (0, max(0, end - response.shape[1]))))
    rng = np.random.default_rng(crc32(space.name.encode()))
    for number, (delay, level_db) in enumerate(space.echoes):
        smear = rng.standard_normal(round((0.004 + 0.03 * delay) * SAMPLE_RATE)) * 10 ** (level_db / 20)
        smear *= np.hanning(len(smear)) / math.sqrt(float(np.square(np.hanning(len(smear))).sum()))
        smear = np.convolve(smear, np.ones(6) / 6, mode="same")  # a facade is rough: an echo is a dull patch, no click
        at = round(delay * SAMPLE_RATE)
        length = min(len(smear), response.shape[1] - at)
        side = pan * 0.3 + (0.5 if number % 2 else -0.5)
        response[:, at : at + length] += _pan_gains(side, channels)[:, None] * smear[:length]
    return response


@lru_cache(maxsize=8)
def tail_response(space_name: str, rt60_s: tuple[float, ...], *, start_s: float, channels: int) -> Samples:
    """The reverberant tail of a space, reverberation against a direct sound of energy 1 being 0 dB, [C, S].

    Noise that differs in each channel and is the same each time for the same space: a room does not change
    from clip to clip. It sets in where the early reflections have become dense, `start_s`.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    rng = np.random.default_rng(crc32(space_name.encode()))
    length = round((max(rt60_s) * 1.05 + start_s) * SAMPLE_RATE)
    time = np.arange(length, dtype=np.float32) / SAMPLE_RATE
    size = next_fast_len(length, real=True)
    tail = np.zeros((channels, length), dtype=np.float32)
    spectra = [rfft(rng.standard_normal(length).astype(np.float32), size) for _ in range(channels)]
    times = (*rt60_s, rt60_s[-1] * 0.72, rt60_s[-1] * 0.5)  # air takes the highest octaves
    for number, (mask, rt60) in enumerate(zip(_octave_masks(size, len(times)), times)):
        decay = np.exp(-6.9078 / rt60 * time)
        for channel, spectrum in zip(tail, spectra):
            band = irfft(spectrum * mask, size)[:length]
            channel += _evened(band, width_hz=BANDS_HZ[0] * 2**number * 0.7) * decay
    tail *= np.clip(time / max(start_s, 1e-3), 0, 1) ** 2
    mid = sum(rt60_s[2:5]) / 3
    energy = SAMPLE_RATE * mid / 13.8155  # of decaying white noise of power 1
    tail *= np.float32(1 / math.sqrt(energy * channels))
    return tail


def _evened(band: Samples, *, width_hz: float) -> Samples:
    """A band of noise without its slow swells, which would make a short room's decay a matter of luck."""
    from scipy.ndimage import uniform_filter1d

    window = round(max(6.0 / width_hz, 0.004) * SAMPLE_RATE)
    swell = uniform_filter1d(np.square(band), window, mode="nearest")
    evened: Samples = band * np.sqrt(np.float32(np.square(band).mean()) / np.maximum(swell, 1e-12))
    return evened


def mixing_time_s(space: Space) -> float:
    """When single reflections have become a tail: the square root of the volume, in milliseconds."""
    length, width, height = space.size_m
    return 0.02 if space.outdoors else min(max(math.sqrt(length * width * height) / 1000, 0.006), _EARLY_S)


def _diffuse_level_db(size: tuple[Any, ...], rt60: tuple[float, ...]) -> float:
    critical_m = 0.057 * math.sqrt(math.prod(size) / (sum(rt60[2:5]) / 3)) * _DIRECTIVITY
    return float(-20 * math.log10(critical_m))


def _images(space: Space, distance: float, pan: float) -> list[tuple[float, float, int, float]]:
    """Image sources: extra path in m, level against the direct sound, reflections, side."""
    if space.outdoors:
        path = math.hypot(distance, 2 * _EAR_HEIGHT_M)
        return [(path - distance, 0.5 * distance / path, 1, pan)]
    length, width, height = space.size_m
    keep = math.sqrt(1 - _absorption(space))
    ear = np.array([0.42 * length, 0.46 * width, min(_EAR_HEIGHT_M, 0.6 * height)])
    angle = pan * math.radians(60)
    reach = min(distance, 0.5 * length, 0.5 * width / max(abs(math.sin(angle)), 1e-3))
    source = ear + reach * np.array([math.cos(angle), math.sin(angle), 0.0])
    images = []
    for along in range(-2, 3):
        for across in range(-2, 3):
            for up in range(-1, 2):
                order = abs(along) + abs(across) + abs(up)
                if not 1 <= order <= 2:
                    continue
                image = np.array(
                    [
                        _mirrored(source[0], length, along),
                        _mirrored(source[1], width, across),
                        _mirrored(source[2], height, up),
                    ]
                )
                to = image - ear
                path = float(np.linalg.norm(to))
                off_axis = 0.5 + 0.5 * float(to @ (source - ear)) / (path * reach)  # a cardioid that faces the source
                side = float(np.clip(math.atan2(to[1], to[0] if to[0] > 0 else -to[0]) / math.radians(60), -1, 1))
                images.append((path - reach, keep**order * _ASIDE * off_axis * reach / path, order, side))
    return images


def _mirrored(position: float, side: float, count: int) -> float:
    """A coordinate mirrored `count` times at the walls at 0 and `side`."""
    return count * side + (position if count % 2 == 0 else side - position)


def _absorption(space: Space) -> float:
    length, width, height = space.size_m
    surface = 2 * (length * width + length * height + width * height)
    return float(1 - math.exp(-0.161 * length * width * height / (surface * space.mid_rt60_s)))


def _pan_gains(side: float, channels: int) -> Samples:
    if channels == 1:
        return np.ones(1, dtype=np.float32)
    angle = (float(np.clip(side, -1, 1)) + 1) * math.pi / 4
    return np.array([math.cos(angle), math.sin(angle)], dtype=np.float32)


def _octave_masks(size: int, count: int) -> Samples:
    """Masks over the bins of an rfft that split a spectrum into octaves from 125 Hz and sum to 1, [bands, bins]."""
    hertz = np.arange(size // 2 + 1, dtype=np.float32) * (SAMPLE_RATE / size)
    octave = np.clip(np.log2(np.maximum(hertz, 1.0) / BANDS_HZ[0]), 0, count - 1)
    edge = np.clip(
        (octave[None, :] - np.arange(count - 1)[:, None] - 0.5) / 0.3 + 0.5, 0, 1
    )  # rises at each band's top
    risen = np.concatenate([np.ones((1, len(hertz))), edge, np.zeros((1, len(hertz)))])
    masks: Samples = (risen[:-1] - risen[1:]).astype(np.float32)
    return masks
