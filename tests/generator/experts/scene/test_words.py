"""Words in front: what steps back for them, in which band, when, and what may stay."""

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from audiogen_cli.generator.experts.scene.words import put_words_first, words_spoken
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE

SECONDS = 6.0


def noise(low_hz, high_hz, *, level_db=0.0, seed=0, start_s=0.0, end_s=SECONDS):
    """A band of noise in both channels between two times, [2, S]."""
    sound = np.random.default_rng(seed).standard_normal((2, round(SECONDS * SAMPLE_RATE)))
    sound = sosfilt(butter(4, (low_hz, high_hz), "band", fs=SAMPLE_RATE, output="sos"), sound)
    sound *= 0.1 * 10 ** (level_db / 20) / sound.std()
    sound[:, : round(start_s * SAMPLE_RATE)] = 0
    sound[:, round(end_s * SAMPLE_RATE) :] = 0
    return sound.astype("f4")


def voice(start_s=2.0, end_s=4.0, level_db=0.0):
    """Syllables at 4 Hz with the spectrum of speech, roughly."""
    sound = noise(150, 1200, seed=7) + 0.4 * noise(1200, 7000, seed=8)
    time = np.arange(sound.shape[1]) / SAMPLE_RATE
    sound *= ((0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)) * (time > start_s) * (time < end_s)).astype("f4")
    return sound * np.float32(10 ** (level_db / 20))


def change_db(before, after, start_s, end_s):
    part = slice(round(start_s * SAMPLE_RATE), round(end_s * SAMPLE_RATE))
    return 10 * np.log10(np.square(after[:, part]).mean() / np.square(before[:, part]).mean())


def cleared(speech, *others):
    changed = [sound.copy() for sound in others]
    put_words_first(speech, changed, words_spoken(speech[0]))
    return changed


def test_a_murmur_steps_back_farther_than_a_rumble_of_the_same_loudness():
    murmur, rumble = noise(300, 3500, level_db=-18), noise(40, 90, level_db=-14)
    (less_murmur,), (less_rumble,) = cleared(voice(), murmur), cleared(voice(), rumble)
    assert change_db(murmur, less_murmur, 2.5, 3.5) < change_db(rumble, less_rumble, 2.5, 3.5) - 3


def test_a_rain_keeps_its_lows_while_it_loses_the_band_of_words():
    band, lows = noise(500, 3500, level_db=-9, seed=1), noise(40, 100, level_db=-12, seed=2)
    (less,) = cleared(voice(), band + lows)
    low = butter(4, 110, fs=SAMPLE_RATE, output="sos")
    whole, bottom = change_db(band + lows, less, 2.5, 3.5), change_db(lows, sosfilt(low, less), 2.5, 3.5)
    assert whole < bottom - 2


def test_all_that_sounds_is_back_once_the_words_are_over():
    murmur = noise(300, 3500, level_db=-12)
    (less,) = cleared(voice(), murmur)
    assert change_db(murmur, less, 2.5, 3.5) < -3
    assert change_db(murmur, less, 0.2, 1.2) == pytest.approx(0, abs=0.3)
    assert change_db(murmur, less, 5.0, 5.8) == pytest.approx(0, abs=0.3)


def test_a_slam_on_a_word_is_held_and_the_moment_before_is_not():
    slam = noise(300, 3500, level_db=3, start_s=3.0, end_s=3.2)
    soft = noise(300, 3500, level_db=-30, seed=3)
    lowered = cleared(voice(), slam + soft)[0]
    assert change_db(slam + soft, lowered, 3.02, 3.18) < -8
    assert change_db(soft, lowered, 2.3, 2.6) > -3


def test_a_whisper_is_given_more_room_than_a_shout():
    murmur = noise(300, 3500, level_db=-25)
    soft, loud = (cleared(voice(level_db=level), murmur)[0] for level in (-12.0, 3.0))
    assert change_db(murmur, soft, 2.5, 3.5) < change_db(murmur, loud, 2.5, 3.5) - 3


def test_what_lies_well_below_the_words_is_left_as_it_is():
    bed = noise(100, 8000, level_db=-45)
    assert np.array_equal(cleared(voice(), bed)[0], bed)


def test_layers_step_back_together_and_none_gets_louder():
    music, rain = noise(200, 5000, level_db=-8, seed=1), noise(500, 9000, level_db=-12, seed=2)
    apart = cleared(voice(), music, rain)
    (together,) = cleared(voice(), music + rain)
    assert np.abs(apart[0] + apart[1] - together).max() < 1e-4
    assert np.square(apart[0]).sum() < np.square(music).sum() and np.square(apart[1]).sum() < np.square(rain).sum()


def test_without_words_or_without_others_nothing_happens():
    bed = noise(100, 8000)
    assert np.array_equal(cleared(np.zeros_like(bed), bed)[0], bed)
    put_words_first(voice(), [], words_spoken(voice()[0]))


def test_a_clip_shorter_than_a_spectrum_is_cleared_too():
    speech, bed = voice(0.0, 6.0)[:, :900], noise(100, 8000)[:, :900]
    changed = [bed.copy()]
    put_words_first(speech, changed, np.ones(900, "f4"))
    assert changed[0].shape == bed.shape and np.isfinite(changed[0]).all()


def test_stepping_back_is_done_before_the_first_word_and_takes_its_time():
    spoken = words_spoken(voice(3.0, 5.0)[0])
    assert spoken[round(3.05 * SAMPLE_RATE) : round(4.9 * SAMPLE_RATE)].min() > 0.95
    assert spoken[: round(2.5 * SAMPLE_RATE)].max() < 0.05 and spoken[round(5.8 * SAMPLE_RATE) :].max() < 0.05
    rising = np.flatnonzero((spoken > 0.05) & (spoken < 0.95) & (np.arange(len(spoken)) < 4 * SAMPLE_RATE))
    assert 0.15 < len(rising) / SAMPLE_RATE < 0.5


def test_a_short_pause_between_words_does_not_let_the_music_up():
    speech = voice(1.0, 2.5)[0] + voice(2.75, 4.0)[0]
    assert words_spoken(speech)[round(1.2 * SAMPLE_RATE) : round(3.8 * SAMPLE_RATE)].min() > 0.9
