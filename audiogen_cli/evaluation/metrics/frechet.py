"""Fréchet distance between two sets of features, and its limit for infinitely many.

In: features [N, D] of reference and generated sound. Out: the squared distance between the Gaussians
fitted to them, as FAD (VGGish features) and FD (CNN14 features) report it. The trace of the root of the
product of covariances is a nuclear norm of the centred features, which a QR and one SVD give without
the complex and slow `sqrtm`, exactly also where there are fewer clips than dimensions.
Source: Heusel et al. 2017, arXiv:1706.08500; Kilgour et al. 2019, arXiv:1812.08466; extrapolation:
Chong and Forsyth 2020, arXiv:1911.07023; Gui et al. 2024, arXiv:2311.01616.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.errors import OptionError

Features = NDArray[np.float64]


def frechet_distance(reference: Features, generated: Features) -> float:
    """Squared Fréchet distance of two sets of features, [N, D] and [M, D]; covariances with N - 1.

    Raises:
        OptionError: fewer than two rows, different widths, or a number that is not finite.
    """
    reference, generated = _checked(reference), _checked(generated)
    if reference.shape[1] != generated.shape[1]:
        raise OptionError(f"features of {reference.shape[1]} and {generated.shape[1]} dimensions cannot be compared")
    return _distance(_moments(reference), _moments(generated))


def frechet_distance_of_moments(
    mean_a: Features, covariance_a: Features, mean_b: Features, covariance_b: Features
) -> float:
    """The same from means [D] and covariances [D, D], as published statistics files hold them."""
    return _distance(
        _Moments(mean=np.asarray(mean_a, np.float64), root=_root(covariance_a)),
        _Moments(mean=np.asarray(mean_b, np.float64), root=_root(covariance_b)),
    )


@dataclass(frozen=True, kw_only=True)
class Extrapolation:
    """A line through distances over 1/n: what would be measured with infinitely many samples."""

    value: float  # the intercept
    slope: float
    r_squared: float
    num_points: int


def frechet_distance_inf(
    reference: Features, generated: Features, *, seed: int, num_points: int = 25, smallest: int = 500
) -> Extrapolation:
    """The bias-free companion of the Fréchet distance.

    Args:
        reference: [N, D], taken whole.
        generated: [M, D]; samples of `num_points` sizes from `smallest` to M are drawn with replacement.
        seed: of the draws.
        num_points, smallest: as the usual tool has them.

    Raises:
        OptionError: fewer generated rows than `smallest`.
    """
    if len(generated) <= smallest:
        raise OptionError(f"{len(generated)} rows are too few to extrapolate, more than {smallest} are needed")
    rng = np.random.default_rng(seed)
    whole = _moments(_checked(reference))
    generated = _checked(generated)
    sizes = np.linspace(smallest, len(generated), num_points).astype(int)
    distances = np.array(
        [_distance(whole, _moments(generated[rng.choice(len(generated), size, replace=True)])) for size in sizes]
    )
    slope, intercept = np.polyfit(1 / sizes, distances, 1)
    residual = distances - (slope / sizes + intercept)
    spread = float(np.sum((distances - distances.mean()) ** 2))
    r_squared = 1 - float(np.sum(residual**2)) / spread if spread > 0 else 1.0
    return Extrapolation(value=float(intercept), slope=float(slope), r_squared=r_squared, num_points=num_points)


@dataclass(frozen=True, kw_only=True)
class _Moments:
    mean: Features  # [D]
    root: Features  # [K, D] with root^T root the covariance


def _moments(features: Features) -> _Moments:
    mean = features.mean(axis=0)
    centred = (features - mean) / np.sqrt(len(features) - 1)
    root: Features = np.asarray(np.linalg.qr(centred, mode="r")) if len(features) > features.shape[1] else centred
    return _Moments(mean=mean, root=root)


def _distance(a: _Moments, b: _Moments) -> float:
    cross = float(np.linalg.svd(a.root @ b.root.T, compute_uv=False).sum())
    traces = float(np.sum(a.root**2) + np.sum(b.root**2))
    apart = float(np.sum((a.mean - b.mean) ** 2))
    return max(0.0, apart + traces - 2 * cross)


def _root(covariance: Features) -> Features:
    values, vectors = np.linalg.eigh(np.asarray(covariance, np.float64))
    root: Features = np.sqrt(np.clip(values, 0, None))[:, None] * vectors.T
    return root


def _checked(features: Features) -> Features:
    features = np.asarray(features, np.float64)
    if features.ndim != 2 or len(features) < 2:
        raise OptionError(f"a distance needs at least two rows of features, got shape {features.shape}")
    if not np.isfinite(features).all():
        raise OptionError("the features hold numbers that are not finite")
    return features
