"""People without words: laughs, cries, breaths, throats, hands and hearts.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/human.yaml`.
Out: events until they have ended, beds of exactly the length. Speech is another expert's; crowds are `crowd`'s.
Sources: Klatt, "Software for a cascade/parallel formant synthesizer" (1980) for the throat; Bachorowski et al.,
"The acoustic features of human laughter" (2001); Stevens, "Acoustic Phonetics" (1998) for breath noise.
"""

from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    call,
    chirp,
    db,
    decay,
    fade_ends,
    formant_filter,
    highpass,
    impact,
    impulses,
    line,
    lowpass,
    modes,
    num_samples,
    phase_of,
    place,
    resonate,
    ring,
    seconds,
    shaped_noise,
    vowel,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.water import bubbles

VOICES = {  # usual pitch in Hz, tract against a man's
    "man": (115.0, 1.0), "woman": (210.0, 1.17), "child": (290.0, 1.33), "baby": (430.0, 1.65),
}


def breath_noise(n: int, rng: np.random.Generator, mouth: str = "uh", tract: float = 1.0) -> Signal:
    """Breath through the shape of a vowel: turbulence at the glottis and at the lips (Stevens 1998)."""
    source = shaped_noise(n, rng, [(100, -16), (500, -3), (1500, 0), (5000, -4), (14000, -16)])
    filtered = formant_filter(source, [(hz, 2.5 * float(width), 0) for hz, width, _ in vowel(mouth, tract)], parallel=True)
    return filtered / filtered.std() + 0.25 * source


def throat(
    duration_s: float, rng: np.random.Generator, voice: str, mouth: str, pitch: list[tuple[float, float]],
    level: list[tuple[float, float]], **settings: Any,
) -> Signal:
    """A vowel sung, cried or groaned by one of `VOICES`; `pitch` is against the voice's usual one."""
    base, tract = VOICES[voice]
    return call(
        duration_s, rng, pitch=[(at, base * ratio) for at, ratio in pitch], level=level,
        mouth=vowel(mouth, tract), cascade=True, **settings,
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
            long_s, rng, voice, mouth, [(0, top * 0.91), (0.3, top), (1, top * 1.3)], [(0, 0), (0.25, 1), (0.6, 0.85), (1, 0)],
            open_quotient=0.94, jitter=0.015, shimmer=0.11, breath=0.23, tilt_hz=3500,
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
            length, rng, pitch=[(0, 370), (0.2, 470 * rng.uniform(0.95, 1.1)), (0.7, 450), (1, 350)],
            level=[(0, 0), (0.08, 0.7), (0.3, 1), (0.8, 0.8), (1, 0)], wobble=0.02, vibrato=(7, 0.015, 0.1),
            mouth=[([(0, 700), (0.3, 1150), (0.8, 1050), (1, 800)], 200, 0), (1900, 280, -5), (3300, 400, -5), (5200, 700, -12)],
            open_quotient=0.5, jitter=0.015 + 0.05 * hoarse, shimmer=0.1 + 0.2 * hoarse, breath=0.1 + 0.2 * hoarse,
            subharmonic=0.25 * hoarse, tilt_hz=5500,
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
    """Sobbing: long falling moans and shuddering breaths drawn in three or four jerks (Klatt's throat; Provine 2012)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.3)
    at, parts, starts = 0.0, [], []
    while at < duration_s - 0.5:
        length = rng.uniform(0.5, 0.9)
        high = rng.uniform(1.6, 2.1)
        moan = throat(
            length, rng, voice, str(rng.choice(["uh", "a", "er"])), [(0, high * 0.9), (0.15, high), (0.6, high * 0.85), (1, high * 0.6)],
            [(0, 0), (0.1, 1), (0.5, 0.7), (1, 0)], wobble=0.025, vibrato=(6.5, 0.025, 0.3),
            open_quotient=0.75, jitter=0.02, shimmer=0.15, breath=0.2, tilt_hz=3000,
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
        duration_s, rng, pitch=[(0, base * 0.53), (0.12, base * 1.08), (0.6, base), (1, base * 0.77)],
        level=[(0, 0), (0.06, 0.9), (0.5, 1), (0.85, 0.82), (1, 0)], wobble=0.02, vibrato=(rng.uniform(81, 140), 0.01, 0.26),
        mouth=[(1000 * tract, 240, 0), (1500 * tract, 190, -2), (2900 * tract, 540, -4), (3900 * tract, 600, -9)],
        open_quotient=0.48, jitter=0.028, shimmer=0.16, breath=0.14, subharmonic=0.2, tilt_hz=3900,
    )


@sound_model
def cough(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """Coughs: the glottis bursts open, air rushes through a shaking throat, and a short voiced end (Korpas et al. 1996)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s + 0.2)
    parts, starts, at = [], [], 0.0
    while at < duration_s - 0.2:
        size = num_samples(rng.uniform(0.26, 0.34))
        burst = breath_noise(size, rng, "uh", tract) * decay(size, 0.12, 0.004)
        rush = breath_noise(size, rng, "er", tract) * line(size, [(0, 0), (0.1, 0.8), (0.5, 0.45), (1, 0)])
        rush *= np.clip(1 + 0.4 * wander(size, rng, 90), 0, 3)
        voiced = throat(
            size / SAMPLE_RATE, rng, voice, "uh", [(0, 1.6), (0.4, 1.9), (1, 1.2)], [(0, 0), (0.06, 0.6), (0.4, 0.5), (0.7, 0.7), (1, 0)],
            open_quotient=0.5, jitter=0.08, shimmer=0.35, breath=0.3, subharmonic=0.2, wobble=0.04,
        )
        parts.append((1.0 if at == 0 else rng.uniform(0.6, 0.9)) * (burst + 0.6 * rush + 1.1 * voiced / voiced.std() * 0.6))
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
    ah = throat(0.32 * duration_s, rng, voice, "a", [(0, 0.97), (1, 2.7)], [(0, 0), (0.6, 1), (1, 0)], breath=0.18, open_quotient=1.1)
    hiss = shaped_noise(choo_n, rng, [(540, -14), (2200, -6), (4800, 0), (4400, -2), (7600, -8), (16000, -18)])
    hiss *= line(choo_n, [(0, 0), (0.02, 1), (0.2, 0.37), (0.45, 0.19), (1, 0)])
    oo = throat(
        0.38 * duration_s, rng, voice, "u", [(0, 2.7), (0.3, 1.6), (1, 1.2)], [(0, 0), (0.05, 0.52), (0.25, 1), (0.6, 0.49), (1, 0)],
        breath=0.29, jitter=0.042, open_quotient=0.43,
    )
    parts = [0.093 * gasp / gasp.std(), 0.52 * ah / np.abs(ah).max(), 1.1 * hiss / np.abs(hiss).max(), 0.49 * oo / np.abs(oo).max()]
    late = 0.41 * duration_s
    return fade_ends(place(n, parts, [0, 0, late, late + 0.031]), 0.018, 0.054)


@sound_model
def sigh(duration_s: float, rng: np.random.Generator, voice: str = "woman") -> Signal:
    """A sigh: a breath in, then a long falling breath out with a little voice in it (Stevens 1998; Klatt 1980)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s)
    inhale = breath_noise(n, rng, "ae", tract) * line(n, [(0, 0), (0.12, 0.5), (0.25, 0.6), (0.32, 0), (1, 0)])
    exhale = breath_noise(n, rng, "a", tract) * line(n, [(0, 0), (0.36, 0), (0.42, 1), (0.6, 0.55), (1, 0)])
    voiced = throat(
        duration_s * 0.6, rng, voice, "a", [(0, 1.3), (0.3, 1.1), (1, 0.75)], [(0, 0), (0.12, 1), (0.5, 0.5), (1, 0)],
        open_quotient=0.85, breath=0.5, tilt_hz=1500,
    )
    return fade_ends(inhale + exhale + place(n, [0.8 * voiced / voiced.std()], [0.38 * duration_s]), 0.02, 0.1)


@sound_model
def breathing(duration_s: float, rng: np.random.Generator, rate: float = 0.45, effort: float = 0.6) -> Signal:
    """Breathing: in through a narrow bright mouth, out through a wide dark one, `rate` breaths a second (Stevens 1998)."""
    n = num_samples(duration_s)
    cycle = (np.cumsum(np.full(n, rate / SAMPLE_RATE) * (1 + 0.08 * wander(n, rng, 0.5))) + rng.uniform()) % 1.0
    inward = np.clip(np.sin(np.pi * np.clip(cycle / 0.42, 0, 1)), 0, 1) ** 0.8
    outward = np.clip(np.sin(np.pi * np.clip((cycle - 0.47) / 0.45, 0, 1)), 0, 1) ** 1.2
    flutter = 1 + 0.12 * wander(n, rng, 18)
    air_in = highpass(breath_noise(n, rng, "i", 1.0), 700, order=1) * inward
    air_out = breath_noise(n, rng, "a", 1.05) * outward
    return fade_ends((air_in * (0.45 + 0.3 * effort) + air_out) * flutter, 0.1, 0.1)


@sound_model
def snore(duration_s: float, rng: np.random.Generator) -> Signal:
    """Snores: the soft palate slapping 25 to 45 times a second on the breath in, a soft breath out (Pevernagie 2010)."""
    n = num_samples(duration_s)
    cycle = (np.cumsum(np.full(n, 0.31 / SAMPLE_RATE) * (1 + 0.05 * wander(n, rng, 0.5))) + rng.uniform()) % 1.0
    inward = np.clip(np.sin(np.pi * np.clip(cycle / 0.42, 0, 1)), 0, 1) ** 0.7
    outward = np.clip(np.sin(np.pi * np.clip((cycle - 0.52) / 0.35, 0, 1)), 0, 1)
    flaps_hz = (30 + 16 * cycle) * (1 + 0.08 * wander(n, rng, 7))
    phase = phase_of(flaps_hz) / (2 * np.pi) % 1.0
    slap = np.exp(-phase * 5) * (1 + 0.3 * wander(n, rng, 35))
    drive = (slap - slap.mean()) + 0.5 * white(n, rng) * slap
    palate = ring(drive, [210, 480, 1050, 2100], [0.02, 0.014, 0.009, 0.005], [1, 0.9, 0.55, 0.35])
    exhale = breath_noise(n, rng, "u", 1.0)
    return fade_ends(palate / palate.std() * inward + 0.12 * exhale * outward, 0.1, 0.1)


@sound_model
def gasp(duration_s: float, rng: np.random.Generator, voice: str = "woman") -> Signal:
    """A gasp: a fast breath in, half voiced, cut short (Stevens 1998; Klatt 1980)."""
    n = num_samples(duration_s)
    tract = VOICES[voice][1]
    air = breath_noise(n, rng, "ae", tract) * line(n, [(0, 0), (0.25, 0.6), (0.6, 1), (0.72, 0), (1, 0)])
    voiced = throat(duration_s * 0.7, rng, voice, "a", [(0, 1.6), (1, 2.6)], [(0, 0), (0.6, 1), (1, 0)], breath=0.6, open_quotient=0.8)
    return fade_ends(air + place(n, [0.5 * voiced / voiced.std()], [0.02]), 0.005, 0.05)


_TUNES = (  # steps above the first note, in semitones, and their lengths in beats
    ((0, 1), (2, 1), (4, 1), (7, 2), (4, 1), (5, 1), (4, 1), (2, 2)), ((0, 1), (4, 1), (7, 1.5), (9, 0.5), (7, 2), (4, 1), (2, 1), (0, 2)),
    ((7, 1.5), (5, 0.5), (4, 1), (2, 1), (4, 2), (0, 1), (2, 1), (0, 2)),
)


@sound_model
def whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Whistling a tune: the mouth as a Helmholtz resonator, nearly a sine with breath round it, notes slid into (Wilson 1971)."""
    n = num_samples(duration_s)
    tune = _TUNES[rng.integers(0, len(_TUNES))]
    beats = sum(length for _, length in tune)
    home = rng.uniform(950, 1250)
    semitones, level = np.zeros(n), np.zeros(n)
    at = 0.0
    for step, length in tune:
        start, end = (int(n * share / beats) for share in (at, at + length))
        semitones[start:end] = step
        level[start:end] = line(end - start, [(0, 0.4), (0.12, 1), (0.8, 0.85), (1, 0.35)])
        at += length
    glide = lowpass(semitones - semitones[0], 14, order=1) + semitones[0]
    vibrato = 0.008 * np.sin(phase_of(5.6, n)) * np.clip(wander(n, rng, 1.0) + 0.8, 0, 1.5)
    hz = home * 2 ** (glide / 12) * (1 + vibrato + 0.004 * wander(n, rng, 12))
    smooth = lowpass(level, 30, order=1)
    tone = chirp(hz, (1, 0.04, 0.015))
    breath = formant_filter(white(n, rng), [(hz, 220.0, 0.0)], parallel=True)
    return fade_ends((tone + 0.12 * breath / breath.std()) * smooth, 0.02, 0.1)


@sound_model
def hiccup(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A hiccup: a jerk of the diaphragm draws a voiced breath in, and the glottis shuts it off (Stevens 1998; Klatt)."""
    n = num_samples(duration_s)
    hic = throat(
        0.11, rng, voice, "i", [(0, 1.5), (0.6, 5.4), (1, 4.3)], [(0, 0), (0.3, 0.59), (0.85, 1), (1, 0)],
        open_quotient=0.39, breath=0.45, jitter=0.023,
    )
    click_n = num_samples(0.019)
    click = resonate(white(click_n, rng) * decay(click_n, 0.015), 810, 280)
    inhale = breath_noise(num_samples(0.1), rng, "i", 1.0) * np.hanning(num_samples(0.1))
    parts = [hic / np.abs(hic).max(), 0.64 * click / np.abs(click).max(), 0.055 * inhale]
    return fade_ends(place(n, parts, [0.034, 0.12, 0.0]), 0.0026, 0.06)


@sound_model
def burp(duration_s: float, rng: np.random.Generator) -> Signal:
    """A burp: the gullet's mouth flapping at 30 to 70 Hz into an open throat (the alaryngeal voice; Klatt's formants)."""
    base = rng.uniform(35, 72)
    return call(
        duration_s, rng, pitch=[(0, base * 1.0), (0.3, base), (0.7, base * 1.4), (1, base * 0.8)],
        level=[(0, 0), (0.06, 1), (0.7, 0.45), (1, 0)], wobble=0.095, vibrato=(13, 0.063, 0.26),
        mouth=[([(0, 750), (0.4, 720), (1, 270)], 72, 0), (640, 210, -2), (2700, 300, -9), (3200, 520, -14)],
        open_quotient=0.37, jitter=0.14, shimmer=0.8, breath=0.28, subharmonic=0.34, tilt_hz=3800,
    )


@sound_model
def yawn(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A yawn: a long wide breath in, then a voiced fall from ah to uh (Stevens 1998; Klatt 1980)."""
    tract = VOICES[voice][1]
    n = num_samples(duration_s)
    inhale = breath_noise(n, rng, "a", tract * 0.9) * line(n, [(0, 0), (0.3, 0.7), (0.38, 0.3), (0.42, 0), (1, 0)])
    voiced = throat(
        duration_s * 0.56, rng, voice, "a", [(0, 1.6), (0.2, 1.9), (0.6, 1.3), (1, 0.8)], [(0, 0), (0.15, 1), (0.6, 0.6), (1, 0)],
        open_quotient=0.8, breath=0.35, tilt_hz=1800,
    )
    exhale = breath_noise(n, rng, "uh", tract) * line(n, [(0, 0), (0.44, 0), (0.55, 0.4), (1, 0)])
    return fade_ends(0.5 * inhale + 0.5 * exhale + place(n, [2.2 * voiced / voiced.std()], [0.43 * duration_s]), 0.02, 0.1)


@sound_model
def groan(duration_s: float, rng: np.random.Generator, voice: str = "man") -> Signal:
    """A groan: a creaking low voice, its mouth barely open (Klatt 1980 with the folds' double pulses)."""
    return throat(
        duration_s, rng, voice, str(rng.choice(["uh", "er", "o"])), [(0, 1.0), (0.2, 1.25), (0.6, 1.0), (1, 0.65)],
        [(0, 0), (0.12, 1), (0.6, 0.8), (1, 0)], wobble=0.03, vibrato=(9, 0.01, 0.12),
        open_quotient=0.5, jitter=0.05, shimmer=0.25, breath=0.2, subharmonic=0.35, tilt_hz=2500,
    )


@sound_model
def heartbeat(duration_s: float, rng: np.random.Generator, rate_bpm: float = 72.0) -> Signal:
    """A heart: the two valve sounds, lub 50 Hz and dub a little higher and shorter, felt through the chest (Rangayyan 1988)."""
    n = num_samples(duration_s)
    size = num_samples(0.25)
    lub = modes(size, [42, 66, 105, 160], [0.16, 0.13, 0.09, 0.06], [1, 0.8, 0.45, 0.2]) * line(size, [(0, 0), (0.06, 1), (1, 1)])
    dub = modes(size, [58, 92, 140, 210], [0.11, 0.09, 0.06, 0.04], [0.9, 0.7, 0.35, 0.15]) * line(size, [(0, 0), (0.05, 1), (1, 1)])
    starts, beats, at = [], [], rng.uniform(0.05, 0.3)
    while at < duration_s - 0.3:
        starts += [at, at + 0.3 * (72 / rate_bpm) ** 0.5]
        beats += [lub * rng.uniform(0.9, 1), 0.7 * dub * rng.uniform(0.9, 1)]
        at += 60 / rate_bpm * rng.uniform(0.97, 1.03)
    flow = shaped_noise(n, rng, [(20, -6), (60, 0), (200, -10), (800, -40)])
    return fade_ends(place(n, beats, starts) + 0.006 * flow, 0.02, 0.02)


def clap(rng: np.random.Generator) -> Signal:
    """One hand clap: a burst in the cavity between the palms, 0.6 to 2 kHz by how they are cupped (Repp 1987)."""
    n = num_samples(0.09)
    burst = white(n, rng) * decay(n, rng.uniform(0.037, 0.11), 0.00063)
    cavity = rng.uniform(360, 2100)
    sound = resonate(burst, cavity, cavity / 1.4) * 3.2 + 0.79 * bandpass(burst, 2100, 8300, order=1)
    return fade_ends(sound / np.abs(sound).max(), 0.00023, 0.02)


@sound_model
def hand_clap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A pair of hands clapping once, with the faint slap of the fingers after the palms (Repp 1987)."""
    n = num_samples(max(duration_s, 0.23))
    return fade_ends(place(n, [clap(rng), clap(rng)], [0.0, rng.uniform(0.0051, 0.0055)], [1.0, 0.29]), 0.00047, 0.058)


@sound_model
def finger_snap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A snap: the finger strikes the ball of the thumb, the hollow of the hand rings near 2 kHz (Acharya et al. 2021)."""
    n = num_samples(max(duration_s, 0.15))
    hz = rng.uniform(1700, 2400)
    hollow = modes(n, [hz, hz * 1.55, hz * 2.3, 900], [0.03, 0.02, 0.014, 0.02], [1, 0.6, 0.3, 0.25], rng)
    friction = bandpass(white(n, rng), 1500, 6000) * line(n, [(0, 0), (0.04, 0.25), (0.05, 1), (0.12, 0), (1, 0)])
    start = num_samples(0.05 * n / SAMPLE_RATE)
    out = 0.3 * friction
    out[start:] += hollow[: n - start] + 0.8 * impact(n, rng, 9000, 0.002)[: n - start]
    return fade_ends(out, 0.0005, 0.04)


@sound_model
def slap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A slap: skin on skin, a broad burst with the flesh's dull body below (Repp 1987 for hands; Farnell)."""
    n = num_samples(max(duration_s, 0.25))
    skin = highpass(white(n, rng), 500, order=1) * decay(n, 0.05, 0.0005)
    flesh = modes(n, [130, 240, 420, 780], [0.07, 0.06, 0.04, 0.03], [0.8, 0.9, 0.7, 0.5], rng)
    return fade_ends(skin / np.abs(skin).max() + 0.6 * flesh / np.abs(flesh).max(), 0.0003, 0.05)


@sound_model
def chewing(duration_s: float, rng: np.random.Generator) -> Signal:
    """Chewing something crisp: each bite a shower of fractures, smaller and wetter bite by bite (Vickers 1981; PhISEM)."""
    n = num_samples(duration_s)
    rate = np.zeros(n)
    at = rng.uniform(0.05, 0.3)
    while at < duration_s - 0.3:
        start, length = num_samples(at), num_samples(rng.uniform(0.14, 0.24))
        piece = np.hanning(length)[: max(0, n - start)] * rng.uniform(0.6, 1)
        rate[start : start + piece.size] = np.maximum(rate[start : start + piece.size], piece)
        at += rng.uniform(0.42, 0.6)
    cracks = impulses(n, 700 * rate**1.5, rng, spread_db=18)
    crisp = bandpass(cracks, 1800, 8000, order=1) + 0.7 * ring(cracks, [420, 900, 1600], [0.012, 0.009, 0.007], [1, 0.8, 0.6])
    wet = bubbles(n, rng, 120 * rate, radius_mm=(1.2, 4), exponent=0.6)
    jaw = shaped_noise(n, rng, [(50, -4), (140, 0), (500, -12), (2000, -34)]) * rate
    crisp, wet = crisp / crisp.std(), wet / (wet.std() + 1e-12)
    return fade_ends(crisp + 0.35 * wet + 0.12 * jaw, 0.02, 0.02)


@sound_model
def gargle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Gargling: a held ah chopped by large bubbles rising through water in the throat (van den Doel 2005; Klatt 1980)."""
    n = num_samples(duration_s)
    flutter = np.clip(np.sin(phase_of(19 * (1 + 0.25 * wander(n, rng, 6)))) + 0.4 * wander(n, rng, 25), 0, 1.5)
    voice = throat(
        duration_s, rng, "man", "a", [(0, 1.05), (0.5, 1.15), (1, 0.95)], [(0, 0), (0.08, 1), (0.9, 0.9), (1, 0)],
        breath=0.3, jitter=0.02, open_quotient=0.6,
    )
    pops = bubbles(n, rng, 55 + 50 * flutter, radius_mm=(2.2, 7), rising=0.25, exponent=0.5)
    edges = line(n, [(0, 0), (0.08, 1), (0.92, 1), (1, 0)])
    return fade_ends(voice / voice.std() * (0.15 + flutter) + 1.1 * pops / pops.std() * edges, 0.02, 0.08)


@sound_model
def slurp(duration_s: float, rng: np.random.Generator) -> Signal:
    """A sip: air torn over the liquid's surface with fine bubbles, then the gulp's two dull knocks (van den Doel 2005)."""
    n = num_samples(duration_s)
    draw = line(n, [(0, 0), (0.06, 0.6), (0.38, 1), (0.44, 0), (1, 0)]) * np.clip(1 + 0.6 * wander(n, rng, 22), 0, 3)
    air = formant_filter(white(n, rng), [(line(n, [(0, 1300), (0.4, 2300), (1, 2300)]), 700.0, 0.0), (4200.0, 1200.0, -6.0)], parallel=True)
    fizz = bubbles(n, rng, 900 * draw, radius_mm=(0.6, 2.5), exponent=0.8)
    gulps = bubbles(n, rng, 260 * np.exp(-(((seconds(n) - 0.68 * duration_s) / 0.035) ** 2)), radius_mm=(6, 14), rising=0.3)
    knock = modes(num_samples(0.08), [210, 460], [0.05, 0.03], [1, 0.6])
    parts = air / air.std() * draw * 0.35 + fizz / fizz.std() * 0.5 + 0.8 * gulps / (np.abs(gulps).max() + 1e-9)
    return fade_ends(parts + place(n, [1.5 * knock, 1.0 * knock], [0.62 * duration_s, 0.74 * duration_s]), 0.01, 0.05)


@sound_model
def sniff(duration_s: float, rng: np.random.Generator) -> Signal:
    """A sniff: a short breath drawn through the narrow nose, bright and wet (Stevens 1998)."""
    n = num_samples(duration_s)
    air = shaped_noise(n, rng, [(300, -22), (900, -8), (2200, 0), (5000, -1), (9000, -6), (15000, -16)])
    flutter = 1 + 0.35 * wander(n, rng, 45)
    return fade_ends(air * flutter * line(n, [(0, 0), (0.2, 0.5), (0.55, 1), (0.68, 0), (1, 0)]), 0.01, 0.03)


@sound_model
def kiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A kiss: air sucked through closing lips in a rising squeak, then the lips' pop (van den Doel's bubble for the pop)."""
    n = num_samples(duration_s)
    size = num_samples(0.5 * duration_s)
    squeak = formant_filter(white(size, rng), [(line(size, [(0, 1400), (1, 3200)]), 500.0, 0.0)], parallel=True)
    squeak *= line(size, [(0, 0), (0.7, 1), (1, 0.2)]) * np.clip(np.sin(phase_of(line(size, [(0, 90), (1, 160)]))), 0.1, 1)
    pop = modes(num_samples(0.05), [750, 1500, 2600], [0.02, 0.015, 0.01], [1, 0.7, 0.4])
    return fade_ends(place(n, [0.5 * squeak / np.abs(squeak).max(), pop * db(-1)], [0.0, 0.5 * duration_s]), 0.005, 0.04)
