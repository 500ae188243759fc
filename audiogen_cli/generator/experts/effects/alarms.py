"""Sirens, alarms, bells and beeps.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/alarms.yaml`. Out: signals [S].
Sirens are tones whose pitch is driven by a pattern, made hard by the horn that throws them; bells are
banks of modes; electric bells are bells struck many times a second.
Sources: Farnell, "Designing Sound" (2010), ch. 25 to 28 (alarms, DTMF, police siren); Fletcher and Rossing, "The
Physics of Musical Instruments" (1998), ch. 19 to 21, for bells, gongs and chimes; ISO 8201 for the smoke alarm.
"""

from collections.abc import Sequence

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import BAR, BELL, contact, struck
from audiogen_cli.generator.experts.effects.engines import DIESEL, run_engine
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
    modes,
    num_samples,
    place,
    seconds,
    shaped_noise,
    wander,
    white,
)


def gated(n: int, spans: Sequence[tuple[float, float]], edge_s: float = 0.003) -> Signal:
    """1 within each (start, end) in seconds and 0 outside, with soft edges."""
    t = seconds(n)
    gate = np.zeros(n)
    for start, end in spans:
        gate = np.maximum(gate, np.clip(np.minimum((t - start) / edge_s, (end - t) / edge_s), 0, 1))
    return gate


def _horn(hz: Signal, drive: float, low_hz: float, high_hz: float) -> Signal:
    """A tone overdriven into a horn loudspeaker, which passes only the middle."""
    return bandpass(np.tanh(drive * chirp(hz, [1, 0.35, 0.2])), low_hz, high_hz)


@sound_model
def police_siren(duration_s: float, rng: np.random.Generator) -> Signal:
    """An electronic siren's oscillator swept slowly (wail), then quickly (yelp), through a horn.

    Farnell 2010, ch. 28.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    period = rng.uniform(3.6, 4.6)
    wail = (t / period + rng.uniform(0, 0.3)) % 1
    sweep = np.where(wail < 0.4, 1 - np.exp(-wail / 0.11), np.exp(-(wail - 0.4) / 0.26))
    yelp_from = duration_s * rng.uniform(0.6, 0.75)
    yelp = 0.5 - 0.5 * np.cos(2 * np.pi * 3.0 * (t - yelp_from))
    rise = np.where(t < yelp_from, sweep, yelp)
    hz = lowpass(620 + 880 * rise - 620, 18, order=1) + 620
    return fade_ends(_horn(hz, 2.2, 450, 3800) * (1 + 0.05 * wander(n, rng, 3.0)), 0.02, 0.03)


@sound_model
def ambulance_siren(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two tones a fourth apart in turn, each a pressure horn's clipped reed (DIN 14610; Farnell 2010)."""
    n = num_samples(duration_s)
    t = seconds(n)
    low = rng.uniform(430, 455)
    high = ((t + rng.uniform(0, 0.5)) / rng.uniform(0.62, 0.75)) % 2 < 1
    hz = lowpass(np.where(high, low * 4 / 3, low) - low, 25, order=1) + low
    return fade_ends(_horn(hz, 2.5, 380, 4200), 0.02, 0.03)


@sound_model
def fire_engine(duration_s: float, rng: np.random.Generator) -> Signal:
    """A motor siren winding up and down, an air horn's blasts, a big diesel beneath (chopped air; Farnell 2010)."""
    n = num_samples(duration_s)
    t = seconds(n)
    phase = (t / rng.uniform(4.4, 5.4) + rng.uniform(0.1, 0.3)) % 1
    speed = (
        lowpass(np.where(phase < 0.5, 1 - np.exp(-phase / 0.16), np.exp(-(phase - 0.5) / 0.35)) - 0.5, 4, order=1) + 0.5
    )
    hz = 330 + 620 * speed
    siren = np.tanh(1.6 * chirp(hz, [1, 0.6, 0.45, 0.3, 0.2, 0.12]))
    blasts = np.sort(rng.uniform(0.5, max(duration_s - 1.5, 0.6), max(1, round(duration_s / 4))))
    gate = gated(n, [(at, at + rng.uniform(0.6, 1.1)) for at in blasts], 0.04)
    horn = np.zeros(n)
    for note in (277.0, 349.0):
        horn += np.tanh(3 * chirp(note * (1 + 0.003 * wander(n, rng, 6)), [1, 0.8, 0.6]))
    engine = run_engine(np.full(n, 22.0), rng, DIESEL, load=0.7)
    return fade_ends(lowpass(siren, 4500) + 0.45 * lowpass(horn, 3000) * gate + 0.12 * engine, 0.03, 0.04)


@sound_model
def air_raid_siren(duration_s: float, rng: np.random.Generator) -> Signal:
    """A rotor chopping air through two rings of ports; pitch and strength follow its speed.

    Mechanical siren, Farnell.
    """
    n = num_samples(duration_s)
    t = seconds(n)
    swing = 0.5 - 0.5 * np.cos(2 * np.pi * (t / rng.uniform(6.5, 8.0) + rng.uniform(0.1, 0.25)))
    hz = 190 + 270 * swing**0.8
    out = np.zeros(n)
    for ratio, level in ((1.0, 1.0), (1.2, 0.85)):
        out += level * chirp(hz * ratio, [1, 0.55, 0.5, 0.35, 0.3, 0.2, 0.14, 0.1, 0.07])
    air = bandpass(white(n, rng), 400, 3000) * 0.12
    return fade_ends((np.tanh(out) + air) * (0.25 + 0.75 * swing), 0.05, 0.05)


@sound_model
def klaxon(duration_s: float, rng: np.random.Generator) -> Signal:
    """A toothed wheel driving a diaphragm: a harsh tone rising with the motor at each blast (Klaxon horn, 1908)."""
    n = num_samples(max(duration_s, 1.5))
    t = seconds(n)
    period = 1.0
    part = t / period % 1
    hz = rng.uniform(270, 310) * (0.55 + 0.65 * (1 - np.exp(-part / 0.14)) - 0.35 * np.clip((part - 0.68) / 0.3, 0, 1))
    tone = np.tanh(3 * chirp(hz, [1, 0.8, 0.7, 0.6, 0.4, 0.4, 0.3]))
    level = np.clip(part / 0.05, 0, 1) * np.clip((0.96 - part) / 0.2, 0, 1)
    return fade_ends(bandpass(tone, 350, 4500) * level * (t < np.floor(n / SAMPLE_RATE / period) * period), 0.01, 0.05)


@sound_model
def car_alarm(duration_s: float, rng: np.random.Generator) -> Signal:
    """The six-tone piezo siren of a car alarm, one pattern of sweeps after the other.

    Relaxation oscillator, Farnell.
    """
    n = num_samples(max(duration_s, 3.0))
    t = seconds(n) * rng.uniform(0.96, 1.04)
    saw, triangle = t * 2.4 % 1, 1 - np.abs(2 * (t * 1.4 % 1) - 1)
    patterns = [
        900 + 1100 * saw,
        np.where(t * 4 % 1 < 0.5, 1350, 1050),
        800 + 1000 * triangle,
        2000 - 1150 * (t * 7 % 1),
    ]
    which = np.minimum((t / (n / SAMPLE_RATE) * 4).astype(int), 3)
    hz = lowpass(np.choose(which, patterns) - 1000, 150, order=1) + 1000
    return fade_ends(_horn(hz, 3.0, 700, 9000), 0.003, 0.03)


@sound_model
def smoke_alarm(duration_s: float, rng: np.random.Generator) -> Signal:
    """A piezo disc near 3.1 kHz, three half-second pulses and a pause (ISO 8201 temporal pattern)."""
    n = num_samples(max(duration_s, 4.0))
    hz = rng.uniform(3000, 3250)
    starts = [cycle * 4.0 + k for cycle in range(int(n / SAMPLE_RATE / 4) + 1) for k in (0.05, 1.05, 2.05)]
    gate = gated(n, [(at, at + 0.5) for at in starts if at + 0.5 < n / SAMPLE_RATE], 0.002)
    return np.tanh(2.0 * chirp(np.full(n, hz), [1, 0.1, 0.2])) * gate


@sound_model
def alarm_clock(duration_s: float, rng: np.random.Generator) -> Signal:
    """A digital clock's piezo: bursts of four quick beeps, once a second (square wave through a small resonator).

    Source: Farnell 2010, ch. 25.
    """
    n = num_samples(max(duration_s, 1.0))
    hz = rng.uniform(1950, 2150)
    spans = [(beat + k * 0.125, beat + k * 0.125 + 0.065) for beat in range(int(n / SAMPLE_RATE)) for k in range(4)]
    square = np.tanh(6 * np.sin(2 * np.pi * hz * seconds(n)))
    return highpass(lowpass(square, 9000), 900) * gated(n, spans, 0.001)


def _strikes(n: int, rng: np.random.Generator, rate_hz: float, until_s: float, bells: Sequence[Signal]) -> Signal:
    """A hammer driven to and fro by a magnet or a spring, striking the bells in turn."""
    count = max(1, int(until_s * rate_hz))
    times = np.arange(count) / rate_hz + rng.normal(0, 0.03 / rate_hz, count).cumsum().clip(-0.01, 0.01) + 0.002
    return place(n, [bells[k % len(bells)] for k in range(count)], times.clip(0), rng.uniform(0.75, 1.0, count))


@sound_model
def old_alarm_clock(duration_s: float, rng: np.random.Generator) -> Signal:
    """A hammer beating between two small steel bells, each a shallow shell.

    Modal shells, Fletcher and Rossing 1998.
    """
    length_s = max(duration_s, 1.0)
    n = num_samples(length_s + 0.8)
    ratios = np.array([1, 1.006, 2.09, 2.1, 3.31, 4.9, 6.6])
    bells = []
    for hz in (rng.uniform(1850, 2050), rng.uniform(2250, 2500)):
        m = num_samples(0.7)
        bells.append(
            modes(m, hz * ratios, 0.7 * ratios**-0.6, [1, 0.8, 0.8, 0.6, 0.6, 0.4, 0.25], rng)
            + 1.2 * contact(m, rng, 9000, 0.003)
        )
    return fade_ends(_strikes(n, rng, rng.uniform(23, 27), length_s, bells), 0.002, 0.1)


@sound_model
def school_bell(duration_s: float, rng: np.random.Generator) -> Signal:
    """An electric hammer beating one large steel gong (modal shell, Fletcher and Rossing 1998)."""
    length_s = max(duration_s, 1.0)
    n = num_samples(length_s + 1.5)
    m = num_samples(1.4)
    ratios = np.array([1, 1.004, 2.3, 2.32, 3.85, 3.87, 5.6, 7.5])
    gong = modes(m, rng.uniform(720, 860) * ratios, 1.4 * ratios**-0.5, [0.6, 0.5, 1, 0.8, 0.8, 0.6, 0.5, 0.3], rng)
    strike = gong + 1.0 * contact(m, rng, 8000, 0.003)
    return fade_ends(_strikes(n, rng, rng.uniform(15, 18), length_s, [strike]), 0.002, 0.2)


@sound_model
def church_bell(duration_s: float, rng: np.random.Generator) -> Signal:
    """A bronze bell's hum, prime, tierce, quint, nominal and above, in beating pairs (Fletcher and Rossing, ch. 21)."""
    n = num_samples(max(duration_s, 4.0))
    prime = 330.0 * (1 + 0.004 * rng.standard_normal())
    ratios = np.array(BELL)
    gains = np.array([0.7, 0.5, 0.7, 0.3, 1.0, 0.35, 0.4, 0.5, 0.35, 0.25, 0.18])
    rings = np.array([1.0, 0.55, 0.6, 0.4, 0.45, 0.25, 0.25, 0.25, 0.15, 0.1, 0.08]) * n / SAMPLE_RATE * 1.2
    out = modes(n, prime * ratios, rings, gains * rng.uniform(0.8, 1.1, gains.size), rng)
    out += modes(n, prime * ratios * (1 + 0.0016 * rng.uniform(0.5, 1.5, ratios.size)), rings * 0.9, 0.7 * gains, rng)
    return fade_ends(out + 0.5 * contact(n, rng, 5000, 0.006), 0.001, 0.6)


@sound_model
def small_bell(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small brass bell shaken once: a few strikes on a shell of bright, unequally dying modes (Rossing 2000)."""
    n = num_samples(max(duration_s, 1.5))
    ratios = np.array([1, 1.003, 2.0, 2.42, 3.0, 3.01, 4.52, 6.1])
    hz = rng.uniform(1500, 2100)
    blow = modes(n, hz * ratios, 1.5 * ratios**-0.7, [1, 0.8, 0.35, 0.4, 0.55, 0.5, 0.35, 0.2], rng)
    blow += 0.5 * contact(n, rng, 10000, 0.002)
    return fade_ends(
        place(n, [blow, blow, blow], [0.0, rng.uniform(0.12, 0.16), rng.uniform(0.27, 0.34)], [0.8, 1, 0.6]),
        0.0005,
        0.15,
    )


@sound_model
def buzzer(duration_s: float, rng: np.random.Generator) -> Signal:
    """An armature drawn by the mains, hitting its stop twice a period: a clipped low tone and its rattle (Farnell)."""
    n = num_samples(max(duration_s, 0.4))
    hz = np.full(n, rng.uniform(118, 124)) * (1 + 0.002 * wander(n, rng, 8))
    tone = np.sign(np.sin(np.cumsum(hz) * 2 * np.pi / SAMPLE_RATE) + 0.3)
    body = lowpass(highpass(tone, 250), 4500) + 0.6 * bandpass(tone, 700, 1500)
    rattle = bandpass(white(n, rng), 1500, 6000) * (tone > 0) * 0.12
    return fade_ends(body + rattle, 0.01, 0.03)


@sound_model
def heart_monitor(duration_s: float, rng: np.random.Generator, rate_bpm: float = 70.0) -> Signal:
    """A pure tone with each heartbeat, and the quiet fan of the apparatus (IEC 60601-1-8 pulse tones)."""
    n = num_samples(duration_s)
    gap = 60 / rate_bpm
    starts = np.arange(0.1, duration_s, gap) + 0.012 * rng.standard_normal(len(np.arange(0.1, duration_s, gap)))
    gate = gated(n, [(at, at + 0.11) for at in starts], 0.006)
    fan = shaped_noise(n, rng, [(80, -18), (300, 0), (1200, -10), (5000, -28)])
    return fade_ends(chirp(np.full(n, rng.uniform(940, 985)), [1, 0.12, 0.08]) * gate + 0.012 * fan)


@sound_model
def beep(duration_s: float, rng: np.random.Generator) -> Signal:
    """A short steady tone of a small loudspeaker, slightly squared (piezo oscillator, Farnell ch. 25)."""
    n = num_samples(max(duration_s, 0.08))
    return fade_ends(np.tanh(1.5 * chirp(np.full(n, rng.uniform(1300, 1900)), [1, 0.1, 0.2])), 0.003, 0.025)


@sound_model
def countdown(duration_s: float, rng: np.random.Generator) -> Signal:
    """Beeps drawing together and a long one at the end (piezo oscillator, Farnell 2010)."""
    n = num_samples(max(duration_s, 3.0))
    end = n / SAMPLE_RATE - 1.0
    gaps = np.geomspace(0.9, 0.12, 60)
    starts = np.cumsum(gaps) - gaps[0] + 0.02
    hz = rng.uniform(950, 1100)
    gate = gated(n, [(at, at + 0.07) for at in starts if at < end - 0.1], 0.003)
    last = gated(n, [(end, end + 0.9)], 0.004)
    return np.tanh(
        1.6 * (chirp(np.full(n, hz), [1, 0.1, 0.25]) * gate + chirp(np.full(n, hz * 1.5), [1, 0.1, 0.2]) * last)
    )


@sound_model
def sonar(duration_s: float, rng: np.random.Generator) -> Signal:
    """A pure ping sent into water, and its slowly dying reverberation from sea bed and surface (Urick 1983)."""
    n = num_samples(max(duration_s, 3.0))
    hz = rng.uniform(1150, 1500)
    ping = chirp(np.full(n, hz), [1, 0.05]) * decay(n, 0.9, 0.01)
    tail = bandpass(white(n, rng), hz * 0.985, hz * 1.015) * decay(n, n / SAMPLE_RATE * 0.9, 0.1)
    back = place(n, [ping], [rng.uniform(0.9, 1.3)], [0.12])
    return fade_ends(ping + 0.25 * tail / np.abs(tail).max() + back, 0.004, 0.3)


@sound_model
def gong(duration_s: float, rng: np.random.Generator) -> Signal:
    """A tam-tam: low modes struck at once, energy then climbing into a dense shimmering wash.

    Fletcher and Rossing, ch. 20.
    """
    n = num_samples(max(duration_s, 4.0))
    low = np.sort(rng.uniform(70, 600, 16))
    out = modes(
        n, low, rng.uniform(0.5, 1.0, 16) * n / SAMPLE_RATE * 1.1, rng.uniform(0.3, 1, 16) * (low / 70) ** -0.5, rng
    )
    out /= np.abs(out).max()
    for band, at in ((900, 0.08), (1800, 0.18), (3400, 0.35), (5600, 0.55)):
        high = np.sort(rng.uniform(band * 0.6, band * 1.5, 12))
        wash = modes(n, high, rng.uniform(0.3, 0.8, 12) * n / SAMPLE_RATE, rng.uniform(0.3, 1, 12), rng)
        rise = 1 - np.exp(-seconds(n) / at)
        out += 0.45 * (900 / band) ** 0.6 * rise * wash / np.abs(wash).max()
    return fade_ends(out + 0.15 * contact(n, rng, 900, 0.01), 0.004, 1.0)


@sound_model
def singing_bowl(duration_s: float, rng: np.random.Generator) -> Signal:
    """A bronze bowl's few long modes, each a pair beating slowly (Inacio, Henrique and Antunes 2006)."""
    n = num_samples(max(duration_s, 4.0))
    hz, total = rng.uniform(210, 290), n / SAMPLE_RATE
    ratios = np.array([1, 2.72, 5.0, 7.7])
    out = modes(n, hz * ratios, total * np.array([1.1, 0.8, 0.45, 0.25]), [1, 0.6, 0.3, 0.1], rng)
    out += modes(
        n,
        hz * ratios + np.array([0.8, 1.4, 2.3, 3.0]),
        total * np.array([1.0, 0.8, 0.4, 0.2]),
        [0.8, 0.5, 0.25, 0.1],
        rng,
    )
    return fade_ends(out + 0.05 * contact(n, rng, 1500, 0.008), 0.008, 1.0)


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


@sound_model
def foghorn(duration_s: float, rng: np.random.Generator) -> Signal:
    """A great diaphragm blown by air, low and rich, with a grunt as the pressure falls (diaphone; Farnell 2010)."""
    n = num_samples(max(duration_s, 2.0))
    base = rng.uniform(88, 110)
    hz = base * line(n, [(0, 0.97), (0.06, 1), (0.86, 1), (0.95, 0.82), (1, 0.7)])
    pair = sum(chirp(hz * k, [1, 0.9, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1]) for k in (1.0, 1.004))
    level = curve(n, [(0, 0), (0.05, 0.9), (0.85, 1), (0.96, 0.4), (1, 0)])
    air = bandpass(white(n, rng), 200, 1500) * 0.05
    return fade_ends((lowpass(np.tanh(1.4 * pair), 1400, order=1) + air) * level, 0.02, 0.1)


@sound_model
def level_crossing(duration_s: float, rng: np.random.Generator) -> Signal:
    """An electromechanical gong of a railway crossing, struck somewhat over twice a second.

    Modal shell, Fletcher and Rossing 1998.
    """
    n = num_samples(duration_s)
    m = num_samples(1.2)
    gong_strike = struck(
        m,
        rng,
        rng.uniform(850, 1000),
        1.1,
        (1, 1.01, 2.31, 3.9, 5.8),
        hardness=0.9,
        damping=0.5,
        click=0.4,
        click_hz=7000,
    )
    starts = np.arange(0.05, duration_s, 1 / rng.uniform(2.2, 2.6))
    return fade_ends(place(n, [gong_strike] * starts.size, starts, rng.uniform(0.85, 1.0, starts.size)), 0.002, 0.1)
