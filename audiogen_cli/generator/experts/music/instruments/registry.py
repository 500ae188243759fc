"""The synthesis models by name, and a `Part` made audible by the instrument it names.

A model is a function `(note, rng, **settings) -> [n] or [2, n]` in one of the files beside this one, marked
`@instrument_model` if it is a drum and `@tone_model` if it has a pitch and a length. An entry of
`knowledge/instruments/*.yaml` names its model and gives its settings: a new instrument that an old model
can make needs no code. A drum kit is an entry whose `pieces` each name a model.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import KnowledgeError
from audiogen_cli.generator.experts.music.instruments.colour import coloured
from audiogen_cli.generator.experts.music.instruments.envelopes import damped
from audiogen_cli.generator.experts.music.score import Note, Part
from audiogen_cli.generator.experts.sounding import SAMPLE_RATE
from audiogen_cli.knowledge.entries import Entry, load_entries

InstrumentModel = Callable[..., Samples]

_MODELS: dict[str, InstrumentModel] = {}
_RELEASES_S: dict[str, float | None] = {}  # of the models of tones
_STROKES = 3  # renderings of one drum at one loudness: strokes in a row are not all the same
_TAKES = 2  # of one tone
_LOUDNESSES = 4  # steps of velocity that have renderings of their own; the level between them is exact
_SHORT_S = 0.4  # short tones do not have the whole ring of a long one rendered for them
_FREE_S = 14.0  # nothing rings longer undamped
_CENTRE_PITCH, _PITCH_SPAN = 62.0, 30.0  # where a wide instrument's keyboard lies between the ears


def instrument_model(function: InstrumentModel) -> InstrumentModel:
    """Register a synthesis model under its function's name."""
    if function.__name__ in _MODELS:
        raise KnowledgeError(f"two instrument models are named {function.__name__}")
    _MODELS[function.__name__] = function
    return function


def tone_model(*, release_s: float | None) -> Callable[[InstrumentModel], InstrumentModel]:
    """Register a model of tones that sound for as long as their note says and are let go by the registry.

    One rendering then does for notes of every length. An entry's `release_s` is the time constant of the release or
    damper, this one the default; None lets them ring.
    """

    def registered(function: InstrumentModel) -> InstrumentModel:
        _RELEASES_S[function.__name__] = release_s
        return instrument_model(function)

    return registered


@cache
def instrument_models() -> Mapping[str, InstrumentModel]:
    """All models by name; imports every file beside this one, once."""
    package = import_module(__package__)
    for module in iter_modules(package.__path__):
        import_module(f"{__package__}.{module.name}")
    return _MODELS


def instrument(name: str) -> Entry:
    """The entry of an instrument; raises `KnowledgeError` where there is none of that name."""
    entry = load_entries("instruments").get(name)
    if entry is None:
        raise KnowledgeError(f"no instrument is named {name!r}")
    return entry


def play(part: Part, *, duration_s: float, rng: np.random.Generator) -> Samples:
    """Play a part dry, as its instrument sounds from the stool of the mixer.

    Args:
        part: notes that start within the duration; what rings past it is cut by the caller's fade.
        duration_s: of the piece.
        rng: the whole of the performance's chance: strokes, noise, detuning.

    Returns:
        Samples [2, S], or [1, S] of an instrument that is one point in the middle; the level is the model's own,
        the mix evens it out.

    Raises:
        KnowledgeError: an instrument, model or drum that is not there.
    """
    params = instrument(part.instrument).params
    bus = np.zeros((1, round(duration_s * SAMPLE_RATE)), np.float32)
    sound = _kit(part.instrument, rng) if "pieces" in params else _tones(part, rng)
    spread = float(params.get("spread", 0.25))
    for note in part.notes:
        at = round(note.start_s * SAMPLE_RATE)
        if at >= bus.shape[1]:
            continue
        samples, level, pan = sound(note)
        pan = pan if note.piece else float(np.clip((note.pitch - _CENTRE_PITCH) / _PITCH_SPAN, -1, 1)) * spread
        fit = min(samples.shape[-1], bus.shape[1] - at)
        if bus.shape[0] == 1 and (pan or samples.ndim == 2):
            bus = np.repeat(bus, 2, axis=0)
        angle = (pan + 1.0) * np.pi / 4.0
        sides = samples if samples.ndim == 2 else (samples, samples)
        for lane, side, gain in zip(bus, sides, (np.cos(angle), np.sin(angle))):
            lane[at : at + fit] += side[:fit] * np.float32(gain * level)
    return coloured(bus, rng, **params.get("colour", {}))


Sound = Callable[[Note], tuple[Samples, float, float]]
"""A note's samples, not to be written to, the gain they are still to have, and their place."""


def _tones(part: Part, rng: np.random.Generator) -> Sound:
    """Tones rendered a few times each, as long as the longest of them, and used again."""
    name = part.instrument
    model, settings = _model_of(name, instrument(name).params)
    if model.__name__ not in _RELEASES_S:
        raise KnowledgeError(f"{name}: {model.__name__} is a drum and plays no tones")
    release_s = settings.get("release_s", _RELEASES_S[model.__name__])
    settings = {key: value for key, value in settings.items() if key != "release_s"}
    longest: dict[tuple[float, int, bool], float] = {}
    for note in part.notes:
        longest[_tone_key(note)] = max(longest.get(_tone_key(note), 0.0), note.duration_s)
    tones: dict[tuple[tuple[float, int, bool], int], Samples] = {}

    def sound(note: Note) -> tuple[Samples, float, float]:
        key = _tone_key(note)
        pitch, loudness, _ = key
        take = int(rng.integers(_TAKES))
        if (key, take) not in tones:
            length_s = _FREE_S if release_s is None else longest[key] + 6.0 * release_s
            tones[key, take] = model(Note(0.0, length_s, pitch, loudness / _LOUDNESSES), rng, **settings)
        tone = tones[key, take]
        samples = tone if release_s is None else damped(tone, note.duration_s, release_s)
        return samples, _LOUDNESSES * note.velocity / loudness, 0.0

    return sound


def _tone_key(note: Note) -> tuple[float, int, bool]:
    return note.pitch, max(round(note.velocity * _LOUDNESSES), 1), note.duration_s <= _SHORT_S


def _kit(name: str, rng: np.random.Generator) -> Sound:
    pieces = instrument(name).params["pieces"]
    strokes: dict[tuple[str, int, int], Samples] = {}

    def sound(note: Note) -> tuple[Samples, float, float]:
        if note.piece not in pieces:
            raise KnowledgeError(f"{name}: has no drum named {note.piece!r}")
        piece = pieces[note.piece]
        loudness = min(int(note.velocity * _LOUDNESSES), _LOUDNESSES - 1)
        key = (note.piece, loudness, int(rng.integers(_STROKES)))
        if key not in strokes:
            model, settings = _model_of(f"{name}.{note.piece}", piece)
            level = Note(0.0, note.duration_s, note.pitch, (loudness + 0.5) / _LOUDNESSES, note.piece)
            stroke = model(level, rng, **settings)
            strokes[key] = stroke / (float(np.abs(stroke).max(initial=0.0)) + 1e-9)
        gain = 10.0 ** (float(piece.get("level_db", 0.0)) / 20.0) * note.velocity**1.5
        return strokes[key], gain, float(piece.get("pan", 0.0))

    return sound


def _model_of(name: str, params: Mapping[str, Any]) -> tuple[InstrumentModel, Mapping[str, Any]]:
    model = instrument_models().get(params.get("model", ""))
    if model is None:
        raise KnowledgeError(f"{name}: no instrument model is named {params.get('model')!r}")
    return model, params.get("settings", {})
