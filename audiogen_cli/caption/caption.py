"""The `Caption`: one audio scene in six views, the value everything else passes on.

In: plain strings or the JSON object {Caption, Speech, ASR, SFX, Music, ENV}. Out: an immutable
value whose blank views are `None`. What JSON may hold is `schema`'s business, how a caption is
put to the model `prompt`'s, and what makes a caption good `rules`'.
Source: structured multi-view captions, Dasheng AudioGen section 3.1; categories from MECAT.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from audiogen_cli.errors import CaptionError

VIEWS = ("caption", "speech", "asr", "sfx", "music", "env")
"""The six views, in the order in which they are written and prompted."""

JSON_KEYS = {"caption": "Caption", "speech": "Speech", "asr": "ASR", "sfx": "SFX", "music": "Music", "env": "ENV"}
"""View to its key in JSON; the same order."""


@dataclass(frozen=True, kw_only=True)
class Caption:
    """One scene: `caption` describes the whole, every other view one component, `None` where absent.

    Raises:
        CaptionError: `caption` is blank, or a view is not a string.
    """

    caption: str
    speech: str | None = None  # who speaks, and how
    asr: str | None = None  # the words, and nothing but the words
    sfx: str | None = None  # sound events
    music: str | None = None
    env: str | None = None  # the space and the recording

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and not isinstance(value, str):
                raise CaptionError(f"{JSON_KEYS[field.name]}: {type(value).__name__} given, text or null needed")
            object.__setattr__(self, field.name, (value or "").strip() or None)
        if self.caption is None:
            raise CaptionError("Caption: empty, it must describe the whole scene")

    @property
    def views(self) -> dict[str, str]:
        """The views that are present, by name, in prompt order."""
        return {view: getattr(self, view) for view in VIEWS if getattr(self, view) is not None}

    @property
    def category(self) -> str:
        """MECAT's code for what sounds: S speech, M music, A sound effects, 0 in the place of each absence."""
        speech = "S" if self.speech or self.asr else "0"
        music = "M" if self.music else "0"
        effects = "A" if self.sfx else "0"
        return speech + music + effects

    def as_json(self) -> dict[str, str | None]:
        """The JSON object, always all six keys in order."""
        return {key: getattr(self, view) for view, key in JSON_KEYS.items()}

    def with_views(self, views: Mapping[str, str | None]) -> "Caption":
        """A copy in which the given views, by name, are replaced."""
        return replace(self, **views)  # type: ignore[arg-type]  # checked by __post_init__
