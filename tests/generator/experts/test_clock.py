"""The seconds a view names are when its sounds sound."""

import numpy as np
import pytest

from audiogen_cli.caption import Caption
from audiogen_cli.generator.experts.arrangement import arrange
from audiogen_cli.generator.experts.clearing import clear_of_words
from audiogen_cli.generator.experts.clock import Span, read_spans


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("impacts (2-4s and 6.5-8 seconds)", [(2, 4), (6.5, 8)]),
        ("a bell at 5 seconds", [(5, 5)]),
        ("typing in the first six seconds", [(0, 6)]),
        ("between 3 s and 4 s", [(3, 4)]),
        ("two seconds of rain", []),
        ("8-4s", []),
        ("at 128 bpm", []),
    ],
)
def test_told_times_are_read(text, spans):
    assert read_spans(text) == tuple(Span(start_s=start, end_s=end) for start, end in spans)


def plan(sfx, duration_s=10.0):
    return arrange(Caption(caption="a scene", sfx=sfx), duration_s=duration_s, rng=np.random.default_rng(0))


def starts(made, name):
    return [sound.start_s for sound in made.sounds if sound.entry.name == name]


def test_a_sound_begins_when_it_is_told_to_whatever_is_said_then():
    made = plan("a dog bark at 4 seconds, a door slam (7-8s)")
    spoken = clear_of_words(made, [(3.5, 9.0)])
    assert starts(spoken, "dog_bark")[0] == 4.0 and starts(spoken, "door_slam")[0] == 7.0


def test_an_ambience_lasts_as_long_as_it_is_told_to():
    rain = next(sound for sound in plan("rain (2-6s), a dog barks").sounds if sound.entry.name == "rain")
    assert rain.start_s == 2.0 and rain.length_s == 4.0


def test_a_time_after_the_end_of_the_clip_is_no_time():
    assert all(0 <= start < 3.0 for start in starts(plan("a dog bark (8-10s)", duration_s=3.0), "dog_bark"))


def test_what_is_told_of_the_middle_is_in_the_middle():
    assert 3.0 < starts(plan("a gunshot at the midpoint"), "gunshot")[0] < 6.5
