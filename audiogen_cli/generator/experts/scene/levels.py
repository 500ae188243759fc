"""How loud each role is in a scene, and how far it steps back under words.

In: what the layers hold. Out: a `Role` for each sounding: its level in LU against the scene's reference
(the words where there are any) and its ducking. One table, so that a mix can be retuned in one place; what a
scene of many sounds still owes the words is made up for in `words`.
Sources: Torcoli et al., JAES 67(12) 2019 (music at least 10, ambience at least 15 LU below commentary
is what most listeners want); tuned by a recogniser and a tagger until words and asked sounds both came through.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from audiogen_cli.audio.loudness import gated_lufs, loudest_lufs, mean_lufs
from audiogen_cli.audio.waveform import Samples
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Sounding


@dataclass(frozen=True, kw_only=True)
class Role:
    """Where a sound belongs in the balance of a scene."""

    level_lu: float  # against the reference
    duck_db: float = 0.0  # further down while words are spoken
    most_gain_db: float = 6.0  # how far a sound's own gain may raise it above its role; a downpour must let words pass
    least_gain_db: float = -24.0  # how far below it; a light rain that is asked for is still heard


SPEECH = Role(level_lu=0.0)

_WITH_WORDS = {
    "music": Role(level_lu=-9.0, duck_db=-6.0),
    "event": Role(level_lu=0.0, duck_db=-7.0),
    "sfx bed": Role(level_lu=-8.0, duck_db=-4.0, most_gain_db=1.0, least_gain_db=0.0),
    "env event": Role(level_lu=-9.0, duck_db=-4.0),
    "env bed": Role(level_lu=-15.0, duck_db=-3.0, most_gain_db=1.0),
}
_WITH_MUSIC = {
    "music": Role(level_lu=-7.0),
    "event": Role(level_lu=2.0),
    "sfx bed": Role(level_lu=-4.0),
    "env event": Role(level_lu=-7.0),
    "env bed": Role(level_lu=-12.0),
}
_SOUNDS_ALONE = {
    "music": Role(level_lu=0.0),
    "event": Role(level_lu=0.0),
    "sfx bed": Role(level_lu=-8.0),
    "env event": Role(level_lu=-8.0),
    "env bed": Role(level_lu=-14.0),
}

_BEHIND_LU = 13.0  # of an ambience under the mean of what happens: with 10 the loudness's gate takes it for a pause,
# and the limiter takes up to 3 from what happens


def effects_alone(soundings: Sequence[Sounding]) -> bool:
    """Whether a scene has neither words nor music, so that effects are its programme."""
    return bool(soundings) and all(sounding.layer in ("sfx", "env") for sounding in soundings)


def pause_db(ambience: Samples, happening: Samples) -> float:
    """How far an ambience must step back to be a pause between few events, in dB, at most 0; [C, S] both.

    Loudness is a mean over what is no pause. Under a few short events an ambience outweighs them there, and levelling
    would raise the wind to the loudness of a programme and the events into the limiter.
    """
    over_lu = gated_lufs(ambience, SAMPLE_RATE) - (mean_lufs(happening, SAMPLE_RATE) - _BEHIND_LU)
    return -max(over_lu, 0.0)


def roles(soundings: Sequence[Sounding]) -> list[Role]:
    """The role of each sounding in the scene that they make together."""
    words = any(sounding.layer == "speech" for sounding in soundings)
    music = any(sounding.layer == "music" for sounding in soundings)
    table = _WITH_WORDS if words else _WITH_MUSIC if music else _SOUNDS_ALONE
    return [SPEECH if kind == "speech" else table[kind] for kind in map(_kind, soundings)]


def sounding_lufs(sounding: Sounding) -> float:
    """Loudness of a dry sound as a listener takes it: an event's loudest moment, the mean of all that goes on."""
    if _kind(sounding) in ("event", "env event"):
        return loudest_lufs(sounding.samples, SAMPLE_RATE)
    return gated_lufs(sounding.samples, SAMPLE_RATE)


def gain_to(level_lufs: float, target_lufs: float) -> float:
    """Linear gain from a measured level to a target; 0 for silence."""
    return 0.0 if not math.isfinite(level_lufs) else float(10 ** ((target_lufs - level_lufs) / 20))


def _kind(sounding: Sounding) -> str:
    if sounding.layer in ("speech", "music"):
        return sounding.layer
    if sounding.layer == "sfx":
        return "sfx bed" if sounding.bed else "event"
    return "env bed" if sounding.bed else "env event"
