"""Which metrics there are, what each needs, and whether this machine has it.

In: the names a person asked for (or none: all that work here) and where weights lie. Out: the metrics to measure,
the extractors they need, built but not yet loaded, and for every metric left out the reason and the way to get it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError
from audiogen_cli.evaluation import ear
from audiogen_cli.evaluation.extractors.base import Extractor
from audiogen_cli.evaluation.extractors.weights import find_weights, weights_folder
from audiogen_cli.evaluation.manifest import Manifest
from audiogen_cli.evaluation.metrics.words import NORMALISERS


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One figure: what it is of, and what it needs."""

    key: str
    title: str
    extractor: str
    reference: str = "none"  # "none", "set" or "pair"
    needs: str = ""  # "caption" or "transcript"
    as_in_paper: bool = True
    lower_is_better: bool | None = None
    unit: str = ""


METRICS = {
    metric.key: metric
    for metric in (
        Metric(key="fad", title="FAD (VGGish)", extractor="vggish", reference="set", lower_is_better=True),
        Metric(
            key="fadinf",
            title="FAD for n to infinity",
            extractor="vggish",
            reference="set",
            as_in_paper=False,
            lower_is_better=True,
        ),
        Metric(
            key="kad",
            title="KAD (VGGish)",
            extractor="vggish",
            reference="set",
            as_in_paper=False,
            lower_is_better=True,
        ),
        Metric(key="fd", title="FD (CNN14)", extractor="cnn14", reference="set", lower_is_better=True),
        Metric(key="kl", title="KL (CNN14)", extractor="cnn14", reference="pair", lower_is_better=True),
        Metric(key="is", title="IS (CNN14)", extractor="cnn14", as_in_paper=False, lower_is_better=False),
        Metric(
            key="clap",
            title="CLAP x 100",
            extractor="clap",
            needs="caption",
            as_in_paper=False,
            lower_is_better=False,
        ),
        Metric(
            key="wer",
            title="WER",
            extractor="words",
            needs="transcript",
            as_in_paper=False,
            lower_is_better=True,
            unit="%",
        ),
        Metric(key="dnsmos", title="DNSMOS", extractor="dnsmos", as_in_paper=False, lower_is_better=False),
        Metric(key="loudness", title="Loudness", extractor="levels", as_in_paper=False, unit="LUFS"),
    )
}
"""Key to metric, in the order of the tables."""

WEIGHTS = ("vggish", "cnn14", "clap")
"""Extractors whose files a person may name."""


@dataclass(frozen=True, kw_only=True)
class Choices:
    """How the extractors are to be had."""

    weights: Mapping[str, Path] = field(default_factory=dict)
    cnn14_rate: int = 16_000  # the paper does not say; the toolkit's example and the model's own
    normaliser: str = "english"
    device: str = "cpu"

    def __post_init__(self) -> None:
        unknown = [name for name in self.weights if name not in WEIGHTS]
        if unknown:
            raise OptionError(f"--weights {unknown[0]}: unknown, needs one of {', '.join(WEIGHTS)}")
        if self.cnn14_rate not in (16_000, 32_000):
            raise OptionError(f"the rate of CNN14 is {self.cnn14_rate}, needs 16000 or 32000")
        if self.normaliser not in NORMALISERS:
            raise OptionError(f"normaliser is {self.normaliser!r}, needs one of {', '.join(NORMALISERS)}")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What will be measured and, by key, why the rest will not be."""

    metrics: tuple[Metric, ...]
    extractors: Mapping[str, Extractor]
    left_out: Mapping[str, str]


def choose_metrics(names: list[str] | None, manifest: Manifest, choices: Choices) -> Chosen:
    """Decide what to measure.

    Args:
        names: keys of `METRICS`; None for all that this machine and this manifest allow.
        manifest: what is to be scored.
        choices: how the extractors are to be had.

    Raises:
        OptionError: an unknown name, or a metric that the manifest does not allow.
        ModelMissingError: an extractor that was asked for is not on this machine; the hint says how to get it.
    """
    unknown = [name for name in names or () if name not in METRICS]
    if unknown:
        raise OptionError(f"unknown metric {unknown[0]!r}", hint="metrics: " + ", ".join(METRICS))
    metrics: list[Metric] = []
    extractors: dict[str, Extractor] = {}
    left_out: dict[str, str] = {}
    for metric in METRICS.values() if names is None else [METRICS[name] for name in dict.fromkeys(names)]:
        try:
            _check_manifest(metric, manifest)
            if metric.extractor not in extractors:
                extractors[metric.extractor] = _build(metric.extractor, choices)
            metrics.append(metric)
        except AudiogenError as fault:
            if names is not None:
                raise
            left_out[metric.key] = str(fault) + (f" ({fault.hint})" if fault.hint else "")
    return Chosen(metrics=tuple(metrics), extractors=extractors, left_out=left_out)


def _check_manifest(metric: Metric, manifest: Manifest) -> None:
    has_pairs = bool(manifest.items) and all(item.reference is not None for item in manifest.items)
    if metric.reference == "pair" and not has_pairs:
        raise OptionError(f"{metric.key} compares each sound with its own reference", hint="--reference FOLDER")
    if metric.reference == "set" and not has_pairs and not manifest.references:
        raise OptionError(f"{metric.key} compares with a reference", hint="--reference FOLDER")
    if metric.needs == "transcript" and not any(item.transcript for item in manifest.items):
        raise OptionError(f"{metric.key} needs the words that should be said", hint="a list with asr or text")
    if metric.needs == "caption" and not any(item.caption for item in manifest.items):
        raise OptionError(f"{metric.key} needs captions", hint="a list with captions, or sounds that carry a recipe")


def _build(key: str, choices: Choices) -> Extractor:
    given = choices.weights.get(key)
    if key == "levels":
        from audiogen_cli.evaluation.extractors.levels import Levels

        return Levels()
    if key in ("words", "dnsmos"):
        return _from_ear(key)
    _check_torch(key)
    if key == "vggish":
        from audiogen_cli.evaluation.extractors import vggish

        return vggish.Vggish(find_weights(vggish.WEIGHTS, given), device=choices.device)
    if key == "clap":
        from audiogen_cli.evaluation.extractors import clap

        folder = given if given is not None else weights_folder() / "clap"
        clap.weights_of(folder)  # told now, not after an hour
        return clap.Clap(folder, device=choices.device)
    from audiogen_cli.evaluation.extractors import cnn14

    weights = cnn14.FRONTS[choices.cnn14_rate].weights
    return cnn14.Cnn14(find_weights(weights, given), rate=choices.cnn14_rate, device=choices.device)


def _from_ear(key: str) -> Extractor:
    from audiogen_cli.evaluation.extractors.hearing import HeardWords, SpeechQuality

    missing = ear.missing_packages()
    if missing:
        raise ModelMissingError(f"the ear needs {', '.join(missing)}", hint=ear.INSTALL_HINT)
    return HeardWords(ear.Ear()) if key == "words" else SpeechQuality(ear.Ear())  # nothing is loaded yet


def _check_torch(key: str) -> None:
    from importlib.util import find_spec

    if find_spec("torch") is None:
        raise ModelMissingError(f"{key} needs torch", hint="pip install torch")


def about(metric: Metric) -> dict[str, Any]:
    """What stands beside every figure of the metric."""
    return {
        "title": metric.title,
        "as_in_paper": metric.as_in_paper,
        "lower_is_better": metric.lower_is_better,
        "unit": metric.unit,
    }
