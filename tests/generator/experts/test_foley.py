"""Sounds told as data: what a sound designer writes into an entry is what is heard, when and how often."""

import numpy as np
import pytest

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.effects.beeps import beeps
from audiogen_cli.generator.experts.effects.bells import bell
from audiogen_cli.generator.experts.effects.foley import drop, layers, moves, work
from audiogen_cli.generator.experts.effects.parts import sound_part
from audiogen_cli.generator.experts.effects.weapons import shots
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import load_entries

CLICK = {"bands": [[2000, 0, 0.01]], "length_s": 0.03}


def _rng():
    return np.random.default_rng(0)


def _onsets(samples, gap_s=0.02):
    """When something begins after at least `gap_s` of near silence, in seconds."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return loud[np.diff(loud, prepend=-SAMPLE_RATE) > gap_s * SAMPLE_RATE] / SAMPLE_RATE


def test_parts_are_heard_at_the_times_of_their_score():
    sound = moves(1.0, _rng(), parts={"click": CLICK}, score=[[0.1, "click", 1], [0.5, "click", 0.5]])
    assert _onsets(sound) == pytest.approx([0.1, 0.5], abs=0.005)
    assert np.abs(sound[: SAMPLE_RATE // 4]).max() > 1.3 * np.abs(sound[SAMPLE_RATE // 4 :]).max()


def test_a_dropped_thing_bounces_ever_quicker_and_softer():
    sound = drop(1.0, _rng(), part=CLICK, first_s=0.3, restitution=0.7, count=4, unevenness=0.0)
    gaps = np.diff(_onsets(sound))
    assert len(gaps) == 3 and (np.diff(gaps) < 0).all()
    assert gaps[1] / gaps[0] == pytest.approx(0.7, abs=0.05)


def test_work_keeps_its_pace_its_length_and_its_rests():
    sound = work(4.0, _rng(), part=CLICK, every_s=0.2, unevenness=0.0, run=[5, 5], rest_s=[0.5, 0.5])
    gaps = np.diff(_onsets(sound))
    assert sound.size == 4 * SAMPLE_RATE
    assert np.median(gaps) == pytest.approx(0.2, abs=0.01) and gaps.max() == pytest.approx(0.7, abs=0.01)


def test_every_second_step_of_a_walker_is_weaker_and_the_last_rings_out():
    sound = work(3.0, _rng(), part=CLICK, every_s=0.5, unevenness=0.0, spread_db=0.0, limp_db=6.0, ring_out_s=0.4)
    at = _onsets(sound)
    peaks = [np.abs(sound[int(t * SAMPLE_RATE) :][:1500]).max() for t in at]
    assert at[-1] < 2.6
    assert np.mean(peaks[1::2]) < 0.75 * np.mean(peaks[::2])


def test_what_is_heard_in_each_third_rest_has_that_rest_to_itself():
    bell = {"parts": {"bell": CLICK}, "score": [[0.5, "bell", 1]], "every": 3, "lasts_s": 1.0}
    sound = work(3.0, _rng(), part=CLICK, every_s=0.2, unevenness=0.0, run=[2, 2], between=bell)
    at = _onsets(sound)
    assert at[:6] == pytest.approx(0.03 + 0.2 * np.arange(6), abs=0.005)
    assert at[6:8] == pytest.approx([0.03 + 1.2 + 0.5, 0.03 + 1.2 + 1.0], abs=0.005)


def test_layers_begin_and_end_where_they_are_told_counted_from_either_end():
    tone = {"hz": [1000, 1000]}
    sound = layers(2.0, _rng(), layers=[{"model": "beeps", "from_s": 0.5, "to_s": -0.5, "settings": tone}])
    loud = np.flatnonzero(np.abs(sound) > 0.1) / SAMPLE_RATE
    assert loud[0] == pytest.approx(0.5, abs=0.01) and loud[-1] == pytest.approx(1.5, abs=0.03)


def test_a_beep_sounds_within_its_spans_only_at_its_pitch():
    sound = beeps(2.0, _rng(), hz=[1000, 1000], spans=[[0.1, 0.3]], every_s=1.0)
    assert _onsets(sound) == pytest.approx([0.1, 1.1], abs=0.005)
    assert int(np.abs(np.fft.rfft(sound)).argmax()) / 2 == pytest.approx(1000, abs=5)


def test_a_hammer_strikes_its_bells_in_turn():
    bells = bell(
        1.0, _rng(), hz=[1000, 1000], bells=[1, 2], ratios=[1], t60_s=0.05, gains=[1], hammer_hz=[5, 5], click=0
    )
    at = _onsets(bells)
    pitches = [np.abs(np.fft.rfft(bells[int(t * SAMPLE_RATE) :][:2400])).argmax() * 20 for t in at]
    assert len(at) == 5 and pitches[0] < 1200 < pitches[1]


def test_a_gun_that_fires_on_is_heard_as_often_as_it_fires():
    blast = {"length_s": 0.001, "near_s": 0.02, "tail_s": 0.02, "tail_db": -60}
    assert len(_onsets(shots(1.0, _rng(), blasts=[blast], every_s=[0.2, 0.2]), 0.05)) == 5


def test_a_kind_of_part_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(KnowledgeError, match="'jelly', there are bar, blow"):
        sound_part({"kind": "jelly"}, _rng())


def test_every_place_a_sound_asks_for_is_a_space():
    assert {entry.params["place"] for entry in load_entries("sounds").values() if "place" in entry.params} <= set(
        load_entries("spaces")
    )
