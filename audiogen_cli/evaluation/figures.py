"""The paper's figures of a comparison: bars with errors and significance, effect sizes, agreement of two measures.

In: `tables.Block`s. Out: a picture file. Source: Dasheng AudioGen figures 4, A1, A4 and A5.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.audio.plot import check_picture
from audiogen_cli.evaluation.tables import Agreement, Block

_BAR = 0.8  # of the width of a category, shared by its systems


def draw_blocks(path: Path, blocks: Sequence[Block]) -> None:
    """Draw each measure's means with standard errors and brackets over pairs that differ, effect sizes beside them."""
    check_picture(path)
    from matplotlib.figure import Figure

    measures = list(dict.fromkeys(block.measure for block in blocks))
    most = max(sum(block.measure == measure for block in blocks) for measure in measures)
    figure = Figure(figsize=(7 + 1.9 * most, 3.6 * len(measures)), layout="constrained")
    axes = figure.subplots(len(measures), 2, squeeze=False)
    for (bars, matrix), measure in zip(axes, measures):
        chosen = [block for block in blocks if block.measure == measure]
        _draw_bars(bars, chosen)
        _draw_effects(matrix, chosen)
    _save(figure, path)


def draw_agreement(path: Path, found: Agreement, *, first: str, second: str) -> None:
    """Draw the effect sizes of two measures against each other; quadrants of one sign are green."""
    check_picture(path)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), layout="constrained")
    axis = figure.subplots()
    x, y = np.array([point[1] for point in found.points]), np.array([point[2] for point in found.points])
    reach = 1.1 * max(1e-3, float(np.abs([*x, *y]).max()))
    for low, high, colour in ((0, 1, "#4d9078"), (-1, 0, "#4d9078")):
        axis.fill_between([low * reach, high * reach], low * reach, high * reach, color=colour, alpha=0.15, lw=0)
        axis.fill_between([low * reach, high * reach], -high * reach, -low * reach, color="#d1495b", alpha=0.12, lw=0)
    axis.plot([-reach, reach], [-reach, reach], "--", color="0.5", lw=1)
    axis.scatter(x, y, s=24)
    for label, px, py in found.points:
        axis.annotate(label.replace("$", r"\$"), (px, py), fontsize=6, xytext=(3, 3), textcoords="offset points")
    share = found.num_agree / found.num_compared
    axis.set(
        xlim=(-reach, reach), ylim=(-reach, reach), xlabel=f"d_z of {first}", ylabel=f"d_z of {second}",
        title=f"{found.num_agree}/{found.num_compared} of one sign ({share:.1%}), r = {found.pearson_r:.3f}",
    )  # fmt: skip
    _save(figure, path)


def _draw_bars(axis: Any, blocks: Sequence[Block]) -> None:
    systems = sorted({system for block in blocks for system in block.means})
    width = _BAR / max(1, len(systems))
    offsets = {system: (index - (len(systems) - 1) / 2) * width for index, system in enumerate(systems)}
    for system in systems:
        there = [(at, block.means[system]) for at, block in enumerate(blocks) if system in block.means]
        axis.bar(
            [at + offsets[system] for at, _ in there],
            [one.mean for _, one in there],
            width * 0.92,
            yerr=[0.0 if np.isnan(one.standard_error) else one.standard_error for _, one in there],
            capsize=2,
            label=system.replace("$", r"\$"),
        )
    highest = max((one.mean for block in blocks for one in block.means.values()), default=1.0)
    for at, block in enumerate(blocks):
        for level, test in enumerate(test for test in block.tests if test.stars):
            height = highest * (1.08 + 0.07 * level)
            left, right = at + offsets[test.first], at + offsets[test.second]
            axis.plot([left, left, right, right], [height * 0.99, height, height, height * 0.99], color="0.2", lw=0.8)
            axis.text((left + right) / 2, height, test.stars, ha="center", va="bottom", fontsize=7)
    axis.set_xticks(range(len(blocks)), [block.category for block in blocks])
    axis.set_ylabel(f"{blocks[0].measure}, mean ± SE")
    axis.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=max(1, len(systems)), frameon=False)


def _draw_effects(axis: Any, blocks: Sequence[Block]) -> None:
    """Rows are pairs of systems, columns categories; a cell tells d_z and its significance."""
    pairs = list(dict.fromkeys((test.first, test.second) for block in blocks for test in block.tests))
    if not pairs:
        axis.set_axis_off()
        axis.text(0.5, 0.5, "too few to compare", ha="center", transform=axis.transAxes)
        return
    found = [{(test.first, test.second): test for test in block.tests} for block in blocks]
    sizes = np.array([[tests[pair].effect_size if pair in tests else np.nan for tests in found] for pair in pairs])
    reach = float(np.nanmax(np.abs(sizes))) if np.isfinite(sizes).any() else 1.0
    axis.imshow(sizes, cmap="RdBu_r", vmin=-reach, vmax=reach, aspect="auto")
    for row, pair in enumerate(pairs):
        for column, tests in enumerate(found):
            if pair in tests:
                told = f"{tests[pair].stars or 'ns'}\n{tests[pair].effect_size:+.2f}"
                dark = abs(tests[pair].effect_size) > 0.6 * reach
                colour = "white" if dark else "black"
                axis.text(column, row, told, ha="center", va="center", fontsize=7, color=colour)
    axis.set_yticks(range(len(pairs)), [f"{a}-{b}".replace("$", r"\$") for a, b in pairs], fontsize=7)
    axis.set_xticks(range(len(blocks)), [block.category for block in blocks])
    axis.set_title(f"{blocks[0].measure}: d_z, first minus second", fontsize=9)


def _save(figure: Any, path: Path) -> None:
    picture = io.BytesIO()
    figure.savefig(picture, format=path.suffix[1:].lower(), dpi=120)
    write_bytes(path, picture.getvalue())
