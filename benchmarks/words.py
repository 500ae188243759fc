"""Counts the words that a recogniser follows in whole scenes: idea, refiner, render, ear.

Each idea below, all kinds of speech, goes through the library as `audiogen make` would take it (embedded refiner,
experts, full mix) with the seed of its row. The product's own ear (Whisper base, extra `ear`) writes down what it
hears in the mix and in the speech stem alone, so that what the voice costs and what the scene costs stand apart.
Words are counted by jiwer after Whisper's English normaliser on both sides (numbers, contractions, spelling).
Ideas whose caption holds no words are told and not counted.

    python benchmarks/words.py --count 20
    python benchmarks/words.py --first-seed 100 --out words/

Prints a Markdown table; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import json
from pathlib import Path

import soundfile

from audiogen_cli.assembly import build_generator, build_options
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.evaluation.ear import Ear
from audiogen_cli.evaluation.metrics.words import WordErrors, word_errors
from audiogen_cli.generator.base import Rendering
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.embedded import EmbeddedRefiner
from audiogen_cli.settings import Settings

IDEAS = (
    "rainy street argument",
    "busy cafe waitress takes an order",
    "football commentator goal",
    "train station announcement",
    "podcast intro about bees",
    "old radio news",
    "a mother sings to a crying baby",
    "police radio chatter with siren",
    "captain shouting in a storm",
    "market seller calling",
    "teacher in a classroom",
    "phone call breakup",
    "museum guide whispering",
    "pilot announcement in a plane",
    "haunted house ghost story",
    "kids calling to each other at the beach",
    "news reporter in heavy wind",
    "chef in a busy kitchen",
    "robot greeting in a spaceship",
    "couple talking at a campfire",
    "priest speaking in a cathedral",
    "airport announcement with a crowd",
    "old man telling a story by the fireplace",
    "taxi driver talking in traffic",
    "two men arguing in a bar",
    "a girl calling her dog in a park",
    "whispering in a library",
    "activist with a megaphone at a protest",
    "astronaut talking to mission control",
    "grandmother reading a bedtime story, music box playing",
    "drill sergeant shouting at soldiers",
    "doctor talking to a patient in a hospital",
    "a man speaks over epic trailer music",
    "boy and girl playing in a garden",
    "stadium announcer before a match",
    "a woman on the phone at a bus stop",
    "fisherman talking on a boat",
    "angry boss in an office",
    "monster threatens a knight in a cave",
    "television news in a living room",
)


def main() -> None:
    """Render, listen, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=len(IDEAS), help="how many of the ideas, from the first")
    parser.add_argument("--first-seed", type=int, default=0, help="of the first idea; one more for each further one")
    parser.add_argument("--only", help="just the ideas that hold this")
    parser.add_argument("--quality", default="standard", choices=["draft", "fast", "standard", "best"])
    parser.add_argument("--out", type=Path, help="where clips and captions are written; nowhere if absent")
    arguments = parser.parse_args()
    settings, refiner, ear = Settings(engine="experts", quality=arguments.quality), EmbeddedRefiner(), Ear()
    generator = build_generator(settings).part
    said: list[str] = []
    heard: list[str] = []
    alone: list[str] = []
    print("| idea | words | WER % in the mix | of the voice alone | said | heard |\n|---|---|---|---|---|---|")
    for number, idea in enumerate(IDEAS[: arguments.count]):
        if arguments.only and arguments.only not in idea:
            continue
        seed = arguments.first_seed + number
        caption = refiner.refine(RefineRequest(text=idea, seed=seed)).caption
        if not caption.asr:
            print(f"| {idea} | 0 | | | | |")
            continue
        options = build_options(generator, settings, seed=seed, knobs={})
        rendering = generator.generate(caption, options)
        said.append(caption.asr)
        heard.append(ear.words(rendering.waveform))
        alone.append(ear.words(rendering.stems["speech"]))
        row, voice = word_errors(said[-1:], heard[-1:]), word_errors(said[-1:], alone[-1:])
        print(f"| {idea} | {row.num_words} | {100 * row.corpus:.0f} | {100 * voice.corpus:.0f} "
              f"| {said[-1]} | {heard[-1]} |", flush=True)  # fmt: skip
        if arguments.out:
            _write(arguments.out, f"{number:02d}-{idea.replace(' ', '-')}", caption, rendering)
    whole, voices = word_errors(said, heard), word_errors(said, alone)
    print(f"\n{whole.num_scored} scenes, {whole.num_words} words: in the mix {_told(whole)}; voices alone "
          f"{_told(voices)}. Ear: {ear.name}; normaliser: {whole.normaliser}.")  # fmt: skip


def _told(errors: WordErrors) -> str:
    return f"{100 * errors.corpus:.1f} % of all words, {100 * errors.mean:.1f} % in the mean of scenes"


def _write(folder: Path, name: str, caption: Caption, rendering: Rendering) -> None:
    """The mix, its caption, and the speech stem in a folder below, where a second recogniser finds them by name."""
    sounds: dict[Path, Waveform] = {folder: rendering.waveform, folder / "voice": rendering.stems["speech"]}
    for place, sound in sounds.items():
        place.mkdir(parents=True, exist_ok=True)
        soundfile.write(place / f"{name}.wav", sound.samples.T, sound.sample_rate)
        (place / f"{name}.json").write_text(json.dumps(caption.as_json()), "utf-8")


if __name__ == "__main__":
    main()
