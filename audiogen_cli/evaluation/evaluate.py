"""The whole of a scoring: manifest in, one JSON-ready result out, every figure with its provenance.

In: a `Manifest`, the metrics chosen for it, a cache. Out: a dictionary with `metrics` (of all, and of each category
where there are several), `items`, `faults`, `left_out` and `versions`. Showing it is `report`'s and the command's.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from audiogen_cli.audio.provenance import installed_versions
from audiogen_cli.errors import AudioFileError, AudiogenError
from audiogen_cli.evaluation import scoring
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import Chosen, Metric, about
from audiogen_cli.evaluation.extractors.base import EmbedsTexts
from audiogen_cli.evaluation.manifest import Manifest
from audiogen_cli.evaluation.runner import Extractors, Gathered, gather
from audiogen_cli.evaluation.scoring import Figure, Subset

FORM = 1  # of the result
ALL = "all"
_PACKAGES = ("numpy", "scipy", "torch", "transformers", "soundfile", "jiwer", "whisper-normalizer", "faster-whisper")


def evaluate(
    manifest: Manifest,
    chosen: Chosen,
    choices: Choices,
    cache: FeatureCache,
    on_step: Callable[[int, int, str], None] = lambda done, total, doing: None,
    *,
    num_threads: int = 4,
) -> dict[str, Any]:
    """Measure a manifest.

    Raises:
        AudioFileError: nothing in it could be scored; the message names the first faults.
        ModelMissingError: an extractor's weights are not what they should be.
    """
    of_references = frozenset(metric.extractor for metric in chosen.metrics if metric.reference != "none")
    extractors = Extractors(by_key=chosen.extractors, of_references=of_references)
    gathered = gather(manifest, extractors, cache, on_step, num_threads=num_threads)
    if not gathered.rows:
        told = "; ".join(f"{fault.id}: {fault.reason}" for fault in gathered.faults[:3])
        raise AudioFileError(f"{manifest.source}: nothing could be scored: {told}")
    return {
        "form": FORM,
        "source": manifest.source,
        "num_scored": len(gathered.rows),
        "num_skipped": len(gathered.faults),
        "num_references": len(gathered.references) or sum(row.reference is not None for row in gathered.rows),
        "paired": not gathered.references,
        "sample_rates": dict(Counter(str(row.sound.sample_rate) for row in gathered.rows)),
        "channels": dict(Counter(str(row.sound.num_channels) for row in gathered.rows)),
        "metrics": {
            group: {
                "n": len(subset.rows),
                **subset.digests(),
                "figures": {
                    metric.key: _figure(metric, subset, gathered, chosen, choices) for metric in chosen.metrics
                },
            }
            for group, subset in _groups(gathered).items()
        },
        "left_out": dict(chosen.left_out),
        "faults": [{"id": fault.id, "reason": fault.reason} for fault in gathered.faults],
        "items": [scoring.values_of_row(row, choices.normaliser) for row in gathered.rows],
        "versions": installed_versions(_PACKAGES),
    }


def failed_figures(result: Mapping[str, Any]) -> dict[str, str]:
    """Metrics that were chosen and gave no figure for the whole set, with the reason."""
    return {
        key: figure["reason"] for key, figure in result["metrics"][ALL]["figures"].items() if figure["value"] is None
    }


def _groups(gathered: Gathered) -> dict[str, Subset]:
    paired = [row.reference for row in gathered.rows if row.reference is not None]
    groups = {ALL: Subset(rows=gathered.rows, references=gathered.references or paired)}
    categories = sorted({row.item.category for row in gathered.rows if row.item.category})
    for category in categories if len(categories) > 1 else ():
        rows = [row for row in gathered.rows if row.item.category == category]
        groups[category] = Subset(
            rows=rows, references=[row.reference for row in rows if row.reference is not None]
        )  # an unpaired set has no categories
    return groups


def _figure(metric: Metric, subset: Subset, gathered: Gathered, chosen: Chosen, choices: Choices) -> Figure:
    try:
        figure: Figure = {"n": len(subset.rows)} | _MEASURES[metric.key](subset, chosen, choices)
    except AudiogenError as fault:  # too few clips for this metric, for one
        figure = {"n": len(subset.rows), "value": None, "reason": str(fault)}
    if metric.reference != "none":
        figure["n_reference"] = len(subset.references)
    extractor = chosen.extractors[metric.extractor]
    plain: Figure = scoring.as_plain(
        figure | about(metric, extractor) | {"extractor": gathered.identities[metric.extractor]}
    )
    return plain


def _similarity(subset: Subset, chosen: Chosen, key: str) -> Figure:
    embedder = chosen.extractors[key]
    assert isinstance(embedder, EmbedsTexts)
    return scoring.score_similarity(subset, key, embedder.embed_texts)


_MEASURES: Mapping[str, Callable[[Subset, Chosen, Choices], Figure]] = {
    "fad": lambda subset, chosen, choices: scoring.score_frechet(subset, "vggish", "patches"),
    "fadinf": lambda subset, chosen, choices: scoring.score_frechet_inf(subset, "vggish", "patches"),
    "kad": lambda subset, chosen, choices: scoring.score_kernel(subset, "vggish", "patches"),
    "fd": lambda subset, chosen, choices: scoring.score_frechet(subset, "cnn14", "embedding"),
    "kl": lambda subset, chosen, choices: scoring.score_kl(subset),
    "is": lambda subset, chosen, choices: scoring.score_inception(subset),
    "clap": lambda subset, chosen, choices: _similarity(subset, chosen, "clap"),
    "glap": lambda subset, chosen, choices: _similarity(subset, chosen, "glap"),
    "wer": lambda subset, chosen, choices: scoring.score_words(subset, choices.normaliser),
    "utmos": lambda subset, chosen, choices: scoring.score_mean(subset, "utmos", "mos"),
    "dnsmos": lambda subset, chosen, choices: scoring.score_mean(subset, "dnsmos", "mos"),
    "tags": lambda subset, chosen, choices: scoring.score_tags(subset),
    "loudness": lambda subset, chosen, choices: scoring.score_levels(subset),
}
"""How each metric of `METRICS` is measured."""
