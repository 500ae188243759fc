"""Arrays to figures: every metric, of the whole set and of each category, with what it rests on.

In: a `Gathered`. Out: plain dictionaries ready for JSON: a value, how many clips it is of, its interval or its
bias, the extractor's identity, and whether it is measured as in the paper. The mathematics is in `metrics`; which
metrics there are and what they need is in `catalogue`.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.metrics.divergence import inception_score, kl_sigmoid, kl_softmax
from audiogen_cli.evaluation.metrics.frechet import frechet_distance, frechet_distance_inf
from audiogen_cli.evaluation.metrics.kernel import kernel_distance
from audiogen_cli.evaluation.metrics.words import utterance_word_errors, word_errors
from audiogen_cli.evaluation.runner import Row, Sound
from audiogen_cli.evaluation.statistics import bootstrap_interval, standard_error

Figure = dict[str, Any]
TextEmbedder = Callable[[Sequence[str]], NDArray[np.float32]]

SEED = 20_260_527  # of every draw: halves, extrapolation, intervals
_FEWEST_INTERVAL = 2
_TAGGED = 0.3  # of the greatest probability over a clip's patches


@dataclass(frozen=True, kw_only=True)
class Subset:
    """Some rows, and the references they are compared with."""

    rows: Sequence[Row]
    references: Sequence[Sound]  # of the same rows, or an unpaired set

    def digests(self) -> dict[str, str]:
        """SHA-256 over the sounds' own digests in order; says what exactly was scored, whatever the names."""
        found = {"sounds_sha256": _digest([row.sound.digest for row in self.rows])}
        if self.references:
            found["references_sha256"] = _digest([sound.digest for sound in self.references])
        return found

    def stacked(self, extractor: str, array: str) -> NDArray[np.float64]:
        """One array of every clip, rows put under each other, [N, D]."""
        return _stack([row.sound for row in self.rows], extractor, array)

    def stacked_references(self, extractor: str, array: str) -> NDArray[np.float64]:
        """The same of the references."""
        return _stack(self.references, extractor, array)


def score_frechet(subset: Subset, extractor: str, array: str) -> Figure:
    """Fréchet distance, with what two halves of the reference are apart: the least that says anything."""
    reference, generated = subset.stacked_references(extractor, array), subset.stacked(extractor, array)
    width = reference.shape[1]
    return {
        "value": frechet_distance(reference, generated),
        "num_vectors": len(generated),
        "num_reference_vectors": len(reference),
        "between_reference_halves": _between_halves(reference),
        "bias": f"grows by about 1/n; compare sets of one size. {len(generated)} vectors of {width} dimensions"
        + (": fewer than dimensions, so that the covariance is not of full rank" if len(generated) <= width else ""),
        "seed": SEED,
    }


def score_frechet_inf(subset: Subset, extractor: str, array: str) -> Figure:
    """The limit of the Fréchet distance for infinitely many clips."""
    found = frechet_distance_inf(
        subset.stacked_references(extractor, array), subset.stacked(extractor, array), seed=SEED
    )
    return {
        "value": found.value,
        "r_squared": found.r_squared,
        "slope": found.slope,
        "bias": "the line over 1/n takes the bias of the scored set away, not that of the reference",
        "seed": SEED,
    }


def score_kernel(subset: Subset, extractor: str, array: str) -> Figure:
    """Kernel audio distance."""
    value = kernel_distance(subset.stacked_references(extractor, array), subset.stacked(extractor, array))
    return {"value": value, "bias": "none from the number of clips; scatters more the fewer they are"}


def score_kl(subset: Subset) -> Figure:
    """KL of tagger's labels, clip by clip; softmax, and sigmoid beside it."""
    reference, generated = subset.stacked_references("cnn14", "logits"), subset.stacked("cnn14", "logits")
    each = [kl_softmax(one, other) for one, other in zip(reference[:, None], generated[:, None])]
    return _mean(each) | {"sigmoid_form": kl_sigmoid(reference, generated), "form": "softmax, eps 1e-6 on the scored"}


def score_inception(subset: Subset) -> Figure:
    """Inception score over ten splits."""
    value, spread = inception_score(subset.stacked("cnn14", "logits"))
    return {
        "value": value,
        "sd_over_splits": spread,
        "splits": 10,
        "seed": 2020,
        "bias": "rises with the number of clips",
    }


def score_similarity(subset: Subset, extractor: str, embed_texts: TextEmbedder) -> Figure:
    """A hundred times the mean cosine of sound and overall caption."""
    rows = [row for row in subset.rows if row.item.caption is not None]
    if not rows:
        raise OptionError("no item has a caption")
    texts = [row.item.caption.caption for row in rows if row.item.caption is not None]
    sounds = _stack([row.sound for row in rows], extractor, "embedding")
    words = np.asarray(embed_texts(texts), np.float64)
    cosines = np.sum(_unit(sounds) * _unit(words), axis=1) * 100
    return _mean(cosines) | {"num_skipped": len(subset.rows) - len(rows), "text": "overall caption"}


def score_words(subset: Subset, normaliser: str) -> Figure:
    """Word error rate of the corpus, and the mean of the utterances'; per cent."""
    rows = [row for row in subset.rows if row.item.transcript]
    if not rows:
        raise OptionError("no item has words that should be said")
    wanted = [row.item.transcript or "" for row in rows]
    heard = [str(row.sound.arrays["words"]["words"]) for row in rows]
    found = word_errors(wanted, heard, normaliser=normaliser)
    if not found.num_scored:
        raise OptionError("no transcript holds a word once normalised")
    return {
        "value": 100 * found.corpus,
        "mean_of_utterances": 100 * found.mean,
        "n": found.num_scored,
        "num_skipped": len(subset.rows) - found.num_scored,
        "num_words": found.num_words,
        "num_empty_heard": sum(not words.strip() for words in heard),
        "normaliser": found.normaliser,
        "text": "asr view",
    }


def score_tags(subset: Subset) -> Figure:
    """The share of clips in which a tagger finds speech and music where the caption has them and nowhere else."""
    rows = [row for row in subset.rows if row.item.caption is not None]
    if not rows:
        raise OptionError("no item has a caption")
    told: Figure = {}
    right = np.ones(len(rows), bool)
    for view in ("speech", "music"):
        asked = np.array([bool(getattr(row.item.caption, view)) for row in rows])
        if view == "speech":
            asked |= np.array([bool(row.item.transcript) for row in rows])
        tagged = np.array([float(row.sound.arrays["tags"][view]) >= _TAGGED for row in rows])
        right &= asked == tagged
        told[f"{view}_tagged_where_asked"] = 100 * float(tagged[asked].mean()) if asked.any() else None
        told[f"{view}_tagged_elsewhere"] = 100 * float(tagged[~asked].mean()) if not asked.all() else None
    return _mean(100.0 * right) | told | {"num_skipped": len(subset.rows) - len(rows), "threshold": _TAGGED}


def score_mean(subset: Subset, extractor: str, array: str) -> Figure:
    """Mean of a scalar over clips."""
    return _mean([float(row.sound.arrays[extractor][array]) for row in subset.rows])


def score_levels(subset: Subset) -> Figure:
    """Loudness: mean and spread over clips that are not silent, with peaks, silence and clipping."""
    found = {
        name: np.array([float(row.sound.arrays["levels"][name]) for row in subset.rows])
        for name in ("lufs", "peak_dbtp", "silent_share", "clipped_share", "duration_s")
    }
    heard = found["lufs"][np.isfinite(found["lufs"])]
    peaks = found["peak_dbtp"][np.isfinite(found["peak_dbtp"])]
    if not len(heard):
        raise OptionError("every clip is silent")
    return _mean(heard) | {
        "sd": float(heard.std(ddof=1)) if len(heard) > 1 else 0.0,
        "num_silent": int(len(found["lufs"]) - len(heard)),
        "highest_peak_dbtp": float(peaks.max()) if len(peaks) else None,
        "num_over_full_scale": int(np.sum(found["peak_dbtp"] > 0)),
        "num_clipped": int(np.sum(found["clipped_share"] > 0)),
        "mean_silent_share": float(found["silent_share"].mean()),
        "mean_duration_s": float(found["duration_s"].mean()),
    }


def values_of_row(row: Row, normaliser: str) -> Figure:
    """What can be said of one clip alone."""
    arrays = row.sound.arrays
    told: Figure = {"id": row.item.id, "category": row.item.category, "sha256": row.sound.digest}
    if "levels" in arrays:
        told["lufs"] = _finite(float(arrays["levels"]["lufs"]))
    for key in ("dnsmos", "utmos"):
        if key in arrays:
            told[key] = float(arrays[key]["mos"])
    if "tags" in arrays:
        told["tags"] = "; ".join(map(str, arrays["tags"]["top"]))
    if "words" in arrays:
        told["heard"] = str(arrays["words"]["words"])
        if row.item.transcript:
            rate = utterance_word_errors(row.item.transcript, told["heard"], normaliser=normaliser)
            told["wer"] = None if rate is None else 100 * rate
    return told


def _mean(values: Sequence[float] | NDArray[np.float64]) -> Figure:
    column = np.asarray(values, np.float64)
    told: Figure = {"value": float(column.mean()), "n": len(column)}
    if len(column) >= _FEWEST_INTERVAL:
        told["standard_error"] = standard_error(column)
        told["interval_95"] = list(bootstrap_interval(column))
    return told


def _between_halves(features: NDArray[np.float64]) -> float | None:
    if len(features) < 4:
        return None
    order = np.random.default_rng(SEED).permutation(len(features))
    half = len(features) // 2
    return frechet_distance(features[order[:half]], features[order[half:]])


def _stack(sounds: Sequence[Sound], extractor: str, array: str) -> NDArray[np.float64]:
    if not sounds:
        raise OptionError("there is nothing to compare with")
    return np.concatenate([np.atleast_2d(sound.arrays[extractor][array]) for sound in sounds]).astype(np.float64)


def _unit(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def _digest(digests: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def as_plain(value: Any) -> Any:
    """The same for JSON: numbers that JSON has no word for become null."""
    if isinstance(value, Mapping):
        return {key: as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_plain(item) for item in value]
    return _finite(value) if isinstance(value, float) else value
