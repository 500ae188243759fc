"""What the words of feeling and of tempo do to music: mode, pace, force and height.

In: a text. Out: a `Mood`, several words averaged. After the findings on how listeners hear mode, tempo,
loudness and register (Hevner 1937; Juslin and Laukka 2004).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from audiogen_cli.knowledge.stems import stem


@dataclass(frozen=True)
class Mood:
    """A feeling as music has it."""

    quality: str | None = None  # "major" or "minor"
    pace: float = 1.0  # factor of the style's tempo
    energy: float = 0.0  # added to the intensity, -0.4 to 0.4
    height: float = 0.0  # semitones the leads move up
    names: tuple[str, ...] = ()


_MOODS: Mapping[str, tuple[Mood, str]] = {
    "happy": (
        Mood("major", 1.08, 0.1, 2.0),
        "happy cheerful joyful joyous merry bright sunny jolly cheery gleeful upbeat",
    ),
    "sad": (
        Mood("minor", 0.84, -0.15, -2.0),
        "sad melancholic melancholy sorrowful mournful grieving somber tearful lonely bittersweet",
    ),
    "calm": (
        Mood(None, 0.86, -0.2, 0.0),
        "calm peaceful gentle soft relaxing relaxed soothing tranquil serene quiet mellow tender warm delicate",
    ),
    "tense": (
        Mood("minor", 1.04, 0.05, 0.0),
        "tense suspenseful suspense anxious uneasy nervous ominous foreboding urgent",
    ),
    "dark": (
        Mood("minor", 0.94, 0.0, -5.0),
        "dark gloomy sinister menacing brooding grim evil",
    ),
    "scary": (
        Mood("minor", 0.95, 0.05, 0.0),
        "scary eerie creepy haunting spooky horrifying terrifying unsettling",
    ),
    "epic": (
        Mood("minor", 1.02, 0.25, 2.0),
        "epic heroic majestic grand powerful monumental massive",
    ),
    "triumphant": (
        Mood("major", 1.04, 0.25, 2.0),
        "triumphant victorious glorious fanfare",
    ),
    "romantic": (
        Mood("major", 0.92, -0.08, 0.0),
        "romantic loving passionate sentimental",
    ),
    "mysterious": (
        Mood("minor", 0.93, -0.1, 1.0),
        "mysterious enigmatic magical mystical",
    ),
    "playful": (
        Mood("major", 1.06, 0.02, 3.0),
        "playful whimsical quirky funny comic comical comedic silly bouncy mischievous lighthearted",
    ),
    "nostalgic": (
        Mood("major", 0.9, -0.1, 0.0),
        "nostalgic wistful reflective dreamy contemplative",
    ),
    "hopeful": (
        Mood("major", 1.02, 0.08, 1.0),
        "hopeful uplifting inspiring inspirational optimistic positive motivational",
    ),
    "energetic": (
        Mood(None, 1.08, 0.2, 0.0),
        "energetic driving lively exciting intense fast-paced pumping vibrant pounding thumping rousing",
    ),
    "angry": (
        Mood("minor", 1.06, 0.28, -2.0),
        "angry aggressive furious violent raging brutal",
    ),
    "festive": (
        Mood("major", 1.06, 0.12, 2.0),
        "festive celebratory jubilant",
    ),
}
_BY_STEM = {stem(word): name for name, (_, words) in _MOODS.items() for word in words.split()}

_PACES = (
    (r"very slow(?:ly)?|extremely slow|largo|grave", 0.66),
    (r"slow(?:ly)?|adagio|lento|unhurried|languid", 0.8),
    (r"andante|moderate(?:ly)?|mid-?tempo|moderato", 0.95),
    (r"very fast|presto|frantic|breakneck|frenetic", 1.32),
    (r"fast|quick|allegro|rapid|up-?tempo|brisk|racing|hurried", 1.18),
    (r"vivace", 1.22),
)


def read_mood(text: str) -> Mood:
    """The mood of a text: the words found, averaged; the first that has a mode decides it."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", text.lower())
    names = list(dict.fromkeys(_BY_STEM[stem(word)] for word in words if stem(word) in _BY_STEM))
    if not names:
        return Mood()
    moods = [_MOODS[name][0] for name in names]
    pace = 1.0
    for mood in moods:
        pace *= mood.pace
    return Mood(
        next((mood.quality for mood in moods if mood.quality), None),
        pace ** (1.0 / len(moods) ** 0.5),
        sum(mood.energy for mood in moods) / len(moods),
        sum(mood.height for mood in moods) / len(moods),
        tuple(names),
    )


def read_pace(text: str) -> float | None:
    """The factor that a text's words of tempo put on the style's, None where it has none."""
    for words, factor in _PACES:
        if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            return factor
    return None
