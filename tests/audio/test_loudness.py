"""Loudness: measured as the standard says, and met without clipping."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.audio.loudness import (
    CEILING_DBTP,
    TARGET_LUFS,
    gated_lufs,
    integrated_lufs,
    levelling_gain,
    loudest_lufs,
    normalise_loudness,
    true_peak_dbtp,
)
from audiogen_cli.audio.waveform import Waveform

RATE = 48_000


def sine(hertz, seconds, level_db, rate=RATE):
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype("f4")


def noise(seconds, seed=0):
    return np.random.default_rng(seed).standard_normal(round(seconds * RATE)).astype("f4") * 0.1


@pytest.mark.parametrize("rate", [16_000, 24_000, 44_100, 48_000, 96_000])
def test_the_standards_sine_measures_as_the_standard_says(rate):
    assert integrated_lufs(Waveform(sine(997, 5, 0.0, rate), rate)) == pytest.approx(-3.01, abs=0.05)


def test_two_equal_channels_are_three_lu_louder_than_one():
    tone = sine(1000, 5, -23.0)
    one, two = integrated_lufs(Waveform(tone, RATE)), integrated_lufs(Waveform(np.stack([tone, tone]), RATE))
    assert two - one == pytest.approx(3.01, abs=0.01)
    assert (one, two) == pytest.approx((-26.01, -23.00), abs=0.01)  # the standard's 0.691 dB at a kilohertz
    low_rate = integrated_lufs(Waveform(sine(1000, 5, -23.0, 16_000), 16_000))
    # an independent meter, whose filter bends a little otherwise, reads these
    assert (one, two, low_rate) == pytest.approx((-26.045, -23.035, -26.077), abs=0.12)


@pytest.mark.parametrize("seed", range(3))
def test_an_independent_meter_agrees_on_a_sound_with_pauses(seed):
    pyloudnorm = pytest.importorskip("pyloudnorm")
    sound = np.stack([noise(8, seed), noise(8, seed + 10)]) * np.repeat([1, 0.001, 0.5, 0.03], 2 * RATE).astype("f4")
    theirs = pyloudnorm.Meter(RATE).integrated_loudness(sound.T.astype(np.float64))
    assert integrated_lufs(Waveform(sound, RATE)) == pytest.approx(theirs, abs=0.1)


def test_pauses_do_not_count():
    sound = noise(4)
    paused = np.concatenate([sound, np.zeros(4 * RATE, "f4")])
    assert integrated_lufs(Waveform(paused, RATE)) == pytest.approx(integrated_lufs(Waveform(sound, RATE)), abs=0.3)


@pytest.mark.parametrize("samples", [0, 1, 2, 100, 4_800, 19_000])
def test_a_sound_shorter_than_a_block_is_measured_or_called_silent(samples):
    level = integrated_lufs(Waveform(noise(1)[:samples], RATE))
    assert math.isfinite(level) if samples >= 100 else level == -math.inf or math.isfinite(level)


def test_silence_is_minus_infinity_and_stays_silence():
    silence = Waveform(np.zeros((2, RATE), "f4"), RATE)
    assert integrated_lufs(silence) == -math.inf and true_peak_dbtp(silence) == -math.inf
    assert normalise_loudness(silence) is silence


def test_the_peak_between_the_samples_is_found():
    wave = np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4).astype("f4")  # every sample at 0.707, the crest between at 1
    assert 20 * math.log10(np.abs(wave).max()) < -2.9
    assert true_peak_dbtp(Waveform(wave * np.hanning(RATE).astype("f4"), RATE)) == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("level", [0.01, 0.1, 3.0])
def test_any_level_is_brought_to_the_target(level):
    levelled = normalise_loudness(Waveform(noise(3) * np.float32(level), RATE))
    assert integrated_lufs(levelled) == pytest.approx(TARGET_LUFS, abs=0.15)
    assert true_peak_dbtp(levelled) <= CEILING_DBTP


def test_peaks_are_held_while_the_loudness_is_met():
    sound = noise(4) * 0.5
    sound[:: RATE // 3] = 0.98  # clicks that would pass the ceiling
    levelled = normalise_loudness(Waveform(sound, RATE))
    assert true_peak_dbtp(levelled) <= CEILING_DBTP
    assert integrated_lufs(levelled) == pytest.approx(TARGET_LUFS, abs=0.3)


def test_what_is_there_already_comes_back_untouched():
    once = normalise_loudness(Waveform(noise(3), RATE))
    assert normalise_loudness(once) is once and levelling_gain(once) is None


def test_both_channels_take_one_gain():
    stereo = np.stack([noise(2, 1), noise(2, 2) * 0.1])
    levelled = normalise_loudness(Waveform(stereo, RATE)).samples
    assert np.abs(levelled[1]).max() / np.abs(levelled[0]).max() == pytest.approx(
        np.abs(stereo[1]).max() / np.abs(stereo[0]).max(), rel=0.2
    )


def test_an_events_level_is_that_of_its_loudest_moment():
    event = np.concatenate([noise(0.5), np.zeros(5 * RATE, "f4")])
    assert loudest_lufs(event, RATE) == pytest.approx(loudest_lufs(noise(0.5), RATE), abs=0.5)


@given(seed=st.integers(0, 50), seconds=st.floats(0.01, 2.0), gain=st.floats(1e-3, 30.0), bursts=st.integers(1, 5))
def test_nothing_ever_passes_the_ceiling(seed, seconds, gain, bursts):
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal((2, max(2, round(seconds * RATE)))).astype("f4") * np.float32(gain)
    sound *= rng.random(bursts).astype("f4").repeat(-(-sound.shape[1] // bursts))[: sound.shape[1]] ** 4
    levelled = normalise_loudness(Waveform(sound, RATE))
    assert np.isfinite(levelled.samples).all()
    assert true_peak_dbtp(levelled) <= CEILING_DBTP + 1e-3


@pytest.mark.parametrize("rate", [1, 40, 90, 2_000, 3_400, 3_800, 8_000])
def test_a_sound_of_any_rate_has_a_loudness(rate):
    sound = 0.1 * np.random.default_rng(rate).standard_normal(40 * rate).astype("f4")
    assert -26 < gated_lufs(sound, rate) < -14
