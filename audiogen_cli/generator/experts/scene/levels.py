"""How loud each role is in a scene, and how far it steps back under words.

In: what the layers hold. Out: a `Role` for each sounding: its level in LU against the scene's reference
(the words where there are any) and its ducking. One table, so that a mix can be retuned in one place.
Sources: Torcoli et al., JAES 67(12) 2019 (music at least 10, ambience at least 15 LU below commentary
is what most listeners want); tuned by a recogniser and a tagger until words and asked sounds both came through.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from audiogen_cli.audio.loudness import gated_lufs, k_weighted, loudest_lufs
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
_LEAST_UNDER_LU = 14.0  # all the rest together lies at least this far below the words while they are spoken
_MOST_BETWEEN_LU = -1.0  # and between them is no louder than they are
_NEPER_PER_DB = math.log(10) / 20
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


def words_spoken(speech: Samples, *, ramp_s: float = 0.3, bridge_s: float = 0.5) -> Samples:
    """Where words are spoken: 1 there, 0 elsewhere, with ramps that are up before a word begins, [S].

    Args:
        speech: the dry speech of a scene, [S].
        ramp_s: how long the others take to step back and to return.
        bridge_s: pauses shorter than this do not count as silence.
    """
    from scipy.ndimage import binary_closing, binary_dilation

    cell = SAMPLE_RATE // 100
    count = max(1, -(-len(speech) // cell))
    power = np.square(np.pad(k_weighted(speech, SAMPLE_RATE), (0, count * cell - len(speech)))).reshape(count, cell)
    level = power.mean(axis=1)
    if not level.any():
        return np.zeros(len(speech), dtype=np.float32)
    spoken = level > np.percentile(level[level > level.max() * 1e-4], 70) * 10**-2.5
    margin = round(bridge_s * 100)
    spoken = binary_closing(np.pad(spoken, margin), np.ones(margin))[margin:-margin]
    ramp = max(1, round(ramp_s * 100))
    wide = binary_dilation(np.pad(spoken, ramp), np.ones(ramp | 1)).astype(np.float64)
    slope = np.hanning(ramp + 2)[1:-1]
    curve = np.convolve(wide, slope / slope.sum(), mode="same")[ramp:-ramp]
    at = (np.arange(count) + 0.5) * cell
    return np.interp(np.arange(len(speech)), at, curve).astype(np.float32)


def words_first(speech: Samples, others: Samples, spoken: Samples) -> Samples:
    """The gain over time, [S], that holds everything else below the words however much of it there is.

    Args:
        speech, others: the layer of words and the sum of all others, as they lie in the mix, [C, S].
        spoken: where words are spoken, from `words_spoken`.
    """
    words = gated_lufs(speech, SAMPLE_RATE)
    under = gated_lufs(others * spoken, SAMPLE_RATE)
    between = gated_lufs(others * (1 - spoken), SAMPLE_RATE)
    everywhere = max(0.0, between - words - _MOST_BETWEEN_LU) if math.isfinite(between) else 0.0
    deeper = max(0.0, under - everywhere - words + _LEAST_UNDER_LU) if math.isfinite(under) else 0.0
    gain: Samples = np.exp((spoken * np.float32(deeper) + np.float32(everywhere)) * np.float32(-_NEPER_PER_DB))
    return gain


def gain_to(level_lufs: float, target_lufs: float) -> float:
    """Linear gain from a measured level to a target; 0 for silence."""
    return 0.0 if not math.isfinite(level_lufs) else float(10 ** ((target_lufs - level_lufs) / 20))


def _kind(sounding: Sounding) -> str:
    if sounding.layer in ("speech", "music"):
        return sounding.layer
    if sounding.layer == "sfx":
        return "sfx bed" if sounding.bed else "event"
    return "env bed" if sounding.bed else "env event"
