"""What a listening test says, by the statistics of the paper, with cases solved by hand."""

import json

import numpy as np
import pytest

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.figures import draw_agreement, draw_blocks
from audiogen_cli.evaluation.rating.ratings import Rating
from audiogen_cli.evaluation.statistics import sign_agreement
from audiogen_cli.evaluation.tables import (
    OVERALL,
    agreement,
    analyse_ratings,
    analyse_scores,
    blocks_as_json,
    tell_blocks,
)


def _rating(rater, item, system, ovl, rel=3, category="00A"):
    return Rating(rater=rater, item=item, category=category, system=system, position=1, ovl=ovl, rel=rel)


def _study():
    """20 raters who each give system a one or two marks more than b, over two scenes of two categories."""
    ratings = []
    for number in range(20):
        for category in ("00A", "S00"):
            for scene in ("x", "y"):
                item = f"{category}{scene}"
                ratings.append(_rating(f"r{number}", item, "a", 4 + (number % 2), category=category))
                ratings.append(_rating(f"r{number}", item, "b", 3, category=category))
    return ratings


def test_raters_are_averaged_first_and_compared_in_pairs():
    blocks = analyse_ratings(_study())
    assert [(block.measure, block.category) for block in blocks] == [
        (measure, category) for measure in ("OVL", "REL") for category in (OVERALL, "00A", "S00")
    ]
    test = blocks[0].tests[0]
    assert (test.first, test.second, test.num_pairs) == ("a", "b", 20) and test.mean_difference == 1.5
    assert test.effect_size == pytest.approx(1.5 / np.std([1, 2] * 10, ddof=1)) and test.stars == "***"
    assert blocks[0].means["a"].mean == 4.5
    assert blocks[0].means["a"].standard_error == pytest.approx(np.std([4, 5] * 10, ddof=1) / np.sqrt(20))
    assert blocks[3].tests[0].p == 1.0 and blocks[3].tests[0].stars == ""  # REL is the same throughout


def test_a_rater_who_stopped_within_a_category_does_not_count_in_it():
    ratings = [*_study(), _rating("late", "00Ax", "a", 1)]
    assert analyse_ratings(ratings)[1].means["a"].num_units == 20


def test_one_rater_is_shown_and_not_tested():
    blocks = analyse_ratings([_rating("Ann", "x", "a", 5), _rating("Ann", "x", "b", 2)])
    assert blocks[0].means["a"].mean == 5 and blocks[0].tests == []
    assert json.loads(json.dumps(blocks_as_json(blocks), allow_nan=False))["blocks"][0]["means"]["a"]["mean"] == 5
    assert "too few" in tell_blocks(blocks)[0][-1]


def test_holm_corrects_over_the_pairs_of_one_block():
    rng = np.random.default_rng(0)
    scores = [(f"i{n}", "SMA", system, float(rng.integers(0, 6))) for n in range(30) for system in "abc"]
    tests = analyse_scores(scores)[1].tests
    ordered = sorted(tests, key=lambda test: test.p)
    assert len(tests) == 3 and ordered[0].p_holm == pytest.approx(min(1, 3 * ordered[0].p))


def test_nothing_to_analyse_is_said():
    with pytest.raises(OptionError):
        analyse_ratings([])
    with pytest.raises(OptionError):
        analyse_scores([])


def test_a_measure_agrees_with_itself_and_not_with_its_opposite():
    rng = np.random.default_rng(1)
    scores = [(f"i{n}", code, system, float(rng.normal(3 + shift, 1))) for n in range(12)
              for code in ("S00", "00A") for system, shift in (("a", 0.0), ("b", 0.4), ("c", 0.9))]  # fmt: skip
    blocks = analyse_scores(scores)
    turned = analyse_scores([(item, code, system, -score) for item, code, system, score in scores])
    same, opposite = agreement(blocks, blocks), agreement(blocks, turned)
    assert (same.num_agree, same.num_compared) == (6, 6) and same.pearson_r == pytest.approx(1)
    assert opposite.num_agree == 0 and opposite.pearson_r == pytest.approx(-1)


def test_the_paper_s_agreement_of_17_in_21_is_81_percent():
    agree, compared = sign_agreement([1.0] * 21, [1.0] * 17 + [-1.0] * 4)
    assert (agree, compared) == (17, 21) and round(100 * agree / compared, 1) == 81.0


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_figures_are_drawn_for_any_number_of_units(tmp_path, ending):
    blocks = analyse_ratings(_study())
    draw_blocks(tmp_path / f"study.{ending}", blocks)
    draw_agreement(tmp_path / f"agree.{ending}", agreement(blocks[:3], blocks[:3]), first="OVL", second="OVL")
    draw_blocks(
        tmp_path / f"one.{ending}", analyse_ratings([_rating("Ann", "x", "a$", 5), _rating("Ann", "x", "b", 2)])
    )
    assert all((tmp_path / f"{name}.{ending}").stat().st_size > 1000 for name in ("study", "agree", "one"))
