"""Wild animals, from mice to whales, and the beasts of films.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/animals.yaml`.
Out: events until they have ended, beds of exactly the length. Dogs, cats and the farm are `animals`'s.
Sources: Taylor and Reby, "The contribution of source-filter theory to mammal vocal communication research"
(2010); Gerhardt and Huber 2002 for frogs; Payne and McVay 1971 for whales; Au 1993 for dolphins.
"""

from typing import Any

import numpy as np

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
    impulses,
    line,
    num_samples,
    phase_of,
    place,
    resonate,
    seconds,
    shaped_noise,
    wander,
    white,
)
from audiogen_cli.generator.experts.effects.throat import (
    call,
)


@sound_model
def snake_hiss(duration_s: float, rng: np.random.Generator) -> Signal:
    """A snake's hiss: a long breath through the glottis, flat from 3 to 9 kHz.

    Source: Young 1991; turbulence, Stevens 1971.
    """
    return hissing(duration_s, rng, [(800, -34), (2500, -8), (4500, 0), (9000, -2), (15000, -12)], (0.2, 0.75))


def hissing(
    duration_s: float, rng: np.random.Generator, spectrum: list[tuple[float, float]], hold: tuple[float, float]
) -> Signal:
    n = num_samples(duration_s)
    breath = line(n, [(0, 0), (hold[0], 1), (hold[1], 0.75), (1, 0)]) * (1 + 0.12 * wander(n, rng, 25))
    return fade_ends(shaped_noise(n, rng, spectrum) * breath, 0.02, 0.1)


@sound_model
def rattlesnake(duration_s: float, rng: np.random.Generator) -> Signal:
    """A rattle: dry horn segments struck together some 60 times a second (Young and Brown 1993; Cook's PhISEM)."""
    n = num_samples(duration_s)
    shake = np.clip(np.sin(phase_of(58 * (1 + 0.04 * wander(n, rng, 3)))), 0, 1) ** 2
    beads = bandpass(impulses(n, 9000 * shake + 50, rng, spread_db=10), 4000, 13000)
    return fade_ends(beads * line(n, [(0, 0), (0.1, 1), (0.8, 0.9), (1, 0)]), 0.03, 0.15)


@sound_model
def frog(duration_s: float, rng: np.random.Generator, singers: int = 5) -> Signal:
    """Frogs: each croak a train of pulses, each pulse ringing in the vocal sac; neighbours take turns.

    Source: Gerhardt and Huber 2002, "Acoustic Communication in Insects and Anurans"; Farnell, "Designing Sound".
    """
    n = num_samples(duration_s)
    t = seconds(num_samples(0.6))
    out = 0.0047 * shaped_noise(n, rng, [(61, -6), (300, 0), (1500, -12), (6000, -30)])
    for k in range(singers):
        centre, rate_hz = rng.uniform(750, 2500), rng.uniform(33, 75)
        length, period = rng.uniform(0.14, 0.45), rng.uniform(0.9, 2.5)
        level = db(-3.0 * k + rng.normal(0, 1))
        gate = np.clip(np.sin(np.pi * np.minimum(t / length, 1)), 0, 1) ** 0.5
        pulses = np.clip(np.sin(2 * np.pi * rate_hz * t * (0.85 + 0.3 * t / length)), 0, 1) ** 6 * gate
        drive = pulses * white(t.size, rng) + np.diff(pulses, prepend=0) * 19
        croak = (
            resonate(drive, centre, 160)
            + 0.6 * resonate(drive, centre * 1.9, 260)
            + 0.2 * resonate(drive, centre * 3.1, 400)
        )
        croak = fade_ends(croak / np.abs(croak).max(), 0.005, 0.05)
        starts = np.cumsum(period * rng.uniform(0.6, 1.5, 1 + int(1.7 * duration_s / period))) - rng.uniform(0, period)
        out += place(n, [croak] * starts.size, np.clip(starts, 0, None), level * db(rng.normal(0, 1.9, starts.size)))
    return fade_ends(out, 0.037, 0.03)


@sound_model
def lion_roar(duration_s: float, rng: np.random.Generator, size: float = 1.0) -> Signal:
    """A roar: square, fatty folds near 180 Hz driven into chaos, opening to a wide mouth and ending in grunts.

    `size` is the throat against a lion's. Source: Klemuk et al. 2011, "Adapted to roar"; Taylor and Reby 2010.
    """
    base = rng.uniform(150, 170) / size
    mouth = [
        ([(0, 460 / size), (0.3, 550 / size), (0.7, 520 / size), (1, 340 / size)], 130, 0),
        ([(0, 800 / size), (0.35, 1150 / size), (1, 830 / size)], 200, -3),
        (1900 / size, 320, -9),
        (3000 / size, 500, -14),
    ]
    folds: dict[str, Any] = {
        "open_quotient": 0.72,
        "jitter": 0.096,
        "shimmer": 0.29,
        "breath": 0.35,
        "subharmonic": 0.55,
        "tilt_hz": 2500,
    }
    n = num_samples(duration_s)
    roar = call(
        duration_s * 0.6,
        rng,
        pitch=[(0, base * 0.6), (0.3, base), (0.6, base * 0.9), (1, base * 0.5)],
        level=[(0, 0), (0.25, 1.1), (0.6, 1), (1, 0)],
        mouth=mouth,
        wobble=0.05,
        vibrato=(24, 0.03, 0.46),
        **folds,
    )
    parts, starts = [roar], [0.0]
    for at, level in ((0.66, 0.4), (0.83, 0.4)):
        grunt = call(
            duration_s * 0.23,
            rng,
            pitch=[(0, base * 0.81), (0.4, base * 0.73), (1, base * 0.45)],
            level=[(0, 0), (0.25, 1), (1, 0)],
            mouth=mouth,
            wobble=0.042,
            vibrato=(24, 0.026, 0.3),
            **folds,
        )
        parts.append(level * grunt)
        starts.append(at * duration_s)
    return fade_ends(place(n, parts, starts), 0.0092, 0.1)


@sound_model
def monster_growl(duration_s: float, rng: np.random.Generator) -> Signal:
    """A beast: the lion's throat nearly twice as long over a slow growl, one throat doubled an octave down.

    Source: Farnell.
    """
    n = num_samples(duration_s)
    roar = lion_roar(duration_s, rng, size=1.7)
    under = lion_roar(duration_s, rng, size=2.4)
    growl = call(
        duration_s,
        rng,
        pitch=[(0, 38), (0.5, 52), (1, 34)],
        level=[(0, 0), (0.15, 0.8), (0.8, 1), (1, 0)],
        wobble=0.06,
        mouth=[(260, 90, 0), (640, 160, -3), (1400, 300, -9), (2600, 500, -14)],
        vibrato=(17, 0.05, 0.4),
        open_quotient=0.4,
        jitter=0.12,
        shimmer=0.4,
        breath=0.5,
        subharmonic=0.5,
        tilt_hz=3000,
    )
    out = sum(gain * part / np.abs(part).max() for gain, part in ((0.8, roar), (0.5, under), (0.7, growl)))
    return fade_ends(np.asarray(out)[:n], 0.01, 0.1)


@sound_model
def elephant(duration_s: float, rng: np.random.Generator) -> Signal:
    """A trumpet call: lips buzzing near 400 Hz into the trunk, brassy with overtones and torn by turbulence.

    Source: Stoeger and Manger 2014 on elephant calls; brass as lip reed, Cook's "Real Sound Synthesis".
    """
    base = rng.uniform(210, 260)
    blast = call(
        duration_s,
        rng,
        pitch=[(0, base * 0.62), (0.12, base), (0.45, base * 1.2), (0.8, base * 0.92), (1, base * 0.41)],
        level=[(0, 0), (0.06, 0.67), (0.5, 1), (0.85, 1.1), (1, 0)],
        wobble=0.033,
        vibrato=(19, 0.022, 0.12),
        mouth=[(490, 280, -4), (1350, 400, -1), (1900, 400, -3), (3500, 610, -6), (5500, 1200, -12)],
        open_quotient=0.53,
        jitter=0.037,
        shimmer=0.2,
        breath=0.55,
        subharmonic=0.2,
        tilt_hz=6800,
    )
    return fade_ends(highpass(np.tanh(2.6 * blast / np.abs(blast).max()), 60), 0.003, 0.05)


@sound_model
def monkey(duration_s: float, rng: np.random.Generator) -> Signal:
    """A pant-hoot: hoots on breath out and in that quicken and climb into screams (Mitani et al. 1992; Fant)."""
    n = num_samples(duration_s)
    grains, starts, at = [], [], 0.0
    while at < duration_s * 0.9:
        share = at / duration_s
        scream = share > 0.55
        length = rng.uniform(0.2, 0.3) if scream else rng.uniform(0.1, 0.16)
        base = rng.uniform(950, 1300) if scream else 330 + 350 * share
        grains.append(
            (1.0 if scream else 0.5 + 0.4 * share)
            * call(
                length,
                rng,
                pitch=[(0, base * 0.8), (0.4, base * 1.15), (1, base * 0.8)],
                level=[(0, 0), (0.2, 1), (0.7, 0.8), (1, 0)],
                wobble=0.03,
                mouth=[
                    ([(0, 500), (0.5, 900 + 600 * scream), (1, 600)], 180, 0),
                    (1900 + 700 * scream, 300, -4),
                    (3600, 500, -9),
                ],
                open_quotient=0.5,
                jitter=0.03,
                shimmer=0.2,
                breath=0.25,
                subharmonic=0.2 * scream,
                tilt_hz=4500,
            )
        )
        starts.append(at)
        at += length + (0.14 if not scream else 0.06) * rng.uniform(0.6, 1.3)
    return fade_ends(place(n, grains, starts), 0.002, 0.05)


@sound_model
def mouse_squeak(duration_s: float, rng: np.random.Generator) -> Signal:
    """Squeaks: whistles of 3 to 6 kHz, each a few hundredths of a second with a bend (Grimsley et al. 2011)."""
    n = num_samples(duration_s)
    grains, starts, at = [], [], 0.0
    while at < duration_s - 0.1:
        size = num_samples(rng.uniform(0.04, 0.1))
        base = rng.uniform(2800, 4600)
        hz = curve(size, [(0, base * 0.85), (0.35, base * 1.2), (1, base * 0.95)]) * (1 + 0.015 * wander(size, rng, 60))
        squeak = chirp(hz, (1, 0.5, 0.25)) * np.hanning(size) ** 0.6 * (1 + 0.3 * wander(size, rng, 150))
        grains.append(squeak * rng.uniform(0.5, 1))
        starts.append(at)
        at += size / 48000 + rng.uniform(0.03, 0.2)
    return fade_ends(place(n, grains, starts), 0.002, 0.02)


@sound_model
def whale(duration_s: float, rng: np.random.Generator) -> Signal:
    """Humpback song: moans that glide for seconds, cries that bend up, an ocean's long echo (Payne and McVay 1971)."""
    n = num_samples(duration_s + 1.5)
    out = np.zeros(n)
    at = 0.0
    while at < duration_s - 1.0:
        size = num_samples(rng.uniform(1.2, 2.4))
        base = float(rng.choice([140, 220, 340, 520]) * rng.uniform(0.85, 1.15))
        hz = curve(
            size,
            [(0, base), (0.4, base * rng.uniform(1.0, 1.6)), (0.75, base * rng.uniform(1.1, 2.0)), (1, base * 0.8)],
        )
        hz = hz * (1 + 0.012 * wander(size, rng, 5))
        cry = chirp(hz, (1, 0.6, 0.4, 0.22, 0.12, 0.06)) * line(size, [(0, 0), (0.25, 0.8), (0.6, 1), (1, 0)])
        out += place(n, [fade_ends(cry, 0.05, 0.15)], [at], [rng.uniform(0.6, 1)])
        at += size / 48000 + rng.uniform(-0.2, 0.3)
    sea = shaped_noise(num_samples(2.0), rng, [(60, -10), (200, 0), (900, -4), (2500, -18), (8000, -40)])
    echo = convolve(out, sea * decay(sea.size, 2.2))
    return fade_ends(out + 0.7 * echo / (np.abs(echo).max() + 1e-12) * np.abs(out).max(), 0.02, 0.6)


@sound_model
def dolphin(duration_s: float, rng: np.random.Generator) -> Signal:
    """Dolphins: whistles swept between 5 and 14 kHz, and click trains that speed up to a creak (Au 1993)."""
    n = num_samples(duration_s)
    out = np.zeros(n)
    for _ in range(max(1, round(duration_s * 1.1))):
        size = num_samples(rng.uniform(0.25, 0.55))
        low, high = rng.uniform(4000, 6500), rng.uniform(9000, 13500)
        shape = (
            [(0, low), (0.35, high), (0.65, low * 1.2), (1, high * 0.9)]
            if rng.random() < 0.5
            else [(0, high), (0.5, low), (1, high)]
        )
        whistle = chirp(curve(size, shape), (1, 0.15)) * np.hanning(size) ** 0.5
        out += place(n, [whistle], [rng.uniform(0, max(0.01, duration_s - 0.6))], [rng.uniform(0.4, 0.8)])
    click = highpass(white(num_samples(0.0015), rng), 3000) * decay(num_samples(0.0015), 0.001)
    gaps = np.concatenate([np.geomspace(0.06, 0.006, 70), np.geomspace(0.006, 0.03, 30)])
    train = rng.uniform(0, 0.3) + np.cumsum(gaps)
    out += place(n, [click] * train.size, train, np.full(train.size, 0.5) * rng.uniform(0.7, 1, train.size))
    return fade_ends(out, 0.003, 0.05)
