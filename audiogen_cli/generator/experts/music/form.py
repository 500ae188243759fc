"""The shape of a piece: so many bars that it begins, goes somewhere and ends within the clip.

In: a duration, tempo bounds, the style's manners. Out: a `Form`: bars with their section and intensity, and the
beat on which the last chord falls. Nothing is looped to fill a clip and nothing is cut off by its end: the
tempo yields a little, within the style's bounds, so that the last chord has time to ring.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.music.rhythm import Clock, broadening

DYNAMICS = ("steady", "arc", "build", "fade", "swell", "rise")


@dataclass(frozen=True)
class Bar:
    """One bar."""

    start: float  # beat
    beats: float  # its length; the last bar may be shorter
    section: str  # "intro", "a", "b", "break"
    intensity: float  # 0 to 1
    progress: float  # 0 at the first bar, 1 at the last
    fill: bool  # the last of its phrase
    in_phrase: int  # place in its phrase, from 0


@dataclass(frozen=True)
class Form:
    """The bars, and when the last chord falls."""

    bars: tuple[Bar, ...]
    clock: Clock
    tempo_bpm: float
    metre: int
    duration_s: float

    @property
    def end_beat(self) -> float:
        return self.clock.end_beat


def plan_form(
    params: Mapping[str, Any],
    *,
    duration_s: float,
    tempo: tuple[float, float],
    exact_bpm: float | None,
    dynamics: str | None,
    energy: float,
    rng: np.random.Generator,
) -> Form:
    """Lay out a piece.

    Args:
        params: of the style: metre, swing, swing_unit, slowing, ring_s, dynamics, intro.
        duration_s: of the clip.
        tempo: slowest and fastest, in beats a minute.
        exact_bpm: the tempo a person asked for; it is kept to the letter and the last chord rings longer instead.
        dynamics: overrides the style's.
        energy: added to every intensity, -0.4 to 0.4.
    """
    metre = int(params.get("metre", 4))
    ring_s = min(float(params.get("ring_s", np.clip(0.17 * duration_s, 0.8, 3.0))), 0.45 * duration_s)
    slowing = float(params.get("slowing", 0.0)) if exact_bpm is None else 0.0
    wished = exact_bpm if exact_bpm is not None else float(rng.uniform(*tempo))
    end_beat, bpm = _fit(duration_s - ring_s, wished, tempo, metre, slowing, exact=exact_bpm is not None)
    clock = Clock(
        seconds_per_beat=60.0 / bpm,
        end_beat=end_beat,
        slowing=slowing,
        slowing_beats=_slowing_beats(metre, end_beat),
        swing=float(params.get("swing", 0.0)),
        swing_unit=float(params.get("swing_unit", 0.5)),
    )
    shape = dynamics or str(params.get("dynamics", "arc"))
    bars = _lay_bars(end_beat, metre, shape, energy, bool(params.get("intro", True)), rng)
    return Form(tuple(bars), clock, bpm, metre, duration_s)


def _slowing_beats(metre: int, beats: float) -> float:
    """The last bar slows down, or all there is of it."""
    return max(min(float(metre), beats), 1e-6)


def _fit(
    room_s: float, wished: float, tempo: tuple[float, float], metre: int, slowing: float, *, exact: bool
) -> tuple[float, float]:
    """How many beats before the last chord, and the tempo that makes them fill the room."""

    def length(beats: float) -> float:
        return beats + broadening(beats, beats, slowing, _slowing_beats(metre, beats))

    beats = room_s * wished / 60.0
    if exact:
        grain = metre / 2 if metre % 2 == 0 else metre
        return (float(int(beats / grain + 1e-6) * grain) if beats >= grain else float(int(beats + 1e-6))), wished
    for grain in (float(metre), metre / 2 if metre % 2 == 0 else 1.0, 1.0):
        count = max(round(beats / grain) * grain, 0.0)
        if count > 0:
            bpm = length(count) * 60.0 / room_s
            if 0.95 * tempo[0] <= bpm <= 1.05 * tempo[1]:
                return count, bpm
    return float(int(beats)), wished


def _lay_bars(
    end_beat: float, metre: int, shape: str, energy: float, intro: bool, rng: np.random.Generator
) -> list[Bar]:
    count = int(np.ceil(end_beat / metre - 1e-9))
    phrase = 4 if count >= 6 else 2
    intro_bars = 0 if not intro or count < 4 else 1 if count < 6 else 2
    contrast = range(0)
    if count >= 10:  # long enough for another thought in the middle
        start = intro_bars + phrase * max(1, round(0.42 * (count - intro_bars) / phrase))
        contrast = range(start, min(start + phrase, count - 2))
    bars = []
    for index in range(count):
        progress = index / max(count - 1, 1)
        section = "intro" if index < intro_bars else "b" if index in contrast else "a"
        in_phrase = (index - intro_bars) % phrase if index >= intro_bars else index
        intensity = _intensity(shape, progress) - 0.12 * (section == "intro") + energy + float(rng.uniform(-0.03, 0.03))
        last = index == count - 1
        bars.append(
            Bar(
                index * float(metre),
                min(float(metre), end_beat - index * metre),
                section,
                float(np.clip(intensity, 0.12, 1.0)),
                progress,
                last or in_phrase == phrase - 1 or (index == 1 and intro_bars == 2),  # the pickup to what follows
                in_phrase,
            )
        )
    return bars


def _intensity(shape: str, progress: float) -> float:
    if shape == "build":
        return 0.3 + 0.68 * float(progress**1.3)
    if shape == "rise":
        return 0.55 + 0.38 * progress
    if shape == "fade":
        return 0.85 - 0.6 * progress
    if shape == "swell":
        return 0.4 + 0.5 * float(np.sin(np.pi * min(progress * 1.05, 1.0)))
    if shape == "steady":
        return 0.74
    return 0.6 + 0.25 * float(np.sin(np.pi * (0.12 + 0.75 * progress)))
