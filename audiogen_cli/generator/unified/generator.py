"""The unified generator: captions in, renderings out, one model for speech, music, effects and space.

In: captions and `SamplingOptions`. Out: `Rendering`s of mono sound, each as long as the model makes it.
Light until it is first asked: options and folders are looked at before torch is imported, and weights are
loaded at the first call. How a caption becomes a sound is told in `rendering`.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiogen_cli.caption import Caption
from audiogen_cli.errors import OptionError
from audiogen_cli.generator.base import GenerationOptions, OnStep, Rendering, no_progress
from audiogen_cli.generator.unified.options import ModelOptions, SamplingOptions
from audiogen_cli.generator.unified.places import find_places

if TYPE_CHECKING:
    from audiogen_cli.generator.unified.rendering import Renderer


class UnifiedGenerator:
    """Dasheng AudioGen behind the `Generator` protocol."""

    name = "unified"

    def __init__(self, options: ModelOptions | None = None) -> None:
        self.options = options or ModelOptions()
        self.sample_rate = 16_000  # of the published models; that of the config once it is read
        self._renderer: Renderer | None = None
        self._one_at_a_time = threading.Lock()

    def prepare(self, options: GenerationOptions) -> None:
        """Nothing: gigabytes are loaded when a caption is there, not before."""

    def generate(self, caption: Caption, options: GenerationOptions, on_step: OnStep = no_progress) -> Rendering:
        """Render one caption.

        Raises:
            ModelMissingError: weights that are absent or not those of the model.
            OptionError: options that do not fit the model or the machine.
            OutOfMemoryError: even one clip does not fit.
            LengthError, BrokenAnswerError: the model's answer is no clip.
        """
        return self.generate_batch([caption], [options], on_step)[0]

    def generate_batch(
        self, captions: Sequence[Caption], options: Sequence[GenerationOptions], on_step: OnStep = no_progress
    ) -> list[Rendering]:
        """Render several captions, each with its own options; errors as in `generate`.

        With the published noise, captions with equal options and seed share one draw and one batch, as
        in the released code, and then depend on each other; see `SamplingOptions.noise`.
        """
        if len(captions) != len(options):
            raise OptionError(f"{len(captions)} captions and {len(options)} options; needs one for each")
        if not captions:
            return []
        sampling = [_sampling(option) for option in options]
        with self._one_at_a_time:
            return self._ready(on_step).render(captions, sampling, on_step)

    def load(self, on_step: OnStep = no_progress) -> None:
        """Load network and decoder now rather than at the first call; errors as in `generate`."""
        with self._one_at_a_time:
            self._ready(on_step)

    def close(self) -> None:
        """Let go of the weights; the next call loads them again."""
        with self._one_at_a_time:
            renderer, self._renderer = self._renderer, None
            if renderer is not None:
                renderer.close()

    def _ready(self, on_step: OnStep) -> "Renderer":
        if self._renderer is None:
            places = find_places(self.options)
            on_step(0, 1, "loading the model")
            from audiogen_cli.generator.unified.rendering import Renderer

            self._renderer = Renderer(self.options, places)
            self.sample_rate = places.config.sample_rate
        return self._renderer


def _sampling(options: GenerationOptions) -> SamplingOptions:
    return (
        options if isinstance(options, SamplingOptions) else SamplingOptions(seed=options.seed, quality=options.quality)
    )
