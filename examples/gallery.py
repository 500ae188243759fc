"""Draw what the experts know, a spectrogram each.

    python examples/gallery.py [OUTPUT_FOLDER] [sounds|styles|voices|spaces ...]

One sheet a kind, frequency on a logarithmic axis from 50 Hz to 20 kHz; the sheets in `examples/gallery` were made
by it. Voices speak with the quick voice; a space is heard by a clap in it.
"""

import io
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from PIL import Image
from scipy.signal import stft

from audiogen_cli.generator.experts.effects.registry import render_sound
from audiogen_cli.generator.experts.music import perform_music
from audiogen_cli.generator.experts.scene.space import build_space, tail_response
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.knowledge.entries import load_entries

COLUMNS = 12
BANDS_HZ = np.geomspace(50.0, 20_000.0, 65)  # edges of the rows of a picture
WORDS = "You never know what you hear until you listen."

Picture = tuple[str, np.ndarray]


def sounds() -> Iterator[Picture]:
    for entry in load_entries("sounds").values():
        length = 3.0 if entry.params.get("kind") == "bed" else None
        yield entry.name, render_sound(entry, rng=np.random.default_rng(0), duration_s=length)


def styles() -> Iterator[Picture]:
    for entry in load_entries("styles").values():
        piece = perform_music(entry.phrase, duration_s=6.0, rng=np.random.default_rng(0))
        yield entry.name, piece.soundings[0].samples.mean(axis=0)


def voices() -> Iterator[Picture]:
    expert = SpeechExpert()
    for entry in load_entries("voices").values():
        rng = np.random.default_rng(0)
        spoken = expert.perform(entry.phrase, WORDS, window=(0.0, 6.0), rng=rng, quality="draft")
        if spoken.soundings:
            yield entry.name, spoken.soundings[0].samples


def spaces() -> Iterator[Picture]:
    for entry in load_entries("spaces").values():
        space = build_space(entry)
        tail = tail_response(space.name, space.rt60_s, start_s=0.02, channels=1)[0]
        clap = np.zeros(max(len(tail), SAMPLE_RATE), np.float32)
        clap[: len(tail)] = tail
        clap[0] = 1.0
        yield entry.name, clap


def draw_sheet(pictures: list[Picture], path: Path) -> None:
    """All spectrograms of a kind on one sheet, each to its own level, 80 dB deep."""
    rows = -(-len(pictures) // COLUMNS)
    figure = Figure(figsize=(1.2 * COLUMNS, 1.0 * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, (name, samples) in zip(axes, pictures):
        level_db = measure_bands(samples)
        top = level_db.max()
        axis.imshow(level_db, origin="lower", aspect="auto", cmap="magma", vmin=top - 80, vmax=top)
        axis.set_title(name.replace("_", " "), fontsize=6.5, pad=2)
    drawn = io.BytesIO()
    figure.savefig(drawn, dpi=80)
    Image.open(drawn).convert("RGB").quantize(32, dither=Image.Dither.NONE).save(path, optimize=True)


def measure_bands(samples: np.ndarray) -> np.ndarray:
    """Level in dB of each of the bands over time, [bands, frames]."""
    frequencies, _, spectrum = stft(samples, SAMPLE_RATE, nperseg=4096, noverlap=3072)
    power = np.abs(spectrum) ** 2
    edges = np.searchsorted(frequencies, BANDS_HZ)
    bands = [power[low : max(high, low + 1)].mean(axis=0) for low, high in pairwise(edges)]
    return 10 * np.log10(np.stack(bands) + 1e-18)


KINDS: dict[str, Callable[[], Iterator[Picture]]] = {
    "sounds": sounds,
    "styles": styles,
    "voices": voices,
    "spaces": spaces,
}


def main(output: Path, kinds: list[str]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    for kind in kinds or list(KINDS):
        draw_sheet(list(KINDS[kind]()), output / f"{kind}.png")
        print(output / f"{kind}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery"), sys.argv[2:])
