"""Words that should be heard are listened for, and a clip without them does not pass."""

import numpy as np
import pytest

from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.quality.gate import find_gate_faults, measure_clip
from audiogen_cli.quality.listening import listen_for_words

pytest.importorskip("jiwer")
pytest.importorskip("whisper_normalizer")

SPOKEN = Caption(caption="A man speaks", speech="A calm man", asr="The train leaves at nine tonight")


class Says:
    """An ear that hears what it was told to."""

    name = "told"

    def __init__(self, words):
        self._words = words

    def words(self, waveform):
        return self._words

    def speech_quality(self, waveform):
        return 3.0


def _clip():
    return Waveform(0.1 * np.sin(np.arange(48_000) * 0.05), 48_000)


def test_words_that_are_heard_pass_whatever_their_case_and_signs():
    heard = listen_for_words(SPOKEN, _clip(), Says("the train leaves, at nine tonight."))
    assert heard.word_error == 0 and heard.missing_words == 0 and heard.speech_quality == 3.0


@pytest.mark.parametrize("words, said", [("", "nobody was heard"), ("A plane lands", "A plane lands")])
def test_missing_words_are_a_fault_that_tells_what_was_heard(words, said):
    clip = _clip()
    heard = listen_for_words(SPOKEN, clip, Says(words))
    faults = find_gate_faults(measure_clip(clip, clip), levelled=False, heard=heard)
    assert len(faults) == 1 and "of the words are missing" in faults[0] and said in faults[0]


def test_added_words_are_no_missing_words():
    heard = listen_for_words(SPOKEN, _clip(), Says("well the train leaves at nine tonight you know that"))
    assert heard.missing_words == 0 and heard.word_error > 0.5


def test_a_scene_without_words_or_with_words_in_another_language_is_not_judged():
    for caption in (
        Caption(caption="Rain", sfx="Rain"),
        Caption(caption="Ein Mann", asr="Der Zug fährt nicht von hier, sagt der Mann und geht"),
    ):
        assert listen_for_words(caption, _clip(), Says("")) is None


def test_speech_is_not_called_noisy_for_the_music_under_it():
    mixed = SPOKEN.with_views({"music": "Slow piano"})
    assert listen_for_words(mixed, _clip(), Says("the train")).speech_quality is None
