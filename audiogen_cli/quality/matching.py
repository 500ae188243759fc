"""How near a clip lies to its caption, where this machine has a model that knows.

In: a caption and a clip. Out: a hundred times the cosine of the two in CLAP's space. The model is looked for in the
evaluation's folder of weights and loaded with the first question; nothing is downloaded. It tells takes of one scene
apart; across scenes its figure says little, for some captions lie nearer to every sound than others.
Source: Wu et al. 2023, arXiv:2211.06687.
"""

from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.errors import ModelMissingError
from audiogen_cli.evaluation.extractors.weights import weights_folder

if TYPE_CHECKING:
    from audiogen_cli.evaluation.extractors.clap import Clap


class Matcher(Protocol):
    """What compares a clip with its caption."""

    name: str

    def similarity(self, caption: Caption, waveform: Waveform) -> float:
        """-100 to 100, the higher the nearer."""
        ...


def find_matcher() -> Matcher | None:
    """The model, where its weights and packages are; nothing is loaded yet."""
    from audiogen_cli.evaluation.extractors.clap import find_clap

    if find_spec("torch") is None or find_spec("transformers") is None:
        return None
    try:
        find_clap(weights_folder() / "clap")
    except ModelMissingError:
        return None
    return ClapMatcher(weights_folder() / "clap")


class ClapMatcher:
    """CLAP, on the CPU."""

    name = "CLAP (transformers)"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def similarity(self, caption: Caption, waveform: Waveform) -> float:
        """Of the overall caption and the clip's first ten seconds."""
        import numpy as np

        sound = self._clap.embed_sound(waveform)
        text = self._clap.embed_texts([caption.caption])[0]
        return float(100 * sound @ text / max(float(np.linalg.norm(sound) * np.linalg.norm(text)), 1e-12))

    @cached_property
    def _clap(self) -> "Clap":
        from audiogen_cli.evaluation.extractors.clap import Clap

        return Clap(self._folder)
