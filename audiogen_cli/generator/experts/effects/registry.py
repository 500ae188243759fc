"""The synthesis models of sounds by name, and an `Entry` of the knowledge made audible by its model.

A model is a function `(duration_s, rng, **settings) -> [S]` in one of the family files beside this
one, marked `@sound_model`. An entry in `knowledge/sounds/*.yaml` names its model (its own name if it
names none) and may give `settings`: a new sound that an old model can make needs no code.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, TypeVar

import numpy as np

from audiogen_cli.audio.waveform import Samples
from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.entries import Entry

SoundModel = Callable[..., Any]
_Model = TypeVar("_Model", bound=SoundModel)

_MODELS: dict[str, SoundModel] = {}


def sound_model(function: _Model) -> _Model:
    """Register a synthesis model under its function's name."""
    if function.__name__ in _MODELS:
        raise KnowledgeError(f"two sound models are named {function.__name__}")
    _MODELS[function.__name__] = function
    return function


@cache
def sound_models() -> Mapping[str, SoundModel]:
    """All models by name; imports every family file once."""
    package = import_module(__package__)
    for module in iter_modules(package.__path__):
        import_module(f"{__package__}.{module.name}")
    return _MODELS


def render_sound(entry: Entry, *, rng: np.random.Generator, duration_s: float | None = None) -> Samples:
    """Synthesise one entry.

    Args:
        entry: an entry of `knowledge/sounds`.
        rng: the whole of its randomness.
        duration_s: how long, in seconds; None for an event's natural length (`duration_s` of the entry, else 1).

    Returns:
        Mono samples [S] at the experts' sample rate, peak 1 unless silent; an event may run past
        `duration_s` until it has rung out.

    Raises:
        KnowledgeError: the entry names a model that is not there.
    """
    name = entry.params.get("model", entry.name)
    model = sound_models().get(name)
    if model is None:
        raise KnowledgeError(f"{entry.family}.yaml: {entry.name}: no sound model is named {name!r}")
    length_s = duration_s if duration_s is not None else float(entry.params.get("duration_s", 1.0))
    samples = np.asarray(model(length_s, rng, **entry.params.get("settings", {})), dtype=np.float32)
    peak = float(np.abs(samples).max(initial=0.0))
    return samples / peak if peak > 0 else samples
