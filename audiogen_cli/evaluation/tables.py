"""What a listening test or a judge says: systems compared in each category, as the paper does it.

In: ratings of people, or one score for each clip. Out: for each measure and category the means of the systems with
their standard errors, and every pair of systems compared (`statistics`); how far two measures agree; as JSON, text
and figures. People are compared over raters, each rater's marks averaged first; a judge over clips.
Source: Dasheng AudioGen appendices E.1, F.1 and F.2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.rating.ratings import Rating
from audiogen_cli.evaluation.statistics import (
    CHOICES,
    PairedTest,
    bootstrap_interval,
    compare_systems,
    sign_agreement,
    standard_error,
)

OVERALL = "all"


@dataclass(frozen=True, kw_only=True)
class SystemMean:
    """One system in one category."""

    mean: float
    standard_error: float  # nan where there is one unit alone
    interval: tuple[float, float]  # 95 %, percentile bootstrap
    num_units: int  # raters, or clips


@dataclass(frozen=True, kw_only=True)
class Block:
    """One measure in one category: the family over which Holm corrects."""

    measure: str
    category: str
    unit: str  # "raters" or "clips"
    means: Mapping[str, SystemMean]
    tests: Sequence[PairedTest]  # empty where fewer than two units are paired


def analyse_ratings(ratings: Sequence[Rating]) -> list[Block]:
    """Compare systems by what people gave them, over raters; "all" first, then each category.

    A rater counts in a category where they rated every system in it.
    """
    if not ratings:
        raise OptionError("there are no ratings to analyse")
    rows = [(one.rater, one.category, one.system, {"OVL": one.ovl, "REL": one.rel}) for one in ratings]
    blocks = []
    for measure in ("OVL", "REL"):
        for category in _categories([category for _, category, _, _ in rows]):
            chosen = [
                (unit, system, float(given[measure])) for unit, own, system, given in rows if category in (OVERALL, own)
            ]
            blocks.append(_block(measure, category, "raters", chosen))
    return blocks


def analyse_scores(scores: Sequence[tuple[str, str, str, float]], *, measure: str = "PAFI") -> list[Block]:
    """Compare systems by one score for each clip, over clips; `scores` holds (item, category, system, score)."""
    if not scores:
        raise OptionError("there are no scores to analyse")
    return [
        _block(measure, category, "clips", [(item, system, score) for item, own, system, score in scores
                                            if category in (OVERALL, own)])
        for category in _categories([category for _, category, _, _ in scores])
    ]  # fmt: skip


def analyse_shared(
    first: Sequence[tuple[str, str, str, float]], second: Sequence[tuple[str, str, str, float]]
) -> tuple[list[Block], list[Block]]:
    """Two measures over the clips that both have; several scores of one clip are averaged. Categories are the second's.

    Raises:
        OptionError: no clip has both.
    """
    sides: list[dict[tuple[str, str], list[float]]] = [{}, {}]
    for gathered, scores in zip(sides, (first, second)):
        for item, _, system, score in scores:
            gathered.setdefault((item, system), []).append(score)
    categories = {item: category for item, category, _, _ in second}
    shared = [key for key in sides[0] if key in sides[1]]
    if not shared:
        raise OptionError("no clip has both measures; scenes and systems must have the same names in both")
    one, other = (
        analyse_scores(
            [(item, categories[item], system, float(np.mean(side[item, system]))) for item, system in shared]
        )
        for side in sides
    )
    return one, other


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far two measures prefer the same systems, over pairs of systems in categories."""

    num_agree: int
    num_compared: int
    pearson_r: float  # of the effect sizes; nan for fewer than two comparisons or none that differs
    pearson_p: float
    points: Sequence[tuple[str, float, float]]  # label, effect size of the first and of the second


def agreement(first: Sequence[Block], second: Sequence[Block]) -> Agreement:
    """Set the effect sizes of two measures against each other; the overall comparisons are left out of the count."""
    effects = [
        {(block.category, test.first, test.second): test.effect_size for block in blocks for test in block.tests
         if block.category != OVERALL}
        for blocks in (first, second)
    ]  # fmt: skip
    shared = [key for key in effects[0] if key in effects[1] and np.isfinite([effects[0][key], effects[1][key]]).all()]
    if not shared:
        raise OptionError("the two measures share no comparison of systems")
    a, b = ([side[key] for key in shared] for side in effects)
    agree, compared = sign_agreement(a, b)
    r = p = float("nan")
    if len(shared) > 1 and np.ptp(a) > 0 and np.ptp(b) > 0:
        from scipy.stats import pearsonr

        found = pearsonr(a, b)
        r, p = float(found.statistic), float(found.pvalue)
    points = [(f"{one}-{other} {category}", x, y) for (category, one, other), x, y in zip(shared, a, b)]
    return Agreement(num_agree=agree, num_compared=compared, pearson_r=r, pearson_p=p, points=points)


def blocks_as_json(blocks: Sequence[Block]) -> dict[str, Any]:
    """Everything with the choices it rests on; what is not a number becomes null."""
    told = [
        asdict(block) | {"tests": [asdict(test) | {"stars": test.stars} for test in block.tests]} for block in blocks
    ]
    clean: dict[str, Any] = _without_nan({"choices": CHOICES, "blocks": told})
    return clean


def tell_blocks(blocks: Sequence[Block]) -> list[tuple[str, ...]]:
    """Rows for a table: measure, category, means with standard errors, then every pair with stars and d_z."""
    rows: list[tuple[str, ...]] = []
    for block in blocks:
        means = ", ".join(f"{name} {one.mean:.2f}±{one.standard_error:.2f}" for name, one in block.means.items())
        pairs = ", ".join(
            f"{test.first}-{test.second} {test.mean_difference:+.2f} {test.stars or 'ns'} (d_z {test.effect_size:+.2f})"
            for test in block.tests
        )
        units = str(min((one.num_units for one in block.means.values()), default=0))
        rows.append((block.measure, block.category, f"{units} {block.unit}", means, pairs or "too few to compare"))
    return rows


def _block(measure: str, category: str, unit: str, rows: Sequence[tuple[str, str, float]]) -> Block:
    """Means within each unit, of the units that have every system, then the systems compared over them."""
    gathered: dict[str, dict[str, list[float]]] = {}
    for name, system, score in rows:
        gathered.setdefault(name, {}).setdefault(system, []).append(score)
    systems = sorted({system for _, system, _ in rows})
    whole = [name for name in sorted(gathered) if len(gathered[name]) == len(systems)]
    columns = {system: [float(np.mean(gathered[name][system])) for name in whole] for system in systems}
    means = {
        system: SystemMean(
            mean=float(np.mean(values)),
            standard_error=standard_error(values),
            interval=bootstrap_interval(values),
            num_units=len(values),
        )
        for system, values in columns.items()
        if values
    }
    tests = compare_systems(columns, list(combinations(systems, 2))) if len(whole) > 1 and len(systems) > 1 else []
    return Block(measure=measure, category=category, unit=unit, means=means, tests=tests)


def _categories(named: Sequence[str]) -> list[str]:
    return [OVERALL, *sorted({category for category in named if category})]


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not np.isfinite(value) else value
