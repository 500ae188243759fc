"""How a caption looks to a person: its six views, its prompt, and who wrote it."""

import json
from typing import TYPE_CHECKING

from audiogen_cli.caption import JSON_KEYS, VIEWS, Caption
from audiogen_cli.cli import console

if TYPE_CHECKING:
    from audiogen_cli.refiner.base import Refinement

STYLES = {"caption": "bold", "speech": "red", "asr": "bold red", "sfx": "yellow", "music": "blue", "env": "green"}


def caption_json(caption: Caption) -> str:
    """The JSON object of a caption, six keys in order, for files and pipes."""
    return json.dumps(caption.as_json(), indent=2, ensure_ascii=False)


def show_caption(caption: Caption, *, refiner: str, prompt: str) -> None:
    """The caption as the answer of `refine` to a person at a terminal."""
    from rich.console import Group
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", justify="right")
    grid.add_column()
    for view in VIEWS:
        text = getattr(caption, view)
        grid.add_row(JSON_KEYS[view], Text(console.plain(text), style=STYLES[view]) if text else Text("-", style="dim"))
    body = Group(grid, Text(""), Text(console.plain(prompt), style="dim"))
    console.show(
        Panel(body, title=Text(f"{caption.category}  {console.plain(refiner)}"), title_align="left", padding=(1, 2))
    )


def tell_caption(refinement: "Refinement") -> None:
    """The caption on the way to a sound: a few lines on stderr."""
    console.say(f"caption by {refinement.refiner}:")
    for view, text in refinement.caption.views.items():
        console.say(f"  {JSON_KEYS[view]:8}{text}")
    for remark in refinement.notes:
        console.note(remark)


def show_explanation(refinement: "Refinement") -> None:
    """The story of a refinement on stderr: every attempt, its raw reply, what was mended and why."""
    console.say(f"refined by {refinement.refiner}")
    for name, value in refinement.details.items():
        if name != "attempts":
            console.say(f"  {name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    for number, attempt in enumerate(refinement.details.get("attempts", ()), start=1):
        console.say(f"attempt {number}:")
        for name, value in attempt.items():
            for line in _lines(value):
                console.say(f"  {name}: {line}")


def _lines(value: object) -> list[str]:
    if isinstance(value, str):
        return value.splitlines() or [""]
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return [json.dumps(item, ensure_ascii=False) for item in value]
    return [json.dumps(value, ensure_ascii=False)]
