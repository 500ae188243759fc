"""Sirens, horns and buzzers: what warns by its pitch.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/alarms.yaml`. Out: signals [S].
Sirens are tones whose pitch is driven by a pattern, made hard by the horn that throws them. What is struck stands
in `bells`, what only beeps in `beeps`.
Sources: Farnell, "Designing Sound" (2010), ch. 25 to 28 (alarms, police siren).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.beeps import gated
from audiogen_cli.generator.experts.effects.engines import DIESEL, run_engine
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp


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
    period_s, held = 1.55, 0.84  # a blast and its pause, and the share after which the motor runs down
    n = num_samples(max(duration_s, period_s))
    part = seconds(n) / period_s % 1
    speed = 0.83 + 0.17 * (1 - np.exp(-part / 0.055)) - 0.3 * np.clip((part - held) / (1 - held), 0, 1)
    teeth = chirp(rng.uniform(415, 459) * speed, [1, 0.9, 0.9, 0.8, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.2])
    tone = np.tanh(4 * teeth * (1 + 0.08 * wander(n, rng, 40))) + 0.26 * white(n, rng)
    level = np.clip(part / 0.05, 0, 1) * np.clip((held + 0.12 - part) / 0.12, 0, 1)
    whole = seconds(n) < np.floor(n / SAMPLE_RATE / period_s) * period_s
    return fade_ends(bandpass(tone, 343, 5220) * level * whole, 0.01, 0.05)


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
def buzzer(duration_s: float, rng: np.random.Generator) -> Signal:
    """An armature drawn by the mains, hitting its stop twice a period: a clipped low tone and its rattle (Farnell)."""
    n = num_samples(max(duration_s, 0.4))
    hz = np.full(n, rng.uniform(118, 124)) * (1 + 0.002 * wander(n, rng, 8))
    tone = np.sign(np.sin(np.cumsum(hz) * 2 * np.pi / SAMPLE_RATE) + 0.3)
    body = lowpass(highpass(tone, 250), 4500) + 0.6 * bandpass(tone, 700, 1500)
    rattle = bandpass(white(n, rng), 1500, 6000) * (tone > 0) * 0.12
    return fade_ends(body + rattle, 0.01, 0.03)


@sound_model
def foghorn(duration_s: float, rng: np.random.Generator) -> Signal:
    """A great diaphragm blown by air, low, rich and never quite steady, its pitch falling with the pressure.

    Diaphone; Farnell 2010.
    """
    n = num_samples(max(duration_s, 2.0))
    hz = rng.uniform(134, 148) * line(n, [(0, 0.97), (0.06, 1), (0.86, 1), (0.95, 0.82), (1, 0.7)])
    reed = chirp(hz * (1 + 0.012 * wander(n, rng, 30)), [k**-0.68 for k in range(1, 16)])
    level = curve(n, [(0, 0), (0.05, 0.9), (0.85, 1), (0.96, 0.4), (1, 0)])
    air = bandpass(white(n, rng), 200, 2500, order=1) * 0.02
    return fade_ends((lowpass(np.tanh(2 * reed / reed.std()), 700, order=1) + air) * level, 0.02, 0.1)
