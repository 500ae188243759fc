"""`audiogen doctor`: what this machine can do, and for each thing it cannot, the line that mends it."""

import json
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli import __version__
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import AudiogenError
from audiogen_cli.settings import cache_folder, read_environment, read_settings


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    works: bool
    found: str
    mend: str = ""  # the line that mends it, where it does not work
    needed: bool = False  # without it `make` cannot do its main job


def doctor(
    *,
    deep: Annotated[
        bool,
        typer.Option("--deep", help="Load the unified model's weights strictly and render three scenes with them."),
    ] = False,
    talk: TalkFlags,
) -> None:
    """Say what this machine can do: engines, devices, sound output, language models, disk.

    Exits with 1 when `make` cannot do its main job here.
    """
    if deep:
        _deep_check(talk)
        return
    findings = [
        finding
        for look in (_python, _voices, _ear, _refiners, _playback, _torch, _weights, _disk)
        for finding in _safely(look)
    ]
    if talk.json:
        console.result(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2))
    else:
        _show(findings)
    if any(finding.needed and not finding.works for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    rows = [("ok" if finding.works else "--", finding.what, finding.found) for finding in findings]
    console.show(console.table("", ("", "", ""), rows))
    for finding in findings:
        if not finding.works and finding.mend:
            console.result(f"{finding.what}: {finding.mend}")


def _safely(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except AudiogenError as fault:
        return [Finding(what=look.__name__.strip("_"), works=False, found=str(fault), mend=fault.hint)]


def _python() -> Iterator[Finding]:
    yield Finding(
        what="audiogen",
        works=True,
        found=f"{__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}",
    )


def _voices() -> Iterator[Finding]:
    from audiogen_cli.generator.experts.speech.models import VoiceModels

    voices = VoiceModels()
    try:
        voices.load("standard")
        voices.load("draft")
    except AudiogenError as fault:
        yield Finding(what="embedded voices", works=False, found=str(fault), mend=fault.hint, needed=True)
    else:
        yield Finding(what="embedded voices", works=True, found="Kokoro and Hibari load from their packages")


def _ear() -> Iterator[Finding]:
    from audiogen_cli.evaluation.ear import INSTALL_HINT, missing_packages

    missing = missing_packages()
    found = f"{', '.join(missing)} missing" if missing else "hears words and judges speech, to choose among takes"
    yield Finding(what="ear", works=not missing, found=found, mend=INSTALL_HINT)


def _refiners() -> Iterator[Finding]:
    from audiogen_cli.assembly import build_refiner
    from audiogen_cli.knowledge.matching_embedding import is_installed
    from audiogen_cli.llm.discovery import find_local_servers

    how = "matches by words and by meaning" if is_installed() else "matches by words"
    yield Finding(what="embedded refiner", works=True, found=f"always there, no network; {how}")
    settings = read_settings().settings
    chosen = build_refiner(settings)
    yield Finding(
        what="refiner in use",
        works=True,
        found=f"{chosen.part.name}" + (f", because {chosen.reason}" if chosen.reason else ""),
    )
    for server in [] if settings.offline else find_local_servers(ollama_host=read_environment("OLLAMA_HOST")):
        models = ", ".join(server.models[:5]) if server.models else "no model yet"
        yield Finding(
            what=server.preset,
            works=bool(server.models),
            found=f"answers at {server.base_url}: {models}",
            mend="ollama pull qwen3:4b" if server.preset == "ollama" else "load a model in its window",
        )


def _playback() -> Iterator[Finding]:
    from audiogen_cli.audio.playback import output_devices

    try:
        devices = output_devices()
    except AudiogenError as fault:
        yield Finding(what="playback", works=False, found=str(fault), mend=fault.hint)
        return
    yield Finding(
        what="playback",
        works=bool(devices),
        found=", ".join(devices[:4]) or "no output device",
        mend="files are written all the same; attach a device to hear them here",
    )


def _torch() -> Iterator[Finding]:
    try:
        found = f"torch {version('torch')}, transformers {version('transformers')}"
    except PackageNotFoundError as fault:
        yield Finding(
            what="torch",
            works=False,
            found=f"{fault} is missing",
            mend="pip install --upgrade --force-reinstall audiogen",
        )
        return
    from audiogen_cli.device import choose_device, choose_dtype, describe_device

    device = choose_device("auto")
    where = f"{choose_dtype('auto', device)} on {describe_device(device)}"
    yield Finding(
        what="unified engine", works=True, found=f"{found}, {where}" + ("; minutes a clip" * (device == "cpu"))
    )


def _weights() -> Iterator[Finding]:
    from audiogen_cli.assembly import DEFAULT_MODEL
    from audiogen_cli.hub.cache import is_present

    present = is_present(DEFAULT_MODEL)
    yield Finding(
        what="unified weights",
        works=present,
        found="on this machine" if present else "not on this machine; the experts render",
        mend="audiogen pull english",
    )


def _disk() -> Iterator[Finding]:
    for what, folder in (("disk for the cache", cache_folder()), ("disk here", Path.cwd())):
        place = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(place).free
        yield Finding(
            what=what,
            works=free > 1_000_000_000,
            found=f"{free / 1e9:.1f} GB free at {place}",
            mend="free some space; a clip takes 2 MB, the unified model's weights about 13 GB",
        )


def _deep_check(talk: TalkFlags) -> None:
    from audiogen_cli.assembly import build_generator
    from audiogen_cli.generator.unified.deep_check import check_generator

    generator = build_generator(read_settings(engine="unified").settings).part
    figures = check_generator(generator, lambda done, total, doing: console.say(f"[{done}/{total}] {doing}"))
    console.result(json.dumps(figures, ensure_ascii=False, indent=2))
    if not figures.get("passed", False):
        sys.exit(1)
