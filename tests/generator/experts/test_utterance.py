"""People without words: breath with a voice or none, shouts and laughs, as high as the person and as the mood."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.effects.human import laugh, shout, utterance
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

VOICED = [(0, 0), (0.1, 1), (0.9, 1), (1, 0)]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def pitch_and_strength(sound, low_hz=60, high_hz=900):
    """The best pitch in Hz of the middle of a sound, and how like itself the sound is one period later."""
    middle = sound[sound.size // 3 : 2 * sound.size // 3]
    alike = np.fft.irfft(np.abs(np.fft.rfft(middle, 2 * middle.size)) ** 2)[: middle.size]
    shortest, longest = int(SAMPLE_RATE / high_hz), int(SAMPLE_RATE / low_hz)
    lag = shortest + int(alike[shortest:longest].argmax())
    return SAMPLE_RATE / lag, alike[lag] / alike[0]


def test_breath_alone_has_no_pitch_and_a_voice_has(rng):
    air = utterance(0.6, rng, mouth=["uh"], air=VOICED, width=3)
    voice = utterance(0.6, rng, mouth=["uh"], voiced=VOICED)
    assert pitch_and_strength(air, low_hz=60, high_hz=300)[1] < 0.3
    assert pitch_and_strength(voice)[1] > 0.7


@pytest.mark.parametrize(("voice", "pitch_hz"), [("man", 115), ("woman", 210), ("child", 290), ("baby", 430)])
def test_a_voice_lies_where_its_age_and_sex_put_it(rng, voice, pitch_hz):
    sound = utterance(0.6, rng, voice=voice, mouth=["a"], voiced=VOICED, wobble=0.0)
    assert pitch_and_strength(sound)[0] == pytest.approx(pitch_hz, rel=0.12)


def test_a_shout_is_as_high_as_it_is_asked_to_be(rng):
    low = pitch_and_strength(shout(0.8, np.random.default_rng(3), height=1.5))[0]
    high = pitch_and_strength(shout(0.8, np.random.default_rng(3), height=3.0))[0]
    assert high == pytest.approx(2 * low, rel=0.1)


def test_a_whoop_climbs(rng):
    sound = shout(1.2, rng, voice="woman", whoop=True)
    first, last = pitch_and_strength(sound[: sound.size // 2])[0], pitch_and_strength(sound[sound.size // 2 :])[0]
    assert last > 1.2 * first


def test_a_hiss_lies_above_the_voice(rng):
    sound = utterance(0.4, rng, mouth=["uh"], hiss=VOICED)
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    hz = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    assert spectrum[hz > 2000].sum() > 0.9 * spectrum.sum()


def test_sobs_come_one_after_another(rng):
    sound = utterance(2.0, rng, mouth=["a"], voiced=VOICED, row={"lasts_s": 0.3, "rest_s": 0.2})
    loud = np.abs(sound[: sound.size // 2400 * 2400]).reshape(-1, 2400).max(axis=1) > 0.02
    assert np.count_nonzero(np.diff(loud.astype(int)) == 1) + loud[0] == 4


@pytest.mark.parametrize("rate_hz", [4.0, 6.0])
def test_a_laugh_is_a_row_of_ha_at_its_rate(rng, rate_hz):
    sound = laugh(2.5, rng, rate_hz=rate_hz, air=0.2)
    envelope = np.abs(sound[: 48000 * 2]).reshape(-1, 960).mean(axis=1)  # fifty a second
    beats = np.abs(np.fft.rfft(envelope - envelope.mean(), 1024))
    hz = np.fft.rfftfreq(1024, 0.02)
    band = (hz > 2.5) & (hz < 9)
    assert hz[band][beats[band].argmax()] == pytest.approx(rate_hz, rel=0.15)


def test_a_laugh_runs_out_of_breath(rng):
    sound = laugh(2.5, rng)
    assert np.std(sound[:48000]) > 1.3 * np.std(sound[72000:120000])
