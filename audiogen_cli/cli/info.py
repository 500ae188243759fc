"""`audiogen info FILE`: how a sound was made."""

import json
from pathlib import Path
from typing import Annotated

import typer

from audiogen_cli.audio.files import read_audio, read_provenance
from audiogen_cli.caption import JSON_KEYS
from audiogen_cli.cli import console
from audiogen_cli.cli.flags import TalkFlags
from audiogen_cli.cli.play import figures_of


def info(
    file: Annotated[Path, typer.Argument(help="A sound file made by audiogen.", show_default=False)],
    *,
    talk: TalkFlags,
) -> None:
    """Tell how a sound file was made: its text, caption, engine, seed, and that it is synthetic."""
    from audiogen_cli.audio.loudness import integrated_lufs, true_peak_dbtp

    recipe = read_provenance(file)
    waveform = read_audio(file)
    sound = {
        **figures_of(waveform),
        "loudness_lufs": _number(integrated_lufs(waveform)),
        "true_peak_db": _number(true_peak_dbtp(waveform)),
    }
    if talk.json:
        console.result(
            json.dumps({"file": str(file), **recipe.as_json(), "sound": sound}, ensure_ascii=False, indent=2)
        )
        return
    rows: list[tuple[str, object]] = [("file", file), ("synthetic", "yes, made by audiogen")]
    rows += [("text", recipe.text)] if recipe.text else []
    rows += [(JSON_KEYS[view], text) for view, text in recipe.caption.views.items()]
    rows += [
        ("prompt", recipe.prompt),
        ("refiner", recipe.refiner or "none, the caption was given"),
        ("engine", recipe.engine),
        ("seed", recipe.seed),
        ("options", _flat(recipe.options)),
        ("details", _flat(recipe.details)),
        ("versions", _flat(recipe.versions)),
        ("date", recipe.created),
        ("levelled", "yes" if recipe.levelled else "no, the engine's own samples"),
        ("sound", _flat(sound)),
    ]
    rows += [("note", remark) for remark in (*recipe.refiner_notes, *recipe.notes)]
    console.show(console.table("", ("", ""), [(name, value) for name, value in rows if value != ""]))


def _flat(values: object) -> str:
    if not isinstance(values, dict):
        return str(values)
    return ", ".join(f"{key} {_inner(value)}" for key, value in values.items() if value not in (None, "", {}, []))


def _inner(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(value: float) -> float | None:
    import math

    return round(value, 2) if math.isfinite(value) else None
