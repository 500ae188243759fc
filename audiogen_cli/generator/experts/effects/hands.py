"""Hands, hearts, teeth, and throats full of water.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/human.yaml`.
Out: events until they have ended, beds of exactly the length. Breath is `breath`'s, voices are `human`'s.
Sources: Repp, "The sound of two hands clapping" (1987); Vickers 1981 for crisp food; van den Doel 2005 for bubbles.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes, ring
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import phase_of
from audiogen_cli.generator.experts.effects.throat import throat
from audiogen_cli.generator.experts.effects.water import bubbles


@sound_model
def heartbeat(duration_s: float, rng: np.random.Generator, rate_bpm: float = 72.0) -> Signal:
    """A heart: the two valve sounds, lub 50 Hz and dub a little higher and shorter, felt through the chest.

    Source: Rangayyan 1988.
    """
    n = num_samples(duration_s)
    size = num_samples(0.25)
    lub = modes(size, [42, 66, 105, 160], [0.16, 0.13, 0.09, 0.06], [1, 0.8, 0.45, 0.2]) * line(
        size, [(0, 0), (0.06, 1), (1, 1)]
    )
    dub = modes(size, [58, 92, 140, 210], [0.11, 0.09, 0.06, 0.04], [0.9, 0.7, 0.35, 0.15]) * line(
        size, [(0, 0), (0.05, 1), (1, 1)]
    )
    starts, beats, at = [], [], rng.uniform(0.05, 0.3)
    while at < duration_s - 0.3:
        starts += [at, at + 0.3 * (72 / rate_bpm) ** 0.5]
        beats += [lub * rng.uniform(0.9, 1), 0.7 * dub * rng.uniform(0.9, 1)]
        at += 60 / rate_bpm * rng.uniform(0.97, 1.03)
    flow = shaped_noise(n, rng, [(20, -6), (60, 0), (200, -10), (800, -40)])
    return fade_ends(place(n, beats, starts) + 0.006 * flow, 0.02, 0.02)


def clap_in_hall(rng: np.random.Generator) -> Signal:
    """One clap among many: the cavity of flat palms, 1.3 to 1.9 kHz, and what the hall keeps of it (Repp 1987)."""
    n = num_samples(0.08)
    burst = white(n, rng) * decay(n, rng.uniform(0.041, 0.11), 0.0006)
    cavity = np.exp(rng.uniform(np.log(1300), np.log(1900)))
    sound = 2.5 * resonate(burst, cavity, cavity / 1.43) + 0.5 * bandpass(burst, 2000, 8000, order=1)
    return fade_ends(sound / np.abs(sound).max(), 0.0002, 0.02)


@sound_model
def hand_clap(duration_s: float, rng: np.random.Generator) -> Signal:
    """One pair of hands clapping once: a burst in the hollow between the palms, the fingers' faint slap 5 ms later.

    Slightly cupped palms ring near 1.2 kHz, a third of that wide (Repp 1987).
    """
    n = num_samples(max(duration_s, 0.25))
    hollow_hz = 1236 * np.exp(rng.uniform(-0.14, 0.14))
    burst = white(n, rng) * decay(n, 0.055 * rng.uniform(0.8, 1.2), 0.0006)
    palms = 2.5 * resonate(burst, hollow_hz, hollow_hz / 2.9) + 0.33 * bandpass(burst, 2000, 8000, order=1)
    palms += 0.11 * resonate(burst, 0.45 * hollow_hz, 0.3 * hollow_hz)
    fingers = highpass(white(n, rng), 1500, order=1) * decay(n, 0.03, 0.0005)
    parts = [palms / np.abs(palms).max(), fingers / np.abs(fingers).max()]
    return fade_ends(place(n, parts, [0.0, 0.0053], [1.0, 0.28]), 0.0003, 0.05)


@sound_model
def finger_snap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A snap: the finger slides off the thumb and strikes its ball, the hollow of the hand rings near 2.5 kHz.

    A noisy blow through two broad resonances, no tones: flesh holds none (Acharya et al. 2021 for the movement).
    """
    n = num_samples(max(duration_s, 0.2))
    hz = 2500 * rng.uniform(0.9, 1.1)
    blow = white(n, rng) * decay(n, 0.027, 0.0004)
    parts = [resonate(blow, hz, hz / 3.2), resonate(blow, 1.7 * hz, hz / 1.9), highpass(blow, 4000, order=1)]
    struck = sum(level * part / np.abs(part).max() for part, level in zip(parts, (1.0, 0.24, 0.32)))
    slide = bandpass(white(n, rng), 1500, 6000) * line(n, [(0, 0), (0.04, 0.25), (0.05, 1), (0.12, 0), (1, 0)])
    return fade_ends(place(n, [0.03 * slide, np.asarray(struck)], [0.0, 0.01]), 0.0005, 0.04)


@sound_model
def slap(duration_s: float, rng: np.random.Generator) -> Signal:
    """A slap: skin on skin, a broad burst with the flesh's dull body below (Repp 1987 for hands; Farnell)."""
    n = num_samples(max(duration_s, 0.25))
    skin = highpass(white(n, rng), 500, order=1) * decay(n, 0.05, 0.0005)
    flesh = modes(n, [130, 240, 420, 780], [0.07, 0.06, 0.04, 0.03], [0.8, 0.9, 0.7, 0.5], rng)
    return fade_ends(skin / np.abs(skin).max() + 0.6 * flesh / np.abs(flesh).max(), 0.0003, 0.05)


@sound_model
def chewing(duration_s: float, rng: np.random.Generator) -> Signal:
    """Chewing something crisp: each bite a shower of fractures, smaller and wetter bite by bite.

    Source: Vickers 1981; PhISEM.
    """
    n = num_samples(duration_s)
    rate = np.zeros(n)
    at = rng.uniform(0.05, 0.3)
    while at < duration_s - 0.3:
        start, length = num_samples(at), num_samples(rng.uniform(0.14, 0.24))
        piece = np.hanning(length)[: max(0, n - start)] * rng.uniform(0.6, 1)
        rate[start : start + piece.size] = np.maximum(rate[start : start + piece.size], piece)
        at += rng.uniform(0.42, 0.6)
    cracks = impulses(n, 700 * rate**1.5, rng, spread_db=18)
    crisp = bandpass(cracks, 1800, 8000, order=1) + 0.7 * ring(
        cracks, [420, 900, 1600], [0.012, 0.009, 0.007], [1, 0.8, 0.6]
    )
    wet = bubbles(n, rng, 120 * rate, radius_mm=(1.2, 4), exponent=0.6)
    jaw = shaped_noise(n, rng, [(50, -4), (140, 0), (500, -12), (2000, -34)]) * rate
    crisp, wet = crisp / (crisp.std() + 1e-12), wet / (wet.std() + 1e-12)
    return fade_ends(crisp + 0.35 * wet + 0.12 * jaw, 0.02, 0.02)


@sound_model
def gargle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Gargling: a held ah, chopped by large bubbles that rise through the water in the throat.

    Source: van den Doel 2005; Klatt 1980.
    """
    n = num_samples(duration_s)
    flap = np.sin(phase_of(20.6 * (1 + 0.25 * wander(n, rng, 6))))
    flutter = np.clip(0.81 * flap + 0.4 * wander(n, rng, 25) + 0.05, 0, 1.5)
    pitch, level = [(0, 1.92), (0.5, 2.1), (1, 1.82)], [(0, 0), (0.08, 1), (0.9, 0.9), (1, 0)]
    voice = throat(duration_s, rng, "man", "a", pitch, level, breath=0.38, jitter=0.02, open_quotient=0.6)
    pops = bubbles(n, rng, 77 * (0.2 + flutter), radius_mm=(1.75, 8), rising=0.25, exponent=0.5)
    edges = line(n, [(0, 0), (0.08, 1), (0.92, 1), (1, 0)])
    return fade_ends(1.03 * voice / voice.std() * (0.05 + flutter) + 1.6 * pops / pops.std() * edges, 0.02, 0.08)


@sound_model
def slurp(duration_s: float, rng: np.random.Generator) -> Signal:
    """A sip: air torn over the liquid's surface with fine bubbles, then the gulp's two dull knocks.

    Source: van den Doel 2005.
    """
    n = num_samples(duration_s)
    draw = line(n, [(0, 0), (0.06, 0.6), (0.38, 1), (0.44, 0), (1, 0)]) * np.clip(1 + 0.6 * wander(n, rng, 22), 0, 3)
    air = formant_filter(
        white(n, rng),
        [(line(n, [(0, 1300), (0.4, 2300), (1, 2300)]), 700.0, 0.0), (4200.0, 1200.0, -6.0)],
        parallel=True,
    )
    fizz = bubbles(n, rng, 900 * draw, radius_mm=(0.6, 2.5), exponent=0.8)
    gulps = bubbles(
        n, rng, 260 * np.exp(-(((seconds(n) - 0.68 * duration_s) / 0.035) ** 2)), radius_mm=(6, 14), rising=0.3
    )
    knock = modes(num_samples(0.08), [210, 460], [0.05, 0.03], [1, 0.6])
    parts = air / air.std() * draw * 0.35 + fizz / fizz.std() * 0.5 + 0.8 * gulps / (np.abs(gulps).max() + 1e-9)
    return fade_ends(parts + place(n, [1.5 * knock, 1.0 * knock], [0.62 * duration_s, 0.74 * duration_s]), 0.01, 0.05)


@sound_model
def kiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A kiss: air sucked through closing lips in a rising squeak, then the lips' pop.

    Source: van den Doel's bubble for the pop.
    """
    n = num_samples(duration_s)
    size = num_samples(0.5 * duration_s)
    squeak = formant_filter(white(size, rng), [(line(size, [(0, 1400), (1, 3200)]), 500.0, 0.0)], parallel=True)
    squeak *= line(size, [(0, 0), (0.7, 1), (1, 0.2)]) * np.clip(
        np.sin(phase_of(line(size, [(0, 90), (1, 160)]))), 0.1, 1
    )
    pop = modes(num_samples(0.05), [750, 1500, 2600], [0.02, 0.015, 0.01], [1, 0.7, 0.4])
    return fade_ends(
        place(n, [0.5 * squeak / np.abs(squeak).max(), pop * db(-1)], [0.0, 0.5 * duration_s]), 0.005, 0.04
    )
