"""`audiogen judge FOLDER`: PAFI, a language model's judgement of physical plausibility, and what it says."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import check_place
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import OptionError
from audiogen_cli.settings import read_settings

if TYPE_CHECKING:
    from audiogen_cli.evaluation.judge import Candidate, Verdict, Work
    from audiogen_cli.evaluation.tables import Block


def judge(
    folder: Annotated[
        Path | None, typer.Argument(help="Clips, or a folder of clips for each system; scenes share a name.")
    ] = None,
    *,
    results: Annotated[
        Path | None, typer.Option("--results", help="Where verdicts are kept [FOLDER/verdicts.jsonl].")
    ] = None,
    llm: Annotated[str | None, typer.Option("--llm", help="PRESET:MODEL of a model that hears.")] = None,
    llm_model: Annotated[str | None, typer.Option("--llm-model", help="The model's name on the server.")] = None,
    llm_base_url: Annotated[str | None, typer.Option("--llm-base-url", help="The server's address.")] = None,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds for one answer.", min=1)] = 120.0,
    price_per_minute: Annotated[
        float | None, typer.Option("--price-per-minute", help="What the server takes for a minute of sound.", min=0)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Start without asking.")] = False,
    analyse: Annotated[
        Path | None, typer.Option("--analyse", help="Compare the systems by a file of verdicts instead.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="With --analyse: how far it agrees with people's marks (CSV).")
    ] = None,
    figure: Annotated[
        Path | None, typer.Option("--figure", help="With --analyse: draw it, or the agreement, to a PNG, SVG or PDF.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a figure that exists.")] = False,
    talk: TalkFlags,
) -> None:
    """Have a language model that hears judge how physically believable clips are, 0 to 5 (PAFI).

    The clips are sent to the server that is named. Verdicts are kept as they come: a run that was broken off goes on
    where it stopped. Categories stand in FOLDER/captions.jsonl. Exits with 1 when a clip got no verdict.
    """
    if analyse is not None:
        if folder is not None:
            raise OptionError("--analyse takes a file of verdicts and no folder")
        _analyse(analyse, against, figure, force=force, as_json=talk.json)
        return
    if folder is None:
        raise OptionError(
            "no folder is named", hint="audiogen judge FOLDER, or audiogen judge --analyse verdicts.jsonl"
        )
    if against is not None or figure is not None:
        raise OptionError("--against and --figure belong to an analysis", hint="--analyse verdicts.jsonl")
    from audiogen_cli.evaluation.judge import VerdictsFile, judge_clips, plan_work

    chat = assembly.build_judge(read_settings(llm=llm, llm_model=llm_model, llm_base_url=llm_base_url).settings)
    candidates = _candidates(folder)
    kept = VerdictsFile(results or folder / "verdicts.jsonl")
    check_place(kept.path, force=True)
    work = plan_work(candidates, kept.read(), chat)
    _announce(work, chat.description, price_per_minute)
    if work.num_calls and not yes:
        if not sys.stdin.isatty():
            raise OptionError("nobody is here to agree to what it costs", hint="--yes")
        typer.confirm("start?", abort=True, err=True)
    with console.progress("judging") as on_step:
        judged = judge_clips(candidates, chat, kept, on_step, timeout_s=timeout)
    for fault in judged.faults:
        console.note(fault)
    _tell(_blocks(judged.verdicts), as_json=talk.json)
    if judged.faults:
        console.say(f"{len(judged.faults)} clips got no verdict")
        raise typer.Exit(1)


def _candidates(folder: Path) -> "list[Candidate]":
    """Every clip of a folder; the first folder of its path is its system."""
    from audiogen_cli.evaluation.comparison import list_sounds
    from audiogen_cli.evaluation.judge import Candidate
    from audiogen_cli.evaluation.rating.trials import CAPTIONS, read_captions

    if not folder.is_dir():
        raise OptionError(f"{folder}: is no folder")
    told = read_captions(folder / CAPTIONS)
    found = []
    for name, file in list_sounds(folder).items():
        system, _, rest = name.partition("/") if "/" in name else ("", "", name)
        item = Path(rest).with_suffix("").as_posix()
        category = told[item][1] if item in told else ""
        found.append(Candidate(item=item, system=system or folder.resolve().name, category=category, file=file))
    return found


def _announce(work: "Work", model: str, price_per_minute: float | None) -> None:
    minutes = work.sound_s / 60
    price = f", about {minutes * price_per_minute:.2f} in the price given" if price_per_minute is not None else ""
    console.say(
        f"{work.num_calls} calls to {model} ({work.num_known} clips are judged already): "
        f"{minutes:.1f} minutes of sound, {work.num_bytes / 1e6:.1f} MB{price}; "
        "an answer that cannot be used is asked for again, at most twice"
    )


def _blocks(verdicts: "Sequence[Verdict]") -> "list[Block]":
    from audiogen_cli.evaluation.tables import analyse_scores

    return analyse_scores([(one.item, one.category, one.system, float(one.score)) for one in verdicts])


def _tell(blocks: "Sequence[Block]", *, as_json: bool) -> None:
    from audiogen_cli.evaluation.statistics import CHOICES
    from audiogen_cli.evaluation.tables import blocks_as_json, tell_blocks

    if as_json:
        console.result(json.dumps(blocks_as_json(blocks), indent=2))
        return
    headings = ("measure", "category", "over", "mean ± SE", "pairs: difference, significance, effect size")
    console.show(console.table("", headings, tell_blocks(blocks)))
    console.say(CHOICES)


def _analyse(file: Path, against: Path | None, figure: Path | None, *, force: bool, as_json: bool) -> None:
    from audiogen_cli.audio.plot import check_picture
    from audiogen_cli.evaluation.judge import VerdictsFile

    if figure is not None:
        check_picture(figure)
        check_place(figure, force=force)
    if not file.is_file():
        raise OptionError(f"{file}: there is no such file")
    verdicts = VerdictsFile(file).read()
    if not verdicts:
        raise OptionError(f"{file}: no verdict is in it")
    judges = sorted({(one.judge, one.instructions) for one in verdicts})
    if len(judges) > 1:
        raise OptionError(f"{file}: verdicts of several judges: " + "; ".join(map(" by ".join, judges)))
    if against is not None:
        _tell_agreement(verdicts, against, figure, as_json=as_json)
        return
    blocks = _blocks(verdicts)
    _tell(blocks, as_json=as_json)
    if figure is not None:
        from audiogen_cli.evaluation.figures import draw_blocks

        draw_blocks(figure, blocks)
        console.say(f"figure: {figure}")


def _tell_agreement(verdicts: "Sequence[Verdict]", marks: Path, figure: Path | None, *, as_json: bool) -> None:
    from audiogen_cli.evaluation.rating.ratings import read_ratings
    from audiogen_cli.evaluation.tables import agreement, analyse_shared

    scores = [(one.item, one.category, one.system, float(one.score)) for one in verdicts]
    people = [(one.item, one.category, one.system, float(one.ovl)) for one in read_ratings(marks)]
    found = agreement(*analyse_shared(scores, people))
    if as_json:
        from dataclasses import asdict

        console.result(json.dumps(asdict(found), indent=2))
    else:
        share = found.num_agree / found.num_compared
        console.result(
            f"{found.num_agree} of {found.num_compared} comparisons have one sign ({share:.1%}); Pearson r of the "
            f"effect sizes is {found.pearson_r:.3f} (p {found.pearson_p:.2g})"
        )
    if figure is not None:
        from audiogen_cli.evaluation.figures import draw_agreement

        draw_agreement(figure, found, first="PAFI", second="OVL")
        console.say(f"figure: {figure}")
