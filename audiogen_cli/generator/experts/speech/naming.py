"""Which people a Speech view names, and how many: one described at length stays one.

In: the view's text and the mentions of voices and groups in it. Out: `Person`s in the order in which they are named.
Two or more only where the view says so: a number or plural ("two men"), a word for several ("a couple"), nouns joined
("a man and a woman", "a waiter talking to a guest"), or another sex or age in a phrase of its own ("man, woman"). A
second noun for somebody who is there already ("a calm woman, female newsreader") adds nobody. Their moods and devices
are the business of `casting`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from audiogen_cli.generator.experts.speech.voices import Group, Preset, Voice, find_voice
from audiogen_cli.knowledge.mentions import Mention

MAX_PEOPLE = 6

_JOINTS = re.compile(
    r"[,;:.()]|\b(?:and|with|to|at|while|then|but|versus|vs|or|followed by|as|answered by|replies|answers|against)\b",
    re.I,
)
_JOINED = re.compile(
    r"\b(?:and|versus|vs\.?|against|then|followed by|answered by|interrupted by|joined by|replies|answers)\s+"
    r"(?:[\w'-]+\s+){0,4}$",
    re.I,
)
_WITH = re.compile(r"\b(?:with|to|at|for)\s+(?:[\w'-]+\s+){0,3}$", re.I)
_ANOTHER = re.compile(r"\b(?:another|second|other|different|third)\s+(?:[\w'-]+\s+){0,2}$", re.I)
_NEWCOMER = re.compile(r"\b(?:an?|one|another)\s+(?:[\w'-]+\s+){0,3}$", re.I)
_EXCHANGE = re.compile(
    r"\b(?:convers\w*|dialog\w*|argu\w*|quarrel\w*|bicker\w*|debat\w*|discuss\w*|talk\w*|chat\w*|exchang\w*|interview\w*|gossip\w*|flirt\w*|"
    r"negotiat\w*|haggl\w*|banter\w*|fight\w*|each other|one another|repl\w*|answer\w*|respond\w*|confront\w*|"
    r"phone call)\b",
    re.I,
)
_OF = re.compile(r"\bof\s+(?:[\w'-]+\s+){0,2}$", re.I)
_AUDIENCE = re.compile(
    r"\b(?:to|addressing|addresses|before|in front of|over|above|among|amid|against)\s+(?:[\w'-]+\s+){0,2}$", re.I
)
_BEHIND = re.compile(r"[^,.;]*\b(?:background|distance|distant|nearby)\b", re.I)
_NUMBER = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|several|multiple|few|many|couple|pair|\d+)\b", re.I
)
_BARE_SEX = re.compile(r"(?:male|female)\Z", re.I)
_VOICE = re.compile(r"voice|speaker", re.I)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody named, and where in the text."""

    voice: Voice
    start: int


@dataclass
class _Reading:
    """What has been read of the view so far."""

    text: str
    clauses: Sequence[int]  # where each begins
    exchange: bool
    people: list[Person] = field(default_factory=list)
    wanted: Group | None = None  # "two people", who may be named later: "a man and a woman"
    num_wanted: int = 0
    start_wanted: int = 0
    last_end: int = -1  # of the word that named the last person
    somebody: tuple[Mention, Group] | None = None  # "an operator", named before anybody whose sex is told

    def clause_of(self, at: int) -> int:
        return max(start for start in self.clauses if start <= at)

    def beside(self, mention: Mention) -> bool:
        """Whether somebody is named in the mention's own clause already."""
        return bool(self.people) and self.people[-1].start >= self.clause_of(mention.start)

    def add(self, voice: Voice, mention: Mention) -> None:
        self.people.append(Person(voice=voice, start=mention.start))
        self.last_end = mention.end


def clause_starts(text: str) -> list[int]:
    """Where the text's clauses begin: after commas and joining words."""
    return [0, *(joint.end() for joint in _JOINTS.finditer(text))]


def name_people(
    text: str, mentions: Sequence[tuple[Mention, Voice | Group]], presets: dict[str, Preset]
) -> tuple[list[Person], bool]:
    """The people, at most `MAX_PEOPLE`, none where the text names none; and whether all say the same at once."""
    read = _Reading(text=text, clauses=clause_starts(text), exchange=_EXCHANGE.search(text) is not None)
    together = False
    for mention, preset in mentions:
        before = text[: mention.start]
        listens = bool(read.people) and _WITH.search(before) is not None
        if listens and (not read.exchange or (isinstance(preset, Group) and preset.together)):
            continue
        if isinstance(preset, Voice):
            _read_voice(read, mention, preset)
        elif _is_plural(mention, text):
            behind = bool(read.people) and _BEHIND.match(text, mention.end) is not None
            if behind or (not listens and _AUDIENCE.search(before)):
                continue
            if together and _OF.search(before):
                _all_of(read, preset, presets)  # "a choir of children"
                continue
            whose, read.wanted = (read.wanted, None) if preset.together else (None, read.wanted)
            _read_group(read, mention, preset, presets)
            if preset.together and whose is not None and not text[read.start_wanted : mention.start].count(","):
                _all_of(read, whose, presets)  # "a children's choir"
            together = together or preset.together
        else:
            _read_somebody(read, mention, preset, listens=listens)
    if read.wanted is not None:
        for name in (read.wanted.cast * MAX_PEOPLE)[: read.num_wanted]:
            if len(read.people) >= read.num_wanted:
                break
            voice = presets[name]
            assert isinstance(voice, Voice)
            if read.num_wanted > len(read.wanted.cast) or voice not in [person.voice for person in read.people]:
                read.people.append(Person(voice=voice, start=read.start_wanted))
    return read.people[:MAX_PEOPLE], together


def _is_plural(mention: Mention, text: str) -> bool:
    word = text[mention.start : mention.end].lower()
    return word in mention.entry.words or word == mention.entry.phrase


def _read_voice(read: _Reading, mention: Mention, voice: Voice) -> None:
    """A noun for one person ("a man"), or several of a kind ("three boys")."""
    word = read.text[mention.start : mention.end]
    spelled = word.lower() in mention.entry.words
    plural = not spelled and word[-1:].lower() == "s" and word[-2:-1] != "'"
    own = read.text[read.clause_of(mention.start) : mention.start]
    count = (mention.count if _NUMBER.search(own) else None) or (2 if plural else 1)  # not of "two people, a man"
    if read.beside(mention):
        return  # "a male teacher's voice": the first word has said who it is
    if count == 1 and read.people:
        rest = read.text[mention.end :].lstrip()
        if (
            len(read.people) == 1
            and _BARE_SEX.match(word)
            and not _joined(read, mention)
            and rest[:1] in ("", ",", ".")
        ):
            person = read.people[0]  # "a detective, male"
            if person.voice.gender != voice.gender:
                read.people[0] = replace(person, voice=find_voice(voice.gender, person.voice.age))
            return
        if _same_person(read, mention, voice):
            return
    first = read.somebody
    alone = first is not None and not read.people and read.clause_of(mention.start) > first[0].start
    if first is not None and alone and _joined(read, mention):
        read.add(_another(first[1], voice), first[0])
    for _ in range(min(MAX_PEOPLE, count)):
        read.add(voice, mention)


def _same_person(read: _Reading, mention: Mention, voice: Voice) -> bool:
    """Whether the noun is a second one for somebody named before."""
    before = read.text[: mention.start]
    if _joined(read, mention) or _ANOTHER.search(before):
        return False
    if read.exchange and _NEWCOMER.search(before):
        return False
    grown = {person.voice.age == "child" for person in read.people if person.voice.gender == voice.gender}
    return (voice.age == "child") in grown


def _joined(read: _Reading, mention: Mention) -> bool:
    return _JOINED.search(read.text[: mention.start]) is not None


def _read_group(read: _Reading, mention: Mention, group: Group, presets: dict[str, Preset]) -> None:
    """A word for several people; one that says nothing of their sex waits for nouns that do."""
    count = min(MAX_PEOPLE, mention.count if mention.count and mention.count > 1 else group.count)
    members = [presets[name] for name in group.cast]
    voices = [voice for voice in members if isinstance(voice, Voice)]
    if read.beside(mention):
        if not read.text[read.last_end : mention.start].strip(" -") and len(read.people) == 1:
            for _ in range(count - 1):  # "male voices"
                read.add(read.people[0].voice, mention)
        return
    if len({voice.gender for voice in voices}) > 1 and not group.together:
        read.wanted, read.num_wanted, read.start_wanted = group, max(count, read.num_wanted), mention.start
        if read.people and (_joined(read, mention) or read.exchange):
            read.num_wanted += len(read.people)  # "a man and his friends"
        return
    for index in range(count):
        read.add(voices[index % len(voices)], mention)


def _all_of(read: _Reading, members: Group, presets: dict[str, Preset]) -> None:
    """Those who speak at once are all of one kind."""
    voices = [voice for voice in (presets[name] for name in members.cast) if isinstance(voice, Voice)]
    read.people = [replace(one, voice=voices[index % len(voices)]) for index, one in enumerate(read.people)]


def _read_somebody(read: _Reading, mention: Mention, group: Group, *, listens: bool) -> None:
    """A word for anybody ("a passenger"): a second person of the other sex where one is joined, else nobody new."""
    if not read.people:
        read.somebody = mention, group
    if read.beside(mention) or not read.people or read.wanted is not None:
        return
    before = read.text[: mention.start]
    voice_alone = _VOICE.match(read.text[mention.start :]) is not None and not _NEWCOMER.search(before)
    if (listens or _joined(read, mention)) and not voice_alone:
        read.add(_another(group, read.people[-1].voice), mention)


def _another(group: Group, voice: Voice) -> Voice:
    """One of a group beside somebody: of the sex that is usual for it, else of the other one."""
    other = "female" if voice.gender == "male" else "male"
    return find_voice(other if group.gender == "any" else group.gender, "adult")
