"""A picture of a scene: waveform, spectrogram, and the timeline of what sounds when."""

import io
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audiogen_cli.audio.cue import Cue
from audiogen_cli.audio.files import write_bytes
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.errors import OptionError

LAYERS = {"speech": "#d1495b", "music": "#5b6ee1", "sfx": "#e09f3e", "env": "#4d9078"}
"""Layer to the colour it has in every picture."""

_PICTURES = (".png", ".svg", ".pdf")
_FLOOR_DB = -90.0
_FONTS = (
    *("DejaVu Sans", "Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "WenQuanYi Micro Hei"),
    *("PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", "Malgun Gothic", "Arial Unicode MS"),
)
"""Tried in this order for what is written; matplotlib carries the first, the others are a system's."""


def draw_scene(
    path: Path, waveform: Waveform, cues: Sequence[Cue] = (), *, title: str = "", overwrite: bool = True
) -> None:
    """Draw a clip to a PNG, SVG or PDF file.

    Args:
        path: its ending chooses the format.
        waveform: the clip; the spectrogram is of the mean of its channels.
        cues: what sounds when; without any the timeline is left out.
        title: written above.
        overwrite: a file that stands there.

    Raises:
        OptionError: another ending.
        AudioFileError: the file cannot be written, or stands there and may not be overwritten.
    """
    check_picture(path)
    picture = picture_of_scene(waveform, cues, title=title, format=path.suffix[1:].lower())
    write_bytes(path, picture, overwrite=overwrite)


def picture_of_scene(
    waveform: Waveform, cues: Sequence[Cue] = (), *, title: str = "", format: str = "png", dpi: int = 120
) -> bytes:
    """The bytes of the same picture, for pages that carry it in themselves."""
    import matplotlib

    title = title[:110]
    fonts, missing = _fonts_for(title + "".join(cue.label for cue in cues))
    with matplotlib.rc_context({"font.family": fonts}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")  # a label keeps a box for it, a title is left out
        return _picture(waveform, cues, "" if missing & set(map(ord, title)) else title, format, dpi)


def _picture(waveform: Waveform, cues: Sequence[Cue], title: str, format: str, dpi: int) -> bytes:
    from matplotlib.figure import Figure  # the figure alone: no pyplot, no window, no global state

    layers = [layer for layer in LAYERS if any(cue.layer == layer for cue in cues)]
    heights = [1.0, 2.0] + ([0.25 + 0.3 * len(cues)] if layers else [])
    figure = Figure(figsize=(10, 1.3 * sum(heights) + 0.8), layout="constrained")
    axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    if title:
        figure.suptitle(title.replace("$", r"\$"), fontsize=11)

    seconds = np.arange(waveform.num_samples) / waveform.sample_rate
    for channel in waveform.samples:
        axes[0].plot(seconds, channel, linewidth=0.3, alpha=0.8)
    axes[0].set(ylim=(-1, 1), ylabel="sample", xlim=(0, waveform.duration_s))
    _draw_spectrogram(axes[1], waveform)
    if layers:
        _draw_timeline(axes[2], cues)
    axes[-1].set_xlabel("seconds")

    picture = io.BytesIO()
    figure.savefig(picture, format=format, dpi=dpi)
    return picture.getvalue()


def check_picture(path: Path) -> None:
    """Refuse a name whose ending is no picture's; raises `OptionError`."""
    if path.suffix.lower() not in _PICTURES:
        raise OptionError(f"{path.name}: unknown picture format", hint="endings: " + " ".join(_PICTURES))


def _fonts_for(text: str) -> tuple[list[str], set[int]]:
    """The fonts of this machine that together have the signs of a text, and the signs that none of them has."""
    from matplotlib.font_manager import fontManager, get_font

    files = {font.name: font.fname for font in fontManager.ttflist}
    fonts, missing = [_FONTS[0]], {ord(sign) for sign in text}
    for name in _FONTS:
        if missing and name in files and (has := missing & get_font(files[name]).get_charmap().keys()):
            missing -= has
            fonts += [name] if name not in fonts else []
    return fonts, missing


def _draw_spectrogram(axis: Any, waveform: Waveform) -> None:
    from scipy.signal import stft

    n_fft = min(2048, max(64, waveform.num_samples))
    frequencies, times, spectrum = stft(waveform.mono(), waveform.sample_rate, nperseg=n_fft, noverlap=n_fft * 3 // 4)
    level_db = 20 * np.log10(np.maximum(np.abs(spectrum), 1e-9))
    axis.pcolormesh(
        times,
        frequencies[1:],
        level_db[1:],
        vmin=_FLOOR_DB - 20,
        vmax=max(level_db.max(), _FLOOR_DB + 1),
        cmap="magma",
        shading="nearest",
        rasterized=True,
    )
    axis.set(yscale="log", ylim=(50, waveform.sample_rate / 2), ylabel="Hz")


def _draw_timeline(axis: Any, cues: Sequence[Cue]) -> None:
    ordered = sorted(cues, key=lambda cue: (list(LAYERS).index(cue.layer), cue.start_s))
    for row, cue in enumerate(ordered):
        axis.barh(row, cue.end_s - cue.start_s, left=cue.start_s, color=LAYERS[cue.layer], alpha=0.6)
        axis.text(cue.start_s + 0.05, row, cue.label[:90].replace("$", r"\$"), va="center", fontsize=7, clip_on=True)
    axis.set_yticks(range(len(ordered)), [cue.layer for cue in ordered], fontsize=7)
    axis.invert_yaxis()
