"""`audiogen render CAPTION`: a caption, a prompt or a sound of ours becomes sound."""

from typing import Annotated

import typer

from audiogen_cli import assembly
from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.cli.choosing import render_and_hand_over
from audiogen_cli.cli.destination import plan_output
from audiogen_cli.cli.flags import EngineFlags, OutputFlags, TalkFlags
from audiogen_cli.cli.inputs import read_caption
from audiogen_cli.pipeline import Origin, draw_seed, seeds_of_takes
from audiogen_cli.settings import read_settings


def render(
    caption: Annotated[
        str,
        typer.Argument(
            help="caption.json, - for stdin, a tagged prompt, or a sound file made by audiogen.", show_default=False
        ),
    ],
    *,
    engine: EngineFlags,
    output: OutputFlags,
    talk: TalkFlags,
) -> None:
    """Render a structured caption.

    A sound file made by audiogen is rendered again by its own recipe: same engine, same seed, same
    options; options given here take precedence.
    """
    given = read_caption(caption)
    recipe = given.recipe
    flags = engine.settings()
    if recipe is not None and flags["engine"] is None:
        flags |= {"engine": recipe.engine, "quality": flags["quality"] or recipe.options.get("quality")}
    settings = read_settings(**flags, **output.settings()).settings
    seed = engine.seed if engine.seed is not None else recipe.seed if recipe is not None else draw_seed()

    generator = assembly.build_generator(settings)
    repeated = assembly.knobs_of_recipe(recipe) if recipe is not None and recipe.engine == generator.part.name else {}
    first = assembly.build_options(generator.part, settings, seed=seed, knobs=repeated | engine.knobs())
    takes = seeds_of_takes(first, engine.takes)
    destination = plan_output(
        output,
        settings,
        name=_name_of(given.source, given.caption.caption, recipe),
        seeds=[take.seed for take in takes],
    )

    level = (recipe is None or recipe.levelled) and getattr(first, "mix", "") != "paper"
    finish = output.finish(level=level, takes=engine.takes)
    render_and_hand_over(
        generator, given.caption, takes, destination, origin=_origin(recipe), finish=finish, as_json=talk.json
    )


def _origin(recipe: Provenance | None) -> Origin:
    return (
        Origin(text=recipe.text, refiner=recipe.refiner, notes=recipe.refiner_notes) if recipe is not None else Origin()
    )


def _name_of(source: str, caption: str, recipe: Provenance | None) -> str:
    from pathlib import Path

    if recipe is not None and recipe.text:
        return recipe.text
    return Path(source).stem if source.endswith(".json") else caption
