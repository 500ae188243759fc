"""What is struck and rings: bells of every size, bowls, gongs, chimes.

In: a length, a seeded `rng` and the settings of an entry (modes, strikes). Out: signals [S].
A bell is a bank of modes; an electric bell is one struck many times a second. A bell of another kind is an entry with
other numbers and no code.
Sources: Fletcher and Rossing, "The Physics of Musical Instruments" (1998), ch. 19 to 21; Rossing, "Science of
Percussion Instruments" (2000); Inacio, Henrique and Antunes, "The dynamics of Tibetan singing bowls" (2006).
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import BAR, contact
from audiogen_cli.generator.experts.effects.bursts import burst
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import fade_ends
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes, ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples


@sound_model
def bell(
    duration_s: float,
    rng: np.random.Generator,
    *,
    hz: Sequence[float],
    ratios: Sequence[float],
    t60_s: Sequence[float] | float,
    gains: Sequence[float],
    damping: float = 0.0,
    beat: float = 0.0,
    bells: Sequence[float] = (1.0,),
    strikes: Sequence[Sequence[float]] = ((0.0, 1.0),),
    hammer_hz: Sequence[float] = (),
    ring_on_s: float = 0.0,
    click: float = 0.5,
    click_hz: float = 9000.0,
    click_s: float = 0.003,
    case: Sequence[Sequence[float]] = (),
) -> Signal:
    """A bell, or several, struck by hand or by a hammer (modal shells and bars, Fletcher and Rossing 1998, ch. 21).

    Args:
        duration_s: how long it is struck, in seconds.
        rng: of pitch, strikes and the modes' phases.
        hz: the mode of ratio 1 lies between these two.
        ratios, gains: of the modes.
        t60_s: each mode's ringing time, or that of ratio 1, the others' falling with `ratio ** -damping`.
        damping: see `t60_s`.
        beat: how far each mode's twin lies from it, as a share; no bell is quite round.
        bells: pitches of the bells against `hz`; strikes go round them.
        strikes: (seconds, gain) of each strike of a hand.
        hammer_hz: strikes a second of a driven hammer, between these two, in place of a hand's.
        ring_on_s: how long it is heard after `duration_s`.
        click, click_hz, click_s: level, brightness and length of the clapper's contact.
        case: (Hz, ringing time in s, level) of what it is mounted on.
    """
    n = num_samples(duration_s + ring_on_s)
    ratio = np.asarray(ratios)
    rings = np.asarray(t60_s) * ratio**-damping
    pitch = rng.uniform(hz[0], hz[1])
    m = min(n, num_samples(1.1 * float(rings.max())))
    stock = []
    for one in bells:
        sound = modes(m, pitch * one * ratio, rings, gains, rng)
        if beat:
            twins = ratio * (1 + beat * rng.uniform(0.5, 1.5, ratio.size))
            sound += 0.7 * modes(m, pitch * one * twins, 0.9 * rings, gains, rng)
        stock.append(fade_ends(sound + click * contact(m, rng, click_hz, click_s), 0.0, 0.02))
    if hammer_hz:
        rate = rng.uniform(hammer_hz[0], hammer_hz[1])
        at = np.arange(max(1, int(duration_s * rate))) / rate
        at += (rng.normal(0, 0.03 / rate, at.size).cumsum()).clip(-0.01, 0.01) + 0.002
        level = rng.uniform(0.75, 1.0, at.size)
    else:
        at, level = (np.asarray(column, dtype=float) for column in zip(*strikes))
        at = at + np.where(at > 0, rng.uniform(-0.02, 0.02, at.size), 0.0)
    out = place(n, [stock[k % len(stock)] for k in range(at.size)], at.clip(0), level)
    if case:
        box = ring(out, *zip(*case))
        out = out + 0.3 * box / max(float(box.std()), 1e-9) * out.std()
    return fade_ends(out, 0.001, 0.15)


@sound_model
def gong(duration_s: float, rng: np.random.Generator) -> Signal:
    """A tam-tam: low modes that ring on, and the crowd of higher ones as a wash that dies from the top down.

    Fletcher and Rossing 1998, ch. 20; Lyon and DeJong 1995 for modes past counting as noise (see `bursts`).
    """
    n = num_samples(max(duration_s, 4.0))
    hz = np.sort(np.exp(rng.uniform(np.log(114), np.log(521), 24)))
    hz[0] = 114 * rng.uniform(0.95, 1.05)
    ratios = hz / hz[0]
    low = modes(n, hz, 7.9 * rng.uniform(0.6, 1.1, 24) * ratios**-0.3, rng.uniform(0.3, 1, 24) * ratios**-0.2, rng)
    wash = burst(n, rng, [(200, -30, 2.0), (500, 3, 2.0), (1200, -15, 1.6), (3000, -19, 1.1), (8000, -31, 0.6)], 0.02)
    return fade_ends(low / np.abs(low).max() + 0.7 * wash + 0.24 * contact(n, rng, 900, 0.01), 0.004, 1.0)


@sound_model
def wind_chimes(duration_s: float, rng: np.random.Generator) -> Signal:
    """Tuned tubes struck by a clapper that the wind swings: a bar's modes, strikes in gusts.

    Modal bars, Rossing 2000.
    """
    n = num_samples(duration_s)
    root = rng.uniform(820, 1000)
    tubes = [root * ratio for ratio in (1.0, 1.122, 1.335, 1.498, 1.682, 2.0)]
    gust = np.clip(0.9 + 0.9 * wander(n, rng, 0.35), 0.15, None)
    hits = np.flatnonzero(rng.random(n) < 4.0 * gust / SAMPLE_RATE)
    hits = np.append(hits, n // 50)
    m = num_samples(3.0)
    notes = [
        modes(m, np.array(BAR[:4]) * hz, [2.6, 1.0, 0.4, 0.2], [1, 0.5, 0.25, 0.1], rng)
        + 0.3 * contact(m, rng, 9000, 0.002)
        for hz in tubes
    ]
    last, out = 0, []
    for _ in hits:
        last = int(np.clip(last + rng.integers(-2, 3), 0, len(tubes) - 1))
        out.append(notes[last])
    return fade_ends(place(n, out, hits / SAMPLE_RATE, db(np.clip(rng.normal(-8, 5, hits.size), -20, 0))), 0.002, 0.15)
