"""What a tagger thinks of two sounds: divergence of its labels, clip by clip, and their spread.

In: logits [N, classes] of a tagger (CNN14: 527 AudioSet classes) for paired clips. Out: KL in the
softmax form that the paper's toolkit reports, its sigmoid form, and the inception score.
Source: Kreuk et al. 2022, arXiv:2209.15352 (softmax form); Salimans et al. 2016, arXiv:1606.03498.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_softmax, softmax

from audiogen_cli.errors import OptionError

Logits = NDArray[np.float64]

_EPS = 1e-6
_SPLIT_SEED = 2020  # of the shuffle before splitting, the toolkit's own


def kl_softmax(reference: Logits, generated: Logits) -> float:
    """Mean KL(reference || generated) of softmax label distributions over paired rows."""
    reference, generated = _paired(reference, generated)
    log_generated = np.log(softmax(generated, axis=1) + _EPS)
    divergence = softmax(reference, axis=1) * (log_softmax(reference, axis=1) - log_generated)
    return float(divergence.sum() / len(reference))


def kl_sigmoid(reference: Logits, generated: Logits) -> float:
    """Mean of the same sum over independent label probabilities, which are not a distribution; may be negative."""
    reference, generated = _paired(reference, generated)
    p, q = expit(reference), expit(generated)
    return float((p * (np.log(p) - np.log(q + _EPS))).sum() / len(p))


def inception_score(logits: Logits, *, num_splits: int = 10) -> tuple[float, float]:
    """Mean and standard deviation over splits of exp of the mean KL between a clip's labels and all labels."""
    labels = softmax(np.asarray(logits, np.float64), axis=1)
    if len(labels) < num_splits:
        raise OptionError(f"an inception score over {num_splits} splits needs as many clips, got {len(labels)}")
    labels = labels[np.random.RandomState(_SPLIT_SEED).permutation(len(labels))]
    scores = []
    for part in np.array_split(labels, num_splits):
        marginal = part.mean(axis=0, keepdims=True)
        ratio = np.where(part > 0, np.log(np.maximum(part, 1e-300)) - np.log(np.maximum(marginal, 1e-300)), 0.0)
        scores.append(np.exp((part * ratio).sum(axis=1).mean()))
    return float(np.mean(scores)), float(np.std(scores))


def _paired(reference: Logits, generated: Logits) -> tuple[Logits, Logits]:
    reference, generated = (
        np.atleast_2d(np.asarray(reference, np.float64)),
        np.atleast_2d(np.asarray(generated, np.float64)),
    )
    if reference.shape != generated.shape or not len(reference):
        raise OptionError(f"labels must be paired: {reference.shape} against {generated.shape}")
    return reference, generated
