"""What every refiner takes and gives: a person's words in, a `Caption` and the story of it out.

`Pins` carries what the person has fixed: a view pinned to a text comes back verbatim, a view pinned
to `None` stays absent. A refiner that cannot keep a pin raises; it never drops one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.errors import OptionError

Pins = Mapping[str, str | None]
"""View name to the text it must have, or to `None` where it must be absent."""

CREATIVITIES = ("low", "medium", "high")


@dataclass(frozen=True, kw_only=True)
class RefineRequest:
    """What to refine.

    Raises:
        OptionError: nothing to refine, an unknown view pinned, or the caption pinned to absence.
    """

    text: str  # the person's words, in any language
    pins: Pins = field(default_factory=dict)
    seed: int = 0
    duration_s: float = 10.0  # the clip the words must fit into
    creativity: str = "medium"  # "low", "medium", "high"
    language: str = "english"  # what the engine reads: "english", or "multilingual" (ASR in any language)
    previous: Caption | None = None  # the caption to revise, with `text` as the feedback
    unlike: tuple[Caption, ...] = ()  # written for this text already; a language model writes a different scene
    seed_drawn: bool = False  # nobody chose the seed, so that a kept answer for the same words may stand

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise OptionError("the text is empty", hint='Say what should be heard: audiogen make "rain on a tin roof"')
        for view, value in self.pins.items():
            if view not in VIEWS or (view == "caption" and value is None):
                raise OptionError(f"view {view!r} cannot be pinned to {value!r}")
        if self.creativity not in CREATIVITIES:
            raise OptionError(f"creativity is {self.creativity!r}, needs one of {', '.join(CREATIVITIES)}")


@dataclass(frozen=True, kw_only=True)
class Refinement:
    """A refiner's answer: the caption, who made it, and how."""

    caption: Caption
    refiner: str  # for people and recipes: "embedded", "openai gpt-4o-mini at api.openai.com"
    notes: tuple[str, ...] = ()  # honest remarks for the person: words not understood, rules repaired
    details: Mapping[str, Any] = field(
        default_factory=dict
    )  # JSON for the recipe and `--explain`: attempts, repairs, tokens


class Refiner(Protocol):
    """Turns a person's words into a caption."""

    name: str  # "embedded", "openai", "local"

    def refine(self, request: RefineRequest) -> Refinement:
        """Write the caption of a request; raises `RefinerError` when none can be had."""
        ...
