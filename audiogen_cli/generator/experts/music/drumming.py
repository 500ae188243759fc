"""What a drummer does with a piece: a groove that varies, fills at the ends of phrases, an entrance and an end.

In: a part's params (`patterns`, `fills`, `light`, `end`) and the `Piece`. Out: `Tone`s that name a drum.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.music.form import Bar
from audiogen_cli.generator.experts.music.melody import Tone
from audiogen_cli.generator.experts.music.piece import Piece
from audiogen_cli.generator.experts.music.rhythm import read_pattern


def play_drums(params: Mapping[str, Any], piece: Piece, pieces: frozenset[str], rng: np.random.Generator) -> list[Tone]:
    """Drum through a piece.

    Params:
        patterns: grooves, each a drum to its pattern; the second section takes the last one.
        fills: each a drum to the pattern of a bar whose second half replaces the groove's at the end of a phrase.
        light: drums that play in the introduction; all when not given, none for an empty list.
        end: drums struck with the last chord.
        from_intensity, sections: as for the other roles.
    """
    patterns = params.get("patterns", [{"kick": "x...x...x...x..."}])
    main = int(rng.integers(len(patterns)))
    tones: list[Tone] = []
    count = len(piece.form.bars)
    least = float(params.get("from_intensity", 0.0))
    sections = params.get("sections")
    previous = ""
    for number, bar in enumerate(piece.form.bars):
        if bar.intensity < least or (sections is not None and bar.section not in sections and count >= 4):
            continue
        groove = dict(patterns[-1] if bar.section == "b" else patterns[main])
        if bar.section == "intro" and count >= 4 and "light" in params:
            groove = {name: pattern for name, pattern in groove.items() if name in params["light"]}
        tones += _bar(groove, bar, piece.form.metre, rng, fill=_fill(params, bar, number, piece, rng))
        if bar.section != previous and number and "crash" in pieces and params.get("crash", True):
            tones.append(Tone(bar.start, 1.0, 60.0, 0.6 + 0.3 * bar.intensity, "crash"))
        previous = bar.section
    for name in params.get("end", ("kick", "crash")):
        if name in pieces:
            tones.append(Tone(piece.form.end_beat, 1.0, 60.0, 0.85, name))
    return [tone for tone in tones if tone.piece in pieces]


def _fill(
    params: Mapping[str, Any], bar: Bar, number: int, piece: Piece, rng: np.random.Generator
) -> Mapping[str, str]:
    fills = params.get("fills") or []
    last = number == len(piece.form.bars) - 1
    if not fills or not bar.fill or (not last and rng.uniform() > 0.75):
        return {}
    chosen: Mapping[str, str] = fills[int(rng.integers(len(fills)))]
    return chosen


def _bar(
    groove: Mapping[str, str], bar: Bar, metre: int, rng: np.random.Generator, *, fill: Mapping[str, str]
) -> list[Tone]:
    turn = bar.beats - min(2.0, bar.beats / 2) if fill else bar.beats
    tones = []
    for source, first, until in ((groove, 0.0, turn), (fill, turn, bar.beats)):
        for name, pattern in source.items():
            for step in read_pattern(pattern, float(metre), rng):
                if not first - 1e-6 <= step.beat < until - 1e-6:
                    continue
                if step.mark == "x" and step.beat % 1.0 and rng.uniform() < 0.05:
                    continue  # a stroke left out here and there: nobody plays the same bar twice
                strength = step.strength * (0.55 + 0.5 * bar.intensity) * (1.0 + rng.uniform(-0.1, 0.1))
                tones.append(Tone(bar.start + step.beat, 0.25, 60.0, float(np.clip(strength, 0.08, 1.0)), name))
    return tones
