"""`audiogen sounds|voices|styles|instruments|spaces [QUERY]`: what the experts know, to read and to hear."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import OutputFlags, TalkFlags
from audiogen_cli.errors import OptionError
from audiogen_cli.knowledge.entries import Entry, load_entries

_WORDS = "The quick brown fox jumps over the lazy dog, and nobody saw it coming."

Query = Annotated[str | None, typer.Argument(help="Show only what has this in its name or words.", show_default=False)]


@dataclass(frozen=True, kw_only=True)
class SampleFlags:
    """Whether one of them is to be heard, and where it goes."""

    sample: Annotated[str | None, typer.Option("--sample", help="Make a sample of this one.", show_default=False)] = (
        None
    )
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the sample to this file [NAME.wav].", show_default=False),
    ] = None
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a file that exists.")] = False
    play: Annotated[bool, typer.Option("--play", "-p", help="Play the sample.")] = False


def sounds(query: Query = None, *, sample: SampleFlags, talk: TalkFlags) -> None:
    """List the sound effects and ambiences, or make a sample of one."""
    _list_or_sample("sounds", query, sample, talk, lambda entry: Caption(caption=entry.phrase, sfx=entry.phrase))


def voices(query: Query = None, *, sample: SampleFlags, talk: TalkFlags) -> None:
    """List the voices, with their manners and channels, or make a sample of one."""
    _list_or_sample(
        "voices", query, sample, talk, lambda entry: Caption(caption=entry.phrase, speech=entry.phrase, asr=_WORDS)
    )


def styles(query: Query = None, *, sample: SampleFlags, talk: TalkFlags) -> None:
    """List the music styles, or make a sample of one."""
    _list_or_sample("styles", query, sample, talk, lambda entry: Caption(caption=entry.phrase, music=entry.phrase))


def instruments(query: Query = None, *, sample: SampleFlags, talk: TalkFlags) -> None:
    """List the instruments, or make a sample of one."""
    _list_or_sample(
        "instruments", query, sample, talk, lambda entry: Caption(caption=entry.phrase, music=f"Solo {entry.phrase}")
    )


def spaces(query: Query = None, *, sample: SampleFlags, talk: TalkFlags) -> None:
    """List the spaces, or make a sample of one: three hand claps in it."""
    _list_or_sample(
        "spaces",
        query,
        sample,
        talk,
        lambda entry: Caption(caption=entry.phrase, sfx="Three hand claps", env=entry.phrase),
    )


def _list_or_sample(
    kind: str, query: str | None, flags: SampleFlags, talk: TalkFlags, caption_of: Callable[[Entry], Caption]
) -> None:
    entries = load_entries(kind)
    if flags.sample is not None:
        if flags.sample not in entries:
            raise OptionError(f"{flags.sample}: not one of the {kind}", hint=f"audiogen {kind} lists them")
        _make_sample(caption_of(entries[flags.sample]), flags, name=flags.sample, as_json=talk.json)
        return
    if flags.output is not None or flags.play:
        raise OptionError("-o and --play belong to a sample", hint=f"audiogen {kind} --sample NAME -o FILE")
    found = [entry for entry in entries.values() if query is None or _matches(entry, query.lower())]
    if not found:
        raise OptionError(f"none of the {len(entries)} {kind} has {query!r} in its name or words")
    if talk.json:
        for entry in found:
            console.result(
                json.dumps(
                    {
                        "name": entry.name,
                        "family": entry.family,
                        "phrase": entry.phrase,
                        "words": entry.words,
                        "description": entry.description,
                    },
                    ensure_ascii=False,
                )
            )
    elif console.is_terminal():
        console.show(
            console.table(
                f"{len(found)} {kind}",
                ("name", "family", "phrase", "named by"),
                [(entry.name, entry.family, entry.phrase, ", ".join(entry.words[:4])) for entry in found],
            )
        )
    else:
        for entry in found:
            console.result(f"{entry.name}\t{entry.family}\t{entry.phrase}")


def _matches(entry: Entry, query: str) -> bool:
    return any(query in text.lower() for text in (entry.name, entry.family, entry.phrase, *entry.words))


def _make_sample(caption: Caption, flags: SampleFlags, *, name: str, as_json: bool) -> None:
    """Six seconds of it by the experts, to a file unless it is played alone."""
    from audiogen_cli import assembly
    from audiogen_cli.cli.destination import plan_output
    from audiogen_cli.cli.output import play_takes, report, write_takes
    from audiogen_cli.pipeline import iterate_takes
    from audiogen_cli.settings import Settings

    settings = Settings(engine="experts")
    output = flags.output or (None if flags.play else Path(f"{name}.wav"))
    destination = (
        plan_output(OutputFlags(output=output, force=flags.force), settings, name=name, seeds=[0]) if output else None
    )
    generator = assembly.build_generator(settings).part
    options = assembly.build_options(generator, settings, seed=0, knobs={"duration": 6.0})
    takes = list(iterate_takes(generator, caption, [options]))
    for remark in takes[0].provenance.notes:
        console.note(remark)
    if destination is not None:
        report(write_takes(takes, destination), destination, as_json=as_json)
    if flags.play:
        play_takes(takes)
