"""Pictures of scenes."""

import warnings

import numpy as np
import pytest

from audiogen_cli.audio.cue import Cue
from audiogen_cli.audio.plot import picture_of_scene
from audiogen_cli.audio.waveform import Waveform


@pytest.mark.parametrize(
    "title", ["", "rain $on$ a roof", "雨夜的街道上两个人在吵架", "улица под дождём", "\U0001f409 \u0378"]
)
def test_a_title_in_any_script_draws_without_a_word_on_the_terminal(title):
    cues = [Cue(layer="speech", label=title, start_s=0.0, end_s=0.2)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        picture = picture_of_scene(Waveform(np.zeros((1, 4_000), "f4"), 16_000), cues, title=title)
    assert picture.startswith(b"\x89PNG")
