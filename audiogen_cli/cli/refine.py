"""`audiogen refine TEXT`: the structured caption of a scene, to read, to keep, to edit, to revise."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.audio.files import write_bytes
from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.destination import STDOUT, check_place
from audiogen_cli.cli.flags import RefineFlags, TalkFlags
from audiogen_cli.cli.inputs import edit_caption, read_caption, read_text
from audiogen_cli.cli.views import caption_json, show_caption, show_explanation
from audiogen_cli.errors import OptionError
from audiogen_cli.pipeline import draw_seed
from audiogen_cli.prompt import compose_prompt
from audiogen_cli.refiner.base import Refinement, Refiner, RefineRequest
from audiogen_cli.settings import Settings, read_settings


def refine(
    text: Annotated[
        str, typer.Argument(help="What should be heard, in any language; - reads stdin.", show_default=False)
    ],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the caption to this file.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", "-f", help="Overwrite a file that exists.")] = False,
    prompt: Annotated[bool, typer.Option("--prompt", help="Print the special-token string instead.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Open the caption in $EDITOR first.")] = False,
    variations: Annotated[
        int, typer.Option("--variations", "-n", help="Different scenes for the idea.", min=1, max=20)
    ] = 1,
    feedback: Annotated[
        str | None,
        typer.Option(
            "--feedback", help="Revise: TEXT names a caption file, this says what to change.", show_default=False
        ),
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell attempts, raw replies and repairs on stderr.")
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option("--seed", "-s", help="Same seed, same caption, as far as the LLM allows.", show_default=False),
    ] = None,
    refining: RefineFlags,
    talk: TalkFlags,
) -> None:
    """Show the structured caption of a scene.

    On a terminal a readable view; piped or with --json exactly the JSON object that `render` takes, one
    object for each variation.
    """
    settings = read_settings(**refining.settings()).settings
    places = _places(output, variations)
    for place in places:
        check_place(place, force=force)
    request = _request(text, feedback, settings, refining, seed)
    refiner: Refiner = assembly.build_refiner(settings).part
    captions = []
    for refinement in _refine_all(refiner, request, variations):
        for remark in refinement.notes:
            console.note(remark)
        if explain:
            show_explanation(refinement)
        caption = edit_caption(refinement.caption) if edit else refinement.caption
        captions.append(caption)
        if not places:
            _answer(caption, refinement, as_prompt=prompt, as_json=talk.json)
    for place, caption in zip(places, captions):
        write_bytes(place, (caption_json(caption) + "\n").encode(), overwrite=force)
        console.result_path(place)


def _places(output: Path | None, variations: int) -> list[Path]:
    if output is None or output == STDOUT:
        return []
    if variations == 1:
        return [output]
    return [output.with_stem(f"{output.stem}-{number + 1}") for number in range(variations)]


def _request(
    text: str, feedback: str | None, settings: Settings, refining: RefineFlags, seed: int | None
) -> RefineRequest:
    previous = read_caption(text).caption if feedback is not None else None
    return RefineRequest(
        text=read_text(feedback if feedback is not None else text),
        previous=previous,
        pins=refining.pins(),
        seed=seed if seed is not None else draw_seed(),
        seed_drawn=seed is None,
        creativity=settings.creativity,
        language=settings.language or "english",
    )


def _refine_all(refiner: Refiner, request: RefineRequest, variations: int) -> Sequence[Refinement]:
    if variations > 1 and request.previous is not None:
        raise OptionError("--variations and --feedback exclude each other")
    made: list[Refinement] = []
    for number in range(variations):
        unlike = tuple(refinement.caption for refinement in made)
        made.append(refiner.refine(replace(request, seed=request.seed + number, unlike=unlike)))
    return made


def _answer(caption: Caption, refinement: Refinement, *, as_prompt: bool, as_json: bool) -> None:
    if as_prompt:
        console.result(compose_prompt(caption))
    elif as_json or not console.is_terminal():
        console.result(caption_json(caption))
    else:
        show_caption(caption, refiner=refinement.refiner, prompt=compose_prompt(caption))
