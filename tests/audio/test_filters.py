"""Filters: designed and applied as scipy.signal does, which is not imported to make a sound."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen_cli.audio.filters import butterworth, convolved, filtered, peak, resonance

RATE = 48_000
NAMES = {"low": "lowpass", "high": "highpass", "band": "bandpass"}


def noise(length, seed=0):
    return np.random.default_rng(seed).standard_normal(length)


@pytest.mark.parametrize(
    ("kind", "order"),
    [*((kind, order) for kind in NAMES for order in (1, 2, 3, 4)), ("low", 8), ("high", 8)],
)
@pytest.mark.parametrize("corner_hz", [40, 300, 3_000, 21_000])
def test_a_butterworth_filter_answers_as_scipys_does(kind, order, corner_hz):
    corners = (corner_hz / 2, corner_hz * 1.1) if kind == "band" else corner_hz
    sound = noise(50_000)
    theirs = scipy.signal.sosfilt(scipy.signal.butter(order, corners, NAMES[kind], fs=RATE, output="sos"), sound)
    ours = filtered(butterworth(order, corners, kind, sample_rate=RATE), sound)
    assert np.abs(ours - theirs).max() < 1e-6 * np.abs(theirs).max()


@given(order=st.integers(1, 6), hertz=st.floats(20, 20_000), length=st.integers(0, 3_000), channels=st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_any_length_and_any_number_of_channels(order, hertz, length, channels):
    sound = noise(length * channels).reshape(channels, length)
    sections = scipy.signal.butter(order, hertz, fs=RATE, output="sos")
    ours = filtered(butterworth(order, hertz, "low", sample_rate=RATE), sound)
    assert ours.shape == sound.shape
    if length:
        theirs = scipy.signal.sosfilt(sections, np.pad(sound, [(0, 0), (0, RATE)]))
        # Against the loudest of the whole answer: a slow filter has barely begun where a short sound ends.
        assert np.abs(ours - theirs[:, :length]).max() < 1e-6 * np.abs(theirs).max()


def test_blocks_leave_no_seam():
    whole = filtered(butterworth(4, 200, "low", sample_rate=RATE), noise(480_000))
    theirs = scipy.signal.sosfilt(scipy.signal.butter(4, 200, fs=RATE, output="sos"), noise(480_000))
    assert np.abs(whole - theirs).max() < 1e-6 * np.abs(theirs).max()


def test_single_precision_stays_single_and_is_130_db_clean():
    sound = noise(100_000).astype("f4")
    sections = butterworth(2, (300, 3_400), "band", sample_rate=RATE)
    heard = filtered(sections, sound)
    assert heard.dtype == np.float32
    assert np.abs(heard - filtered(sections, sound.astype("f8"))).max() < 10 ** (-130 / 20) * np.abs(sound).max()


@pytest.mark.parametrize("quality", [0.7, 5.0, 60.0])
def test_a_peak_answers_as_scipys_does(quality):
    theirs = scipy.signal.lfilter(*scipy.signal.iirpeak(1_200, quality, fs=RATE), noise(20_000))
    ours = filtered(peak(1_200, quality, sample_rate=RATE), noise(20_000))
    assert np.abs(ours - theirs).max() < 1e-6


def test_a_resonance_rings_at_its_frequency_for_as_long_as_its_width_says():
    click = np.zeros(RATE)
    click[0] = 1
    ring = filtered(resonance(700, 4.0, sample_rate=RATE), click)
    assert np.argmax(np.abs(np.fft.rfft(ring))) == 700
    level = np.abs(scipy.signal.hilbert(ring))
    assert 20 * np.log10(level[24_000] / level[1_000]) == pytest.approx(-8.686 * np.pi * 4.0 * 23_000 / RATE, abs=0.2)


@given(length=st.integers(1, 40_000), ringing=st.integers(1, 30_000))
@settings(max_examples=30, deadline=None)
def test_a_convolution_is_whole_and_has_each_channel_of_the_response(length, ringing):
    sound, response = noise(length), noise(2 * ringing, 1).reshape(2, ringing)
    ours = convolved(sound, response)
    assert ours.shape == (2, length + ringing - 1)
    theirs = scipy.signal.fftconvolve(np.stack([sound, sound]), response, axes=-1)
    assert np.abs(ours - theirs).max() < 1e-9 * max(1.0, np.abs(theirs).max())


@pytest.mark.parametrize(("corners", "kind"), [(0, "low"), (24_000, "high"), ((900, 300), "band"), (500, "band")])
def test_corners_that_no_filter_has_are_refused(corners, kind):
    with pytest.raises(ValueError, match="corners"):
        butterworth(2, corners, kind, sample_rate=RATE)


def test_an_unstable_filter_is_refused():
    with pytest.raises(ValueError, match="unstable"):
        filtered(np.array([[1.0, 0, 0, 1.0, -2.1, 1.2]]), noise(10))
