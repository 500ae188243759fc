"""Sport and play: whistles, the lane, wheels and swimming strokes; balls and bats are `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/sport.yaml`. Out: signals [S].
Sources: Rath and Rocchesso (2005), for rolling; Shepherd and Fletcher, "The pea whistle" (2006); Minnaert (1933), for
bubbles.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import BAR, contact, struck, thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def referee_whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """A pea whistle: an edge tone chopped in pitch and level by the rolling pea some 30 times a second.

    Shepherd and Fletcher.
    """
    n = num_samples(max(duration_s, 0.3))
    blow = curve(n, [(0, 0), (0.06, 1), (0.8, 0.95), (0.95, 0.6), (1, 0)])
    pea = np.sin(phase_of(rng.uniform(27, 33) * (0.8 + 0.2 * blow) * (1 + 0.06 * wander(n, rng, 8)), n))
    hz = rng.uniform(2600, 2900) * (0.93 + 0.07 * blow) * (1 + 0.035 * pea)
    tone = chirp(hz, [1, 0.18, 0.12]) + 0.4 * chirp(hz * 1.09, [1, 0.1])
    air = formant_filter(white(n, rng), [(hz, hz * 0.12, 0.0), (6500.0 + 0 * hz, 4000.0 + 0 * hz, -6.0)], parallel=True)
    return fade_ends((tone + 1.2 * air) * (0.72 + 0.28 * pea) * blow, 0.005, 0.03)


@sound_model
def bowling(duration_s: float, rng: np.random.Generator) -> Signal:
    """A ball rumbling down the lane, then ten hollow pins bursting apart (rolling noise and modal wood; Rath 2005)."""
    n = num_samples(max(duration_s, 3.0))
    hit = 0.55 * n / SAMPLE_RATE
    m = num_samples(hit)
    hits = lowpass(impulses(m, 700.0, rng), 1200)
    lane = ring(hits, (70, 120, 190, 300, 480), [0.06, 0.06, 0.05, 0.04, 0.03], [1, 1, 0.8, 0.6, 0.4])
    lane *= curve(m, [(0, 0), (0.1, 0.8), (1, 1)]) / lane.std()
    pins, times, gains = [], [], []
    for _ in range(34):
        k = num_samples(0.25)
        pins.append(
            struck(k, rng, rng.uniform(520, 980), 0.09, (1, 2.1, 3.4, 5.1), hardness=0.85, click=0.9, click_hz=6000)
        )
        times.append(hit + rng.exponential(0.16))
        gains.append(rng.uniform(0.3, 1) * np.exp(-1.6 * (times[-1] - hit)))
    burst = bandpass(white(n, rng), 400, 5000, order=1) * decay(n, 0.25, 0.001)
    return fade_ends(
        place(n, [0.08 * lane, *pins, 0.5 * burst / np.abs(burst).max()], [0.0, *times, hit], [1, *gains, 1]), 0.05, 0.1
    )


@sound_model
def skateboard(duration_s: float, rng: np.random.Generator) -> Signal:
    """Hard wheels over rough concrete and its joints, the tail's pop and the landing.

    Rolling noise; Rath and Rocchesso 2005.
    """
    n = num_samples(duration_s)
    speed = np.clip(0.75 + 0.2 * wander(n, rng, 0.5), 0.3, 1)
    grit = shaped_noise(n, rng, [(60, -10), (150, -3), (400, 0), (900, -1), (2200, -5), (5000, -12), (12000, -26)])
    grit = (grit + 0.8 * bandpass(impulses(n, 500.0, rng), 300, 4000, order=1)) * (1 + 0.3 * wander(n, rng, 30)).clip(
        0.2
    )
    air = np.zeros(n)
    pops = poisson_times(max(duration_s - 1.0, 0.1), 0.25, rng)
    parts, starts, gains = [], [], []
    for at in pops:
        m = num_samples(0.25)
        tail = struck(m, rng, 410, 0.08, BAR, hardness=0.85, click=1.0, click_hz=6000) + thump(m, rng, 120, 0.08)
        parts += [tail, tail]
        starts += [at, at + 0.42]
        gains += [1.0, 1.2]
        air = np.maximum(air, (np.abs(seconds(n) - at - 0.22) < 0.19).astype(float))
    for at in np.arange(rng.uniform(0, 0.5), duration_s, rng.uniform(0.55, 0.75)):
        m = num_samples(0.15)
        joint = thump(m, rng, 150, 0.06) + 0.6 * contact(m, rng, 3000)
        parts += [joint, joint]
        starts += [at, at + 0.07]
        gains += [0.5, 0.42]
    rolling_noise = 0.28 * grit * speed * (1 - lowpass(air, 40, order=1).clip(0, 1))
    return fade_ends(rolling_noise + place(n, parts, starts, gains), 0.03, 0.05)


@sound_model
def swimming(duration_s: float, rng: np.random.Generator) -> Signal:
    """An arm entering, water closing over it, drops and bubbles, stroke after stroke (noise bursts; Minnaert 1933)."""
    n = num_samples(duration_s)
    lap = shaped_noise(n, rng, [(100, -20), (300, -6), (900, 0), (2500, -4), (7000, -14)]) * (
        0.5 + 0.4 * wander(n, rng, 3)
    ).clip(0.05)
    parts, starts, at = [], [], rng.uniform(0.1, 0.3)
    while at < duration_s:
        m = num_samples(0.75)
        body = shaped_noise(m, rng, [(80, -8), (250, -1), (700, 0), (1800, -3), (4500, -9), (12000, -22)])
        body *= curve(m, [(0, 0), (0.05, 1), (0.25, 0.5), (0.6, 0.2), (1, 0)]) * (1 + 0.5 * wander(m, rng, 25)).clip(
            0.1
        )
        drops = np.zeros(m)
        for start in rng.uniform(0.05, 0.6, 16):
            k = num_samples(0.05)
            low = rng.uniform(500, 1900)
            drops += place(
                m,
                [chirp(low * (1 + 0.35 * np.linspace(0, 1, k)), [1, 0.1]) * decay(k, 0.05, 0.002)],
                [start],
                [rng.uniform(0.2, 1)],
            )
        parts.append(0.35 * body + 0.4 * drops)
        starts.append(at)
        at += rng.uniform(0.75, 0.95)
    return fade_ends(0.06 * lap + place(n, parts, starts, rng.uniform(0.7, 1, len(parts))), 0.02, 0.05)
