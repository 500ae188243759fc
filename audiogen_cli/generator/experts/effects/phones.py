"""Telephones: dials, vibration, melodies and modems; their bells are `bells`, the tones of the line `beeps`.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/phones.yaml`. Out: signals [S].
Sources: ITU-T Q.23 (touch tones), Q.35 and the North American precise tone plan (dial and busy tones), V.8 and V.34
(modem training); Farnell, "Designing Sound" (2010), ch. 26, 27 and 29 (phone tones, DTMF, telephone bell).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.beeps import gated
from audiogen_cli.generator.experts.effects.bodies import contact, rattle, snap
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, fade_ends
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, highpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes, ring
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import chirp

DTMF_HZ = {  # ITU-T Q.23: row and column of each key
    key: (row, column)
    for row, keys in ((697, "123"), (770, "456"), (852, "789"), (941, "*0#"))
    for column, key in zip((1209, 1336, 1477), keys)
}


def line_filter(x: Signal) -> Signal:
    """The band of a telephone line, 300 to 3400 Hz."""
    return bandpass(x, 300, 3400, order=2)


@sound_model
def phone_vibration(duration_s: float, rng: np.random.Generator) -> Signal:
    """An eccentric weight spun at some 170 turns a second, the phone chattering on a table top.

    Contact rattle, Farnell.
    """
    n = num_samples(max(duration_s, 1.0))
    on = gated(n, [(0.02, n / SAMPLE_RATE * 0.42), (n / SAMPLE_RATE * 0.55, n / SAMPLE_RATE * 0.95)], 0.03)
    turns = 168 * (0.7 + 0.3 * lowpass(on, 12, order=1)) * (1 + 0.01 * wander(n, rng, 12))
    wave = np.sin(2 * np.pi * np.cumsum(turns) / SAMPLE_RATE)
    hits = np.diff((wave > 0.3).astype(float), prepend=0.0).clip(0) * (0.6 + 0.5 * rng.random(n))
    table = ring(hits, (190, 340, 540, 1150, 2300), [0.03, 0.025, 0.02, 0.01, 0.008], [1, 0.9, 0.8, 0.8, 0.5])
    table = highpass(table, 60)  # hits of one sign carry direct current
    return fade_ends(
        mix([wave, table * on, bandpass(white(n, rng), 1500, 6000) * np.abs(wave)], [0.5, 1.0, 0.1]) * on, 0.01, 0.05
    )


def _marimba(hz: float, rng: np.random.Generator) -> Signal:
    n = num_samples(0.7)
    return modes(n, [hz, hz * 4, hz * 9.2], [0.6, 0.15, 0.06], [1, 0.3, 0.12]) + 0.05 * contact(n, rng, 4000)


@sound_model
def ringtone(duration_s: float, rng: np.random.Generator) -> Signal:
    """A looped arpeggio of synthetic marimba through a phone's small loudspeaker (modal bars, Rossing 2000)."""
    n = num_samples(max(duration_s, 1.8))
    root = 587.33 * 2 ** (rng.integers(-2, 3) / 12)
    tune = np.array([0, 4, 7, 12, 7, 4, 9, 12, 16, 12, 9, 7])[:12]
    step = 0.1125
    notes, starts = [], []
    for k in range(int((n / SAMPLE_RATE - 0.6) / step)):
        if k % 16 < 12:
            notes.append(_marimba(root * 2 ** (tune[k % 16] / 12), rng))
            starts.append(k * step + 0.002)
    return fade_ends(highpass(np.tanh(1.6 * place(n, notes, starts)), 450), 0.002, 0.1)


def _dialled(rng: np.random.Generator, keys: str, gap_s: float, tone_s: float) -> Signal:
    n = num_samples(gap_s * len(keys) + 0.05)
    t = seconds(n)
    out = np.zeros(n)
    for k, key in enumerate(keys):
        start = 0.01 + k * gap_s * rng.uniform(0.97, 1.03)
        low, high = DTMF_HZ[key]
        out += gated(n, [(start, start + tone_s)]) * (np.sin(2 * np.pi * low * t) + np.sin(2 * np.pi * high * t))
    return out


def _number(rng: np.random.Generator, count: int) -> str:
    return "".join(str(digit) for digit in rng.integers(0, 10, count))


@sound_model
def dialling(duration_s: float, rng: np.random.Generator) -> Signal:
    """Seven keys of a touch-tone phone, each a pair of tones (ITU-T Q.23), and the keys' own soft clicks."""
    gap = max(duration_s, 1.2) / 7
    tones = _dialled(rng, _number(rng, 7), gap, min(0.2, 0.6 * gap))
    clicks = place(tones.size, [snap(rng, 1400, body=1.0) for _ in range(7)], np.arange(7.0) * gap, np.full(7, 0.06))
    return fade_ends(line_filter(tones) + clicks, 0.003, 0.02)


@sound_model
def rotary_dial(duration_s: float, rng: np.random.Generator) -> Signal:
    """A finger wheel wound up against its spring, then let back by a governor at ten pulses a second.

    ITU-T Q.23's forerunner.
    """
    n = num_samples(max(duration_s, 2.4))
    out, at = np.zeros(n), 0.05
    while at < n / SAMPLE_RATE - 1.0:
        digit = int(rng.integers(4, 9))
        up, back = 0.06 * digit, 0.1 * digit
        if at + up + back + 0.2 > n / SAMPLE_RATE:
            break
        wound = num_samples(up)
        wind = rattle(wound, rng, 260.0, (1900, 3100, 4700), 0.008, click_hz=9000) * curve(
            wound, [(0, 0.3), (0.5, 1), (1, 0.6)]
        )
        ran = num_samples(back)
        whir = bandpass(white(ran, rng), 1200, 5000) * (0.6 + 0.4 * np.sign(np.sin(2 * np.pi * 95 * seconds(ran))))
        clicks = [snap(rng, 1800, body=0.9) for _ in range(digit)]
        out += place(
            n,
            [0.3 * wind / np.abs(wind).max(), snap(rng, 1300, body=1.2), 0.12 * whir / np.abs(whir).max() * 2],
            [at, at + up, at + up + 0.06],
        )
        out += place(n, clicks, [at + up + 0.09 + 0.1 * click for click in range(digit)], np.full(digit, 0.6))
        at += up + back + rng.uniform(0.3, 0.4)
    return fade_ends(out, 0.002, 0.05)


@sound_model
def modem(duration_s: float, rng: np.random.Generator) -> Signal:
    """A call in order: dialling, 2100 Hz answer tone, two carriers, probing tones, scrambled noise.

    ITU-T V.8, V.34.
    """
    total = max(duration_s, 5.0)
    n = num_samples(total)
    t = seconds(n)
    dial = _dialled(rng, _number(rng, 9), 0.11, 0.07)
    answer = np.sin(2 * np.pi * 2100 * t) * gated(n, [(0.2 * total, 0.33 * total)])
    carriers = (np.sin(2 * np.pi * 1270 * t) + 0.7 * np.sin(2 * np.pi * 2225 * t)) * gated(
        n, [(0.35 * total, 0.46 * total)]
    )
    keyed = chirp(np.where(rng.random(n // 160 + 1) < 0.5, 980.0, 1180.0).repeat(160)[:n]) * gated(
        n, [(0.4 * total, 0.5 * total)]
    )
    probes = sum(np.sin(2 * np.pi * 150 * k * t + rng.uniform(0, 6.28)) for k in range(2, 24)) / 5
    probes = probes * gated(n, [(0.52 * total, 0.6 * total), (0.62 * total, 0.68 * total)])
    data = 1.1 * line_filter(white(n, rng)) * gated(n, [(0.7 * total, 0.985 * total)], 0.01)
    out = place(n, [dial], [0.02]) + answer + carriers + 0.6 * keyed + probes + data + 0.01 * white(n, rng)
    return fade_ends(line_filter(out), 0.005, 0.03)
