"""Renders captions of all categories with the experts and checks levels, peaks and speed.

The captions are drawn with a fixed seed from the knowledge itself (phrases of sounds, styles and spaces) and from the
lines below, so that every category of MECAT is there equally often; sounds whose model is missing are skipped and
counted. A scene of a few short sounds may be "bound by its peaks": it stays below the target, lest the limiter crush
them, and is counted apart. Loudness and true peak are measured on the waveform as returned; "clipped" counts samples
at or beyond full scale. "Speed" is seconds of clip per CPU second over the captions without words (after one warm-up
clip), all of it: reading, arranging, composing, synthesis, mixing. Words are counted by `words.py`.

    python benchmarks/levels.py --quality draft

Prints a Markdown table; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np
import soundfile

from audiogen_cli.audio.loudness import CEILING_DBTP, TARGET_LUFS, integrated_lufs, true_peak_dbtp
from audiogen_cli.caption import Caption
from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.generator.experts.scene.mix import STILL_LUFS
from audiogen_cli.knowledge.entries import Entry, load_entries

CATEGORIES = ("S00", "0M0", "00A", "0MA", "S0A", "SM0", "SMA", "000")
LINES = (
    ("calm man", "Good evening, everyone, and thank you for coming tonight."),
    ("angry woman, shouting", "You never listen to a single word I say!"),
    ("excited male commentator", "He shoots, and the ball is in the net, what a goal!"),
    ("whispering young woman", "Be quiet, somebody is standing behind that door."),
    ("old man, slow and warm", "When I was young, this whole valley was full of apple trees."),
    ("a man and a woman, arguing", "You said you would be home early. I was working, as I always am."),
    ("cheerful girl", "Look, grandpa, the balloon is flying over the houses!"),
    ("deep narrator", "In the beginning there was nothing but water and a cold wind."),
    ("female station announcement over loudspeakers", "The train to the airport is delayed by about fifteen minutes."),
    ("nervous boy", "I think we should turn around before it gets dark."),
    ("robotic voice", "Warning, the main engine has stopped, please leave the room."),
    ("man on the telephone", "I can hardly hear you, please call me back tomorrow morning."),
)


def main() -> None:
    """Render, measure, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--out", type=Path, help="where clips and captions are written; nowhere if absent")
    parser.add_argument("--quality", default="standard", choices=["draft", "fast", "standard", "best"])
    arguments = parser.parse_args()
    engine = ExpertsGenerator()
    rows: dict[str, list[dict[str, float]]] = {category: [] for category in CATEGORIES}
    skipped = 0
    warm = False
    for number, (category, caption) in enumerate(draw_captions(arguments.count)):
        started = time.process_time()
        try:
            rendering = engine.generate(caption, ExpertOptions(seed=number, quality=arguments.quality))
        except KnowledgeError:
            skipped += 1
            continue
        sound = rendering.waveform
        rows[category].append(
            {
                "off": integrated_lufs(sound) - (STILL_LUFS if rendering.still else TARGET_LUFS),
                "bound": float(rendering.peak_bound),
                "peak": true_peak_dbtp(sound),
                "clipped": float((np.abs(sound.samples) >= 1.0).sum()),
                "cpu": time.process_time() - started if warm else np.nan,
            }
        )
        warm = True
        if abs(rows[category][-1]["off"]) > 1.0:
            bound = "bound by its peaks, " if rendering.peak_bound else ""
            print(f"{bound}off by {rows[category][-1]['off']:.1f} LU: {caption}", flush=True)
        if arguments.out:
            arguments.out.mkdir(parents=True, exist_ok=True)
            name = f"{category}-{number:03d}"
            soundfile.write(arguments.out / f"{name}.wav", sound.samples.T, sound.sample_rate)
            (arguments.out / f"{name}.json").write_text(json.dumps(caption.as_json()), "utf-8")
    print_table(rows, skipped)


def draw_captions(count: int) -> list[tuple[str, Caption]]:
    """Captions of all categories in turn, always the same."""
    rng = np.random.default_rng(2026)
    sounds, styles, spaces = (list(load_entries(kind).values()) for kind in ("sounds", "styles", "spaces"))

    def draw(entries: list[Entry]) -> str:
        return entries[int(rng.integers(len(entries)))].phrase

    captions = []
    for number in range(count):
        category = CATEGORIES[number % len(CATEGORIES)]
        speech, asr = LINES[int(rng.integers(len(LINES)))]
        effects = f"{draw(sounds)}, then {draw(sounds)}" if rng.random() < 0.5 else draw(sounds)
        views = {
            "speech": speech if "S" in category else None,
            "asr": asr if "S" in category else None,
            "music": draw(styles) if "M" in category else None,
            "sfx": effects if "A" in category else None,
            "env": draw(spaces) if rng.random() < 0.7 or category == "000" else None,
        }
        captions.append((category, Caption(caption=f"A scene of category {category}", **views)))
    return captions


def print_table(rows: dict[str, list[dict[str, float]]], skipped: int) -> None:
    """The table and the lines below it."""
    print(
        "| category | clips | LU off target, lowest | highest | bound by peaks | lowest of those | true peak highest "
        "| clipped | s per CPU s |\n|---|---|---|---|---|---|---|---|---|"
    )
    for category, clips in {**rows, "all": [clip for some in rows.values() for clip in some]}.items():
        if not clips:
            continue
        off, peaks = [clip["off"] for clip in clips if not clip["bound"]], [clip["peak"] for clip in clips]
        bound = [clip["off"] for clip in clips if clip["bound"]]
        quiet = [clip["cpu"] for name, some in rows.items() if "S" not in name for clip in some]
        cpu = np.nanmean(quiet if category == "all" else [clip["cpu"] for clip in clips])
        print(
            f"| {category} | {len(clips)} | {min(off):.2f} | {max(off):.2f} | {len(bound)} "
            f"| {min(bound, default=0.0):.2f} | {max(peaks):.2f} "
            f"| {sum(clip['clipped'] for clip in clips):.0f} | {10 / cpu:.1f} |"
        )
    print(f"\nTarget {TARGET_LUFS} LUFS, {STILL_LUFS} where nothing but a place is asked for; ceiling "
          f"{CEILING_DBTP} dBTP; {skipped} captions skipped for a missing model; "
          f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB.")  # fmt: skip


if __name__ == "__main__":
    main()
