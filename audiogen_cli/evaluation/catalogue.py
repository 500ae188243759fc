"""Which metrics there are, what each needs, and whether this machine has it.

In: the names a person asked for (or none: all that work here) and how extractors are to be had. Out: the metrics to
measure, the extractors they need, built but not yet loaded, and for every metric left out the reason and the way to
get it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audiogen_cli.errors import AudiogenError, OptionError
from audiogen_cli.evaluation.building import Choices, build_extractor
from audiogen_cli.evaluation.extractors.base import Extractor, Held
from audiogen_cli.evaluation.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One figure: what it is of, and what it needs."""

    key: str
    title: str
    extractor: str
    reference: str = "none"  # "none", "set" or "pair"
    needs: str = ""  # "caption" or "transcript"
    in_paper: bool = True  # the paper reports it; whether it is measured as there the extractor says
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
            in_paper=False,
            lower_is_better=True,
        ),
        Metric(
            key="kad", title="KAD (VGGish)", extractor="vggish", reference="set", in_paper=False, lower_is_better=True
        ),
        Metric(key="fd", title="FD (CNN14)", extractor="cnn14", reference="set", lower_is_better=True),
        Metric(key="kl", title="KL (CNN14)", extractor="cnn14", reference="pair", lower_is_better=True),
        Metric(key="is", title="IS (CNN14)", extractor="cnn14", in_paper=False, lower_is_better=False),
        Metric(key="clap", title="CLAP x 100", extractor="clap", needs="caption", lower_is_better=False),
        Metric(key="glap", title="GLAP x 100", extractor="glap", needs="caption", lower_is_better=False),
        Metric(key="wer", title="WER", extractor="words", needs="transcript", lower_is_better=True, unit="%"),
        Metric(key="utmos", title="UTMOSv2", extractor="utmos", lower_is_better=False),
        Metric(key="dnsmos", title="DNSMOS", extractor="dnsmos", in_paper=False, lower_is_better=False),
        Metric(
            key="tags",
            title="Speech and music tagged",
            extractor="tags",
            needs="caption",
            in_paper=False,
            lower_is_better=False,
            unit="%",
        ),
        Metric(key="loudness", title="Loudness", extractor="levels", in_paper=False, unit="LUFS"),
    )
}
"""Key to metric, in the order of the tables."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What will be measured and, by key, why the rest will not be."""

    metrics: tuple[Metric, ...]
    extractors: Mapping[str, Extractor]
    left_out: Mapping[str, str]

    def close(self) -> None:
        """Let go of what the extractors hold."""
        for extractor in self.extractors.values():
            if isinstance(extractor, Held):
                extractor.close()


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
                extractors[metric.extractor] = build_extractor(metric.extractor, choices)
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


def about(metric: Metric, extractor: Extractor) -> dict[str, Any]:
    """What stands beside every figure of the metric."""
    return {
        "title": metric.title,
        "as_in_paper": metric.in_paper and extractor.of_paper,
        "lower_is_better": metric.lower_is_better,
        "unit": metric.unit,
    }
