"""At the desk: pages and cards; keys, clicks, pens, printers and tills are `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/office.yaml`. Out: signals [S].
Sources: Farnell, "Designing Sound" (2010), ch. 29 to 36 (friction); van den Doel, Kry and Pai, "FoleyAutomatic"
(2001); Cook, PhISEM (1997).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import snap
from audiogen_cli.generator.experts.effects.parts import sound_part
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples


@sound_model
def page_turn(duration_s: float, rng: np.random.Generator) -> Signal:
    """A sheet lifted, bent and laid over: sliding noise, a flap, the crackle of its buckles.

    Friction and PhISEM clicks.
    """
    n = num_samples(max(duration_s, 0.7))
    slide = curve(n, [(0, 0), (0.1, 0.5), (0.3, 0.35), (0.5, 0.9), (0.62, 1.0), (0.75, 0.3), (1, 0)]).clip(0)
    centre = 1500 + 3200 * slide
    noise = formant_filter(
        white(n, rng), [(centre, centre * 0.8, 0.0), (centre * 2, centre * 1.4, -3.0)], parallel=True
    )
    crackle = bandpass(impulses(n, 420 * slide, rng, spread_db=18), 1500, 9000, order=1)
    m = num_samples(0.09)
    flap = bandpass(white(m, rng), 250, 2500, order=1) * decay(m, 0.07, 0.008)
    body = mix([noise * slide * (1 + 0.4 * wander(n, rng, 30)), crackle], [1.0, 0.8])
    return fade_ends(body + place(n, [2.4 * flap / np.abs(flap).max()], [0.66 * n / SAMPLE_RATE]), 0.01, 0.06)


@sound_model
def card_shuffle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Cards springing off two thumbs, faster and faster, then pushed together (dense clicks of thin plates; PhISEM)."""
    n = num_samples(max(duration_s, 1.1))
    pace = curve(n, [(0, 22), (0.3, 45), (0.6, 75), (0.65, 40), (0.66, 0), (1, 0)]).clip(0)
    at = np.flatnonzero(
        np.diff(np.floor(np.cumsum(pace * (1 + 0.25 * wander(n, rng, 30))) / SAMPLE_RATE), prepend=0.0) > 0
    )
    edge = {"bands": [(1240, -2.1, 0.041), (7720, -1.3, 0.031), (1210, -9.7, 0.011)], "attack_s": 0.002, "hz": 618}
    flicks = [sound_part({**edge, "t60_s": 0.026, "level": 0.04, "length_s": 0.08}, rng) for _ in range(12)]
    out = place(n, [flicks[k] for k in rng.integers(0, 12, at.size)], at / SAMPLE_RATE, rng.uniform(0.5, 1, at.size))
    m = num_samples(0.22)
    push = highpass(white(m, rng), 1500) * curve(m, [(0, 0), (0.3, 1), (1, 0)])
    taps = [snap(rng, 900, body=1.2), snap(rng, 850, body=1.2)]
    end = n / SAMPLE_RATE
    return fade_ends(
        out
        + place(
            n, [0.25 * push / np.abs(push).max() * 2, *taps], [0.7 * end, 0.86 * end, 0.93 * end - 0.01], [1, 0.5, 0.4]
        ),
        0.001,
        0.02,
    )
