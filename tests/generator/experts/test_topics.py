"""Who speaks is told beside what is talked about, and the two are not mixed up."""

import numpy as np
import pytest

from audiogen_cli.generator.experts.speech.casting import choose_cast
from audiogen_cli.generator.experts.speech.topics import without_topics


def labels(view):
    return [speaker.label for speaker in choose_cast(view, rng=np.random.default_rng(0)).speakers]


@pytest.mark.parametrize(
    ("view", "spoken"),
    [
        ("A woman discussing an angry customer with a calm tone", ["woman, calm"]),
        ("A man explaining children's rights", ["man"]),
        ("Male speech about scared witches", ["man"]),
        ("Technical explanation of mouse controls by a male speaker", ["man"]),
        ("Male speaker: 'the girls were shouting at the old robot'", ["man"]),
        ("A woman describing tire pressure and procedures made for safety", ["woman"]),
        ("A man describes his holidays excitedly", ["man, excited"]),
    ],
)
def test_what_is_talked_about_casts_nobody(view, spoken):
    assert labels(view) == spoken


def test_who_is_talked_to_or_with_still_speaks():
    assert len(labels("A man discussing football, and a laughing woman")) == 2


def test_blanks_keep_every_place_in_the_text():
    view = "A boy discussing dragons, happily"
    assert len(without_topics(view)) == len(view) and without_topics(view).endswith(", happily")
