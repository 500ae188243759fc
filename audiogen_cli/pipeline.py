"""The walk itself: a person's text to a `Caption`, a `Caption` to a `Waveform` with its recipe.

In: a refiner and a generator, made by `assembly`. Out: `Take`s, levelled, gated and ready for
`audio.files`. What the refiner writes and how the generator sounds it are their own business; here
only what holds for every engine: the prompt, the level, the gate, the recipe.
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from audiogen_cli.audio.loudness import normalise_loudness
from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.errors import QualityError
from audiogen_cli.generator.base import MAX_SEED, GenerationOptions, Generator, OnStep, Rendering, no_progress
from audiogen_cli.prompt import compose_prompt
from audiogen_cli.quality.gate import GateFigures, find_gate_faults, measure_clip
from audiogen_cli.quality.listening import HeardFigures, Listener, listen_for_words
from audiogen_cli.quality.matching import Matcher
from audiogen_cli.refiner.base import Refiner, RefineRequest


@dataclass(frozen=True, kw_only=True)
class Take:
    """One finished clip: the sound, what sounds when in it, and how it was made."""

    waveform: Waveform
    rendering: Rendering  # the engine's own answer; its waveform is the untouched one
    provenance: Provenance
    figures: GateFigures
    heard: HeardFigures | None = None  # what an ear heard of the words, where one listened
    similarity: float | None = None  # to the caption, where a matcher compared them
    faults: tuple[str, ...] = ()  # what the gate found, where it was told to let the take through


@dataclass(frozen=True, kw_only=True)
class Origin:
    """How the caption of a rendering came to be, for the recipe; all empty when it was given."""

    text: str | None = None
    refiner: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Finish:
    """What is done with an engine's sound."""

    level: bool = True  # to the house loudness; False leaves the engine's samples untouched
    gate: bool = True  # refuse silence, noise and clipping
    retakes: int = 2  # seeds tried after a take that the gate refused
    listener: Listener | None = None  # what listens for the spoken words; None: nobody does
    matcher: Matcher | None = None  # what compares the clip with its caption; None: nobody does


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Text to sound; either part can be walked alone."""

    refiner: Refiner
    generator: Generator

    def run(
        self,
        request: RefineRequest,
        options: GenerationOptions,
        on_step: OnStep = no_progress,
        *,
        finish: Finish = Finish(),
    ) -> Take:
        """The whole walk for one clip."""
        refinement = self.refiner.refine(request)
        origin = Origin(text=request.text, refiner=refinement.refiner, notes=refinement.notes)
        return next(iterate_takes(self.generator, refinement.caption, [options], on_step, origin=origin, finish=finish))


def iterate_takes(
    generator: Generator,
    caption: Caption,
    options: Sequence[GenerationOptions],
    on_step: OnStep = no_progress,
    *,
    origin: Origin = Origin(),
    finish: Finish = Finish(),
) -> Iterator[Take]:
    """Render one caption once for each of the options, each take as soon as it is finished.

    Args:
        generator: the engine.
        caption: the scene.
        options: one for each take; they differ in their seed.
        on_step: progress.
        origin: how the caption came to be.
        finish: what is done with each take; one that the gate refuses is tried again with the next free seed.

    Yields:
        The takes, in the order of the options.

    Raises:
        QualityError: a take and all its retakes were refused; the message carries the faults.
    """
    renderings = (
        [generator.generate(caption, options[0], on_step)]
        if len(options) == 1
        else generator.generate_batch([caption] * len(options), options, on_step)
    )
    taken = {chosen.seed for chosen in options}
    for rendering, chosen in zip(renderings, options):
        take = _finish_take(generator, caption, rendering, chosen, origin, finish)
        refused: list[str] = []
        while take.faults and finish.gate:
            refused.append(f"seed {chosen.seed}: {'; '.join(take.faults)}")
            if len(refused) > finish.retakes:
                raise QualityError(
                    "the quality gate refused every take: " + " | ".join(refused),
                    hint="; ".join(
                        (*rendering.notes, "another --seed, a fuller caption, or --no-gate to have it all the same")
                    ),
                )
            chosen = replace(chosen, seed=_next_seed(chosen.seed, taken))
            taken.add(chosen.seed)
            rendering = generator.generate(caption, chosen, on_step)
            take = _finish_take(generator, caption, rendering, chosen, origin, finish, retaken=tuple(refused))
        yield take


def draw_seed() -> int:
    """A seed nobody chose; short enough to be read aloud."""
    return secrets.randbelow(1_000_000)


def seeds_of_takes(options: GenerationOptions, num_takes: int) -> list[GenerationOptions]:
    """Options for several takes: take k has the seed of the first plus k."""
    return [replace(options, seed=(options.seed + take) % (MAX_SEED + 1)) for take in range(num_takes)]


def _finish_take(
    generator: Generator,
    caption: Caption,
    rendering: Rendering,
    options: GenerationOptions,
    origin: Origin,
    finish: Finish,
    *,
    retaken: tuple[str, ...] = (),
) -> Take:
    level = finish.level and not rendering.still and not rendering.peak_bound
    waveform = normalise_loudness(rendering.waveform) if level else rendering.waveform
    figures = measure_clip(rendering.waveform, waveform)
    heard = (
        listen_for_words(caption, waveform, finish.listener) if finish.listener and not figures.broken_samples else None
    )
    similarity = finish.matcher.similarity(caption, waveform) if finish.matcher and not figures.broken_samples else None
    faults = find_gate_faults(figures, levelled=level, duration_s=getattr(options, "duration_s", None), heard=heard)
    remarks = [f"the quality gate refused {one}" for one in retaken]
    provenance = Provenance(
        caption=caption,
        prompt=compose_prompt(caption),
        engine=generator.name,
        seed=options.seed,
        text=origin.text,
        refiner=origin.refiner,
        options={key: value for key, value in asdict(options).items() if key != "seed"},
        details=rendering.details,
        quality=_quality(figures, faults, gated=finish.gate) | _told_by_models(heard, similarity, finish.matcher),
        levelled=finish.level,
        refiner_notes=origin.notes,
        notes=tuple(dict.fromkeys((*rendering.notes, *remarks))),
    )
    return Take(
        waveform=waveform,
        rendering=rendering,
        provenance=provenance,
        figures=figures,
        heard=heard,
        similarity=similarity,
        faults=tuple(faults),
    )


def _quality(figures: GateFigures, faults: list[str], *, gated: bool) -> dict[str, object]:
    verdict = "off" if not gated else "refused" if faults else "passed"
    return {"gate": verdict, "faults": faults, **figures.as_json()}


def _told_by_models(heard: HeardFigures | None, similarity: float | None, matcher: Matcher | None) -> dict[str, object]:
    told: dict[str, object] = {"words": heard.as_json()} if heard is not None else {}
    if similarity is not None and matcher is not None:
        told["similarity"] = {"by": matcher.name, "score": round(similarity, 2)}
    return told


def _next_seed(seed: int, taken: set[int]) -> int:
    while seed in taken:
        seed = (seed + 1) % (MAX_SEED + 1)
    return seed
