"""The Music view of an idea: what plays, in which mood.

In: an `Idea`, the scene nearest to it and what of the idea the scene does not answer. Out: the view, or None
where nothing asks for music.
"""

import random
import re
from collections.abc import Iterable

from audiogen_cli.knowledge.lexicon import SOUNDING, stems_of
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import joined, sentence_case
from audiogen_cli.refiner.reading import Found

_LONGEST_MUSIC = 9  # words
_MOODY = frozenset(
    [
        "Smooth",
        "Relaxed",
        "Mellow",
        "Lazy",
        "Tense",
        "Sweeping",
        "Elegant",
        "Pounding",
        "Energetic",
        "Driving",
        "Aggressive",
        "Warm",
        "Gentle",
        "Bright",
        "Cheerful",
        "Bouncy",
        "Proud",
        "Graceful",
        "Fast",
        "Slow",
        "Deep",
        "Epic",
        "Soft",
        "Solemn",
        "Lively",
        "Passionate",
        "Solo",
        "Expressive",
        "Smoky",
        "Bold",
        "Powerful",
        "Steady",
        "Happy",
        "Sad",
        "Calm",
        "Eerie",
        "Dark",
    ]
) - {"Solo"}


def write_music(idea: Idea, scene: Scene | None, rest: list[Found], rng: random.Random) -> str | None:
    """The Music view, or None where no word of the idea asks for music; a scene's own comes only with such a word."""
    from_scene = rng.choice(scene.texts("music")) if scene and scene.texts("music") and _may_play(idea) else ""
    if not from_scene or any(_is_unheard(found, from_scene) for found in idea.of("genres", "instruments")):
        rest = idea.of("genres", "instruments", "moods")
    genres = [found for found in rest if found.concept.role == "genres"]
    instruments = list({item.concept.name: item for item in rest if item.concept.role == "instruments"}.values())
    specific = [
        found for found in genres if found.concept.name not in ("music_generic", "background_music", "rhythmic")
    ]
    if specific or (instruments and genres):
        genre = (specific or genres)[0].concept
        base = rng.choice(genre.texts("music"))
        played = set(stems_of(base))
        unheard = [found.concept for found in instruments if not set(stems_of(found.concept.name)) & played]
        players = joined([instrument.text("called") for instrument in unheard][:3])
        if specific and players:
            music = f"{re.sub(r' (with|on|featuring) .*', '', base)} featuring {players}"
        elif players:
            music = rng.choice(unheard[0].texts("music"))
        else:
            music = base
    elif len(instruments) > 1:
        music = f"{joined([found.concept.text('called') for found in instruments][:3])} playing gently together"
    elif instruments:
        music = rng.choice(instruments[0].concept.texts("music"))
    elif genres and not from_scene:
        music = rng.choice(genres[0].concept.texts("music"))
    else:
        music = from_scene
    moods = [found.concept for found in rest if found.concept.role == "moods" and found.concept.text("music")]
    if genres and not specific and not instruments and moods and moods[0].text("plays"):
        music = rng.choice(moods[0].texts("plays"))
    if not music and moods and not idea.of("people", "speaking", "places", "weather", "actions", *SOUNDING, "topics"):
        music = rng.choice(moods[0].texts("plays") or ("Gentle piano melody with soft strings",))
    if not music:
        return None
    far = any(found.far for found in (*genres, *instruments))
    return _mooded(music, [*(["Distant"] if far else []), *(mood.text("music") for mood in moods)])


_MUSICAL_PLACES = frozenset(
    [
        "nightclub",
        "concert",
        "concert_hall",
        "circus",
        "amusement_park",
        "party",
        "wedding",
        "casino",
        "waltz",
        "trailer",
    ]
)


def _may_play(idea: Idea) -> bool:
    """Whether an idea names music, a mood, somebody who sings or speaks over music, or a place that lives by it."""
    roles = ("genres", "instruments", "moods", "speaking", "topics")
    return bool(idea.of(*roles)) or bool(idea.names & _MUSICAL_PLACES)


def is_of(music: str, texts: tuple[str, ...]) -> bool:
    """Whether a music view is one of some texts, moods before it aside."""
    return any(set(stems_of(text)[1:]) <= set(stems_of(music)) for text in texts)


def _is_unheard(found: Found, music: str) -> bool:
    """Whether a music view plays something else than the idea names: a piano where a cello was asked for."""
    if found.concept.name in ("music_generic", "background_music", "rhythmic", "sting"):
        return False
    told = found.concept.texts("music") if found.concept.role == "genres" else ()
    named = {word for text in (found.text, *found.concept.words, *told) for word in stems_of(text)}
    return not named & set(stems_of(music)) - {"with", "and", "slow", "soft", "warm", "solo"}


def _mooded(music: str, moods: Iterable[str]) -> str:
    """Put the asked moods before a music view, in the place of an adjective that says otherwise."""
    music = re.sub(r"^an? ", "", music)
    for mood in list(moods)[:2][::-1]:
        if re.search(rf"\b{mood}\b", music, re.IGNORECASE):
            continue
        first, _, others = music.partition(" ")
        if first in _MOODY and others:
            music = others
        music = f"{mood} {music[:1].lower() + music[1:] if not music[:3].isupper() else music}"
    words = music.split()
    while len(words) > _LONGEST_MUSIC:
        words = words[:-1]
    while words[-1] in ("with", "and", "in", "on", "over", "featuring", "a", "the", "of"):
        words = words[:-1]
    return sentence_case(" ".join(words))
