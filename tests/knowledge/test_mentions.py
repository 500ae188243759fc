"""Which entries a text names: to the letter where a word is mostly something else, with their number, or denied."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.knowledge.denials import denied_spans
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.knowledge.numbers import count_before, read_times
from audiogen_cli.knowledge.plain_words import idioms, is_plain


def sounds(text):
    return {mention.entry.name: mention for mention in find_mentions(text, "sounds")}


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("low-frequency noise", "cow"),
        ("close-mic capture", "mouse_squeak"),
        ("a blend of noises", "blender"),
        ("vocal fry in the voice", "sizzle"),
        ("a vocal demonstration", "crowd_chant"),
        ("a man waves goodbye", "ocean_waves"),
        ("the voice winds down", "wind"),
        ("light, rain", "rain_light"),
    ],
)
def test_a_word_that_means_something_else_names_no_sound(text, never):
    assert never not in sounds(text)


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("stable recording levels", "workshop"),
        ("flat frequency response", "living_room"),
        ("muffled midrange", "next_room"),
        ("unstable gain staging", "concert_hall"),
    ],
)
def test_a_word_about_the_recording_names_no_place(text, never):
    assert never not in {mention.entry.name for mention in find_mentions(text, "spaces")}


def test_drums_and_a_bass_are_players_and_no_style():
    assert not find_mentions("guitar with drums and bass", "styles")
    assert find_mentions("fast drum and bass", "styles")[0].entry.name == "drum_and_bass"


def test_a_number_counts_nothing_beyond_its_comma():
    found = sounds("three knocks, dog barks")
    assert found["door_knock"].count == 3 and found["dog_bark"].count is None


@pytest.mark.parametrize(
    ("before", "count"),
    [
        ("three very loud", 3),
        ("two seconds of", None),
        ("two men and", None),
        ("a", None),
        ("both", 2),
        ("21", None),
    ],
)
def test_numbers_count_what_follows_and_no_seconds(before, count):
    assert count_before(before.split()) == count


@pytest.mark.parametrize(
    ("text", "times"),
    [("twice", 2), ("knocks three times", 3), ("beeps (2x)", 2), ("a bark x3", 3), ("at times", None)],
)
def test_how_often_something_comes_is_read(text, times):
    assert read_times(text) == times


@pytest.mark.parametrize(
    "text",
    [
        "no birds",
        "without any audible bird song",
        "no traffic, wind or birds",
        "minimal bird noise",
        "free of birds",
        "wind, but neither rain nor birds",
        "birds are absent",
    ],
)
def test_birds_are_denied(text):
    assert all(mention.denied for mention in find_mentions(text, "sounds") if mention.entry.name == "songbirds")


@pytest.mark.parametrize(
    "text",
    [
        "no wind, birds singing",
        "not only birds",
        "no music just birds",
        "wind without a pause, birds",
        "no longer birds",
    ],
)
def test_birds_beside_a_denial_are_asked_for(text):
    assert not sounds(text)["songbirds"].denied


def test_a_list_denied_by_one_word_is_denied_whole():
    found = sounds("no traffic, wind or rain")
    assert all(found[name].denied for name in ("traffic", "wind", "rain"))


def test_low_denies_noise_and_nothing_else():
    assert sounds("low background noise floor")["recording_noise"].denied
    assert not sounds("low thunder")["thunder_distant"].denied


@given(st.text(max_size=120))
def test_any_text_has_mentions_and_denials_within_it(text):
    assert all(0 <= start <= end <= len(text) for start, end in denied_spans(text))
    assert all(text[mention.start : mention.end] for mention in find_mentions(text, "sounds"))


def test_every_idiom_is_left_alone_by_its_kind():
    for kind in ("sounds", "spaces", "styles"):
        for phrase in idioms(kind):
            assert not find_mentions(" ".join(phrase), kind), phrase


def test_plain_words_are_plain_in_their_forms():
    assert is_plain("Recordings") and is_plain("low-pitched") and not is_plain("theremin")
