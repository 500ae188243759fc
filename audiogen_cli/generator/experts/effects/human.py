"""People without words: laughs, cries, screams, coughs and groans. Breath and hands stand beside it.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/human.yaml`.
Out: events until they have ended. Speech is another expert's; many people at once are `crowd`'s.
Sources: Klatt 1980 for the throat; Bachorowski et al., "The acoustic features of human laughter" (2001).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    decay,
    fade_ends,
    line,
    num_samples,
    place,
    resonate,
    shaped_noise,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.throat import (
    VOICES,
    breath_noise,
    call,
    throat,
)


@sound_model
def laugh(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """Laughter: aspirated vowels about five a second, high above the speaking pitch, falling as the breath runs out.

    Source: Bachorowski et al. 2001; the throat after Klatt 1980.
    """
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.56)
    mouth = str(rng.choice(["a", "uh", "ae"]))
    height = {"man": 1.6, "woman": 3.3, "child": 1.6}[voice] * rng.uniform(1.1, 1.15)
    at, parts, starts = 0.0, [], []
    while at < duration_s - 0.21:
        share = at / duration_s
        long_s = rng.uniform(0.074, 0.095) if at > 0 else 0.16
        top = height * (1.4 - 0.4 * share) * rng.uniform(0.73, 1.06)
        ha = throat(
            long_s,
            rng,
            voice,
            mouth,
            [(0, top * 0.91), (0.3, top), (1, top * 1.3)],
            [(0, 0), (0.25, 1), (0.6, 0.85), (1, 0)],
            open_quotient=0.94,
            jitter=0.015,
            shimmer=0.11,
            breath=0.23,
            tilt_hz=3500,
        )
        aspirated = breath_noise(num_samples(0.1), rng, mouth, tract) * np.hanning(num_samples(0.1))
        level = 1 - 0.44 * share
        parts += [level * ha / np.abs(ha).max(), 0.057 * level * aspirated]
        starts += [at + 0.045, at]
        at += long_s + rng.uniform(0.095, 0.11)
    gasp = breath_noise(num_samples(0.35), rng, "ae", tract) * np.hanning(num_samples(0.35))
    return fade_ends(place(n, [*parts, 0.088 * gasp], [*starts, at + 0.05]), 0.0035, 0.061)


@sound_model
def baby_cry(duration_s: float, rng: np.random.Generator) -> Signal:
    """A baby's cry: wails of about a second near 450 Hz, rising then falling, breaking into hoarseness, gasps between.

    Source: Golub and Corwin 1985, "A physioacoustic model of the infant cry".
    """
    n = num_samples(duration_s + 0.2)
    at, parts, starts = 0.0, [], []
    while at < duration_s - 0.5:
        length = min(rng.uniform(0.7, 1.1), duration_s - at)
        hoarse = float(rng.random() < 0.4)
        wail = call(
            length,
            rng,
            pitch=[(0, 370), (0.2, 470 * rng.uniform(0.95, 1.1)), (0.7, 450), (1, 350)],
            level=[(0, 0), (0.08, 0.7), (0.3, 1), (0.8, 0.8), (1, 0)],
            wobble=0.02,
            vibrato=(7, 0.015, 0.1),
            mouth=[
                ([(0, 700), (0.3, 1150), (0.8, 1050), (1, 800)], 200, 0),
                (1900, 280, -5),
                (3300, 400, -5),
                (5200, 700, -12),
            ],
            open_quotient=0.5,
            jitter=0.015 + 0.05 * hoarse,
            shimmer=0.1 + 0.2 * hoarse,
            breath=0.1 + 0.2 * hoarse,
            subharmonic=0.25 * hoarse,
            tilt_hz=5500,
        )
        parts.append(wail / np.abs(wail).max() * rng.uniform(0.8, 1))
        starts.append(at)
        inhale = breath_noise(num_samples(0.16), rng, "ae", 1.6) * np.hanning(num_samples(0.16))
        parts.append(0.05 * inhale)
        starts.append(at + length + 0.06)
        at += length + rng.uniform(0.25, 0.4)
    return fade_ends(place(n, parts, starts), 0.01, 0.08)


@sound_model
def crying(duration_s: float, rng: np.random.Generator, voice: str = "woman") -> Signal:
    """Sobbing: long falling moans and shuddering breaths drawn in three or four jerks.

    Source: Klatt's throat; Provine 2012.
    """
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.3)
    at, parts, starts = 0.0, [], []
    while at < duration_s - 0.5:
        length = rng.uniform(0.5, 0.9)
        high = rng.uniform(1.6, 2.1)
        moan = throat(
            length,
            rng,
            voice,
            str(rng.choice(["uh", "a", "er"])),
            [(0, high * 0.9), (0.15, high), (0.6, high * 0.85), (1, high * 0.6)],
            [(0, 0), (0.1, 1), (0.5, 0.7), (1, 0)],
            wobble=0.025,
            vibrato=(6.5, 0.025, 0.3),
            open_quotient=0.75,
            jitter=0.02,
            shimmer=0.15,
            breath=0.2,
            tilt_hz=3000,
        )
        parts.append(moan / np.abs(moan).max() * rng.uniform(0.7, 1))
        starts.append(at)
        at += length + 0.05
        for _ in range(rng.integers(2, 5)):
            sniff_n = num_samples(rng.uniform(0.07, 0.12))
            parts.append(0.11 * breath_noise(sniff_n, rng, "uh", tract) * np.hanning(sniff_n))
            starts.append(at)
            at += sniff_n / SAMPLE_RATE + rng.uniform(0.01, 0.05)
        at += rng.uniform(0.05, 0.2)
    return fade_ends(place(n, parts, starts), 0.01, 0.08)


@sound_model
def scream(duration_s: float, rng: np.random.Generator, voice: str = "woman") -> Signal:
    """A scream: pressed folds at the top of the range, roughly modulated at 30 to 150 Hz (Arnal et al. 2015; Klatt)."""
    tract = VOICES[voice][1]
    base = {"man": 770.0, "woman": 1000.0, "child": 1200.0}[voice] * rng.uniform(0.97, 1.1)
    return call(
        duration_s,
        rng,
        pitch=[(0, base * 0.53), (0.12, base * 1.08), (0.6, base), (1, base * 0.77)],
        level=[(0, 0), (0.06, 0.9), (0.5, 1), (0.85, 0.82), (1, 0)],
        wobble=0.02,
        vibrato=(rng.uniform(81, 140), 0.01, 0.26),
        mouth=[(1000 * tract, 240, 0), (1500 * tract, 190, -2), (2900 * tract, 540, -4), (3900 * tract, 600, -9)],
        open_quotient=0.48,
        jitter=0.028,
        shimmer=0.16,
        breath=0.14,
        subharmonic=0.2,
        tilt_hz=3900,
    )


@sound_model
def cough(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """Coughs: the glottis bursts open, air rushes through a shaking throat, and a short voiced end.

    Source: Korpas et al. 1996.
    """
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.2)
    parts, starts, at = [], [], 0.0
    while at < duration_s - 0.2:
        size = num_samples(rng.uniform(0.26, 0.34))
        burst = breath_noise(size, rng, "uh", tract) * decay(size, 0.12, 0.004)
        rush = breath_noise(size, rng, "er", tract) * line(size, [(0, 0), (0.1, 0.8), (0.5, 0.45), (1, 0)])
        rush *= np.clip(1 + 0.4 * wander(size, rng, 90), 0, 3)
        voiced = throat(
            size / SAMPLE_RATE,
            rng,
            voice,
            "uh",
            [(0, 1.6), (0.4, 1.9), (1, 1.2)],
            [(0, 0), (0.06, 0.6), (0.4, 0.5), (0.7, 0.7), (1, 0)],
            open_quotient=0.5,
            jitter=0.08,
            shimmer=0.35,
            breath=0.3,
            subharmonic=0.2,
            wobble=0.04,
        )
        parts.append(
            (1.0 if at == 0 else rng.uniform(0.6, 0.9)) * (burst + 0.6 * rush + 1.1 * voiced / voiced.std() * 0.6)
        )
        starts.append(at)
        at += size / SAMPLE_RATE + rng.uniform(0.05, 0.14)
    return fade_ends(place(n, parts, starts), 0.001, 0.04)


@sound_model
def sneeze(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A sneeze: a voiced gasp in, a held breath, then the blast - ah - CHOO (Stevens 1998 for the fricative burst)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.076)
    ah_n, choo_n = num_samples(0.48 * duration_s), num_samples(0.5 * duration_s)
    gasp = breath_noise(ah_n, rng, "a", tract) * line(ah_n, [(0, 0), (0.7, 1), (1, 0)])
    ah = throat(
        0.32 * duration_s,
        rng,
        voice,
        "a",
        [(0, 0.97), (1, 2.7)],
        [(0, 0), (0.6, 1), (1, 0)],
        breath=0.18,
        open_quotient=0.9,
    )
    hiss = shaped_noise(choo_n, rng, [(540, -14), (2200, -6), (4000, 0), (5200, -2), (7600, -8), (16000, -18)])
    hiss *= line(choo_n, [(0, 0), (0.02, 1), (0.2, 0.37), (0.45, 0.19), (1, 0)])
    oo = throat(
        0.38 * duration_s,
        rng,
        voice,
        "u",
        [(0, 2.7), (0.3, 1.6), (1, 1.2)],
        [(0, 0), (0.05, 0.52), (0.25, 1), (0.6, 0.49), (1, 0)],
        breath=0.29,
        jitter=0.042,
        open_quotient=0.43,
    )
    parts = [
        0.093 * gasp / gasp.std(),
        0.52 * ah / np.abs(ah).max(),
        1.1 * hiss / np.abs(hiss).max(),
        0.49 * oo / np.abs(oo).max(),
    ]
    late = 0.41 * duration_s
    return fade_ends(place(n, parts, [0, 0, late, late + 0.031]), 0.018, 0.054)


@sound_model
def hiccup(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A hiccup: a jerk of the diaphragm draws a voiced breath in, and the glottis shuts it off.

    Source: Stevens 1998; Klatt.
    """
    n = num_samples(duration_s)
    hic = throat(
        0.11,
        rng,
        voice,
        "i",
        [(0, 1.5), (0.6, 5.4), (1, 4.3)],
        [(0, 0), (0.3, 0.59), (0.85, 1), (1, 0)],
        open_quotient=0.39,
        breath=0.45,
        jitter=0.023,
    )
    click_n = num_samples(0.019)
    click = resonate(white(click_n, rng) * decay(click_n, 0.015), 810, 280)
    inhale = breath_noise(num_samples(0.1), rng, "i", 1.0) * np.hanning(num_samples(0.1))
    parts = [hic / np.abs(hic).max(), 0.64 * click / np.abs(click).max(), 0.055 * inhale]
    return fade_ends(place(n, parts, [0.034, 0.12, 0.0]), 0.0026, 0.06)


@sound_model
def burp(duration_s: float, rng: np.random.Generator) -> Signal:
    """A burp: the gullet's mouth flapping at 30 to 70 Hz into an open throat.

    Source: the alaryngeal voice; Klatt's formants.
    """
    base = rng.uniform(35, 72)
    return call(
        duration_s,
        rng,
        pitch=[(0, base * 1.0), (0.3, base), (0.7, base * 1.4), (1, base * 0.8)],
        level=[(0, 0), (0.06, 1), (0.7, 0.45), (1, 0)],
        wobble=0.095,
        vibrato=(13, 0.063, 0.26),
        mouth=[([(0, 750), (0.4, 720), (1, 270)], 72, 0), (640, 210, -2), (2700, 300, -9), (3200, 520, -14)],
        open_quotient=0.37,
        jitter=0.14,
        shimmer=0.8,
        breath=0.28,
        subharmonic=0.34,
        tilt_hz=3800,
    )


@sound_model
def yawn(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A yawn: a long wide breath in, then a voiced fall from ah to uh (Stevens 1998; Klatt 1980)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s)
    inhale = breath_noise(n, rng, "a", tract * 0.9) * line(n, [(0, 0), (0.3, 0.7), (0.38, 0.3), (0.42, 0), (1, 0)])
    voiced = throat(
        duration_s * 0.56,
        rng,
        voice,
        "a",
        [(0, 1.6), (0.2, 1.9), (0.6, 1.3), (1, 0.8)],
        [(0, 0), (0.15, 1), (0.6, 0.6), (1, 0)],
        open_quotient=0.8,
        breath=0.35,
        tilt_hz=1800,
    )
    exhale = breath_noise(n, rng, "uh", tract) * line(n, [(0, 0), (0.44, 0), (0.55, 0.4), (1, 0)])
    return fade_ends(
        0.5 * inhale + 0.5 * exhale + place(n, [2.2 * voiced / voiced.std()], [0.43 * duration_s]), 0.02, 0.1
    )


@sound_model
def groan(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A groan: a creaking low voice, its mouth barely open (Klatt 1980 with the folds' double pulses)."""
    return throat(
        duration_s,
        rng,
        voice,
        str(rng.choice(["uh", "er", "o"])),
        [(0, 1.0), (0.2, 1.25), (0.6, 1.0), (1, 0.65)],
        [(0, 0), (0.12, 1), (0.6, 0.8), (1, 0)],
        wobble=0.03,
        vibrato=(9, 0.01, 0.12),
        open_quotient=0.5,
        jitter=0.05,
        shimmer=0.25,
        breath=0.2,
        subharmonic=0.35,
        tilt_hz=2500,
    )
