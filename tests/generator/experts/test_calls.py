"""Calls of throats and whistles: at the pitch, at the times and with the strengths that an entry writes down."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.effects.calls import calls, draw, whistles
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

FLAT = [(0, 1), (1, 1)]
SWELL = [(0, 0), (0.1, 1), (0.9, 1), (1, 0)]
THROAT = {"pitch": FLAT, "level": SWELL, "mouth": [(700, 120, 0), (1200, 150, -6)], "wobble": 0.0, "jitter": 0.0}
WHISTLE = {"pitch": FLAT, "level": SWELL, "wobble": (0.0, 8.0)}


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def pitch_of(sound, low_hz=60, high_hz=1000):
    """The pitch in Hz of a steady sound: the shortest time after which it is nearly itself again."""
    spectrum = np.abs(np.fft.rfft(sound, 2 * sound.size)) ** 2
    alike = np.fft.irfft(spectrum)[: sound.size]
    shortest, longest = int(SAMPLE_RATE / high_hz), int(SAMPLE_RATE / low_hz)
    likely = alike[shortest:longest]
    again = int(np.flatnonzero(likely > 0.9 * likely.max())[0])
    peak = again + int(likely[again : again + 15].argmax())
    return SAMPLE_RATE / (shortest + peak)


def level(sound, start_s, end_s):
    return float(np.sqrt(np.mean(sound[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)] ** 2)))


def share_near(sound, hz, width=0.03):
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    bins = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    return spectrum[np.abs(bins / hz - 1) < width].sum() / spectrum.sum()


@pytest.mark.parametrize("base_hz", [110, 220, 440])
def test_a_throat_calls_at_its_pitch(rng, base_hz):
    sound = calls(0.6, rng, base_hz=base_hz, **THROAT)
    assert pitch_of(sound) == pytest.approx(base_hz, rel=0.03)


def test_a_pitch_between_two_is_drawn_once_for_all_calls_of_a_performance(rng):
    row = {"lasts_s": 0.3, "rest_s": 0.1}
    pitches = []
    for _ in range(4):
        sound = calls(0.8, rng, base_hz=[150, 300], row=row, **THROAT)
        first, second = (pitch_of(sound[start : start + 13000]) for start in (500, 19700))
        assert first == pytest.approx(second, rel=0.04)
        pitches.append(first)
    assert max(pitches) > 1.1 * min(pitches)


def test_calls_follow_one_another_until_the_time_is_full_with_silence_between(rng):
    sound = whistles(2.0, rng, base_hz=900, row={"lasts_s": 0.2, "rest_s": 0.3}, **WHISTLE)
    for start in (0.0, 0.5, 1.0, 1.5):
        assert level(sound, start + 0.05, start + 0.15) > 0.3
    for start in (0.25, 0.75, 1.25):
        assert level(sound, start, start + 0.2) == 0.0
    assert 1.6 < sound.size / SAMPLE_RATE < 1.9


def test_calls_in_a_row_tire(rng):
    row = {"lasts_s": 0.2, "rest_s": 0.1, "fall_db": 6, "spread_db": 0.0}
    sound = whistles(0.9, rng, base_hz=900, row=row, **WHISTLE)
    loud = [level(sound, 0.3 * turn + 0.05, 0.3 * turn + 0.15) for turn in range(3)]
    assert 20 * np.log10(loud[0] / loud[2]) == pytest.approx(12, abs=0.5)


def test_a_rare_call_has_a_shape_of_its_own(rng):
    row = {"lasts_s": 0.2, "rest_s": 0.1, "sometimes": {"chance": 1.0, "pitch": [(0, 2), (1, 2)]}}
    assert share_near(whistles(0.6, rng, base_hz=900, row=row, **WHISTLE), 1800) > 0.9


def test_syllables_stand_where_they_are_told_as_loud_as_told(rng):
    syllables = [{"at": 0.25, "lasts": 0.1}, {"at": 0.75, "lasts": 0.1, "gain": 0.5}]
    sound = whistles(2.0, rng, base_hz=900, syllables=syllables, **WHISTLE)
    assert level(sound, 0.0, 0.49) == 0.0
    assert level(sound, 0.55, 0.65) == pytest.approx(2 * level(sound, 1.55, 1.65), rel=0.1)
    assert level(sound, 0.75, 1.45) == 0.0


def test_a_syllable_overrides_the_voice(rng):
    syllables = [{"at": 0, "lasts": 0.4}, {"at": 0.5, "lasts": 0.4, "pitch": [(0, 1.5), (1, 1.5)]}]
    sound = calls(1.0, rng, base_hz=200, syllables=syllables, **THROAT)
    assert pitch_of(sound[2000:17000]) == pytest.approx(200, rel=0.03)
    assert pitch_of(sound[26000:41000]) == pytest.approx(300, rel=0.03)


def test_a_second_voice_sounds_beside_the_first(rng):
    alone = calls(0.6, np.random.default_rng(1), base_hz=400, **THROAT)
    both = calls(0.6, np.random.default_rng(1), base_hz=400, second=0.42, **THROAT)
    assert share_near(both, 168) > 20 * share_near(alone, 168)


def test_a_driven_voice_is_brassier(rng):
    plain = calls(0.6, np.random.default_rng(1), base_hz=200, **THROAT)
    driven = calls(0.6, np.random.default_rng(1), base_hz=200, drive=6.0, **THROAT)
    assert share_above(driven, 2500) > 2 * share_above(plain, 2500)


def share_above(sound, hz):
    spectrum = np.abs(np.fft.rfft(sound)) ** 2
    return spectrum[np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE) > hz].sum() / spectrum.sum()


def test_a_whistle_is_nearly_a_sine_and_breath_blurs_it(rng):
    assert share_near(whistles(0.5, rng, base_hz=900, **WHISTLE), 900) > 0.98
    assert share_near(whistles(0.5, rng, base_hz=900, breath=(1.0, 500, 5000), **WHISTLE), 900) < 0.8


def test_a_whistle_glides_along_its_path(rng):
    sound = whistles(1.0, rng, base_hz=500, **{**WHISTLE, "pitch": [(0, 1), (1, 2)]})
    first, last = (pitch_of(part, high_hz=2000) for part in (sound[2400:9600], sound[38400:45600]))
    assert 490 < first < 650 and 850 < last < 1010


def test_a_tremor_shakes_the_level_at_its_rate(rng):
    sound = whistles(2.0, rng, base_hz=900, tremor=(10.0, 0.0, 0.5), **WHISTLE)[9600:-9600]
    envelope = np.abs(sound).reshape(-1, 480).max(axis=1)  # a hundred a second
    shakes = np.abs(np.fft.rfft(envelope - envelope.mean()))
    assert np.fft.rfftfreq(envelope.size, 0.01)[shakes.argmax()] == pytest.approx(10, abs=1.5)


def test_a_number_is_itself_and_a_pair_is_drawn_between(rng):
    assert draw(rng, 3) == 3.0
    drawn = [draw(rng, [2, 5]) for _ in range(50)]
    assert 2 <= min(drawn) < 3 and 4 < max(drawn) <= 5
