"""Marks are kept whole, and what is no mark is refused."""

import threading

import pytest

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.rating.ratings import Rating, RatingsFile, read_ratings


def _rating(**changes):
    given = {"rater": "Ann", "item": "rain", "category": "00A", "system": "experts", "position": 1, "ovl": 4, "rel": 5}
    return Rating(**given | changes)


def test_a_trial_rated_again_counts_as_the_last_time_said(tmp_path):
    file = RatingsFile(tmp_path / "r.csv")
    file.add([_rating(ovl=1)])
    file.add([_rating(ovl=5), _rating(system='a "comma", too')])
    assert [(one.system, one.ovl) for one in file.read()] == [("experts", 5), ('a "comma", too', 4)]
    assert len((tmp_path / "r.csv").read_text().splitlines()) == 4


def test_many_at_once_lose_nothing(tmp_path):
    file = RatingsFile(tmp_path / "r.csv")
    threads = [
        threading.Thread(target=file.add, args=([_rating(rater=f"r{n}"), _rating(rater=f"r{n}", system="other")],))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(file.read()) == 40


def test_a_line_that_was_cut_off_is_told_with_its_number(tmp_path):
    file = RatingsFile(tmp_path / "r.csv")
    file.add([_rating()])
    whole = file.path.read_bytes()
    file.path.write_bytes(whole + b"Bob,rain,00A,exp")
    file.add([_rating(rater="Cy")])
    with pytest.raises(OptionError, match="line 3"):
        file.read()


@pytest.mark.parametrize("score", [0, 6, 3.0, "3", True, None])
def test_a_mark_is_a_whole_number_from_one_to_five(score):
    with pytest.raises(OptionError):
        _rating(ovl=score)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "rater,item,category,system,position,ovl,rel\nAnn,x,y,z,1,9,3\n"])
def test_a_file_that_holds_no_ratings_is_refused(tmp_path, text):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(OptionError):
        read_ratings(tmp_path / "r.csv")
