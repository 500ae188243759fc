"""The walk itself: a person's text to a `Caption`, a `Caption` to a `Waveform` with its recipe.

In: a refiner and a generator, made by `assembly`. Out: `Take`s, levelled and ready for `audio.files`.
What the refiner writes and how the generator sounds it are their own business; here only what holds
for every engine: the prompt, the level, the recipe.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.generator.base import MAX_SEED, GenerationOptions, Generator, OnStep, Rendering, no_progress
from audiogen_cli.prompt import compose_prompt
from audiogen_cli.refiner.base import Refiner, RefineRequest


@dataclass(frozen=True, kw_only=True)
class Take:
    """One finished clip: the sound, what sounds when in it, and how it was made."""

    waveform: Waveform
    rendering: Rendering  # the engine's own answer; its waveform is the untouched one
    provenance: Provenance


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Text to sound; either part can be walked alone."""

    refiner: Refiner
    generator: Generator

    def run(self, request: RefineRequest, options: GenerationOptions, on_step: OnStep = no_progress) -> Take:
        """The whole walk for one clip, levelled."""
        refinement = self.refiner.refine(request)
        return render_takes(
            self.generator, refinement.caption, [options], text=request.text, refiner=refinement.refiner,
            notes=refinement.notes, on_step=on_step,
        )[0]


def render_takes(
    generator: Generator,
    caption: Caption,
    options: Sequence[GenerationOptions],
    *,
    text: str | None = None,
    refiner: str | None = None,
    notes: Sequence[str] = (),
    level: bool = True,
    on_step: OnStep = no_progress,
) -> list[Take]:
    """Render one caption once for each of the options.

    Args:
        generator: the engine.
        caption: the scene.
        options: one for each take; they differ in their seed.
        text, refiner, notes: how the caption came to be, for the recipe; `None` when it was given.
        level: bring each take to the house loudness; False leaves the engine's samples untouched.
        on_step: progress.

    Returns:
        The takes, in the order of the options.
    """
    prompt = compose_prompt(caption)
    if len(options) == 1:
        renderings = [generator.generate(caption, options[0], on_step)]
    else:
        renderings = generator.generate_batch([caption] * len(options), options, on_step)
    return [
        Take(
            waveform=_levelled(rendering.waveform) if level else rendering.waveform,
            rendering=rendering,
            provenance=Provenance(
                caption=caption, prompt=prompt, engine=generator.name, seed=chosen.seed, text=text,
                refiner=refiner,
                options={key: value for key, value in asdict(chosen).items() if key != "seed"},
                details=rendering.details, levelled=level,
                notes=tuple(dict.fromkeys((*notes, *rendering.notes))),
            ),
        )
        for rendering, chosen in zip(renderings, options)
    ]


def draw_seed() -> int:
    """A seed nobody chose; short enough to be read aloud."""
    return secrets.randbelow(1_000_000)


def seeds_of_takes(options: GenerationOptions, num_takes: int) -> list[GenerationOptions]:
    """Options for several takes: take k has the seed of the first plus k."""
    return [replace(options, seed=(options.seed + take) % (MAX_SEED + 1)) for take in range(num_takes)]


def _levelled(waveform: Waveform) -> Waveform:
    from audiogen_cli.audio.loudness import normalise_loudness

    return normalise_loudness(waveform)
