"""Weather: rain on what it falls on, wind and what it moves, thunder.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/weather.yaml`.
Out: beds of exactly that length; thunder rings on until the last echo. Distance, space and level are the scene's.
Sources: Farnell, "Designing Sound" (2010), chapters on rain, thunder, wind; Cook, "Physically Informed
Sonic Modeling" (PhISEM, 1997) for the particles; Ribner and Roy, "Acoustics of thunder" (1982).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import decay, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, convolve, highpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter, moving_resonance
from audiogen_cli.generator.experts.effects.synthesis.grains import impulses, mix, place, poisson_times
from audiogen_cli.generator.experts.effects.synthesis.noise import shape, shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import Signal, db, num_samples, seconds

_SOUND_M_S = 343.0
_AIR = ((125, 0.4), (250, 1.1), (500, 2.8), (1000, 5.0), (2000, 9.0), (4000, 23.0), (8000, 77.0))
"""What a km of air takes at so many Hz, in dB (ISO 9613-1, 20 degrees)."""


@sound_model
def rain(duration_s: float, rng: np.random.Generator, intensity: float = 0.5) -> Signal:
    """Rain on open ground: far drops merged into a hiss, nearer ones a particle cloud, the nearest heard one by one.

    `intensity` 0 to 1. Particles after Cook's PhISEM; the layers by distance after Farnell, "Designing Sound", rain.
    """
    tilt = 5 * intensity  # heavy rain splashes: more body below 1 kHz
    hiss: list[tuple[float, float]] = [
        (100, -30 + tilt),
        (400, -16 + tilt),
        (1200, -5.0),
        (4000, 0.0),
        (9000, -3.0),
        (18000, -12.0),
    ]
    return _fall(
        duration_s,
        rng,
        [_ground_drop(rng) for _ in range(40)],
        near_hz=18 + 65 * intensity,
        near_level=0.6,
        cloud_hz=150 + 1200 * intensity,
        cloud_level=1.1,  # the patter of the middle distance carries through traffic and talk; near drops do not
        cloud_band=(400, 4000),  # drops patter; brighter ones crackle like a pan
        hiss=hiss,
        hiss_level=0.2 + 0.25 * intensity,
    )


def _fall(
    duration_s: float,
    rng: np.random.Generator,
    grains: list[Signal],
    *,
    near_hz: float,
    near_level: float,
    cloud_hz: float,
    cloud_level: float,
    hiss: list[tuple[float, float]],
    hiss_level: float,
    cloud_band: tuple[float, float] = (900, 7000),
    gust_db: float = 1.5,
) -> Signal:
    """Whatever falls in drops: the nearest as `grains`, a cloud of filtered particles, and the hiss of the far ones."""
    n = num_samples(duration_s)
    gust = db(gust_db * wander(n, rng, 0.5))
    far = shaped_noise(n, rng, hiss)
    cloud = bandpass(impulses(n, cloud_hz * gust, rng, spread_db=16), *cloud_band, order=1)
    starts = poisson_times(duration_s, near_hz, rng)
    levels = db(np.clip(rng.normal(-4, 5, starts.size), -14, 4))
    near = place(n, [grains[i] for i in rng.integers(0, len(grains), starts.size)], starts, levels)
    return fade_ends(gust * mix([far, cloud, near], [hiss_level, cloud_level, near_level]), 0.03, 0.03)


def _ground_drop(rng: np.random.Generator) -> Signal:
    """A drop on stone or leaf (a tick), or in a puddle, where the air it drags down sings (Minnaert's bubble)."""
    n = num_samples(0.05)
    tick = highpass(white(n, rng), rng.uniform(800, 3000)) * decay(n, rng.uniform(0.006, 0.025))
    if rng.random() < 0.4:
        tick = 0.4 * tick + modes(n, [rng.uniform(1500, 5000)], [rng.uniform(0.015, 0.04)], [1.0])
    tick /= np.abs(tick).max()
    return fade_ends(tick, 0.0003, 0.005)


def _plate_drop(rng: np.random.Generator, hz: Signal, ring_s: float, tick_level: float) -> Signal:
    """A drop on a thin plate: a tick and a few of the plate's modes, others at every place it can hit."""
    n = num_samples(0.12)
    hit = rng.choice(hz, 5, replace=False) * rng.uniform(0.98, 1.02, 5)
    body = modes(n, hit, ring_s * (1000 / hit) ** 0.4, rng.uniform(0.3, 1, 5), rng)
    tick = highpass(white(n, rng), 1500) * decay(n, 0.008)
    return fade_ends(body / np.abs(body).max() + tick_level * tick, 0.0003, 0.01)


@sound_model
def rain_tin_roof(duration_s: float, rng: np.random.Generator, intensity: float = 0.6) -> Signal:
    """Rain on sheet metal: every drop is a blow that sets some of the crowded modes of a thin plate ringing.

    Modal synthesis after van den Doel and Pai 1998, driven by particles (Cook's PhISEM 1997).
    """
    sheet = np.geomspace(350, 6500, 40) * rng.uniform(0.95, 1.05, 40)
    return _fall(
        duration_s,
        rng,
        [_plate_drop(rng, sheet, 0.028, 0.9) for _ in range(40)],
        near_hz=40 + 120 * intensity,
        near_level=1.0,
        cloud_hz=300 + 900 * intensity,
        cloud_level=0.8,
        cloud_band=(600, 6000),
        hiss=[(100, -24), (400, -10), (1200, 0), (4000, -2), (9000, -8), (18000, -18)],
        hiss_level=0.3,
    )


@sound_model
def rain_window(duration_s: float, rng: np.random.Generator, intensity: float = 0.5) -> Signal:
    """Rain against a pane: taps of short glass modes, in gusts, over the rain outside as the glass lets it through.

    Modal synthesis after van den Doel and Pai 1998, driven by particles (Cook's PhISEM 1997).
    """
    pane = np.geomspace(500, 6000, 24) * rng.uniform(0.93, 1.07, 24)
    return _fall(
        duration_s,
        rng,
        [_plate_drop(rng, pane, 0.018, 0.9) for _ in range(40)],
        near_hz=20 + 50 * intensity,
        near_level=0.9,
        cloud_hz=200 + 800 * intensity,
        cloud_level=0.7,
        cloud_band=(800, 6000),
        gust_db=3.0,
        hiss=[(80, -14), (300, -4), (900, 0), (2500, -4), (6000, -10), (16000, -26)],
        hiss_level=0.35,
    )


@sound_model
def hail(duration_s: float, rng: np.random.Generator, intensity: float = 0.6) -> Signal:
    """Hail: hard balls of many sizes, each bouncing a few times closer and weaker, over a clatter of small ones.

    Bouncing after Farnell, "Designing Sound"; the ground as modes (van den Doel and Pai 1998); particles after Cook.
    """
    stone = np.geomspace(700, 9000, 40) * rng.uniform(0.95, 1.05, 40)
    grains: list[Signal] = []
    for _ in range(40):
        gap, bounces = rng.uniform(0.04, 0.1), [0.0]
        for _ in range(3):
            bounces.append(bounces[-1] + gap)
            gap *= 0.6
        knock = _plate_drop(rng, stone, 0.014, 1.2)
        grains.append(place(num_samples(0.4), [knock] * 4, bounces, db(np.array([0, -8, -14, -20]))))
    return _fall(
        duration_s,
        rng,
        grains,
        near_hz=25 + 60 * intensity,
        near_level=1.0,
        cloud_hz=300 + 1200 * intensity,
        cloud_level=0.8,
        cloud_band=(1500, 9000),
        hiss_level=0.25,
        hiss=[(200, -25), (800, -10), (2500, -2), (5000, 0), (12000, -6)],
    )


@sound_model
def thunder(duration_s: float, rng: np.random.Generator, distance_km: float = 0.5) -> Signal:
    """Thunder: N-shaped shocks from every piece of a crooked channel, arriving one after another, then hills echoing.

    Source: Ribner and Roy 1982 (the channel as a random walk of sound sources); Few 1969 for the N-waves' length.
    """
    n = num_samples(duration_s)
    steps = rng.normal(0, 1, (870, 3)) * (10, 10, 7)
    steps[:, 2] = np.abs(steps[:, 2])
    channel = np.cumsum(steps, axis=0) + np.array([distance_km * 1000, 0, 0])
    for _ in range(3):  # side branches
        root = rng.integers(100, 800)
        branch = channel[root] + np.cumsum(rng.normal(0, 14, (160, 3)), axis=0)
        channel = np.vstack((channel, branch))
    radius = np.linalg.norm(channel, axis=1)
    arrival = (radius - radius.min()) / _SOUND_M_S * min(1.0, duration_s / 6) + 0.028
    strength = db(rng.normal(0, 6, radius.size)) * (radius.min() / radius) ** 1.2
    shocks = np.zeros(n)
    for length_s, loud in ((0.0033, 1.1), (0.01, 1.6), (0.023, 2.0)):  # pieces of different energy: longer N-waves
        pick = rng.random(radius.size) < 0.4
        wave = loud * np.linspace(1, -1, num_samples(length_s))
        shocks += place(n, [wave] * int(pick.sum()), arrival[pick], strength[pick])
    shocks = shape(shocks, [(hz, -lost * distance_km) for hz, lost in _AIR])
    direct = shocks * decay(n, duration_s * 0.73)
    hills = shaped_noise(n, rng, [(11, -8), (80, 0), (180, 2.5), (660, -8), (1900, -20), (6700, -51)]) * decay(n, 3.5)
    hills *= np.minimum(seconds(n) / (0.2 * distance_km), 1)  # the farther, the slower it swells: no drum's beginning
    rumble = highpass(convolve(shocks, hills), 21) * db(3.6 * wander(n, rng, 1.1) + 4.2 * wander(n, rng, 6.6))
    nearness = 1.3 / (0.5 + distance_km)  # near thunder saturates ear and air alike, far thunder swells and sinks
    out = np.tanh(nearness * mix([direct, rumble], [0.3, 0.91 + 0.27 * distance_km]))
    return fade_ends(out, 0.0044, 0.37 * duration_s)


@sound_model
def thunderstorm(duration_s: float, rng: np.random.Generator) -> Signal:
    """Heavy rain and gusts (Farnell) with thunder near and far about every five seconds (Ribner and Roy 1982)."""
    n = num_samples(duration_s)
    starts, claps = [], []
    at = rng.uniform(0.2, 0.12 * duration_s + 0.3)
    while at < duration_s - 0.5:
        starts.append(at)
        clap = thunder(6.0, rng, distance_km=float(rng.choice([0.4, 0.8, 1.6])))
        claps.append(clap / np.abs(clap).max())
        at += rng.uniform(3.5, 6.5)
    gale = shaped_noise(n, rng, [(20, -12), (60, 0), (300, -2), (700, -6), (2500, -20), (8000, -40)]) * _gusts(n, rng)
    return fade_ends(mix([rain(duration_s, rng, intensity=0.9), gale], [0.05, 0.03]) + place(n, claps, starts))


@sound_model
def wind(duration_s: float, rng: np.random.Generator, strength: float = 0.5) -> Signal:
    """Wind in the open: turbulence whose bands swell with the gusts, the high ones later and more (Farnell, wind)."""
    n = num_samples(duration_s)
    gust = _gusts(n, rng)
    low = shaped_noise(n, rng, [(20, -12), (60, 0), (200, -3), (500, -14), (2000, -40)])
    mid = shaped_noise(n, rng, [(100, -20), (300, 0), (700, -3), (1500, -16), (6000, -45)])
    high = shaped_noise(n, rng, [(300, -30), (1200, -2), (2500, -4), (8000, -24), (16000, -50)])
    whistle = moving_resonance(white(n, rng), 380 + 260 * gust, 9.0)
    whistle /= whistle.std()
    bands = low * gust + mid * 0.6 * gust**1.5 + high * 0.22 * strength * gust**2.2
    return fade_ends(bands + whistle * 0.5 * strength * gust**2, 0.05, 0.05)


def _gusts(n: int, rng: np.random.Generator) -> Signal:
    """Wind speed against its mean: slow swells, quicker gusts, never still."""
    speed = 1 + 0.35 * wander(n, rng, 0.25) + 0.2 * wander(n, rng, 0.9) + 0.08 * wander(n, rng, 4.0)
    return np.clip(speed, 0.25, 2.5)


@sound_model
def wind_howling(duration_s: float, rng: np.random.Generator) -> Signal:
    """Wind in gaps and wires: each sheds vortices at a pitch that follows the gusts (Aeolian tones, Strouhal 1878).

    Farnell, "Designing Sound", wind: narrow resonances over the plain wind.
    """
    n = num_samples(duration_s)
    gust = _gusts(n, rng)
    return fade_ends(mix([_howls(gust, rng), wind(duration_s, rng, strength=0.8)], [0.8, 0.8]), 0.05, 0.05)


def _howls(gust: Signal, rng: np.random.Generator) -> Signal:
    """Three gaps that whistle, each at a pitch of its own."""
    own = np.clip(gust + 0.2 * wander(gust.size, rng, 0.5), 0.2, 2.5)
    gaps = [pitch * rng.uniform(0.85, 1.15) * (0.55 + 0.45 * own) for pitch in (310.0, 470.0, 720.0)]
    howls = formant_filter(
        white(gust.size, rng), [(hz, hz / 28, fall) for hz, fall in zip(gaps, (0, -2, -4))], parallel=True
    )
    return howls * own**2.2


@sound_model
def blizzard(duration_s: float, rng: np.random.Generator) -> Signal:
    """Howling wind with ice grains hissing past: Farnell's wind, Cook's particles."""
    n = num_samples(duration_s)
    gust = _gusts(n, rng)
    snow = shaped_noise(n, rng, [(500, -30), (2500, -6), (6000, 0), (12000, -8)]) * gust**2
    storm = shaped_noise(n, rng, [(30, -6), (120, 0), (500, -4), (1500, -14), (6000, -36)]) * gust
    return fade_ends(mix([storm, snow, _howls(gust, rng)], [1.0, 0.15, 0.45]), 0.05, 0.05)


@sound_model
def leaves_rustling(duration_s: float, rng: np.random.Generator) -> Signal:
    """Leaves: countless small collisions, as many as the gust is strong, each a dry tick of a thin stiff sheet.

    Cook's PhISEM with the collision rate following the wind.
    """
    n = num_samples(duration_s)
    gust = np.clip(_gusts(n, rng) + 0.35 * wander(n, rng, 1.6), 0.1, 2.5)
    ticks = impulses(n, 250 * gust**3, rng, spread_db=16)
    dry = bandpass(ticks, 2200, 9000, order=1) + 0.5 * bandpass(ticks, 900, 2500, order=1)
    brush = shaped_noise(n, rng, [(300, -28), (1200, -10), (3500, 0), (7000, -2), (14000, -14)]) * gust**2.5
    air = shaped_noise(n, rng, [(50, -6), (200, 0), (800, -14), (4000, -40)]) * gust
    return fade_ends(mix([dry, brush, air], [0.8, 0.25, 0.3]), 0.03, 0.03)
