"""`audiogen rate FOLDER`: a listening test on a page of this machine, and what it says."""

import json
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.cli import console
from audiogen_cli.cli.destination import check_place
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import OptionError


def rate(
    folder: Annotated[
        Path | None,
        typer.Argument(help="A folder with a folder of clips for each system; clips of a scene share a name."),
    ] = None,
    *,
    results: Annotated[
        Path | None, typer.Option("--results", help="Where the marks are kept (CSV) [FOLDER/ratings.csv].")
    ] = None,
    per_category: Annotated[
        int | None, typer.Option("--per-category", help="Scenes of each category for each rater; all when not given.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", "-s", help="Another seed, another order for every rater.")] = 0,
    port: Annotated[int, typer.Option("--port", help="0 takes a free one.", min=0, max=65535)] = 0,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    analyse: Annotated[
        Path | None, typer.Option("--analyse", help="Compare the systems by a file of marks instead.")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option("--figure", help="With --analyse: draw it to a PNG, SVG or PDF.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a figure that exists.")] = False,
    talk: TalkFlags,
) -> None:
    """Have people rate clips blind for quality (OVL) and match with the description (REL), 1 to 5.

    Descriptions stand in FOLDER/captions.jsonl ({"id", "caption", "category"} a line) or in the recipes of clips made
    by audiogen. Every rater has their own order; who comes back goes on where they stopped. Ctrl-C ends the test.
    """
    if analyse is not None:
        if folder is not None:
            raise OptionError("--analyse takes a file of marks and no folder")
        _analyse(analyse, figure, force=force, as_json=talk.json)
        return
    if folder is None:
        raise OptionError("no folder is named", hint="audiogen rate FOLDER, or audiogen rate --analyse ratings.csv")
    if figure is not None:
        raise OptionError("--figure draws an analysis", hint="--analyse ratings.csv")
    if per_category is not None and per_category < 1:
        raise OptionError(f"--per-category is {per_category}, needs 1 or more")
    _serve(folder, results or folder / "ratings.csv", per_category=per_category, seed=seed, port=port, show=open_page)


def _serve(folder: Path, results: Path, *, per_category: int | None, seed: int, port: int, show: bool) -> None:
    from audiogen_cli.evaluation.rating.server import RatingServer
    from audiogen_cli.evaluation.rating.trials import load_items

    items = load_items(folder)
    check_place(results, force=True)
    with RatingServer(items, results, seed=seed, per_category=per_category, port=port) as server:
        console.say(f"{len(items)} scenes by {len(items[0].clips)} systems, marks go to {results}; Ctrl-C ends it")
        console.result(server.address)
        if show:
            import webbrowser

            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            marks = server.ratings.read()
            console.say(f"ended; {len(marks)} clips are rated by {len({one.rater for one in marks})} raters")


def _analyse(marks: Path, figure: Path | None, *, force: bool, as_json: bool) -> None:
    from audiogen_cli.audio.plot import check_picture
    from audiogen_cli.evaluation.rating.ratings import read_ratings
    from audiogen_cli.evaluation.statistics import CHOICES
    from audiogen_cli.evaluation.tables import analyse_ratings, blocks_as_json, tell_blocks

    if figure is not None:
        check_picture(figure)
        check_place(figure, force=force)
    blocks = analyse_ratings(read_ratings(marks))
    if as_json:
        console.result(json.dumps(blocks_as_json(blocks), indent=2))
    else:
        headings = ("measure", "category", "over", "mean ± SE", "pairs: difference, significance, effect size")
        console.show(console.table("", headings, tell_blocks(blocks)))
        console.say(CHOICES)
    if figure is not None:
        from audiogen_cli.evaluation.figures import draw_blocks

        draw_blocks(figure, blocks)
        console.say(f"figure: {figure}")
