"""What the instruments promise: sums that leave nothing out, amplifiers that fold nothing back, a buzzing bridge."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.music.instruments.amplifier import driven
from audiogen_cli.generator.experts.music.instruments.colour import coloured
from audiogen_cli.generator.experts.music.instruments.partials import decaying_partials
from audiogen_cli.generator.experts.music.instruments.registry import play
from audiogen_cli.generator.experts.music.score import Note, Part
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@pytest.mark.parametrize("count", [5, 120])
def test_partials_are_the_sum_of_decaying_sines_though_the_dead_are_left_out(count):
    rng = np.random.default_rng(1)
    hertz, gains = rng.uniform(80.0, 9000.0, count), rng.uniform(0.1, 1.0, count)
    decays, angles = rng.uniform(0.01, 0.6, count), rng.uniform(0.0, 6.0, count)
    times = np.arange(SAMPLE_RATE)[:, None] / SAMPLE_RATE
    expected = (gains * np.exp(-times / decays) * np.sin(2 * np.pi * hertz * times + angles)).sum(axis=1)
    samples = decaying_partials(hertz, gains, decays, SAMPLE_RATE, phases=angles)
    assert np.abs(samples - expected).max() < 3e-3 * np.abs(expected).max()


def test_a_driven_tone_gets_harmonics_and_little_else():
    hertz = 5117.0  # its third harmonic and up fold back where a limiter is run plainly
    tone = np.sin(2 * np.pi * hertz * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(driven(tone[None], 40.0)[0] * np.hanning(SAMPLE_RATE)))
    between = np.r_[10:5100, 5135:8000]
    assert 20 * np.log10(np.linalg.norm(spectrum[between]) / spectrum[int(hertz)]) < -40.0
    assert spectrum[int(3 * hertz)] > 0.1 * spectrum[int(hertz)]


def test_a_tight_amplifier_is_driven_less_by_low_strings():
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    low_and_high = np.sin(2 * np.pi * 80.0 * times) + np.sin(2 * np.pi * 1200.0 * times)
    bus = low_and_high.astype(np.float32)[None]

    def share_of_low(samples):
        spectrum = np.abs(np.fft.rfft(samples[0]))
        return spectrum[80] / spectrum[1200]

    assert share_of_low(driven(bus, 3.0, 500.0)) < 0.5 * share_of_low(driven(bus, 3.0))


def test_chorus_moves_around_the_tone_and_keeps_its_level():
    tone = np.sin(2 * np.pi * 440.0 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)[None]
    wet = coloured(tone, np.random.default_rng(0), chorus=[0.8, 1.5, 0.35])
    assert wet.shape == (2, SAMPLE_RATE)
    assert np.abs(wet[0] - wet[1]).max() > 0.05  # the ears differ
    assert 0.3 < np.sqrt((wet[:, 4800:] ** 2).mean()) / np.sqrt((tone**2).mean()) < 1.5


def test_a_bridge_that_buzzes_makes_a_sitar_brighter_after_the_stroke_than_an_oud():
    def brightness(instrument):
        part = Part(role="lead", instrument=instrument, notes=(Note(0.0, 1.0, 57.0, 0.7),))
        samples = play(part, duration_s=1.0, rng=np.random.default_rng(3)).mean(axis=0)
        power = np.abs(np.fft.rfft(samples[int(0.15 * SAMPLE_RATE) : int(0.45 * SAMPLE_RATE)])) ** 2
        hertz = np.fft.rfftfreq(int(0.45 * SAMPLE_RATE) - int(0.15 * SAMPLE_RATE), 1.0 / SAMPLE_RATE)
        return float((hertz * power).sum() / power.sum())

    assert brightness("sitar") > 1.5 * brightness("oud")
