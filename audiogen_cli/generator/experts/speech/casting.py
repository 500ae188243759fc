"""Who speaks how, read from the Speech view.

In: the Speech view ("an angry man and a calm woman arguing over the phone"). Out: a `Cast`: the
speakers in the order in which they are named, each with voice, manner and device. What each says is
the business of `dialogue`.
"""

import re
from dataclasses import dataclass, replace

import numpy as np

from audiogen_cli.generator.experts.speech.shaping import NEUTRAL, Shape, combine_shapes
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

MAX_SPEAKERS = 6

_JOINTS = re.compile(
    r"[,;.]|\b(?:and|with|to|at|while|then|but|versus|vs|followed by|as|answered by|replies|answers|against)\b",
    re.I,
)
_LISTENERS = re.compile(r"\b(?:to|at|for)\s+(?:\w+\s+){0,3}$", re.I)
_EXCHANGE = re.compile(
    r"\b(?:convers\w*|dialog\w*|argu\w*|quarrel\w*|bicker\w*|debat\w*|discuss\w*|talk\w*|chat\w*|exchang\w*|interview\w*|"
    r"negotiat\w*|banter\w*|fight\w*|each other|one another|repl\w*|answer\w*|respond\w*|phone call|confront\w*)\b",
    re.I,
)
_TURN_TAKING = re.compile(
    r"\b(?:two|three|four|both|several|multiple|2|3|4)\s+(?:\w+\s+)?(?:voices|speakers|people|persons)\b|"
    r"\bconversation\b|\bdialog(?:ue)?\b|\b(?:an|heated|couple'?s?) argument\b|\bquarrel\b",
    re.I,
)
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
    presets: list[Trait | Manner | Device]
    listener: bool = False


def choose_cast(view: str | None, *, rng: np.random.Generator) -> Cast:
    """Read the Speech view; where it names nobody, one man or woman as the seed will have it."""
    text = view or ""
    mentions = [mention for mention in find_mentions(text, "voices") if not mention.denied]
    roles: list[_Role] = []
    together = False
    loose: list[tuple[Mention, Trait | Manner | Device]] = []
    clause_starts = [0, *(joint.end() for joint in _JOINTS.finditer(text))]
    presets = load_presets()
    for mention in mentions:
        preset = presets[mention.entry.name]
        spelled = text[mention.start : mention.end].lower() in mention.entry.words
        if isinstance(preset, Group):
            if not spelled:
                continue  # "a passenger", "her voice": somebody, cast below where nobody else is named
            together = together or preset.together
            count = mention.count if mention.count and mention.count > 1 else preset.count
            for index in range(min(MAX_SPEAKERS, count)):
                roles.append(_role_of(presets[preset.cast[index % len(preset.cast)]], mention.start))
        elif isinstance(preset, Voice):
            clause = max(start for start in clause_starts if start <= mention.start)
            if roles and roles[-1].start >= clause:
                continue  # "a male teacher's voice": the first word has said who it is
            plural = not spelled and text[mention.end - 1].lower() == "s" and text[mention.end - 2] != "'"
            listener = bool(roles) and _LISTENERS.search(text[: mention.start]) is not None
            for _ in range(min(MAX_SPEAKERS, mention.count or (2 if plural else 1))):
                roles.append(_role_of(preset, mention.start))
                roles[-1].listener = listener
        else:
            loose.append((mention, preset))
    exchange = _EXCHANGE.search(text) is not None
    if not exchange:
        roles = [role for role in roles if not role.listener]
    if not roles:
        roles = _nobody(text, [preset for _, preset in loose], rng)
    _hand_out(loose, roles, clause_starts)
    speakers = _distinct([_finish(role) for role in roles[:MAX_SPEAKERS]])
    heated = any(isinstance(preset, Manner) and preset.heated for _, preset in loose)
    return Cast(speakers=tuple(speakers), heated=heated, together=together)


def _role_of(voice: object, start: int) -> _Role:
    assert isinstance(voice, Voice)
    return _Role(voice=voice, start=start, presets=[])


def _nobody(text: str, presets: list[Trait | Manner | Device], rng: np.random.Generator) -> list[_Role]:
    """Speakers where the text names none: by its pronouns, by who mostly does so, else by the seed."""
    genders: list[str] = [preset.gender for preset in presets if isinstance(preset, Manner) and preset.gender != "any"]
    pronouns = [name for name, pattern in (("female", _SHE), ("male", _HE)) if pattern.search(text)]
    gender = (pronouns or genders or [str(rng.choice(["male", "female"]))])[0]
    count = 2 if _TURN_TAKING.search(text) else 1
    other = {"male": "female", "female": "male"}[gender]
    return [_role_of(find_voice(one, "adult"), 0) for one in (gender, other)[:count]]


def _hand_out(
    loose: list[tuple[Mention, Trait | Manner | Device]], roles: list[_Role], clause_starts: list[int]
) -> None:
    """Give moods, traits and devices to whom they belong.

    Before a noun in its clause ("an angry man and a calm woman") it is that speaker's; after the last
    noun ("a man and a woman whispering") everybody's who has none of its kind yet; before all of
    them, in a clause of its own ("heated argument, man and woman"), everybody's.
    """
    ends = [*clause_starts[1:], 10**9]
    for mention, preset in loose:
        clause = max(index for index, start in enumerate(clause_starts) if start <= mention.start)
        inside = [role for role in roles if clause_starts[clause] <= role.start < ends[clause]]
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
            speaker = replace(speaker, device=speaker.device or preset, in_space=in_space)
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
            )
    return speaker


def _distinct(speakers: list[Speaker]) -> list[Speaker]:
    """No two people with one voice: the second man of two is another man, of the same age where one is left."""
    taken: set[str] = set()
    distinct = []
    for speaker in speakers:
        voice = speaker.voice
        if voice.name in taken:
            free = [other for other in list_voices() if other.name not in taken]
            other = max(free, key=lambda one: _likeness(one, voice), default=voice)
            speaker = replace(speaker, voice=other)
            voice = other
        taken.add(voice.name)
        distinct.append(speaker)
    return distinct


def _likeness(one: Voice, other: Voice) -> int:
    """How well one person passes for another of the same kind: a child for a child, a man for a man."""
    age = 4 if (one.age == "child") == (other.age == "child") else 0
    return age + 2 * (one.gender == other.gender) + (one.age == other.age)
