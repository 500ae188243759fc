"""At the desk: keys, paper, printers, tills, cards and dice.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/office.yaml`. Out: signals [S].
Typing comes in bursts of words; every key has its own place on the board and so its own tone.
Sources: Farnell, "Designing Sound" (2010), ch. 29 to 40 (switches, motors, friction); van den Doel, Kry and Pai,
"FoleyAutomatic" (2001); Cook, PhISEM (1997); Dhakal et al., "Observations on typing from 136 million
keystrokes" (2018), for the pace: about 240 ms a key, less within words, more between them.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import PLATE, contact, knocked, rattle, struck, thump
from audiogen_cli.generator.experts.effects.household import snap, spring
from audiogen_cli.generator.experts.effects.impacts import floor_blow
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE,
    Signal,
    bandpass,
    chirp,
    curve,
    decay,
    fade_ends,
    formant_filter,
    highpass,
    impulses,
    lowpass,
    mix,
    modes,
    num_samples,
    place,
    seconds,
    wander,
    white,
)


def _strokes(duration_s: float, rng: np.random.Generator, key_s: float) -> Signal:
    """When keys are struck: words of two to nine keys, quick within and slower between."""
    times, at = [], 0.03
    while at < duration_s:
        for _ in range(int(rng.integers(2, 10))):
            times.append(at)
            at += key_s * rng.lognormal(-0.1, 0.3)
        at += key_s * rng.uniform(0.6, 2.2)
    return np.array([time for time in times if time < duration_s])


def _key(rng: np.random.Generator) -> Signal:
    """One key: the finger's tap, the bottom of its travel, and its coming up again a little later, softer."""
    m = num_samples(0.18)
    tune = rng.uniform(0.9, 1.12)
    down = knocked(
        m,
        rng,
        [(208 * tune, -4.2, 0.047), (373 * tune, -9, 0.016), (3260 * tune, -9, 0.069)],
        hz=969 * tune,
        t60_s=0.067,
        level=0.13,
        spread=2.1,
        count=2,
        click=0.84,
    )
    return fade_ends(place(m, [down, down], [0.0, rng.uniform(0.07, 0.1)], [1, 0.15]), 0.0003, 0.01)


@sound_model
def typing(duration_s: float, rng: np.random.Generator, key_s: float = 0.12) -> Signal:
    """Keys going down and up in bursts of words, each with its own tone on a hollow board.

    Modal clicks; Dhakal et al. 2018.
    """
    n = num_samples(duration_s)
    keys = [_key(rng) for _ in range(26)]
    times = _strokes(duration_s, rng, key_s)
    picks = [keys[min(25, int(rng.exponential(6)))] for _ in times]
    return fade_ends(place(n, picks, times, rng.uniform(0.45, 1, times.size)), 0.0005, 0.02)


@sound_model
def mouse_click(duration_s: float, rng: np.random.Generator) -> Signal:
    """A microswitch going down and up in a thin shell (modal clicks; Farnell 2010, switches)."""
    n = num_samples(max(duration_s, 0.2))
    hz = rng.uniform(3300, 3900)
    return place(n, [snap(rng, hz, body=0.5), 0.6 * snap(rng, hz * 1.15, body=0.4)], [0.0, rng.uniform(0.08, 0.1)])


@sound_model
def printer(duration_s: float, rng: np.random.Generator) -> Signal:
    """Stepper motors driving the head to and fro, rollers feeding, ink buzzing.

    Motor orders and gated noise; Farnell ch. 40.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    stroke = rng.uniform(0.62, 0.78)
    part = t / stroke % 1
    moving = np.clip(np.minimum(part, 0.84 - part) / 0.1, 0, 1)
    steps = 310 + 420 * moving
    motor = chirp(steps, [1, 0.6, 0.7, 0.4, 0.4, 0.25, 0.25, 0.15]) * moving
    glide = bandpass(white(n, rng), 700, 5200, order=1) * moving
    ink = bandpass(white(n, rng), 2200, 9000, order=1) * (np.sin(2 * np.pi * 130 * t) > 0) * (moving > 0.95)
    feeds, at = [], np.arange(stroke * 0.86, duration_s, stroke)
    for _ in at:
        m = num_samples(0.1)
        feeds.append(
            chirp(np.linspace(160, 240, m), [1, 0.7, 0.6, 0.5, 0.3]) * curve(m, [(0, 0), (0.3, 1), (1, 0)])
            + 0.6 * place(m, [snap(rng, 1200, body=1.2, length_s=0.09)], [0.0])
        )
    return fade_ends(mix([motor, glide, ink], [0.5, 1.0, 0.5]) * 0.25 + 0.5 * place(n, feeds, at), 0.02, 0.03)


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
def pen_writing(duration_s: float, rng: np.random.Generator) -> Signal:
    """A point over paper's grain in strokes, taps where it lands, a desk that answers.

    Friction noise, FoleyAutomatic 2001.
    """
    n = num_samples(max(duration_s, 1.0))
    strokes, starts, at = [], [], 0.03
    while at < n / SAMPLE_RATE - 0.35:
        for _ in range(int(rng.integers(3, 8))):
            m = num_samples(rng.uniform(0.06, 0.16))
            speed = curve(m, [(0, 0.2), (0.5, 1), (1, 0.15)])
            grain = white(m, rng) * (1 + 0.6 * wander(m, rng, 200)).clip(0.1)
            scratch = formant_filter(
                grain,
                [(1400 + 1500 * speed, 1500 + 0 * speed, 0.0), (4200 + 1800 * speed, 3200 + 0 * speed, 1.0)],
                parallel=True,
            )
            desk = lowpass(grain, 500) * 0.5
            strokes.append(fade_ends((scratch + desk) * speed * rng.uniform(0.5, 1), 0.006, 0.01))
            starts.append(at)
            at += m / SAMPLE_RATE + rng.uniform(0.01, 0.05)
        tap = 0.25 * contact(num_samples(0.03), rng, 2500)
        strokes.append(tap)
        starts.append(at)
        at += rng.uniform(0.1, 0.22)
    return fade_ends(place(n, strokes, starts), 0.003, 0.05)


@sound_model
def stapler(duration_s: float, rng: np.random.Generator) -> Signal:
    """A spring pressed, the staple breaking off and driven in, the lever snapping back (modal clicks and a coil).

    Source: van den Doel et al., FoleyAutomatic 2001.
    """
    n = num_samples(max(duration_s, 0.45))
    crunch = struck(num_samples(0.25), rng, 780, 0.07, PLATE, hardness=0.9, click=1.0, click_hz=7000)
    return fade_ends(
        place(
            n,
            [
                0.3 * snap(rng, 1500),
                crunch,
                0.6 * thump(num_samples(0.2), rng, 120, 0.1),
                0.4 * spring(rng, 620, 0.2),
                0.7 * snap(rng, 1900, body=1.0),
            ],
            [0.0, 0.06, 0.06, 0.2, 0.21],
        ),
        0.0005,
        0.03,
    )


@sound_model
def rubber_stamp(duration_s: float, rng: np.random.Generator) -> Signal:
    """An ink pad's soft press, then a thump on the desk (damped modes, FoleyAutomatic 2001)."""
    n = num_samples(max(duration_s, 0.55))
    pad = 0.35 * thump(num_samples(0.15), rng, 150, 0.08, noise=0.7)
    desk = floor_blow(num_samples(0.3), rng, 0.35) + 0.4 * struck(
        num_samples(0.3), rng, 210, 0.12, PLATE, hardness=0.6, click=0.6
    )
    return fade_ends(place(n, [pad, desk, 0.2 * snap(rng, 1300)], [0.0, 0.24, 0.34]), 0.001, 0.04)


@sound_model
def typewriter(duration_s: float, rng: np.random.Generator) -> Signal:
    """Type bars hitting the platen, the escapement after each, a bell near the margin, the carriage thrown back.

    Modal, Farnell.
    """
    n = num_samples(duration_s)
    out = np.zeros(n)
    bars = []
    for _ in range(10):
        m = num_samples(0.22)
        tune = rng.uniform(0.9, 1.12)
        bars.append(
            knocked(
                m,
                rng,
                [(271 * tune, -2, 0.06), (600 * tune, -5, 0.04), (3400 * tune, -6, 0.069)],
                hz=969 * tune,
                t60_s=0.07,
                level=0.3,
                spread=2.1,
                count=4,
                click=0.84,
            )
        )
    line_s = rng.uniform(3.4, 4.4)
    at = 0.0
    bell_m = num_samples(1.3)
    bell = modes(bell_m, np.array([2450, 2458, 5300, 8700]), [1.2, 1.1, 0.5, 0.3], [1, 0.8, 0.4, 0.2], rng)
    while at < duration_s:
        times = at + _strokes(min(line_s, duration_s - at), rng, 0.135)
        out += place(n, [bars[k] for k in rng.integers(0, 10, times.size)], times, rng.uniform(0.6, 1, times.size))
        m = num_samples(0.45)
        run = rattle(m, rng, 140 * curve(m, [(0, 0.4), (0.7, 1), (1, 0.6)]), (1300, 2500, 4100), 0.02)
        run *= curve(m, [(0, 0.3), (0.8, 1), (1, 0.4)]) / max(np.abs(run).max(), 1e-9)
        end = at + line_s
        out += place(n, [0.35 * bell, 0.5 * run, 1.2 * bars[0]], [end - 0.5, end + 0.35, end + 0.78])
        at = end + 1.1
    return fade_ends(out, 0.0005, 0.04)


@sound_model
def cash_register(duration_s: float, rng: np.random.Generator) -> Signal:
    """Levers, the bell, the drawer springing out with its coins.

    Modal clicks, shell and PhISEM coins; Farnell 2010.
    """
    n = num_samples(max(duration_s, 1.7))
    m = num_samples(1.4)
    ratios = np.array([1, 1.005, 2.4, 3.0, 4.5, 6.3])
    bell = modes(
        m, rng.uniform(2050, 2300) * ratios, 1.2 * ratios**-0.6, [1, 0.8, 0.6, 0.5, 0.3, 0.2], rng
    ) + 0.6 * contact(m, rng, 10000)
    d = num_samples(0.5)
    coin = rattle(
        d,
        rng,
        160 * curve(d, [(0, 0.3), (0.6, 1), (0.7, 1.5), (1, 0.1)]),
        (4100, 5300, 6900, 8200),
        0.07,
        click_hz=14000,
    )
    roll = bandpass(white(d, rng), 300, 3000, order=1) * curve(d, [(0, 0.2), (0.65, 1), (0.7, 0), (1, 0)]).clip(0)
    stop = struck(num_samples(0.4), rng, 260, 0.2, PLATE, hardness=0.85, click=0.8, click_hz=5000)
    drawer = 0.5 * coin / np.abs(coin).max() + 0.35 * roll / np.abs(roll).max()
    return fade_ends(
        place(
            n,
            [snap(rng, 1300, body=1.3), spring(rng, 420, 0.3), 0.8 * bell, drawer, stop],
            [0.0, 0.05, 0.14, 0.2, 0.54],
            [1, 0.5, 0.6, 1, 1],
        ),
        0.0005,
        0.15,
    )


@sound_model
def card_shuffle(duration_s: float, rng: np.random.Generator) -> Signal:
    """Cards springing off two thumbs, faster and faster, then pushed together (dense clicks of thin plates; PhISEM)."""
    n = num_samples(max(duration_s, 1.1))
    pace = curve(n, [(0, 22), (0.3, 45), (0.6, 75), (0.65, 40), (0.66, 0), (1, 0)]).clip(0)
    at = np.flatnonzero(
        np.diff(np.floor(np.cumsum(pace * (1 + 0.25 * wander(n, rng, 30))) / SAMPLE_RATE), prepend=0.0) > 0
    )
    flicks = [_chip(rng) for _ in range(12)]
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


@sound_model
def dice_roll(duration_s: float, rng: np.random.Generator) -> Signal:
    """Hard cubes striking wood and each other, ever weaker and quicker.

    Bounces, modal wood; Rath and Rocchesso 2005.
    """
    n = num_samples(max(duration_s, 0.9))
    out = np.zeros(n)
    for _ in range(2):
        times = rng.uniform(0, 0.05) + np.cumsum(0.13 * 0.83 ** np.arange(11) * rng.uniform(0.6, 1.3, 11))
        blows = [_chip(rng) for _ in times]
        out += place(n, blows, times - times[0] + 0.001, 0.85 ** np.arange(11) * rng.uniform(0.6, 1, 11))
    return fade_ends(out, 0.0005, 0.03)


def _chip(rng: np.random.Generator) -> Signal:
    """A small hard thing on a table: a die, the edge of a card."""
    tune = rng.uniform(0.92, 1.08)
    return knocked(
        num_samples(0.08),
        rng,
        [(1240 * tune, -2.1, 0.041), (7720 * tune, -1.3, 0.031), (1210 * tune, -9.7, 0.011)],
        attack_s=0.002,
        hz=618,
        t60_s=0.026,
        level=0.04,
        spread=1.43,
        count=6,
    )
