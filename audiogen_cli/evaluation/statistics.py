"""The paper's statistics: paired comparison of systems over raters or clips.

In: scores of the same raters (or clips) for several systems. Out: for every pair of systems the mean
difference, the Wilcoxon signed-rank p, its Holm correction, Cohen's d_z and standard errors; bootstrap
intervals; agreement of two measures. Where the paper leaves a choice open, `CHOICES` states ours.
Source: Dasheng AudioGen appendices E and F; Holm 1979; Wilcoxon 1945.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from audiogen_cli.errors import OptionError

CHOICES = (
    "Wilcoxon signed-rank, two-sided, zero differences dropped, no continuity correction, exact where SciPy's 'auto' "
    "allows; differences rounded to 6 decimals before ranking; Holm over the pairs of one comparison; d_z = mean / sd "
    "with n - 1; standard error = sd / sqrt(n); percentile bootstrap, 9,999 resamples, fixed seed."
)
_DECIMALS = 6  # 4.4 - 4.0 and 4.0 - 3.6 differ in floating point, and would be ranked apart
_RESAMPLES = 9_999
_DRAWS_AT_ONCE = 1 << 18  # all of 10,000 x 10,000 would be a gigabyte
_SEED = 20_260_527


@dataclass(frozen=True, kw_only=True)
class PairedTest:
    """One system against another, first minus second."""

    first: str
    second: str
    mean_difference: float
    statistic: float
    p: float
    p_holm: float
    effect_size: float  # d_z; nan where every difference is the same
    num_pairs: int

    @property
    def stars(self) -> str:
        """Significance as the paper marks it, of the corrected p."""
        return "***" if self.p_holm <= 0.001 else "**" if self.p_holm <= 0.01 else "*" if self.p_holm <= 0.05 else ""


def compare_systems(
    scores: Mapping[str, ArrayLike], pairs: Sequence[tuple[str, str]] | None = None
) -> list[PairedTest]:
    """Compare systems over the same raters or clips.

    Args:
        scores: system to its scores, paired by position.
        pairs: which to compare; None for all, in order. Holm's correction runs over them.

    Raises:
        OptionError: unequal lengths, or fewer than two scores.
    """
    columns = {name: np.asarray(values, np.float64) for name, values in scores.items()}
    if len({len(column) for column in columns.values()}) != 1 or len(next(iter(columns.values()))) < 2:
        raise OptionError("a paired comparison needs the same two or more raters or clips for every system")
    chosen = list(pairs if pairs is not None else combinations(columns, 2))
    tests = [(first, second, np.round(columns[first] - columns[second], _DECIMALS)) for first, second in chosen]
    found = [wilcoxon_signed_rank(difference) for _, _, difference in tests]
    corrected = holm([p for _, p in found])
    return [
        PairedTest(
            first=first,
            second=second,
            mean_difference=float(difference.mean()),
            statistic=statistic,
            p=p,
            p_holm=p_holm,
            effect_size=effect_size(difference),
            num_pairs=len(difference),
        )
        for (first, second, difference), (statistic, p), p_holm in zip(tests, found, corrected)
    ]


def wilcoxon_signed_rank(differences: ArrayLike, *, alternative: str = "two-sided") -> tuple[float, float]:
    """The statistic and p of paired differences; (0, 1) where none differs from zero."""
    from scipy.stats import wilcoxon

    rounded = np.round(np.asarray(differences, np.float64), _DECIMALS)
    if not np.any(rounded):
        return 0.0, 1.0
    found = wilcoxon(rounded, zero_method="wilcox", correction=False, alternative=alternative, method="auto")
    return float(found.statistic), float(found.pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down correction, in the order of the input."""
    order = np.argsort(p_values, kind="stable")
    count = len(p_values)
    corrected = np.empty(count)
    highest = 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (count - rank) * p_values[index]))
        corrected[index] = highest
    return [float(p) for p in corrected]


def effect_size(differences: ArrayLike) -> float:
    """Cohen's d_z of paired differences."""
    values = np.asarray(differences, np.float64)
    spread = float(values.std(ddof=1))
    return float(values.mean()) / spread if spread > 0 else float("nan")


def standard_error(values: ArrayLike) -> float:
    """Standard error of a mean."""
    column = np.asarray(values, np.float64)
    return float(column.std(ddof=1) / np.sqrt(len(column))) if len(column) > 1 else float("nan")


def bootstrap_interval(values: ArrayLike, *, confidence: float = 0.95, seed: int = _SEED) -> tuple[float, float]:
    """Percentile bootstrap interval of a mean."""
    column = np.asarray(values, np.float64)
    if not len(column):
        raise OptionError("an interval needs at least one value")
    rng = np.random.default_rng(seed)
    means = np.empty(_RESAMPLES)
    at_once = max(1, _DRAWS_AT_ONCE // len(column))
    for start in range(0, _RESAMPLES, at_once):
        part = means[start : start + at_once]
        part[:] = column[rng.integers(0, len(column), (len(part), len(column)))].mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def sign_agreement(first: ArrayLike, second: ArrayLike) -> tuple[int, int]:
    """In how many of all comparisons two measures prefer the same system; a tie agrees with a tie alone."""
    a, b = (
        np.sign(np.round(np.asarray(first, float), _DECIMALS)),
        np.sign(np.round(np.asarray(second, float), _DECIMALS)),
    )
    if a.shape != b.shape:
        raise OptionError("two measures must be compared over the same comparisons")
    return int(np.sum(a == b)), int(a.size)


def subject_means(ratings: Sequence[tuple[str, str, float]]) -> dict[str, dict[str, float]]:
    """System to rater to the mean of that rater's scores; `ratings` holds (rater, system, score)."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for rater, system, score in ratings:
        gathered.setdefault(system, {}).setdefault(rater, []).append(score)
    return {
        system: {rater: float(np.mean(scores)) for rater, scores in sorted(raters.items())}
        for system, raters in gathered.items()
    }
