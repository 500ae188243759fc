"""Who can speak, how, and through what: the presets of `knowledge/voices`, read into values.

In: entries of the kind "voices", each on one of five axes. Out: `Voice` (who), `Trait` (what kind of
that), `Manner` (in what mood), `Device` (through what) and `Group` (who together), which combine
freely: "an elderly man whispering over a phone" is one of each. A new voice is a new entry; no code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.speech.channels import Channel
from audiogen_cli.generator.experts.speech.kokoro import SPEAKERS, Blend
from audiogen_cli.generator.experts.speech.shaping import NEUTRAL, Shape
from audiogen_cli.knowledge.entries import Entry, load_entries

AXES = ("voice", "trait", "manner", "channel", "group")
GENDERS = ("male", "female", "any")
AGES = ("child", "young", "adult", "old")


@dataclass(frozen=True, kw_only=True)
class Voice:
    """Who speaks: a speaker that a model gives, and what is done to it."""

    name: str
    label: str  # for people: "woman"
    gender: str
    age: str
    timbre: Blend
    prosody: Blend
    speed: float = 1.0
    shape: Shape = NEUTRAL
    f0_hz: float = 120.0  # median F0 as measured; the quick voice is brought to it
    draft_formant: float = 1.0  # formants of the quick voice (a woman's) to make it this one
    creature: bool = False  # never stands in for a person


@dataclass(frozen=True, kw_only=True)
class Trait:
    """What kind of voice: moves to another age, or changes the shape; says nothing of the mood."""

    name: str
    age: str | None = None
    speed: float = 1.0
    shape: Shape = NEUTRAL
    gender: str = "any"  # of who mostly has it, where the text names nobody


@dataclass(frozen=True, kw_only=True)
class Manner:
    """In what mood or role the words are said."""

    name: str
    label: str
    speed: float = 1.0
    shape: Shape = NEUTRAL
    gain_db: float = 0.0
    exclaim: bool = False  # full stops are read as exclamation marks, which the model speaks livelier
    heated: bool = False  # turns fall into each other's words
    in_space: bool = True  # False: a narrator laid over the scene
    pause: float = 1.0  # factor on the gaps between sentences
    note: str = ""  # what a listener must not expect
    gender: str = "any"  # of who mostly does so, where the text names nobody


@dataclass(frozen=True, kw_only=True)
class Device:
    """Through what the words are heard."""

    name: str
    label: str
    channel: Channel
    distance_m: float = 1.5
    in_space: bool = True
    shape: Shape = NEUTRAL  # of the one who speaks: a robot drones


@dataclass(frozen=True, kw_only=True)
class Group:
    """Several speakers named by one word."""

    name: str
    cast: tuple[str, ...]  # names of voices, in the order in which they speak
    together: bool = False  # all say the same words at once: a chant, a choir of children
    count: int = 2  # where no number stands
    gender: str = "any"  # of one of them alone, mostly
    brings: str | None = None  # a trait, manner or channel that comes with the word: a robot's


Preset = Voice | Trait | Manner | Device | Group


@cache
def load_presets() -> Mapping[str, Preset]:
    """All presets by name, checked.

    Raises:
        KnowledgeError: an entry names an unknown axis, speaker, voice or setting, or has a value out of range.
    """
    presets: dict[str, Preset] = {}
    for entry in load_entries("voices").values():
        try:
            presets[entry.name] = _build_preset(entry)
        except (TypeError, ValueError, KeyError) as fault:
            raise KnowledgeError(f"voices/{entry.family}.yaml: {entry.name}: {fault}") from fault
    for preset in presets.values():
        for name in preset.cast if isinstance(preset, Group) else ():
            if not isinstance(presets.get(name), Voice):
                raise KnowledgeError(f"voices: {preset.name}: its cast names {name!r}, which is no voice")
        brought = preset.brings if isinstance(preset, Group) else None
        if brought is not None and not isinstance(presets.get(brought), Trait | Manner | Device):
            raise KnowledgeError(f"voices: {preset.name}: it brings {brought!r}, which is no trait, manner or channel")
    return presets


def list_voices() -> list[Voice]:
    """All voices, in the order of the files."""
    return [preset for preset in load_presets().values() if isinstance(preset, Voice)]


def find_voice(gender: str, age: str) -> Voice:
    """The first voice of that gender and age; of the gender alone where no such age is there."""
    of_gender = [voice for voice in list_voices() if gender in ("any", voice.gender)]
    return next((voice for voice in of_gender if voice.age == age), of_gender[0])


def _build_preset(entry: Entry) -> Preset:
    settings = dict(entry.params)
    axis = settings.pop("axis", None)
    if "shape" in settings:
        settings["shape"] = Shape(**settings["shape"])
    if axis == "voice":
        timbre = _check_blend(settings.pop("timbre"))
        prosody = _check_blend(settings.pop("prosody", timbre))
        _check_one_of(settings["gender"], ("male", "female"))
        _check_one_of(settings["age"], AGES)
        return Voice(name=entry.name, label=_short(entry.phrase), timbre=timbre, prosody=prosody, **settings)
    if axis == "trait":
        _check_one_of(settings.get("age"), (None, *AGES))
        _check_one_of(settings.get("gender", "any"), GENDERS)
        return Trait(name=entry.name, **settings)
    if axis == "manner":
        _check_one_of(settings.get("gender", "any"), GENDERS)
        return Manner(name=entry.name, label=entry.phrase, **settings)
    if axis == "channel":
        return Device(name=entry.name, label=entry.phrase, channel=_build_channel(settings.pop("device")), **settings)
    if axis == "group":
        _check_one_of(settings.get("gender", "any"), GENDERS)
        return Group(name=entry.name, cast=tuple(settings.pop("cast")), **settings)
    raise ValueError(f"axis is {axis!r}, needs one of {', '.join(AXES)}")


def _check_blend(blend: Mapping[str, float]) -> Blend:
    unknown = set(blend) - set(SPEAKERS)
    if unknown or abs(sum(blend.values()) - 1) > 0.01:
        raise ValueError(f"a blend sums to 1 over {', '.join(SPEAKERS)}; got {dict(blend)}")
    return blend


def _check_one_of(value: Any, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{value!r} is not one of {', '.join(map(str, allowed))}")


def _build_channel(settings: Mapping[str, Any]) -> Channel:
    lists = {
        key: tuple(tuple(item) if isinstance(item, list) else item for item in value)
        for key, value in settings.items()
        if isinstance(value, list)
    }
    return replace(Channel(), **{**settings, **lists})


def _short(phrase: str) -> str:
    return phrase.removeprefix("a ").removeprefix("an ").removeprefix("the ")
