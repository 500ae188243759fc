"""What every generator takes and gives: a `Caption` and options in, a `Rendering` out.

No torch here: the embedded experts and `--help` never load it. Each engine extends
`GenerationOptions` with the knobs that it alone has; a knob of the other engine is refused in
`assembly`, never read and ignored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from audiogen_cli.audio.cue import Cue
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.errors import OptionError

OnStep = Callable[[int, int, str], None]
"""Progress: steps done, steps in all, what is being done."""

MAX_SEED = 2**32 - 1


def no_progress(done: int, total: int, doing: str) -> None:
    """The `OnStep` of a caller who does not watch."""


@dataclass(frozen=True, kw_only=True)
class GenerationOptions:
    """How to generate; what to generate is the caption's business.

    Raises:
        OptionError: a value out of range.
    """

    seed: int = 0  # the whole of the randomness; drawn by the pipeline when a person gives none
    quality: str = "standard"  # "draft", "fast", "standard", "best": each engine says what they mean

    def __post_init__(self) -> None:
        if not 0 <= self.seed <= MAX_SEED:
            raise OptionError(f"seed is {self.seed}, needs 0 to {MAX_SEED}")
        if self.quality not in QUALITIES:
            raise OptionError(f"quality is {self.quality!r}, needs one of {', '.join(QUALITIES)}")


QUALITIES = ("draft", "fast", "standard", "best")


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A generator's answer: the sound, and all there is to tell about how it came to be."""

    waveform: Waveform
    cues: tuple[Cue, ...] = ()  # empty where the engine cannot know
    stems: Mapping[str, Waveform] = field(default_factory=dict)  # layer to its sound, as it lies in the mix
    still: bool = False  # nothing sounds but the quiet of a place, which no levelling may bring up
    peak_bound: bool = False  # short sounds, as loud as they get without being crushed: not to be levelled again
    notes: tuple[str, ...] = ()  # honest remarks for the person: an unknown sound, words that had to be hurried
    details: Mapping[str, Any] = field(default_factory=dict)  # JSON for the recipe: models, revisions, options used


class Generator(Protocol):
    """An engine that turns captions into sound; loading happens in the first call, not before."""

    name: str  # "experts" or "unified"
    sample_rate: int  # Hz, of what `generate` returns

    def prepare(self, options: GenerationOptions) -> None:
        """Begin to load what most captions need, in the background, while the text is being refined.

        Returns at once and raises nothing: `generate` raises what is wrong, if its caption needs it.
        """
        ...

    def generate(self, caption: Caption, options: GenerationOptions, on_step: OnStep = no_progress) -> Rendering:
        """Render one caption."""
        ...

    def generate_batch(
        self, captions: Sequence[Caption], options: Sequence[GenerationOptions], on_step: OnStep = no_progress
    ) -> Iterable[Rendering]:
        """Render several captions; item for item the same sound as `generate` alone, each given when it is ready."""
        ...
