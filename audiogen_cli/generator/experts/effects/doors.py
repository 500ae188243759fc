"""Doors, drawers, gates and locks: panels, latches, hinges and runners.

Each model: `(duration_s, rng, **settings) -> [S]`, registered by its name for the entries of
`knowledge/sounds/doors.yaml`. A door is a strongly damped plate: above its lowest modes (60 to 400 Hz) it answers
a blow as falling, short noise; what makes it a door is what follows: latch, hinges, rattle.
Sources: Farnell, "Designing Sound" (2010), ch. 31-33 (creaking door, stick-slip); van den Doel et al.,
"FoleyAutomatic" (2001); Lyon and DeJong, "Statistical Energy Analysis" (1995), for modes as noise;
Rossing, "Science of Percussion Instruments" (2000) for chime bars.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import (
    BAR,
    PLATE,
    contact,
    rattle,
    scraped,
    stick_slip,
    struck,
    thump,
)
from audiogen_cli.generator.experts.effects.bursts import burst
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    Signal,
    append_at,
    curve,
    db,
    decay,
    fade_ends,
    highpass,
    line,
    modes,
    num_samples,
    place,
    wander,
)


def _latch(rng: np.random.Generator, level: float = 1.0) -> Signal:
    """A spring bolt: two small steel clicks some 40 ms apart, heard through the wood it sits in."""
    n = num_samples(0.12)
    steel = burst(n, rng, [(250, -16, 0.05), (1000, -6, 0.04), (2600, 0, 0.035), (6000, -5, 0.02), (12000, -14, 0.01)])
    steel += struck(n, rng, rng.uniform(1700, 2300), 0.03, (1, 1.7, 2.6, 3.9), hardness=0.9, click=0.0)
    return level * place(n, [0.6 * steel, 0.35 * steel], [0.0, rng.uniform(0.03, 0.05)])


def _leaf(rng: np.random.Generator, force: float) -> Signal:
    """The leaf meeting its frame; the harder, the brighter and the longer. Peak near 1."""
    n = num_samples(0.6 + 0.6 * force)
    fall = -8.0 + 2.2 * force  # dB an octave above the panel's first modes
    middles = np.array([60.0, 120, 250, 500, 1000, 2000, 4000, 8000])
    octave = np.log2(middles / 250) * rng.uniform(0.95, 1.05)
    levels = np.where(octave < 0, -0.8, fall) * octave
    wood = burst(n, rng, [*zip(middles, levels, (0.07 + 0.05 * force) * 2.0 ** (-0.45 * octave))], 0.001)
    house = burst(n, rng, [*zip(middles, levels, (0.25 + 0.3 * force) * 2.0 ** (-0.15 * octave))], 0.01)
    house *= float(db(-28 + 10 * force))
    return wood + house + 0.5 * thump(n, rng, 70 * rng.uniform(0.9, 1.12), 0.15 + 0.1 * force)


@sound_model
def door_slam(duration_s: float, rng: np.random.Generator) -> Signal:
    """A door thrown into its frame, its latch at once, the house answering, loose parts rattling (Lyon)."""
    n = num_samples(max(duration_s, 1.0))
    t = line(n, [(0, 1), (0.35, 0.12), (1, 0)])
    loose = rattle(n, rng, 90 * t, (900, 1700, 2600), 0.03) * decay(n, 0.5)
    parts = [_leaf(rng, 1.0), _latch(rng, 0.3), 0.3 * _leaf(rng, 0.4)]
    blow = np.tanh(place(n, parts, [0.0, 0.006, rng.uniform(0.09, 0.14)]))
    return np.asarray(blow + 0.04 * loose / max(float(loose.std()) * 3, 1e-9))


@sound_model
def door_close(duration_s: float, rng: np.random.Generator) -> Signal:
    """A door pushed to: a breath of hinge, a soft leaf, then the latch springing (modes as noise, Lyon)."""
    n = num_samples(max(duration_s, 0.7))
    at = 0.12
    swing = scraped(rng, curve(num_samples(0.14), [(0, 0), (0.6, 0.4), (1, 0.9)]), (310, 780), 0.02) * 0.01
    parts = [swing, _leaf(rng, 0.5), _latch(rng, 0.35), _latch(rng, 0.2), 0.3 * _leaf(rng, 0.2)]
    return place(n, parts, [0.0, at, at + 0.015, at + 0.11, at + 0.13])


@sound_model
def door_open(duration_s: float, rng: np.random.Generator) -> Signal:
    """The handle turned, the bolt drawn, the leaf pulled from its frame, a little creak (Lyon; stick-slip)."""
    n = num_samples(max(duration_s, 1.1))
    m = num_samples(0.45)
    creak = stick_slip(rng, line(m, [(0, 60), (1, 140)]), (420, 870, 1500), 0.02) * curve(m, [(0, 0), (0.4, 1), (1, 0)])
    creak *= 0.04 / max(float(np.abs(creak).max()), 1e-9)
    parts = [_latch(rng, 0.4), 0.5 * _leaf(rng, 0.2), _latch(rng, 0.5), _leaf(rng, 0.35), creak]
    return fade_ends(place(n, parts, [0.0, 0.015, 0.16, 0.24, 0.42]), 0.0003, 0.05)


@sound_model
def door_creak(duration_s: float, rng: np.random.Generator) -> Signal:
    """Stick and slip in a hinge, sped up and slowed by the hand, through a wooden panel (Farnell 2010, ch. 32)."""
    n = num_samples(max(duration_s, 1.0))
    top = rng.uniform(260, 420)
    path = curve(n, [(0, 45), (0.25, top * 0.5), (0.5, top), (0.72, top * 0.75), (1, 50)])
    hz = np.maximum(path * (1 + 0.22 * wander(n, rng, 5.0)), 18)
    wood = [hz * rng.uniform(0.97, 1.03) for hz in (450, 812, 1180, 1740, 2510, 3350)]
    out = stick_slip(rng, hz, wood, 0.045, unevenness=0.05)
    swell = curve(n, [(0, 0), (0.12, 0.7), (0.5, 1), (0.85, 0.7), (1, 0)]) * (1 + 0.35 * wander(n, rng, 4.0)).clip(0.15)
    return fade_ends(highpass(out * swell, 60))


@sound_model
def door_knock(duration_s: float, rng: np.random.Generator) -> Signal:
    """One knuckle on a hollow door: dense wooden modes dying in a fifth of a second, a few standing out (Lyon)."""
    n = num_samples(max(duration_s, 0.35))
    middles = np.array([60.0, 120, 250, 500, 1000, 2000, 4000, 8000])
    octave = np.log2(middles / 250) + rng.uniform(-0.1, 0.1)
    levels = np.where(octave < 0, -2.9, -8.2) * octave
    wood = burst(n, rng, [*zip(middles, levels, 0.2 * 2.0 ** (-0.13 * octave))], 0.0005)
    hz = np.array([128, 205, 296, 410, 577, 760]) * rng.uniform(0.97, 1.04)
    panel = modes(n, hz, 0.16 * np.linspace(1, 0.5, 6), rng.uniform(0.5, 1, 6) / 6, rng)
    return fade_ends(wood + 0.37 * panel + 0.06 * contact(n, rng, 1400, 0.003), 0.0003, 0.03)


@sound_model
def key_in_lock(duration_s: float, rng: np.random.Generator) -> Signal:
    """A bunch of keys shaken (many small brass bars meeting, PhISEM), pins clicking past, the bolt turning over."""
    n = num_samples(max(duration_s, 1.6))
    hand = curve(n, [(0, 0.2), (0.15, 1), (0.4, 0.5), (0.6, 0.35), (1, 0.2)])
    shake = 38 * hand * (1 + 0.8 * wander(n, rng, 6.0)).clip(0)
    keys = [hz * rng.uniform(0.92, 1.08) for hz in (2950, 3720, 4410, 5230, 6120, 7350, 8600, 10200)]
    jangle = rattle(n, rng, shake, keys, 0.09, click_hz=14000)
    jangle += rattle(n, rng, shake * 0.8, [1.13 * hz for hz in keys], 0.05, click_hz=14000)
    pins = [_latch(rng, g) for g in (0.2, 0.25, 0.22, 0.3)]
    bolt = [_latch(rng, 0.9), 0.16 * _leaf(rng, 0.3)]
    end = n / 48000
    jangle /= max(float(np.abs(jangle).max()), 1e-9)
    return jangle + 0.7 * place(
        n, pins + bolt, [0.50 * end, 0.53 * end, 0.555 * end, 0.58 * end, 0.78 * end, 0.785 * end]
    )


@sound_model
def drawer(duration_s: float, rng: np.random.Generator) -> Signal:
    """A drawer drawn along wooden runners and pushed home: friction, things shifting, its front knocking (Farnell)."""
    n = num_samples(max(duration_s, 1.4))
    end = n / 48000
    speed = line(n, [(0, 0), (0.06, 0.9), (0.3, 0.7), (0.36, 0), (0.55, 0), (0.62, 0.8), (0.86, 1), (0.88, 0), (1, 0)])
    run = scraped(rng, speed, (180, 320, 560, 940, 1500), 0.02, grit_hz=1400)
    things = rattle(n, rng, 25 * speed + 50 * (np.abs(np.gradient(speed)) > 2e-4), (1300, 2100, 3600, 5200), 0.025)
    knock = [0.5 * _leaf(rng, 0.3), _leaf(rng, 0.5), 0.2 * _latch(rng)]
    out = 0.2 * run / max(float(np.abs(run).max()), 1e-9) + 0.1 * things / max(float(np.abs(things).max()), 1e-9)
    return out + place(n, knock, [0.36 * end, 0.875 * end, 0.885 * end])


@sound_model
def metal_gate(duration_s: float, rng: np.random.Generator) -> Signal:
    """Rusty hinges in stick and slip, then iron bars struck together, ringing long (Fletcher and Rossing 1998)."""
    n = num_samples(max(duration_s, 2.0))
    m = num_samples(1.0)
    hz = curve(m, [(0, 120), (0.5, 420), (1, 300)]) * (1 + 0.15 * wander(m, rng, 6.0))
    creak = stick_slip(rng, hz, (640, 1330, 2140, 3020), 0.08, unevenness=0.06) * curve(m, [(0, 0), (0.5, 1), (1, 0.3)])
    creak *= 0.35 / max(float(np.abs(creak).max()), 1e-9)
    clangs = []
    for _ in range(3):
        body = num_samples(1.8)
        bar = struck(body, rng, rng.uniform(150, 260), 1.4, BAR, hardness=0.85, damping=0.35, click=0.5, click_hz=5000)
        clangs.append(bar + struck(body, rng, rng.uniform(95, 130), 0.6, PLATE, hardness=0.8, damping=0.4, click=0.3))
    clangs[1] *= 0.45
    clangs[2] *= 0.25
    return fade_ends(place(n, [creak, *clangs], [0.0, 0.95, 1.07, 1.16]), 0.005, 0.1)


@sound_model
def sliding_door(duration_s: float, rng: np.random.Generator) -> Signal:
    """Rollers on a metal track: a rumble of small collisions following the speed, then the stop (Rath 2005)."""
    n = num_samples(max(duration_s, 1.2))
    end = n / 48000
    speed = curve(n, [(0, 0), (0.15, 0.8), (0.5, 1), (0.72, 0.9), (0.74, 0.0), (1, 0)]).clip(0)
    run = scraped(rng, speed, (140, 260, 430, 820, 1600, 2600), 0.03, grit_hz=1800, roughness=0.8)
    joints = rattle(n, rng, 55 * speed, (240, 520, 1150, 2300), 0.03)
    out = 0.25 * run / max(float(np.abs(run).max()), 1e-9) + 0.12 * joints / max(float(np.abs(joints).max()), 1e-9)
    return out + place(n, [_leaf(rng, 0.55), 0.3 * _latch(rng)], [0.735 * end, 0.75 * end])


@sound_model
def elevator_ding(duration_s: float, rng: np.random.Generator) -> Signal:
    """A struck bell plate, then motor doors rolling apart (Rossing 2000; Rath and Rocchesso 2005)."""
    hz = rng.uniform(1180, 1400)
    n = num_samples(1.8)
    ding = modes(n, [hz, hz * 2.01, hz * 2.76, hz * 5.4], [1.6, 0.8, 0.5, 0.2], [1, 0.18, 0.2, 0.12])
    m = num_samples(max(duration_s - 1.0, 1.2))
    speed = curve(m, [(0, 0), (0.2, 0.8), (0.7, 0.8), (1, 0)])
    doors = highpass(scraped(rng, speed, (110, 230, 480, 1100), 0.03, grit_hz=1500, roughness=0.7), 90)
    clicks = rattle(m, rng, 20 * speed, (480, 1200), 0.02)
    doors = 0.2 * doors / np.abs(doors).max() + 0.1 * clicks / max(float(np.abs(clicks).max()), 1e-9)
    return fade_ends(append_at([(0.0, ding + 0.05 * contact(n, rng, 6000)), (0.9, doors)]), 0.001, 0.05)
