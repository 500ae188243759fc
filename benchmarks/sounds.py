"""Measures every sound of `knowledge/sounds`: CPU time, and what a tagger of AudioSet hears in it.

Each entry is rendered alone through the whole engine of experts, as a person hears it (a 10 s clip, one channel,
the view is the entry's own phrase, so repeats, distance, space and level are the arrangement's), with several seeds.
The CPU time is that of the sound's model alone, dry: ten seconds of a bed, one event of its natural length.
The tagger is a command of your own that prints one JSON line a file, with "file" and "tags_max", a mapping from
AudioSet display names to the greatest probability over the file (missing names count as 0):

    python benchmarks/sounds.py --out sounds/ --tagger "my-tagger {files}"

Three figures a sound, each the median over the seeds: `class` for the first name the entry lists under `audioset`
(its own class), `group` for the greatest of all it lists (parents and near kin), and the sound counts as heard
where `group` is at least 0.3. With --with-speech a man says something in the same scene, which needs the voices'
packages; the words go first there, so that a sound stands well below them (`--only` picks the sounds).
Prints Markdown tables; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudiogenError
from audiogen_cli.generator.experts.effects.registry import render_sound
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry, load_entries

HEARD = 0.3  # the probability from which a sound counts as heard
BATCH = 32  # files the tagger is given at once
WORDS = "I will be there in a minute, wait for me at the door."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("sounds"), help="folder for the sound files")
    parser.add_argument("--seeds", type=int, default=4, help="renderings of each sound")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; take one that nobody tuned with")
    parser.add_argument("--only", nargs="+", help="measure entries of these names or families")
    parser.add_argument("--with-speech", action="store_true", help="in a scene in which a man speaks")
    parser.add_argument("--draft", action="store_true", help="quality draft, whose voice costs next to nothing")
    parser.add_argument("--tagger", help="command that prints a JSON line a file; {files} is filled in")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    entries = [
        entry
        for entry in load_entries("sounds").values()
        if not arguments.only or {entry.name, entry.family} & set(arguments.only)
    ]
    engine, files = ExpertsGenerator(), dict[str, list[Path]]()
    for entry in entries:
        files[entry.name] = list(render_scenes(engine, entry, arguments))
    heard = tag(arguments.tagger, [file for group in files.values() for file in group]) if arguments.tagger else {}
    print_tables(entries, files, heard)


def render_scenes(engine: ExpertsGenerator, entry: Entry, arguments: argparse.Namespace) -> Iterator[Path]:
    """One file a seed; an entry that the engine cannot find by its own phrase gives none."""
    words = {"speech": "a man speaking calmly", "asr": WORDS} if arguments.with_speech else {}
    quality = "draft" if arguments.draft else "standard"
    for seed in range(arguments.seed, arguments.seed + arguments.seeds):
        file = arguments.out / f"{entry.name}-{seed}.wav"
        try:
            scene = engine.generate(
                Caption(caption=entry.phrase, sfx=entry.phrase, **words),
                ExpertOptions(seed=seed, channels=1, quality=quality),
            )
        except AudiogenError as fault:
            print(f"{entry.name}: {fault}")
            return
        soundfile.write(file, scene.waveform.samples.T, scene.waveform.sample_rate)
        yield file


def measure_speed(entry: Entry) -> tuple[float, float]:
    """Seconds of CPU and of sound; the second rendering counts, the first may load something."""
    duration_s = 10.0 if entry.params.get("kind") == "bed" else None
    for seed in range(2):
        started = time.process_time()
        samples = render_sound(entry, rng=np.random.default_rng(seed), duration_s=duration_s)
        cpu_s = time.process_time() - started
    return cpu_s, samples.size / SAMPLE_RATE


def tag(command: str, files: list[Path]) -> dict[str, dict[str, float]]:
    """The tagger's greatest probabilities of each file, by the file's name."""
    heard: dict[str, dict[str, float]] = {}
    for start in range(0, len(files), BATCH):
        batch = " ".join(shlex.quote(str(file)) for file in files[start : start + BATCH])
        answer = subprocess.run(
            command.replace("{files}", batch), shell=True, check=True, capture_output=True, text=True
        ).stdout
        rows = [json.loads(line) for line in answer.splitlines() if line.startswith("{")]
        heard |= {Path(row["file"]).name: row["tags_max"] for row in rows}
    return heard


def print_tables(entries: list[Entry], files: dict[str, list[Path]], heard: dict[str, dict[str, float]]) -> None:
    """The table of all sounds, misses included, and the sums below it."""
    passed = {"class": 0, "group": 0}
    judged, slowest = 0, (0.0, "")
    print("| sound | family | kind | class | p(class) | p(group) | heard instead | CPU s / s |")
    print("|---|---|---|---|---|---|---|---|")
    for entry in sorted(entries, key=lambda one: (one.family, one.name)):
        cpu_s, length_s = measure_speed(entry)
        slowest = max(slowest, (cpu_s / length_s, entry.name))
        names = list(entry.params.get("audioset", []))
        rows = [heard[file.name] for file in files[entry.name] if file.name in heard]
        own = group = ""
        instead = ""
        if names and rows:
            judged += 1
            p_own = statistics.median(row.get(names[0], 0.0) for row in rows)
            p_group = statistics.median(max(row.get(name, 0.0) for name in names) for row in rows)
            passed["class"] += p_own >= HEARD
            passed["group"] += p_group >= HEARD
            own, group = f"{p_own:.2f}", f"{p_group:.2f}" if p_group >= HEARD else f"**{p_group:.2f}**"
            if p_group < HEARD:
                means = {tag: statistics.fmean(row.get(tag, 0.0) for row in rows) for row in rows for tag in row}
                others = sorted(((p, tag) for tag, p in means.items() if tag not in (*names, "Silence")), reverse=True)
                instead = ", ".join(f"{tag} {p:.2f}" for p, tag in others[:2])
        print(
            f"| {entry.name} | {entry.family} | {entry.params.get('kind')} | {names[0] if names else ''} "
            f"| {own} | {group} | {instead} | {cpu_s / length_s:.3f} |"
        )
    if judged:
        print(f"\n{judged} sounds with an AudioSet class: own class heard in {passed['class']} "
              f"({100 * passed['class'] / judged:.0f} %), class or kin in {passed['group']} "
              f"({100 * passed['group'] / judged:.0f} %).")  # fmt: skip
    print(f"Slowest: {slowest[1]}, {slowest[0]:.3f} CPU seconds a second of sound.")


if __name__ == "__main__":
    main()
