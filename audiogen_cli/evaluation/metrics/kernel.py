"""Kernel audio distance: the unbiased companion of FAD, free of the Gaussian assumption.

In: features [N, D]. Out: a hundred times the unbiased squared maximum mean discrepancy with a Gaussian
kernel whose bandwidth is the median distance within the reference.
Source: Chung et al. 2025, arXiv:2502.15602. Its published tool takes the median of the evaluated set,
though its description says reference; here it is the reference.
"""

import numpy as np
from scipy.spatial.distance import cdist, pdist

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.metrics.frechet import Features

_SCALE = 100.0
_BLOCK = 2048  # rows of the kernel matrix held at once


def kernel_distance(reference: Features, generated: Features, *, bandwidth: float | None = None) -> float:
    """Kernel audio distance of two sets of features; may be negative, being unbiased.

    Args:
        reference: [N, D].
        generated: [M, D].
        bandwidth: of the kernel; None takes the median distance between reference rows.

    Raises:
        OptionError: fewer than two rows in a set.
    """
    reference, generated = np.asarray(reference, np.float64), np.asarray(generated, np.float64)
    n, m = len(reference), len(generated)
    if n < 2 or m < 2:
        raise OptionError(f"a kernel distance needs at least two rows in each set, got {n} and {m}")
    width = float(np.median(pdist(reference))) if bandwidth is None else bandwidth
    gamma = 1 / (2 * width**2 + 1e-8)
    within_reference = (_kernel_sum(reference, reference, gamma) - n) / (n * (n - 1))
    within_generated = (_kernel_sum(generated, generated, gamma) - m) / (m * (m - 1))
    between = _kernel_sum(reference, generated, gamma) / (n * m)
    return _SCALE * (within_reference + within_generated - 2 * between)


def _kernel_sum(a: Features, b: Features, gamma: float) -> float:
    blocks = (cdist(a[start : start + _BLOCK], b, "sqeuclidean") for start in range(0, len(a), _BLOCK))
    return float(sum(np.exp(-gamma * block).sum() for block in blocks))
