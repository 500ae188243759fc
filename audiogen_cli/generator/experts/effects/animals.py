"""What animals do without a voice, and what lives in water: purrs, hooves, hisses, rattles, frogs, whales, dolphins.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/animals.yaml`.
Out: events until they have ended, beds of exactly the length. Space and level are the scene's; voices are `calls`'s.
Sources: Farnell, "Designing Sound" (2010); Gerhardt and Huber 2002 for frogs; Payne and McVay 1971 for whales;
Au 1993 for dolphins; Muybridge 1887 for gaits.
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, convolve, highpass, lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def cat_purr(duration_s: float, rng: np.random.Generator) -> Signal:
    """A purr: the glottis gating breath 25 times a second, in and out with a short turn (Frazer Sissom et al. 1991).

    It opens at once and little leaks between: short puffs of breath, each begun by a knock.
    """
    n = num_samples(duration_s)
    breath = (seconds(n) / 2.3 + rng.uniform()) % 1.0
    inward = breath < 0.48
    turn = np.clip(np.minimum(np.abs(breath - 0.48), np.minimum(breath, 1 - breath)) / 0.04, 0, 1)
    pulse_hz = np.where(inward, 23.0, 26.5) * (1 + 0.03 * wander(n, rng, 6))
    pulses = np.clip(np.sin(phase_of(pulse_hz)), 0, 1) ** 5.4
    puff = shaped_noise(n, rng, [(40, -4), (120, 0), (300, -2), (800, -15), (2500, -25), (8000, -41)])
    knock = np.diff(pulses, prepend=0.0)
    knock = lowpass(knock / np.abs(knock).max(), 540)
    level = np.where(inward, 1.0, 0.55) * turn
    return fade_ends((0.6 * puff * (pulses + 0.02) + 0.84 * knock) * level * (1 + 0.2 * wander(n, rng, 9)), 0.05, 0.05)


@sound_model
def horse_hooves(duration_s: float, rng: np.random.Generator, gait: str = "trot") -> Signal:
    """Hooves: blows of horn and iron on the road in the order of the gait: walk in four, trot in two, gallop in three.

    The sole's hollow and the wall of horn are broad resonances of a noisy blow, not tones (a wood block has those);
    the heel lands a hundredth of a second before the toe (Thomason and Peterson 2008); gaits after Muybridge.
    """
    pattern, stride_s = {
        "walk": ((0.0, 0.25, 0.5, 0.75), 1.05),
        "trot": ((0.0, 0.08, 0.5, 0.58), 0.6),
        "gallop": ((0.0, 0.22, 0.17, 0.28), 0.5),
    }[gait]
    n = num_samples(duration_s + 0.32)
    hooves = [_hoof(rng) for _ in range(4)]
    starts, grains, at = [], [], 0.026
    while at < duration_s - 0.25:
        for hoof, share in enumerate(pattern):
            starts.append(at + share * stride_s + rng.normal(0, 0.006))
            grains.append(hooves[hoof] * db(rng.normal(-1, 1.5)))
        at += stride_s * (1 + rng.normal(0, 0.03))
    return fade_ends(highpass(place(n, grains, np.maximum(starts, 0)), 20), 0.00056, 0.05)


def _hoof(rng: np.random.Generator) -> Signal:
    """One step of one hoof: heel, then toe, and the grit between."""
    n, size = num_samples(0.24), rng.uniform(0.966, 1.034)

    def blow() -> Signal:
        hollow = resonate(white(n, rng) * decay(n, 0.082, 0.0008), 700 * size, 107)
        wall = resonate(white(n, rng) * decay(n, 0.022, 0.0004), 1056 * size, 330)
        shoe = modes(n, np.array([2830, 3880, 5180]) * size, [0.06, 0.05, 0.04], [1, 0.7, 0.5], rng)
        ground = modes(n, [88, 160], [0.05, 0.05], [0.6, 0.4])
        parts = ((hollow, 1.0), (wall, 0.92), (shoe, 0.08), (ground, 0.13))
        return np.asarray(sum(gain * part / np.abs(part).max() for part, gain in parts))

    grit = bandpass(white(n, rng), 1000, 6000) * decay(n, 0.09, 0.004)
    step = place(n, [blow(), blow(), grit / np.abs(grit).max()], [0.0, 0.012, 0.012], [1.0, 0.87, 0.12])
    return fade_ends(step, 0.0003, 0.03)


@sound_model
def hissing(
    duration_s: float, rng: np.random.Generator, spectrum: Sequence[tuple[float, float]], hold: tuple[float, float]
) -> Signal:
    """A hiss: breath forced through a narrow passage, risen at `hold[0]` and sinking from `hold[1]` of its length.

    `spectrum` in (Hz, dB). Source: turbulence, Stevens 1971.
    """
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
def whale(duration_s: float, rng: np.random.Generator) -> Signal:
    """Humpback song: moans that glide for seconds, cries that bend up, an ocean's long echo (Payne and McVay 1971)."""
    n = num_samples(duration_s + 1.5)
    cries, starts, at = [], [], 0.0
    while at < duration_s - 1.0:
        size = num_samples(rng.uniform(0.9, 2.7))
        base = float(rng.choice([75, 117, 180, 276]) * rng.uniform(0.85, 1.15))
        bend = [(0, base), (0.4, base * rng.uniform(1, 1.85)), (0.75, base * rng.uniform(1.1, 2.3)), (1, base * 0.8)]
        hz = curve(size, bend) * (1 + 0.035 * wander(size, rng, 5))
        swell = line(size, [(0, 0), (0.25, 0.8), (0.6, 1), (1, 0)]) * (1 + 0.48 * np.sin(phase_of(28.0, size)))
        cries.append(rng.uniform(0.6, 1) * fade_ends(chirp(hz, (1, 0.5, 0.14, 0.27, 0.006, 0.06)) * swell, 0.05, 0.15))
        starts.append(at)
        at += size / SAMPLE_RATE + rng.uniform(0.03, 0.34)
    song = place(n, cries, starts)
    sea = shaped_noise(num_samples(2.0), rng, [(60, -10), (200, 0), (900, -4), (2500, -18), (8000, -40)])
    echo = convolve(song, sea * decay(sea.size, 3.0))
    deep = shaped_noise(n, rng, [(30, 0), (150, 0), (600, -10), (2500, -26), (9000, -46)])
    deep *= line(n, [(0, 0), (0.1, 1), (0.9, 1), (1, 0)])
    return fade_ends(song + 0.6 * echo / (np.abs(echo).max() + 1e-12) * np.abs(song).max() + 0.24 * deep, 0.02, 0.6)


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
