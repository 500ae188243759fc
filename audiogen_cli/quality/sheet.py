"""A contact sheet: one page on which clips are heard, seen and compared, whole in itself.

In: clips with their figures. Out: HTML that holds sound (FLAC, no loss), pictures, style and script, loads
nothing and sends nothing: its policy allows its own script by hash and nothing else. All text is data and is escaped.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib import resources
from string import Template

from audiogen_cli.audio.cue import Cue
from audiogen_cli.audio.files import encode_audio
from audiogen_cli.audio.plot import picture_of_scene
from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import JSON_KEYS, Caption


@dataclass(frozen=True, kw_only=True)
class SheetClip:
    """One clip on the sheet."""

    name: str
    waveform: Waveform
    file_name: str  # what it is saved as
    figures: Mapping[str, str] = field(default_factory=dict)
    remark: str = ""
    command: str = ""  # how to have it without the page
    cues: Sequence[Cue] = ()
    provenance: Provenance | None = None  # travels in the sound that is saved


def compose_sheet(title: str, clips: Sequence[SheetClip], *, caption: Caption | None = None) -> str:
    """The page as text.

    Args:
        title: above the clips.
        clips: in the order in which they are shown; keys 1 to 9 play the first nine.
        caption: what all clips should sound like.
    """
    script = _part("sheet.js")
    return Template(_part("sheet.html")).substitute(
        policy=page_policy(script),
        title=escape(title[:200]),
        style=_part("sheet.css"),
        script=script,
        caption=_list({JSON_KEYS[view]: text for view, text in caption.views.items()}) if caption else "",
        clips="\n".join(_clip(clip, number) for number, clip in enumerate(clips, start=1)),
    )


def page_policy(script: str) -> str:
    """The content security policy of a page with one inline script: that script, and data in the page itself."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; media-src data:"
    )


def _clip(clip: SheetClip, number: int) -> str:
    sound = _data(encode_audio(clip.waveform, "FLAC", clip.provenance), "audio/flac")
    picture = _data(picture_of_scene(clip.waveform, clip.cues, dpi=80), "image/png")
    command = f"<p><code>{escape(clip.command)}</code></p>" if clip.command else ""
    return (
        f"<article><h2>{number}. {escape(clip.name)}</h2>"
        f'<p class="remark">{escape(clip.remark)}</p>'
        f'<img alt="waveform and spectrogram of {escape(clip.name)}" src="{picture}">'
        f'<audio controls preload="metadata" src="{sound}"></audio>'
        f'<p><a download="{escape(clip.file_name)}" href="{sound}">save {escape(clip.file_name)}</a></p>'
        f"{_list(clip.figures)}{command}</article>"
    )


def _list(values: Mapping[str, str]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in values.items())
    return f"<dl>{rows}</dl>" if rows else ""


def _data(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def _part(name: str) -> str:
    return (resources.files("audiogen_cli") / "quality" / name).read_text("utf-8")
