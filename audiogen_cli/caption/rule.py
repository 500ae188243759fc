"""What a rule of the caption room is, and what it says: the values that `rules` and its two families share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from audiogen_cli.caption.caption import Caption
from audiogen_cli.caption.cleaning import join_lines


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """What a caption was written for."""

    pins: Mapping[str, str | None] = field(default_factory=dict)  # views the person has fixed, `None` for absent
    duration_s: float = 10.0
    language: str = "english"  # "multilingual" takes any language in ASR
    text: str | None = None  # the person's words, where there are any


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One rule broken in one view."""

    rule: str
    view: str
    message: str  # what is wrong and what would be right, one line
    advice: bool = False  # better otherwise, but a caption can be rendered so


@dataclass(frozen=True, kw_only=True)
class Repair:
    """One view changed by one rule; `None` where the view was or became absent."""

    rule: str
    view: str
    before: str | None
    after: str | None


Check = Callable[[Caption, Purpose], Iterable[tuple[str, str]]]
Mend = Callable[[Caption, Purpose], Mapping[str, str | None]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; `check` yields (view, message), `mend` gives the views it would change, if it can."""

    name: str
    reason: str
    check: Check
    mend: Mend | None = None
    advice: bool = False


def shown(text: str) -> str:
    """A text in a message: one line in quotes, cut where it is long."""
    text = join_lines(text)
    return f'"{text[:57]}..."' if len(text) > 60 else f'"{text}"'
