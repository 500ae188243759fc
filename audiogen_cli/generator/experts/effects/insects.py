"""Insects: wings rubbed, tymbals clicked, wings beaten.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/insects.yaml`.
Out: beds of exactly that length. Space and level are the scene's.
Sources: Farnell, "Designing Sound" (2010), insects; Bennet-Clark, "Resonators in insect sound production"
(1999) for crickets and cicadas; Sotavalta 1947 for wing-beat pitches.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def crickets(duration_s: float, rng: np.random.Generator, singers: int = 8) -> Signal:
    """Crickets at night: trills of thirty wing strokes or so, each stroke a nearly pure tone between 4.3 and 5 kHz.

    Source: Bennet-Clark 1999 (the harp rings at the rate of the file's teeth); Farnell, "Designing Sound".
    """
    n = num_samples(duration_s)
    out = np.zeros(n)
    for k in range(singers):
        tone_hz, trills_hz, stroke_hz = rng.uniform(4300, 5000), rng.uniform(0.5, 1.0), rng.uniform(38, 50)
        stroke = stroke_hz * seconds(num_samples(rng.integers(25, 45) / stroke_hz))
        pitch = tone_hz * (1 - 0.02 * (stroke % 1.0))  # the scraper slows at the end of the file
        trill = np.sin(np.pi * (stroke % 1.0)) ** 1.4 * chirp(pitch, (1.0, 0.12))
        starts = (np.arange(int(duration_s * trills_hz) + 2) - rng.uniform()) / trills_hz
        starts = starts + rng.normal(0, 0.02 / trills_hz, starts.size)
        parts = [trill[max(0, round(-start * SAMPLE_RATE)) :] for start in starts]  # some began before
        out += place(n, parts, starts.clip(0)) * db(-1.5 * k + rng.normal(0, 1))
    night = shaped_noise(n, rng, [(77, -6), (420, 0), (850, -10), (3800, -14), (4600, 2), (5200, -8), (22000, -34)])
    return fade_ends(out + 0.05 * night, 0.04, 0.04)


@sound_model
def cicadas(duration_s: float, rng: np.random.Generator, singers: int = 3) -> Signal:
    """Cicadas: a tymbal's ribs buckle one by one, a click each, into a hollow abdomen that rings near 5 kHz.

    A song is a hundred and more such clicks a second in pulses, some nine a second as the abdomen moves. Source:
    Bennet-Clark 1999; Young and Bennet-Clark, "The role of the tymbal in cicada sound production" (1995).
    """
    n = num_samples(duration_s)
    out = np.zeros(n)
    for _ in range(singers):
        centre, buckles_hz = rng.uniform(4670, 6330), rng.uniform(105, 164)
        cycle = np.cumsum(buckles_hz * (1 + 0.03 * wander(n, rng, 3.0))) / SAMPLE_RATE
        clicks = np.zeros(n)
        for rib, level in ((0.0, 1.0), (0.12, 0.8), (0.24, 0.55), (0.5, 0.7), (0.62, 0.5)):  # in, then out again
            buckled = np.arange(1, int(cycle[-1])) + rib
            hit = np.searchsorted(cycle, buckled + rng.normal(0, 0.033, buckled.size))
            clicks[hit[hit < n]] += level
        song = highpass(resonate(clicks, centre, 200), 1000)
        pulses = np.sin(phase_of(9.3 * rng.uniform(0.9, 1.1), n) + rng.uniform(0, 2 * np.pi)).clip(0) ** 0.7
        swell = np.clip(1 + 0.25 * wander(n, rng, 1.7), 0.15, 2)
        out += rng.uniform(0.4, 1) * song / song.std() * pulses * swell
    field = shaped_noise(n, rng, [(1500, -40), (3800, -6), (5000, 0), (8000, -14), (14000, -30)]) * out.std()
    return fade_ends(out + 0.05 * field, 0.05, 0.05)


@sound_model
def insect_flight(duration_s: float, rng: np.random.Generator, wing_hz: float = 200.0, darting: float = 0.15) -> Signal:
    """A flier: the buzz of beating wings, its pitch straying with effort, circling near and far (Doppler and level).

    `wing_hz` from Sotavalta 1947: bee 190 to 230, housefly 190 to 220, mosquito 400 to 700. `darting` 0 to 1:
    how abruptly it turns. After Farnell, "Designing Sound", housefly: pulses through the body's resonances.
    """
    n = num_samples(duration_s)
    effort = 0.041 * wander(n, rng, 0.91) + (0.02 + 0.044 * darting) * wander(n, rng, 9.0)
    near = 1.2 + (0.68 + 0.37 * darting) * wander(n, rng, 0.58 + 0.53 * darting)
    distance = np.clip(near, 0.2, 2.9)
    doppler = 1 - np.gradient(lowpass(distance, 4)) * SAMPLE_RATE / 343
    pitch = wing_hz * (1 + effort) * doppler
    cycle = phase_of(pitch * (1 + 0.0039 * wander(n, rng, wing_hz / 2))) / (2 * np.pi) % 1.0
    beat = np.where(cycle < 0.32, np.sin(np.pi * cycle / 0.32), -0.6 * np.sin(np.pi * (cycle - 0.32) / 0.68))
    flutter = 1 + 0.095 * wander(n, rng, 25.0)
    buzz = beat * flutter + 0.083 * highpass(white(n, rng), 2300) * np.abs(beat)
    body = (
        buzz + 0.87 * bandpass(buzz, 1.8 * wing_hz, 5 * wing_hz, order=1) + 0.43 * bandpass(buzz, 1500, 7100, order=1)
    )
    return fade_ends(highpass(body, 60) / distance**1.5, 0.08, 0.08)
