"""The six views of an idea, put together from the nearest scene of the bank and from the lexicon.

In: an `Idea`. Out: a `Composition`. The words of the idea decide which views there are and what is in
them; the nearest scene gives structure, detail and dialogue; whatever the scene does not answer is
sounded by the lexicon: events to SFX, places and weather to ENV, genres and instruments to Music.
Views the idea denies stay absent, as does speech and music that nothing asks for.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from audiogen_cli.knowledge.lexicon import SOUNDING, stems_of
from audiogen_cli.knowledge.matching import Match, expand, match_scenes, weight_of
from audiogen_cli.knowledge.mentions import find_mentions
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.dialogue import is_busy, write_speech
from audiogen_cli.refiner.events import Event, find_events
from audiogen_cli.refiner.idea import Found, Idea

LEAST_COVERAGE = 0.5  # of an idea's weight a scene must answer to lend all its views
MOST_EVENTS = 4  # in one SFX view; ten seconds hold no more
_LONGEST_MUSIC = 9  # words


@dataclass
class Composition:
    """The views as they are being written; `scene` is the one that lent its structure, if any."""

    views: dict[str, str | None] = field(default_factory=dict)
    scene: Scene | None = None
    answered: frozenset[str] = frozenset()  # concept names the scene answers
    events: list[Event] = field(default_factory=list)
    caption: str = ""  # the scene's caption, where there is one


def compose(idea: Idea, *, seed: int, creativity: str, duration_s: float, near: Scene | None = None) -> Composition:
    """Write every view but the caption.

    Args:
        idea: the understood idea.
        seed: chooses among scenes' and lexicon's alternatives.
        creativity: "low" adds nothing that the idea and its scene do not hold, "high" a detail more.
        duration_s: the clip, in seconds.
        near: a scene found by meaning rather than by words, used where no words fit one.
    """
    rng = random.Random(f"{seed}:{idea.english}")
    match = nearest_scene(idea)
    scene = match.scene if match else near
    answered = match.names if match else frozenset()
    draft = Composition(scene=scene, answered=answered)
    draft.caption = rng.choice(scene.texts("caption")) if scene else ""
    rest = [found for found in idea.wanted if not expand(found.concept) & answered or _is_elsewhere(found, scene)]
    is_moved = scene is not None and any(found.concept.role == "places" for found in rest)
    spoken = write_speech(idea, scene, answered=answered, rng=rng, duration_s=duration_s)
    if scene and (
        (spoken and not scene.texts("speech")) or _is_told_closer(idea, answered) or _is_other_people(idea, scene)
    ):
        draft.caption = ""  # the scene has its sounds right, but tells it otherwise than the idea
    draft.views["speech"], draft.views["asr"] = spoken or (None, None)
    if scene and scene.texts("env") and is_moved:
        draft.caption = ""  # told for another place
    draft.views["music"] = None if "music" in idea.denied_views else _music(idea, scene, rest, rng)
    if (
        scene
        and scene.texts("music")
        and draft.views["music"]
        and not _is_of(draft.views["music"], scene.texts("music"))
    ):
        draft.caption = ""  # told to another music
    closer = idea.ordered or _is_told_closer(idea, answered)
    draft.events = find_events(idea, without=answered if scene and not closer else (), rng=rng)
    sfx = _sfx(idea, draft, rng, is_moved=is_moved)
    env = _env(idea, scene, rest, rng)
    if not sfx and not spoken and not draft.views["music"] and "sfx" not in idea.denied_views and not scene:
        sfx = _foreground(idea, rest, rng)
    elif not sfx and spoken and scene is None and creativity != "low" and not idea.only:
        sfx = _details(rest, rng)
    if creativity == "high" and sfx and len(sfx) == 1 and not idea.only and not idea.ordered:
        sfx += [phrase for phrase in _details(rest, rng) if phrase not in sfx]
    if not env and draft.events and creativity != "low" and not idea.only:
        env = [_around(idea)]
    draft.views["sfx"] = None if "sfx" in idea.denied_views else _listed(sfx, ordered=idea.ordered)
    draft.views["env"] = None if "env" in idea.denied_views else _listed(env, ordered=False)
    _deny(idea, draft)
    return draft


def nearest_scene(idea: Idea) -> Match | None:
    """The scene whose every needed word the idea names, if it answers enough of the idea."""
    denied = frozenset(found.concept.name for found in idea.found if found.denied)
    total = sum(weight_of(found.concept.name) for found in idea.wanted)
    matches = match_scenes(idea.names)[:8]
    matches.sort(key=lambda match: -match.weight * _kinship(idea, match.scene))
    for match in matches:
        if match.names & denied or _speaks_against(idea, match.scene):
            continue
        covered = sum(weight_of(found.concept.name) for found in idea.wanted if expand(found.concept) & match.names)
        if covered >= (1 if idea.ordered else LEAST_COVERAGE) * total - 1e-6:
            return match
    return None


def _kinship(idea: Idea, scene: Scene) -> float:
    """How far a scene has the layers an idea asks for: talk where there is talk, music where there is music."""
    talks = bool(idea.of("speaking") or idea.quotes or (idea.of("people") and idea.of("manners")))
    plays = bool(idea.of("genres", "instruments"))
    speech, music = bool(scene.texts("asr")), bool(scene.texts("music"))
    return (0.6 if talks and not speech else 1.0 if talks or not speech else 0.75) * (
        0.6 if plays and not music else 1.0
    )


def _is_told_closer(idea: Idea, answered: frozenset[str]) -> bool:
    """Whether the idea says more of a sound than its scene can know: how many, how far, of what kind."""
    sounding = idea.of(*SOUNDING, "actions", "people")
    return any(
        (found.count or 0) > 1 or found.far or found.described
        for found in sounding
        if found.concept.role != "people" and expand(found.concept) & answered
    ) or any(
        found.concept.role == "actions"
        and expand(found.concept) & answered
        and doer.clause == found.clause
        and doer.concept.role in ("people", "animals")
        and not expand(doer.concept) & answered
        for doer, found in zip(sounding, sounding[1:])
    )


def _is_other_people(idea: Idea, scene: Scene) -> bool:
    """Whether a scene's speakers are not the people an idea names: a mother's bedtime story for an old man's."""
    told = {
        word.rstrip("s")
        for view in ("caption", "speech")
        for text in scene.texts(view)
        for word in text.lower().split()
    }
    people = [found.concept for found in idea.of("people") if not is_busy(idea, found)]
    heads = [{person.text("voice").split()[-1].lower().rstrip("s"), *person.words} for person in people]
    pair = any(found.count == 2 for found in idea.of("people")) and not told & {"two", "and", "couple"}
    return bool(scene.texts("speech") and heads) and (pair or not any(head & told for head in heads))


def _speaks_against(idea: Idea, scene: Scene) -> bool:
    """Whether a scene lives by what the idea denies: a talk scene under "no voices"."""
    sounding = [view for view in ("speech", "sfx", "music") if scene.texts(view)]
    return bool(sounding) and all(view in idea.denied_views for view in sounding)


def _music(idea: Idea, scene: Scene | None, rest: list[Found], rng: random.Random) -> str | None:
    from_scene = rng.choice(scene.texts("music")) if scene and scene.texts("music") else ""
    if not from_scene or any(_is_unheard(found, from_scene) for found in idea.of("genres", "instruments")):
        rest = idea.of("genres", "instruments", "moods")
    genres = [found for found in rest if found.concept.role == "genres"]
    instruments = [found for found in rest if found.concept.role == "instruments"]
    specific = [
        found for found in genres if found.concept.name not in ("music_generic", "background_music", "rhythmic")
    ]
    if specific or (instruments and genres):
        genre = (specific or genres)[0].concept
        players = _joined([found.concept.text("called") for found in instruments][:3])
        base = rng.choice(genre.texts("music"))
        if specific and players:
            music = f"{re.sub(r' (with|on|featuring) .*', '', base)} featuring {players}"
        elif players:
            music = rng.choice(instruments[0].concept.texts("music"))
        else:
            music = base
    elif len(instruments) > 1:
        music = f"{_joined([found.concept.text('called') for found in instruments][:3])} playing gently together"
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
    return _mooded(music, [mood.text("music") for mood in moods]) if music else None


def _is_of(music: str, texts: tuple[str, ...]) -> bool:
    """Whether a music view is one of some texts, moods before it aside."""
    return any(set(stems_of(text)[1:]) <= set(stems_of(music)) for text in texts)


def _is_unheard(found: Found, music: str) -> bool:
    """Whether a music view plays something else than the idea names: a piano where a cello was asked for."""
    if found.concept.name in ("music_generic", "background_music", "rhythmic", "sting"):
        return False
    named = {
        word for text in (found.text, *found.concept.words, *found.concept.texts("music")) for word in stems_of(text)
    }
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
    return _sentence(" ".join(words))


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


def _is_elsewhere(found: Found, scene: Scene | None) -> bool:
    """Whether the idea names a place of which its scene, though it answers it, says nothing."""
    if scene is None or found.concept.role != "places":
        return False
    told = set(stems_of(" ".join((*scene.texts("caption"), *scene.texts("env")))))
    return not any(set(stems_of(word)) <= told for word in (*found.concept.words, found.concept.text("called")))


def _sfx(idea: Idea, draft: Composition, rng: random.Random, *, is_moved: bool) -> list[str]:
    scene = draft.scene
    own = [event.phrase for event in draft.events]
    if scene is None or (own and _is_told_closer(idea, draft.answered)) or (idea.ordered and len(own) > 1):
        phrases = own
    else:
        borrowed = rng.choice(scene.texts("sfx")) if scene.texts("sfx") else ""
        if is_moved and scene.texts("speech"):  # a talk moved elsewhere takes along only the sounds the idea names
            named = set(stems_of(idea.english))
            borrowed = ", ".join(part for part in re.split(r",\s*", borrowed) if set(stems_of(part)) & named)
        phrases = _without_known([borrowed] if borrowed else [], own, also=" ".join(scene.texts("env")))
    return phrases[:MOST_EVENTS] if len(phrases) < 3 else _shortened(phrases[:MOST_EVENTS])


def _shortened(phrases: list[str]) -> list[str]:
    """Many events told briefly: "car horn honking" for "a car horn honking in the street"."""
    return [
        re.sub(
            r"^(?:an?|the) ",
            "",
            re.sub(r"((?:\w+ )*?\w+ing\b) (?:on|over|in|at|past|with|and|down|into) (?!the distance).*", r"\1", phrase),
        )
        for phrase in phrases
    ]


def _without_known(first: list[str], more: list[str], *, also: str = "") -> list[str]:
    """`first` and those of `more` whose sounds are neither in it nor in another text."""
    known = {mention.entry.name for phrase in [*first, also] for mention in find_mentions(phrase, "sounds")}
    kept = list(first)
    for phrase in more:
        named = {mention.entry.name for mention in find_mentions(phrase, "sounds")}
        if not named or not named <= known:
            kept.append(phrase)
            known |= named
    return kept


def _foreground(idea: Idea, rest: list[Found], rng: random.Random) -> list[str]:
    """What is heard close in an idea of places and weather alone."""
    named = [found for found in (rest or list(idea.wanted)) if found.concept.texts("sfx")]
    if not named:
        return [text for found in idea.of("times", "eras") for text in found.concept.texts("env")[:1]][:1]
    weather = [found for found in named if found.concept.role in ("weather", "eras")]
    return [rng.choice(found.concept.texts("sfx")) for found in (weather or named)[:2]]


def _details(rest: list[Found], rng: random.Random) -> list[str]:
    """A small event that belongs to the place of a scene in which people speak."""
    for found in rest:
        if found.concept.role == "weather" and found.concept.texts("sfx"):
            return [rng.choice(found.concept.texts("sfx"))]
    for found in rest:
        if found.concept.role == "places" and found.concept.texts("sfx"):
            return [rng.choice(found.concept.texts("sfx"))]
    return []


def _env(idea: Idea, scene: Scene | None, rest: list[Found], rng: random.Random) -> list[str]:
    places = [found for found in rest if found.concept.role == "places"]
    phrases = [rng.choice(scene.texts("env"))] if scene and scene.texts("env") else []
    if (
        any(found.concept.role == "weather" for found in rest)
        and not idea.of("places")
        and _INSIDE.search(phrases[0] if phrases else "")
    ):
        phrases = []  # a duel in the rain is not fought in the hall of the scene
    if places:
        phrases = [rng.choice(found.concept.texts("env")) for found in places[:2] if found.concept.texts("env")]
    backgrounds = [found for found in rest if found.concept.role in ("weather", "times", "eras")]
    for found in backgrounds:
        texts = found.concept.texts("env")
        if texts and not (found.concept.role == "times" and (phrases or _is_indoors(idea))):
            phrases = _without_known(phrases, [rng.choice(texts)])
    return [phrase if number == 0 else phrase[:1].lower() + phrase[1:] for number, phrase in enumerate(phrases[:2])]


_INSIDE = re.compile(r"\b(?:hall|cellar|corridor|warehouse|gym)\b", re.IGNORECASE)


def _around(idea: Idea) -> str:
    """The likely space of events that name none: animals and vehicles are heard outdoors, things in a room."""
    if idea.of("animals"):
        return "Quiet garden with light wind"
    return "Open landscape with light wind" if idea.of("machines", "weather") else "Quiet room"


def _is_indoors(idea: Idea) -> bool:
    return bool(idea.of("speaking", "instruments", "genres"))


def _deny(idea: Idea, draft: Composition) -> None:
    """Take out of the views what the idea denies by name: "no thunder", "without traffic"."""
    for found in idea.found:
        if not found.denied:
            continue
        if found.concept.role in ("genres", "instruments"):
            draft.views["music"] = draft.views["music"] if idea.of("genres", "instruments") else None
            continue
        if found.concept.role in ("people", "speaking") and not idea.of("people", "speaking"):
            draft.views["speech"] = draft.views["asr"] = None
        for view in ("sfx", "env", "music"):
            draft.views[view] = without_words(draft.views[view], found.concept.words)
        if any(re.search(rf"\b{re.escape(word)}", draft.caption, re.IGNORECASE) for word in found.concept.words):
            draft.caption = ""


def without_words(text: str | None, words: Iterable[str]) -> str | None:
    """A view without the parts that name any of some words; None where nothing is left."""
    if text is None:
        return None
    patterns = [re.compile(rf"\b{re.escape(word)}", re.IGNORECASE) for word in words]
    parts = re.split(r",\s*(?:then\s+)?|\s+(?:and|over|with)\s+", text)
    kept = [part for part in parts if not any(pattern.search(part) for pattern in patterns)]
    return text if len(kept) == len(parts) else _sentence(", ".join(kept)) or None


def _listed(phrases: list[str], *, ordered: bool) -> str | None:
    if not phrases:
        return None
    lowered = [phrases[0], *(phrase[:1].lower() + phrase[1:] for phrase in phrases[1:])]
    return _sentence(", then ".join(lowered) if ordered and len(lowered) > 1 else ", ".join(lowered))


def _joined(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
