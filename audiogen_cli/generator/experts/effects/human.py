"""People without words: laughs, and whatever is one stream of breath, from a gasp to a scream.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/human.yaml`.
Out: events until they have ended. Speech is another expert's; breath as a bed, lips and hands stand beside it; many
people at once are `crowd`'s.
Sources: Klatt 1980 for the throat; Bachorowski et al., "The acoustic features of human laughter" (2001); Korpas 1996
for coughs; Stevens, "Acoustic Phonetics" (1998) for breath.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.calls import Path, perform
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, num_samples
from audiogen_cli.generator.experts.effects.throat import VOICES, exhale, vowel, vowel_path

_HISS = ((600, -26), (2000, -6), (4000, 0), (7500, -4), (16000, -16))  # of teeth and lips (Stevens 1998, ch. 8)


@sound_model
def utterance(
    duration_s: float,
    rng: np.random.Generator,
    *,
    voice: str = "man",
    row: Mapping[str, Any] | None = None,
    syllables: Sequence[Mapping[str, Any]] | None = None,
    **breath: Any,
) -> Signal:
    """Breaths with a voice in them, or none: coughs, sobs, groans, gasps and screams (Klatt 1980; Stevens 1998).

    Args:
        duration_s: of the whole.
        rng: of all unevenness.
        voice: one of `throat.VOICES`; its pitch is what the pitches are shares of.
        row, syllables: breaths in time, see `calls.perform`.
        breath: settings of `_breath`, which a syllable may override.
    """
    base_hz, tract = VOICES[voice]
    height, size = rng.uniform(0.93, 1.08), tract * rng.uniform(0.97, 1.05)

    def utter(length_s: float, settings: Mapping[str, Any]) -> Signal:
        return _breath(num_samples(length_s), rng, base_hz * height, size, **{**breath, **settings})

    return perform(duration_s, rng, utter, row=row, syllables=syllables)


def _breath(
    n: int,
    rng: np.random.Generator,
    base_hz: float,
    tract: float,
    *,
    mouth: Sequence[Any],
    voiced: Path = ((0, 0), (1, 0)),
    air: Path = ((0, 0), (1, 0)),
    hiss: Path = ((0, 0), (1, 0)),
    pitch: Path = ((0, 1), (1, 1)),
    width: float = 1.3,
    wobble: float = 0.02,
    shake: tuple[float, float] = (0.0, 0.0),
    tremor: tuple[float, float, float] = (6.0, 0.0, 0.0),
    **folds: Any,
) -> Signal:
    """One breath; every path in shares of it. `mouth` is a path of vowels, or vowels of which one is held; `width` is
    that of the formants against still speech; `shake` (Hz, depth) roughens all of it, `tremor` (Hz, share of pitch,
    share of level) the voice."""
    way = [(0.0, str(rng.choice(mouth)))] if isinstance(mouth[0], str) else list(mouth)
    held = vowel(way[0][1], tract) if len(way) == 1 else vowel_path(n, way, tract)
    formants = [(hz, band * width, gain) for hz, band, gain in held]
    swing = np.sin(np.arange(n) * (2 * np.pi * tremor[0] / 48000) + rng.uniform(0, 6.28))
    hz = base_hz * curve(n, pitch) * (1 + wobble * wander(n, rng, 9) + tremor[1] * swing)
    out = exhale(hz, rng, formants, voiced=line(n, voiced) * (1 + tremor[2] * swing), air=line(n, air), **folds)
    out = out / max(float(np.abs(out).max()), 1e-12) + line(n, hiss) * shaped_noise(n, rng, _HISS)
    if shake[1]:
        out *= np.clip(1 + shake[1] * wander(n, rng, shake[0]), 0, 3)
    return fade_ends(out, 0.003, 0.02)


@sound_model
def shout(
    duration_s: float,
    rng: np.random.Generator,
    *,
    voice: str = "man",
    height: float = 2.0,
    mouth: Sequence[Any] = ("a",),
    whoop: bool = False,
) -> Signal:
    """A shouted vowel, `height` times as high as speech: up and off again, or a whoop from below (Klatt 1980).

    `mouth` as in `utterance`: "yeah" is a path of vowels.
    """
    rise = [(0, 0.5), (0.35, 0.8), (0.7, 1.1), (1, 0.9)] if whoop else [(0, 0.75), (0.2, 1), (0.65, 0.97), (1, 0.7)]
    voiced = [(0, 0), (0.08, 0.8), (0.3, 1), (0.75, 0.85), (1, 0)]
    folds: dict[str, Any] = {"open_quotient": 0.5, "shimmer": 0.12, "breath": 0.12, "tilt_hz": 4500}
    pitch = [(at, height * ratio) for at, ratio in rise]
    return utterance(duration_s, rng, voice=voice, mouth=mouth, pitch=pitch, voiced=voiced, wobble=0.03, **folds)


@sound_model
def laugh(
    duration_s: float,
    rng: np.random.Generator,
    *,
    voice: str = "man",
    height: float = 2.35,
    rate_hz: float = 4.8,
    voiced_share: float = 0.5,
    air: float = 0.6,
    vowels: Sequence[str] = ("uh", "a", "ae"),
) -> Signal:
    """Laughter: one long breath chopped into ha-ha-ha, high above the speaking pitch, sinking as it runs out.

    Args:
        duration_s: of the bout.
        rng: of all unevenness.
        voice: one of `throat.VOICES`.
        height: pitch against that of speech; Bachorowski et al. 2001 found 272 Hz in men and 405 in women.
        rate_hz: calls a second, 4 to 6.
        voiced_share: of a call; the rest is h.
        air: strength of the h.
        vowels: of which one is held throughout; most laughs are near uh.
    """
    base_hz, tract = VOICES[voice]
    n = num_samples(duration_s + 0.6)
    count = max(3, int(duration_s * rate_hz))
    gaps = rng.normal(1, 0.07, count) / rate_hz * np.linspace(0.95, 1.12, count)  # it slows
    starts = 0.06 + np.cumsum(gaps) - gaps[0]
    voiced, rush, ratio = np.zeros(n), np.zeros(n), np.ones(n)
    for index, start in enumerate(starts):
        share = index / (count - 1)
        size = num_samples(voiced_share / rate_hz * rng.uniform(0.85, 1.15) * (1.3 if index == 0 else 1.0))
        level = (1 - 0.5 * share) * rng.uniform(0.8, 1.1)
        top = (1 + 0.12 * (index > 0) - 0.3 * share) * rng.uniform(0.93, 1.07)
        voiced += place(n, [level * line(size, [(0, 0), (0.18, 0.9), (0.4, 1), (0.75, 0.6), (1, 0)])], [start])
        h = line(size + num_samples(0.09), [(0, 0), (0.25, 1), (0.45, 0.35), (0.7, 0.5), (1, 0)])
        rush = np.maximum(rush, place(n, [level * h], [max(0.0, start - 0.06)]))
        at = num_samples(max(start - 0.02, 0.0))
        ratio[at:] = top
        ratio[at : at + size] *= curve(size, [(0, 1), (0.3, 1.06), (1, 0.85)])[: n - at]
    pitch = base_hz * height * rng.uniform(0.9, 1.12)
    hz = pitch * (lowpass(ratio - ratio[0], 30, order=1) + ratio[0]) * (1 + 0.012 * wander(n, rng, 12))
    mouth = [(f, 1.6 * width, gain) for f, width, gain in vowel(str(rng.choice(vowels)), 1.08 * tract)]
    folds = {"jitter": 0.02, "shimmer": 0.12, "breath": 0.25, "tilt_hz": 3500}
    out = exhale(hz, rng, mouth, voiced=voiced, air=air * rush, **folds)
    return fade_ends(out, 0.005, 0.05)
