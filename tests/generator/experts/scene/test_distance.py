"""Distance and movement: what they do to level, brightness, pitch and side."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.scene.distance import (
    darkened,
    distance_gain_db,
    moved,
    movement,
    placed,
    widened,
)
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE


@pytest.fixture
def noise():
    return np.random.default_rng(0).standard_normal(SAMPLE_RATE).astype("f4") * 0.1


def brightness(samples):
    power = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return float((hertz * power).sum() / power.sum())


def pitch(samples):
    return brightness(samples * np.hanning(len(samples)))


def test_distance_lowers_the_level_but_never_to_nothing():
    gains = [distance_gain_db(distance, 2.0) for distance in (0.5, 1, 2, 4, 8, 16, 10_000)]
    assert gains == sorted(gains, reverse=True)
    assert gains[2] == 0.0 and gains[3] < -2 and gains[-1] >= -12


def test_distance_takes_the_highs(noise):
    dark = [brightness(darkened(noise, distance_m=distance, typical_m=2.0)) for distance in (2, 5, 20, 100)]
    assert dark[0] > dark[1] > dark[2] > dark[3]


def test_a_sound_at_its_usual_distance_is_left_alone(noise):
    assert darkened(noise, distance_m=40.0, typical_m=40.0) is noise


def test_panning_keeps_the_power_and_follows_the_side(noise):
    for pan in (-1.0, -0.4, 0.0, 0.7, 1.0):
        left, right = placed(noise, pan=pan, channels=2)
        assert np.square(left).sum() + np.square(right).sum() == pytest.approx(np.square(noise).sum(), rel=0.01)
        assert np.sign(np.square(right).sum() - np.square(left).sum()) == np.sign(pan) or pan == 0


@pytest.mark.parametrize("pan", [-0.8, -0.3, 0.0, 0.5])
def test_the_sum_of_both_channels_does_not_comb(noise, pan):
    both = placed(noise, pan=pan, channels=2).sum(axis=0)
    ratio = np.abs(np.fft.rfft(both)) / np.maximum(np.abs(np.fft.rfft(noise)), 1e-9)
    bands = [np.median(part) for part in np.array_split(ratio[200:8000], 20)]
    assert max(bands) / min(bands) < 2.0


def test_an_ambience_is_wide_and_its_sum_is_itself(noise):
    left, right = widened(noise, channels=2)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.6
    total = left + right
    assert np.corrcoef(total, noise)[0, 1] > 0.999


def test_what_passes_swells_and_fades_and_crosses_the_picture(noise):
    sound = np.tile(noise, 4)
    path = movement("passing", duration_s=4.0, distance_m=4.0, speed_mps=15.0, pan=-0.8)
    left, right = moved(sound, path, typical_m=4.0, channels=2)
    power = [np.square(part).mean() for part in np.array_split(left + right, 5)]
    assert power[2] > 3 * power[0] and power[2] > 3 * power[4]
    assert np.square(left[:SAMPLE_RATE]).sum() > 3 * np.square(right[:SAMPLE_RATE]).sum()
    assert np.square(right[-SAMPLE_RATE:]).sum() > 3 * np.square(left[-SAMPLE_RATE:]).sum()


def test_a_passing_tone_falls_by_the_doppler_shift():
    tone = np.sin(2 * np.pi * 440 * np.arange(4 * SAMPLE_RATE) / SAMPLE_RATE).astype("f4")
    speed = 20.0
    path = movement("passing", duration_s=4.0, distance_m=3.0, speed_mps=speed, pan=-1.0)
    heard = moved(tone, path, typical_m=3.0, channels=1)[0]
    before, after = pitch(heard[SAMPLE_RATE // 4 : SAMPLE_RATE]), pitch(heard[3 * SAMPLE_RATE :])
    assert before == pytest.approx(440 * (1 + speed / 343), rel=0.01)
    assert after == pytest.approx(440 * (1 - speed / 343), rel=0.01)


@pytest.mark.parametrize(("motion", "louder_at_the_end"), [("approaching", True), ("receding", False)])
def test_what_comes_closer_grows(noise, motion, louder_at_the_end):
    path = movement(motion, duration_s=1.0, distance_m=2.0, speed_mps=12.0, pan=0.0)
    heard = moved(noise, path, typical_m=2.0, channels=1)[0]
    first, last = (np.square(part).mean() for part in (heard[2000:10_000], heard[-10_000:]))
    assert (last > first) == louder_at_the_end and heard.shape == noise.shape
