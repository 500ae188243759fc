"""Animals of house and farm: throats as source and filter, and hooves.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/animals.yaml`.
Out: events until they have ended, beds of exactly the length. Space and level are the scene's; the wild are `beasts`'s.
Sources: the source-filter theory of mammal voices (Fant 1960; Taylor and Reby 2010); Farnell, "Designing Sound" (2010).
"""

from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects.beasts import hissing
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    Signal,
    bandpass,
    chirp,
    convolve,
    curve,
    db,
    decay,
    fade_ends,
    highpass,
    impact,
    line,
    lowpass,
    modes,
    num_samples,
    phase_of,
    place,
    seconds,
    shaped_noise,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.throat import (
    call,
)


@sound_model
def dog_bark(duration_s: float, rng: np.random.Generator, size: float = 1.0) -> Signal:
    """A bark: a harsh burst of the folds at 400 to 700 Hz while the muzzle opens and shuts.

    `size` is the throat's length against a large dog's. Source: Taylor, Reby and McComb 2008 on dogs' formants.
    """
    base = rng.uniform(350, 880) / size**0.82
    mouth = [
        ([(0, 440 / size), (0.3, 960 / size), (1, 1100 / size)], 220 / size, 0.0),
        ([(0, 950 / size), (0.3, 2100 / size), (1, 870 / size)], 250 / size, -2.9),
        (5400 / size, 430, -18.0),
        (7700 / size, 640, -13.0),
    ]
    return call(
        duration_s * rng.uniform(0.28, 0.54),
        rng,
        mouth=mouth,
        wobble=0.038,
        pitch=[(0, base * 1.1), (0.2, base * 1.35), (0.55, base * 1.5), (1, base * 0.58)],
        level=[(0, 0), (0.06, 0.55), (0.25, 1), (0.6, 0.67), (1, 0)],
        open_quotient=0.38,
        jitter=0.079,
        shimmer=0.35,
        breath=0.49,
        subharmonic=0.37,
        tilt_hz=3900,
    )


@sound_model
def dog_growl(duration_s: float, rng: np.random.Generator) -> Signal:
    """A growl: folds at 70 to 90 Hz fluttering 25 times a second behind closed teeth (Taylor and Reby 2010)."""
    base = rng.uniform(75, 95)
    return call(
        duration_s,
        rng,
        pitch=[(0, base * 0.9), (0.4, base * 1.15), (1, base * 0.85)],
        level=[(0, 0), (0.2, 0.8), (0.7, 1), (1, 0)],
        wobble=0.04,
        vibrato=(27, 0.02, 0.45),
        mouth=[(380, 120, 0), (900, 200, -4), (1900, 350, -12), (3000, 500, -16)],
        open_quotient=0.45,
        jitter=0.08,
        shimmer=0.35,
        breath=0.25,
        subharmonic=0.4,
        tilt_hz=2500,
    )


@sound_model
def dog_whine(duration_s: float, rng: np.random.Generator) -> Signal:
    """A whine: thin edges of the folds alone, a gliding tone of few harmonics (Fant's source-filter; Farnell)."""
    base = rng.uniform(380, 550)
    n = num_samples(duration_s)
    hz = curve(n, [(0, base * 0.68), (0.3, base * 1.3), (0.6, base * 1.8), (1, base * 0.95)])
    hz = hz * (1 + 0.011 * wander(n, rng, 10))
    tone = chirp(hz, (1, 0.61, 0.31, 0.12, 0.037)) + 0.053 * bandpass(white(n, rng), 2200, 9500)
    return fade_ends(
        tone * line(n, [(0, 0), (0.15, 0.8), (0.5, 1), (0.8, 0.62), (1, 0)]) * (1 + 0.23 * wander(n, rng, 14))
    )


@sound_model
def wolf_howl(duration_s: float, rng: np.random.Generator) -> Signal:
    """A howl: a long tone that leaps up, holds and sinks, strong in its first harmonics (Theberge and Falls 1967)."""
    base = rng.uniform(330, 400)
    n = num_samples(duration_s)
    hz = curve(
        n, [(0, base * 1.0), (0.1, base), (0.18, base * 0.8), (0.6, base * 1.0), (0.85, base * 0.87), (1, base * 1.2)]
    )
    hz = hz * (1 + 0.0099 * wander(n, rng, 5))
    tone = chirp(hz, (1, 0.97, 0.44, 0.064, 0.032)) + 0.034 * bandpass(white(n, rng), 370, 3900)
    return fade_ends(tone * line(n, [(0, 0), (0.08, 0.48), (0.25, 1), (0.7, 0.79), (0.9, 0.64), (1, 0)]), 0.016, 0.1)


@sound_model
def cat_meow(duration_s: float, rng: np.random.Generator) -> Signal:
    """A meow: 500 to 800 Hz through a mouth that opens from m to a wide ah and closes to oo.

    Source: Nicastro 2004 on cats' meows; parallel formants as Klatt 1980.
    """
    base = rng.uniform(520, 820)
    return call(
        duration_s,
        rng,
        pitch=[(0, base * 0.91), (0.2, base * 1.1), (0.55, base * 1.1), (1, base * 0.76)],
        level=[(0, 0), (0.1, 0.35), (0.35, 1), (0.65, 0.6), (1, 0)],
        wobble=0.014,
        mouth=[
            ([(0, 470), (0.35, 1600), (0.6, 1300), (1, 750)], 95, 0),
            ([(0, 3800), (0.35, 3000), (1, 1500)], 310, -3),
            ([(0, 4800), (0.4, 3800), (1, 1900)], 380, -8),
            (4000, 530, -14),
        ],
        open_quotient=0.46,
        jitter=0.013,
        shimmer=0.043,
        breath=0.078,
        tilt_hz=4900,
    )


@sound_model
def cat_purr(duration_s: float, rng: np.random.Generator) -> Signal:
    """A purr: the glottis gating breath 25 times a second, in and out with a short turn (Frazer Sissom et al. 1991)."""
    n = num_samples(duration_s)
    t = seconds(n)
    breath = (t / 2.4 + rng.uniform()) % 1.0
    inward = breath < 0.48
    turn = np.clip(np.minimum(np.abs(breath - 0.48), np.minimum(breath, 1 - breath)) / 0.04, 0, 1)
    pulse_hz = np.where(inward, 23.0, 26.5) * (1 + 0.03 * wander(n, rng, 6))
    pulses = np.clip(np.sin(phase_of(pulse_hz)), 0, 1) ** 4
    puff = shaped_noise(n, rng, [(40, -4), (120, 0), (300, -4), (800, -12), (2500, -24), (8000, -40)])
    thump = np.diff(pulses, prepend=0.0)
    thump = lowpass(thump / np.abs(thump).max(), 350)
    level = np.where(inward, 1.0, 0.65) * turn
    return fade_ends((puff * pulses * 0.6 + 1.6 * thump) * level * (1 + 0.2 * wander(n, rng, 9)), 0.05, 0.05)


@sound_model
def cat_hiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A cat's hiss: breath forced over an arched tongue, a wide resonance near 4 kHz (turbulence, Stevens 1971)."""
    return hissing(duration_s, rng, [(500, -26), (1500, -10), (3200, 0), (6000, -3), (12000, -14)], (0.12, 0.5))


@sound_model
def cow(duration_s: float, rng: np.random.Generator) -> Signal:
    """A moo: a long low voice that opens from a hum to a round oo and sinks (Watts and Stookey 2000; Fant)."""
    base = rng.uniform(115, 170)
    return call(
        duration_s,
        rng,
        pitch=[(0, base * 1.3), (0.25, base), (0.7, base * 1.12), (1, base * 1.4)],
        level=[(0, 0), (0.1, 0.6), (0.3, 0.9), (0.8, 1), (1, 0)],
        wobble=0.015,
        cascade=False,
        mouth=[
            ([(0, 210), (0.35, 320), (0.7, 480), (1, 400)], 76, 0),
            ([(0, 930), (0.5, 800), (0.8, 980), (1, 800)], 110, -3),
            (1400, 220, -15),
            (1800, 300, -17),
            (3800, 340, -24),
        ],
        open_quotient=0.55,
        jitter=0.015,
        shimmer=0.1,
        breath=0.06,
        subharmonic=0.16,
        tilt_hz=2200,
    )


@sound_model
def horse_neigh(duration_s: float, rng: np.random.Generator) -> Signal:
    """A whinny: a shriek at two pitches at once, shaken a dozen times a second while it sinks (Briefer et al. 2015)."""
    base = rng.uniform(900, 1150)
    settings: dict[str, Any] = {
        "level": [(0, 0), (0.05, 0.8), (0.3, 1), (0.7, 0.7), (1, 0)],
        "vibrato": (11.5, 0.05, 0.6),
        "mouth": [([(0, 900), (0.3, 1300), (1, 800)], 300, 0), (2300, 400, -4), (3600, 600, -9), (5200, 800, -16)],
        "open_quotient": 0.5,
        "jitter": 0.03,
        "shimmer": 0.2,
        "breath": 0.25,
        "tilt_hz": 5000,
    }
    high = [(0, base * 0.8), (0.12, base * 1.2), (0.45, base), (1, base * 0.45)]
    low = [(at, hz * 0.42) for at, hz in high]
    return call(duration_s, rng, pitch=high, **settings) + 0.6 * call(duration_s, rng, pitch=low, **settings)


@sound_model
def horse_hooves(duration_s: float, rng: np.random.Generator, gait: str = "trot") -> Signal:
    """Hooves: hollow blows of horn on road in the order of the gait: walk in four, trot in two, gallop in three.

    A hoof as modes of a small cavity (van den Doel and Pai 1998); gaits after Muybridge.
    """
    pattern, stride_s = {
        "walk": ((0.0, 0.25, 0.5, 0.75), 1.05),
        "trot": ((0.0, 0.03, 0.5, 0.44), 0.71),
        "gallop": ((0.0, 0.22, 0.17, 0.28), 0.5),
    }[gait]
    n = num_samples(duration_s + 0.32)
    hooves = []
    for _ in range(4):
        size = num_samples(0.16)
        hz = np.array([380, 760, 1800, 1200]) * rng.uniform(0.64, 1.1)
        cup = modes(size, hz, [0.064, 0.05, 0.033, 0.025], [0.95, 1, 0.64, 0.4])
        blow = convolve(impact(size, rng, 4400, 0.0037), cup)
        thud = modes(size, [88, 160], [0.05, 0.058], [0.58, 0.4])
        grit = bandpass(white(size, rng), 1100, 6000) * decay(size, 0.05)
        hooves.append(blow / np.abs(blow).max() + 0.47 * thud + 0.086 * grit)
    starts, grains, at = [], [], 0.026
    while at < duration_s - 0.25:
        for hoof, share in enumerate(pattern):
            starts.append(at + share * stride_s + rng.normal(0, 0.008))
            grains.append(hooves[hoof] * db(rng.normal(-1, 1.5)))
        at += stride_s * (1 + rng.normal(0, 0.03))
    return fade_ends(highpass(place(n, grains, np.maximum(starts, 0)), 20), 0.00056, 0.05)


@sound_model
def sheep(duration_s: float, rng: np.random.Generator, size: float = 1.0, shake: float = 1.0) -> Signal:
    """A bleat: a nasal voice shaken eight times a second, mouth half open (Sebe et al. 2010; Fant's source-filter)."""
    base = rng.uniform(200, 230) / size
    return call(
        duration_s * rng.uniform(0.78, 1.1),
        rng,
        pitch=[(0, base * 0.75), (0.2, base * 0.75), (0.7, base), (1, base * 0.66)],
        level=[(0, 0), (0.08, 0.7), (0.3, 1), (0.8, 0.93), (1, 0)],
        wobble=0.011,
        vibrato=(8.9 * shake**0.5, 0.04 * shake, 0.33 * shake**0.45),
        mouth=[
            ([(0, 460), (0.15, 720), (1, 430)], 120, 0),
            (1400 / size**0.49, 100, -2),
            (2500 / size**0.37, 240, -5),
            (3500 / size**0.57, 270, -10),
            (3700, 610, -16),
        ],
        open_quotient=0.36,
        jitter=0.017,
        shimmer=0.12,
        breath=0.12,
        tilt_hz=4000,
    )


@sound_model
def pig(duration_s: float, rng: np.random.Generator) -> Signal:
    """Oinks: short rough grunts at 60 to 110 Hz drawn through the snout, breath snorting behind.

    Source: Tallet et al. 2013.
    """
    n = num_samples(duration_s + 0.2)
    grains, starts, at = [], [], 0.0
    while at < duration_s - 0.27:
        length = rng.uniform(0.15, 0.34)
        base = rng.uniform(72, 92)
        grains.append(
            call(
                length,
                rng,
                pitch=[(0, base * 0.83), (0.4, base * 1.2), (1, base * 0.82)],
                level=[(0, 0), (0.15, 1), (0.6, 0.59), (1, 0)],
                wobble=0.058,
                mouth=[([(0, 410), (0.5, 690), (1, 400)], 140, 0), (1250, 140, -3), (1400, 320, -7), (3400, 450, -12)],
                open_quotient=0.44,
                jitter=0.074,
                shimmer=0.44,
                breath=0.64,
                subharmonic=0.5,
                tilt_hz=3500,
            )
            * rng.uniform(0.48, 1)
        )
        starts.append(at)
        at += length + rng.uniform(0.056, 0.3)
    return fade_ends(place(n, grains, starts), 0.002, 0.055)
