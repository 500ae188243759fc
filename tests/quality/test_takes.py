"""Takes are ranked by a stated rule, and every place has its reason."""

from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.quality.takes import RULE, TakeFigures, rank_takes

SHARES = st.floats(0, 1)
TAKES = st.builds(
    TakeFigures,
    faults=st.integers(0, 2),
    word_error=st.none() | st.floats(0, 3),
    similarity=st.none() | st.floats(-100, 100),
    speech_quality=st.none() | st.floats(1, 5),
    clipped_share=SHARES,
    off_target_lu=st.none() | st.floats(0, 20),
    silent_share=SHARES,
)


def _order(*takes):
    return [one.index for one in rank_takes(takes)]


def test_words_outweigh_the_quality_of_speech_and_both_outweigh_artefacts():
    misheard = TakeFigures(word_error=0.4, speech_quality=4.0)
    dull = TakeFigures(word_error=0.0, speech_quality=2.5)
    bright = TakeFigures(word_error=0.0, speech_quality=3.4, clipped_share=0.01)
    assert _order(misheard, dull, bright) == [2, 1, 0]


def test_likeness_to_the_caption_stands_between_words_and_the_quality_of_speech():
    misheard = TakeFigures(word_error=0.4, similarity=60.0)
    unlike = TakeFigures(word_error=0.0, similarity=20.0, speech_quality=4.0)
    like = TakeFigures(word_error=0.0, similarity=35.0, speech_quality=3.0)
    assert _order(misheard, unlike, like) == [2, 1, 0]
    assert rank_takes([unlike, like])[0].reason == "similarity 35.0 against 20.0"


def test_a_take_with_a_fault_stands_behind_every_take_without():
    assert _order(TakeFigures(faults=1, word_error=0.0), TakeFigures(word_error=0.9)) == [1, 0]


def test_a_difference_below_the_step_leaves_the_decision_to_the_next_measure():
    one = TakeFigures(word_error=0.101, speech_quality=2.0)
    other = TakeFigures(word_error=0.104, speech_quality=3.0)
    assert _order(one, other) == [1, 0]


def test_the_reason_names_the_measure_that_decided_with_both_figures():
    best, second = rank_takes([TakeFigures(word_error=0.25), TakeFigures(word_error=0.0)])
    assert best.reason == "word error 0% against 25%"
    assert second.reason == "word error 25% where the place before has 0%"


def test_takes_that_no_measure_tells_apart_keep_their_order():
    ranked = rank_takes([TakeFigures(), TakeFigures(), TakeFigures()])
    assert [one.index for one in ranked] == [0, 1, 2] and "no measure" in ranked[1].reason


def test_a_take_that_was_not_measured_stands_behind_one_that_was():
    assert _order(TakeFigures(), TakeFigures(word_error=0.9)) == [1, 0]


@given(st.lists(TAKES, min_size=1, max_size=8))
def test_every_take_gets_one_place_and_no_place_is_worse_than_the_next(takes):
    ranked = rank_takes(takes)
    assert sorted(one.index for one in ranked) == list(range(len(takes)))
    assert [one.place for one in ranked] == list(range(1, len(takes) + 1))
    assert all(one.reason for one in ranked)
    faults = [takes[one.index].faults for one in ranked]
    assert faults == sorted(faults) and RULE[0].name == "faults"
