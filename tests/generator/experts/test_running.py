"""Whatever runs: its tones follow its turning, its gears change, its level swings as the entry says."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.effects.running import running
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

BLADES = {"kind": "tones", "order": 4, "harmonics": [1, 0.3]}
STEADY = {"wobble": (0.0, 1.0)}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def peak_hz(sound):
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.size), 1 << 17))
    return np.fft.rfftfreq(1 << 17, 1 / SAMPLE_RATE)[spectrum.argmax()]


def levels(sound, step_s=0.02):
    size = round(step_s * SAMPLE_RATE)
    return np.sqrt(np.mean(sound[: sound.size // size * size].reshape(-1, size) ** 2, axis=1))


@pytest.mark.parametrize("turns", [25, 50, 100])
def test_tones_bound_to_the_turning_follow_it(rng, turns):
    assert peak_hz(running(1.0, rng, layers=[BLADES], turns=turns, **STEADY)) == pytest.approx(4 * turns, rel=0.01)


def test_a_hum_of_its_own_pitch_does_not_follow_the_turning(rng):
    mains = {"kind": "tones", "hz": 100, "harmonics": [1]}
    for turns in (10, 70):
        assert peak_hz(running(1.0, rng, layers=[mains], turns=turns, **STEADY)) == pytest.approx(100, rel=0.01)


def test_the_pitch_climbs_along_the_path(rng):
    sound = running(2.0, rng, layers=[BLADES], turns=50, path=[(0, 1), (1, 3)], **STEADY)
    assert peak_hz(sound[-9600:]) > 2.3 * peak_hz(sound[:9600])


def test_the_pitch_falls_where_a_gear_is_changed(rng):
    gears = [(0.0, 30, 80), (0.5, 40, 90)]
    sound = running(4.0, rng, layers=[BLADES], shifts=gears, **STEADY)
    before, after = (
        peak_hz(sound[int(1.75 * 48000) : int(1.9 * 48000)]),
        peak_hz(sound[int(2.2 * 48000) : int(2.35 * 48000)]),
    )
    assert before > 1.3 * after


@pytest.mark.parametrize("turns", [12, 20])
def test_a_cylinder_fires_every_second_turn(rng, turns):
    sound = running(4.0, rng, layers=[{"kind": "engine", "engine": "single"}], turns=turns, **STEADY)
    envelope = levels(sound, 0.005)
    bursts = np.abs(np.fft.rfft(envelope - envelope.mean()))
    hz = np.fft.rfftfreq(envelope.size, 0.005)
    heard = (hz > 3) & (hz < 30)
    assert hz[heard][bursts[heard].argmax()] == pytest.approx(turns / 2, abs=0.5)


def test_layers_stand_at_their_levels(rng):
    hum, whine = (
        {"kind": "tones", "hz": 100, "harmonics": [1]},
        {"kind": "tones", "hz": 1000, "harmonics": [1], "level": 0.1},
    )
    spectrum = np.abs(np.fft.rfft(running(1.0, rng, layers=[hum, whine], **STEADY)))
    assert spectrum[990:1011].max() / spectrum[95:106].max() == pytest.approx(0.1, rel=0.1)


def test_a_beat_throbs_at_its_rate_and_a_swing_at_random(rng):
    mains = {"kind": "tones", "hz": 400, "harmonics": [1]}
    beating = levels(running(4.0, rng, layers=[{**mains, "beat": (3.0, 0.6)}], **STEADY))[10:-10]
    throb = np.abs(np.fft.rfft(beating - beating.mean()))
    assert np.fft.rfftfreq(beating.size, 0.02)[throb.argmax()] == pytest.approx(3.0, abs=0.3)
    swinging = levels(running(4.0, rng, layers=[{**mains, "swing": (0.5, 3.0)}], **STEADY))[10:-10]
    still = levels(running(4.0, rng, layers=[mains], **STEADY))[10:-10]
    assert swinging.std() / swinging.mean() > 5 * still.std() / still.mean()


def test_the_level_follows_the_turning_where_asked(rng):
    path = [(0, 0.2), (1, 1)]
    loud = levels(running(2.0, rng, layers=[BLADES], turns=50, path=path, follows=1.0, **STEADY), 0.2)
    even = levels(running(2.0, rng, layers=[BLADES], turns=50, path=path, **STEADY), 0.2)
    assert loud[-2] > 2.5 * loud[1]
    assert even[-2] == pytest.approx(even[1], rel=0.1)


def test_what_cannot_be_shorter_takes_its_time(rng):
    air = {"kind": "air", "spectrum": [(100, 0), (1000, -10)]}
    assert running(0.5, rng, layers=[air], least_s=2.0).size == 2 * SAMPLE_RATE
    assert running(3.0, rng, layers=[air], least_s=2.0).size == 3 * SAMPLE_RATE


def test_wet_tyres_hiss_more_than_dry_ones(rng):
    def treble(wet):
        sound = running(2.0, np.random.default_rng(1), layers=[{"kind": "tyres", "rolls": 0.8, "wet": wet}])
        spectrum = np.abs(np.fft.rfft(sound)) ** 2
        hz = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
        return spectrum[hz > 3000].sum() / spectrum.sum()

    assert treble(1.0) > 1.5 * treble(0.0)


def test_an_open_exhaust_is_overloaded(rng):
    pure = {"kind": "tones", "hz": 200, "harmonics": [1]}
    plain, driven = (running(1.0, rng, layers=[pure], drive=drive, **STEADY) for drive in (0.0, 4.0))
    third = [
        np.abs(np.fft.rfft(sound))[580:621].max() / np.abs(np.fft.rfft(sound))[180:221].max()
        for sound in (plain, driven)
    ]
    assert third[0] < 0.01 and third[1] > 0.1
