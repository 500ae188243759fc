"""What flies: jets, propellers, rotors, and a cabin from inside.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/aircraft.yaml`. Out: signals [S].
An entry that passes returns its steady source; the scene moves it.
Sources: Farnell, "Designing Sound" (2010), ch. 47 (helicopter) and 48 (jet engine); Smith, "Aircraft Noise" (1989), for
jet, fan and blade noise; Leishman, "Principles of Helicopter Aerodynamics" (2006), for blade slap.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def jet_flyover(duration_s: float, rng: np.random.Generator) -> Signal:
    """A jet's mixing noise, its crackle and fan whine, combed by the ground's echo as it goes over (Smith 1989)."""
    n = num_samples(max(duration_s, 3.0))
    jet = shaped_noise(
        n, rng, [(25, -12), (80, -2), (200, 0), (500, -2), (1200, -6), (3000, -14), (8000, -28), (16000, -50)]
    )
    jet *= 1 + 0.3 * wander(n, rng, 25) * curve(n, [(0, 0.2), (0.5, 0.5), (1, 1)])
    coming = curve(
        n, [(0, 1), (0.45, 0.9), (0.58, 0.25), (1, 0.08)]
    )  # the fan is heard from before, the jet from behind
    whine = chirp(curve(n, [(0, 2750), (0.45, 2650), (0.6, 2250), (1, 2150)]), [1, 0.3]) + 0.6 * chirp(
        curve(n, [(0, 1870), (0.45, 1800), (0.6, 1530), (1, 1480)])
    )
    swish = bandpass(white(n, rng), 1500, 5000, order=1)
    delay = np.round(curve(n, [(0, 40), (0.5, 190), (1, 50)])).astype(int)
    echo = jet[np.maximum(np.arange(n) - delay, 0)]
    return fade_ends(mix([jet + 0.6 * echo, whine * coming, swish * coming], [1.0, 0.14, 0.25]), 0.3, 0.5)


@sound_model
def helicopter(duration_s: float, rng: np.random.Generator) -> Signal:
    """Blade slap of the main rotor with its gusts of air, the tail rotor's buzz, a turbine's whine (Leishman 2006)."""
    n = num_samples(duration_s)
    rate = rng.uniform(10.5, 12.5) * (1 + 0.01 * wander(n, rng, 0.5))
    part = phase_of(rate) / (2 * np.pi) % 1
    slap = np.exp(-part / 0.11) * np.clip(part / 0.02, 0, 1)
    blow = shaped_noise(
        n, rng, [(25, -8), (60, 0), (130, -1), (300, -4), (800, -8), (2000, -14), (6000, -28), (14000, -46)]
    )
    thump = np.sin(2 * np.pi * part * 4) * np.exp(-part / 0.18)
    tail = chirp(rate * 10.4, [1, 0.7, 0.5, 0.35, 0.25, 0.15])
    turbine = bandpass(white(n, rng), 1800, 6000, order=1) + 4 * bandpass(white(n, rng), 3050, 3150)
    parts = mix([blow * (0.12 + slap), thump, tail, turbine * (0.6 + 0.4 * slap)], [1.0, 0.6, 0.14, 0.1])
    return fade_ends(highpass(parts * (1 + 0.12 * wander(n, rng, 1.0)), 18), 0.05, 0.05)
