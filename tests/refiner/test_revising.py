"""Feedback on a caption: only what is asked changes, and what is not understood is refused."""

import pytest

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.errors import RefinerError
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.embedded import EmbeddedRefiner

SCENE = Caption(
    caption="A couple argues heatedly on a rainy street while a jazz trio plays in a bar.",
    speech="Angry woman and defensive man arguing",
    asr="You are late again! I was working!",
    sfx="Raindrops splashing on pavement, a dog barking",
    music="Smooth jazz trio with brushed drums",
    env="Rainy city street with distant traffic",
)


def revise(feedback: str, caption: Caption = SCENE) -> Caption:
    return EmbeddedRefiner().refine(RefineRequest(text=feedback, previous=caption)).caption


def changed(caption: Caption) -> set[str]:
    return {view for view in VIEWS if getattr(caption, view) != getattr(SCENE, view)}


def test_removing_the_music_touches_nothing_but_music_and_caption() -> None:
    caption = revise("remove the music")
    assert caption.music is None and "jazz" not in caption.caption
    assert changed(caption) == {"music", "caption"}


def test_removing_the_voices_takes_speech_and_words() -> None:
    caption = revise("no voices")
    assert caption.speech is None and caption.asr is None
    assert caption.sfx == SCENE.sfx


def test_removing_one_sound_leaves_the_others() -> None:
    caption = revise("please remove the dog")
    assert caption.sfx == "Raindrops splashing on pavement"
    assert changed(caption) <= {"sfx", "caption"}


def test_adding_a_sound_keeps_what_is_there() -> None:
    caption = revise("add thunder")
    assert (caption.sfx or "").startswith(SCENE.sfx or "") and "hunder" in (caption.sfx or "")
    assert "hunder" in caption.caption
    assert changed(caption) == {"sfx", "caption"}


def test_a_calmer_man_speaks_calmly_without_exclamation() -> None:
    caption = revise("make the man calmer")
    assert "alm" in (caption.speech or "") and "ngry" not in (caption.speech or "")
    assert caption.asr == "You are late again. I was working."
    assert caption.sfx == SCENE.sfx and caption.music == SCENE.music


def test_slower_music_leaves_the_speech_alone() -> None:
    caption = revise("make the music slower")
    assert "low" in (caption.music or "") and caption.speech == SCENE.speech


def test_another_place_changes_the_space() -> None:
    caption = revise("in a church instead")
    assert "church" in (caption.env or "").lower() and "church" in caption.caption.lower()
    assert caption.asr == SCENE.asr and caption.music == SCENE.music


def test_other_music_takes_the_place_of_the_music() -> None:
    caption = revise("replace the music with techno")
    assert "echno" in (caption.music or "") and "azz" not in (caption.music or "")
    assert caption.sfx == SCENE.sfx


def test_quoted_words_become_the_words() -> None:
    assert revise('he says "I am sorry"').asr == "I am sorry."


def test_other_words_keep_the_speaker() -> None:
    caption = revise("different words please")
    assert caption.asr != SCENE.asr and caption.speech == SCENE.speech


def test_several_wishes_at_once() -> None:
    caption = revise("remove the music and add church bells")
    assert caption.music is None and "church bell" in (caption.sfx or "").lower()


def test_feedback_in_another_language() -> None:
    assert revise("keine Musik").music is None


@pytest.mark.parametrize("feedback", ["hmm", "make it more purple", "flurbify the gronk"])
def test_feedback_that_is_not_understood_is_refused_in_one_line(feedback: str) -> None:
    with pytest.raises(RefinerError, match="does not understand") as caught:
        revise(feedback)
    assert "\n" not in str(caught.value) and caught.value.hint
