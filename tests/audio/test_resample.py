"""Resampling: the same sound at another rate."""

import numpy as np
import pytest

from audiogen_cli.audio.resample import resample
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import OptionError


def sine(hertz, rate, seconds=1.0):
    return np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate).astype("f4")


@pytest.mark.parametrize(("old", "new"), [(48_000, 16_000), (48_000, 44_100), (24_000, 48_000), (44_100, 48_000)])
def test_a_tone_is_the_same_tone_at_the_new_rate(old, new):
    there = resample(Waveform(sine(1000, old), old), new)
    assert there.sample_rate == new and there.samples.dtype == np.float32 and there.num_samples == new
    assert np.abs(there.samples[0] - sine(1000, new))[1000:-1000].max() < 1e-3


def test_what_the_new_rate_cannot_carry_is_gone_rather_than_folded_down():
    there = resample(Waveform(sine(12_000, 48_000), 48_000), 16_000)
    assert np.abs(there.samples[0, 500:-500]).max() < 1e-3


@pytest.mark.parametrize("samples", [0, 1, 7, 479, 48_001])
@pytest.mark.parametrize("rate", [16_000, 44_100, 22_050, 47_999])
def test_the_length_is_exact(samples, rate):
    there = resample(Waveform(np.zeros((2, samples), "f4"), 48_000), rate)
    assert there.samples.shape == (2, round(samples * rate / 48_000))


def test_its_own_rate_changes_nothing():
    sound = Waveform(sine(440, 48_000), 48_000)
    assert resample(sound, 48_000) is sound


@pytest.mark.parametrize("rate", [0, -1, 3_999, 192_001])
def test_a_rate_nobody_plays_is_refused(rate):
    with pytest.raises(OptionError, match="sample rate"):
        resample(Waveform(sine(440, 48_000), 48_000), rate)
