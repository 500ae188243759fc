"""A `Caption` to the special-token string the model reads, and back.

In: a `Caption`. Out: `<|caption|> .. <|speech|> .. <|asr|> .. <|sfx|> .. <|music|> .. <|env|> ..`
with absent views left out. The published model's tokenizer knows the tags as plain text, so a tag
inside a view would open a view of its own: tags are stripped from every view.
Source: Dasheng AudioGen sections 3.1 and 3.2; the order is that of the published composer.
"""

import re
from collections.abc import Sequence

from audiogen_cli.caption import VIEWS, Caption
from audiogen_cli.caption.cleaning import strip_tags
from audiogen_cli.errors import CaptionError, OptionError

PROMPT_ORDER = VIEWS
"""Caption, speech, asr, sfx, music, env: the order of the published composer."""

_TAG = re.compile(r"<\|\s*(\w+)\s*\|>")
_ABSENT = frozenset({"", "none"})  # how data sets write a view that is not there


def compose_prompt(caption: Caption, *, order: Sequence[str] = PROMPT_ORDER) -> str:
    """Write the special-token string of a caption.

    Args:
        caption: the scene; views that are `None` leave no tag.
        order: the views' order, each of the six once.

    Raises:
        OptionError: `order` is not a permutation of the six views.
        CaptionError: nothing is left of the overall caption once tags are stripped.
    """
    if sorted(order) != sorted(VIEWS):
        raise OptionError(f"prompt order is {', '.join(order)}; it needs each of {', '.join(VIEWS)} once")
    clean = {view: strip_tags(text) for view, text in caption.views.items()}
    if not clean["caption"]:
        raise CaptionError("Caption: holds nothing but tags")
    present = [view for view in order if view in clean and (view == "caption" or clean[view].lower() not in _ABSENT)]
    return " ".join(f"<|{view}|> {clean[view]}" for view in present)


def parse_prompt(prompt: str) -> Caption:
    """Read a special-token string back into a `Caption`.

    Any order of tags is taken; `None`, `<|unknown|>` and an empty view count as absent.

    Raises:
        CaptionError: no caption tag, a tag twice, an unknown tag, or text before the first tag.
    """
    text = re.sub(r"<\|\s*unknown\s*\|>", "None", prompt)
    tags = list(_TAG.finditer(text))
    if not tags or text[: tags[0].start()].strip():
        raise CaptionError("a prompt starts with a tag", hint="For example: <|caption|> Rain on a tin roof")
    views: dict[str, str | None] = {}
    for tag, following in zip(tags, [*tags[1:], None]):
        view = tag.group(1).lower()
        if view not in VIEWS:
            raise CaptionError(f"<|{view}|>: unknown tag", hint="Tags: " + " ".join(f"<|{name}|>" for name in VIEWS))
        if view in views:
            raise CaptionError(f"<|{view}|>: the tag stands twice")
        value = text[tag.end() : following.start() if following else None].strip()
        views[view] = None if value.lower() in _ABSENT and view != "caption" else value
    if not views.get("caption"):
        raise CaptionError("<|caption|>: missing or empty, it must describe the whole scene")
    return Caption(**views)  # type: ignore[arg-type]  # caption is known to be there


def looks_like_prompt(text: str) -> bool:
    """Whether text is a special-token string rather than JSON or a person's words."""
    return _TAG.match(text.lstrip()) is not None
