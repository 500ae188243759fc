"""What flies: jets, propellers, rotors, and a cabin from inside.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/aircraft.yaml`. Out: signals [S].
An entry that passes returns its steady source; the scene moves it.
Sources: Farnell, "Designing Sound" (2010), ch. 47 (helicopter) and 48 (jet engine); Smith, "Aircraft Noise" (1989), for
jet, fan and blade noise; Leishman, "Principles of Helicopter Aerodynamics" (2006), for blade slap.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bursts import front
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


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
    """Blades slapping the vortex of the one before, each much alike, the gusts they throw, tail rotor and turbine.

    Leishman 2006, ch. 8, for the slap: a pressure front of some 10 ms in torn air, dull from afar.
    """
    n = num_samples(duration_s)
    rate = rng.uniform(18.5, 20.1) * (1 + 0.008 * wander(n, rng, 0.5))
    turned = np.cumsum(rate) / SAMPLE_RATE + rng.uniform()
    passed_s = np.flatnonzero(np.diff(np.floor(turned), prepend=np.floor(turned[0])) > 0) / SAMPLE_RATE
    stock = _slaps(rng, kinds=6)
    slap = place(
        n, [stock[k] for k in rng.integers(0, 6, passed_s.size)], passed_s, rng.uniform(0.85, 1, passed_s.size)
    )
    part = turned % 1
    gust = 0.12 + 0.88 * np.exp(-part / 0.1) * np.clip(part / 0.06, 0, 1)
    wash = shaped_noise(n, rng, [(25, -12), (86, -3), (173, 0), (346, -8), (692, -16), (1384, -24), (20000, -60)])
    tail = chirp(rate * 4.5, [1, 0.7, 0.5, 0.35, 0.25, 0.15])
    turbine = bandpass(white(n, rng), 1800, 6000, order=1) + 4 * bandpass(white(n, rng), 3050, 3150)
    out = mix([slap, wash * gust, tail, turbine * gust], [1.0, 0.2, 0.15, 0.046])
    return fade_ends(highpass(out * (1 + 0.1 * wander(n, rng, 1.0)), 20), 0.05, 0.05)


def _slaps(rng: np.random.Generator, kinds: int) -> list[Signal]:
    """Slaps of one rotor, three quarters of each the same."""
    n, length_s = num_samples(0.12), 0.0088
    same, slaps = white(n, rng), []
    for _ in range(kinds):
        torn = (0.77 * same + 0.23 * white(n, rng)) * decay(n, 6 * length_s, 0.002)
        slap = lowpass(torn + 3 * front(n, length_s), 300)
        slaps.append(slap / np.abs(slap).max())
    return slaps
