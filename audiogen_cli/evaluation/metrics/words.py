"""Word error rate: what a recogniser heard against what should have been said.

In: references and hypotheses as text. Out: the corpus rate (errors over words) and the mean of the
utterances' rates, which differ. How both sides are normalised first is a choice that moves the figure,
so it is named in the result. Alignment is jiwer's.
Source: Dasheng AudioGen appendix D.2, which states no normalisation; jiwer 4.0.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from audiogen_cli.errors import ModelMissingError, OptionError

NORMALISERS = ("english", "basic", "none")
_APOSTROPHES = re.compile("[‘’‛ʼ´`＇]")  # recognisers write ', transcripts often do not
INSTALL_HINT = 'pip install "audiogen[eval]"'


@dataclass(frozen=True, kw_only=True)
class WordErrors:
    """Word error rates over a set, as fractions; nan where every reference is empty."""

    corpus: float
    mean: float
    num_scored: int
    num_skipped: int  # references that hold no word once normalised
    num_words: int  # in the references that were scored
    normaliser: str


def word_errors(references: Sequence[str], hypotheses: Sequence[str], *, normaliser: str = "english") -> WordErrors:
    """Score paired transcripts.

    Args:
        references: what should have been said; empty ones are skipped and counted.
        hypotheses: what was heard.
        normaliser: "english" (Whisper's: numbers, contractions, spelling), "basic" (case and punctuation), "none".

    Raises:
        OptionError: unpaired lists, or an unknown normaliser.
        ModelMissingError: the packages of the extra `eval` are not installed.
    """
    if len(references) != len(hypotheses):
        raise OptionError(f"{len(references)} references against {len(hypotheses)} transcripts")
    clean = _normaliser(normaliser)
    pairs = [(clean(reference), clean(heard)) for reference, heard in zip(references, hypotheses)]
    scored = [(reference, heard) for reference, heard in pairs if any(map(str.isalnum, reference))]
    skipped = len(pairs) - len(scored)
    if not scored:
        nan = float("nan")
        return WordErrors(corpus=nan, mean=nan, num_scored=0, num_skipped=skipped, num_words=0, normaliser=normaliser)
    jiwer = _jiwer()
    wanted, heard = [reference for reference, _ in scored], [words for _, words in scored]
    return WordErrors(
        corpus=float(jiwer.wer(wanted, heard)),
        mean=sum(float(jiwer.wer(reference, words)) for reference, words in scored) / len(scored),
        num_scored=len(scored),
        num_skipped=skipped,
        num_words=sum(len(reference.split()) for reference in wanted),
        normaliser=normaliser,
    )


def utterance_word_errors(reference: str, heard: str, *, normaliser: str = "english") -> float | None:
    """The word error rate of one utterance; None where the reference holds no word."""
    found = word_errors([reference], [heard], normaliser=normaliser)
    return found.corpus if found.num_scored else None


def missing_words(reference: str, heard: str, *, normaliser: str = "english") -> float:
    """The share of a reference's words that was not heard: deletions and substitutions; nan where it holds no word."""
    clean = _normaliser(normaliser)
    wanted = clean(reference)
    if not any(map(str.isalnum, wanted)):
        return float("nan")
    return 1 - _jiwer().process_words(wanted, clean(heard)).hits / len(wanted.split())


def scoring_packages_missing() -> list[str]:
    """The packages of word error rates that are not installed."""
    return [name.replace("_", "-") for name in ("jiwer", "whisper_normalizer") if find_spec(name) is None]


def _normaliser(name: str) -> Callable[[str], str]:
    if name not in NORMALISERS:
        raise OptionError(f"normaliser is {name!r}, needs one of {', '.join(NORMALISERS)}")
    if name == "none":
        return lambda text: " ".join(text.split())
    try:
        from whisper_normalizer.basic import BasicTextNormalizer
        from whisper_normalizer.english import EnglishTextNormalizer
    except ImportError as fault:
        raise ModelMissingError("word error rates need whisper-normalizer", hint=INSTALL_HINT) from fault
    normalise = EnglishTextNormalizer() if name == "english" else BasicTextNormalizer()
    return lambda text: " ".join(str(normalise(_APOSTROPHES.sub("'", text))).split())


def _jiwer() -> Any:
    try:
        import jiwer
    except ImportError as fault:
        raise ModelMissingError("word error rates need jiwer", hint=INSTALL_HINT) from fault
    return jiwer
