"""`make --interactive`: see the caption, say what to change, hear it, until it is right."""

from collections.abc import Callable

import typer

from audiogen_cli.caption import JSON_KEYS, Caption
from audiogen_cli.cli import console
from audiogen_cli.cli.inputs import edit_caption
from audiogen_cli.cli.views import tell_caption
from audiogen_cli.errors import AudiogenError
from audiogen_cli.refiner.base import Refinement

_HELP = (
    "Enter renders and plays; `ok` keeps it; `edit` opens your editor; `music: slow piano` sets one view, "
    "`music:` empties it; anything else is feedback for the refiner; `quit` leaves without a file."
)


def settle_scene(
    first: Refinement, *, revise: Callable[[Caption, str], Refinement], listen: Callable[[Caption], None]
) -> Refinement | None:
    """Let a person work on a caption until it is right.

    Args:
        first: the refiner's proposal.
        revise: the refiner, given a caption and feedback on it.
        listen: renders a caption and plays it.

    Returns:
        What the person settled on, or `None` when they left.
    """
    current = first
    console.say(_HELP)
    while True:
        tell_caption(current)
        try:
            said = typer.prompt("scene", default="", show_default=False, prompt_suffix="> ", err=True).strip()
            if said in ("q", "quit", "exit"):
                return None
            if said in ("ok", "keep", "done"):
                return current
            current = _answer(current, said, revise, listen)
        except typer.Abort:
            return None
        except AudiogenError as fault:  # a step that failed is told, and the scene is still there
            console.fail(fault)


def _answer(
    current: Refinement,
    said: str,
    revise: Callable[[Caption, str], Refinement],
    listen: Callable[[Caption], None],
) -> Refinement:
    if not said:
        listen(current.caption)
        return current
    if said in ("?", "help"):
        console.say(_HELP)
        return current
    if said == "edit":
        return _by_hand(current, edit_caption(current.caption))
    name, colon, text = said.partition(":")
    view = next((view for view, key in JSON_KEYS.items() if name.strip().lower() in (view, key.lower())), None)
    if colon and view is not None:
        return _by_hand(current, current.caption.with_views({view: text.strip() or None}))
    return revise(current.caption, said)


def _by_hand(current: Refinement, caption: Caption) -> Refinement:
    author = current.refiner if current.refiner.endswith("by hand") else f"{current.refiner}, then by hand"
    return Refinement(caption=caption, refiner=author, notes=(), details=current.details)
