"""What every extractor is: a name, an identity that keys caches and stands in results, and `extract`.

In: a `Clip` (a decoded sound and where it lies). Out: named arrays. The identity holds all that moves the
numbers (weights, rate, resampler, form of the code), so that a kept array is used for exactly what made it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.audio.waveform import Waveform

Arrays = Mapping[str, NDArray[Any]]
Identity = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, kw_only=True)
class Clip:
    """One decoded sound file; an extractor in a process of its own reads the file again."""

    path: Path
    waveform: Waveform


class Extractor(Protocol):
    """Turns a clip into arrays; called from several threads, by two at once only where it says so."""

    name: str
    of_paper: bool  # the paper's own model, given what the paper's toolkit gives it
    concurrent: bool  # several threads may ask at once, once `identity` has been called

    def identity(self) -> Identity:
        """Everything that moves the numbers; loads weights where that is needed to know them."""
        ...

    def extract(self, clip: Clip) -> Arrays:
        """The clip's arrays; raises an `AudiogenError` that names what is wrong with it."""
        ...


@runtime_checkable
class EmbedsTexts(Protocol):
    """An extractor that puts captions beside sounds."""

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Captions to [N, D], D as wide as the sounds' `embedding`."""
        ...


@runtime_checkable
class Held(Protocol):
    """An extractor that holds more than memory, such as a process of its own."""

    def close(self) -> None:
        """Let go of it."""
        ...
