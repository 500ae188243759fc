"""`audiogen lint CAPTION...`: the rules of a good caption, applied to one written by hand."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.caption.rules import RULES, Fault, check_rules, repair_caption
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.cli.inputs import CaptionInput, read_caption
from audiogen_cli.cli.views import caption_json
from audiogen_cli.errors import OptionError


def lint(
    captions: Annotated[
        list[str] | None,
        typer.Argument(help="Caption files, tagged prompts or sounds of ours; - reads stdin.", show_default=False),
    ] = None,
    *,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended safely, in the file itself.")] = False,
    duration: Annotated[float, typer.Option("--duration", "-d", help="Seconds the words must fit into.")] = 10.0,
    language: Annotated[str, typer.Option("--language", help="english or multilingual: what ASR may be.")] = "english",
    rules: Annotated[bool, typer.Option("--rules", help="List the rules with their reasons.")] = False,
    talk: TalkFlags,
) -> None:
    """Check a caption by the rules a good one keeps.

    Exits with 1 when a rule is broken; advice alone passes. With --fix a caption from stdin or a prompt is written
    to stdout, mended.
    """
    if rules:
        _list_rules(as_json=talk.json)
        return
    if not captions:
        raise OptionError("no caption is named", hint="audiogen lint caption.json, or audiogen lint --rules")
    if language not in ("english", "multilingual"):
        raise OptionError(f"--language is {language!r}, needs english or multilingual")
    if not 1 <= duration <= 60:
        raise OptionError(f"--duration is {duration:g}, needs 1 to 60 seconds")
    report: dict[str, list[Fault]] = {}
    for name in captions:
        given = read_caption(name)
        if fix:
            given = _fix(given, name, duration_s=duration, language=language)
        report[given.source] = check_rules(given.caption, duration_s=duration, language=language)
    if talk.json:
        _tell_json(report)
    else:
        _tell(report, aside=fix)
    if any(not fault.advice for faults in report.values() for fault in faults):
        raise typer.Exit(1)


def _fix(given: CaptionInput, name: str, *, duration_s: float, language: str) -> CaptionInput:
    """Mend a caption where it stands: in its file, or on stdout where it has none."""
    mended, repairs = repair_caption(given.caption, duration_s=duration_s, language=language)
    for repair in repairs:
        console.say(f"{given.source}: mended by {repair.rule}: {repair.before!r} to {repair.after!r}")
    file = Path(name)
    in_file = name != "-" and given.recipe is None and given.source == name
    if in_file and repairs:
        write_bytes(file, (caption_json(mended) + "\n").encode())
    elif not in_file:
        console.result(caption_json(mended))
    return CaptionInput(caption=mended, source=given.source, recipe=given.recipe)


def _tell(report: dict[str, list[Fault]], *, aside: bool) -> None:
    """The faults as the answer, or aside on stderr where the answer is a mended caption."""
    tell = console.note if aside else console.result
    for source, faults in report.items():
        for fault in faults:
            kind = "advice" if fault.advice else "fault"
            tell(console.plain(f"{source}: {kind}: {fault.message} [{fault.rule}]"))
        if not faults:
            console.say(f"{source}: keeps all rules")


def _tell_json(report: dict[str, list[Fault]]) -> None:
    listed = [{"caption": source, **asdict(fault)} for source, faults in report.items() for fault in faults]
    console.result(json.dumps(listed, ensure_ascii=False, indent=2))


def _list_rules(*, as_json: bool) -> None:
    told = [
        {"rule": rule.name, "reason": rule.reason, "mended": rule.mend is not None, "advice": rule.advice}
        for rule in RULES
    ]
    if as_json:
        console.result(json.dumps(told, indent=2))
        return
    rows = [
        (rule.name, "mended" if rule.mend else "advice" if rule.advice else "sent back", rule.reason) for rule in RULES
    ]
    console.show(console.table("", ("rule", "when broken", "reason"), rows))
