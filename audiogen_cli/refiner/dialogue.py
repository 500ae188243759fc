"""Who speaks in an idea, how, and what they say: the Speech and ASR views.

In: an `Idea` and the scene nearest to it, if any. Out: both views, or neither: nobody speaks where no
word of the idea makes them. Quoted words are said verbatim. Lines are written by hand, in the scenes
and in the lexicon's people, places and acts of speaking, and chosen to fit the clip.
"""

import random
import re
from collections.abc import Collection

from audiogen_cli.knowledge.lexicon import SOUNDING, Concept, load_lexicon
from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import lower_first
from audiogen_cli.refiner.reading import Found

WORDS_PER_SECOND = 2.2  # of talk that has room to breathe: 22 words in ten seconds


def write_speech(
    idea: Idea, scene: Scene | None, *, answered: Collection[str], rng: random.Random, duration_s: float
) -> tuple[str, str] | None:
    """The Speech and ASR views, or None where nobody speaks.

    Args:
        idea: the understood idea.
        scene: the scene whose dialogue is borrowed; its silence is respected unless the idea itself speaks.
        answered: names of the concepts the scene answers; an act of speaking it does not know brings its own lines.
        rng: chooses among the lines.
        duration_s: the clip the words must fit into, in seconds; quoted words are never cut.
    """
    if "speech" in idea.denied_views:
        return None
    scene_speech = scene.texts("speech") if scene is not None else ()
    if not (idea.quotes or idea.told or scene_speech or speaks(idea, scene)):
        return None
    speech = _speaker(idea, rng.choice(scene_speech) if scene_speech else "", rng)
    if idea.quotes:
        return speech, " ".join(_ended(words) for words in idea.quotes)
    lines = idea.told.lines if idea.told is not None else _lines(idea, scene, answered)
    return speech, choose_line(lines, rng=rng, duration_s=duration_s)


def speaks(idea: Idea, scene: Scene | None) -> bool:
    """Whether the words of an idea make somebody speak, apart from any scene."""
    if _acts(idea) or _beings(idea):
        return True
    if scene is not None:
        return False  # the bank knows this scene, and nobody speaks in it
    speakers = [found for found in idea.of("people") if not is_busy(idea, found)]
    if any(found.concept.texts("asr") for found in speakers):
        return True
    if any(found.concept.name != "somebody" for found in speakers) and idea.of("manners"):
        return True
    others = [found for found in idea.wanted if found.concept.role not in ("people", "places", "times", "moods")]
    placed = any(found.concept.texts("asr") for found in idea.of("places"))
    return bool(speakers) and not others and (placed or not idea.of("places"))


def choose_line(lines: tuple[str, ...], *, rng: random.Random, duration_s: float) -> str:
    """One line that fits the clip; the first sentences of the shortest where none does."""
    most = max(3, int(WORDS_PER_SECOND * duration_s))
    fitting = [line for line in lines if len(line.split()) <= most]
    if fitting:
        return rng.choice(fitting)
    sentences = [sentence for line in lines for sentence in re.findall(r"[^.!?]+[.!?]", line)]
    return str(min(sentences, key=lambda sentence: len(sentence.split()))).strip()


def _acts(idea: Idea) -> list[Found]:
    """The acts of speaking an idea names, the telling ones before those that any talk is."""
    return sorted(idea.of("speaking"), key=lambda found: _PLAIN_ACTS.get(found.concept.name, 0))


_PLAIN_ACTS = {
    "conversation": 1,
    "phone_call": 1,
    "reading_aloud": 1,
    "singing": 1,
    "question": 1,
    "saying": 2,
    "voice_generic": 3,
}
"""Acts of speaking that say little of what is said, the emptiest last."""

_ANNOUNCING = frozenset(("alarm", "subway_station", "train_station", "airport", "space_station", "elevator"))

_ANY_TALK = frozenset(("conversation", "phone_call", "question"))
"""Acts that the talk of any scene may be."""

_DIALOGUES = frozenset(("argument", "conversation", "negotiation", "teasing", "interview", "interrogation", "breakup"))


def is_busy(idea: Idea, person: Found) -> bool:
    """Whether a person is named doing something other than speaking: coughing, typing, playing the piano."""
    doings = idea.of("actions", "instruments")
    doings += [found for found in idea.of(*SOUNDING) if found.text.lower().endswith("ing")]
    after = idea.tokens[person.end].lower() if person.end < len(idea.tokens) else ""
    unknown_doing = after in {word.lower() for word in idea.unknown} and after.endswith(("s", "ing"))
    return unknown_doing or any(found.clause == person.clause for found in doings)


def _people(idea: Idea) -> list[Found]:
    """Who may speak: not those busy otherwise, nor the child that is scolded; a pirate captain is one person."""
    people = sorted([*idea.of("people"), *_beings(idea)], key=lambda found: found.start)
    free = [found for found in people if not is_busy(idea, found)]
    if not free and (idea.quotes or idea.told or idea.of("speaking")):
        free = people  # busy or not, the words are somebody's
    free = [found for number, found in enumerate(free) if not number or free[number - 1].end != found.start]
    acts = {found.concept.name for found in idea.of("speaking")}
    if len(idea.quotes) > 1:
        return free  # each of them says something
    return free if not acts or acts & _DIALOGUES else free[:1]


def _beings(idea: Idea) -> list[Found]:
    """Aliens, ghosts and monsters that speak: by themselves, right before the act of speaking, or with somebody."""
    acts, told = idea.of("speaking"), bool(idea.quotes or idea.told)
    beings = [found for found in idea.of("animals") if found.concept.text("voice")]
    if (acts or told) and (not idea.of("people") or {act.concept.name for act in acts} & _DIALOGUES):
        return beings
    acts += idea.of("manners")
    return [being for being in beings if any(0 <= act.start - being.end <= 1 for act in acts)]


def _are_two(person: Found, acts: Collection[str]) -> bool:
    """Whether it is a pair: by its number, or aliens that argue."""
    several = person.concept.role == "animals" and person.count is None and person.text.lower().endswith("s")
    return person.count == 2 or (several and not _DIALOGUES.isdisjoint(acts))


def _speaker(idea: Idea, from_scene: str, rng: random.Random) -> str:
    found_people = _people(idea)
    people = [found.concept for found in found_people]
    acts = [found.concept for found in _acts(idea)]
    manner = _manner(idea)
    is_pair = bool(found_people) and found_people[0].count == 2 and not _is_pair_of(people[0], from_scene)
    if from_scene and not is_pair and not idea.told and not (people and _differs(people[0], from_scene)):
        return _with_manner(manner, from_scene)
    how = idea.told.how if idea.told is not None else acts[0].text("how") if acts else ""
    if from_scene and not how:
        how = " ".join(re.findall(r"(?<=\s)\w+ing\b.*", from_scene)[:1])
    if len(people) >= 2 and people[0].text("voice") != people[1].text("voice"):
        voice = f"{people[0].text('voice')} and {lower_first(people[1].text('voice'))}"
    elif people:
        voice = people[0].text("voice")
        if (
            _are_two(found_people[0], {act.name for act in acts})
            and not voice.endswith(("s", "men", "women", "children"))
            and " and " not in voice
        ):
            voice = f"Two {_plural(lower_first(voice))}"
    elif acts and not (idea.told and acts[0].name in _PLAIN_ACTS):
        voice = acts[0].text("voice")
    else:
        voice = next((found.concept.text("voice") for found in idea.of("places") if found.concept.text("voice")), "")
    if not voice and idea.quotes and (idea.of("machines", "appliances") or idea.names & _ANNOUNCING):
        voice = "Clear female PA announcer"  # nobody is named, and trains and ships do not chat
    if not voice or voice == load_lexicon()["somebody"].text("voice"):
        voice = rng.choice(["Friendly woman", "Warm middle-aged man"])
    how = _without_echo(voice, how)
    if not how and not manner:
        how = "speaking clearly" if len(voice.split()) < 3 else ""
    if " and " in voice and len(f"{voice} {how}".split()) > 7:
        how = how.split()[0] if how else ""
    return _fitted(_with_manner(manner, f"{voice} {how}".strip()))


def _is_pair_of(person: Concept, speech: str) -> bool:
    """Whether a scene's Speech already has two of a person: "two men", "a man and a man", anybody for "two people"."""
    head = person.text("voice").split()[-1].lower()
    if " and " in person.text("voice") or person.name in ("child", "somebody"):
        return re.search(r"^Two|\band\b", speech) is not None
    return re.search(r"^Two", speech) is not None or len(re.findall(rf"\b{head}\b", speech.lower())) > 1


def _plural(voice: str) -> str:
    voice, on, device = voice.partition(" on ")
    head, _, last = voice.rpartition(" ")
    irregular = {"woman": "women", "man": "men", "child": "children"}
    return f"{head} {irregular.get(last, last + 's')}{on}{device}".strip()


def _without_echo(voice: str, how: str) -> str:
    """How someone speaks without saying again who they are: no commentator commentating."""
    first, _, rest = how.partition(" ")
    echoed = any(len(word) > 4 and word[:5] == first.lower()[:5] for word in voice.lower().split())
    return rest if echoed else how


def _differs(person: Concept, speech: str) -> bool:
    """Whether a scene's Speech does not yet speak with the voice of the person the idea names."""
    spoken = {word.rstrip("s") for word in re.findall(r"\w+", speech.lower())}
    names = {person.text("voice").split()[-1].lower(), *(word for word in person.words if " " not in word)}
    return not any(name.rstrip("s") in spoken for name in names)


def _manner(idea: Idea) -> str:
    for found in (*idea.of("manners"), *idea.of("moods")):
        if found.concept.text("voice") and not (found.concept.role == "moods" and idea.of("genres", "instruments")):
            return found.concept.text("voice")
    return ""


def _with_manner(manner: str, speech: str) -> str:
    if not manner or re.search(rf"\b{manner.lower()}", speech.lower()):
        return speech
    first = speech.split()[0]
    if first in _MANNERLY:
        speech = speech[len(first) + 1 :]
    return f"{manner} {lower_first(speech)}"


_MANNERLY_TEXT = """
Angry Calm Excited Friendly Polite Cheerful Clear Stern Warm Happy Relaxed Gentle Shouting Whispering
"""
_MANNERLY = frozenset(_MANNERLY_TEXT.split())


def _fitted(speech: str) -> str:
    words = speech.split()
    while len(words) > 7:
        words = words[:-1]
        while words[-1] in ("a", "the", "and", "in", "of", "over", "to", "on", "at"):
            words = words[:-1]
    return " ".join(words)


def _lines(idea: Idea, scene: Scene | None, answered: Collection[str]) -> tuple[str, ...]:
    acts = [found.concept for found in _acts(idea)]
    known_topic = (
        scene is not None
        and scene.texts("asr")
        and any(
            word.lower() in " ".join((*scene.texts("asr"), *scene.texts("caption"))).lower()
            for word in idea.topic.split()
            if len(word) > 3
        )
    )
    if idea.topic and not known_topic:
        for act in acts:
            if act.texts("topic"):
                topic = re.sub(r"\b(?:his|her|their)\b", "our", idea.topic)  # as the speakers would say it
                return tuple(line.replace("{topic}", topic) for line in act.texts("topic"))
    telling = [act for act in acts if _PLAIN_ACTS.get(act.name, 0) <= 1 and act.name not in _ANY_TALK]
    unanswered = [act for act in telling if act.name not in answered and act.texts("asr")]
    if scene is not None and scene.texts("asr") and not unanswered:
        return scene.texts("asr")
    people = [found.concept for found in _people(idea)]
    specific = [act for act in acts if act.name not in _PLAIN_ACTS]
    places = [found.concept for found in idea.of("places")]
    manners = [found.concept for found in idea.of("manners")]
    people = [person for person in people if _is_said_so(person, manners)]
    talk = [act for act in acts if act.name in ("conversation", "phone_call") and idea.of("people")]
    for source in (*specific, *telling, *people, *manners, *talk, *places, *acts):
        if source.texts("asr"):
            return source.texts("asr")
    usual = (
        "conversation"
        if len(people) > 1 or any(" and " in person.text("voice") for person in people)
        else "voice_generic"
    )
    return load_lexicon()[usual].texts("asr")


def _is_said_so(person: Concept, manners: list[Concept]) -> bool:
    """Whether what a person usually says can be said in the manners told: nobody whispers "Move, move, move!"."""
    names = {manner.name for manner in manners}
    loud = any("!" in line for line in person.texts("asr"))
    return not ("whispering" in names and loud) and not ("shouting" in names and not loud)


def _ended(words: str) -> str:
    words = words.strip(" ,;:")
    return words if words[-1:] in ".!?…。！？" else f"{words}."
