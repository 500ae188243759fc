"""Weapons, explosions and fireworks: blast waves and what they meet, blades, strings and locks.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/weapons.yaml`. Out: signals [S].
A blast in air is a Friedlander wave: a shock, a short overpressure, a longer weak suction; far away the air
has taken its edge and the land adds echoes. A bullet or whip faster than sound adds an N-wave of a millisecond.
Sources: Friedlander 1946; Maher, "Acoustical characterization of gunshots" (2007); Farnell, "Designing Sound"
(2010), ch. 48 (guns, explosions); Krehl et al. 1998 (whips); Fletcher and Rossing (1998) for blades.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import (
    BAR,
    CLAMPED_BAR,
    PLATE,
    contact,
    echoes,
    scraped,
    struck,
    thump,
)
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    curve,
    db,
    decay,
    fade_ends,
    highpass,
    line,
    lowpass,
    num_samples,
    place,
    poisson_times,
    seconds,
    shaped_noise,
    wander,
    white,
)  # fmt: skip


def _friedlander(n: int, positive_s: float) -> Signal:
    """The ideal blast wave, peak 1: overpressure for `positive_s`, then suction."""
    t = seconds(n) / positive_s
    return np.asarray((1 - t) * np.exp(-t))


def blast(n: int, rng: np.random.Generator, positive_s: float, roar_s: float, *, bright_hz: float = 9000.0) -> Signal:
    """A blast wave and the turbulent gas after it, whose brightness falls as it slows; level about 1."""
    bang = _friedlander(n, positive_s)
    fast = lowpass(white(n, rng), bright_hz) * decay(n, roar_s * 0.3, 0.0003)
    slow = shaped_noise(n, rng, [(25, 0), (80, 3), (250, 0), (800, -8), (3000, -22), (12000, -45)]) * decay(n, roar_s, 0.004)
    return np.tanh(1.5 * (bang + 0.9 * fast / (np.abs(fast).max() + 1e-9) + 0.25 * slow))


@sound_model
def gunshot(duration_s: float, rng: np.random.Generator) -> Signal:
    """Muzzle blast with its gas, the action's clack, echoes of what stands around (Friedlander wave; Maher 2007)."""
    n = num_samples(max(duration_s, 1.0))
    shot = blast(n, rng, rng.uniform(0.0006, 0.001), rng.uniform(0.3, 0.45))
    delays = np.sort(rng.uniform(0.03, 0.45, 5))
    out = echoes(shot, rng, list(delays), 0.3, 3500)
    return fade_ends(out + 0.03 * place(n, [contact(num_samples(0.05), rng, 6000)], [0.06]), 0.0, 0.2)


@sound_model
def machine_gun(duration_s: float, rng: np.random.Generator, rate_hz: float = 10.5) -> Signal:
    """Bursts of blasts at the gun's cyclic rate, each a little different, with their echoes (Maher 2007)."""
    n = num_samples(max(duration_s, 0.8) + 0.5)
    m = num_samples(0.45)
    stock = [blast(m, rng, rng.uniform(0.0006, 0.0009), rng.uniform(0.16, 0.22)) for _ in range(5)]
    times = np.arange(0.0, max(duration_s, 0.8) - 0.05, 1 / rate_hz)
    times = (times + rng.normal(0, 0.003, times.size)).clip(0)
    return fade_ends(echoes(place(n, [stock[k] for k in rng.integers(0, 5, times.size)], times, rng.uniform(0.8, 1, times.size)),
                            rng, [0.09, 0.17, 0.31], 0.2, 2500), 0.0, 0.2)  # fmt: skip


@sound_model
def rifle_distant(duration_s: float, rng: np.random.Generator) -> Signal:
    """The bullet's N-wave crack first, the report after it, both dulled by air, then the hills (Maher 2007)."""
    n = num_samples(max(duration_s, 2.0))
    report = lowpass(blast(n, rng, 0.002, 0.5, bright_hz=3500), 2600)
    crack = lowpass(place(n, [blast(num_samples(0.1), rng, 0.0004, 0.05)], [0.0]), 5000)
    both = 0.5 * crack + place(n, [report], [rng.uniform(0.08, 0.2)])
    far = echoes(both, rng, list(np.sort(rng.uniform(0.25, 1.6, 8))), 0.45, 1400)
    return fade_ends(far, 0.0, 0.5)


def _debris(n: int, rng: np.random.Generator, start_s: float, spread_s: float, count: int) -> Signal:
    """Stones, planks and bits of metal landing, many at first."""
    m = num_samples(0.2)
    stock = [struck(m, rng, rng.uniform(150, 1400), rng.uniform(0.03, 0.12), PLATE, hardness=0.7, click=0.6) for _ in range(16)]
    times = start_s + rng.exponential(spread_s, count)
    return place(n, [stock[k] for k in rng.integers(0, 16, count)], times, db(rng.uniform(-24, 0, count)))


@sound_model
def explosion(duration_s: float, rng: np.random.Generator) -> Signal:
    """A large charge: shock, a rolling fireball of low noise, its thunderous tail, rubble falling (Farnell, ch. 48)."""
    n = num_samples(max(duration_s, 2.5))
    bang = blast(n, rng, 0.012, 1.6, bright_hz=4500)
    ball = shaped_noise(n, rng, [(22, 2), (60, 5), (140, 1), (400, -6), (1200, -16), (5000, -34)])
    ball *= decay(n, 3.2, 0.03) * (1 + 0.5 * wander(n, rng, 9.0)).clip(0.1)
    deep = thump(n, rng, 38, 1.2, drop=1.0)
    crackle = highpass(white(n, rng), 900) * decay(n, 0.9, 0.002) * 0.25
    return fade_ends(np.tanh(bang + 0.5 * ball + 0.9 * deep + crackle) + 0.1 * _debris(n, rng, 0.4, 0.8, 70), 0.0, 0.8)


@sound_model
def cannon(duration_s: float, rng: np.random.Generator) -> Signal:
    """A deep slow blast wave from a barrel, smoke rushing after, echoes across the field (Friedlander; Farnell, ch. 48)."""
    n = num_samples(max(duration_s, 2.0))
    shot = lowpass(blast(n, rng, 0.008, 1.0, bright_hz=2200), 1800, order=1) + 0.8 * thump(n, rng, 46, 0.8, drop=0.8)
    return fade_ends(echoes(shot, rng, list(np.sort(rng.uniform(0.2, 1.4, 5))), 0.4, 900), 0.0, 0.6)


@sound_model
def fireworks(duration_s: float, rng: np.random.Generator, rate_hz: float = 0.9) -> Signal:
    """Rockets whistling up, bursts dulled by distance, crackling stars and echoes (blast waves; poisson crackle)."""
    n = num_samples(duration_s)
    out = np.zeros(n)
    bursts = np.append(poisson_times(duration_s, rate_hz, rng), rng.uniform(0.1, 0.25) * duration_s)
    for at in bursts:
        m = num_samples(1.6)
        size = rng.uniform(0.4, 1.0)
        bang = lowpass(blast(m, rng, 0.002 + 0.004 * size, 0.35 + 0.5 * size, bright_hz=5000), 4200, order=1)
        out += place(n, [size * bang], [at])
        if rng.random() < 0.55:  # stars that crackle after the burst
            count = int(rng.integers(40, 110))
            pop = [lowpass(blast(num_samples(0.03), rng, 0.0003, 0.02), 8000) for _ in range(6)]
            times = at + rng.uniform(0.25, 0.6) + rng.gamma(3.0, 0.22, count)
            out += place(n, [pop[k] for k in rng.integers(0, 6, count)], times, 0.3 * db(rng.uniform(-16, 0, count)))
        if rng.random() < 0.6:  # the rocket before it
            k = num_samples(rng.uniform(0.7, 1.1))
            rise = curve(k, [(0, 900), (0.6, 2300), (1, 2700)]) * (1 + 0.01 * wander(k, rng, 12.0))
            rocket = (0.4 * chirp(rise) + 0.35 * bandpass(white(k, rng), 1200, 6000)) * curve(k, [(0, 0), (0.3, 0.7), (0.9, 0.5), (1, 0)])
            out += place(n, [0.22 * rocket], [max(at - k / SAMPLE_RATE, 0.0)])
    return fade_ends(echoes(out, rng, [0.21, 0.48], 0.0, 1200) + 0.25 * place(n, [lowpass(out, 700)], [0.35]), 0.005, 0.2)


@sound_model
def firecrackers(duration_s: float, rng: np.random.Generator, rate_hz: float = 12.0) -> Signal:
    """A string of small charges lighting one another: uneven quick blasts (Friedlander waves at random)."""
    n = num_samples(max(duration_s, 1.0))
    stock = [blast(num_samples(0.14), rng, rng.uniform(0.0002, 0.0005), rng.uniform(0.05, 0.1), bright_hz=12000) for _ in range(8)]
    times = np.append(poisson_times(max(duration_s, 1.0) - 0.15, rate_hz, rng), 0.01)
    out = place(n, [stock[k] for k in rng.integers(0, 8, times.size)], times, db(rng.uniform(-10, 0, times.size)))
    return fade_ends(out + 0.25 * place(n, [lowpass(out, 3000)], [0.06]), 0.0, 0.05)


@sound_model
def sword_clash(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two blades meeting, sliding, ringing: bars held in a fist, their upper modes long (Fletcher and Rossing 1998)."""
    n = num_samples(max(duration_s, 0.9))
    out = np.zeros(n)
    for hz in (rng.uniform(520, 640), rng.uniform(720, 900)):
        out += struck(n, rng, hz, rng.uniform(0.7, 1.1), BAR, hardness=1.0, damping=0.35, click=0.7, click_hz=12000)
        out += 0.6 * struck(n, rng, hz * 3.3, 0.6, PLATE, hardness=1.0, damping=0.4, click=0.0)
    m = num_samples(rng.uniform(0.12, 0.3))
    slide = scraped(rng, curve(m, [(0, 0), (0.15, 1), (1, 0)]), (2900, 4300, 6100, 8800), 0.08, grit_hz=6000)
    return fade_ends(out + 0.25 * place(n, [slide / np.abs(slide).max()], [0.03]), 0.0005, 0.15)


@sound_model
def sword_draw(duration_s: float, rng: np.random.Generator) -> Signal:
    """An edge singing along the scabbard's mouth, its free length and so its pitch rising, then ringing free (clamped bar)."""
    n = num_samples(max(duration_s, 1.0))
    m = int(n * 0.45)
    speed = curve(m, [(0, 0), (0.3, 0.5), (0.85, 1), (1, 0.2)])
    rasp = scraped(rng, speed, (3100, 4400, 5900, 8200), 0.03, grit_hz=7000)
    rise = bandpass(white(m, rng), 2500, 9000) * np.abs(chirp(curve(m, [(0, 1400), (1, 2600)])))
    free = struck(n, rng, rng.uniform(380, 460), 1.4, CLAMPED_BAR, hardness=1.0, damping=0.25, click=0.3, click_hz=9000)
    out = place(n, [rasp / np.abs(rasp).max() + 0.2 * rise * speed], [0.0])
    return fade_ends(out + 0.5 * place(n, [free], [m / SAMPLE_RATE * 0.95]), 0.01, 0.2)


@sound_model
def arrow(duration_s: float, rng: np.random.Generator) -> Signal:
    """The string's twang, the shaft's rush through the air, a thud and the quiver of a clamped rod (Farnell 2010)."""
    n = num_samples(max(duration_s, 0.9))
    m = num_samples(0.25)
    hz = 105 * (1 + 0.4 * decay(m, 0.1))
    twang = chirp(hz, [1, 0.8, 0.6, 0.4, 0.3]) * decay(m, 0.2, 0.001) + 0.6 * contact(m, rng, 3500)
    k = num_samples(0.4)
    rush = bandpass(white(k, rng), 900, 5200) * curve(k, [(0, 0), (0.35, 1), (0.9, 0.45), (1, 0)])
    quiver = chirp(np.full(n, rng.uniform(28, 34)) * 4, [1, 0.5]) * decay(n, 0.5) * (1 + np.sin(2 * np.pi * 31 * seconds(n)))
    hit = thump(n, rng, 120, 0.12, noise=1.0) + struck(n, rng, 430, 0.08, PLATE, hardness=0.7, click=0.8) + 0.12 * quiver
    return fade_ends(place(n, [0.5 * twang, 0.5 * rush / rush.std() * 0.3, hit], [0.0, 0.05, 0.45]), 0.001, 0.05)


@sound_model
def whip(duration_s: float, rng: np.random.Generator) -> Signal:
    """The thong's rush, rising, then its tip past the speed of sound: an N-wave (Krehl et al. 1998)."""
    n = num_samples(max(duration_s, 0.6))
    m = num_samples(0.28)
    speed = curve(m, [(0, 0.05), (0.7, 0.5), (1, 1)])
    rush = (bandpass(white(m, rng), 300, 1500) * (1 - speed) + bandpass(white(m, rng), 1500, 7000) * speed) * speed**2
    crack = blast(n, rng, 0.00025, 0.09, bright_hz=14000)
    out = place(n, [0.25 * rush / np.abs(rush).max(), crack], [0.0, 0.28])
    return fade_ends(out + 0.2 * place(n, [lowpass(crack, 3000)], [0.36]), 0.005, 0.1)


@sound_model
def gun_reload(duration_s: float, rng: np.random.Generator) -> Signal:
    """Magazine out and in, slide back and let go: steel parts in quick pairs of clicks and scrapes (FoleyAutomatic)."""
    n = num_samples(max(duration_s, 1.2))
    end = n / SAMPLE_RATE
    m = num_samples(0.2)

    def clack(hz: float, level: float) -> Signal:
        body = struck(m, rng, hz * rng.uniform(0.9, 1.1), 0.07, PLATE, hardness=0.95, damping=0.5, click=0.9, click_hz=9000)
        return level * (body + 0.3 * struck(m, rng, hz * 0.4, 0.05, PLATE, hardness=0.6))

    def rasp(length_s: float) -> Signal:
        k = num_samples(length_s)
        noise = scraped(rng, curve(k, [(0, 0), (0.5, 0.8), (1, 0.3)]), (1500, 2900, 4700), 0.015, grit_hz=4000)
        return 0.25 * noise / np.abs(noise).max()

    moments = [(0.02, clack(1200, 0.6)), (0.06, rasp(0.12)), (0.34, rasp(0.08)), (0.4, clack(800, 1.0)), (0.42, clack(1500, 0.5)),
               (0.66, rasp(0.1)), (0.72, clack(1300, 0.7)), (0.82, rasp(0.05)), (0.85, clack(900, 1.0)), (0.87, clack(2100, 0.5))]
    return fade_ends(place(n, [part for _, part in moments], [at * end for at, _ in moments]), 0.002, 0.05)


@sound_model
def bullet_ricochet(duration_s: float, rng: np.random.Generator) -> Signal:
    """The strike on stone, then the tumbling bullet's whine falling as it goes (vortex tone with a flutter, Farnell 2010)."""
    n = num_samples(max(duration_s, 0.9))
    hz = curve(n, [(0, 1), (0.15, 0.86), (0.5, 0.55), (1, 0.38)]) * rng.uniform(2600, 3400)
    flutter = 1 + 0.4 * np.sin(2 * np.pi * curve(n, [(0, 90), (1, 45)]) * seconds(n))
    whine = chirp(hz * (1 + 0.01 * wander(n, rng, 20.0)), [1, 0.4, 0.2]) * flutter * curve(n, [(0, 0.8), (0.1, 1), (1, 0)])
    strike = blast(n, rng, 0.0003, 0.1, bright_hz=12000) + struck(n, rng, 900, 0.06, PLATE, hardness=0.9, click=0.8)
    return fade_ends(strike + 0.3 * whine, 0.0, 0.1)


@sound_model
def rocket_launch(duration_s: float, rng: np.random.Generator) -> Signal:
    """A supersonic jet's low roar with the crackle of its steepened waves, swelling, then drawing away (Ffowcs Williams 1975)."""
    n = num_samples(max(duration_s, 3.0))
    roar = shaped_noise(n, rng, [(22, 2), (60, 5), (160, 3), (500, -2), (1500, -9), (5000, -20), (14000, -38)])
    crackle = np.maximum(lowpass(white(n, rng), 2500), 0) ** 3
    crackle = highpass(crackle, 60)
    roar = roar + 0.5 * crackle / (crackle.std() + 1e-9) * (1 + 0.4 * wander(n, rng, 12.0)).clip(0)
    level = curve(n, [(0, 0), (0.05, 0.6), (0.25, 1), (0.5, 0.9), (1, 0.25)])
    dull = line(n, [(0, 0), (0.5, 0.1), (1, 0.9)])
    return fade_ends(np.tanh(0.6 * (roar * (1 - dull) + 1.5 * lowpass(roar, 500) * dull) * level), 0.01, 0.5)
