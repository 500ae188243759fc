"""Counts the words that a recogniser follows in whole scenes: idea, refiner, render, ear.

Each idea below, all kinds of speech, goes through the library as `audiogen make` would take it (embedded refiner,
experts, full mix) with the seed of its row. The product's own ear (Whisper base, extra `ear`) writes down what it
hears in the mix and in the speech stem alone, so that what the voice costs and what the scene costs stand apart.
Words are counted by jiwer after Whisper's English normaliser on both sides (numbers, contractions, spelling).
Ideas whose caption holds no words are told and not counted.

    python benchmarks/words.py --count 20
    python benchmarks/words.py --first-seed 100 --out words/
    python benchmarks/words.py --mandarin

With `--mandarin`, the sentences of mandarin.txt instead: each dry by a man and by a woman, then one time in a whole mix
(men and women by turns; a street, a room, music by turns). Counted are characters, once digits are written out as
characters and all that is no Chinese character is gone, and syllables without their tones, for which the other
characters of one sound are no error. The ear is asked for Mandarin in simplified characters; what it writes in
traditional ones all the same is turned into simplified ones by opencc-python-reimplemented, which must be installed.

Prints a Markdown table; the figures of our own run stand in benchmarks/README.md.
"""

import argparse
import json
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from audiogen_cli.assembly import build_generator, build_options
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.evaluation.ear import Ear
from audiogen_cli.evaluation.metrics.words import WordErrors, word_errors
from audiogen_cli.generator.base import Generator, Rendering
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.generator.experts.speech.expert import SpeechExpert
from audiogen_cli.generator.experts.speech.mandarin import read_number
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

SCENES: dict[str, dict[str, str]] = {
    "street": {
        "caption": "Someone talks on a busy street.",
        "sfx": "Cars passing, a car horn",
        "env": "Busy city street",
    },
    "room": {"caption": "Someone talks in a living room.", "sfx": "A clock ticking", "env": "Quiet living room"},
    "music": {"caption": "Someone talks over music.", "music": "Soft solo piano, slow and warm"},
}
"""What stands around a Mandarin sentence in a whole mix, by turns."""


def main() -> None:
    """Render, listen, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=len(IDEAS), help="how many of the ideas, from the first")
    parser.add_argument("--first-seed", type=int, default=0, help="of the first idea; one more for each further one")
    parser.add_argument("--only", help="just the ideas that hold this")
    parser.add_argument("--quality", default="standard", choices=["draft", "fast", "standard", "best"])
    parser.add_argument("--mandarin", action="store_true", help="the Mandarin sentences instead of the ideas")
    parser.add_argument("--out", type=Path, help="where clips and captions are written; nowhere if absent")
    arguments = parser.parse_args()
    settings, refiner, ear = Settings(engine="experts", quality=arguments.quality), EmbeddedRefiner(), Ear()
    generator = build_generator(settings).part
    if arguments.mandarin:
        _hear_mandarin(ear, generator, settings, arguments.first_seed)
        return
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


def _hear_mandarin(ear: Ear, generator: Generator, settings: Settings, first_seed: int) -> None:
    """Every Mandarin sentence, dry and in a mix."""
    from pypinyin import lazy_pinyin

    simplified = import_module("opencc").OpenCC("t2s").convert

    sentences = (Path(__file__).parent / "mandarin.txt").read_text("utf-8").split()
    expert, people = SpeechExpert(), ("a man", "a woman")
    counted: dict[str, NDArray[np.int64]] = {}
    print("| where | who | characters wrong | syllables wrong | said | heard |\n|---|---|---|---|---|---|")
    for number, sentence in enumerate(sentences):
        where = list(SCENES)[number % len(SCENES)]
        who = people[number // len(SCENES) % 2]
        caption = Caption(speech=who.capitalize(), asr=sentence, **SCENES[where])
        options = build_options(generator, settings, seed=first_seed + number, knobs={})
        takes = [("dry", one, _dry(expert, one, sentence, first_seed + number, settings.quality)) for one in people]
        takes.append((where, who, generator.generate(caption, options).waveform))
        for place, one, sound in takes:
            heard = simplified(ear.words(sound, language="zh"))
            wanted, found = _characters(sentence), _characters(heard)
            wrong = _edits(wanted, found), _edits(lazy_pinyin(wanted), lazy_pinyin(found))
            print(f"| {place} | {one} | {wrong[0]} | {wrong[1]} | {sentence} | {heard} |", flush=True)
            for key in (f"{place}, {one}", *(["all mixes"] if place != "dry" else [])):
                counted[key] = counted.get(key, np.zeros(3, np.int64)) + np.array((*wrong, len(wanted)))
    for key, (characters, syllables, total) in counted.items():
        rates = 100 * characters / total, 100 * syllables / total
        print(f"{key}: {rates[0]:.1f} % of {total} characters, {rates[1]:.1f} % of their syllables")


def _dry(expert: SpeechExpert, view: str, sentence: str, seed: int, quality: str) -> Waveform:
    """One person's sentence with nothing around it."""
    performed = expert.perform(view, sentence, window=(0.0, 10.0), rng=np.random.default_rng(seed), quality=quality)
    track = np.zeros((1, 10 * SAMPLE_RATE), np.float32)
    for sounding in performed.soundings:
        at = int(sounding.start_s * SAMPLE_RATE)
        line = sounding.samples[: track.shape[1] - at]
        track[0, at : at + len(line)] += line
    return Waveform(track, SAMPLE_RATE)


def _characters(text: str) -> str:
    """Chinese characters alone, numbers written as such."""
    return re.sub(r"[^\u4e00-\u9fff]", "", re.sub(r"\d+", lambda digits: read_number(digits.group()), text))


def _edits(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """The Levenshtein distance of two sequences."""
    row = list(range(len(heard) + 1))
    for number, one in enumerate(wanted, start=1):
        last, row[0] = row[0], number
        for at, other in enumerate(heard, start=1):
            last, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, last + (one != other))
    return row[-1]


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
