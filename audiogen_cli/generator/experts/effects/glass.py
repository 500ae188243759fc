"""Glass: panes that break, rims that touch, feet set down; clattering plates are `foley`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/glass.yaml`. Out: signals [S].
Glass damps little, so its modes ring long and high; shards are small and therefore higher still, and a
break is a crack followed by hundreds of them landing.
Sources: Farnell, "Designing Sound" (2010), ch. 28 to 31; Cook, PhISEM (1997), for the shower of shards;
Fletcher and Rossing, "The Physics of Musical Instruments" (1998), for the rim modes of a wine glass.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, SHELL, blow, contact, shower, struck, thump
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import highpass
from audiogen_cli.generator.experts.effects.synthesis.grains import place
from audiogen_cli.generator.experts.effects.synthesis.noise import white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples


def shards(
    n: int,
    rng: np.random.Generator,
    *,
    count: int,
    spread_s: float,
    start_s: float = 0.0,
    low_hz: float = 2200.0,
    high_hz: float = 9500.0,
    longest_s: float = 0.22,
) -> Signal:
    """Pieces of glass landing, most at once and ever fewer; the smaller ring higher, shorter and softer."""

    def shard(size: float) -> Signal:
        m = num_samples(0.3)
        hz = low_hz * (high_hz / low_hz) ** size * rng.uniform(0.9, 1.1)
        ring_s = rng.uniform(0.23, 1.0) * longest_s * (1 - 0.5 * size)
        body = modes(
            m,
            hz * np.array([1, 1.43, 2.07, 2.81]) * rng.uniform(0.95, 1.05, 4),
            ring_s * np.array([1, 0.8, 0.6, 0.4]),
            rng.uniform(0.2, 1.0, 4),
            rng,
        )
        return (body + 0.7 * contact(m, rng, 12000, 0.002)) * (1 - 0.6 * size)

    times = start_s + np.sort(rng.exponential(spread_s, count))
    times = times[times < n / SAMPLE_RATE - 0.3]
    gains = db(np.clip(rng.normal(-8, 6, times.size), -24, 0)) * np.exp(-0.6 * (times - start_s) / spread_s)
    return shower(n, rng, shard, times, gains, kinds=40)


@sound_model
def glass_shatter(duration_s: float, rng: np.random.Generator) -> Signal:
    """A blow, the crack running through the pane, and a shower of ringing shards (Farnell 2010; Cook's PhISEM)."""
    n = num_samples(max(duration_s, 1.6) + 0.4)
    pane = struck(n, rng, rng.uniform(300, 420), 0.25, PLATE, hardness=0.9, click=0.5, click_hz=8000)
    crack = highpass(white(n, rng), 2500) * decay(n, rng.uniform(0.16, 0.26), 0.001)
    burst = shards(n, rng, count=160, spread_s=0.09, start_s=0.004)
    rain = shards(n, rng, count=120, spread_s=0.4, start_s=rng.uniform(0.2, 0.3), low_hz=2800)
    return fade_ends(0.5 * thump(n, rng, 110, 0.12) + 0.4 * pane + 0.35 * crack + burst + 0.8 * rain, 0.001, 0.1)


def _rim(n: int, rng: np.random.Generator, hz: float, ring_s: float) -> Signal:
    """A wine glass touched at its rim: each bending mode a pair a few Hz apart, which beats."""
    ratios = np.repeat(np.array(SHELL), 2) * np.tile([1.0, 1.004], len(SHELL))
    gains = np.repeat([1, 0.8, 0.55, 0.35, 0.2, 0.1], 2) * rng.uniform(0.4, 1.0, 2 * len(SHELL))
    return modes(n, hz * ratios, ring_s * ratios**-0.8, gains, rng) + 0.8 * contact(n, rng, 12000, 0.0015)


@sound_model
def glass_clink(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two wine glasses touching, each ringing in its own rim modes (Fletcher and Rossing 1998)."""
    n = num_samples(max(duration_s, 1.0))
    hz = rng.uniform(1300, 1900)
    pair = _rim(n, rng, hz, 0.9) + 0.9 * _rim(n, rng, hz * rng.uniform(1.06, 1.25), 0.8)
    again = place(n, [_rim(n, rng, hz, 0.5)], [rng.uniform(0.03, 0.06)], [0.25])
    return fade_ends(pair + again, 0.0005, 0.1)


@sound_model
def bottle_set_down(duration_s: float, rng: np.random.Generator) -> Signal:
    """The foot of a glass meeting wood: the table's short thud, the glass ringing above it (modal, Farnell 2010)."""
    n = num_samples(max(duration_s, 0.6))
    table = blow(n, rng, [(150, -2, 0.1), (330, 0, 0.08), (800, -5, 0.05), (2500, -12, 0.02)])
    ratios = np.array([1, 1.02, 1.9, 2.45, 3.3, 4.1, 5.2])
    glass = modes(n, rng.uniform(1900, 2500) * ratios, 0.22 * ratios**-0.5, rng.uniform(0.3, 1, 7), rng) / 2
    settle = place(n, [0.3 * glass + 0.2 * table], [rng.uniform(0.05, 0.08)])
    return fade_ends(0.7 * table + 0.5 * glass + 0.5 * contact(n, rng, 9000) + settle, 0.0005, 0.05)
