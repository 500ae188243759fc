"""Draw what the experts know, a spectrogram each.

    python examples/gallery.py [OUTPUT_FOLDER] [sounds|styles|voices|spaces ...]

One sheet a kind. Voices speak with the quick voice; a space is heard by a clap in it.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.signal import stft

from audiogen_cli.generator.experts.effects.registry import render_sound
from audiogen_cli.generator.experts.music import perform_music
from audiogen_cli.generator.experts.scene.space import build_space, tail_response
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.knowledge.entries import load_entries

COLUMNS = 10
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
    """All spectrograms of a kind on one sheet, each to its own level, 90 dB deep."""
    rows = -(-len(pictures) // COLUMNS)
    figure = Figure(figsize=(1.6 * COLUMNS, 1.25 * rows), layout="constrained")
    axes = figure.subplots(rows, COLUMNS, squeeze=False).ravel()
    for axis in axes:
        axis.set_axis_off()
    for axis, (name, samples) in zip(axes, pictures):
        _, _, spectrum = stft(samples, SAMPLE_RATE, nperseg=1024, noverlap=512)
        level_db = 20 * np.log10(np.abs(spectrum[1::2]) + 1e-9)
        axis.imshow(
            level_db, origin="lower", aspect="auto", cmap="magma", vmin=level_db.max() - 90, vmax=level_db.max()
        )
        axis.set_title(name.replace("_", " "), fontsize=7)
    figure.savefig(path, dpi=75)


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
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "gallery-out"), sys.argv[2:])
