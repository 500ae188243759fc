"""`audiogen make TEXT`: refine, render, write, play."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.caption import Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.choosing import render_and_hand_over
from audiogen_cli.cli.destination import plan_output
from audiogen_cli.cli.flags import EngineFlags, OutputFlags, RefineFlags, TalkFlags
from audiogen_cli.cli.inputs import read_text
from audiogen_cli.cli.interactive import settle_scene
from audiogen_cli.cli.output import play_takes, render_aloud
from audiogen_cli.cli.views import tell_caption
from audiogen_cli.generator.base import GenerationOptions
from audiogen_cli.pipeline import Finish, Origin, draw_seed, seeds_of_takes
from audiogen_cli.refiner.base import Refinement, Refiner, RefineRequest
from audiogen_cli.settings import read_settings


def make(
    text: Annotated[
        str, typer.Argument(help="What should be heard, in any language; - reads stdin.", show_default=False)
    ],
    *,
    interactive: Annotated[
        bool, typer.Option("--interactive", "-i", help="Work on the scene, hearing it, until it is right.")
    ] = False,
    refine: RefineFlags,
    engine: EngineFlags,
    output: OutputFlags,
    talk: TalkFlags,
) -> None:
    """Turn a sentence into a sound file.

    The text becomes a structured caption, the caption becomes ten seconds of sound. Without -o the file
    is named from the scene and never overwrites another.
    """
    settings = read_settings(**refine.settings(), **engine.settings(), **output.settings()).settings
    words = read_text(text)
    seed = engine.seed if engine.seed is not None else draw_seed()

    generator = assembly.build_generator(settings)
    knobs = engine.knobs(refiner=settings.refiner)
    first = assembly.build_options(generator.part, settings, seed=seed, knobs=knobs)
    takes = seeds_of_takes(first, engine.takes)
    destination = plan_output(output, settings, name=words, seeds=[take.seed for take in takes])
    finish = output.finish(level=getattr(first, "mix", "") != "paper", takes=engine.takes)

    refiner = assembly.build_refiner(settings)
    if refiner.part.name != "embedded":
        generator.part.prepare(first)  # a language model takes seconds; the embedded refiner is done at once
    request = RefineRequest(
        text=words,
        pins=refine.pins(),
        seed=seed,
        seed_drawn=engine.seed is None,
        duration_s=getattr(first, "duration_s", 10.0),
        creativity=settings.creativity,
        language=settings.language or assembly.text_language(settings, generator.part),
    )
    console.detail(f"refiner: {refiner.part.name}" + (f" ({refiner.reason})" if refiner.reason else ""))
    refinement: Refinement | None = refiner.part.refine(request)
    assert refinement is not None
    if interactive:
        refinement = _settle(refinement, refiner.part, request, generator.part, takes, finish)
        if refinement is None:
            return
    else:
        tell_caption(refinement)
    origin = Origin(text=words, refiner=refinement.refiner, notes=refinement.notes)
    render_and_hand_over(
        generator, refinement.caption, takes, destination, origin=origin, finish=finish, as_json=talk.json
    )


def _settle(
    first: Refinement,
    refiner: Refiner,
    request: RefineRequest,
    generator: object,
    takes: Sequence[GenerationOptions],
    finish: Finish,
) -> Refinement | None:
    chosen = assembly.Chosen(part=generator)

    def revise(caption: Caption, feedback: str) -> Refinement:
        return refiner.refine(replace(request, text=feedback, previous=caption))

    def listen(caption: Caption) -> None:
        play_takes(render_aloud(chosen, caption, takes[:1], finish=finish))

    return settle_scene(first, revise=revise, listen=listen)
