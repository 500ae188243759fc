"""Who speaks in an idea, how, and what they say: the Speech and ASR views.

In: an `Idea` and the scene nearest to it, if any. Out: both views, or neither: nobody speaks where no
word of the idea makes them. Quoted words are said verbatim. Lines are written by hand, in the scenes
and in the lexicon's people, places and acts of speaking, and chosen to fit the clip.
"""

import random
import re

from audiogen_cli.knowledge.scenes import Scene
from audiogen_cli.refiner.idea import Found, Idea

WORDS_PER_SECOND = 2.2  # of talk that has room to breathe: 22 words in ten seconds


def write_speech(idea: Idea, scene: Scene | None, *, rng: random.Random, duration_s: float) -> tuple[str, str] | None:
    """The Speech and ASR views, or None where nobody speaks.

    Args:
        idea: the understood idea.
        scene: the scene whose dialogue is borrowed; its silence is respected unless the idea itself speaks.
        rng: chooses among the lines.
        duration_s: the clip the words must fit into, in seconds; quoted words are never cut.
    """
    if "speech" in idea.denied_views:
        return None
    scene_speech = scene.texts("speech") if scene is not None else ()
    if not (idea.quotes or scene_speech or speaks(idea, scene)):
        return None
    speech = _speaker(idea, rng.choice(scene_speech) if scene_speech else "", rng)
    if idea.quotes:
        return speech, " ".join(_ended(words) for words in idea.quotes)
    return speech, choose_line(_lines(idea, scene), rng=rng, duration_s=duration_s)


def speaks(idea: Idea, scene: Scene | None) -> bool:
    """Whether the words of an idea make somebody speak, apart from any scene."""
    if _acts(idea):
        return True
    if scene is not None:
        return False  # the bank knows this scene, and nobody speaks in it
    speakers = [found for found in idea.of("people") if not _is_busy(idea, found)]
    if any(found.concept.texts("asr") for found in speakers):
        return True
    if speakers and idea.of("manners"):
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
    return min(sentences, key=lambda sentence: len(sentence.split())).strip()


def _acts(idea: Idea) -> list[Found]:
    """The acts of speaking an idea names, the telling ones before those that any talk is."""
    return sorted(idea.of("speaking"), key=lambda found: _PLAIN_ACTS.get(found.concept.name, 0))


_PLAIN_ACTS = {"conversation": 1, "phone_call": 1, "reading_aloud": 1, "singing": 1, "saying": 2}


def _is_busy(idea: Idea, person: Found) -> bool:
    """Whether a person is named doing something other than speaking: coughing, walking, playing the piano."""
    return any(found.clause == person.clause for found in idea.of("actions", "instruments"))


def _speaker(idea: Idea, from_scene: str, rng: random.Random) -> str:
    people = [found.concept for found in idea.of("people") if not _is_busy(idea, found)]
    acts = [found.concept for found in _acts(idea)]
    manner = _manner(idea)
    if from_scene and not (people and _differs(people[0].text("voice"), from_scene)):
        return _with_manner(manner, from_scene)
    how = acts[0].text("how") if acts else ""
    if from_scene and not how:
        how = " ".join(re.findall(r"\b\w+ing\b.*", from_scene)[:1])
    if len(people) >= 2 and people[0].text("voice") != people[1].text("voice"):
        voice = f"{people[0].text('voice')} and {_lower(people[1].text('voice'))}"
    elif people:
        voice = people[0].text("voice")
    elif acts:
        voice = acts[0].text("voice")
    else:
        voice = next((found.concept.text("voice") for found in idea.of("places") if found.concept.text("voice")), "")
    if not voice:
        voice = rng.choice(["Clear friendly woman", "Warm middle-aged man"]) if idea.quotes else "Man"
    how = _without_echo(voice, how)
    if not how and not manner:
        how = "speaking clearly" if len(voice.split()) < 3 else ""
    if " and " in voice and len(f"{voice} {how}".split()) > 7:
        how = how.split()[0] if how else ""
    return _fitted(_with_manner(manner, f"{voice} {how}".strip()))


def _without_echo(voice: str, how: str) -> str:
    """How someone speaks without saying again who they are: no commentator commentating."""
    first, _, rest = how.partition(" ")
    echoed = any(len(word) > 4 and word[:5] == first.lower()[:5] for word in voice.lower().split())
    return rest if echoed else how


def _differs(voice: str, speech: str) -> bool:
    """Whether a scene's Speech does not yet speak with the voice of the person the idea names."""
    head = voice.split()[-1].lower().rstrip("s")
    return head not in {word.rstrip("s") for word in re.findall(r"\w+", speech.lower())}


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
    return f"{manner} {_lower(speech)}"


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


def _lines(idea: Idea, scene: Scene | None) -> tuple[str, ...]:
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
                return tuple(line.replace("{topic}", idea.topic) for line in act.texts("topic"))
    if scene is not None and scene.texts("asr"):
        return scene.texts("asr")
    people = [found.concept for found in idea.of("people")]
    specific = [act for act in acts if act.name not in ("saying", "conversation", "singing")]
    for source in (*specific, *people, *acts, *[found.concept for found in idea.of("places")]):
        if source.texts("asr"):
            return source.texts("asr")
    return ("Hello there. It is good to finally hear your voice.", "Well, here we are. Who would have thought it?")


def _ended(words: str) -> str:
    words = words.strip(" ,;:")
    return words if words[-1:] in ".!?…。！？" else f"{words}."


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
