"""`audiogen eval score`: what is scored, by which models, and the figures as a person or a program reads them."""

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import check_page
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import AudioFileError, AudiogenError, OptionError

if TYPE_CHECKING:
    from audiogen_cli.evaluation.building import Choices


@dataclass(frozen=True, kw_only=True)
class ModelFlags:
    """Which models measure, and where they are."""

    weights: Annotated[
        list[str] | None,
        typer.Option("--weights", help="NAME=PATH of published weights: vggish, cnn14; clap, whisper (folders)."),
    ] = None
    recogniser: Annotated[
        str,
        typer.Option(
            "--recogniser",
            help="Whose words are counted: ear (Whisper base), whisper (--weights whisper=FOLDER), nemo (the paper's) "
            "or nemo:OWNER/MODEL.",
        ),
    ] = "ear"
    tagger: Annotated[
        Path | None, typer.Option("--tagger", help="Folder with an ONNX export of YAMNet and its class map.")
    ] = None
    cnn14_rate: Annotated[int, typer.Option("--cnn14-rate", help="16000 or 32000.")] = 16_000
    normaliser: Annotated[
        str, typer.Option("--normaliser", help="Of words before they are compared: english, basic or none.")
    ] = "english"
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1 or mps.")] = "cpu"

    def choices(self) -> "Choices":
        """The same as the evaluation reads it; raises `OptionError` for a name or value it does not know."""
        from audiogen_cli.evaluation.building import Choices

        return Choices(
            weights=_named_paths(self.weights or []),
            cnn14_rate=self.cnn14_rate,
            recogniser=self.recogniser,
            tagger=self.tagger,
            normaliser=self.normaliser,
            device=device_of(self.device),
        )


def score(
    source: Annotated[Path, typer.Argument(help="A folder of sounds, or a JSON Lines list.", show_default=False)],
    *,
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
            help="Of fad, fadinf, kad, fd, kl, is, clap, glap, wer, utmos, dnsmos, tags, loudness, with commas "
            "between; all that work here when not given.",
        ),
    ] = None,
    unpaired: Annotated[bool, typer.Option("--unpaired", help="Compare two sets that are not paired.")] = False,
    models: ModelFlags,
    threads: Annotated[int, typer.Option("--threads", help="Sounds measured at the same time.", min=1)] = 4,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Measure anew, keep nothing.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write a page with all figures (HTML).")] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a report that exists.")] = False,
    talk: TalkFlags,
) -> None:
    """Score a folder of sounds, or a list: {"id", "audio", "reference", "caption", "asr", "category"} a line.

    Exits with 1 when a sound could not be scored or a metric gave no figure.
    """
    from audiogen_cli.evaluation.cache import FeatureCache
    from audiogen_cli.evaluation.catalogue import choose_metrics
    from audiogen_cli.evaluation.evaluate import evaluate
    from audiogen_cli.evaluation.manifest import read_manifest

    if report is not None:
        check_page(report, force=force)
    choices = models.choices()
    manifest = read_manifest(source, audio=audio, reference=reference, paired=not unpaired)
    chosen = choose_metrics(names_of(metrics, "--metrics"), manifest, choices)
    cache = FeatureCache(folder=None) if no_cache else FeatureCache.usual()
    with closing(chosen), console.progress("scoring") as on_step:
        result = evaluate(manifest, chosen, choices, cache, on_step, num_threads=threads)
    if report is not None:
        _write_report(report, result, overwrite=force)
    if talk.json:
        console.result(json.dumps(result, ensure_ascii=False))
    else:
        _show(result)
    if _tell_faults(result):
        raise typer.Exit(1)


def _write_report(page: Path, result: Mapping[str, Any], *, overwrite: bool) -> None:
    from audiogen_cli.evaluation.report import report_html

    write_bytes(page, report_html(result).encode("utf-8", "backslashreplace"), overwrite=overwrite)
    console.say(f"report: {page}")


def _show(result: Mapping[str, Any]) -> None:
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


def _tell_faults(result: Mapping[str, Any]) -> bool:
    """Tell every sound that was skipped and every metric without a figure; returns whether there was one."""
    from audiogen_cli.evaluation.evaluate import failed_figures

    failed = failed_figures(result)
    for fault in result["faults"]:
        console.fail(AudioFileError(f"{fault['id']}: {fault['reason']}"))
    for key, reason in failed.items():
        console.fail(AudiogenError(f"{key}: {reason}"))
    if result["faults"]:
        total = result["num_scored"] + result["num_skipped"]
        console.fail(AudiogenError(f"{result['num_skipped']} of {total} could not be scored"))
    return bool(result["faults"] or failed)


def names_of(given: str | None, option: str) -> list[str] | None:
    """The names in a list with commas, in lower case; raises `OptionError` for a list without any."""
    if given is None:
        return None
    names = [name.strip().lower() for name in given.split(",") if name.strip()]
    if not names:
        raise OptionError(f"{option} is empty")
    return names


def device_of(name: str) -> str:
    """The device of a name such as "auto"; torch is imported only where it is not the CPU."""
    if name == "cpu":
        return name
    from audiogen_cli.device import choose_device

    return choose_device(name)


def _named_paths(given: list[str]) -> dict[str, Path]:
    paths = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not equals or not path:
            raise OptionError(f"--weights {one}: needs NAME=PATH")
        paths[name.strip().lower()] = Path(path).expanduser()
    return paths
