"""Crowds: as long as asked, as dense as people are many, made of whoever the cast names."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.effects.crowd import crowd_chant, sentence, throng
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

SHOUTS = [{"model": "shout", "lasts_s": 0.4, "copies": 2}]
PEOPLE = {"people": 3, "level_db": [-6, 0], "pause_s": [0.3, 0.8]}
DRY = {"hall_s": 0.1, "hall": 0.0, "air_level": 0.0}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def levels(sound, step_s=0.05):
    size = round(step_s * SAMPLE_RATE)
    return np.sqrt(np.mean(sound[: sound.size // size * size].reshape(-1, size) ** 2, axis=1))


def share_between(sound, low_hz, high_hz):
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    return spectrum[(hz > low_hz) & (hz < high_hz)].sum() / spectrum.sum()


@pytest.mark.parametrize("duration_s", [0.3, 2.0, 3.7])
def test_a_crowd_lasts_as_long_as_asked(rng, duration_s):
    assert throng(duration_s, rng, cast=SHOUTS, near=PEOPLE).size == round(duration_s * SAMPLE_RATE)


def test_one_person_leaves_pauses_that_many_fill(rng):
    def quiet_share(people):
        sound = throng(5.0, np.random.default_rng(1), cast=SHOUTS, near={**PEOPLE, "people": people}, **DRY)
        return np.mean(levels(sound) < 0.05 * levels(sound).max())

    assert quiet_share(1) > 0.3 > 0.02 > quiet_share(20)


def test_those_far_away_are_heard_below_those_near(rng):
    alone = throng(3.0, np.random.default_rng(1), cast=SHOUTS, near={**PEOPLE, "people": 1}, **DRY)
    far = {"people": 12, "level_db": [-24, -20], "pause_s": [0, 0.1]}
    both = throng(3.0, np.random.default_rng(1), cast=SHOUTS, near={**PEOPLE, "people": 1}, far=far, **DRY)
    assert np.mean(levels(alone) < 0.002 * levels(alone).max()) > 0.2
    assert np.median(levels(both)) > 0.01 * levels(both).max()
    assert np.corrcoef(levels(alone), levels(both))[0, 1] > 0.9


def test_a_burst_of_laughter_dies_away_and_a_murmur_goes_on(rng):
    near = {**PEOPLE, "people": 6}
    falling = levels(throng(4.0, rng, cast=SHOUTS, near=near, falls_s=1.5, **DRY), 1.0)
    going = levels(throng(4.0, rng, cast=SHOUTS, near=near, **DRY), 1.0)
    assert falling[0] > 4 * falling[3]
    assert going[3] > 0.4 * going[0]


def test_the_cast_may_name_other_sounds_of_the_knowledge(rng):
    screams = throng(2.0, rng, cast=[{"sound": "scream", "lasts_s": 0.8}], near=PEOPLE, **DRY)
    groans = throng(2.0, rng, cast=[{"sound": "groan", "lasts_s": 0.8}], near=PEOPLE, **DRY)
    assert share_between(screams, 900, 6000) > 2 * share_between(groans, 900, 6000)


def test_fingers_whistle_over_the_crowd(rng):
    quiet = throng(3.0, np.random.default_rng(2), cast=SHOUTS, near=PEOPLE, **DRY)
    whistled = throng(3.0, np.random.default_rng(2), cast=SHOUTS, near=PEOPLE, whistles_hz=3.0, **DRY)
    assert share_between(whistled, 1800, 3600) > 2 * share_between(quiet, 1800, 3600)


def test_hands_clap_as_loud_as_asked(rng):
    def claps(hands_level):
        sound = throng(
            2.0, np.random.default_rng(2), cast=SHOUTS, near=PEOPLE, hands=20, hands_level=hands_level, **DRY
        )
        return share_between(sound, 4000, 8000)

    assert claps(4.0) > 3 * claps(0.3)


def test_a_hall_rings_on_in_the_pauses(rng):
    near = {**PEOPLE, "people": 1}
    dry = levels(throng(5.0, np.random.default_rng(1), cast=SHOUTS, near=near, **DRY))
    wet = levels(throng(5.0, np.random.default_rng(1), cast=SHOUTS, near=near, hall_s=1.5, hall=0.8, air_level=0.0))
    assert np.percentile(wet / wet.max(), 20) > 5 * np.percentile(dry / dry.max(), 20) + 0.01


def test_a_sentence_without_words_has_syllables_at_its_rate(rng):
    def peaks(rate_hz):
        envelope = levels(sentence(4.0, np.random.default_rng(3), rate_hz=rate_hz), 0.02)
        smooth = np.convolve(envelope, np.hanning(7) / np.hanning(7).sum(), "same")
        tops = (smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] > smooth[2:]) & (smooth[1:-1] > 0.2 * smooth.max())
        return np.count_nonzero(tops)

    assert 7 <= peaks(3.0) <= 14 and peaks(6.0) > 1.4 * peaks(3.0)


def test_a_chant_comes_round_again(rng):
    envelope = levels(crowd_chant(10.0, rng), 0.02)
    alike = np.correlate(envelope - envelope.mean(), envelope - envelope.mean(), "full")[envelope.size - 1 :]
    round_s = 0.02 * (75 + int(alike[75:110].argmax()))
    assert 4 * 0.42 - 0.04 <= round_s <= 4 * 0.5 + 0.04
    assert alike[75:110].max() > 0.4 * alike[0]
