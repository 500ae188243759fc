"""Who speaks how, read from the Speech view.

In: the Speech view ("an angry man and a calm woman arguing over the phone"). Out: a `Cast`: the
speakers in the order in which they are named (`naming`), each with voice, manner and device. What each
says is the business of `dialogue`.
"""

import re
from dataclasses import dataclass, field, replace

import numpy as np

from audiogen_cli.generator.experts.speech.naming import clause_starts, name_people
from audiogen_cli.generator.experts.speech.shaping import NEUTRAL, Shape, combine_shapes
from audiogen_cli.generator.experts.speech.topics import without_topics
from audiogen_cli.generator.experts.speech.voices import (
    Device,
    Group,
    Manner,
    Trait,
    Voice,
    find_voice,
    list_voices,
    load_presets,
)
from audiogen_cli.knowledge.mentions import Mention, find_mentions

_TURN_TAKING = re.compile(
    r"\b(?:two|three|four|both|several|multiple|2|3|4)\s+(?:\w+\s+)?(?:voices|speakers|people|persons)\b|"
    r"\bconversation\b|\bdialog(?:ue)?\b|\b(?:an|heated|couple'?s?) argument\b|\bquarrel\b",
    re.I,
)
_AND = re.compile(r"\band\b", re.I)
_AGED = re.compile(r"\b(\d{1,3})(?:\s*(?:-|–|to)\s*\d{1,3})?[\s-]years?[\s-]old\b", re.I)
_SIBLINGS = (1.14, 0.88, 1.28, 0.78, 1.4)  # pitch of a second to sixth of one voice; two semitones each
_SHE, _HE = re.compile(r"\b(?:she|her|hers)\b", re.I), re.compile(r"\b(?:he|him|his)\b", re.I)


@dataclass(frozen=True, kw_only=True)
class Speaker:
    """One person in the scene, ready to be spoken."""

    voice: Voice
    pace: float = 1.0  # factor on the voice's own speed
    mood: Shape = NEUTRAL  # on top of the voice's own shape
    manner: Manner | None = None  # the first that was named, for the label
    device: Device | None = None
    gain_db: float = 0.0
    exclaim: bool = False
    in_space: bool = True
    pause: float = 1.0  # factor on the gaps between this one's sentences

    @property
    def speed(self) -> float:
        """How fast the model shall speak, 1 as the model would."""
        return min(1.5, max(0.65, self.voice.speed * self.pace))

    @property
    def shape(self) -> Shape:
        """All that is done to the spoken line."""
        return combine_shapes(self.voice.shape, self.mood)

    @property
    def label(self) -> str:
        """For people, as in "woman, angry, over a telephone"."""
        parts = [self.voice.label, self.manner.label if self.manner else "", self.device.label if self.device else ""]
        return ", ".join(filter(None, parts))


@dataclass(frozen=True, kw_only=True)
class Cast:
    """All speakers, in the order in which they speak."""

    speakers: tuple[Speaker, ...]
    heated: bool = False
    together: bool = False


@dataclass
class _Role:
    """What the text has said of one speaker so far."""

    voice: Voice
    start: int
    presets: list[Trait | Manner | Device] = field(default_factory=list)


def choose_cast(view: str | None, *, rng: np.random.Generator) -> Cast:
    """Read the Speech view; where it names nobody, one man or woman as the seed will have it."""
    text = _AGED.sub(_say_age, without_topics(view or ""))
    presets = load_presets()
    who: list[tuple[Mention, Voice | Group]] = []
    how: list[tuple[Mention, Trait | Manner | Device]] = []
    for mention in find_mentions(text, "voices"):
        preset = presets[mention.entry.name]
        if mention.denied:
            continue
        if not isinstance(preset, Voice | Group):
            how.append((mention, preset))
            continue
        who.append((mention, preset))
        brought = presets[preset.brings] if isinstance(preset, Group) and preset.brings is not None else None
        if isinstance(brought, Trait | Manner | Device):
            how.append((mention, brought))
    people, together = name_people(text, who, dict(presets))
    roles = [_Role(voice=person.voice, start=person.start) for person in people]
    if not roles:
        roles = _nobody(text, who, [preset for _, preset in how], rng)
    _hand_out(how, roles, clause_starts(text))
    speakers = _distinct([_finish(role) for role in roles])
    heated = any(isinstance(preset, Manner) and preset.heated for _, preset in how)
    return Cast(speakers=tuple(speakers), heated=heated, together=together)


def _say_age(told: re.Match[str]) -> str:
    """An age in years as the word for it, as long as it was: at forty nobody is old."""
    years = int(told[1])
    word = "elderly" if years >= 65 else "young" if 13 <= years < 25 else ""
    return word.ljust(len(told.group()))


def _nobody(
    text: str,
    who: list[tuple[Mention, Voice | Group]],
    presets: list[Trait | Manner | Device],
    rng: np.random.Generator,
) -> list[_Role]:
    """Speakers where the text names no sex: by its pronouns, by who mostly does so, else by the seed."""
    habits = [preset.gender for _, preset in who if isinstance(preset, Group)]
    habits += [preset.gender for preset in presets if isinstance(preset, Manner | Trait)]
    pronouns = [name for name, pattern in (("female", _SHE), ("male", _HE)) if pattern.search(text)]
    known = [*pronouns, *(gender for gender in habits if gender != "any")]
    drawn = str(rng.choice(["male", "female"]))
    gender = known[0] if known else drawn
    groups = [(mention, preset) for mention, preset in who if isinstance(preset, Group)]
    count = 2 if _TURN_TAKING.search(text) or (len(groups) > 1 and _AND.search(text)) else 1
    other = {"male": "female", "female": "male"}[gender]
    if not groups:
        return [_Role(voice=find_voice(one, "adult"), start=0) for one in (gender, other)[:count]]
    named = [groups[min(index, len(groups) - 1)] for index in range(count)]
    return [
        _Role(voice=_one_of(kind, one if kind.gender == "any" else kind.gender), start=at.start)
        for (at, kind), one in zip(named, (gender, other))
    ]


def _one_of(group: Group, gender: str) -> Voice:
    """Somebody of that gender out of a group ("a teenager" is young), else a grown-up."""
    members = [load_presets()[name] for name in group.cast]
    return next(
        (one for one in members if isinstance(one, Voice) and one.gender == gender), find_voice(gender, "adult")
    )


def _hand_out(loose: list[tuple[Mention, Trait | Manner | Device]], roles: list[_Role], starts: list[int]) -> None:
    """Give moods, traits and devices to whom they belong.

    Before a noun in its clause ("an angry man and a calm woman") it is that speaker's; after the last
    noun ("a man and a woman whispering") everybody's who has none of its kind yet; before all of
    them, in a clause of its own ("heated argument, man and woman"), everybody's.
    """
    ends = [*starts[1:], 10**9]
    for mention, preset in loose:
        clause = max(index for index, start in enumerate(starts) if start <= mention.start)
        inside = [role for role in roles if starts[clause] <= role.start < ends[clause]]
        following = [role for role in inside if role.start >= mention.start]
        if following:
            chosen = [role for role in roles if role.start == following[0].start]
        else:
            before = [role for role in roles if role.start < mention.start]
            if not before or len({role.start for role in before}) == len({role.start for role in roles}):
                chosen = [role for role in before or roles if role in inside or not _has(role, type(preset))]
            else:
                chosen = [role for role in before if role.start == before[-1].start]
            if isinstance(preset, Device) and len(chosen) > 1:
                chosen = chosen[-1:]  # one end of the line is here
        for role in chosen:
            if preset not in role.presets:
                role.presets.append(preset)


def _has(role: _Role, kind: type) -> bool:
    return any(isinstance(preset, kind) for preset in role.presets)


def _finish(role: _Role) -> Speaker:
    voice = role.voice
    for trait in role.presets:
        if isinstance(trait, Trait) and trait.age is not None and trait.age != voice.age and voice.age != "child":
            voice = find_voice(voice.gender, trait.age)
    speaker = Speaker(voice=voice)
    for preset in role.presets:
        if isinstance(preset, Device):
            in_space = speaker.in_space and preset.in_space
            mood = combine_shapes(speaker.mood, preset.shape)
            speaker = replace(speaker, device=speaker.device or preset, in_space=in_space, mood=mood)
            continue
        pace = min(1.4, max(0.7, speaker.pace * preset.speed))
        speaker = replace(speaker, pace=pace, mood=combine_shapes(speaker.mood, preset.shape))
        if isinstance(preset, Manner):
            speaker = replace(
                speaker,
                manner=speaker.manner or preset,
                gain_db=max(-9.0, min(6.0, speaker.gain_db + preset.gain_db)),
                exclaim=speaker.exclaim or preset.exclaim,
                in_space=speaker.in_space and preset.in_space,
                pause=speaker.pause * preset.pause,
            )
    return speaker


def _distinct(speakers: list[Speaker]) -> list[Speaker]:
    """No two people with one voice: the second man of two is another man, a second girl the same voice moved."""
    taken: set[str] = set()
    distinct = []
    for speaker in speakers:
        voice, step = speaker.voice, 0
        if voice.name in taken:
            voice = _stand_in(voice, taken)
        while voice.name in taken:
            voice, step = _moved(speaker.voice, _SIBLINGS[step]), step + 1
        taken.add(voice.name)
        distinct.append(replace(speaker, voice=voice))
    return distinct


def _stand_in(voice: Voice, taken: set[str]) -> Voice:
    """Another of the same sex and age; for a grown-up of another age too; itself where none is left."""
    free = [one for one in list_voices() if one.name not in taken and one.gender == voice.gender]
    free = [one for one in free if not one.creature and not voice.creature]
    same = [one for one in free if one.age == voice.age]
    grown = [one for one in free if one.age != "child"] if voice.age == "adult" else []
    return next(iter(same or grown), voice)


def _moved(voice: Voice, factor: float) -> Voice:
    """A sibling: the same voice with pitch and formants moved, by more than two semitones in all."""
    shape = replace(voice.shape, pitch=voice.shape.pitch * factor, formant=voice.shape.formant * factor**0.5)
    return replace(
        voice,
        name=f"{voice.name}_{factor:g}",
        shape=shape,
        f0_hz=voice.f0_hz * factor,
        draft_formant=voice.draft_formant * factor**0.5,
    )
