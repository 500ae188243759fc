"""A scene worked on: what is said to it, and what comes of it."""

import pytest
import typer

from audiogen_cli.caption import Caption
from audiogen_cli.cli.interactive import settle_scene
from audiogen_cli.errors import RefinerError
from audiogen_cli.refiner.base import Refinement

FIRST = Refinement(caption=Caption(caption="Rain", music="Jazz"), refiner="embedded")


@pytest.fixture
def work(monkeypatch):
    def run(*said, revise=None):
        answers = iter(said)
        heard = []

        def prompt(*args, **kwargs):
            try:
                return next(answers)
            except StopIteration:
                raise typer.Abort from None

        def revised(caption, feedback):
            return Refinement(caption=caption.with_views({"sfx": feedback}), refiner="embedded")

        monkeypatch.setattr(typer, "prompt", prompt)
        return settle_scene(FIRST, revise=revise or revised, listen=heard.append), heard

    return run


def test_enter_listens_and_ok_keeps(work):
    settled, heard = work("", "ok")
    assert settled == FIRST and heard == [FIRST.caption]


def test_a_view_is_set_and_emptied_by_its_name(work):
    settled, _ = work("music: slow piano", "SFX: thunder", "ok")
    assert (settled.caption.music, settled.caption.sfx) == ("slow piano", "thunder")
    assert settled.refiner == "embedded, then by hand"
    assert work("music:", "ok")[0].caption.music is None


def test_anything_else_is_feedback(work):
    assert work("add a dog", "ok")[0].caption.sfx == "add a dog"


def test_leaving_keeps_nothing(work):
    assert work("quit")[0] is None and work()[0] is None


def test_a_step_that_fails_is_told_and_the_scene_is_still_there(work, capsys):
    def refuse(caption, feedback):
        raise RefinerError("not understood")

    assert work("mumble", "ok", revise=refuse)[0] == FIRST
    assert "not understood" in capsys.readouterr().err


def test_a_view_that_breaks_the_caption_is_refused(work, capsys):
    assert work("caption:", "ok")[0] == FIRST
    assert "must describe the whole scene" in capsys.readouterr().err
