"""Insects: wings rubbed, tymbals clicked, wings beaten.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/insects.yaml`.
Out: beds of exactly that length. Space and level are the scene's.
Sources: Farnell, "Designing Sound" (2010), insects; Bennet-Clark, "Resonators in insect sound production"
(1999) for crickets and cicadas; Sotavalta 1947 for wing-beat pitches.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    db,
    fade_ends,
    highpass,
    lowpass,
    num_samples,
    phase_of,
    resonate,
    seconds,
    shaped_noise,
    wander,
    white,
)


@sound_model
def crickets(duration_s: float, rng: np.random.Generator, singers: int = 6) -> Signal:
    """Field crickets: each chirp is three or four wing strokes, each stroke a nearly pure tone near 4.5 kHz.

    Source: Bennet-Clark 1999 (the harp resonates at the rate of the file's teeth); Farnell, "Designing Sound", crickets.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    out = np.zeros(n)
    for k in range(singers):
        tone_hz, chirps_hz, stroke_hz = rng.uniform(4000, 5000), rng.uniform(1.9, 2.8), rng.uniform(24, 32)
        strokes = rng.integers(3, 5)
        cycle = (t * chirps_hz * (1 + 0.02 * wander(n, rng, 0.5)) + rng.uniform()) % 1.0
        stroke = cycle / chirps_hz * stroke_hz
        sounding = stroke < strokes
        shape = np.sin(np.pi * (stroke % 1.0)) ** 1.5 * sounding * (0.6 + 0.4 * np.minimum(stroke / strokes, 1))
        pitch = tone_hz * (1 - 0.02 * (stroke % 1.0))  # the scraper slows at the end of the file
        song = shape * chirp(pitch, (1.0, 0.12, 0.03))
        out += song * db(-3.5 * k + rng.normal(0, 1))
    night = shaped_noise(n, rng, [(80, -6), (300, 0), (1000, -10), (4000, -8), (4600, -2), (5200, -8), (12000, -24)])
    trill = chirp(np.full(n, rng.uniform(5200, 6200))) * np.clip(np.sin(phase_of(43.0, n)), 0, 1) ** 1.5
    trill *= np.clip(wander(n, rng, 0.3) + 0.5, 0, 1)  # a tree cricket that pauses
    return fade_ends(out + 0.06 * trill + 0.02 * night, 0.03, 0.03)


@sound_model
def cicadas(duration_s: float, rng: np.random.Generator, singers: int = 5) -> Signal:
    """Cicadas: tymbal clicks a few hundred times a second ringing in the hollow abdomen, in choruses that swell.

    Source: Bennet-Clark 1999; Farnell, "Designing Sound", cicada.
    """
    n = num_samples(duration_s)
    out = np.zeros(n)
    for _ in range(singers):
        centre, rate_hz = rng.uniform(4200, 6800), rng.uniform(90, 240)
        clicks = np.clip(np.sin(phase_of(rate_hz * (1 + 0.03 * wander(n, rng, 3.0)))), 0, 1) ** 3
        song = resonate(white(n, rng), centre, 700) + 0.6 * resonate(white(n, rng), centre * 1.35, 1200)
        pulse = 0.65 + 0.35 * np.sin(phase_of(rng.uniform(4, 9), n))
        song *= (0.25 + clicks) * pulse * np.clip(1 + 0.6 * wander(n, rng, 0.25), 0.1, 2)
        out += song * rng.uniform(0.4, 1)
    field = shaped_noise(n, rng, [(1500, -40), (3800, -6), (5500, 0), (8000, -8), (14000, -24)]) * out.std()
    return fade_ends(out + 0.35 * field, 0.05, 0.05)


@sound_model
def insect_flight(duration_s: float, rng: np.random.Generator, wing_hz: float = 200.0, darting: float = 0.2) -> Signal:
    """A flier: the buzz of beating wings, its pitch straying with effort, circling near and far (Doppler and level).

    `wing_hz` from Sotavalta 1947: bee 190 to 230, housefly 190 to 220, mosquito 400 to 700. `darting` 0 to 1:
    how abruptly it turns. After Farnell, "Designing Sound", housefly: pulses through the body's resonances.
    """
    n = num_samples(duration_s)
    effort = 0.03 * wander(n, rng, 1.5) + (0.02 + 0.04 * darting) * wander(n, rng, 5.0)
    near = 1.1 + (0.5 + 0.3 * darting) * wander(n, rng, 0.45 + 0.5 * darting)
    distance = np.clip(near, 0.25, 3.0)
    doppler = 1 - np.gradient(lowpass(distance, 4)) * SAMPLE_RATE / 343
    pitch = wing_hz * (1 + effort) * doppler
    cycle = phase_of(pitch * (1 + 0.004 * wander(n, rng, wing_hz / 2))) / (2 * np.pi) % 1.0
    beat = np.where(cycle < 0.35, np.sin(np.pi * cycle / 0.35), -0.55 * np.sin(np.pi * (cycle - 0.35) / 0.65))
    flutter = 1 + 0.15 * wander(n, rng, 45.0)
    buzz = beat * flutter + 0.05 * highpass(white(n, rng), 1500) * np.abs(beat)
    body = buzz + 1.2 * bandpass(buzz, 2.2 * wing_hz, 5 * wing_hz, order=1) + 0.5 * bandpass(buzz, 1800, 4200, order=1)
    return fade_ends(body / distance**1.3, 0.1, 0.1)
