"""The Caption: one sentence that tells the whole scene, richer than the idea and losing none of its nouns.

In: an `Idea` and its `Composition`. Out: the sentence. The scene's own caption is told where it answers
the idea; else the person's own words with what was added; else, for bare keywords and translated ideas,
a sentence made of the concepts.
"""

import random
import re

from audiogen_cli.knowledge.lexicon import SOUNDING, stems_of
from audiogen_cli.knowledge.matching import expand
from audiogen_cli.refiner.composing import Composition
from audiogen_cli.refiner.idea import Idea
from audiogen_cli.refiner.phrases import article, joined, lower_first, sentence_case
from audiogen_cli.refiner.reading import STOP, Found

SHORTEST = 8  # words
LONGEST = 24  # words; the house's own captions end at 21
_PHRASE_WORDS_TEXT = """
a an the in on at with while then and over through of as during under from to is are his her by
"""
_PHRASE_WORDS = frozenset(_PHRASE_WORDS_TEXT.split())
_CLOSE = ("every detail clear", "in a vivid, natural recording", "as if standing there", "captured in rich detail")
_CLOSE_INDOORS = ("recorded close and clear", "in a warm, intimate recording", "in a clean studio recording")


def tell(idea: Idea, draft: Composition, *, seed: int) -> str:
    """Write the caption of a composed scene."""
    rng = random.Random(f"{seed}:caption:{idea.english}")
    lost = _lost(idea, draft, draft.caption)
    if draft.caption and (not lost or not idea.own_words):
        caption = _with_rest(idea, draft, draft.caption)
        if not _lost(idea, draft, caption):
            return caption
    if idea.own_words and _reads_as_phrase(idea):
        return _enriched(idea, draft, rng)
    caption = _with_rest(idea, draft, draft.caption) if draft.caption else _from_concepts(idea, draft, rng)
    if idea.own_words and _lost(idea, draft, caption) and len(idea.own_words.split()) <= 8:
        caption = f"{idea.own_words}, {lower_first(caption)}"
    return sentence_case(caption)


def content_words(idea: Idea) -> list[str]:
    """The words of an idea that carry meaning and are not denied."""
    denied = {number for found in idea.found if found.denied for number in range(found.start, found.end)}
    named = {number for found in idea.wanted for number in range(found.start, found.end)}
    return [
        token
        for number, token in enumerate(idea.tokens)
        if number not in denied and token[0].isalpha() and (number in named or token in idea.unknown)
    ]


def _lost(idea: Idea, draft: Composition, caption: str) -> list[str]:
    """The words of an idea that neither a caption nor a view holds, nor the scene answers in other words."""
    text = " ".join([caption, *(view for view in draft.views.values() if view)])
    held = set(stems_of(text))
    answered: set[str] = set()
    for found in idea.wanted:
        particular = found.concept.role in (*SOUNDING, "places", "instruments") or (
            found.concept.role == "people" and found.concept.texts("asr")
        )
        is_told = found.concept.name in draft.answered and not particular
        is_spoken = draft.views.get("asr") and found.concept.role in ("speaking", "manners", "people")
        if is_told or (is_spoken and set(stems_of(found.concept.text("voice"))) & held):
            answered |= set(stems_of(found.text))
    return [
        word for word in content_words(idea) if not set(stems_of(word)) <= held | answered and word.lower() not in STOP
    ]


def _reads_as_phrase(idea: Idea) -> bool:
    words = idea.own_words.lower().split()
    joined_up = bool(_PHRASE_WORDS & set(words)) or "," in idea.own_words
    return (len(words) > 3 and joined_up) or len(words) > 7


def _enriched(idea: Idea, draft: Composition, rng: random.Random) -> str:
    own = sentence_case(_shortened(idea))
    room = LONGEST - len(own.split())
    held = set(stems_of(own))
    for phrase in _additions(idea, draft, rng):
        weighty = [word for word in re.findall(r"\w+", phrase) if word.lower() not in STOP]
        fresh = [word for word in weighty if not set(stems_of(word)) <= held]
        if phrase and len(fresh) == len(weighty) > 0 and len(phrase.split()) <= max(room, 4):
            longer = own + phrase
            return longer if len(longer.split()) >= SHORTEST else f"{longer}, {_close(draft, rng)}"
    return f"{own}, {_close(draft, rng)}"


def _close(draft: Composition, rng: random.Random) -> str:
    """How a scene is recorded, where there is nothing else to add."""
    return rng.choice(_CLOSE if draft.views.get("env") or draft.views.get("sfx") else _CLOSE_INDOORS)


def _additions(idea: Idea, draft: Composition, rng: random.Random) -> list[str]:
    """What the views hold beyond the idea, each as a caption joins it."""
    is_placed = bool(idea.of("places", "weather"))
    is_long = "," in idea.own_words or len(idea.own_words.split()) > 6
    additions = [_around(part, is_placed=is_placed, is_long=is_long) for part in _parts(draft.views.get("env"))]
    own = {lower_first(event.phrase) for event in draft.events}
    sounds = [lower_first(part) for part in _parts(draft.views.get("sfx")) if lower_first(part) not in own]
    additions += [f"{rng.choice([', with', ', among'])} {part}" for part in sounds]
    if draft.views.get("music"):
        additions.append(f", to {_with_music_article(lower_first(draft.views['music'] or ''))}")
    speech = lower_first(draft.views.get("speech") or "")
    voice = set(stems_of(re.split(r" \w+ing\b", speech)[0].split(" and ")[0])[-1:])
    if speech and not voice <= set(stems_of(idea.own_words)):
        additions.append(f", {_with_article(speech)}")
    return additions


_SPACES = (
    "street|road|lane|room|bedroom|bathroom|kitchen|park|garden|forest|field|meadow|hall|church|cave|shop|lobby|yard|tent|cabin|house|"
    "village|station|tunnel|city|lake|sea|beach|harbour|desert|jungle|swamp|studio|workshop|market|bazaar|terminal|corridor|courtyard|"
    "car|carriage|mountain|farmyard|garage|cellar|temple|office|classroom|alley|savanna|cell|hut|summit|courtroom|nightclub|club|pool|"
    "pond|landscape|gym|arena|stadium|laboratory|space|night|interior|driveway"
)


_SURFACES = r"(?:beach|street|road|lane|farmyard|summit|mountain|driveway)$"


def _around(env: str, *, is_placed: bool, is_long: bool = False) -> str:
    """An ENV phrase as the end of a caption: "in a quiet park with birds", "over busy city traffic"."""
    lowered = lower_first(env)
    if re.match(r"(inside|aboard|deep|distant|constant|steady|inner)\b", lowered):
        return f", {lowered}" if lowered.startswith(("inside", "aboard")) else f", over {lowered}"
    head = lowered.split(" with ")[0].split(" at ")[0].split(" in ")[0]
    if re.search(rf"\b(?:{_SPACES})$", head):
        if is_placed:
            return f", with {lowered.split(' with ', 1)[1]}" if " with " in lowered else ""
        preposition = "on" if re.search(_SURFACES, head) else "in"
        return f"{', ' if is_long else ' '}{preposition} {article(lowered)} {lowered}"
    return f", over {lowered}"


def _parts(view: str | None) -> list[str]:
    return [part for part in re.split(r",\s*(?:then\s+)?", view or "") if part]


def _shortened(idea: Idea) -> str:
    """A person's words, at most a caption's length: whole sentences and clauses from the start."""
    own = idea.own_words
    if len(own.split()) <= LONGEST:
        return own
    kept = ""
    for piece in re.split(r"(?<=[.;!?])\s+|,\s+|\s+(?=and |while |then |as |with |where )", own):
        longer = (
            f"{kept}, {piece}".strip(" ,")
            if kept and not re.match(r"(and|while|then|as|with|where)\b", piece)
            else f"{kept} {piece}".strip()
        )
        if len(longer.split()) > LONGEST - 3:
            break
        kept = longer
    return (kept or " ".join(own.split()[: LONGEST - 3])).strip(" .,;")


def _with_rest(idea: Idea, draft: Composition, caption: str) -> str:
    """A scene's caption with what else the idea names: other sounds, music, weather, the time of day."""
    held = set(stems_of(caption))
    caption = caption.rstrip(".")
    for found in idea.wanted:
        if found.spoken_of or expand(found.concept) & draft.answered or set(stems_of(found.text)) <= held:
            continue
        addition = _aside(found, draft)
        if addition and len(caption.split()) + len(addition.split()) <= LONGEST:
            caption += addition
            held = set(stems_of(caption))
    return caption


def _aside(found: Found, draft: Composition) -> str:
    concept = found.concept
    if concept.role in ("places", "times", "eras"):
        return f" {concept.text('at')}" if concept.text("at") else ""
    if concept.role == "weather":
        return f", with {concept.text('called')}" if concept.text("called") else ""
    if concept.role in SOUNDING and not concept.texts("does"):
        return f" near {concept.text('called')}" if concept.text("called") else ""
    if concept.role in (*SOUNDING, "actions"):
        phrase = next((event.phrase for event in draft.events if concept.name in event.names), "")
        return f", with {phrase}" if phrase else ""
    if concept.role in ("genres", "instruments") and draft.views.get("music"):
        return f", to {_with_music_article(lower_first(draft.views['music'] or ''))}"
    return ""


def _from_concepts(idea: Idea, draft: Composition, rng: random.Random) -> str:
    """A sentence for bare keywords and for ideas in other languages."""
    pieces: list[str] = []
    speech, music = draft.views.get("speech"), draft.views.get("music")
    if speech:
        pieces.append(_with_article(lower_first(speech)) + ("" if re.search(r"ing\b", speech) else " speaking"))
    events = [event.phrase for event in draft.events][:3]
    if events and draft.views.get("sfx"):
        pieces.append(", then ".join(events) if idea.ordered else joined(events))
    elif draft.views.get("sfx") and not pieces:
        pieces.append(lower_first(draft.views["sfx"] or ""))
    if music:
        pieces.append(_with_music_article(lower_first(music)) + ("" if re.search(r"ing\b", music) else " playing"))
    sentence = " while ".join(pieces[:2]) + (f", with {pieces[2]}" if len(pieces) > 2 else "")
    for found in idea.of("places", "eras", "times"):
        at = found.concept.text("at")
        if at and not set(stems_of(at)) <= set(stems_of(sentence)) and len(sentence.split()) < LONGEST - 4:
            sentence += f" {at}"
    for found in idea.of("weather"):
        called = found.concept.text("called")
        named = set(stems_of(found.text)), set(stems_of(called))
        if (
            called
            and not any(words <= set(stems_of(sentence)) for words in named)
            and len(sentence.split()) < LONGEST - 3
        ):
            sentence += f" in {called}"
    if not sentence:
        sentence = lower_first(draft.views.get("env") or idea.own_words)
    if len(sentence.split()) < 8:
        held = set(stems_of(sentence))
        spare = [part for part in _parts(draft.views.get("env")) if not set(stems_of(part)) <= held]
        around = _around(spare[0], is_placed=bool(idea.of("places"))) if spare else ""
        sentence += around or f", {_close(draft, rng)}"
    return sentence_case(sentence)


_COUNTED_MUSIC = re.compile(
    r"\b(?:trio|band|beat|groove|melody|guitar|piano|organ|march|waltz|drone|rhythm|violin|cello|flute|lullaby|quartet|"
    r"saxophone|track|choir|tune|jingle|solo|harp|trumpet|theme|fanfare|dance|box)$"
)


def _with_music_article(music: str) -> str:
    """A music view as a noun in a sentence: "a smooth jazz trio with brushed drums", "warm ambient pads"."""
    head = re.split(r",? (?:with|on|in|featuring|and|playing|over|drifting|slowly|gently)\b|,", music)[0]
    return f"{article(music)} {music}" if _COUNTED_MUSIC.search(head) else music


_MANY = re.compile(
    r"^(?:two|three|several)\b|\b(?:children|girls|boys|women|men|friends|colleagues|voices|fans|people|robots)\b"
)


def _with_article(phrase: str) -> str:
    """A Speech view as a noun in a sentence: "an angry woman and a defensive man arguing"."""
    if _MANY.search(phrase):
        return phrase
    if " and " in phrase and not phrase.startswith(("man and", "woman and")):
        left, _, right = phrase.partition(" and ")
        return f"{article(left)} {left} and {article(right)} {right}"
    return f"{article(phrase)} {phrase}"
