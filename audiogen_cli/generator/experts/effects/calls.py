"""Calls of animals: one model for throats, one for whistles; which animal it is stands in the knowledge.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/{animals,birds,human}.yaml`.
Out: events [S] until they have ended. A call is a path of pitch and one of strength (Mindlin and Laje 2005); an animal
repeats it in a row or strings different ones together. What has no voice (hooves, wings) stands in the families.
Sources: Fant 1960 and Taylor and Reby, "The contribution of source-filter theory to mammal vocal communication
research" (2010), for throats; Smyth and Smith, "The musical acoustics of birdsong" (2002), for whistles.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of
from audiogen_cli.generator.experts.effects.throat import call

Range = float | Sequence[float]
"""A number, or [low, high] to draw from."""

Path = Sequence[tuple[float, float]]
"""[share of a call, value], joined."""


@sound_model
def calls(
    duration_s: float,
    rng: np.random.Generator,
    *,
    base_hz: Range,
    row: Mapping[str, Any] | None = None,
    syllables: Sequence[Mapping[str, Any]] | None = None,
    **voice: Any,
) -> Signal:
    """Calls of a throat: folds at a gliding pitch through a mouth that moves (Fant 1960; Taylor and Reby 2010).

    Args:
        duration_s: of all calls together.
        rng: of all unevenness.
        base_hz: what the pitches are shares of, drawn once for a performance.
        row: one call again and again, see `perform`.
        syllables: calls that differ, see `perform`.
        voice: settings of `throat.call`; `pitch` in shares of `base_hz`. A syllable may override any of them;
            `drive` saturates (brass), `second` adds another voice at so many times the pitch (whinnies have two).
    """

    def utter(length_s: float, settings: Mapping[str, Any]) -> Signal:
        own = {**voice, **settings}
        drive, second = own.pop("drive", 0.0), own.pop("second", 0.0)
        pitch = own.pop("pitch")
        voices = [
            call(length_s, rng, pitch=[(at, base * ratio * share) for at, share in pitch], **own)
            for ratio in ((1.0, second) if second else (1.0,))
        ]
        sound = voices[0] if len(voices) == 1 else voices[0] + 0.6 * voices[1]
        sound = sound / max(float(np.abs(sound).max()), 1e-12)
        return highpass(np.tanh(drive * sound), 40) if drive else sound

    base = draw(rng, base_hz)
    return perform(duration_s, rng, utter, row=row, syllables=syllables)


@sound_model
def whistles(
    duration_s: float,
    rng: np.random.Generator,
    *,
    base_hz: Range,
    row: Mapping[str, Any] | None = None,
    syllables: Sequence[Mapping[str, Any]] | None = None,
    **voice: Any,
) -> Signal:
    """Whistled calls: a gliding tone of few harmonics with breath round it (Smyth and Smith 2002; Fletcher 2004).

    Args are those of `calls`; `voice` is made of the settings of `_whistle`.
    """

    def utter(length_s: float, settings: Mapping[str, Any]) -> Signal:
        return _whistle(num_samples(length_s), rng, base, **{**voice, **settings})

    base = draw(rng, base_hz)
    return perform(duration_s, rng, utter, row=row, syllables=syllables)


def _whistle(
    n: int,
    rng: np.random.Generator,
    base_hz: float,
    *,
    pitch: Path,
    level: Path,
    harmonics: Sequence[float] = (1.0,),
    breath: tuple[float, float, float] = (0.0, 500.0, 5000.0),
    wobble: tuple[float, float] = (0.01, 8.0),
    tremor: tuple[float, float, float] = (20.0, 0.0, 0.0),
    rasp: tuple[float, float] = (0.0, 100.0),
) -> Signal:
    """One whistle; `breath` is (level, low Hz, high Hz), `wobble` (share of pitch, Hz), `tremor` (Hz, share of pitch,
    share of level), `rasp` (share of level, Hz)."""
    rate_hz, pitch_depth, level_depth = tremor
    shake = np.sin(phase_of(rate_hz * (1 + 0.04 * wander(n, rng, 3)), n))
    hz = base_hz * curve(n, pitch) * (1 + wobble[0] * wander(n, rng, wobble[1]) + pitch_depth * shake)
    tone = chirp(hz, harmonics) * (1 + level_depth * shake + rasp[0] * wander(n, rng, rasp[1]))
    air = breath[0] * bandpass(white(n, rng), breath[1], breath[2]) if breath[0] else 0.0
    return fade_ends((tone + air) * line(n, level), 0.003, 0.01)


def perform(
    duration_s: float,
    rng: np.random.Generator,
    utter: Callable[[float, Mapping[str, Any]], Signal],
    *,
    row: Mapping[str, Any] | None = None,
    syllables: Sequence[Mapping[str, Any]] | None = None,
) -> Signal:
    """Calls in time.

    Args:
        duration_s: of the whole.
        rng: of lengths, rests and levels.
        utter: makes one call from its length in seconds and the settings that are its own.
        row: {lasts_s, rest_s, fall_db: each weaker by, spread_db, sometimes: {chance, gain_db, and what else such a
            call has of its own}}; calls follow one another until the time is full.
        syllables: each {at, lasts: shares of the whole, gain: 1, and what it has of its own}. Without either there is
            one call as long as the whole.
    """
    parts: list[Signal] = []
    starts: list[float] = []
    if row is not None:
        at = 0.0
        while at == 0.0 or at + 0.5 * np.mean(row["lasts_s"]) < duration_s:
            rare = dict(row.get("sometimes", {"chance": 0.0}))
            own = {"lasts_s": row["lasts_s"], **(rare if rng.random() < rare.pop("chance") else {})}
            length_s = draw(rng, own.pop("lasts_s"))
            level_db = own.pop("gain_db", 0.0) - row.get("fall_db", 0.0) * len(parts)
            level_db -= abs(rng.normal(0, row.get("spread_db", 1.0)))
            parts.append(db(level_db) * utter(length_s, own))
            starts.append(at)
            at += length_s + draw(rng, row["rest_s"])
    else:
        for one in syllables or ({"at": 0.0, "lasts": 1.0},):
            own = {key: value for key, value in one.items() if key not in ("at", "lasts", "gain")}
            parts.append(one.get("gain", 1.0) * utter(duration_s * draw(rng, one["lasts"]), own))
            starts.append(one["at"] * duration_s)
    ends = [start + part.size / SAMPLE_RATE for start, part in zip(starts, parts)]
    return fade_ends(place(num_samples(max(ends) + 0.02), parts, starts), 0.002, 0.05)


def draw(rng: np.random.Generator, value: Range) -> float:
    """The number itself, or one between the two given."""
    return float(value) if isinstance(value, (int, float)) else float(rng.uniform(value[0], value[1]))
