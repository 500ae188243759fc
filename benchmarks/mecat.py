"""The embedded experts over MECAT's own captions: how much of them is understood, and what the clips measure.

In: the package `mecat` 1.1.0 (fetched by pip without its dependencies), whose test captions it carries. Out: a table
a category on stdout; below --out the clips, `clips.jsonl` with one line a caption as it is done, and nothing twice:
a run that was stopped goes on where it stood.

    python benchmarks/mecat.py --count 200 --out mecat/ --quality draft --tagger "my-tagger {files}"

Method: captions are drawn at random (--seed) with equal numbers from all eight categories; of each view the first of
the package's three texts is taken. MECAT has no transcripts, so the ASR view of a caption with speech is the line that
the embedded refiner writes for its Speech view: the word error rate is that of our words in our voices, among the
music and noise that MECAT describes, not of MECAT's own recordings. A caption whose SFX view names only unknown
sounds is refused by the engine; it is counted and then rendered without them.

Not understood, in captions: `sound` an SFX phrase without an entry, `half` one of which only the last word was
understood, `place` an ENV view without a known space, `style` a Music view that names none. What was understood
wrongly does not show here; only reading shows that. WER and DNSMOS are by the product's ear (Whisper base, DNSMOS
P.835 of the whole clip: music counts as noise), over clips with words. The tagger, if given, is a command that prints
one JSON line a file, with "file" and "tags_max" (AudioSet display names to the greatest probability): `Speech` and
`Music` are the shares of clips that ask for them with a probability of at least 0.5, `sounds` the share of sounds of
SFX views whose class or kin reaches 0.3. Fixed seeds; CPU seconds are of the rendering alone.
"""

import argparse
import gzip
import json
import random
import subprocess
import sys
import time
import zipfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sounds import tag  # the script beside this one: one protocol of taggers

from audiogen_cli.audio.loudness import TARGET_LUFS, normalise_loudness
from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudiogenError, UnknownSoundError
from audiogen_cli.evaluation.ear import Ear, find_ear
from audiogen_cli.evaluation.metrics.words import word_errors
from audiogen_cli.generator.base import Rendering
from audiogen_cli.generator.experts.generator import ExpertsGenerator
from audiogen_cli.generator.experts.options import ExpertOptions
from audiogen_cli.knowledge.entries import load_entries
from audiogen_cli.quality.gate import find_gate_faults, measure_clip
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.embedded import EmbeddedRefiner

CATEGORIES = ("S00", "0M0", "00A", "0MA", "S0A", "SM0", "SMA", "000")
PACKAGE = "mecat==1.1.0"
MISSES = {
    "sound": "SFX: not rendered",
    "half": "SFX: read",
    "place": "ENV: no known space",
    "style": "no music style is named",
}
"""What was not understood, by the beginning of the engine's note."""

Row = dict[str, Any]


def main() -> None:
    """Render what is not yet rendered, tag, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200, help="captions, in equal numbers from eight categories")
    parser.add_argument("--seed", type=int, default=0, help="which captions are drawn")
    parser.add_argument("--out", type=Path, default=Path("mecat"), help="clips and results; a second run goes on there")
    parser.add_argument("--quality", default="standard", choices=["draft", "fast", "standard", "best"])
    parser.add_argument("--wheel", type=Path, help="the package's wheel, if it is here already")
    parser.add_argument("--tagger", help="command that prints a JSON line a file; {files} is filled in")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    run = {"package": PACKAGE, "seed": arguments.seed, "quality": arguments.quality}
    results = arguments.out / "clips.jsonl"
    done = read_results(results, run)
    engine, ear = ExpertsGenerator(), find_ear()
    drawn = draw_captions(arguments.wheel or fetch(arguments.out), arguments)
    with results.open("a", encoding="utf-8") as file:
        for item, category, caption in drawn:
            if item not in done:
                clip = arguments.out / f"{category}-{item}.flac"
                done[item] = {"id": item, "category": category, **render(engine, ear, caption, clip, arguments)}
                file.write(json.dumps(done[item]) + "\n")
                file.flush()
    rows = [done[item] for item, _, _ in drawn]
    print_table(rows, add_tags(arguments, rows), ear)


def read_results(results: Path, run: Row) -> dict[str, Row]:
    """The captions that are done; the first line says under which options."""
    if not results.exists():
        results.write_text(json.dumps(run) + "\n", encoding="utf-8")
        return {}
    first, *rows = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    if first != run:
        sys.exit(f"{results} holds another run, {first}: give another --out")
    return {row["id"]: row for row in rows}


def fetch(folder: Path) -> Path:
    """The package's wheel, by pip, without what it depends on."""
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", str(folder)]
    subprocess.run([*pip, PACKAGE], check=True)
    return next(folder.glob("mecat-*.whl"))


def draw_captions(wheel: Path, arguments: argparse.Namespace) -> list[tuple[str, str, Caption]]:
    """Item, category and caption, categories in turn; always the same for a seed, more for a greater count."""
    rng = random.Random(arguments.seed)
    drawn: dict[str, list[tuple[str, Caption]]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for category in sorted(CATEGORIES):
            lines = gzip.decompress(archive.read(f"mecat/reference/caption/test/{category}.jsonl.gz")).splitlines()
            texts = {item: views for line in lines for item, views in json.loads(line).items()}
            items = rng.sample(sorted(texts), len(texts))
            drawn[category] = [(item, caption_of(texts[item])) for item in items[: -(-arguments.count // 8)]]
    turns = range(max(map(len, drawn.values())))
    rows = [
        (*drawn[category][turn], category) for turn in turns for category in CATEGORIES if turn < len(drawn[category])
    ]
    return [(item, category, caption) for item, caption, category in rows[: arguments.count]]


def caption_of(texts: dict[str, Any]) -> Caption:
    """A caption of the package, with words of our own where somebody speaks."""
    views = {
        view: None if texts[key][0].strip(" .").lower() in ("", "none") else texts[key][0]
        for view, key in (("speech", "speech"), ("sfx", "sound"), ("music", "music"), ("env", "environment"))
    }
    caption = Caption(caption=texts["short"][0], **views)
    if caption.speech is None:
        return caption
    request = RefineRequest(text=caption.speech, pins={"speech": caption.speech})
    return replace(caption, asr=EmbeddedRefiner().refine(request).caption.asr)


def render(
    engine: ExpertsGenerator, ear: Ear | None, caption: Caption, clip: Path, arguments: argparse.Namespace
) -> Row:
    """Render a caption, keep the clip and measure it."""
    options = ExpertOptions(seed=arguments.seed, quality=arguments.quality)
    started, refused = time.process_time(), False
    try:
        try:
            rendering = engine.generate(caption, options)
        except UnknownSoundError:
            refused = True
            rendering = engine.generate(caption, replace(options, allow_missing=True))
    except AudiogenError as fault:
        return {"failed": str(fault), "caption": caption.as_json()}
    cpu_s = time.process_time() - started
    levelled = rendering.waveform if rendering.still or rendering.peak_bound else normalise_loudness(rendering.waveform)
    figures = measure_clip(rendering.waveform, levelled)
    gate = [] if rendering.still else find_gate_faults(figures, levelled=True, duration_s=options.duration_s)
    soundfile.write(clip, levelled.samples.T, levelled.sample_rate)
    row: Row = {"caption": caption.as_json(), "refused": refused, "cpu_s": round(cpu_s, 2), "still": rendering.still}
    row |= {"lufs": figures.lufs, "peak_dbtp": figures.peak_dbtp, "clipped": figures.clipped_share, "gate": gate}
    row |= {"notes": list(rendering.notes), "sounds": asked_sounds(rendering)}
    if ear is not None and caption.asr:
        row |= {"heard": ear.words(levelled), "dnsmos": round(ear.speech_quality(levelled), 3)}
    return row


def asked_sounds(rendering: Rendering) -> list[str]:
    """The names of the sounds that sound for the SFX view."""
    return sorted({cue.label.replace(" ", "_") for cue in rendering.cues if cue.layer == "sfx"})


def add_tags(arguments: argparse.Namespace, rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """The tagger's word for every clip by its item, kept beside the results."""
    if not arguments.tagger:
        return {}
    kept = arguments.out / "tags.json"
    tags: dict[str, dict[str, float]] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    missing = [arguments.out / f"{row['category']}-{row['id']}.flac" for row in rows if "failed" not in row]
    missing = [clip for clip in missing if clip.name not in tags]
    tags |= tag(arguments.tagger, missing)
    kept.write_text(json.dumps(tags), encoding="utf-8")
    return {name.split("-", 1)[1].removesuffix(".flac"): tagged for name, tagged in tags.items()}


def print_table(rows: Sequence[Row], tags: dict[str, dict[str, float]], ear: Ear | None) -> None:
    """One line a category, then all."""
    groups = {category: [row for row in rows if row["category"] == category] for category in CATEGORIES}
    heads = ["category", "clips", "refused", *MISSES, "WER %", "DNSMOS", "LUFS off", "peak dBTP", "clipped", "gate"]
    print(f"| {' | '.join([*heads, 'CPU s', 'Speech', 'Music', 'sounds'])} |")
    print("|---" * 17 + "|")
    for category, group in {**groups, "all": list(rows)}.items():
        clips = [row for row in group if "failed" not in row]
        if clips:
            told = [column(clips, tags, name) for name in ("Speech", "Music")]
            print(f"| {category} | {describe(clips)} | {' | '.join(told)} | {sounds_heard(clips, tags)} |")
    failed = [row for row in rows if "failed" in row]
    print(f"\n{len(failed)} captions failed. Ear: {ear.name if ear else 'none installed'}.")
    for row in failed:
        print(f"- {row['category']} {row['id']}: {row['failed']}")


def describe(clips: Sequence[Row]) -> str:
    """The columns that need no tagger."""
    missed = [sum(any(note.startswith(begin) for note in row["notes"]) for row in clips) for begin in MISSES.values()]
    spoken = [row for row in clips if "heard" in row]
    off = [abs(row["lufs"] - TARGET_LUFS) for row in clips if not row["still"] and row["lufs"] is not None]
    wer = ""
    if spoken:
        errors = word_errors([row["caption"]["ASR"] for row in spoken], [row["heard"] for row in spoken])
        wer = f"{100 * errors.corpus:.1f}"
    cells = [len(clips), sum(row["refused"] for row in clips), *missed, wer]
    cells += [f"{np.mean([row['dnsmos'] for row in spoken]):.2f}" if spoken else ""]
    cells += [f"{max(off):.2f}" if off else "", f"{max(row['peak_dbtp'] or -99 for row in clips):.2f}"]
    cells += [sum(row["clipped"] > 0 for row in clips), sum(bool(row["gate"]) for row in clips)]
    cells += [f"{np.median([row['cpu_s'] for row in clips]):.1f}"]
    return " | ".join(str(cell) for cell in cells)


def column(clips: Sequence[Row], tags: dict[str, dict[str, float]], name: str) -> str:
    """In how many of the clips that ask for speech or music the tagger hears it."""
    asked = [
        tags[row["id"]] for row in clips if row["caption"]["ASR" if name == "Speech" else name] and row["id"] in tags
    ]
    return f"{sum(tagged.get(name, 0.0) >= 0.5 for tagged in asked)}/{len(asked)}" if asked else ""


def sounds_heard(clips: Sequence[Row], tags: dict[str, dict[str, float]]) -> str:
    """How many of the asked sounds that AudioSet names are heard, each once a clip."""
    counts: dict[bool, int] = defaultdict(int)
    for row in clips:
        for sound in row["sounds"] if row["id"] in tags else []:
            names = load_entries("sounds")[sound].params.get("audioset", [])
            if names:
                counts[max(tags[row["id"]].get(name, 0.0) for name in names) >= 0.3] += 1
    return f"{counts[True]}/{sum(counts.values())}" if counts else ""


if __name__ == "__main__":
    main()
