"""`audiogen refine TEXT`: the structured caption of a scene, to read, to keep, to edit."""

from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.audio.files import write_bytes
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import RefineFlags, TalkFlags
from audiogen_cli.cli.inputs import edit_caption, read_text
from audiogen_cli.cli.output import check_place
from audiogen_cli.cli.views import caption_json, show_caption
from audiogen_cli.pipeline import draw_seed
from audiogen_cli.prompt import compose_prompt
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.settings import read_settings


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
    seed: Annotated[
        int | None,
        typer.Option("--seed", "-s", help="Same seed, same caption (as far as the LLM allows).", show_default=False),
    ] = None,
    refining: RefineFlags,
    talk: TalkFlags,
) -> None:
    """Show the structured caption of a scene.

    On a terminal a readable view; piped or with --json exactly the JSON object that `render` takes.
    """
    settings = read_settings(**refining.settings()).settings
    words = read_text(text)
    if output is not None:
        check_place(output, force=force)
    request = RefineRequest(
        text=words,
        pins=refining.pins(),
        seed=seed if seed is not None else draw_seed(),
        creativity=settings.creativity,
        language=settings.language or "english",
    )
    refiner = assembly.build_refiner(settings)
    refinement = refiner.part.refine(request)
    for remark in refinement.notes:
        console.note(remark)
    caption = edit_caption(refinement.caption) if edit else refinement.caption
    if output is not None:
        write_bytes(output, (caption_json(caption) + "\n").encode())
        console.say(f"caption by {refinement.refiner}")
        console.result(str(output))
    elif prompt:
        console.result(compose_prompt(caption))
    elif talk.json or not console.is_terminal():
        console.result(caption_json(caption))
    else:
        show_caption(caption, refiner=refinement.refiner, prompt=compose_prompt(caption))
