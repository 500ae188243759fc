"""The metrics' mathematics against cases solved by hand and properties that must hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.metrics.divergence import inception_score, kl_sigmoid, kl_softmax
from audiogen_cli.evaluation.metrics.frechet import (
    frechet_distance,
    frechet_distance_inf,
    frechet_distance_of_moments,
)
from audiogen_cli.evaluation.metrics.kernel import kernel_distance

features = arrays(np.float64, st.tuples(st.integers(2, 9), st.just(4)), elements=st.floats(-10, 10, width=32))


@pytest.mark.parametrize(
    ("mean_a", "cov_a", "mean_b", "cov_b", "distance"),
    [
        ([0, 0], np.eye(2), [3, 4], np.eye(2), 25.0),
        (np.zeros(5), np.eye(5), np.zeros(5), 4 * np.eye(5), 5.0),
        ([0, 0], [[2, 1], [1, 2]], [0, 0], [[3, 0], [0, 1]], 0.5166852264521182),
        ([0, 0], np.diag([4.0, 9.0]), [0, 0], np.diag([1.0, 25.0]), 1.0 + 4.0),
    ],
)
def test_frechet_distance_of_gaussians_solved_by_hand(mean_a, cov_a, mean_b, cov_b, distance):
    assert frechet_distance_of_moments(mean_a, cov_a, mean_b, cov_b) == pytest.approx(distance, abs=1e-12)


def test_frechet_distance_of_samples_uses_the_unbiased_covariance():
    assert frechet_distance([[0], [2]], [[0], [4]]) == pytest.approx(3.0, abs=1e-12)


@settings(max_examples=100)
@given(features, features, st.floats(0.1, 10))
def test_frechet_distance_is_zero_on_itself_symmetric_and_scales(a, b, scale):
    size = 1 + frechet_distance(a, b)
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-6 * (1 + np.sum(a**2)))
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a), abs=1e-6 * size)
    assert frechet_distance(scale * a, scale * b) == pytest.approx(
        scale**2 * frechet_distance(a, b), abs=1e-5 * scale**2 * size
    )


def test_fewer_clips_than_dimensions_agree_with_the_covariance_route():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(20, 64)), rng.normal(1, 2, size=(90, 64))
    moments = [part for x in (a, b) for part in (x.mean(0), np.cov(x, rowvar=False))]
    assert frechet_distance(a, b) == pytest.approx(frechet_distance_of_moments(*moments), rel=1e-6)


@pytest.mark.parametrize(("n", "distance"), [(100, 84.5), (200, 43.3), (500, 17.0), (1000, 8.5), (2000, 4.2)])
def test_two_samples_of_one_distribution_are_apart_by_the_bias_of_their_size(n, distance):
    rng = np.random.default_rng(n)
    one, other = rng.normal(size=(2, n, 128))
    assert frechet_distance(one, other) == pytest.approx(distance, rel=0.04)


def test_extrapolation_removes_the_bias_of_small_samples():
    rng = np.random.default_rng(1)
    reference, generated = rng.normal(size=(20_000, 16)), rng.normal(size=(2_000, 16))
    limit = frechet_distance_inf(reference, generated, seed=0)
    assert abs(limit.value) < 0.5 * frechet_distance(reference, generated[:500])
    assert frechet_distance_inf(reference, generated, seed=0) == limit


@pytest.mark.parametrize("broken", [np.zeros((1, 3)), np.zeros(3), np.full((4, 3), np.nan)])
def test_features_that_cannot_be_compared_are_refused(broken):
    with pytest.raises(OptionError):
        frechet_distance(broken, np.zeros((4, 3)))


def test_kernel_distance_solved_by_hand():
    x, y = np.array([[0.0], [1.0]]), np.array([[3.0], [4.0]])
    assert kernel_distance(x, x, bandwidth=1) == pytest.approx(-39.3469340287, abs=1e-6)  # without the tool's 1e-8
    assert kernel_distance(x, y, bandwidth=1) == pytest.approx(113.4116952054, abs=1e-10)


def test_kl_solved_by_hand():
    ln3 = np.log(3)
    assert kl_softmax([[ln3, 0]], [[0, 0]]) == pytest.approx(0.13081003594, abs=1e-10)
    assert kl_softmax([[0, 0]], [[ln3, 0]]) == pytest.approx(0.14383836956, abs=1e-10)
    assert kl_softmax([[ln3, 0], [1, 2]], [[0, 0], [1, 2]]) == pytest.approx(0.06540401797, abs=1e-10)
    assert kl_softmax([[3, 2, 1]], [[1, 2, 3]]) == pytest.approx(1.15041224086, abs=1e-10)
    assert kl_sigmoid([[3, 2, 1]], [[1, 2, 3]]) == pytest.approx(0.05862641016, abs=1e-10)


def test_unpaired_labels_are_an_error():
    with pytest.raises(OptionError, match="paired"):
        kl_softmax(np.zeros((3, 5)), np.zeros((2, 5)))


def test_inception_score_of_no_and_of_full_diversity():
    assert inception_score(np.zeros((20, 4)))[0] == pytest.approx(1.0)
    assert inception_score([[50.0, 0], [0, 50.0]], num_splits=1)[0] == pytest.approx(2.0)
