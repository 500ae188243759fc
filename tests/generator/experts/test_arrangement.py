"""The plan of a clip: what sounds when and where, told by the views."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.caption import Caption
from audiogen_cli.errors import UnknownSoundError
from audiogen_cli.generator.experts.arrangement import arrange
from audiogen_cli.generator.experts.clearing import clear_of_words
from audiogen_cli.knowledge.entries import load_entries


def plan(duration_s=10.0, seed=0, allow_missing=False, **views):
    return arrange(
        Caption(caption="a scene", **views),
        duration_s=duration_s,
        rng=np.random.default_rng(seed),
        allow_missing=allow_missing,
    )


def starts(arrangement, name):
    return [sound.start_s for sound in arrangement.sounds if sound.entry.name == name]


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("duration_s", [3.0, 10.0, 30.0])
def test_events_come_in_the_order_told(seed, duration_s):
    made = plan(duration_s, seed, sfx="a dog barks twice, then a door slams, then a glass shatters")
    assert max(starts(made, "dog_bark")) < min(starts(made, "door_slam")) < min(starts(made, "glass_shatter"))


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_a_told_number_is_kept(count):
    words = {1: "a single gunshot", 2: "two gunshots", 3: "three gunshots", 5: "five gunshots"}
    assert len(starts(plan(sfx=words[count]), "gunshot")) == count


@given(seed=st.integers(0, 1000), duration_s=st.floats(1.0, 60.0))
def test_everything_begins_within_the_clip(seed, duration_s):
    made = plan(
        duration_s, seed, sfx="five knocks, a dog barks, then footsteps, a car passes by, thunder", env="forest"
    )
    assert all(0 <= sound.start_s < duration_s for sound in made.sounds)


def test_the_far_is_farther_than_usual_and_the_near_nearer():
    far = plan(sfx="a dog barks in the distance").sounds[0]
    usual = plan(sfx="a dog barks").sounds[0]
    near = plan(sfx="a dog barks nearby").sounds[0]
    assert far.distance_m > usual.distance_m == usual.typical_m > near.distance_m


def test_a_place_brings_its_ambience_and_a_denial_takes_it_away():
    assert "songbirds" in {sound.entry.name for sound in plan(env="a forest").sounds}
    assert "songbirds" not in {sound.entry.name for sound in plan(env="a forest", sfx="wind, no birds").sounds}


def test_an_ambience_that_a_view_names_is_not_doubled_by_its_place():
    made = plan(env="busy street with heavy traffic", sfx="traffic rumbling")
    assert [sound.entry.name for sound in made.sounds].count("traffic") == 1


def test_a_quiet_place_is_quieter_than_a_busy_one():
    level = {env: plan(env=env).sounds[0].gain_db for env in ("quiet cafe", "cafe", "busy cafe")}
    assert level["quiet cafe"] < level["cafe"] < level["busy cafe"]


@pytest.mark.parametrize(
    ("env", "space"),
    [
        ("rainy street at night", "city_night"),
        ("busy cafe", "cafe"),
        ("inside a car on the highway", "car_interior"),
        ("large stone cathedral with long reverberation", "cathedral"),
        ("dry studio recording", "studio"),
        ("a bedroom, traffic outside", "bedroom"),
        ("Studio recording with minimal reverberation", "studio"),
        ("Indoor space with moderate reverberation", "classroom"),
        ("Open-air environment with moderate reverberation", "outdoors"),
        ("Indoor recording with stable levels and a flat response", "room"),
        ("Outdoor market", "market"),
        ("underwater", "underwater"),
        ("crowded train station hall", "train_station"),
        ("indoor swimming pool", "hall"),
    ],
)
def test_the_space_is_the_one_the_view_names(env, space):
    assert plan(env=env).space.name == space


@pytest.mark.parametrize(
    ("sfx", "space"),
    [
        ("a gunshot", "outdoors"),
        ("a car passing", "outdoors"),
        ("a clock ticking", "bedroom"),
        ("footsteps crunching on gravel", "outdoors"),
        ("a short beep", "studio"),
    ],
)
def test_without_a_place_a_sound_stands_where_one_expects_it(sfx, space):
    assert plan(sfx=sfx).space.name == space


def test_a_place_nobody_knows_is_told():
    made = plan(env="qwertyland")
    assert made.space.name == "studio" and any("qwertyland" in note for note in made.notes)


def test_nothing_known_is_an_error_that_names_what_was_asked():
    with pytest.raises(UnknownSoundError, match="kazoo fanfare"):
        plan(sfx="kazoo fanfare")


def test_what_is_known_is_planned_and_the_rest_noted():
    made = plan(sfx="rain with a theremin")
    assert [sound.entry.name for sound in made.sounds] == ["rain"]
    assert made.unknown == ("theremin",) and any("theremin" in note for note in made.notes)


def test_with_leave_the_rest_is_planned_though_no_sound_is_known():
    assert plan(sfx="kazoo fanfare", env="forest", allow_missing=True).space.name == "forest"


def test_words_have_a_window_that_fits_them():
    short = plan(asr="Hello there.").speech_window
    long = plan(asr="one two three four five six seven eight nine ten. " * 3, sfx="a door slams").speech_window
    assert short is not None and long is not None
    assert 0 < long[0] < 0.6 and long[1] - long[0] > 9.0 and plan(sfx="rain").speech_window is None


@pytest.mark.parametrize("seed", range(6))
def test_events_step_off_the_words_where_there_is_room(seed):
    made = plan(10.0, seed, asr="Hello there, who are you?", sfx="a dog barks once, then a door slams")
    words = [(3.0, 6.5)]
    moved = clear_of_words(made, words)
    for sound in moved.sounds:
        assert sound.start_s + min(sound.length_s, 1.0) <= 3.1 or sound.start_s >= 6.4
    assert max(starts(moved, "dog_bark")) < min(starts(moved, "door_slam"))


def test_repeats_keep_their_rhythm_when_they_step_aside():
    made = plan(10.0, 1, asr="Hello.", sfx="three knocks")
    before, after = starts(made, "door_knock"), starts(clear_of_words(made, [(0.0, 5.0)]), "door_knock")
    assert np.allclose(np.diff(before), np.diff(after)) and min(after) >= 4.9


@pytest.mark.parametrize("seed", range(5))
def test_three_knocks_are_spaced_as_their_entry_says(seed):
    gaps = np.diff(starts(plan(10.0, seed, sfx="three knocks"), "door_knock"))
    pace = load_entries("sounds")["door_knock"].params["gap_s"]
    assert len(gaps) == 2 and np.all((gaps > 0.85 * pace) & (gaps < 1.2 * pace))


def test_in_a_long_clip_a_dog_barks_more_than_once_in_a_while():
    assert max(starts(plan(60.0, sfx="a dog barking"), "dog_bark")) > 30.0


def test_a_rare_sound_is_rarer_than_a_constant_one():
    rare, often = (starts(plan(20.0, sfx=f"{how} dog barks"), "dog_bark") for how in ("occasional", "constant"))
    assert len(rare) < len(often)


def test_music_from_a_radio_sounds_in_the_room_and_a_score_does_not():
    radio, score = plan(music="jazz from an old radio").music, plan(music="epic orchestral score").music
    assert radio is not None and radio.in_space and score is not None and not score.in_space


@given(sfx=st.text(min_size=1, max_size=120), env=st.text(min_size=1, max_size=60), duration_s=st.floats(1.0, 60.0))
def test_any_views_are_planned_or_refused_with_a_reason(sfx, env, duration_s):
    if not sfx.strip():
        return
    try:
        made = plan(duration_s, sfx=sfx, env=env)
    except UnknownSoundError as refusal:
        assert "no sound is known" in str(refusal)
    else:
        assert all(0 <= sound.start_s < duration_s for sound in made.sounds)


@pytest.mark.parametrize("entry", load_entries("sounds").values(), ids=lambda entry: entry.name)
def test_the_phrase_of_a_sound_is_planned_as_that_one_sound(entry):
    caption = Caption(caption="A scene.", sfx=entry.phrase)
    plan = arrange(caption, duration_s=10.0, rng=np.random.default_rng(0), allow_missing=False)
    assert {sound.entry.name for sound in plan.sounds if sound.layer == "sfx"} == {entry.name}
