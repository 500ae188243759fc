"""The paper's statistics against textbook data, and against SciPy on data drawn at random."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.statistics import (
    bootstrap_interval,
    compare_systems,
    effect_size,
    holm,
    sign_agreement,
    standard_error,
    subject_means,
    wilcoxon_signed_rank,
)

MAIZE = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]  # Darwin's heights, crossed minus self-fertilised


def test_wilcoxon_on_darwins_maize():
    assert wilcoxon_signed_rank(MAIZE) == pytest.approx((24, 0.041259765625))
    assert wilcoxon_signed_rank(MAIZE, alternative="greater")[1] == pytest.approx(0.0206298828125)


def test_wilcoxon_on_the_depression_scores():
    x = np.array([1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30])
    y = np.array([0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29])
    assert wilcoxon_signed_rank(x - y, alternative="greater") == pytest.approx((40, 0.01953125))


def test_twenty_raters_of_one_mind():
    assert wilcoxon_signed_rank(np.arange(1, 21))[1] == pytest.approx(2 / 2**20)


def test_equal_steps_rank_equal_despite_floating_point():
    differences = np.array([4.4, 4.0, 3.6]) - np.array([4.0, 3.6, 3.2])
    assert wilcoxon_signed_rank(differences)[0] == wilcoxon_signed_rank([0.4, 0.4, 0.4])[0]


def test_no_difference_is_no_evidence():
    assert wilcoxon_signed_rank([0, 0, 0]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("raw", "corrected"),
    [
        ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
        ([0.04, 0.01, 0.03], [0.06, 0.03, 0.06]),
        ([0.001, 0.02, 0.04], [0.003, 0.04, 0.04]),
    ],
)
def test_holm_on_known_cases(raw, corrected):
    assert holm(raw) == pytest.approx(corrected)


@settings(max_examples=15)  # exact p values of tied ranks take SciPy half a second each
@given(st.lists(st.integers(-400, 400), min_size=6, max_size=30).filter(lambda values: any(values)))
def test_paired_comparison_agrees_with_scipy(hundredths):
    differences = np.array(hundredths) / 100
    test = compare_systems({"a": 3 + differences, "b": np.full(len(differences), 3.0)})[0]
    expected = stats.wilcoxon(differences)
    assert (test.statistic, test.p) == pytest.approx((expected.statistic, expected.pvalue))
    assert test.mean_difference == pytest.approx(differences.mean(), abs=1e-6)
    assert standard_error(differences) == pytest.approx(stats.sem(differences))


def test_three_systems_give_three_pairs_with_stars():
    rng = np.random.default_rng(0)
    base = rng.normal(3, 0.3, 20)
    tests = compare_systems({"GT": base + 1, "DA": base + 0.5 + rng.normal(0, 0.1, 20), "EP": base})
    assert [(test.first, test.second) for test in tests] == [("GT", "DA"), ("GT", "EP"), ("DA", "EP")]
    assert all(test.stars == "***" and test.mean_difference > 0 for test in tests)


def test_effect_size_divides_by_the_spread_of_differences():
    assert effect_size([1, 2, 3]) == pytest.approx(2.0)
    assert np.isnan(effect_size([1, 1, 1]))


def test_the_bootstrap_interval_is_fixed_and_covers_the_mean():
    values = np.random.default_rng(2).normal(5, 1, 100)
    low, high = bootstrap_interval(values)
    assert low < values.mean() < high and (low, high) == bootstrap_interval(values)
    assert high - low == pytest.approx(2 * 1.96 * standard_error(values), rel=0.1)


def test_agreement_counts_preferences():
    assert sign_agreement([1, -2, 0, 3], [5, 1, 0, 2]) == (3, 4)


def test_ratings_are_averaged_within_raters_first():
    ratings = [("r1", "A", 5.0), ("r1", "A", 3.0), ("r2", "A", 2.0)]
    assert subject_means(ratings) == {"A": {"r1": 4.0, "r2": 2.0}}


def test_unpaired_scores_are_refused():
    with pytest.raises(OptionError):
        compare_systems({"a": [1, 2, 3], "b": [1, 2]})
