"""The walk: every take levelled, gated, and with the recipe of how it came to be."""

import numpy as np
import pytest

from audiogen_cli.audio.loudness import TARGET_LUFS, integrated_lufs
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.errors import QualityError
from audiogen_cli.generator.base import MAX_SEED, GenerationOptions, Rendering
from audiogen_cli.pipeline import Finish, Origin, Pipeline, draw_seed, iterate_takes, seeds_of_takes
from audiogen_cli.refiner.base import Refinement, RefineRequest

SCENE = Caption(caption="Rain", sfx="Steady rain")


class Noise:
    """An engine at the edge: noise of its seed, silence for the seeds it is told to fail."""

    name, sample_rate = "noise", 16_000

    def __init__(self, silent=()):
        self.silent, self.asked = set(silent), []

    def generate(self, caption, options, on_step=None):
        self.asked.append(options.seed)
        samples = np.random.default_rng(options.seed).normal(0, 0.05, 32_000) * (options.seed not in self.silent)
        return Rendering(waveform=Waveform(samples, self.sample_rate), notes=("a remark",), details={"kind": "noise"})

    def generate_batch(self, captions, options, on_step=None):
        return [self.generate(caption, option) for caption, option in zip(captions, options)]


def test_a_take_is_levelled_and_tells_how_it_was_made():
    origin = Origin(text="rain", refiner="embedded", notes=("understood little",))
    take = next(iterate_takes(Noise(), SCENE, [GenerationOptions(seed=4)], origin=origin))
    assert integrated_lufs(take.waveform) == pytest.approx(TARGET_LUFS, abs=0.5)
    recipe = take.provenance
    assert (recipe.seed, recipe.text, recipe.refiner, recipe.engine) == (4, "rain", "embedded", "noise")
    assert recipe.prompt == "<|caption|> Rain <|sfx|> Steady rain" and recipe.notes == ("a remark",)
    assert recipe.refiner_notes == ("understood little",)
    assert recipe.quality["gate"] == "passed" and recipe.details == {"kind": "noise"}


def test_untouched_means_untouched():
    engine = Noise()
    take = next(iterate_takes(engine, SCENE, [GenerationOptions(seed=4)], finish=Finish(level=False)))
    np.testing.assert_array_equal(take.waveform.samples, take.rendering.waveform.samples)
    assert take.provenance.levelled is False


def test_a_refused_take_is_tried_with_the_next_free_seed():
    engine = Noise(silent={1})
    takes = list(iterate_takes(engine, SCENE, seeds_of_takes(GenerationOptions(seed=0), 3)))
    assert [take.provenance.seed for take in takes] == [0, 3, 2] and engine.asked == [0, 1, 2, 3]
    assert any("refused seed 1: silence" in note for note in takes[1].provenance.notes)


def test_when_every_retake_is_refused_the_run_fails_with_the_figures():
    with pytest.raises(QualityError, match=r"seed 7: silence.*seed 8: silence.*seed 9: silence") as refused:
        next(iterate_takes(Noise(silent={7, 8, 9}), SCENE, [GenerationOptions(seed=7)]))
    assert refused.value.exit_code == 6


def test_without_the_gate_the_fault_is_told_and_the_take_kept():
    take = next(iterate_takes(Noise(silent={7}), SCENE, [GenerationOptions(seed=7)], finish=Finish(gate=False)))
    assert take.faults == ("silence",) and take.provenance.quality["gate"] == "off"


def test_what_a_matcher_finds_stands_in_the_take_and_its_recipe():
    class Matches:
        name = "told"

        def similarity(self, caption, waveform):
            return 41.256 if caption is SCENE and waveform.num_samples else 0.0

    take = next(iterate_takes(Noise(), SCENE, [GenerationOptions(seed=7)], finish=Finish(matcher=Matches())))
    assert take.similarity == 41.256
    assert take.provenance.quality["similarity"] == {"by": "told", "score": 41.26}
    assert "similarity" not in next(iterate_takes(Noise(), SCENE, [GenerationOptions(seed=7)])).provenance.quality


def test_the_whole_walk_hands_the_refiners_caption_on():
    class Parrot:
        name = "parrot"

        def refine(self, request):
            return Refinement(caption=Caption(caption=request.text + "!"), refiner="parrot")

    take = Pipeline(refiner=Parrot(), generator=Noise()).run(RefineRequest(text="thunder"), GenerationOptions(seed=1))
    assert take.provenance.caption.caption == "thunder!" and take.provenance.refiner == "parrot"


def test_seeds_of_takes_wrap_around_and_drawn_seeds_are_short():
    assert [one.seed for one in seeds_of_takes(GenerationOptions(seed=MAX_SEED), 2)] == [MAX_SEED, 0]
    assert all(0 <= draw_seed() < 1_000_000 for _ in range(100))


def test_takes_are_handed_over_as_they_are_finished():
    handed = []
    with pytest.raises(QualityError):
        for take in iterate_takes(Noise(silent=range(2, 9)), SCENE, seeds_of_takes(GenerationOptions(seed=1), 2)):
            handed.append(take.provenance.seed)
    assert handed == [1]
