"""`audiogen eval`: score sounds by the paper's pipeline, print prompts, set up models that need their own place."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from audiogen_cli.cli import console
from audiogen_cli.cli.app import guarded
from audiogen_cli.cli.grouping import with_flags
from audiogen_cli.cli.score import device_of, names_of, score
from audiogen_cli.errors import ModelMissingError, OptionError

if TYPE_CHECKING:
    from audiogen_cli.evaluation.workers.roster import WorkerSpec

_SCORE = "score"


class _ScoringGroup(TyperGroup):
    """`audiogen eval FOLDER` is `audiogen eval score FOLDER`; a folder named like a command is written ./NAME."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "-h", "--help"):
            args = [_SCORE, *args]
        rest: list[str] = super().parse_args(ctx, args)
        return rest


eval = typer.Typer(
    cls=_ScoringGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Score sounds by the paper's pipeline: audiogen eval FOLDER [--reference FOLDER].",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def prompts(
    name: Annotated[str, typer.Argument(metavar="SET", help="mecat, acavcaps, audiocaps, musiccaps or libritts.")],
    source: Annotated[Path, typer.Argument(help="The set's list, shard or folder on this machine.")],
    system: Annotated[
        str,
        typer.Option(
            "--system",
            help="dasheng, dasheng-unstructured, audioldm2, audiox, uniflow-audio, tangoflux, musicgen, qwen3-tts or "
            "expert-pipeline.",
        ),
    ] = "dasheng",
    categories: Annotated[str | None, typer.Option("--categories", help="Such as S00,SMA; all when not given.")] = None,
    absent: Annotated[
        str, typer.Option("--absent", help="left-out, or none: as the official lists write an absent view.")
    ] = "left-out",
    strict_english: Annotated[
        bool, typer.Option("--strict-english", help="Leave out what names or looks like another language.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many.", min=1)] = None,
) -> None:
    """Print what a system is told for every item of a set, one JSON object a line."""
    from itertools import islice

    from audiogen_cli.evaluation.prompts import prompts_for
    from audiogen_cli.evaluation.sets.readers import read_set
    from audiogen_cli.evaluation.sets.records import count_remarks, likely_english, of_categories

    kind = {"audiocaps": "plain", "musiccaps": "plain", "libritts": "speech"}.get(name, "scenes")
    records = list(read_set(name, source))
    if name == "mecat":
        for remark in count_remarks(records):
            console.note(remark)
    if categories is not None:
        records = list(of_categories(records, names_of(categories, "--categories") or []))
    if strict_english:
        records = [record for record in records if likely_english(record)]
    if not records:
        raise OptionError(f"{source}: no item is left")
    for record in islice(records, limit):
        texts = prompts_for(record.caption, system, kind=kind, absent=absent)
        console.result(json.dumps({"id": record.id, "category": record.category, **texts}, ensure_ascii=False))


def fetch(
    name: Annotated[str, typer.Argument(metavar="SET", help="mecat, audiocaps or libritts.")],
    folder: Annotated[Path, typer.Argument(help="Where sounds and their list are written.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="A copy of the published files; the hub when not given.")
    ] = None,
    categories: Annotated[str | None, typer.Option("--categories", help="Such as S00,SMA; all when not given.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="At most so many.", min=1)] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Make no network call at all.")] = False,
) -> None:
    """Stream a set's recordings to a folder that can be scored or compared with; goes on where it stopped."""
    from itertools import islice

    from audiogen_cli.evaluation.sets.streams import save_stream, stream_set
    from audiogen_cli.settings import read_settings

    offline = read_settings(offline=True if offline else None).settings.offline
    items = stream_set(name, source, offline=offline)
    if categories is not None:
        wanted = {category.upper() for category in names_of(categories, "--categories") or []}
        items = (item for item in items if item.record.category in wanted)
    with console.progress("fetching") as on_step:
        listed = save_stream(islice(items, limit), folder, lambda done: on_step(done, limit or done, ""))
    if not listed.exists():
        raise OptionError(f"{name}: no item is left")
    console.result_path(listed)


def setup(
    name: Annotated[
        str | None, typer.Argument(help="glap, utmos, nemo, or nemo:OWNER/MODEL; without it all are listed.")
    ] = None,
    device: Annotated[str, typer.Option("--device", help="On which it is tried: auto, cpu, cuda, cuda:1.")] = "cpu",
    python: Annotated[
        Path | None, typer.Option("--python", help="Another interpreter, where its packages need one.")
    ] = None,
    offline: Annotated[bool, typer.Option("--offline", help="Make no network call at all.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Start without asking.")] = False,
) -> None:
    """Make the environment of a model that needs its own, after saying what it downloads."""
    from audiogen_cli.evaluation.workers.environment import make_environment, workers_folder
    from audiogen_cli.evaluation.workers.roster import WORKERS, find_spec
    from audiogen_cli.settings import read_settings

    if name is None:
        console.show(console.table("", ("worker", "", "here"), [_worker_row(spec) for spec in WORKERS.values()]))
        return
    spec = find_spec(name)
    console.say(f"{spec.name}: {spec.about}")
    console.say(f"an environment in {workers_folder() / spec.base}, up to {spec.environment_gb:g} GB, with:")
    for requirement in spec.requirements:
        console.say(f"  {requirement}")
    console.say("then:")
    for what, size in spec.downloads:
        console.say(f"  {what}, about {size:g} GB")
    if read_settings(offline=True if offline else None).settings.offline:
        raise OptionError("a worker cannot be set up offline")
    if not yes:
        if not sys.stdin.isatty():
            raise OptionError("nobody is here to agree to the download", hint="--yes")
        typer.confirm("start?", abort=True, err=True)
    installed = make_environment(spec, device=device_of(device), python=python, say=console.say)
    console.result(f"{spec.name}\t{installed.model}\t{installed.weights_sha256}")


def _worker_row(spec: "WorkerSpec") -> tuple[str, str, str]:
    from audiogen_cli.evaluation.workers.environment import read_installed

    try:
        return spec.name, spec.about, read_installed(spec).model
    except ModelMissingError as missing:
        return spec.name, spec.about, missing.hint


eval.command(_SCORE)(guarded(with_flags(score)))
eval.command("prompts")(guarded(prompts))
eval.command("fetch")(guarded(fetch))
eval.command("setup")(guarded(setup))
