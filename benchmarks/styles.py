"""Measures every style of `knowledge/styles`: CPU time, what a tagger of AudioSet hears, how far bars repeat.

Each style is played alone from its first word with several seeds, ten seconds, stereo, in its own room: the music
layer as it goes into a scene. The CPU time is this process's own, composing, playing and mixing included. The
tagger is a command of your own that prints one JSON line a file, with "file", "tags_max" and "tags_mean", mappings
from AudioSet display names to probabilities over the file (missing names count as 0):

    python benchmarks/styles.py --out styles/ --tagger "my-tagger {files}"

`music` is the greatest and the mean probability of Music; `class` the greatest over all that the style lists under
`audioset`, with its name; each the median over the seeds, `best` the greatest class over them. A style counts as
heard where `class` is at least 0.3. `player` is the same for the instruments that play, by what their own entries
list, without names of whole families such as Percussion. `bars` is the smallest difference between any two whole
bars of a piece, the mean over third-octaves and sixteenths in decibels: 0 would be a loop. Prints a Markdown table.
"""

import argparse
import json
import shlex
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from audiogen_cli.generator.experts.music import perform_music
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry, load_entries

HEARD = 0.3
FAMILIES = {
    "Percussion",
    "Keyboard (musical)",
    "Plucked string instrument",
    "Bowed string instrument",
    "Synthesizer",
    "Mallet percussion",
    "Brass instrument",
    "Wind instrument, woodwind instrument",
    "Musical instrument",
}
DURATION_S = 10.0
BATCH = 32  # files the tagger is given at once


@dataclass(frozen=True)
class Take:
    """One rendering of a style."""

    file: Path
    cpu_s: float
    bars_db: float
    details: Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("styles"), help="folder for the sound files")
    parser.add_argument("--seeds", type=int, default=3, help="renderings of each style")
    parser.add_argument("--first-seed", type=int, default=0, help="the others follow it")
    parser.add_argument("--only", help="measure styles of this name or family")
    parser.add_argument("--tagger", help="command that prints a JSON line a file; {files} is filled in")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    styles = [style for style in load_entries("styles").values() if arguments.only in (None, style.name, style.family)]
    perform_music("drum rhythm", duration_s=1.0, rng=np.random.default_rng(0))  # imports and noise pools
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    takes = {style.name: [play(style, seed, arguments.out) for seed in seeds] for style in styles}
    files = [take.file for group in takes.values() for take in group]
    heard = tag(arguments.tagger, files) if arguments.tagger else {}
    print_table(styles, takes, heard)


def play(style: Entry, seed: int, folder: Path) -> Take:
    start = time.process_time()
    performance = perform_music(style.words[0], duration_s=DURATION_S, rng=np.random.default_rng(seed))
    cpu_s = time.process_time() - start
    samples = performance.soundings[0].samples
    file = folder / f"{style.name}-{seed}.wav"
    soundfile.write(file, samples.T, SAMPLE_RATE)
    return Take(file, cpu_s, nearest_bars_db(samples, performance.details), performance.details)


def nearest_bars_db(samples: np.ndarray, details: Mapping[str, Any]) -> float:
    """The smallest mean difference between two bars over 20 third-octaves and 16 steps, in decibels."""
    bar = round(details["metre"] * 60.0 / details["tempo_bpm"] * SAMPLE_RATE)
    count = int(details["end_s"] * SAMPLE_RATE / bar)
    if count < 2:
        return float("nan")
    mono = samples.mean(axis=0)
    step = bar // 16
    hertz = np.fft.rfftfreq(step, 1.0 / SAMPLE_RATE)
    edges = np.geomspace(100.0, 12_000.0, 21)
    prints = []
    for number in range(count):
        cells = mono[number * bar : number * bar + 16 * step].reshape(16, step) * np.hanning(step)
        power = np.abs(np.fft.rfft(cells, axis=1)) ** 2
        bands = [power[:, (hertz >= low) & (hertz < high)].sum(axis=1) for low, high in pairwise(edges)]
        prints.append(np.stack(bands))
    floor = 1e-5 * max(float(one.max()) for one in prints)
    levels = [10.0 * np.log10(one + floor) for one in prints]
    return min(float(np.abs(one - two).mean()) for one, two in combinations(levels, 2))


def tag(command: str, files: list[Path]) -> dict[str, dict[str, Any]]:
    heard: dict[str, dict[str, Any]] = {}
    for start in range(0, len(files), BATCH):
        names = " ".join(shlex.quote(str(file)) for file in files[start : start + BATCH])
        output = subprocess.run(
            shlex.split(command.replace("{files}", names)), capture_output=True, text=True, check=True
        ).stdout
        for line in output.splitlines():
            record = json.loads(line)
            heard[Path(record["file"]).name] = record
    return heard


def print_table(styles: list[Entry], takes: Mapping[str, list[Take]], heard: Mapping[str, dict[str, Any]]) -> None:
    print("| style | CPU s | bars dB | music max | music mean | class | best | heard as | player |")
    print("|---|---|---|---|---|---|---|---|---|")
    found = music = either = 0
    cpu = []
    for style in styles:
        group = takes[style.name]
        cpu.append(statistics.median(take.cpu_s for take in group))
        row = [f"{cpu[-1]:.2f}", f"{statistics.median(take.bars_db for take in group):.1f}"]
        if heard:
            records = [heard[take.file.name] for take in group]
            loudest = statistics.median(record["tags_max"].get("Music", 0.0) for record in records)
            mean = statistics.median(record["tags_mean"].get("Music", 0.0) for record in records)
            tops = [
                max((record["tags_max"].get(name, 0.0), name) for name in style.params["audioset"])
                for record in records
            ]
            middle = statistics.median(top[0] for top in tops)
            found, music = found + (middle >= HEARD), music + (loudest >= 0.8)
            player = statistics.median(
                max((record["tags_max"].get(name, 0.0) for name in player_classes(take)), default=0.0)
                for take, record in zip(group, records)
            )
            either += max(middle, player) >= HEARD
            row += [
                f"{loudest:.2f}",
                f"{mean:.2f}",
                f"{middle:.2f}",
                f"{max(tops)[0]:.2f}",
                max(tops)[1],
                f"{player:.2f}",
            ]
        else:
            row += [""] * 6
        print(f"| {style.name} | {' | '.join(row)} |")
    print(f"\nCPU seconds for {DURATION_S:g} s: median {statistics.median(cpu):.2f}, greatest {max(cpu):.2f}.")
    if heard:
        print(f"Music at 0.8 or more: {music} of {len(styles)}; a class of its own at {HEARD}: {found};")
        print(f"that or a player: {either}.")


def player_classes(take: Take) -> set[str]:
    """What a tagger may call the instruments of a take."""
    instruments = load_entries("instruments")
    names = {
        name
        for player in take.details["instruments"].values()
        for name in instruments[player].params.get("audioset", ())
    }
    return names - FAMILIES


if __name__ == "__main__":
    main()
