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
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import Choices, Chosen, Metric, about
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
        figure: Figure = {"n": len(subset.rows)} | _measure(metric, subset, chosen, choices)
    except AudiogenError as fault:  # too few clips for this metric, for one
        figure = {"n": len(subset.rows), "value": None, "reason": str(fault)}
    if metric.reference != "none":
        figure["n_reference"] = len(subset.references)
    plain: Figure = scoring.as_plain(figure | about(metric) | {"extractor": gathered.identities[metric.extractor]})
    return plain


def _measure(metric: Metric, subset: Subset, chosen: Chosen, choices: Choices) -> Figure:
    if metric.key == "fad":
        return scoring.score_frechet(subset, "vggish", "patches")
    if metric.key == "fadinf":
        return scoring.score_frechet_inf(subset, "vggish", "patches")
    if metric.key == "kad":
        return scoring.score_kernel(subset, "vggish", "patches")
    if metric.key == "fd":
        return scoring.score_frechet(subset, "cnn14", "embedding")
    if metric.key == "kl":
        return scoring.score_kl(subset)
    if metric.key == "is":
        return scoring.score_inception(subset)
    if metric.key == "clap":
        from audiogen_cli.evaluation.extractors.clap import Clap

        clap = chosen.extractors["clap"]
        assert isinstance(clap, Clap)
        return scoring.score_similarity(subset, "clap", clap.embed_texts)
    if metric.key == "wer":
        return scoring.score_words(subset, choices.normaliser)
    if metric.key == "loudness":
        return scoring.score_levels(subset)
    return scoring.score_mean(subset, metric.extractor, "mos")
