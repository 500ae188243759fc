"""`audiogen make TEXT`: refine, render, write, play."""

from typing import Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import EngineFlags, OutputFlags, RefineFlags, TalkFlags
from audiogen_cli.cli.inputs import read_text
from audiogen_cli.cli.output import plan_output, play_takes, report, write_takes
from audiogen_cli.cli.views import tell_caption
from audiogen_cli.pipeline import Origin, draw_seed, render_takes, seeds_of_takes
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.settings import read_settings


def make(
    text: Annotated[
        str, typer.Argument(help="What should be heard, in any language; - reads stdin.", show_default=False)
    ],
    *,
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
    first = assembly.build_options(generator.part, settings, seed=seed, knobs=engine.knobs())
    takes = seeds_of_takes(first, engine.takes)
    destination = plan_output(output, settings, name=words, seeds=[take.seed for take in takes])

    refiner = assembly.build_refiner(settings)
    request = RefineRequest(
        text=words,
        pins=refine.pins(),
        seed=seed,
        duration_s=getattr(first, "duration_s", 10.0),
        creativity=settings.creativity,
        language=settings.language or assembly.text_language(settings, generator.part),
    )
    console.detail(f"refiner: {refiner.part.name}" + (f" ({refiner.reason})" if refiner.reason else ""))
    refinement = refiner.part.refine(request)
    tell_caption(refinement)

    console.say(
        f"engine {generator.part.name}" + (f" ({generator.reason})" if generator.reason else "") + f", seed {seed}"
    )
    with console.progress("rendering") as on_step:
        made = render_takes(
            generator.part,
            refinement.caption,
            takes,
            on_step,
            origin=Origin(text=words, refiner=refinement.refiner, notes=refinement.notes),
            finish=output.finish(level=getattr(first, "mix", "") != "paper"),
        )
    for remark in dict.fromkeys(remark for take in made for remark in take.rendering.notes):
        console.note(remark)
    report(write_takes(made, destination), destination, as_json=talk.json)
    if output.play:
        play_takes(made)
