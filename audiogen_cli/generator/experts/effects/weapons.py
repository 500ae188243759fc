"""Weapons, explosions and fireworks.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/weapons.yaml`. Out: signals [S].
A blast is a pressure front (Friedlander's wave) that the air, the ground and everything around answer; how far it was
and what stood near decides what is heard.
Sources: Farnell, "Designing Sound" (2010), ch. 49 and 50 (guns, explosions); Maher, "Acoustical characterization of
gunshots" (2007); Friedlander (1946) for blast waves; Krehl et al. (1998) for the whip; Tam (1995) for rocket crackle.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from audiogen_cli.generator.experts.effects import bodies
from audiogen_cli.generator.experts.effects.bodies import BAR, CLAMPED_BAR, contact, echoes, struck, thump
from audiogen_cli.generator.experts.effects.bursts import blast, burst, front
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp, phase_of


@sound_model
def shots(
    duration_s: float,
    rng: np.random.Generator,
    *,
    blasts: Sequence[Mapping[str, Any]],
    apart_s: Sequence[float] = (0.0, 0.0),
    every_s: Sequence[float] = (),
    scattered: int = 0,
    soft_gain: float = 0.8,
    thump: Mapping[str, float] | None = None,
    echo: Mapping[str, Any] | None = None,
) -> Signal:
    """Muzzles and charges going off: blast waves and what the surroundings answer (Friedlander 1946; Maher 2007).

    Args:
        duration_s: while it is fired, in seconds; what rings on is heard to its end.
        rng: of every blast and its time.
        blasts: settings of `bursts.blast` and a `gain`, each after the one before (a bullet's crack, then the report).
        apart_s: how long after, between these two.
        every_s: fired again and again, this far apart (between these two).
        scattered: this many more at any time instead: a string of crackers.
        soft_gain: of the weakest shot of many.
        thump: settings of `bodies.thump` and a `gain`: the ground under a cannon.
        echo: settings of `bodies.echoes`.
    """
    ring_s = max(float(blast_["tail_s"]) for blast_ in blasts)
    n = num_samples(duration_s + (ring_s if every_s or scattered else 0.0))
    m = min(n, num_samples(ring_s + 0.3))
    stock = []
    for _ in range(5 if every_s or scattered else 1):
        one, at = np.zeros(m), 0.0
        for settings in blasts:
            wave = blast(m, rng, **{name: value for name, value in settings.items() if name != "gain"})
            one += place(m, [wave], [at], [settings.get("gain", 1.0)])
            at += rng.uniform(apart_s[0], apart_s[1])
        stock.append(one)
    times = np.array([0.002])
    if every_s:
        times = np.arange(0.002, duration_s, rng.uniform(every_s[0], every_s[1]))
    elif scattered:
        times = np.sort(np.append(times, rng.uniform(0.002, duration_s, scattered)))
    gains = rng.uniform(soft_gain, 1, times.size)
    out = place(n, [stock[k] for k in rng.integers(0, len(stock), times.size)], times, gains)
    if thump:
        out += thump["gain"] * bodies.thump(n, rng, **{name: value for name, value in thump.items() if name != "gain"})
        out = np.tanh(1.3 * out)
    if echo:
        out = bodies.echoes(out, rng, **echo)
    return fade_ends(out, 0.0003, min(0.4, 0.25 * n / SAMPLE_RATE))


@sound_model
def explosion(duration_s: float, rng: np.random.Generator) -> Signal:
    """A blast wave, a rolling low fireball, rubble raining down (Friedlander 1946; Farnell 2010, ch. 50)."""
    n = num_samples(max(duration_s, 3.5))
    middles = np.array([45.0, 90, 180, 350, 700, 1400, 2800, 5600, 11000])
    octave = np.log2(middles / 350)
    levels = np.where(octave < 0, 3.5, -4.0) * octave
    near = burst(n, rng, [*zip(middles, levels, 0.38 * 2.0 ** (-0.3 * octave))], 0.011)
    roll = burst(n, rng, [*zip(middles, levels - octave.clip(0), 4.2 * 2.0 ** (-0.26 * octave.clip(0)))], 0.02)
    roll *= (1 + 0.15 * wander(n, rng, 8)).clip(0.3)
    falling = 120 * curve(n, [(0, 0), (0.2, 1), (0.5, 0.4), (0.9, 0), (1, 0)]).clip(0)
    rubble = bandpass(impulses(n, falling, rng, 18), 300, 5000, order=1)
    out = near + 0.2 * roll + 0.1 * front(n, 0.03) + 0.01 * rubble / (np.abs(rubble).max() + 1e-9)
    return fade_ends(np.tanh(1.8 * out), 0.0005, 0.6)


def _crackle_stars(n: int, rng: np.random.Generator, count: int, spread_s: float, start_s: float) -> Signal:
    stock = []
    for _ in range(8):
        m = num_samples(0.06)
        pop = bandpass(white(m, rng), 900, 9000, order=1) * decay(m, 0.035)
        stock.append(pop / np.abs(pop).max())
    times = start_s + rng.gamma(2.0, spread_s / 2, count)
    return place(n, [stock[k] for k in rng.integers(0, 8, count)], times, db(rng.uniform(-16, 0, count)))


@sound_model
def fireworks(duration_s: float, rng: np.random.Generator) -> Signal:
    """Rockets rushing up, aerial bursts heard from afar with their echoes, crackling stars (Farnell ch. 50)."""
    n = num_samples(duration_s)
    out = np.zeros(n)
    shots = np.append(poisson_times(duration_s, 0.75, rng), 0.05 * duration_s)
    burst = [
        blast(num_samples(1.4), rng, length_s=length, near_s=0.3, tail_s=1.2, tail_db=-16, tilt_db=tilt)
        for length, tilt in ((0.01, 0.0), (0.016, -2.0), (0.006, 2.0))
    ]
    burst = [echoes(one, rng, [0.14, 0.33], 0.35, 1500) for one in burst]
    for at in shots:
        near = rng.uniform(0.35, 1.0)
        if rng.random() < 0.4:
            m = num_samples(rng.uniform(0.6, 1.0))
            rise = np.linspace(0, 1, m)
            whistle = chirp(1700 + 1500 * rise**0.6 + 40 * wander(m, rng, 20), [1, 0.2]) * np.sin(np.pi * rise) ** 2
            hiss = bandpass(white(m, rng), 1500, 8000, order=1) * np.sin(np.pi * rise) ** 2
            out += place(n, [0.12 * whistle + 0.1 * hiss], [max(at - m / SAMPLE_RATE - 0.1, 0)], [near])
        out += place(n, [burst[int(rng.integers(0, 3))]], [at], [near])
        if rng.random() < 0.5:
            out += 0.22 * near * _crackle_stars(n, rng, int(rng.integers(40, 90)), 0.7, at + 0.35)
    return fade_ends(out, 0.001, 0.05)


@sound_model
def sword_clash(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two steel blades meeting, ringing in their bending modes, then sliding along each other (Rossing 1998)."""
    n = num_samples(max(duration_s, 1.0))
    out = np.zeros(n)
    for hz in (rng.uniform(760, 900), rng.uniform(1050, 1250)):
        ratios = np.repeat(np.array([*BAR, 25.0]), 2) * np.tile([1.0, 1.011], 7)
        out += struck(n, rng, hz, 0.9, ratios, hardness=0.98, damping=0.35, detune=0.01, click=0.6, click_hz=14000)
    m = num_samples(0.3)
    slide = formant_filter(
        white(m, rng),
        [
            (curve(m, [(0, 3200), (1, 6500)]), np.full(m, 250.0), 0.0),
            (curve(m, [(0, 5200), (1, 9800)]), np.full(m, 400.0), -2.0),
        ],
        parallel=True,
    )
    slide *= curve(m, [(0, 0), (0.3, 1), (1, 0)]) / np.abs(slide).max()
    return fade_ends(out + place(n, [slide], [0.05], [0.3]), 0.0003, 0.15)


@sound_model
def arrow(duration_s: float, rng: np.random.Generator) -> Signal:
    """The string's twang, the shaft fluttering past, a thud and its quiver (string, Aeolian noise, clamped bar)."""
    n = num_samples(max(duration_s, 1.0))
    m = num_samples(0.25)
    twang = modes(
        m, np.array([145, 292, 441, 590, 880]), [0.16, 0.14, 0.1, 0.08, 0.05], [1, 0.7, 0.5, 0.4, 0.2]
    ) + 0.6 * contact(m, rng, 4000)
    f = num_samples(0.42)
    speed = curve(f, [(0, 0.2), (0.5, 1), (1, 0.4)])
    flight = formant_filter(
        white(f, rng),
        [(1800 + 1500 * speed, 700 + 0 * speed, 0.0), (4200 + 1500 * speed, 1800 + 0 * speed, -4.0)],
        parallel=True,
    )
    flight *= speed**2 * (1 + 0.4 * np.sin(2 * np.pi * 55 * seconds(f)))
    hit = thump(num_samples(0.2), rng, 170, 0.1, noise=1.0) + 0.6 * contact(num_samples(0.2), rng, 5000)
    quiver = struck(num_samples(0.45), rng, 62, 0.4, CLAMPED_BAR, hardness=0.5, damping=0.4, click=0.0)
    return fade_ends(
        place(n, [twang, 0.8 * flight / np.abs(flight).max(), hit, 0.5 * quiver], [0.0, 0.04, 0.45, 0.46]), 0.0005, 0.08
    )


@sound_model
def whip(duration_s: float, rng: np.random.Generator) -> Signal:
    """The rising rush of the thong and the sonic boom of its tip (Krehl, Engemann and Schwenkel 1998)."""
    n = num_samples(max(duration_s, 0.7))
    m = num_samples(0.3)
    speed = np.linspace(0, 1, m) ** 2
    rush = formant_filter(white(m, rng), [(500 + 2600 * speed, 500 + 900 * speed, 0.0)], parallel=True) * speed
    crack = blast(num_samples(0.3), rng, length_s=0.0006, near_s=0.09, tail_s=0.3, tilt_db=4.5)
    return fade_ends(
        place(n, [0.35 * rush / np.abs(rush).max(), crack, 0.25 * lowpass(crack, 4000)], [0.0, 0.3, 0.36]), 0.005, 0.1
    )


@sound_model
def bullet_ricochet(duration_s: float, rng: np.random.Generator) -> Signal:
    """The report, the strike on stone right after, the tumbling bullet's rush falling as it flies off.

    Maher 2007 for report and strike; Doppler and Aeolian noise for the flight.
    """
    n = num_samples(max(duration_s, 1.2))
    report = blast(n, rng, length_s=0.0006, near_s=0.106, tail_s=0.57)
    strike = blast(num_samples(0.3), rng, length_s=0.0003, near_s=0.06, tail_s=0.2, tilt_db=5.0)
    m = n - num_samples(0.15)
    hz = 584 + 1416 * np.exp(-seconds(m) / 0.38)
    spin = 1 + 0.15 * np.sin(phase_of(137 * np.exp(-seconds(m) / 0.8)))
    rush = formant_filter(white(m, rng), [(hz, 0.2 * hz, 0.0)], parallel=True)
    tone = chirp(hz * (1 + 0.01 * wander(m, rng, 30)), [1, 0.5, 0.3, 0.15])
    fly = mix([rush, tone], [1.0, 0.2]) * spin * curve(m, [(0, 0), (0.06, 1), (0.4, 0.4), (1, 0)])
    out = place(n, [report, strike, fly / np.abs(fly).max()], [0.005, 0.075, 0.075], [0.44, 0.85, 0.21])
    return fade_ends(out, 0.0003, 0.1)


@sound_model
def rocket_launch(duration_s: float, rng: np.random.Generator) -> Signal:
    """A supersonic exhaust: ignition, a roar deep below it, crackle of steep fronts, slowly going away.

    Tam 1995 for the crackle; Farnell ch. 48.
    """
    n = num_samples(max(duration_s, 4.0))
    swell = curve(n, [(0, 0), (0.04, 0.8), (0.3, 1), (0.6, 1), (0.85, 0.8), (1, 0)]).clip(0)
    roar = shaped_noise(n, rng, [(20, -6), (40, 0), (80, -7), (320, -21), (1280, -35), (5120, -49), (20000, -70)])
    steep = lowpass(white(n, rng), 1220)
    steep = np.maximum(steep / steep.std(), 0) ** 4
    crackle = highpass(steep * (1 + 0.6 * wander(n, rng, 12)).clip(0), 100)
    out = mix([roar * (1 + 0.24 * wander(n, rng, 7.5)), crackle], [1.0, 1.5]) * swell
    ignition = blast(num_samples(1.5), rng, length_s=0.02, near_s=0.5, tail_s=1.5, tail_db=-12, tilt_db=0.0)
    loud = np.tanh(2.0 * (out + 0.9 * place(n, [ignition], [0.05])))
    return fade_ends(highpass(loud, 20), 0.02, 0.5)  # fronts of one sign carry direct current
