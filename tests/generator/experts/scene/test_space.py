"""Spaces: what the knowledge says of a room is what its impulse response does."""

import itertools

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.scene.space import (
    BANDS_HZ,
    build_space,
    early_response,
    mixing_time_s,
    tail_response,
    wetness_db,
)
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry, load_entries

SPACES = {name: build_space(entry) for name, entry in load_entries("spaces").items()}


def tail_of(space, channels=1):
    return tail_response(space.name, space.rt60_s, start_s=mixing_time_s(space), channels=channels)


def measured_rt60(response, band_hz):
    """T20 of an octave band by Schroeder's backward integration."""
    edges = [band_hz / 2**0.5, band_hz * 2**0.5]
    band = sosfiltfilt(butter(3, edges, "bandpass", fs=SAMPLE_RATE, output="sos"), response.astype(np.float64))
    decay = 10 * np.log10(np.cumsum(np.square(band)[::-1])[::-1] / np.square(band).sum() + 1e-12)
    time = np.arange(len(decay)) / SAMPLE_RATE
    part = (decay < -5) & (decay > -25)
    return -60 / np.polyfit(time[part], decay[part], 1)[0]


@pytest.mark.parametrize("name", SPACES)
def test_every_space_decays_as_its_entry_says(name):
    space = SPACES[name]
    tail = tail_of(space)[0]
    for band, told in list(zip(BANDS_HZ, space.rt60_s))[1:]:
        ring_s = 2.2 / (band / 2**0.5) * 6  # a filter this narrow rings by itself
        if told > 3 * ring_s:
            assert measured_rt60(tail, band) == pytest.approx(told, rel=0.15), f"{band} Hz"


@pytest.mark.parametrize("name", SPACES)
def test_the_energy_of_a_tail_falls_steadily(name):
    tail = np.square(tail_of(SPACES[name])[0])
    parts = [part.sum() for part in np.array_split(tail[round(mixing_time_s(SPACES[name]) * SAMPLE_RATE) :], 5)]
    assert all(later < earlier for earlier, later in itertools.pairwise(parts))


def test_there_are_the_spaces_a_scene_can_ask_for():
    wanted = {
        "street",
        "room",
        "hall",
        "church",
        "forest",
        "cave",
        "car_interior",
        "train_station",
        "stadium",
        "bathroom",
    }
    assert wanted <= set(SPACES) and len(SPACES) >= 25


def test_every_bed_of_a_space_is_a_sound_of_the_knowledge():
    sounds = load_entries("sounds")
    missing = {(name, bed) for name, space in SPACES.items() for bed in space.beds if bed not in sounds}
    assert not missing


def test_both_channels_of_a_tail_are_strangers():
    left, right = tail_of(SPACES["hall"], channels=2)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1


def test_a_room_sounds_the_same_each_time():
    assert np.array_equal(tail_of(SPACES["church"]), tail_of(SPACES["church"]))


@pytest.mark.parametrize("name", SPACES)
def test_the_farther_a_source_the_wetter_it_is_but_words_survive(name):
    levels = [wetness_db(SPACES[name], distance) for distance in (0.5, 1, 2, 4, 8, 1000)]
    assert levels == sorted(levels) and levels[-1] <= max(3.0, SPACES[name].wet_db)


def test_a_cathedral_is_wetter_than_a_studio():
    assert wetness_db(SPACES["cathedral"], 4.0) > wetness_db(SPACES["studio"], 4.0) + 6


def test_reflections_come_after_the_direct_sound_and_weaker():
    early = early_response(SPACES["living_room"], distance_m=1.5, pan=0.0, channels=2)
    assert early.shape[0] == 2
    assert not early[:, :20].any() and 0.02 < np.abs(early).max() < 1.0


@pytest.mark.parametrize("name", [name for name, space in SPACES.items() if max(space.size_m) < 12])
@pytest.mark.parametrize("distance_m", [1.5, 30.0])
def test_in_small_rooms_the_first_reflections_never_outweigh_the_sound_itself(name, distance_m):
    early = early_response(SPACES[name], distance_m=distance_m, pan=0.0, channels=1)
    assert np.square(early).sum() < 1.0


def test_a_mountain_valley_answers_with_its_echoes():
    early = early_response(SPACES["mountain"], distance_m=3.0, pan=0.0, channels=1)[0]
    for delay, _ in SPACES["mountain"].echoes:
        at = round(delay * SAMPLE_RATE)
        assert np.square(early[at : at + 2000]).sum() > 20 * np.square(early[at - 3000 : at - 1000]).sum()


@pytest.mark.parametrize(
    "params", [{}, {"size_m": [1, 2]}, {"size_m": [1, 2, 3], "rt60_s": [1, 1, 1, 1, 1, -1]}, {"size_m": "big"}]
)
def test_a_crooked_entry_is_named(params):
    with pytest.raises(KnowledgeError, match=r"spaces/rooms\.yaml: nook"):
        build_space(Entry(name="nook", family="rooms", words=("nook",), phrase="a nook", params=params))
