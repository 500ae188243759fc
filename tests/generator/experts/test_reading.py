"""Reading a view: which sounds are asked for, how often, in which order, and what is not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.generator.experts.reading import read_sounds


def names(text):
    return [item.entry.name for item in read_sounds(text).asked]


def manners(text):
    return {item.entry.name: item.manner for item in read_sounds(text).asked}


def steps(text):
    return {item.entry.name: item.step for item in read_sounds(text).asked}


@pytest.mark.parametrize(
    "text",
    [
        "a dog barks, then a door slams",
        "a dog barks followed by a door slam",
        "a dog barking before a door slams",
        "a door slams after a dog barks",
        "after a dog barks, a door slams",
        "A dog barks. Finally, a door slams.",
        "dog barking, and then, suddenly, a door slam",
    ],
)
def test_the_order_told_is_the_order_read(text):
    order = steps(text)
    assert order["dog_bark"] < order["door_slam"]


def test_what_happens_while_something_else_does_is_of_one_step():
    read = read_sounds("a door slams while a dog barks").asked
    assert read[0].step == read[1].step and read[1].together


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("three knocks on a door", 3),
        ("a dog barks twice", 2),
        ("a telephone rings three times", 3),
        ("several knocks", 4),
        ("a couple of gunshots", 2),
        ("7 gunshots", 7),
        ("a gunshot", None),
        ("999 gunshots", None),
    ],
)
def test_numbers_are_read(text, count):
    assert read_sounds(text).asked[0].manner.count == count


def test_a_number_belongs_to_its_own_sound():
    read = manners("a dog barks twice, then a door slams")
    assert read["dog_bark"].count == 2 and read["door_slam"].count is None


@pytest.mark.parametrize(
    ("text", "manner", "value"),
    [
        ("a dog barks in the distance", "nearness", "far"),
        ("a faraway siren, far off dog barking", "nearness", "far"),
        ("a dog barking nearby", "nearness", "near"),
        ("a dog barks outside", "nearness", "outside"),
        ("a car passes by from left to right", "motion", "passing"),
        ("footsteps approaching on gravel", "motion", "approaching"),
        ("footsteps walk away into the distance", "motion", "receding"),
        ("continuous dog barking", "lasting", "often"),
        ("occasional dog barks", "lasting", "rare"),
        ("a sudden gunshot", "lasting", "once"),
        ("a gunshot at the end", "where", "end"),
        ("begins with a gunshot", "where", "start"),
        ("a dog barks on the left", "pan", -0.8),
        ("a car drives from right to left", "pan", 0.8),
    ],
)
def test_manner_is_read(text, manner, value):
    assert getattr(read_sounds(text).asked[-1].manner, manner) == value


def test_a_closing_door_is_not_close():
    assert all(manner.nearness == "usual" for manner in manners("a door closes").values())


def test_what_is_denied_is_not_asked_for():
    read = read_sounds("wind, but no birds and without any thunder")
    assert [item.entry.name for item in read.asked] == ["wind"]
    assert {"songbirds", "thunder"} <= read.denied


def test_where_a_sound_happens_is_not_a_sound():
    assert names("three knocks on a wooden door") == ["door_knock"]
    assert names("footsteps on gravel") == ["footsteps_gravel"]


def test_what_another_resembles_is_what_is_meant():
    assert names("clicking sounds resembling keyboard typing") == ["typing"]
    assert names("metallic impacts consistent with a train on tracks") == ["rail_clack"]


def test_a_comparison_is_no_sound():
    assert names("the engine roars like a lion") == ["engine_rev"]


def test_of_two_names_for_one_event_the_first_is_enough():
    assert names("a doorbell/chime alert") == ["doorbell"]
    assert names("an unheard-of thing or a door slam") == ["door_slam"]


def test_numbers_end_at_a_comma():
    read = manners("three knocks, dog barks")
    assert read["door_knock"].count == 3 and read["dog_bark"].count is None


def test_words_of_a_poor_recording_are_no_sounds():
    read = read_sounds("Intermittent speech signal with low clarity, vocal fry and compression artifacts")
    assert not read.asked and not read.unknown


def test_one_sound_told_twice_in_a_breath_is_one_sound():
    assert names("helicopter rotor sounds").count("helicopter") <= 1


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("rain with a theremin", ("theremin",)),
        ("kazoo fanfare", ("kazoo fanfare",)),
        ("yodelling on a mountain", ("yodelling",)),
        ("a dog barks; a zeugophone in the background", ("zeugophone",)),
        ("heavy rain on the pavement", ()),
        ("Persistent background noise with occasional sounds", ()),
        ("a loud noise, then silence", ()),
        ("no kazoo, just rain", ()),
    ],
)
def test_unknown_sounds_are_reported_and_plain_words_are_not(text, unknown):
    assert read_sounds(text).unknown == unknown


def test_an_unknown_noun_before_a_known_sound_is_told():
    assert read_sounds("a zeppelin engine rev").unsure or read_sounds("a zeppelin engine rev").unknown


@given(st.text(max_size=200))
def test_any_text_is_read(text):
    read = read_sounds(text)
    assert all(item.step >= 0 and (item.manner.count or 1) >= 1 for item in read.asked)


PARTS = st.sampled_from(
    ["a dog barks", "rain", "three knocks", "then", "after", "while", "no birds", ",", ";", "and", "in the distance",
     "a theremin", "suddenly", "at the end", "before", "passing by", "thunder", "twice", ".", "x" * 40]
)  # fmt: skip


@given(st.lists(PARTS, max_size=14))
def test_any_sentence_of_sounds_keeps_every_sound_that_is_not_denied(parts):
    text = " ".join(parts)
    found = set(names(text))
    denied = read_sounds(text).denied
    if "a dog barks" in parts and "dog_bark" not in denied:
        assert "dog_bark" in found
