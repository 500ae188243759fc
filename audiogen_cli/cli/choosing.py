"""Several takes of one scene: their table, the page to compare them on, and which are kept.

In: the takes of a run and where they are to go. Out: those that are kept, with where they go. The rule is
`quality.takes`'; here it is shown, and where the best alone is kept it stands in that take's recipe.
"""

import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiogen_cli.assembly import Chosen
from audiogen_cli.audio.files import write_bytes
from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import STDOUT, Destination
from audiogen_cli.cli.output import play_takes, render_aloud, report, write_takes
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.pipeline import Finish, Origin, Take
from audiogen_cli.quality.sheet import SheetClip, compose_sheet
from audiogen_cli.quality.takes import RULE, Ranked, TakeFigures, figures_of_take, rank_takes


def render_and_hand_over(
    generator: Chosen,
    caption: Caption,
    options: Sequence[GenerationOptions],
    destination: Destination,
    *,
    origin: Origin,
    finish: Finish,
    as_json: bool,
) -> None:
    """Render the takes and hand them over; those that are finished too, where a later one fails or is stopped."""

    def deliver(takes: Sequence[Take]) -> None:
        hand_over(takes, destination, as_json=as_json)

    deliver(render_aloud(generator, caption, options, origin=origin, finish=finish, rescue=deliver))


def hand_over(takes: Sequence[Take], destination: Destination, *, as_json: bool) -> None:
    """Choose among the takes, write those that are kept, tell and play them."""
    kept, destination = choose_takes(takes, destination)
    report(write_takes(kept, destination), destination, as_json=as_json)
    if destination.flags.play:
        play_takes(kept)


def choose_takes(takes: Sequence[Take], destination: Destination) -> tuple[list[Take], Destination]:
    """The takes that are kept, and the destination with their paths alone; one take is kept as it is."""
    flags = destination.flags
    figures = [_figures(take) for take in takes]
    ranked = rank_takes(figures)
    best = ranked[0].index
    if len(takes) > 1:
        _tell_ranking(takes, figures, ranked)
    kept, paths = list(takes), destination.paths
    if flags.keep == "best" and len(takes) > 1:
        kept, paths = [_with_ranking(takes[best], takes, figures, ranked)], (destination.paths[best],)
    if flags.contact_sheet is not None:
        _write_sheet(flags.contact_sheet, takes, figures, ranked, destination)
    return kept, replace(destination, paths=paths)


def _figures(take: Take) -> TakeFigures:
    return figures_of_take(
        take.figures, take.heard, take.similarity, faults=len(take.faults), levelled=take.provenance.levelled
    )


def _tell_ranking(takes: Sequence[Take], figures: Sequence[TakeFigures], ranked: Sequence[Ranked]) -> None:
    for one in ranked:
        values = [(measure, measure.read(figures[one.index])) for measure in RULE]
        told = ", ".join(f"{measure.name} {measure.show(value)}" for measure, value in values if value is not None)
        console.say(f"{_ordinal(one.place)}: seed {takes[one.index].provenance.seed} ({told}): {one.reason}")


def _with_ranking(best: Take, takes: Sequence[Take], figures: Sequence[TakeFigures], ranked: Sequence[Ranked]) -> Take:
    """The best take, whose recipe tells against which others it was chosen."""
    table = [
        {
            "place": one.place,
            "seed": takes[one.index].provenance.seed,
            **{
                measure.name.replace(" ", "_"): measure.show(value)
                for measure in RULE
                if (value := measure.read(figures[one.index])) is not None
            },
            "reason": one.reason,
        }
        for one in ranked
    ]
    recipe = best.provenance
    return replace(best, provenance=replace(recipe, quality={**recipe.quality, "takes": table}))


def _write_sheet(
    page: Path, takes: Sequence[Take], figures: Sequence[TakeFigures], ranked: Sequence[Ranked], to: Destination
) -> None:
    recipe = takes[0].provenance
    best = ranked[0].index
    clips = []
    for one in ranked:
        take, path = takes[one.index], to.paths[one.index]
        kept = path if to.flags.keep == "all" or one.index == best else None
        values = {measure.name: measure.read(figures[one.index]) for measure in RULE}
        told = {measure.name: measure.show(value) for measure in RULE if (value := values[measure.name]) is not None}
        heard = {"heard": take.heard.heard or "(nothing)"} if take.heard is not None else {}
        clips.append(
            SheetClip(
                name=f"seed {take.provenance.seed}",
                waveform=take.waveform,
                cues=take.rendering.cues,
                provenance=take.provenance,
                file_name=f"seed-{take.provenance.seed}.flac",
                figures=told | heard | {fault: "fault" for fault in take.faults},
                remark=f"{_ordinal(one.place)}: {one.reason}",
                command=_command(take, kept, to.paths[best]),
            )
        )
    html = compose_sheet(recipe.text or recipe.caption.caption, clips, caption=recipe.caption)
    write_bytes(page, html.encode(), overwrite=to.flags.force)
    console.say(f"contact sheet: {page}")


def _command(take: Take, kept: Path | None, best: Path) -> str:
    """How to have this take: the file it is in, or the command that renders it from the best one's recipe."""
    if STDOUT in (kept, best):
        return ""
    if kept is not None:
        return str(kept)
    other = best.with_stem(f"{best.stem}-seed{take.provenance.seed}")
    return shlex.join(["audiogen", "render", str(best), "--seed", str(take.provenance.seed), "-o", str(other)])


def _ordinal(place: int) -> str:
    return "best" if place == 1 else f"place {place}"
