"""Trials are each rater's own, and the same every time."""

import json

import pytest

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.rating.trials import load_items, plan_trials


def _plan(items, rater, **more):
    return [(trial.item.id, trial.systems) for trial in plan_trials(items, rater, seed=0, **more)]


def test_the_same_rater_gets_the_same_trials_and_others_get_their_own(folder):
    items = load_items(folder)
    assert _plan(items, "Ann") == _plan(items, "Ann")
    assert len({str(_plan(items, f"rater {number}")) for number in range(20)}) > 10


def test_every_system_is_heard_first_about_as_often(folder):
    items = load_items(folder)
    first = [systems[0] for number in range(100) for _, systems in _plan(items, f"r{number}")]
    assert 110 < first.count("experts") < 190


def test_so_many_of_each_category_are_drawn(folder):
    items = load_items(folder)
    drawn = [trial.item.category for trial in plan_trials(items, "Ann", seed=0, per_category=1)]
    assert sorted(drawn) == ["00A", "S00"]


@pytest.mark.parametrize("name", ["", " ", "=cmd()", "a" * 41, "<b>", "a\nb", "../x"])
def test_what_is_no_name_is_refused(folder, name):
    with pytest.raises(OptionError):
        plan_trials(load_items(folder), name, seed=0)


def test_a_scene_that_one_system_lacks_is_left_out(folder):
    (folder / "experts" / "talk.wav").unlink()
    assert [item.id for item in load_items(folder)] == ["rain", "street"]


@pytest.mark.parametrize("line", ["no json", '{"id": "rain"}', '{"id": 3, "caption": "x"}', "[]", json.dumps({"a": 1})])
def test_a_broken_line_of_captions_is_named(folder, line):
    (folder / "captions.jsonl").write_text("\n" + line)
    with pytest.raises(OptionError, match="line 2"):
        load_items(folder)


def test_a_scene_without_a_caption_says_where_one_may_stand(folder):
    (folder / "captions.jsonl").unlink()
    with pytest.raises(OptionError) as caught:
        load_items(folder)
    assert "captions.jsonl" in caught.value.hint


@pytest.mark.parametrize("keep", [0, 1])
def test_fewer_than_two_systems_are_no_test(tmp_path, folder, keep):
    import shutil

    for system in ("experts", "truth7")[keep:]:
        shutil.rmtree(folder / system)
    with pytest.raises(OptionError, match="two or more"):
        load_items(folder)
