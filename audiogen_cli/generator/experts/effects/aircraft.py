"""What flies: jets, propellers, rotors, and the cabin from within.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/aircraft.yaml`. Out: signals
[S]. An entry that passes returns its steady source; the scene moves it.
Sources: Farnell, "Designing Sound" (2010), ch. 46-47 (jet, helicopter); Smith, "Aircraft Noise" (1989):
jet mixing noise peaks low, the fan whines and buzzes; blade slap of rotors as sharp pressure pulses.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.engines import CAR, run_engine
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE, Signal, bandpass, chirp, curve, fade_ends, lowpass, mix, num_samples, phase_of, seconds, shaped_noise,
    wander, white,
)  # fmt: skip


@sound_model
def jet_flyover(duration_s: float, rng: np.random.Generator) -> Signal:
    """Jet mixing noise, the fan's whine, and the ground's echo combing it as the height changes (Smith 1989)."""
    n = num_samples(max(duration_s, 2.0))
    roar = shaped_noise(n, rng, [(30, -4), (90, 2), (250, 3), (700, 0), (1600, -4), (4000, -14), (10000, -32), (16000, -50)])
    roar *= (1 + 0.2 * wander(n, rng, 6.0)).clip(0.3)
    fan_hz = curve(n, [(0, 1), (0.5, 0.97), (1, 0.9)]) * rng.uniform(1900, 2400)
    whine = chirp(fan_hz * (1 + 0.002 * wander(n, rng, 3.0)), [1, 0.35]) + 0.5 * chirp(fan_hz * 0.62, [1, 0.3])
    delay = curve(n, [(0, 0.0045), (0.5, 0.0012), (1, 0.005)]) * SAMPLE_RATE
    echo = np.interp(np.arange(n) - delay, np.arange(n), roar)
    swell = curve(n, [(0, 0.25), (0.4, 0.9), (0.55, 1.0), (1, 0.3)])
    return fade_ends(mix([roar + 0.6 * echo, whine], [1.0, 0.12]) * swell, 0.4, 0.6)


def _blades(n: int, rng: np.random.Generator, beat_hz: Signal, sharpness: float) -> Signal:
    """Pressure pulses of passing blades: a phase ramp through an exponential, sharper the harder they slap."""
    phase = phase_of(beat_hz, n)
    return np.asarray(np.exp(sharpness * (np.cos(phase) - 1))) * (1 + 0.1 * wander(n, rng, 6.0))


@sound_model
def propeller_plane(duration_s: float, rng: np.random.Generator) -> Signal:
    """Blade beats of a two-bladed propeller on a flat-four engine, drifting a little against each other (Smith 1989)."""
    n = num_samples(duration_s)
    turns = rng.uniform(36, 42) * (1 + 0.008 * wander(n, rng, 0.7))
    blades = _blades(n, rng, turns * 2, 9.0)
    blades = bandpass(blades - blades.mean(), 60, 3000, order=1)
    air = bandpass(white(n, rng), 300, 3500) * (0.4 + _blades(n, rng, turns * 2, 3.0))
    return fade_ends(mix([blades, run_engine(turns, rng, CAR, load=0.8), air], [1.0, 0.8, 0.2]), 0.1, 0.1)


@sound_model
def helicopter(duration_s: float, rng: np.random.Generator) -> Signal:
    """Main rotor blade slap, tail rotor buzz and turbine whine (Farnell 2010, ch. 47)."""
    n = num_samples(duration_s)
    beat = rng.uniform(11.0, 14.0) * (1 + 0.01 * wander(n, rng, 0.6))
    slap = _blades(n, rng, beat, 14.0)
    thud = lowpass(slap - slap.mean(), 350, order=1)
    chop = shaped_noise(n, rng, [(40, 0), (120, 4), (400, 2), (900, -3), (2500, -12), (7000, -28)]) * slap
    tail = chirp(beat * 5.2, [1, 0.8, 0.6, 0.5, 0.4, 0.3])
    turbine = chirp(beat * 0 + rng.uniform(2600, 3100) * (1 + 0.001 * wander(n, rng, 2.0)))
    wash = shaped_noise(n, rng, [(60, 0), (300, -2), (1200, -8), (5000, -22)])
    return fade_ends(mix([thud, chop, tail, turbine, wash], [1.0, 1.2, 0.22, 0.04, 0.3]), 0.1, 0.1)


@sound_model
def airplane_cabin(duration_s: float, rng: np.random.Generator) -> Signal:
    """Boundary-layer noise through the cabin wall and the engines' slow beating tone (Smith 1989)."""
    n = num_samples(duration_s)
    rush = shaped_noise(n, rng, [(30, -3), (80, 2), (200, 2), (500, -2), (1500, -9), (4000, -18), (12000, -36)])
    hz = rng.uniform(88, 104)
    tone = np.sin(2 * np.pi * hz * seconds(n)) + np.sin(2 * np.pi * (hz + 0.6) * seconds(n))
    return fade_ends(mix([rush * (1 + 0.05 * wander(n, rng, 0.8)), tone], [1.0, 0.22]), 0.05, 0.05)
