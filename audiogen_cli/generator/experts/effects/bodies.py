"""Solid things that are struck, dropped, shaken and scraped: bars, plates, shells and how they meet.

In: sizes in Hz of the lowest mode, ringing times in seconds, a seeded `rng`. Out: signals [S].
The modes' ratios are those of the textbook shapes; what a shape is used for stands in the families.
Sources: Fletcher and Rossing, "The Physics of Musical Instruments" (1998), for the ratios; van den
Doel, Kry and Pai, "FoleyAutomatic" (2001), for ringing times that fall with frequency and for
scraping as filtered noise; Rath and Rocchesso, "Continuous sonic feedback from a rolling ball" (2005),
for bounces; Cook, PhISEM (1997), for things shaken.
"""

from collections.abc import Callable, Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import impact, modes, ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, Track, num_samples

BAR = (1.0, 2.756, 5.404, 8.933, 13.34, 18.64)  # a free bar or tube bending: metal pipes, chimes, bats
CLAMPED_BAR = (1.0, 6.267, 17.55, 34.39)  # held at one end: rulers, tines, blades in a fist
PLATE = (1.0, 1.52, 1.94, 2.71, 3.01, 3.62, 4.27, 4.9, 5.63, 6.41, 7.36, 8.52)  # a free sheet: doors, lids, bodywork
SHELL = (1.0, 2.32, 4.25, 6.63, 9.38, 12.2)  # a wine glass or bowl: (n^2-1)-like steps of the rim's modes
BELL = (0.5, 1.0, 1.183, 1.506, 2.0, 2.514, 2.662, 3.011, 4.166, 5.433, 6.796)  # hum, prime, tierce, quint, nominal ...


def struck(
    n: int,
    rng: np.random.Generator,
    hz: float,
    t60_s: float,
    ratios: Sequence[float],
    *,
    hardness: float = 0.5,
    damping: float = 1.0,
    detune: float = 0.02,
    click: float = 0.3,
    click_hz: float = 3000.0,
) -> Signal:
    """A body struck once; level about 1.

    Args:
        n: length in samples.
        rng: of where it was struck, which no two blows share.
        hz: its lowest mode.
        t60_s: how long that mode rings.
        ratios: the other modes against it, one of the shapes above.
        hardness: 0 felt to 1 steel; how strongly the upper modes are driven.
        damping: how much faster they die: t60 falls with ratio to this power (wood 1, steel 0.5).
        detune: how far the shape is from ideal, as a share.
        click: level of the contact's own noise; click_hz its brightness.
    """
    ratio = np.asarray(ratios)
    place_gains = 0.35 + 0.65 * np.abs(np.sin(np.pi * rng.uniform(0.12, 0.45) * np.arange(1, ratio.size + 1)))
    gains = place_gains * ratio ** (-2.0 * (1 - hardness))
    out = modes(
        n, hz * ratio * (1 + detune * rng.standard_normal(ratio.size)), t60_s * ratio**-damping, gains / gains.sum()
    )
    return out + click * contact(n, rng, click_hz)


def contact(n: int, rng: np.random.Generator, hz: float, length_s: float = 0.004) -> Signal:
    """The noise of the contact alone, peak 1."""
    out = impact(n, rng, hz, length_s)
    return out / max(float(np.abs(out).max()), 1e-9)


def bounces(first_s: float, restitution: float, count: int, start_s: float = 0.0) -> tuple[Signal, Signal]:
    """When a dropped thing meets the floor and how hard: times in s and gains, each flight shorter by `restitution`."""
    strength = restitution ** np.arange(count)
    times = start_s + np.concatenate([[0.0], np.cumsum(first_s * strength[:-1])]) if count > 1 else np.array([start_s])
    return np.asarray(times, dtype=np.float64), np.asarray(strength, dtype=np.float64)


def tumble(
    n: int,
    rng: np.random.Generator,
    blow: Callable[[], Signal],
    first_s: float,
    restitution: float,
    count: int,
    start_s: float = 0.0,
    unevenness: float = 0.15,
) -> Signal:
    """Something uneven falling: `blow()` at each bounce, times and strengths strayed by `unevenness`."""
    times, strength = bounces(first_s, restitution, count, start_s)
    gaps = np.diff(times, prepend=times[0]) * (1 + unevenness * rng.standard_normal(count).clip(-2, 2))
    return place(n, [blow() for _ in range(count)], start_s + np.cumsum(gaps), strength * rng.uniform(0.6, 1.0, count))


def shower(
    n: int,
    rng: np.random.Generator,
    grain: Callable[[float], Signal],
    times_s: Signal,
    gains: Signal,
    kinds: int = 24,
) -> Signal:
    """Many grains from a stock of `kinds`: `grain(u)` makes one for u in [0, 1), its size; each time draws one."""
    stock = [grain((k + rng.uniform()) / kinds) for k in range(kinds)]
    return place(n, [stock[k] for k in rng.integers(0, kinds, len(times_s))], times_s, gains)


def rattle(
    n: int,
    rng: np.random.Generator,
    rate_hz: Track,
    hz: Sequence[float] | Signal,
    t60_s: float,
    *,
    spread_db: float = 12.0,
    click_hz: float = 6000.0,
) -> Signal:
    """Loose parts colliding `rate_hz` times a second, heard through the modes `hz` of what holds them."""
    hits = lowpass(impulses(n, rate_hz, rng, spread_db), click_hz, order=1)
    return ring(hits, hz, [t60_s] * len(hz), np.linspace(1.0, 0.5, len(hz)))


def scraped(
    rng: np.random.Generator,
    speed: Signal,
    hz: Sequence[float],
    t60_s: float,
    *,
    grit_hz: float = 2500.0,
    roughness: float = 0.6,
) -> Signal:
    """One body drawn over another at `speed` [S] (0 to 1): noise that follows it, rung through modes."""
    n = speed.size
    grain = white(n, rng) * (1 - roughness + roughness * np.abs(wander(n, rng, 60.0)))
    dark, bright = lowpass(grain, grit_hz * 0.4), lowpass(grain, grit_hz * 2)
    noise = (dark * (1 - speed) + bright * speed) * speed
    body = ring(noise, hz, [t60_s] * len(hz), [1.0] * len(hz))
    return 0.5 * noise / max(float(np.std(noise)), 1e-9) + body / max(float(np.std(body)), 1e-9)


def stick_slip(
    rng: np.random.Generator,
    hz: Signal,
    body_hz: Sequence[float] | Signal,
    t60_s: float = 0.03,
    *,
    unevenness: float = 0.1,
    softness_hz: float = 6000.0,
) -> Signal:
    """Dry friction: a slip each cycle of `hz` [S], uneven in time and strength, rung through a body.

    Farnell, ch. 32.
    """
    n = hz.size
    cycles = np.cumsum(np.maximum(hz * (1 + unevenness * wander(n, rng, 40.0)), 1.0)) / SAMPLE_RATE
    slips = np.flatnonzero(np.diff(np.floor(cycles), prepend=0.0) > 0)
    train = np.zeros(n)
    train[slips] = 1 + unevenness * 3 * rng.standard_normal(slips.size)
    train = lowpass(train, softness_hz, order=1)
    return ring(train, body_hz, [t60_s] * len(body_hz), np.linspace(1.0, 0.6, len(body_hz))) + 0.3 * highpass(
        train, 300
    )


def thump(
    n: int, rng: np.random.Generator, hz: float, t60_s: float, *, drop: float = 0.5, noise: float = 0.4
) -> Signal:
    """A soft heavy blow: a low tone falling by `drop` of its pitch while it dies, and the slap of the contact."""
    pitch = hz * (1 + drop * decay(n, t60_s * 0.5))
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE) * decay(n, t60_s, 0.002)
    return tone + noise * lowpass(white(n, rng), hz * 8) * decay(n, t60_s * 0.35, 0.001)


def snap(rng: np.random.Generator, hz: float, *, body: float = 0.5, length_s: float = 0.1) -> Signal:
    """A small sprung part flipping over in a plastic box: a steel click and the box's short answer."""
    n = num_samples(length_s)
    steel = struck(n, rng, hz, 0.02, (1, 1.63, 2.41, 3.6, 5.1), hardness=0.95, click=0.9, click_hz=11000)
    box = struck(n, rng, hz * 0.28, 0.03, PLATE, hardness=0.7, click=0.3, click_hz=3000)
    return fade_ends(steel + body * box, 0.0002, 0.01)


def spring(rng: np.random.Generator, hz: float, length_s: float) -> Signal:
    """A steel spring let go: a twang of close modes and a rattle."""
    n = num_samples(length_s)
    rings = np.full(6, length_s * 0.6)
    coil = modes(n, hz * np.array([1, 2.1, 2.95, 4.2, 5.3, 6.8]), rings, [1, 0.7, 0.8, 0.5, 0.4, 0.3], rng)
    loose = rattle(n, rng, 60 * decay(n, length_s), (hz * 3, hz * 5.2, hz * 8), 0.02)
    return coil / 3 + 0.4 * loose / max(float(np.abs(loose).max()), 1e-9) + 0.4 * thump(n, rng, 150, 0.08)


def echoes(x: Signal, rng: np.random.Generator, delays_s: Sequence[float], gain: float, dull_hz: float) -> Signal:
    """A blast heard again from walls and hills: later echoes weaker, duller and smeared."""
    n = x.size
    out = x.copy()
    for k, delay in enumerate(delays_s):
        smear = white(num_samples(0.02 + 0.08 * delay), rng)
        smear *= decay(smear.size, 0.03 + 0.2 * delay)
        smear /= float(np.sqrt(np.sum(smear**2)))
        late = lowpass(np.convolve(x[: num_samples(0.12)], smear), dull_hz / (1 + 0.5 * k))
        out += place(n, [late], [delay], [gain * 0.75**k])
    return np.asarray(out)


def blow(
    n: int, rng: np.random.Generator, bands: Sequence[tuple[float, float, float]], *, attack_s: float = 0.001
) -> Signal:
    """A blow on something with more modes than can be counted: bands of noise (Hz, dB, t60 in s).

    Each band dies at its own pace: a floor, a crate, where single modes would be heard as notes. Peak 1.
    """
    out = np.zeros(n)
    for hz, level_db, t60_s in bands:
        length = min(n, num_samples(1.2 * t60_s + 0.01))
        part = bandpass(white(length, rng), hz / 1.5, hz * 1.5, order=1)
        out[:length] += 10 ** (level_db / 20) * part / part.std() * decay(length, t60_s, attack_s)
    return out / max(float(np.abs(out).max()), 1e-9)


def knocked(
    n: int,
    rng: np.random.Generator,
    bands: Sequence[tuple[float, float, float]],
    *,
    attack_s: float = 0.001,
    hz: float = 1000.0,
    t60_s: float = 0.05,
    level: float = 0.1,
    spread: float = 2.0,
    count: int = 3,
    click: float = 0.1,
) -> Signal:
    """A `blow` in bands, over it the few modes that stand out, and the click of the contact itself.

    The modes lie between `hz` and `hz * spread ** 2`, `count` of them, at `level` against the blow.
    """
    ratios = spread ** np.linspace(0, 2, count)
    body = modes(
        n, hz * ratios * rng.uniform(0.97, 1.03, count), t60_s * ratios**-0.5, rng.uniform(0.4, 1.0, count), rng
    )
    body *= level / max(float(np.abs(body).max()), 1e-9)
    return blow(n, rng, bands, attack_s=attack_s) + body + click * contact(n, rng, 10_000, 0.002)
