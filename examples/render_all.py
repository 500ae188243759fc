"""Render every caption of this folder with the embedded experts: python examples/render_all.py [OUTPUT_FOLDER].

Shows the library beneath the command line: read a caption, build an engine, render, write.
"""

import sys
from pathlib import Path

from audiogen_cli.assembly import build_generator, build_options
from audiogen_cli.audio.files import write_audio
from audiogen_cli.caption import parse_caption
from audiogen_cli.pipeline import iterate_takes
from audiogen_cli.settings import Settings


def main(output: Path) -> None:
    output.mkdir(parents=True, exist_ok=True)
    settings = Settings(engine="experts")
    generator = build_generator(settings).part
    for file in sorted((Path(__file__).parent / "captions").glob("*.json")):
        caption = parse_caption(file.read_text("utf-8"), source=file.name)
        options = build_options(generator, settings, seed=1, knobs={})
        take = next(iterate_takes(generator, caption, [options]))
        write_audio(output / f"{file.stem}.wav", take.waveform, take.provenance)
        print(output / f"{file.stem}.wav", *take.rendering.notes, sep="\n  ")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "examples-out"))
