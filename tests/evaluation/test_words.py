"""Word error rates: jiwer's own cases, the traps of normalisation, and what is skipped."""

import math

import pytest

from audiogen_cli.errors import OptionError
from audiogen_cli.evaluation.metrics.words import utterance_word_errors, word_errors

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")


@pytest.mark.parametrize(
    ("reference", "heard", "rate"),
    [
        ("X", "X X Y Y", 3),
        ("X Y X", "X Z", 2 / 3),
        ("X", "Y Z", 2),
        ("This is a test", "This test", 0.5),
        ("i am a short ground truth", "i am a considerably longer and very much incorrect hypothesis", 7 / 6),
        ("all of it", "", 1),
    ],
)
def test_rates_of_the_alignments_own_cases(reference, heard, rate):
    assert utterance_word_errors(reference, heard, normaliser="none") == pytest.approx(rate)


def test_corpus_and_mean_rates_differ():
    found = word_errors(["hello world", "i have 21 cats"], ["hello there world", "i have 21 cats"], normaliser="none")
    assert (found.corpus, found.mean, found.num_words) == (pytest.approx(1 / 6), pytest.approx(1 / 4), 6)


def test_a_curly_apostrophe_is_no_error():
    assert utterance_word_errors("I can’t go", "i can't go", normaliser="english") == 0
    assert utterance_word_errors("I can’t go", "i can't go", normaliser="basic") == 0


def test_empty_references_are_skipped_and_counted():
    found = word_errors(["", "...", "hello"], ["noise", "x", "hello"])
    assert (found.num_skipped, found.num_scored, found.corpus) == (2, 1, 0)
    assert math.isnan(word_errors([""], ["x"]).corpus)


def test_unpaired_lists_and_unknown_normalisers_are_refused():
    with pytest.raises(OptionError):
        word_errors(["a"], [])
    with pytest.raises(OptionError):
        word_errors(["a"], ["a"], normaliser="magic")
