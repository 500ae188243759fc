"""Space, games and magic: things no one has heard, made by the means of film.

In: a length, a seeded `rng` and the settings of an entry in `knowledge/sounds/fantasy.yaml`. Out: signals [S].
Nothing here is measured; each recalls something real (a struck guy wire, a choir, small bells) set free of its body.
Sources: Farnell, "Designing Sound" (2010), ch. 53 to 56 (transporter, robot, red alert, science fiction);
Roads, "Microsound" (2001), for clouds of grains; Sonnenschein, "Sound Design" (2001), for the conventions.
"""

import numpy as np

from audiogen_cli.generator.experts.effects.registry import sound_model
from audiogen_cli.generator.experts.effects.synthesis.envelopes import curve, decay, fade_ends, line
from audiogen_cli.generator.experts.effects.synthesis.filters import bandpass, lowpass
from audiogen_cli.generator.experts.effects.synthesis.formants import formant_filter
from audiogen_cli.generator.experts.effects.synthesis.grains import mix, place
from audiogen_cli.generator.experts.effects.synthesis.noise import shaped_noise, wander, white
from audiogen_cli.generator.experts.effects.synthesis.ringing import modes
from audiogen_cli.generator.experts.effects.synthesis.signals import SAMPLE_RATE, Signal, db, num_samples, seconds
from audiogen_cli.generator.experts.effects.synthesis.tones import buzz, chirp, phase_of
from audiogen_cli.generator.experts.effects.throat import VOWELS, glottis


@sound_model
def laser(duration_s: float, rng: np.random.Generator) -> Signal:
    """A tone falling three octaves in a fifth of a second, as waves in a struck guy wire arrive.

    Dispersion; Farnell 2010.
    """
    n = num_samples(max(duration_s, 0.35))
    t = seconds(n)
    hz = 220 + rng.uniform(3200, 4200) * np.exp(-t / 0.07)
    tone = chirp(hz, [1, 0.6, 0.4, 0.25, 0.15]) * decay(n, 0.42, 0.002)
    return fade_ends(np.tanh(1.5 * tone) + 0.15 * bandpass(white(n, rng), 1500, 8000) * decay(n, 0.06), 0.001, 0.05)


@sound_model
def spaceship_hum(duration_s: float, rng: np.random.Generator) -> Signal:
    """Detuned low oscillators beating slowly, a breath of air handling, distant consoles.

    Additive drone; Farnell ch. 56.
    """
    n = num_samples(duration_s)
    drone = np.zeros(n)
    for hz, level in ((39.5, 0.8), (39.65, 0.7), (79.2, 0.6), (79.35, 0.5), (118.7, 0.35), (158.8, 0.3), (198.3, 0.15)):
        drone += level * buzz(hz * (1 + 0.001 * wander(n, rng, 0.5)), [1, 0.6, 0.1, 0.12])
    throb = 1 + 0.06 * np.sin(phase_of(1.1 + 0.1 * wander(n, rng, 0.2), n))
    air = shaped_noise(n, rng, [(60, -4), (200, 0), (600, -8), (2000, -18), (7000, -36)])
    return fade_ends(mix([drone * throb, air], [1.0, 0.05]), 0.05, 0.05)


@sound_model
def teleport(duration_s: float, rng: np.random.Generator) -> Signal:
    """A cloud of sine grains rising into a shimmer, swelling and fading.

    Granular clouds, Roads 2001; Farnell ch. 53.
    """
    n = num_samples(max(duration_s, 1.5))
    grains, times, gains = [], [], []
    for _ in range(110):
        at = rng.beta(2.2, 2.0)
        m = num_samples(rng.uniform(0.08, 0.3))
        hz = 500 * 2 ** (3.2 * at + rng.choice([0, 4, 7, 12, 16]) / 12) * rng.uniform(0.995, 1.005)
        grains.append(chirp(np.linspace(hz, hz * 1.04, m)) * np.hanning(m))
        times.append(at * (n / SAMPLE_RATE - 0.3))
        gains.append(rng.uniform(0.2, 1))
    cloud = place(n, grains, times, gains)
    swirl = formant_filter(white(n, rng), [(line(n, [(0, 500), (1, 6500)]), np.full(n, 500.0), 0.0)], parallel=True)
    level = curve(n, [(0, 0), (0.4, 0.8), (0.65, 1), (1, 0)])
    return fade_ends(mix([cloud, swirl], [1.0, 0.4]) * level, 0.02, 0.15)


@sound_model
def magic_sparkle(duration_s: float, rng: np.random.Generator) -> Signal:
    """A glissando of very small bells, up and then scattering (mark-tree bars; Fletcher and Rossing 1998, ch. 19)."""
    n = num_samples(max(duration_s, 1.8))
    m = num_samples(2.0)
    scale = np.sort(np.concatenate([2270 * 2 ** (np.array([0, 2, 4, 7, 9]) / 12) * octave for octave in (1, 2, 4)]))
    notes, times, gains = [], [], []
    up = int(rng.integers(22, 30))
    for k in range(up + 36):
        rise = k < up
        hz = scale[int(k / up * (scale.size - 1))] if rise else rng.choice(scale[5:])
        hz *= rng.uniform(0.982, 1.018)
        notes.append(modes(m, [hz, hz * 2.756, hz * 5.4], [2.0, 0.9, 0.34], [1, 0.35, 0.06], rng))
        times.append(0.002 + (0.032 * k if rise else 0.032 * up + rng.exponential(0.77)))
        gains.append(0.6 if rise else float(db(rng.uniform(-18, -3))))
    return fade_ends(place(n, notes, times, gains), 0.001, 0.3)


@sound_model
def robot_beeps(duration_s: float, rng: np.random.Generator) -> Signal:
    """Short tones, glides, warbles and trills in sentence-like groups.

    Ring-modulated oscillators; Farnell 2010, ch. 54.
    """
    n = num_samples(max(duration_s, 0.8))
    parts, times, at = [], [], 0.01
    while at < n / SAMPLE_RATE - 0.25:
        m = num_samples(rng.uniform(0.05, 0.2))
        base = rng.uniform(600, 2600)
        kind = rng.integers(0, 4)
        if kind == 0:
            hz = np.full(m, base)
        elif kind == 1:
            hz = base * line(m, [(0, 1), (1, rng.uniform(0.4, 2.2))])
        elif kind == 2:
            hz = base * (1 + 0.25 * np.sin(2 * np.pi * rng.uniform(18, 35) * seconds(m)))
        else:
            hz = base * np.where(seconds(m) * 30 % 1 < 0.5, 1.0, 1.33)
        parts.append(fade_ends(np.tanh(1.4 * chirp(hz, [1, 0.15, 0.25])), 0.004, 0.012) * rng.uniform(0.6, 1))
        times.append(at)
        at += m / SAMPLE_RATE + rng.choice([0.015, 0.03, 0.05, 0.16])
    return fade_ends(place(n, parts, times), 0.002, 0.02)


@sound_model
def alien_chatter(duration_s: float, rng: np.random.Generator) -> Signal:
    """Syllables of a throat that flutters, its formants sliding from vowel to vowel.

    Klatt's voice model, small and fast.
    """
    n = num_samples(max(duration_s, 1.0))
    parts, times, at = [], [], 0.02
    names = list(VOWELS)
    while at < n / SAMPLE_RATE - 0.3:
        m = num_samples(rng.uniform(0.08, 0.24))
        pitch = rng.uniform(220, 480) * line(m, [(0, 1), (0.5, rng.uniform(0.7, 1.6)), (1, rng.uniform(0.6, 1.3))])
        pitch = pitch * (1 + 0.18 * np.sin(2 * np.pi * rng.uniform(22, 38) * seconds(m)))
        first, last = (VOWELS[names[int(k)]] for k in rng.integers(0, len(names), 2))
        mouth = [
            (line(m, [(0, 1.7 * a), (1, 1.7 * b)]), np.full(m, 110.0), -3.0 * k)
            for k, (a, b) in enumerate(zip(first[:4], last[:4]))
        ]
        voice = formant_filter(glottis(pitch, rng, jitter=0.03, subharmonic=0.4, breath=0.08), mouth, parallel=True)
        parts.append(fade_ends(voice / np.abs(voice).max(), 0.012, 0.03) * rng.uniform(0.5, 1))
        times.append(at)
        at += m / SAMPLE_RATE + rng.choice([0.01, 0.03, 0.05, 0.2])
    return fade_ends(place(n, parts, times), 0.003, 0.03)


@sound_model
def impact_boom(duration_s: float, rng: np.random.Generator) -> Signal:
    """A sine falling below hearing, a burst of low noise, a very long tail.

    Sub drop of film trailers; Sonnenschein 2001.
    """
    n = num_samples(max(duration_s, 2.5))
    t = seconds(n)
    sub = np.sin(phase_of(34 + 60 * np.exp(-t / 0.12))) * decay(n, 3.2, 0.004)
    hit = lowpass(white(n, rng), 1600) * decay(n, 0.35, 0.001)
    tail = lowpass(white(n, rng), 260) * decay(n, 3.0, 0.02)
    return fade_ends(np.tanh(1.5 * (sub + 0.7 * hit / np.abs(hit).max() + 0.8 * tail / np.abs(tail).max())), 0.001, 0.6)
