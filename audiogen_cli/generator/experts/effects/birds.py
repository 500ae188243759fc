"""Birds: whistles bent by the syrinx, noisy calls through the bill, beaks and wings.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/birds.yaml`.
Out: events until they have ended, beds of exactly the length. Space and level are the scene's.
Sources: Smyth and Smith, "The musical acoustics of birdsong" (2002); Mindlin and Laje, "The Physics of
Birdsong" (2005) for syllables as paths of pitch and pressure; Farnell, "Designing Sound" (2010), birds.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    convolve,
    curve,
    db,
    fade_ends,
    impact,
    line,
    modes,
    num_samples,
    phase_of,
    place,
    shaped_noise,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.throat import (
    call,
)


@sound_model
def songbirds(duration_s: float, rng: np.random.Generator, singers: int = 3) -> Signal:
    """Songbirds: each singer has a few syllables of its own, repeated in phrases with rests, near and far.

    Source: Mindlin and Laje 2005 (a syllable is a path of pitch and breath); Farnell, "Designing Sound", birds.
    """
    n = num_samples(duration_s)
    out = 0.004 * shaped_noise(n, rng, [(80, -6), (250, 0), (1000, -8), (5000, -18), (12000, -30)])
    for k in range(singers):
        home = float(rng.uniform(2200, 5200))
        syllables = [_syllable(rng, home) for _ in range(rng.integers(2, 5))]
        level = db(-2.2 * k + rng.normal(0, 1.5))
        at, starts, grains = rng.uniform(0, 1.5), [], []
        while at < duration_s - 0.3:
            for _ in range(rng.integers(1, 4)):
                syllable = syllables[rng.integers(0, len(syllables))]
                for _ in range(rng.integers(1, 7)):
                    starts.append(at)
                    grains.append(syllable * rng.uniform(0.7, 1))
                    at += syllable.size / SAMPLE_RATE + rng.uniform(0.02, 0.08)
            at += rng.uniform(0.4, 2.0)
        out += level * place(n, grains, starts)
    return fade_ends(out, 0.03, 0.03)


def _syllable(rng: np.random.Generator, home: float) -> Signal:
    """One syllable: a sweep, a hook, a trill or a warble, 40 to 250 ms."""
    kind = rng.integers(0, 4)
    n = num_samples(rng.uniform(0.05, 0.12) if kind < 2 else rng.uniform(0.12, 0.28))
    spread = rng.uniform(0.15, 0.45)
    if kind == 0:
        hz = curve(n, [(0, home * (1 + spread)), (1, home * (1 - spread))])
    elif kind == 1:
        hz = curve(n, [(0, home * (1 - spread)), (0.5, home * (1 + spread)), (1, home * (1 - spread / 2))])
    elif kind == 2:
        hz = home * (1 + 0.5 * spread * np.sin(phase_of(rng.uniform(25, 60), n)))
    else:
        hz = home * (1 + 0.5 * spread * np.sin(phase_of(rng.uniform(8, 16), n)) + 0.05 * wander(n, rng, 30))
    breath = np.sin(np.pi * np.linspace(0, 1, n)) ** 0.6
    return np.asarray(chirp(hz, (1.0, 0.12, 0.05)) * breath)


def _series(n: int, rng: np.random.Generator, calls: list[Signal], gap_s: float, fall_db: float = 0.0) -> Signal:
    """Calls one after another with uneven rests of about `gap_s`, each weaker by `fall_db`."""
    at, starts = 0.0, []
    for one in calls:
        starts.append(at)
        at += one.size / SAMPLE_RATE + gap_s * rng.uniform(0.75, 1.3)
    return fade_ends(place(n, calls, starts, db(-fall_db * np.arange(len(calls)))), 0.002, 0.05)


@sound_model
def crow(duration_s: float, rng: np.random.Generator) -> Signal:
    """Caws: a rough voice near 500 Hz with noise between its harmonics, bill wide open.

    Source: Laiolo et al.; Fant's filter.
    """
    base = rng.uniform(430, 560)
    calls = [
        call(
            rng.uniform(0.26, 0.36),
            rng,
            pitch=[(0, base * 0.8), (0.25, base * 1.1), (1, base * 0.8)],
            level=[(0, 0), (0.12, 0.9), (0.6, 1), (1, 0)],
            wobble=0.03,
            vibrato=(70, 0.0, 0.3),
            mouth=[(1350, 260, 0), (2000, 350, -2), (3200, 600, -10), (5200, 900, -18)],
            open_quotient=0.45,
            jitter=0.09,
            shimmer=0.35,
            breath=0.5,
            subharmonic=0.25,
            tilt_hz=5000,
        )
        for _ in range(max(1, round(duration_s / 0.55)))
    ]
    return _series(num_samples(duration_s + 0.6), rng, calls, 0.22)


@sound_model
def seagull(duration_s: float, rng: np.random.Generator) -> Signal:
    """Gulls: a long bent cry, then a quickening series of shorter ones, bright with harmonics.

    Source: Smyth and Smith 2002.
    """
    base = rng.uniform(460, 1000)
    calls = []
    for k in range(max(2, round(duration_s / 0.42))):
        length = 0.39 if k == 0 else rng.uniform(0.16, 0.27)
        calls.append(
            call(
                length,
                rng,
                pitch=[(0, base * 0.8), (0.25, base * 1.2), (0.6, base * 1.15), (1, base * 0.8)],
                level=[(0, 0), (0.12, 0.78), (0.5, 1), (1, 0)],
                wobble=0.022,
                mouth=[(1400, 190, -3), (2400, 520, 0), (6000, 1300, -6), (6800, 1600, -14)],
                open_quotient=0.41,
                jitter=0.022,
                shimmer=0.15,
                breath=0.096,
                tilt_hz=4800,
            )
        )
    return _series(num_samples(duration_s + 1.1), rng, calls, 0.13, 0.8)


@sound_model
def owl(duration_s: float, rng: np.random.Generator) -> Signal:
    """A tawny owl: a long hoo, a rest, a short hu and a trembling hoo, nearly pure (Galeotti 1998; Smyth and Smith)."""
    n = num_samples(duration_s + 0.16)
    base = rng.uniform(200, 490)
    out = np.zeros(n)
    for at, length, tremble in ((0.0, 0.21, 0.0), (0.38, 0.09, 0.0), (0.45, 0.18, 1.0)):
        size = num_samples(length * duration_s)
        hz = curve(size, [(0, base * 0.88), (0.2, base * 0.82), (0.8, base), (1, base * 0.6)])
        shake = 1 + tremble * np.sin(phase_of(15.0, size)) * 0.28
        hoot = chirp(hz * (1 + 0.0099 * tremble * np.sin(phase_of(11.0, size))), (1, 0.16, 0.05, 0.028)) * shake
        hoot += 0.038 * bandpass(white(size, rng), 480, 1200)
        out += place(n, [hoot * line(size, [(0, 0), (0.2, 0.8), (0.6, 1), (1, 0)])], [at * duration_s])
    return fade_ends(out, 0.0072, 0.1)


@sound_model
def pigeon(duration_s: float, rng: np.random.Generator) -> Signal:
    """Coos: 300 to 450 Hz from an inflated throat that lets only the fundamental out, with a rolling tremor.

    Source: Fletcher, Riede and Suthers 2004, "Model for vocalization by a bird with distensible vocal cavity".
    """
    n = num_samples(duration_s + 0.2)
    base = rng.uniform(370, 400)
    out = np.zeros(n)
    for at, length, lift in ((0.0, 0.11, 0.95), (0.21, 0.5, 1.6), (0.55, 0.14, 1.0), (0.83, 0.18, 0.58)):
        size = num_samples(length * duration_s)
        hz = base * lift * curve(size, [(0, 0.9), (0.4, 1.3), (1, 0.81)])
        tremor = np.sin(phase_of(25.0 * (1 + 0.044 * wander(size, rng, 3)), size))
        coo = chirp(hz * (1 + 0.028 * tremor), (1, 0.21, 0.05)) * (1 + 0.43 * tremor)
        coo += 0.087 * bandpass(white(size, rng), 160, 800)
        out += place(n, [coo * line(size, [(0, 0), (0.2, 1.4), (0.7, 1), (1, 0)])], [at * duration_s])
    return fade_ends(out, 0.011, 0.14)


@sound_model
def cuckoo(duration_s: float, rng: np.random.Generator) -> Signal:
    """A cuckoo: two mellow whistles, the second a minor third lower and longer (Smyth and Smith 2002)."""
    base = rng.uniform(640, 720)
    calls = []
    for _ in range(max(1, round(duration_s / 1.25))):
        for ratio, length in ((1.0, 0.2), (0.83, 0.3)):
            size = num_samples(length)
            hz = base * ratio * curve(size, [(0, 0.96), (0.25, 1.01), (1, 0.97)])
            note = chirp(hz, (1, 0.1, 0.06)) + 0.015 * bandpass(white(size, rng), 400, 1500)
            note *= line(size, [(0, 0), (0.15, 1), (0.7, 0.9), (1, 0)])
            calls.append(np.concatenate([note, np.zeros(num_samples(0.12 if ratio == 1.0 else 0.6))]))
    return _series(num_samples(sum(one.size for one in calls) / SAMPLE_RATE + 0.1), rng, calls, 0.02)


@sound_model
def woodpecker(duration_s: float, rng: np.random.Generator) -> Signal:
    """Drumming: some twenty blows a second on a hollow trunk, quickening and fading.

    Source: modes; Zabka 1980 for the pace.
    """
    n = num_samples(duration_s + 0.3)
    size = num_samples(0.12)
    hz = np.array([480, 830, 1270, 1900, 2800]) * rng.uniform(0.8, 1.2)
    trunk = modes(size, hz, [0.06, 0.05, 0.04, 0.03, 0.02], [0.8, 1, 0.7, 0.5, 0.3], rng)
    gaps = np.linspace(0.058, 0.042, max(3, int((duration_s - 0.3) / 0.05)))
    starts = 0.01 + np.cumsum(gaps * rng.normal(1, 0.015, gaps.size))
    blows = []
    for _ in starts:
        beak = impact(size, rng, 9000, 0.002)
        knock = convolve(beak, trunk)
        blows.append(knock / np.abs(knock).max() + 0.4 * beak / np.abs(beak).max())
    swell = line(gaps.size, [(0, 0.5), (0.2, 1), (0.7, 0.8), (1, 0.35)])
    return fade_ends(place(n, blows, starts, swell), 0.001, 0.1)


@sound_model
def eagle(duration_s: float, rng: np.random.Generator) -> Signal:
    """A hawk's scream: a hoarse whistle that leaps to 3 kHz and falls, noise riding on it (Smyth and Smith 2002)."""
    n = num_samples(duration_s)
    top = rng.uniform(2900, 3400)
    hz = curve(n, [(0, top * 0.7), (0.1, top), (0.35, top * 0.93), (1, top * 0.62)])
    rasp = 1 + 0.5 * wander(n, rng, 140)
    voice = chirp(hz * (1 + 0.006 * wander(n, rng, 90)), (1, 0.5, 0.25, 0.1)) * rasp
    breath = bandpass(white(n, rng), 1800, 5500) * 0.5
    return fade_ends((voice + breath) * line(n, [(0, 0), (0.08, 1), (0.4, 0.8), (1, 0)]), 0.01, 0.1)


@sound_model
def parrot(duration_s: float, rng: np.random.Generator) -> Signal:
    """Squawks: loud rough screams, strong between 2 and 4 kHz where tongue and bill resonate.

    Source: Patterson et al. 2004.
    """
    base = rng.uniform(700, 1000)
    calls = [
        call(
            rng.uniform(0.2, 0.4),
            rng,
            pitch=[(0, base * 0.8), (0.3, base * 1.25), (1, base * 0.85)],
            level=[(0, 0), (0.1, 0.9), (0.6, 1), (1, 0)],
            wobble=0.04,
            vibrato=(45, 0.03, 0.3),
            mouth=[(1400, 300, -4), (2600, 450, 0), (3600, 600, -2), (5400, 1000, -10)],
            open_quotient=0.4,
            jitter=0.06,
            shimmer=0.3,
            breath=0.35,
            subharmonic=0.3,
            tilt_hz=7000,
        )
        for _ in range(max(1, round(duration_s / 0.5)))
    ]
    return _series(num_samples(duration_s + 0.5), rng, calls, 0.15)


@sound_model
def wings_flapping(duration_s: float, rng: np.random.Generator) -> Signal:
    """Take-off: wing beats some nine times a second, each a puff of air and a rustle of feathers, quickening.

    Source: Farnell.
    """
    n = num_samples(duration_s + 0.2)
    gaps = np.linspace(0.14, 0.095, max(3, int(duration_s / 0.115)))
    starts = np.cumsum(gaps * rng.normal(1, 0.06, gaps.size)) - gaps[0]
    beats = []
    for _ in starts:
        size = num_samples(rng.uniform(0.07, 0.1))
        stroke = np.sin(np.pi * np.linspace(0, 1, size)) ** 2
        puff = shaped_noise(size, rng, [(60, -4), (180, 0), (500, -6), (2000, -18), (8000, -36)]) * stroke
        feathers = shaped_noise(size, rng, [(400, -20), (1500, -3), (3500, 0), (8000, -8), (14000, -20)]) * stroke**3
        beats.append(puff + 0.5 * feathers)
    return fade_ends(
        place(n, beats, np.clip(starts, 0, None), line(gaps.size, [(0, 0.7), (0.2, 1), (1, 0.25)])), 0.005, 0.1
    )


@sound_model
def chicken(duration_s: float, rng: np.random.Generator) -> Signal:
    """Clucks: short low notes with a creak, now and then one drawn out and raised (Collias 1987; Fant's filter)."""
    calls: list[Signal] = []
    length = 0.0
    while length < duration_s - 0.33:
        raised = rng.random() < 0.21
        base = rng.uniform(380, 480)
        size = rng.uniform(0.51, 0.69) if raised else rng.uniform(0.07, 0.079)
        top = 2.2 if raised else 1.4
        one = call(
            size,
            rng,
            pitch=[(0, base), (0.5, base * top), (1, base * (top - 0.17))],
            level=[(0, 0), (0.15, 1), (0.6, 1.2), (1, 0)],
            wobble=0.02,
            vibrato=(35, 0.029, 0.19),
            mouth=[(1300, 170, 0), (1300, 330, -3), (2900, 900, -7), (5800, 800, -14)],
            open_quotient=0.45,
            jitter=0.04,
            shimmer=0.21,
            breath=0.23,
            subharmonic=0.22,
            tilt_hz=5600,
        )
        calls.append(one * (1.0 if raised else rng.uniform(0.37, 0.68)))
        length += size + 0.22
    return _series(num_samples(duration_s + 0.32), rng, calls, 0.22)


@sound_model
def rooster(duration_s: float, rng: np.random.Generator) -> Signal:
    """Cock-a-doodle-doo: two short notes, one higher, and a long one that holds and sinks.

    Source: Miller 1978; Fant's filter.
    """
    base = rng.uniform(480, 560)
    n = num_samples(duration_s + 0.07)
    parts, starts = [], []
    for at, length, pitch, level in (
        (0.0, 0.1, [(0, 0.8), (0.5, 1.0), (1, 0.95)], 0.7),
        (0.12, 0.1, [(0, 1.0), (0.5, 1.2), (1, 1.2)], 0.8),
        (0.25, 0.2, [(0, 1.3), (0.4, 1.75), (1, 1.7)], 1.0),
        (0.48, 0.71, [(0, 1.5), (0.15, 1.8), (0.6, 1.55), (1, 0.9)], 1.0),
    ):
        parts.append(
            level
            * call(
                length * duration_s,
                rng,
                pitch=[(share, hz * base) for share, hz in pitch],
                level=[(0, 0), (0.1, 1), (0.75, 0.85), (1, 0)],
                wobble=0.012,
                vibrato=(49, 0.006, 0.16),
                mouth=[(1150, 260, 0), (2100, 350, 0), (3300, 500, -5), (5300, 800, -12)],
                open_quotient=0.56,
                jitter=0.025,
                shimmer=0.15,
                breath=0.12,
                subharmonic=0.1,
                tilt_hz=5200,
            )
        )
        starts.append(at * duration_s)
    return fade_ends(place(n, parts, starts), 0.003, 0.067)


@sound_model
def duck(duration_s: float, rng: np.random.Generator) -> Signal:
    """Quacks: a reedy buzz near 200 Hz with a nasal hole, falling and shortening in a row.

    Source: Abraham 1974; Fant's filter.
    """
    base = rng.uniform(190, 240)
    calls = []
    for k in range(max(2, round(duration_s / 0.32))):
        drop = 1 - 0.04 * k
        calls.append(
            call(
                rng.uniform(0.16, 0.22),
                rng,
                pitch=[(0, base * drop), (0.3, base * 1.15 * drop), (1, base * 0.85 * drop)],
                level=[(0, 0), (0.08, 1), (0.6, 0.9), (1, 0)],
                wobble=0.02,
                mouth=[([(0, 900), (0.4, 1300), (1, 1000)], 200, 0), (2100, 280, 0), (3200, 400, -4), (4700, 700, -11)],
                open_quotient=0.35,
                jitter=0.04,
                shimmer=0.2,
                breath=0.15,
                subharmonic=0.15,
                tilt_hz=6500,
            )
        )
    return _series(num_samples(duration_s + 0.6), rng, calls, 0.12, 1.2)


@sound_model
def goose(duration_s: float, rng: np.random.Generator) -> Signal:
    """Honks: a brassy call that breaks upward in the middle (Whitford 1998; the trachea as a brass tube)."""
    base = rng.uniform(330, 330)
    calls = []
    for _ in range(max(2, round(duration_s / 0.5))):
        calls.append(
            call(
                rng.uniform(0.22, 0.36),
                rng,
                pitch=[(0, base * 0.6), (0.35, base), (0.45, base * 1.45), (0.8, base * 1.5), (1, base * 1.1)],
                level=[(0, 0), (0.1, 1.0), (0.5, 1), (0.85, 0.7), (1, 0)],
                wobble=0.015,
                mouth=[(2100, 220, 0), (1900, 300, -1), (2900, 450, -6), (3700, 630, -13)],
                open_quotient=0.34,
                jitter=0.024,
                shimmer=0.15,
                breath=0.1,
                subharmonic=0.09,
                tilt_hz=4500,
            )
        )
    return _series(num_samples(duration_s + 1.0), rng, calls, 0.28)
