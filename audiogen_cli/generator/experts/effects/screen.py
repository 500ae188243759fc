"""What film has taught us to hear: a blade of light, a riser to a hit, a cartoon's spring.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/screen.yaml`. Out: signals [S].
No one has heard these things; each is made by the means by which sound departments make them.
Sources: Farnell, "Designing Sound" (2010), ch. 53-57 (sci-fi); Sonnenschein, "Sound Design" (2001).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import moving_resonance
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import white
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@sound_model
def lightsaber(duration_s: float, rng: np.random.Generator) -> Signal:
    """An igniting snap, two detuned hums beating, swung past the ear (Burtt's projector and television, 1977)."""
    n = num_samples(max(duration_s, 1.5))
    swing = np.clip(np.sin(phase_of(0.9, n) - 1.2), 0, 1) ** 2
    hz = 92 * (1 + 0.35 * swing)
    hum = chirp(hz, [1, 0.8, 0.6, 0.5, 0.3, 0.3, 0.2]) + chirp(hz * 1.013, [0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2])
    start = highpass(white(n, rng), 900) * decay(n, 0.35, 0.01)
    level = curve(n, [(0, 0), (0.06, 1), (0.92, 1), (1, 0)])
    return fade_ends(mix([hum * (0.5 + 0.8 * swing), start], [1.0, 0.35]) * level)


@sound_model
def tension_riser(duration_s: float, rng: np.random.Generator) -> Signal:
    """A cloud of glissandi climbing together over growing noise, cut by a deep hit (Sonnenschein 2001)."""
    n = num_samples(max(duration_s, 2.0))
    rise = curve(n, [(0, 0), (0.5, 0.3), (0.82, 1), (1, 1)])
    cloud = np.zeros(n)
    for _ in range(9):
        cloud += chirp(rng.uniform(110, 240) * 2 ** (rng.uniform(1.4, 2.6) * rise), [1, 0.4, 0.3])
    noise = moving_resonance(white(n, rng), 300 + 4000 * rise, 1.0)
    swell = line(n, [(0, 0.02), (0.5, 0.2), (0.82, 1), (0.83, 0), (1, 0)])
    hit = thump(num_samples(1.0), rng, 48, 0.9, drop=1.2, noise=1.5)
    struck = place(n, [2.0 * hit], [0.83 * n / SAMPLE_RATE])
    return fade_ends(mix([cloud, noise], [1.0, 0.6]) * swell + struck, 0.05, 0.1)


@sound_model
def boing(duration_s: float, rng: np.random.Generator) -> Signal:
    """A ruler off a table's edge: its free end shortens, so the beating tone bends up as it dies.

    Clamped bar, Fletcher and Rossing 1998.
    """
    n = num_samples(max(duration_s, 0.8))
    hz = curve(n, [(0, 1), (0.3, 1.15), (1, 2.1)]) * rng.uniform(75, 95)
    tone = chirp(hz, [1, 0.9, 0.8, 0.6, 0.5, 0.5, 0.4, 0.3, 0.3, 0.2])
    beat = 0.6 + 0.4 * np.sin(phase_of(curve(n, [(0, 9), (1, 24)])))
    return fade_ends(tone * beat * decay(n, 1.6, 0.004), 0.001, 0.1)
