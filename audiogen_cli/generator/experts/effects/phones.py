"""Telephones: bells, tones of the line, little loudspeakers, a modem.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/phones.yaml`. Out: signals [S].
Sources: ITU-T E.180 and Q.23 for the tones and their rhythms, V.21/V.32 for the modem's order of events;
Fletcher and Rossing (1998) for shells; Farnell, "Designing Sound" (2010), ch. 25-27 (phone tones, bell).
"""

import numpy as np

from audiogen_cli.generator.experts.effects.bodies import contact, rattle, struck
from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis import (
    SAMPLE_RATE, Signal, bandpass, chirp, curve, fade_ends, lowpass, modes, num_samples, place, seconds,
    shaped_noise, white,
)  # fmt: skip

KEYS = {  # DTMF: row and column in Hz, ITU-T Q.23
    "1": (697, 1209), "2": (697, 1336), "3": (697, 1477), "4": (770, 1209), "5": (770, 1336), "6": (770, 1477),
    "7": (852, 1209), "8": (852, 1336), "9": (852, 1477), "0": (941, 1336),
}  # fmt: skip


def _tones(n: int, *hz: float) -> Signal:
    """Steady sines together, as a telephone exchange sends them."""
    return np.asarray(sum(np.sin(2 * np.pi * one * seconds(n)) for one in hz))


def _line(x: Signal, rng: np.random.Generator) -> Signal:
    """Through a telephone line and earpiece: 300 to 3400 Hz, with a breath of line noise."""
    return bandpass(x + 0.004 * white(x.size, rng), 300, 3400)


@sound_model
def telephone_ring(duration_s: float, rng: np.random.Generator) -> Signal:
    """A clapper striking two brass bells in turn 25 times a second (Farnell 2010, ch. 29)."""
    n = num_samples(max(duration_s, 0.8) + 1.0)
    m = num_samples(1.0)
    ratios = np.array([1, 1.005, 1.71, 2.42, 2.44, 3.6, 4.9])
    bells = [modes(m, hz * ratios, 0.9 * ratios**-0.6, [1, 0.8, 0.3, 0.7, 0.6, 0.4, 0.25], rng) + 0.4 * contact(m, rng, 8000, 0.002)
             for hz in (rng.uniform(1000, 1100), rng.uniform(1250, 1380))]  # fmt: skip
    times = np.arange(0.01, max(duration_s, 0.8), 1 / rng.uniform(23, 26))
    return fade_ends(place(n, [bells[k % 2] for k in range(times.size)], times, rng.uniform(0.8, 1.0, times.size)), 0.001, 0.2)


@sound_model
def phone_vibration(duration_s: float, rng: np.random.Generator) -> Signal:
    """An eccentric mass turning 170 times a second, the case chattering on a table top (driven modes)."""
    n = num_samples(max(duration_s, 1.2))
    on = np.clip(np.minimum((seconds(n) % 1.2) / 0.04, (0.8 - seconds(n) % 1.2) / 0.04), 0, 1)
    hz = rng.uniform(160, 180) * (0.9 + 0.1 * on)
    hum = chirp(hz, [1, 0.8, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1])
    chatter = rattle(n, rng, 700 * on, (420, 860, 1500, 2600), 0.012)
    return fade_ends((np.tanh(2 * hum) + 0.5 * chatter / (np.abs(chatter).max() + 1e-9)) * on)


@sound_model
def ringtone(duration_s: float, rng: np.random.Generator) -> Signal:
    """A small arpeggio on synthetic marimba bars (1 : 4 : 9.8) through a phone's loudspeaker (Fletcher and Rossing 1998)."""
    n = num_samples(max(duration_s, 1.5))
    root = rng.choice([659.3, 698.5, 784.0])
    steps = rng.choice([[0, 4, 7, 12, 7, 4, 9, 12], [12, 7, 4, 7, 9, 7, 4, 0], [0, 7, 12, 7, 4, 7, 14, 12]])
    m = num_samples(0.4)
    starts = np.arange(0.0, n / SAMPLE_RATE - 0.2, 0.15)
    notes = [modes(m, root * 2 ** (steps[k % 8] / 12) * np.array([1, 3.98, 9.8]), [0.4, 0.12, 0.05], [1, 0.4, 0.15])
             for k in range(starts.size)]  # fmt: skip
    return fade_ends(bandpass(np.tanh(1.5 * place(n, notes, starts)), 500, 9000), 0.001, 0.1)


@sound_model
def dial_tone(duration_s: float, rng: np.random.Generator) -> Signal:
    """350 and 440 Hz without pause (ITU-T E.180, North America)."""
    return fade_ends(_line(_tones(num_samples(duration_s), 350, 440), rng))


@sound_model
def busy_tone(duration_s: float, rng: np.random.Generator) -> Signal:
    """480 and 620 Hz, half a second on and half off (ITU-T E.180, North America)."""
    n = num_samples(max(duration_s, 1.0))
    return fade_ends(_line(_tones(n, 480, 620) * lowpass((seconds(n) % 1.0 < 0.5).astype(float), 200), rng))


@sound_model
def dialling(duration_s: float, rng: np.random.Generator) -> Signal:
    """Seven keys of DTMF pairs, a tenth of a second each, at the pace of a finger (ITU-T Q.23)."""
    n = num_samples(max(duration_s, 1.8))
    starts = np.linspace(0.05, n / SAMPLE_RATE - 0.25, 7) + rng.uniform(-0.04, 0.04, 7)
    m = num_samples(0.13)
    notes = [fade_ends(_tones(m, *KEYS[str(rng.integers(0, 10))]), 0.003, 0.003) for _ in starts]
    return _line(place(n, notes, starts), rng)


@sound_model
def rotary_dial(duration_s: float, rng: np.random.Generator) -> Signal:
    """The wheel wound up, then running back under its governor, ten contacts a second (clicks of a ratchet)."""
    n = num_samples(max(duration_s, 1.5))
    m = num_samples(0.06)
    times, at = [], 0.05
    while at < n / SAMPLE_RATE - 0.9:
        pulses = int(rng.integers(3, 9))
        times += list(at + np.arange(pulses) * 0.035) + list(at + pulses * 0.035 + 0.12 + np.arange(pulses) * 0.1)
        at += pulses * 0.135 + 0.4
    clicks = [struck(m, rng, rng.uniform(1500, 1750), 0.025, (1, 1.6, 2.7, 4.1), hardness=0.8, click=0.6) for _ in times]
    whir = shaped_noise(n, rng, [(200, -10), (900, 0), (2500, -3), (8000, -25)]) * 0.03
    return fade_ends(place(n, clicks, times, rng.uniform(0.6, 1, len(times))) + whir)


@sound_model
def message_ping(duration_s: float, rng: np.random.Generator) -> Signal:
    """Two quick bell tones a fourth apart (FM-like bell of few modes, Farnell 2010)."""
    n = num_samples(max(duration_s, 0.7))
    hz = rng.uniform(1050, 1400)
    notes = [modes(n, one * np.array([1, 2.0, 3.01, 5.4]), [0.7, 0.35, 0.2, 0.08], [1, 0.3, 0.15, 0.08]) for one in (hz, hz * 4 / 3)]
    return fade_ends(place(n, notes, [0.0, 0.11]), 0.002, 0.05)


@sound_model
def modem(duration_s: float, rng: np.random.Generator) -> Signal:
    """Dialling, the answer tone at 2100 Hz, probing carriers, then scrambled data (in the order of V.25, V.21 and V.32)."""
    n = num_samples(max(duration_s, 4.0))
    end = n / SAMPLE_RATE
    parts: list[tuple[float, Signal]] = []
    for k in range(7):
        parts.append((0.1 + 0.09 * k, _tones(num_samples(0.07), *KEYS[str(rng.integers(0, 10))])))
    parts.append((0.18 * end, _tones(num_samples(0.16 * end), 2100)))
    m = num_samples(0.18 * end)
    fsk = np.where(rng.random(m // 160 + 1).repeat(160)[:m] < 0.5, 1180.0, 980.0)
    parts.append((0.36 * end, chirp(fsk) + 0.8 * chirp(fsk * 1.71)))
    parts.append((0.55 * end, _tones(num_samples(0.08 * end), 1800, 600, 3000)))
    m = num_samples(0.36 * end)
    data = bandpass(white(m, rng), 600, 3000) * (1 + 0.2 * np.sin(2 * np.pi * 6 * seconds(m)))
    parts.append((0.64 * end, 1.6 * data * curve(m, [(0, 0.7), (0.3, 1), (1, 1)]) + 0.4 * _tones(m, 1800)))
    return _line(place(n, [fade_ends(part, 0.004, 0.01) for _, part in parts], [at for at, _ in parts]), rng)
