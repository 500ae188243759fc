"""Beside the field: the horn in the stands, golf, billiards, a skipping rope.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/stands.yaml`. Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 25 (horns), 41 (things swung through air); Rath and Rocchesso,
"Continuous sonic feedback from a rolling ball" (2005), for hard balls in contact.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import BAR, scraped, shower, struck, thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import moving_resonance
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, db, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@sound_model
def air_horn(duration_s: float, rng: np.random.Generator) -> Signal:
    """A gas-driven diaphragm at the throat of a short horn: shrill, clipped, rich (Farnell 2010)."""
    n = num_samples(max(duration_s, 0.5))
    bend = curve(n, [(0, 0.93), (0.06, 1), (0.85, 1), (1, 0.94)]) * (1 + 0.004 * wander(n, rng, 15.0))
    hz = rng.uniform(450, 500) * bend
    tone = np.tanh(3 * (chirp(hz, [1, 0.9, 0.8, 0.7, 0.6, 0.5]) + 0.8 * chirp(hz * 1.19, [1, 0.8, 0.7, 0.5])))
    return fade_ends(bandpass(tone, 350, 7000) + 0.04 * highpass(white(n, rng), 2000), 0.015, 0.04)


@sound_model
def golf(duration_s: float, rng: np.random.Generator) -> Signal:
    """The club's whoosh, a hard click of ball on steel, the ball whirring off (Aeolian noise, modal contact)."""
    n = num_samples(max(duration_s, 1.0))
    m = num_samples(0.5)
    swing = curve(m, [(0, 0), (0.7, 0.6), (1, 1)])
    rush = (bandpass(white(m, rng), 300, 900) * (1 - swing) + bandpass(white(m, rng), 900, 3500) * swing) * swing**2
    click = struck(num_samples(0.3), rng, 1750, 0.1, BAR[:4], hardness=1.0, click=1.4, click_hz=8000)
    whir = bandpass(white(m, rng), 1500, 4500) * decay(m, 0.5)
    return fade_ends(place(n, [0.4 * rush / np.abs(rush).max(), click, 0.08 * whir], [0.0, 0.48, 0.5]), 0.01, 0.05)


@sound_model
def pool_balls(duration_s: float, rng: np.random.Generator) -> Signal:
    """Resin balls in contact for a fifth of a millisecond, one then many, then a cushion (Rath and Rocchesso 2005)."""
    n = num_samples(max(duration_s, 1.2))

    def clack(size: float) -> Signal:
        hz = 2100 + 900 * size
        return struck(num_samples(0.08), rng, hz, 0.018, (1, 1.6, 2.3, 3.1), hardness=1.0, click=1.2, click_hz=9000)

    times = np.concatenate([[0.02], 0.35 + rng.exponential(0.05, 8), 0.6 + rng.exponential(0.3, 6)])
    gains = np.concatenate([[0.8], db(rng.uniform(-10, 0, 8)), db(rng.uniform(-20, -8, 6))])
    cushion = thump(num_samples(0.2), rng, 120, 0.08, noise=0.5)
    roll = scraped(rng, curve(n, [(0, 0), (0.3, 0.6), (1, 0)]), (180, 420), 0.02, grit_hz=700)
    out = shower(n, rng, clack, times, gains, kinds=10) + place(n, [0.4 * cushion], [0.8])
    return fade_ends(out + 0.03 * roll / np.abs(roll).max(), 0.0, 0.05)


@sound_model
def jump_rope(duration_s: float, rng: np.random.Generator) -> Signal:
    """A rope whirring round, slapping the ground, feet landing just after (Aeolian noise, damped impacts)."""
    n = num_samples(duration_s)
    turn = np.sin(phase_of(1.93 * (1 + 0.02 * wander(n, rng, 0.5)), n))
    swing = turn.clip(0) ** 2.25  # the rope is fastest overhead, and its note with it (Strouhal 1878)
    rush = moving_resonance(white(n, rng), 300 + 700 * swing, 1.2) * swing
    hits = np.flatnonzero((turn[1:] >= 0) & (turn[:-1] < 0)) / SAMPLE_RATE
    m = num_samples(0.2)
    slaps = [bandpass(white(m, rng), 1420, 8200, order=1) * decay(m, 0.056, 0.0004) for _ in range(4)]
    feet = thump(m, rng, 116, 0.1, noise=0.8)
    ground = place(n, [0.4 * slaps[k % 4] / np.abs(slaps[k % 4]).max() for k in range(hits.size)], hits)
    ground += place(n, [0.58 * feet / np.abs(feet).max()] * hits.size, hits + 0.126)
    return fade_ends(0.58 * rush / np.abs(rush).max() + ground, 0.02, 0.05)
