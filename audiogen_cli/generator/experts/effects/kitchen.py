"""In the kitchen: heat, small machines and drinks; knives, cutlery and cups are `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/kitchen.yaml`. Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 29 to 45; Cook, PhISEM (1997); Minnaert, "On musical air-bubbles"
(1933), for what boils and fizzes; Chanaud and Powell, "Some experiments concerning the hole and ring tone" (1965),
for the kettle.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import (
    contact,
    snap,
    struck,
)
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass, resonate
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


@sound_model
def kettle_whistle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Bubbles collapsing in water, then steam through two plates with holes: a hole tone climbing.

    Chanaud and Powell 1965.
    """
    n = num_samples(max(duration_s, 3.0))
    steam = curve(n, [(0, 0.05), (0.25, 0.3), (0.5, 0.95), (0.93, 1), (1, 0)]).clip(0)
    hz = 1500 + 1150 * np.clip(steam, 0.3, 1) + 12 * wander(n, rng, 7)
    tone = chirp(hz, [1, 0.25, 0.12]) + 0.6 * chirp(hz * 1.193, [1, 0.2, 0.1])
    level = np.clip((steam - 0.28) / 0.6, 0, 1) ** 1.5 * (1 + 0.08 * wander(n, rng, 20))
    hiss = shaped_noise(n, rng, [(500, -24), (2500, -4), (6000, 0), (14000, -8)])
    boil = lowpass(impulses(n, 220.0, rng), 900) * curve(n, [(0, 0), (0.05, 1), (1, 0.6)])
    return fade_ends(tone * level + 0.12 * hiss * steam + 0.08 * boil / boil.std(), 0.05, 0.2)


@sound_model
def blender(duration_s: float, rng: np.random.Generator) -> Signal:
    """A universal motor spinning up under load, blades churning liquid, chunks knocking the jug.

    Brush noise and orders, Farnell.
    """
    n = num_samples(max(duration_s, 2.0))
    turns = (
        230
        * curve(n, [(0, 0.05), (0.08, 0.8), (0.2, 1), (0.88, 1.05), (0.94, 0.6), (1, 0.1)])
        * (1 + 0.025 * wander(n, rng, 9))
    )
    whine = chirp(turns, [1, 0.8, 0.5, 0.5, 0.35, 0.3, 0.3, 0.2, 0.2, 0.15, 0.12, 0.1])
    strength = (turns / turns.max()) ** 1.5
    air = shaped_noise(n, rng, [(100, -10), (400, -2), (1200, 0), (3000, -2), (7000, -6), (15000, -18)])
    churn = bandpass(white(n, rng), 300, 1400) * (1 + 0.7 * wander(n, rng, 25)).clip(0)
    knocks = resonate(impulses(n, 25 * strength, rng), 620, 120)
    return fade_ends(mix([whine, air, churn, knocks], [0.7, 1.0, 0.6, 0.25]) * strength, 0.03, 0.15)


@sound_model
def coffee_machine(duration_s: float, rng: np.random.Generator) -> Signal:
    """A vibrating pump at the mains' pace, then a steam jet in milk, then drops.

    Jet noise, mains harmonics; Farnell 2010.
    """
    n = num_samples(max(duration_s, 3.0))
    pump = chirp(np.full(n, 60.0), [1, 0.8, 0.7, 0.5, 0.4, 0.35, 0.3, 0.2, 0.2, 0.15]) + 0.5 * lowpass(
        white(n, rng), 1500
    )
    pump *= curve(n, [(0, 0), (0.03, 1), (0.3, 1), (0.36, 0), (1, 0)]).clip(0)
    jet = shaped_noise(n, rng, [(150, -20), (700, -6), (2500, 0), (6000, 0), (12000, -5), (18000, -14)])
    tear = bandpass(white(n, rng), 500, 1500) * (1 + wander(n, rng, 40)).clip(0)
    steam = mix([jet, tear], [1.0, 0.6]) * curve(
        n, [(0, 0), (0.36, 0), (0.42, 1), (0.8, 0.9), (0.88, 0.15), (1, 0)]
    ).clip(0)
    return fade_ends(
        0.5 * pump / pump.std() * 0.5 + steam + place(n, [snap(rng, 1300, body=1)], [0.37 * n / SAMPLE_RATE]), 0.01, 0.2
    )


@sound_model
def can_opening(duration_s: float, rng: np.random.Generator) -> Signal:
    """The tab's crack, a burst of gas, bubbles fizzing away (a thin plate, jet noise, Minnaert bubbles)."""
    n = num_samples(max(duration_s, 1.5))
    tab = struck(num_samples(0.2), rng, 1500, 0.07, (1, 1.6, 2.4, 3.7, 5.2), hardness=0.95, click=1.0, click_hz=11000)
    burst = highpass(white(n, rng), 1800) * decay(n, 0.32, 0.004)
    fizz = highpass(impulses(n, 2600 * curve(n, [(0, 0.2), (0.1, 1), (0.5, 0.35), (1, 0.02)]), rng), 3500)
    return fade_ends(
        place(n, [tab, 0.45 * burst[: n - 1200], tab], [0.0, 0.015, 0.2], [1, 1, 0.5]) + 0.09 * fizz / fizz.std(),
        0.0005,
        0.1,
    )


@sound_model
def cork_pop(duration_s: float, rng: np.random.Generator) -> Signal:
    """Pressure let go from a bottle: a pulse through the neck's resonance, leaping as the cork leaves (Helmholtz)."""
    n = num_samples(max(duration_s, 0.4))
    m = num_samples(0.12)
    hz = rng.uniform(420, 560) * (1 + 0.9 * np.linspace(0, 1, m) ** 0.5)
    neck = chirp(hz, [1, 0.4, 0.15]) * decay(m, 0.07, 0.001)
    puff = bandpass(white(n, rng), 500, 5000, order=1) * decay(n, 0.09, 0.001)
    fizz = highpass(impulses(n, 900 * decay(n, 0.5, 0.05), rng), 4000)
    return fade_ends(
        place(n, [neck], [0.0])
        + 0.5 * puff / np.abs(puff).max()
        + 0.4 * contact(n, rng, 6000)
        + 0.06 * fizz / np.abs(fizz).max(),
        0.0003,
        0.05,
    )
