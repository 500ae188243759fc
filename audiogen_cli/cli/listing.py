"""`audiogen sounds|voices|styles|instruments|spaces [QUERY]`: what the experts know, to read and to hear."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.errors import OptionError
from audiogen_cli.knowledge.entries import Entry, load_entries

_WORDS = "The quick brown fox jumps over the lazy dog, and nobody saw it coming."

Query = Annotated[str | None, typer.Argument(help="Show only what has this in its name or words.", show_default=False)]
Sample = Annotated[str | None, typer.Option("--sample", help="Make a sample of this one.", show_default=False)]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write the sample to this file.", show_default=False)
]
Play = Annotated[bool, typer.Option("--play", "-p", help="Play the sample.")]


def sounds(
    query: Query = None, *, sample: Sample = None, output: Output = None, play: Play = False, talk: TalkFlags
) -> None:
    """List the sound effects and ambiences, or make a sample of one."""
    _list_or_sample(
        "sounds", query, sample, output, play, talk, lambda entry: Caption(caption=entry.phrase, sfx=entry.phrase)
    )


def voices(
    query: Query = None, *, sample: Sample = None, output: Output = None, play: Play = False, talk: TalkFlags
) -> None:
    """List the voices, with their manners and channels, or make a sample of one."""
    _list_or_sample(
        "voices",
        query,
        sample,
        output,
        play,
        talk,
        lambda entry: Caption(caption=entry.phrase, speech=entry.phrase, asr=_WORDS),
    )


def styles(
    query: Query = None, *, sample: Sample = None, output: Output = None, play: Play = False, talk: TalkFlags
) -> None:
    """List the music styles, or make a sample of one."""
    _list_or_sample(
        "styles", query, sample, output, play, talk, lambda entry: Caption(caption=entry.phrase, music=entry.phrase)
    )


def instruments(
    query: Query = None, *, sample: Sample = None, output: Output = None, play: Play = False, talk: TalkFlags
) -> None:
    """List the instruments, or make a sample of one."""
    _list_or_sample(
        "instruments",
        query,
        sample,
        output,
        play,
        talk,
        lambda entry: Caption(caption=entry.phrase, music=f"Solo {entry.phrase}"),
    )


def spaces(
    query: Query = None, *, sample: Sample = None, output: Output = None, play: Play = False, talk: TalkFlags
) -> None:
    """List the spaces, or make a sample of one: three hand claps in it."""
    _list_or_sample(
        "spaces",
        query,
        sample,
        output,
        play,
        talk,
        lambda entry: Caption(caption=entry.phrase, sfx="Three hand claps", env=entry.phrase),
    )


def _list_or_sample(
    kind: str,
    query: str | None,
    sample: str | None,
    output: Path | None,
    play: bool,
    talk: TalkFlags,
    caption_of: Callable[[Entry], Caption],
) -> None:
    entries = load_entries(kind)
    if sample is not None:
        if sample not in entries:
            raise OptionError(f"{sample}: not one of the {kind}", hint=f"audiogen {kind} lists them")
        _make_sample(caption_of(entries[sample]), name=sample, output=output, play=play)
        return
    if output is not None or play:
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


def _make_sample(caption: Caption, *, name: str, output: Path | None, play: bool) -> None:
    from audiogen_cli import assembly
    from audiogen_cli.audio.files import audio_format, write_audio
    from audiogen_cli.cli.output import check_place
    from audiogen_cli.cli.play import play_waveform
    from audiogen_cli.pipeline import render_takes
    from audiogen_cli.settings import Settings

    path = output if output is not None else None if play else Path(f"{name}.wav")
    if path is not None:
        audio_format(path)
        check_place(path, force=False)
    settings = Settings(engine="experts")
    generator = assembly.build_generator(settings).part
    options = assembly.build_options(generator, settings, seed=0, knobs={"duration": 6.0})
    take = render_takes(generator, caption, [options])[0]
    for remark in take.rendering.notes:
        console.note(remark)
    if path is not None:
        write_audio(path, take.waveform, take.provenance)
        console.result(str(path))
    if play:
        play_waveform(take.waveform)
