"""A Music view performed: read, composed, played, mixed, and handed on as one stereo `Sounding`.

In: the view's words, a duration, an rng. Out: a `Performance` of the layer "music". A score lies over the
scene; music that the words place within it (a radio, a busker, next door, far away) is marked as sounding in
its space, and gets its loudspeaker or wall here, its room and distance in the scene.
"""

import logging

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import OptionError
from audiogen_cli.generator.experts.music.brief import Brief, read_brief
from audiogen_cli.generator.experts.music.compose import compose
from audiogen_cli.generator.experts.music.instruments.colour import coloured
from audiogen_cli.generator.experts.music.instruments.registry import instrument
from audiogen_cli.generator.experts.music.mix import PEAK, mix_score
from audiogen_cli.generator.experts.music.score import Score
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE, Performance, Sounding

log = logging.getLogger(__name__)

_DISTANCES_M = {"radio": 3.0, "wall": 6.0, "street": 5.0}
_FAR_M = 25.0
_HALT_AT = 0.65  # of the clip, where music ends that silence is to follow


def perform_music(view: str, *, duration_s: float, rng: np.random.Generator, quality: str = "standard") -> Performance:
    """Compose and play what a Music view asks for.

    Args:
        view: such as "slow jazz trio, smoky, with saxophone".
        duration_s: of the clip; the piece begins and ends within it.
        rng: the whole of the chance: the same state gives the same bytes, another one another piece.
        quality: "draft" leaves the room out; the others are alike.

    Returns:
        One stereo sounding over the whole clip, peak 0.89; notes say what was not understood; details hold the
        style, tempo, metre, key, instruments and progression.

    Raises:
        OptionError: a duration that is not positive.
    """
    if not duration_s > 0.0:
        raise OptionError(f"music cannot last {duration_s} s")
    brief = read_brief(view)
    score = compose(brief, duration_s=duration_s * (_HALT_AT if brief.halts else 1.0), rng=rng)
    room = {"wet": 0.0} if quality == "draft" else brief.style.params.get("room", {})
    samples = mix_score(score, room, rng, drive=float(brief.style.params.get("drive", 1.0)))
    samples = _placed(samples, brief, rng)
    silence = round(duration_s * SAMPLE_RATE) - samples.shape[1]
    samples = np.pad(samples, ((0, 0), (0, silence)))
    details = describe(brief, score)
    log.debug("music: %s", details)
    unavoidable = sorted(brief.without & {part.instrument for part in score.parts})
    denied = tuple(f"{brief.style.phrase} is nothing without {instrument(name).phrase}" for name in unavoidable)
    within = brief.place is not None or brief.far
    sounding = Sounding(
        layer="music",
        label=f"{brief.style.phrase}, {details['tempo_bpm']:g} bpm, {score.key}",
        samples=samples,
        in_space=within,
        distance_m=_FAR_M if brief.far else _DISTANCES_M.get(brief.place or "", 1.0),
    )
    return Performance(soundings=(sounding,), notes=brief.notes + denied, details=details)


def describe(brief: Brief, score: Score) -> dict[str, object]:
    """What was played, as JSON for the recipe."""
    return {
        "style": brief.style.name,
        "tempo_bpm": round(score.tempo_bpm, 1),
        "metre": score.metre,
        "key": score.key,
        "mood": list(brief.mood.names),
        "progression": list(score.progression),
        "instruments": {part.role: part.instrument for part in score.parts}
        | {
            f"{part.role} {number}": part.instrument
            for number, part in enumerate(score.parts)
            if any(part.role == other.role for other in score.parts[:number])
        },
        "players": [instrument(part.instrument).phrase for part in score.parts],
        "end_s": round(score.end_s, 3),
        "place": brief.place,
    }


def _placed(samples: Samples, brief: Brief, rng: np.random.Generator) -> Samples:
    """The loudspeaker or wall between the players and the scene; both make one source of a stereo mix."""
    if brief.place not in ("radio", "wall"):
        return samples
    mono = np.repeat(samples.mean(axis=0, keepdims=True), 2, axis=0)
    if brief.place == "radio":
        mono = coloured(mono, rng, drive=1.5, high_pass_hz=380.0, low_pass_hz=3600.0, body=[[1400.0, 5.0, 0.8]])
    else:
        mono = coloured(mono, rng, low_pass_hz=420.0, body=[[110.0, 4.0, 0.7]])
    edge = min(960, mono.shape[1])
    mono[:, -edge:] *= np.linspace(1.0, 0.0, edge, dtype=np.float32)
    return np.asarray(mono * np.float32(PEAK / max(float(np.abs(mono).max()), 1e-9)), np.float32)
