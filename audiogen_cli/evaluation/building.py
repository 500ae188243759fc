"""An extractor by its key, built and not yet loaded; what is not on this machine is told at once.

In: a key of `catalogue` and the choices a person made. Out: an extractor. Modules that need torch are imported here
and not before, so that loudness alone costs none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec as find_module
from pathlib import Path

from audiogen_cli.errors import ModelMissingError, OptionError
from audiogen_cli.evaluation import ear
from audiogen_cli.evaluation.extractors.base import Extractor
from audiogen_cli.evaluation.extractors.weights import find_weights, weights_folder
from audiogen_cli.evaluation.metrics.words import NORMALISERS
from audiogen_cli.evaluation.workers.roster import WORKERS, find_spec

WEIGHTS = ("vggish", "cnn14", "clap", "whisper")
"""Extractors whose files a person may name."""

RECOGNISERS = ("ear", "whisper", "nemo")
"""Whose words the word error rate is of: the extra's Whisper base, a Whisper of one's own, the paper's in a worker."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How the extractors are to be had."""

    weights: Mapping[str, Path] = field(default_factory=dict)
    cnn14_rate: int = 16_000  # the paper does not say; the toolkit's example and the model's own
    recogniser: str = "ear"  # one of RECOGNISERS, or nemo:OWNER/MODEL
    tagger: Path | None = None  # a folder with an export of YAMNet
    normaliser: str = "english"
    device: str = "cpu"

    def __post_init__(self) -> None:
        unknown = [name for name in self.weights if name not in WEIGHTS]
        if unknown:
            raise OptionError(f"--weights {unknown[0]}: unknown, needs one of {', '.join(WEIGHTS)}")
        if self.cnn14_rate not in (16_000, 32_000):
            raise OptionError(f"the rate of CNN14 is {self.cnn14_rate}, needs 16000 or 32000")
        if self.recogniser not in RECOGNISERS and not self.recogniser.startswith("nemo:"):
            raise OptionError(f"recogniser is {self.recogniser!r}, needs one of {', '.join(RECOGNISERS)}, nemo:MODEL")
        if self.normaliser not in NORMALISERS:
            raise OptionError(f"normaliser is {self.normaliser!r}, needs one of {', '.join(NORMALISERS)}")


def build_extractor(key: str, choices: Choices) -> Extractor:
    """The extractor of that key.

    Raises:
        ModelMissingError: a package, a file or a worker is not there; the hint says how to get it.
    """
    return _BUILDERS[key](choices)


def _levels(choices: Choices) -> Extractor:
    from audiogen_cli.evaluation.extractors.levels import Levels

    return Levels()


def _words(choices: Choices) -> Extractor:
    if choices.recogniser == "ear":
        from audiogen_cli.evaluation.extractors.hearing import HeardWords

        return HeardWords(_ear())
    if choices.recogniser == "whisper":
        _check_torch("whisper")
        from audiogen_cli.evaluation.extractors.whisper import Whisper

        return Whisper(choices.weights.get("whisper", weights_folder() / "whisper"), device=choices.device)
    from audiogen_cli.evaluation.extractors.isolated import NemoWords

    return NemoWords(find_spec(choices.recogniser), device=choices.device)


def _dnsmos(choices: Choices) -> Extractor:
    from audiogen_cli.evaluation.extractors.hearing import SpeechQuality

    return SpeechQuality(_ear())


def _ear() -> ear.Ear:
    missing = ear.missing_packages()
    if missing:
        raise ModelMissingError(f"the ear needs {', '.join(missing)}", hint=ear.INSTALL_HINT)
    return ear.Ear()


def _vggish(choices: Choices) -> Extractor:
    _check_torch("vggish")
    from audiogen_cli.evaluation.extractors import vggish

    return vggish.Vggish(find_weights(vggish.WEIGHTS, choices.weights.get("vggish")), device=choices.device)


def _cnn14(choices: Choices) -> Extractor:
    _check_torch("cnn14")
    from audiogen_cli.evaluation.extractors import cnn14

    weights = find_weights(cnn14.FRONTS[choices.cnn14_rate].weights, choices.weights.get("cnn14"))
    return cnn14.Cnn14(weights, rate=choices.cnn14_rate, device=choices.device)


def _clap(choices: Choices) -> Extractor:
    _check_torch("clap")
    from audiogen_cli.evaluation.extractors.clap import Clap

    return Clap(choices.weights.get("clap", weights_folder() / "clap"), device=choices.device)


def _glap(choices: Choices) -> Extractor:
    from audiogen_cli.evaluation.extractors.isolated import Glap

    return Glap(WORKERS["glap"], device=choices.device)


def _utmos(choices: Choices) -> Extractor:
    from audiogen_cli.evaluation.extractors.isolated import Utmos

    return Utmos(WORKERS["utmos"], device=choices.device)


def _tags(choices: Choices) -> Extractor:
    from audiogen_cli.evaluation.extractors.tagger import Tagger

    if choices.tagger is None:
        raise ModelMissingError("no tagger is named", hint="--tagger FOLDER with an ONNX export of YAMNet")
    return Tagger(choices.tagger)


def _check_torch(key: str) -> None:
    if find_module("torch") is None:
        raise ModelMissingError(f"{key} needs torch", hint="pip install torch")


_BUILDERS: Mapping[str, Callable[[Choices], Extractor]] = {
    "levels": _levels,
    "words": _words,
    "dnsmos": _dnsmos,
    "vggish": _vggish,
    "cnn14": _cnn14,
    "clap": _clap,
    "glap": _glap,
    "utmos": _utmos,
    "tags": _tags,
}
