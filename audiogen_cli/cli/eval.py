"""`audiogen eval`: score sounds by the paper's pipeline, print prompts, set up models that need their own place."""

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from audiogen_cli.cli import console
from audiogen_cli.cli.app import guarded
from audiogen_cli.cli.flags import TalkFlags, with_flags
from audiogen_cli.errors import AudioFileError, AudiogenError, ModelMissingError, OptionError

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


def score(
    source: Annotated[Path, typer.Argument(help="A folder of sounds, or a JSON Lines list.", show_default=False)],
    reference: Annotated[
        Path | None, typer.Option("--reference", help="Folder of the sounds to compare with, named alike.")
    ] = None,
    audio: Annotated[
        Path | None, typer.Option("--audio", help="Folder whose sounds bear the ids of the list as names.")
    ] = None,
    metrics: Annotated[
        str | None,
        typer.Option(
            "--metrics",
            help="fad,fadinf,kad,fd,kl,is,clap,glap,wer,utmos,dnsmos,tags,loudness [all that work here].",
        ),
    ] = None,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Compare two sets that are not paired.")] = False,
    weights: Annotated[
        list[str] | None,
        typer.Option("--weights", help="NAME=PATH of published weights: vggish, cnn14; clap, whisper (folders)."),
    ] = None,
    recogniser: Annotated[
        str,
        typer.Option(
            "--recogniser",
            help="Whose words are counted: ear (Whisper base), whisper (--weights whisper=FOLDER), nemo (the paper's) "
            "or nemo:OWNER/MODEL.",
        ),
    ] = "ear",
    tagger: Annotated[
        Path | None, typer.Option("--tagger", help="Folder with an ONNX export of YAMNet and its class map.")
    ] = None,
    cnn14_rate: Annotated[int, typer.Option("--cnn14-rate", help="16000 or 32000.")] = 16_000,
    normaliser: Annotated[
        str, typer.Option("--normaliser", help="Of words before they are compared: english, basic or none.")
    ] = "english",
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1 or mps.")] = "cpu",
    threads: Annotated[int, typer.Option("--threads", help="Sounds measured at the same time.", min=1)] = 4,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Measure anew, keep nothing.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write an HTML page.")] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a report that exists.")] = False,
    *,
    talk: TalkFlags,
) -> None:
    """Score a folder of sounds, or a list: {"id", "audio", "reference", "caption", "asr", "category"} a line."""
    from audiogen_cli.cli.output import check_place
    from audiogen_cli.evaluation.building import Choices
    from audiogen_cli.evaluation.cache import FeatureCache
    from audiogen_cli.evaluation.catalogue import choose_metrics
    from audiogen_cli.evaluation.evaluate import evaluate, failed_figures
    from audiogen_cli.evaluation.manifest import read_manifest

    if report is not None:
        check_place(report, force=force)
    choices = Choices(
        weights=_named_paths(weights or []),
        cnn14_rate=cnn14_rate,
        recogniser=recogniser,
        tagger=tagger,
        normaliser=normaliser,
        device=_device_name(device),
    )
    manifest = read_manifest(source, audio=audio, reference=reference, paired=not unpaired)
    chosen = choose_metrics(_names(metrics, "--metrics"), manifest, choices)
    cache = FeatureCache(folder=None) if no_cache else FeatureCache.usual()
    with closing(chosen), console.progress("scoring") as on_step:
        result = evaluate(manifest, chosen, choices, cache, on_step, num_threads=threads)
    if report is not None:
        from audiogen_cli.audio.files import write_bytes
        from audiogen_cli.evaluation.report import report_html

        write_bytes(report, report_html(result).encode("utf-8", "backslashreplace"))
    if talk.json:
        console.result(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)
    for fault in result["faults"]:
        console.fail(AudioFileError(f"{fault['id']}: {fault['reason']}"))
    failed = failed_figures(result)
    for key, reason in failed.items():
        console.fail(AudiogenError(f"{key}: {reason}"))
    if result["faults"]:
        total = result["num_scored"] + result["num_skipped"]
        console.fail(AudiogenError(f"{result['num_skipped']} of {total} could not be scored"))
    if result["faults"] or failed:
        raise typer.Exit(1)


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
        records = list(of_categories(records, _names(categories, "--categories") or []))
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
        wanted = {category.upper() for category in _names(categories, "--categories") or []}
        items = (item for item in items if item.record.category in wanted)
    with console.progress("fetching") as on_step:
        listed = save_stream(islice(items, limit), folder, lambda done: on_step(done, limit or done, ""))
    if not listed.exists():
        raise OptionError(f"{name}: no item is left")
    console.result(str(listed))


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
    installed = make_environment(spec, device=_device_name(device), python=python, say=console.say)
    console.result(f"{spec.name}\t{installed.model}\t{installed.weights_sha256}")


def _worker_row(spec: "WorkerSpec") -> tuple[str, str, str]:
    from audiogen_cli.evaluation.workers.environment import read_installed

    try:
        return spec.name, spec.about, read_installed(spec).model
    except ModelMissingError as missing:
        return spec.name, spec.about, missing.hint


def _names(given: str | None, option: str) -> list[str] | None:
    if given is None:
        return None
    names = [name.strip().lower() for name in given.split(",") if name.strip()]
    if not names:
        raise OptionError(f"{option} is empty")
    return names


def _named_paths(given: list[str]) -> dict[str, Path]:
    paths = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not equals or not path:
            raise OptionError(f"--weights {one}: needs NAME=PATH")
        paths[name.strip().lower()] = Path(path).expanduser()
    return paths


def _device_name(device: str) -> str:
    if device == "cpu":
        return device
    from audiogen_cli.device import choose_device

    return choose_device(device)


def _show(result: dict[str, Any]) -> None:
    from audiogen_cli.evaluation.report import title_of, value_of

    figures = result["metrics"]["all"]["figures"]
    rows = [
        [group, told["n"], *(value_of(figure) for figure in told["figures"].values())]
        for group, told in result["metrics"].items()
    ]
    console.show(console.table("", ("group", "n", *(title_of(figure) for figure in figures.values())), rows))
    if any(not figure["as_in_paper"] for figure in figures.values()):
        console.say("* not measured as in the paper: another model, or a metric it does not report")
    for figure in figures.values():
        if figure.get("bias"):
            console.say(f"{figure['title']}: {figure['bias']}")
    for key, reason in result["left_out"].items():
        console.note(f"{key} left out: {reason}")


eval.command(_SCORE)(guarded(with_flags(score)))
eval.command("prompts")(guarded(prompts))
eval.command("fetch")(guarded(fetch))
eval.command("setup")(guarded(setup))
