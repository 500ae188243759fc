"""Dry soundings into one scene: one space, distances, levels by role, one loudness.

In: `Sounding`s and a `Space`. Out: a `Mix`, its waveform and its stems (each layer as it lies in the mix,
so that the stems sum to it). `produced` is a mixer's work; `plain_sum` is the paper's Expert-Pipeline:
the tracks added from time 0 at unit gain (evaluation appendix D.3 states no gain), scaled only where the peak
would pass 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from audiogen_cli.audio.loudness import TARGET_LUFS, gated_lufs, levelling_gain
from audiogen_cli.audio.waveform import Samples, Waveform
from audiogen_cli.generator.experts.scene.acoustics import mono, placed_in_space, reverberate, room_quiet
from audiogen_cli.generator.experts.scene.distance import distance_gain_db, low_passed
from audiogen_cli.generator.experts.scene.levels import effects_alone, gain_to, pause_db, roles, sounding_lufs
from audiogen_cli.generator.experts.scene.peaks import LACKING_LU, MOST_LEVELLING_DB, brought_near, highest_gain
from audiogen_cli.generator.experts.scene.space import Space
from audiogen_cli.generator.experts.scene.words import put_words_first, words_spoken
from audiogen_cli.generator.experts.sounding import LAYERS, SAMPLE_RATE, Sounding

_FADE_IN_S = {"speech": 0.005, "music": 0.01, "sfx": 0.01, "env": 0.08}
_FADE_OUT_S = {"speech": 0.04, "music": 0.25, "sfx": 0.2, "env": 0.3}
_WORDS_OPEN = 2.2  # words keep this much more of the band where a space takes the highs, or nobody follows them
_LEAST_GAIN_DB = -9.0  # what is asked for stays audible
_MOST_DRIVE = 2.5  # 8 dB, the step from a sound that goes on to the reference
_MOST_BEHIND_DB = 18.0  # of an ambience behind few events: further back, and the place is lost
_HALFWAY_DB = 6.0  # where even that makes it no pause
_MOST_NEAR_DB = 4.0  # of one that makes up what the events lack: nearer, and a wind buries the shot


STILL_LUFS = -48.0
"""The quiet of a place in which nothing sounds: 30 LU under the programme, there for who listens for it."""


@dataclass(frozen=True, kw_only=True)
class Mix:
    """A scene, mixed."""

    waveform: Waveform
    stems: Mapping[str, Waveform] = field(default_factory=dict)  # layers in LAYERS' order; silent ones left out
    below_lu: float = 0.0  # how far below its loudness a scene of effects was left, for its peaks allow no more


def produced(
    soundings: Sequence[Sounding],
    space: Space,
    *,
    duration_s: float,
    channels: int,
    rng: np.random.Generator,
    quiet: bool = True,
) -> Mix:
    """Mix a scene as a person would.

    Args:
        soundings: all that sounds, dry; parts beyond the clip are cut.
        duration_s: length of the clip; the result has exactly `round(duration_s * SAMPLE_RATE)` samples.
        channels: 1 or 2.
        rng: the randomness of the room's own quiet.
        quiet: whether that is heard; a view that names a place and nothing else asks for just this.
    """
    length = round(duration_s * SAMPLE_RATE)
    spoken = _where_words_are(soundings, length)
    soundings = [_near(sounding) for sounding in soundings]
    layers = _laid_out(soundings, space, spoken, length=length, channels=channels)
    if alone := effects_alone(soundings):
        _settle_ambience(layers, asked=any(sounding.layer == "env" and sounding.bed for sounding in soundings))
    if quiet:
        own = room_quiet(space, length=length, channels=channels, rng=rng)
        if soundings:  # it lies below what is heard, however soft that was played: levelling raises both
            own *= np.float32(gain_to(TARGET_LUFS, gated_lufs(_sum(list(layers.values())), SAMPLE_RATE)))
        layers["env"] += own
    if spoken is not None:
        put_words_first(layers["speech"], [sound for layer, sound in layers.items() if layer != "speech"], spoken)
    for layer, sound in layers.items():
        _fade(sound, layer)
    return _levelled(
        layers, TARGET_LUFS if soundings else STILL_LUFS, most_limiting_db=MOST_LEVELLING_DB if alone else math.inf
    )


def plain_sum(soundings: Sequence[Sounding], *, duration_s: float, channels: int) -> Mix:
    """The paper's mix: every track from time 0, unit gain, no space, nothing ducked.

    A track is what one expert made (speech, music, effects; the ENV view has no track); within a track its
    soundings keep their order and balance, and the first one begins at time 0.
    """
    length = round(duration_s * SAMPLE_RATE)
    stems: dict[str, Samples] = {}
    for layer in ("speech", "music", "sfx"):
        track = [sounding for sounding in soundings if sounding.layer == layer]
        if not track:
            continue
        first = min(sounding.start_s for sounding in track)
        sound = np.zeros((1, length), dtype=np.float32)
        for sounding in track:
            _add(sound, mono(sounding.samples) * np.float32(10 ** (sounding.gain_db / 20)), sounding.start_s - first)
        stems[layer] = np.repeat(sound, channels, axis=0)
    mixed = np.zeros((channels, length), dtype=np.float32)
    for sound in stems.values():
        mixed += sound
    peak = float(np.abs(mixed).max(initial=0.0))
    scale = np.float32(1 / peak if peak > 1 else 1)
    return Mix(
        waveform=Waveform(mixed * scale, SAMPLE_RATE),
        stems={layer: Waveform(sound * scale, SAMPLE_RATE) for layer, sound in stems.items()},
    )


def _near(sounding: Sounding) -> Sounding:
    """An effect whose peak stands far over its loudness, with more body; words and music as they are."""
    if sounding.layer not in ("sfx", "env"):
        return sounding
    return replace(sounding, samples=brought_near(sounding.samples, sounding_lufs(sounding)))


def _where_words_are(soundings: Sequence[Sounding], length: int) -> Samples | None:
    voices = [sounding for sounding in soundings if sounding.layer == "speech"]
    if not voices:
        return None
    speech = np.zeros((1, length), dtype=np.float32)
    for sounding in voices:
        _add(speech, mono(sounding.samples), sounding.start_s)
    return words_spoken(speech[0])


def _laid_out(
    soundings: Sequence[Sounding], space: Space, spoken: Samples | None, *, length: int, channels: int
) -> dict[str, Samples]:
    """Every layer in the space, at its level, stepped back under words; always with an ambience, if a silent one."""
    heard = [layer for layer in LAYERS if layer == "env" or any(sounding.layer == layer for sounding in soundings)]
    layers = {layer: np.zeros((channels, length), dtype=np.float32) for layer in heard}
    sends = {layer: np.zeros((1, length), dtype=np.float32) for layer in heard}
    for sounding, gain, role in zip(soundings, _gains(soundings), roles(soundings)):
        if gain == 0:
            continue
        dry, wet = placed_in_space(sounding, space, gain=gain, channels=channels)
        if spoken is not None and role.duck_db:
            start = round(sounding.start_s * SAMPLE_RATE)
            dry, wet = (_ducked(sound, spoken, start=start, duck_db=role.duck_db) for sound in (dry, wet))
        _add(layers[sounding.layer], dry, sounding.start_s)
        _add(sends[sounding.layer], wet, sounding.start_s)
    for layer in heard:
        reverberate(layers[layer], sends.pop(layer)[0], space)
        if space.lowpass_hz is not None and layer != "music":
            corner = space.lowpass_hz * (_WORDS_OPEN if layer == "speech" else 1)
            layers[layer] = low_passed(layers[layer], corner, order=2)
    return layers


def _gains(soundings: Sequence[Sounding]) -> list[float]:
    """Linear gain of each sounding: to its role's level, shifted by its own gain and its distance."""
    gains = []
    music = _layer_level([sounding for sounding in soundings if sounding.layer == "music"])
    for sounding, role in zip(soundings, roles(soundings)):
        own = min(max(sounding.gain_db, role.least_gain_db), role.most_gain_db)
        if sounding.motion == "still":
            own += distance_gain_db(sounding.distance_m, sounding.typical_m)
        target = TARGET_LUFS + role.level_lu + max(own, _LEAST_GAIN_DB)
        level = music if sounding.layer == "music" else sounding_lufs(sounding)
        gains.append(gain_to(level, target))
    gains = _within_limits(soundings, gains)
    raised = _raised_voices(soundings, gains)
    return [gain * raised if sounding.layer == "speech" else gain for sounding, gain in zip(soundings, gains)]


def _within_limits(soundings: Sequence[Sounding], gains: Sequence[float]) -> list[float]:
    """The gains with no effect beyond what the limiter may take of it.

    Where a sound that goes on is the programme, levelling will raise it and all else: an event may then stand out of it
    by so much less, and the ambience takes no part.
    """
    drive = 1.0
    if effects_alone(soundings):
        running = [(part, gain) for part, gain in zip(soundings, gains) if part.layer == "sfx" and part.bed]
        power = sum((10 ** (sounding_lufs(part) / 20) * gain) ** 2 for part, gain in running)
        drive = min(max(gain_to(10 * math.log10(power), TARGET_LUFS), 1.0), _MOST_DRIVE) if power else 1.0
    return [
        gain
        if sounding.layer in ("speech", "music")
        else min(gain / drive if sounding.layer == "env" else gain, highest_gain(sounding.samples) / drive)
        for sounding, gain in zip(soundings, gains)
    ]


def _raised_voices(soundings: Sequence[Sounding], gains: Sequence[float]) -> float:
    """What holds raised voices at the reference, all alike: a quarrel is no reason for the rain to stop."""
    placed = [
        replace(sounding, gain_db=20 * math.log10(gain))
        for sounding, gain in zip(soundings, gains)
        if sounding.layer == "speech" and gain > 0
    ]
    level = _layer_level(placed)
    return min(1.0, gain_to(level, TARGET_LUFS)) if math.isfinite(level) else 1.0


def _layer_level(soundings: Sequence[Sounding]) -> float:
    """Loudness of soundings that belong together and keep their balance, as the instruments of a piece do."""
    if not soundings:
        return -np.inf
    length = max(round(sounding.end_s * SAMPLE_RATE) for sounding in soundings)
    together = np.zeros(max(length, 1), dtype=np.float32)
    for sounding in soundings:
        _add(together[None, :], mono(sounding.samples) * np.float32(10 ** (sounding.gain_db / 20)), sounding.start_s)
    return sounding_lufs(Sounding(layer="music", label="", samples=together))


def _settle_ambience(layers: Mapping[str, Samples], *, asked: bool) -> None:
    """Find, in place, the ambience with which few short events and their place come to the loudness together.

    So far behind that the loudness's gate takes it for a pause, if it is not lost there: then the events are the
    programme. Else as near as the events' peaks leave something to make up, where a place was asked for: a crowded
    market is heard as one. Every step is tried, for on the way the gate may first count the place, and the mean falls.
    """
    ambience, happening = layers["env"], layers.get("sfx")
    if happening is None or not happening.any() or not ambience.any():
        return
    behind_db = pause_db(ambience, happening)
    if behind_db == 0:  # a pause as it is
        return
    others = _sum([sound for layer, sound in layers.items() if layer != "env"])
    steps_db = [behind_db] if behind_db >= -_MOST_BEHIND_DB else []
    steps_db += np.arange(-_HALFWAY_DB, (_MOST_NEAR_DB if asked else -_HALFWAY_DB) + 0.1, 2.0).tolist()
    lacking_lu = []
    for step_db in steps_db:
        mixed = others + ambience * np.float32(10 ** (step_db / 20))
        lacking_lu.append(_levelling(mixed, TARGET_LUFS, MOST_LEVELLING_DB)[1])
        if lacking_lu[-1] <= LACKING_LU:
            break
    ambience *= np.float32(10 ** (steps_db[int(np.argmin(lacking_lu))] / 20))


def _levelled(layers: Mapping[str, Samples], target_lufs: float, *, most_limiting_db: float = math.inf) -> Mix:
    """Sum the layers and bring the sum to a loudness, and the layers with it, in place."""
    mixed = _sum(list(layers.values()))
    gain, below_lu = _levelling(mixed, target_lufs, most_limiting_db)
    if gain is not None:
        for sound in (mixed, *layers.values()):
            sound *= gain
    return Mix(
        waveform=Waveform(mixed, SAMPLE_RATE),
        stems={layer: Waveform(sound, SAMPLE_RATE) for layer, sound in layers.items() if sound.any()},
        below_lu=below_lu,
    )


def _levelling(mixed: Samples, target_lufs: float, most_limiting_db: float) -> tuple[Samples | None, float]:
    """The gain to a loudness, as `levelling_gain` has it, and by how much the limit on limiting leaves it short."""
    gain = levelling_gain(Waveform(mixed, SAMPLE_RATE), target_lufs, most_limiting_db=most_limiting_db)
    if not math.isfinite(most_limiting_db):
        return gain, 0.0
    level = gated_lufs(mixed if gain is None else mixed * gain, SAMPLE_RATE)
    return gain, max(0.0, target_lufs - level) if math.isfinite(level) else 0.0


def _sum(sounds: Sequence[Samples]) -> Samples:
    total: Samples = sounds[0].copy()
    for sound in sounds[1:]:
        total += sound
    return total


def _ducked(sound: Samples, spoken: Samples, *, start: int, duck_db: float) -> Samples:
    """A sound that begins at sample `start`, stepped back under words; changed in place."""
    if sound.shape[1] == 0:
        return sound
    end = min(start + sound.shape[1], len(spoken))
    if end > start:
        under = np.exp(spoken[start:end] * np.float32(duck_db * 0.11512925))  # dB to gain
        sound[:, : end - start] *= under
    return sound


def _add(onto: Samples, sound: Samples, start_s: float) -> None:
    """Add a sound [C, S] or [S] onto a layer from a time on, in place; what lies outside is cut."""
    start = round(start_s * SAMPLE_RATE)
    skip = max(0, -start)
    start = max(0, start)
    length = min(sound.shape[-1] - skip, onto.shape[1] - start)
    if length > 0:
        onto[:, start : start + length] += sound[..., skip : skip + length]


def _fade(sound: Samples, layer: str) -> None:
    """Soft ends of a layer, in place; never more than a tenth of the clip."""
    for seconds, ends in ((_FADE_IN_S[layer], slice(None)), (_FADE_OUT_S[layer], slice(None, None, -1))):
        count = min(round(seconds * SAMPLE_RATE), sound.shape[1] // 10)
        if count:
            sound[:, ends][:, :count] *= np.sin(np.linspace(0, np.pi / 2, count, dtype=np.float32)) ** 2
