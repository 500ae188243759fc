"""Which concepts the words of an idea name: how many, how far, in which clause, and whether they are denied.

In: tokens of English words. Out: `Found` concepts in their order, the views that are denied as a whole, and the
words of weight that nothing is known about.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audiogen_cli.knowledge.lexicon import SOUNDING, Concept, load_lexicon
from audiogen_cli.knowledge.matching import scene_index
from audiogen_cli.knowledge.numbers import count_before, read_number, read_times
from audiogen_cli.knowledge.plain_words import idioms, plain_words

_STOP_TEXT = """
a an the of in on at to into onto by for from with as and or but while when then there here is are was were be
been being has have had it its it's this that these those his her their my your our i you we they he she him
them me us over under through near next beside behind before after during very really just only some any each
every all both more most much many lot lots no not without never none nor so too also up down out off across
around against between like about can could would should will please make want need sound sounds sounding hear
heard hearing audio noise noises clip scene recording background distance distant far away close nearby one two
three four five six seven eight nine ten several few couple's times once twice first second finally suddenly
followed slowly does do doing gets get go goes going comes come coming who what where which how why if because
long short big small large little old new young someone's something thing things play plays playing played say
says said put set time day even still let
blue red green black white york
"""
STOP = frozenset(_STOP_TEXT.split())
"""Words that name nothing by themselves; a concept of one such word is found only as part of a longer one."""
_FAR = frozenset(["distance", "distant", "far", "faraway", "afar", "remote"])
_DENIALS_TEXT = """
no without never nor minus lacking excluding except neither
"""
_DENIALS = frozenset(_DENIALS_TEXT.split())
_THROUGH_TEXT = """
any a an the more some much loud audible background other kind of human spoken added extra real
"""
_THROUGH = frozenset(_THROUGH_TEXT.split())
_BREAKS_TEXT = """
, . ; : ! ? – — then and while as followed before after with when but over during until
"""
_BREAKS = frozenset(_BREAKS_TEXT.split())
_TIPPING = frozenset(["knock", "knocks", "knocked", "knocking", "tip", "tips", "push", "pushes", "falls", "fall"])
"""Verbs whose "over" belongs to them: what comes after it is what falls."""
_SPOKEN_OF_VIEWS = {
    "music": "music song melody soundtrack instruments",
    "speech": "voice voices speech talking talk dialogue dialog narration narrator words speaking "
    "people humans human vocals singing "
    "speakers conversation",
    "sfx": "effects sfx",
    "env": "ambience ambiance background atmosphere",
}
_MODIFYING = ("machines", "appliances", "things")
"""Roles whose noun right before another's tells of what kind that one is."""
_VIEW_WORDS = {word: view for view, words in _SPOKEN_OF_VIEWS.items() for word in words.split()}


@dataclass(frozen=True)
class Found:
    """One concept where an idea names it; `start` and `end` count tokens."""

    concept: Concept
    start: int
    end: int
    clause: int
    text: str
    count: int | None = None
    far: bool = False
    denied: bool = False
    described: str = ""  # adjectives before it that the lexicon does not know: "heavy wooden"
    spoken_of: bool = False  # only talked about: the war of "a story about the war"


def find_concepts(tokens: tuple[str, ...]) -> tuple[tuple[Found, ...], frozenset[str], tuple[str, ...]]:
    words = [token.lower().replace("’", "'") for token in tokens]
    clauses = _clauses(words)
    found: list[Found] = []
    denied_views: set[str] = set()
    unknown: list[str] = []
    denying = False
    at = 0
    while at < len(tokens):
        word = words[at]
        if (
            word in _DENIALS
            or word in ("nobody", "noone")
            or (word in ("don't", "not") and words[at + 1 : at + 2] != ["only"])
        ):
            denying = True
            denied_views |= {"speech"} if word in ("nobody", "noone") else set()
            at += 1
            continue
        length, concept = _longest(words, at)
        if denying and word in _VIEW_WORDS and length <= 1:
            denied_views.add(_VIEW_WORDS[word])
            denying = _denial_goes_on(words, at + 1)
            at += 1
            continue
        if concept is not None:
            found.append(
                Found(
                    concept,
                    at,
                    at + length,
                    clauses[at],
                    " ".join(tokens[at : at + length]),
                    count=_count(words, at, at + length, after=found[-1].end if found else 0),
                    far=_is_far(words, clauses, at),
                    denied=denying,
                    described=_described(words, at, found[-1].end if found else 0) if concept.role in SOUNDING else "",
                )
            )
            at += length
            compound = _longest(words, at)[1] is not None  # "no vinyl crackle", "no dog barking"
            denying = denying and (compound or _denial_goes_on(words, at))
            continue
        if length > 1:  # an idiom
            at += length
            continue
        described = word not in STOP and _longest(words, at + 1)[1] is not None  # "without vinyl crackle"
        if denying and not described and word not in (*_THROUGH, "and", "or", "want", "need", "have", "be"):
            denying = False
        if word not in STOP and word not in plain_words() and len(word) > 2 and word.isalpha():
            unknown.append(tokens[at])
        at += 1
    return tuple(found), frozenset(denied_views), tuple(dict.fromkeys(unknown))


def join_compounds(found: Sequence[Found]) -> tuple[Found, ...]:
    """Compound nouns as the one thing they name: in "a spaceship door opens" a door does, the ship only tells which."""
    heads: list[Found] = []
    for item in found:
        last = heads[-1] if heads else None
        if (
            last is not None
            and last.end == item.start
            and (last.concept.role, item.concept.role) == ("people", "places")
        ):
            heads[-1] = replace(last, spoken_of=True)  # a wizard school has no wizard speaking
        if (
            last is not None
            and last.end == item.start
            and last.concept.role in _MODIFYING
            and item.concept.role in ("things", "appliances")
            and last.concept != item.concept
            and not last.text.lower().endswith(("s", "ing"))
            and not item.text.lower().endswith("ing")
        ):
            described = f"{last.described} {last.text.lower()}".strip()
            heads[-1] = replace(item, start=last.start, count=item.count or last.count, described=described)
        else:
            heads.append(item)
    return tuple(heads)


def hummed(found: Sequence[Found]) -> tuple[Found, ...]:
    """Humming as an act of the voice where somebody does it, and the singing of birds as none."""
    heads = list(found)
    for number, item in enumerate(heads):
        doers = [other for other in heads[:number] if other.concept.role in ("people", *SOUNDING)]
        if item.concept.name == "hum_tune" and doers and doers[-1].concept.role == "people":
            heads[number] = replace(item, concept=load_lexicon()["humming"])
        if item.concept.name == "singing" and doers and doers[-1].concept.role == "animals":
            heads[number] = replace(item, concept=load_lexicon()["chirp"])
    return tuple(heads)


def _longest(words: list[str], at: int) -> tuple[int, Concept | None]:
    """The longest run of words from a place on that names a concept, and the concept."""
    for length in range(min(5, len(words) - at), 0, -1):
        concept = scene_index().get(words[at : at + length])
        if tuple(words[at : at + length]) in idioms("concepts"):
            return length, None
        if concept is not None and not (length == 1 and words[at] in STOP):
            return length, concept
    return 1, None


def _clauses(words: list[str]) -> list[int]:
    clauses, clause = [], 0
    for number, word in enumerate(words):
        clause += word in _BREAKS and not (word == "over" and number > 0 and words[number - 1] in _TIPPING)
        clauses.append(clause)
    return clauses


def _count(words: list[str], start: int, end: int, *, after: int) -> int | None:
    """How many there are of what stands from `start` to `end`, if more than one; the last noun ended at `after`."""
    broken = max((at for at in range(start) if words[at] in _BREAKS), default=-1)
    broken = max(broken, after - 1) if words[max(after - 2, 0) : after][:1] in (["two"], ["three"]) else broken
    behind = words[end : end + 2]
    said_after = " ".join(behind if behind[1:] == ["times"] else behind[:1])
    struck = read_number(behind[0]) if behind and words[end - 1] == "strikes" else None
    count = count_before(words[broken + 1 : start]) or struck or read_times(said_after)
    return count if count is not None and count > 1 else None


def _is_far(words: list[str], clauses: list[int], at: int) -> bool:
    return any(word in _FAR and clause == clauses[at] for word, clause in zip(words, clauses))


def _denial_goes_on(words: list[str], at: int) -> bool:
    rest = words[at : at + 2]
    if rest[:1] in (["or"], ["nor"]):
        return True
    return rest[:1] in (["and"], [","]) and bool(rest[1:]) and (rest[1] in _VIEW_WORDS or rest[1] in ("or", "nor"))


def _described(words: list[str], at: int, after: int) -> str:
    described: list[str] = []
    for before in range(at - 1, max(after - 1, at - 3), -1):
        word = words[before]
        known = _longest(words, before)[1] is not None
        if (
            not word.isalpha()
            or known
            or (word in STOP and word not in ("old", "big", "small", "large", "little", "young", "new"))
        ):
            break
        if word.endswith(("ing", "s", "ly")) and word not in ("glass", "brass", "grass"):
            return ""
        described.insert(0, word)
    return " ".join(described)
