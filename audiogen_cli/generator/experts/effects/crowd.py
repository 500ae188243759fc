"""Crowds: many of our own voices and hands at once.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/crowd.yaml`.
Out: beds of exactly that length; a laughing audience ends by itself. Space and level are the scene's.
A few dozen utterances are synthesised and placed again and again at other times, pitches and levels,
which the ear cannot tell from hundreds of people.
Sources: Klatt 1980 for voices; Repp 1987 and Peltola et al. 2007, "Synthesis of hand clapping sounds";
Cook's PhISEM (1997) for many independent events.
"""

from collections.abc import Callable

import numpy as np

from audiogen_cli.generator.experts.effects.hands import clap_in_hall
from audiogen_cli.generator.experts.effects.human import laugh, scream
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    chirp,
    convolve,
    curve,
    db,
    decay,
    fade_ends,
    formant_filter,
    highpass,
    line,
    lowpass,
    mix,
    num_samples,
    place,
    shaped_noise,
    wander,
)
from audiogen_cli.generator.experts.effects.throat import (
    VOICES,
    breath_noise,
    glottis,
    throat,
    vowel_path,
)


@sound_model
def murmur(duration_s: float, rng: np.random.Generator, talkers: int = 18) -> Signal:
    """Babble: people talking in syllables without words, near and far, over the blur of the many beyond.

    Source: Klatt 1980 for the voices; Krishnamurthy and Hansen 2009, "Babble noise", for how many make a hubbub.
    """
    n = num_samples(duration_s)
    pool = [_sentence(rng, "man" if k % 2 else "woman") for k in range(6)]
    near = _place_people(n, rng, pool, talkers, level_db=(-14, 0), pause_s=(0.2, 1.6))
    far = _place_people(n, rng, pool, 3 * talkers, level_db=(-22, -10), pause_s=(0.0, 0.6))
    room = shaped_noise(n, rng, [(80, -10), (200, 0), (600, -2), (1500, -10), (4000, -22), (12000, -40)])
    return fade_ends(mix([near, far, room], [0.8, 0.6, 0.06]), 0.05, 0.05)


def _sentence(rng: np.random.Generator, voice: str) -> Signal:
    """About a second and a half of syllables: a moving vowel each, a consonant before it, the pitch falling."""
    base, tract = VOICES[voice]
    n = num_samples(rng.uniform(1.3, 1.7))
    vowels = rng.choice(["a", "e", "i", "o", "u", "uh", "er", "ae"], 24)
    at, path, opening, hiss = 0.0, [], [(0.0, 0.0)], np.zeros(n)
    k = 0
    while at < 0.92:
        length = rng.uniform(0.08, 0.17)
        path += [(at, str(vowels[k])), (min(1.0, at + 0.6 * length), str(vowels[k]))]
        stress = rng.uniform(0.45, 1.0)
        opening += [(at + 0.12 * length, 0.1), (at + 0.4 * length, stress), (at + 0.85 * length, 0.7 * stress)]
        if rng.random() < 0.45:
            size = num_samples(rng.uniform(0.03, 0.09))
            edge = rng.uniform(1800, 5000)
            noise = shaped_noise(size, rng, [(edge / 3, -30), (edge, 0), (2.2 * edge, -4), (20000, -24)]) * np.hanning(
                size
            )
            hiss += place(n, [noise * 0.15], [max(0.0, at * n / SAMPLE_RATE - 0.04)])
        at += length
        k += 1
    lift = rng.uniform(0.9, 1.25)
    hz = base * lift * curve(n, [(0, 1.1), (0.3, 1.2), (0.7, 1.0), (1, 0.82)]) * (1 + 0.05 * wander(n, rng, 4))
    points = [(share, level) for share, level in opening if share < 1]
    voiced = glottis(hz, rng, open_quotient=0.6, jitter=0.012, shimmer=0.06, breath=0.05, tilt_hz=4000) * line(
        n, [*points, (1, 0)]
    )
    spoken = formant_filter(voiced, vowel_path(n, path, tract))
    return fade_ends(spoken / np.abs(spoken).max() + hiss, 0.01, 0.03)


def _place_people(
    n: int,
    rng: np.random.Generator,
    pool: list[Signal],
    people: int,
    *,
    level_db: tuple[float, float],
    pause_s: tuple[float, float],
    pitch: tuple[float, float] = (0.88, 1.14),
    swell: Callable[[float], float] | None = None,
) -> Signal:
    """Each person utters one of the pool, waits, and utters another, at a level and pitch of their own."""
    out = np.zeros(n)
    length_s = n / SAMPLE_RATE
    for _ in range(people):
        level = db(rng.uniform(*level_db))
        own = rng.integers(0, len(pool))
        ratio = rng.uniform(*pitch)
        voice = np.interp(np.arange(0, pool[own].size - 1, ratio), np.arange(pool[own].size), pool[own])
        at = -rng.uniform(0, 1) * voice.size / SAMPLE_RATE
        while at < length_s:
            start = round(at * SAMPLE_RATE)
            first = max(0, -start)
            piece = voice[first : first + n - max(0, start)]
            loud = level if swell is None else level * swell(max(at, 0.0) / length_s)
            out[max(0, start) : max(0, start) + piece.size] += loud * piece
            at += voice.size / SAMPLE_RATE + rng.uniform(*pause_s)
    return out


def _shouts(
    rng: np.random.Generator, count: int, mouths: tuple[str, ...], *, heights: tuple[float, float]
) -> list[Signal]:
    """Shouted, long vowels of men and women."""
    pool = []
    for k in range(count):
        voice = ("man", "woman", "man")[k % 3]
        high = rng.uniform(*heights)
        shout = throat(
            rng.uniform(0.7, 1.3),
            rng,
            voice,
            str(rng.choice(mouths)),
            [(0, high * 0.8), (0.2, high), (0.7, high * 0.95), (1, high * 0.77)],
            [(0, 0), (0.15, 1), (0.7, 0.8), (1, 0)],
            wobble=0.034,
            open_quotient=0.5,
            jitter=0.025,
            shimmer=0.15,
            breath=0.18,
            tilt_hz=5000,
        )
        pool.append(shout / np.abs(shout).max())
    return pool


@sound_model
def applause(duration_s: float, rng: np.random.Generator, people: int = 66) -> Signal:
    """Applause: every pair of hands with a pitch and a pace of its own, two to five claps a second, near and far.

    Source: Peltola et al. 2007; Repp 1987.
    """
    n = num_samples(duration_s)
    pool = [clap_in_hall(rng) for _ in range(60)]
    grains, starts, levels = [], [], []
    for _ in range(people):
        own, pace, level = pool[rng.integers(0, 60)], rng.uniform(2.5, 4.5), db(rng.uniform(-24, 0))
        moments = rng.uniform(0, 1 / pace) + np.cumsum(rng.normal(1, 0.06, int(duration_s * pace) + 1)) / pace - 0.3
        starts += moments.tolist()
        grains += [own] * moments.size
        levels += (level * db(rng.normal(0, 2, moments.size))).tolist()
    hands = place(n, grains, starts, levels)
    hall = shaped_noise(num_samples(2.0), rng, [(100, -12), (500, 0), (2000, -2), (5000, -10), (12000, -26)])
    ringing = convolve(hands, hall * decay(hall.size, 2.0))
    return fade_ends(lowpass(highpass(mix([hands, ringing], [1.0, 0.16]), 300), 8000, order=1), 0.05, 0.06)


@sound_model
def cheering(duration_s: float, rng: np.random.Generator) -> Signal:
    """Cheering: hundreds of shouted vowels, a few voices out in front, whistles, and clapping below.

    Source: Klatt; Peltola 2007.
    """
    n = num_samples(duration_s)
    pool = _shouts(rng, 9, ("a", "ae", "e", "o"), heights=(1.8, 5.7))
    far = _place_people(n, rng, pool, 80, level_db=(-14, -4), pause_s=(0.0, 0.3), pitch=(1.0, 1.6))
    near = _place_people(n, rng, pool, 14, level_db=(-10, 0), pause_s=(0.3, 3.0), pitch=(0.85, 1.3))
    air = shaped_noise(n, rng, [(160, -16), (410, -2), (1100, 0), (2200, -4), (5000, -14), (7700, -30)])
    whistles = np.zeros(n)
    for at in rng.uniform(0, duration_s, max(1, round(0.54 * duration_s))):
        size = num_samples(rng.uniform(0.23, 0.84))
        top = rng.uniform(2500, 3500)
        note = (
            chirp(curve(size, [(0, top * 0.81), (0.3, top), (0.7, top * 0.95), (1, top * 0.7)]), (1, 0.13))
            * np.hanning(size) ** 0.55
        )
        whistles += place(n, [note], [at], [db(rng.uniform(-14, -3))])
    hands = applause(duration_s, rng, people=35)
    return fade_ends(mix([far, near, air, hands], [0.67, 0.48, 0.15, 0.36]) + 0.5 * whistles, 0.053, 0.05)


@sound_model
def booing(duration_s: float, rng: np.random.Generator) -> Signal:
    """Booing: many long dark oo vowels, each sliding down, more men than women (Klatt 1980)."""
    n = num_samples(duration_s)
    pool = []
    for k in range(9):
        high = rng.uniform(1.2, 1.9)
        boo = throat(
            rng.uniform(1.1, 1.8),
            rng,
            ("man", "man", "woman")[k % 3],
            str(rng.choice(["u", "u", "o"])),
            [(0, high), (0.3, high * 1.03), (1, high * 0.8)],
            [(0, 0), (0.12, 1), (0.75, 0.8), (1, 0)],
            wobble=0.02,
            open_quotient=0.6,
            jitter=0.015,
            shimmer=0.1,
            breath=0.1,
            tilt_hz=3500,
        )
        pool.append(boo / np.abs(boo).max())
    many = _place_people(n, rng, pool, 50, level_db=(-12, 0), pause_s=(0.1, 0.7), pitch=(0.85, 1.2))
    air = shaped_noise(n, rng, [(100, -8), (300, 0), (700, -4), (2000, -16), (8000, -36)])
    return fade_ends(mix([many, air], [1.0, 0.2]), 0.05, 0.05)


@sound_model
def children_playing(duration_s: float, rng: np.random.Generator) -> Signal:
    """A playground: calls, squeals, laughs and chatter of small throats, near and far.

    Source: Klatt 1980, tract a third shorter.
    """
    n = num_samples(duration_s)
    pool = [_sentence(rng, "child") for _ in range(3)] + [laugh(1.2, rng, voice="child")]
    for _ in range(4):
        high = rng.uniform(1.6, 2.6)
        shout = throat(
            rng.uniform(0.4, 0.9),
            rng,
            "child",
            str(rng.choice(["a", "ae", "i", "e"])),
            [(0, high * 0.85), (0.3, high * 1.1), (1, high * 0.9)],
            [(0, 0), (0.15, 1), (0.7, 0.8), (1, 0)],
            wobble=0.02,
            open_quotient=0.55,
            jitter=0.015,
            shimmer=0.1,
            breath=0.1,
            tilt_hz=5000,
        )
        pool.append(shout)
    pool = [one / np.abs(one).max() for one in pool]
    near = _place_people(n, rng, pool, 7, level_db=(-8, 0), pause_s=(0.5, 2.5), pitch=(0.9, 1.2))
    far = _place_people(n, rng, pool, 24, level_db=(-20, -8), pause_s=(0.2, 1.2), pitch=(0.9, 1.25))
    outside = shaped_noise(n, rng, [(60, -4), (200, 0), (1000, -14), (6000, -34)])
    return fade_ends(mix([near, far, outside], [0.8, 0.7, 0.05]), 0.05, 0.05)


@sound_model
def audience_laughing(duration_s: float, rng: np.random.Generator) -> Signal:
    """A laughing audience: dozens of laughs that start together and die one by one (Bachorowski et al. 2001; Klatt)."""
    n = num_samples(duration_s + 0.5)
    pool = [laugh(rng.uniform(1.2, 2.2), rng, voice=("man", "woman")[k % 2]) for k in range(8)]
    pool = [one / np.abs(one).max() for one in pool]
    fall = 0.45 * duration_s
    many = _place_people(
        n,
        rng,
        pool,
        28,
        level_db=(-16, 0),
        pause_s=(0.0, 0.4),
        pitch=(0.85, 1.2),
        swell=lambda share: float(np.exp(-((share * duration_s / fall) ** 2))),
    )
    rise = np.minimum(np.arange(n) / num_samples(0.35), 1.0)
    air = breath_noise(n, rng, "a", 1.1) * line(n, [(0, 0), (0.12, 1), (0.4, 0.6), (1, 0)])
    return fade_ends(mix([many * rise, air], [1.0, 0.05]) * line(n, [(0, 1), (0.5, 1), (1, 0)]), 0.02, 0.4)


@sound_model
def crowd_chant(duration_s: float, rng: np.random.Generator) -> Signal:
    """A chant: many voices on the same three shouted syllables and a rest, never quite together (Klatt 1980)."""
    n = num_samples(duration_s)
    beat = rng.uniform(0.42, 0.5)
    syllables = [str(name) for name in rng.choice(["a", "o", "e", "i"], 3)]
    out = np.zeros(n)
    voices = [("man", "man", "woman")[k % 3] for k in range(8)]
    for mouth, step, length in zip(syllables, (0, 1, 2), (0.85, 0.85, 1.5)):
        pool = []
        for voice in voices:
            high = rng.uniform(1.5, 2.0)
            shout = throat(
                length * beat,
                rng,
                voice,
                mouth,
                [(0, high * 0.95), (0.2, high), (1, high * 0.88)],
                [(0, 0), (0.12, 1), (0.7, 0.8), (1, 0)],
                open_quotient=0.5,
                jitter=0.02,
                shimmer=0.12,
                breath=0.12,
                tilt_hz=4500,
            )
            pool.append(shout / np.abs(shout).max())
        at = step * beat
        while at < duration_s:
            for _ in range(26):
                grain = pool[rng.integers(0, len(pool))]
                out += (
                    0
                    if at < 0
                    else place(n, [grain], [max(0.0, at + rng.normal(0.03, 0.03))], [db(rng.uniform(-12, 0))])
                )
            at += 4 * beat
    air = shaped_noise(n, rng, [(150, -14), (500, 0), (1200, -4), (4000, -18), (12000, -36)])
    return fade_ends(mix([out, air], [1.0, 0.15]), 0.05, 0.05)


@sound_model
def crowd_panic(duration_s: float, rng: np.random.Generator) -> Signal:
    """Screams of many people, swelling and thinning like riders over a drop (Arnal et al. 2015; Klatt 1980)."""
    n = num_samples(duration_s)
    pool = [scream(rng.uniform(0.7, 1.4), rng, voice=("woman", "woman", "child", "man")[k % 4]) for k in range(8)]
    pool = [one / np.abs(one).max() for one in pool]
    near = _place_people(n, rng, pool, 5, level_db=(-9, 0), pause_s=(0.3, 1.8), pitch=(0.85, 1.1))
    far = _place_people(n, rng, pool, 14, level_db=(-18, -7), pause_s=(0.1, 0.9), pitch=(0.8, 1.15))
    return fade_ends(mix([near, far], [0.9, 0.45]) * db(2.5 * wander(n, rng, 0.6)), 0.05, 0.05)
