"""Settings made into parts: the only room that turns a name like "unified" into an object.

In: `Settings` and what a person said on top. Out: a refiner, a generator, its options, or the whole
`Pipeline`. Imports happen inside the functions, so that nothing is loaded that is not used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.errors import OptionError
from audiogen_cli.generator.base import GenerationOptions, Generator
from audiogen_cli.llm.chat import Chat
from audiogen_cli.pipeline import Pipeline
from audiogen_cli.refiner.base import Refiner
from audiogen_cli.settings import Settings, cache_folder, read_environment, read_secret

DEFAULT_MODEL = "english"


def build_pipeline(settings: Settings) -> Pipeline:
    """The whole walk, wired by the settings; nothing heavy is loaded before the first run."""
    return Pipeline(refiner=build_refiner(settings).part, generator=build_generator(settings).part)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A part, and why it was taken where the setting was "auto" (empty where the person chose)."""

    part: Any
    reason: str = ""


def build_refiner(settings: Settings) -> Chosen:
    """The refiner the settings ask for.

    "auto" takes a language model that is configured, else one that answers on this machine, else the
    embedded refiner. A chosen language model that fails is an error, never silently another refiner.

    Raises:
        OptionError: an unknown name, or `openai` without a server.
        ModelMissingError: a package or model of the choice is missing.
    """
    if settings.refiner == "embedded":
        return Chosen(part=_embedded())
    if settings.refiner == "local":
        return Chosen(part=_local(settings))
    server = _server(settings, discover=settings.refiner == "auto" and not settings.offline)
    if server is not None:
        return Chosen(
            part=_over_http(settings, server), reason=f"{server} is there" if settings.refiner == "auto" else ""
        )
    if settings.refiner == "openai":
        raise OptionError(
            "no language model is configured for --refiner openai",
            hint="set OPENAI_API_KEY, or --llm ollama:MODEL, or --llm-base-url URL --llm-model MODEL",
        )
    return Chosen(part=_embedded(), reason="no language model is configured")


def build_judge(settings: Settings) -> Chat:
    """The language model that hears and judges; raises `OptionError` where no server and model are named."""
    server = _server(settings, discover=False)
    if server is None or server.model is None:  # verdicts are told by the model that gave them
        raise OptionError(
            "no language model is named that could hear clips",
            hint="--llm PRESET:MODEL of one that hears, or --llm-base-url URL --llm-model MODEL",
        )
    from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat

    return OpenAICompatibleChat(server, memory=cache_folder() / "refiner" / "servers.json")


def build_generator(settings: Settings) -> Chosen:
    """The engine the settings ask for; "auto" takes the unified model when its weights are on this machine.

    Raises:
        OptionError: an unknown name.
    """
    if settings.engine == "experts" or (settings.engine == "auto" and settings.model is None and not _has_weights()):
        from audiogen_cli.generator.experts.generator import ExpertsGenerator

        reason = "the unified model's weights are not on this machine" if settings.engine == "auto" else ""
        return Chosen(part=ExpertsGenerator(), reason=reason)
    from audiogen_cli.generator.unified.generator import UnifiedGenerator
    from audiogen_cli.generator.unified.options import ModelOptions

    options = ModelOptions(
        model=settings.model or DEFAULT_MODEL,
        text_encoder=settings.text_encoder,
        codec=settings.codec,
        device=settings.device,
        dtype=settings.dtype,
        compile=settings.compile,
        low_memory=settings.low_memory,
        offline=settings.offline,
    )
    return Chosen(part=UnifiedGenerator(options), reason=_why_unified(settings) if settings.engine == "auto" else "")


def _why_unified(settings: Settings) -> str:
    from audiogen_cli.device import choose_device

    reason = "a model was named" if settings.model is not None else "its weights are on this machine"
    slow = choose_device(settings.device) == "cpu"
    return reason + ("; without a GPU a clip takes minutes, --engine experts takes seconds" if slow else "")


def build_options(
    generator: Generator, settings: Settings, *, seed: int, knobs: Mapping[str, Any]
) -> GenerationOptions:
    """The options of the engine that was chosen.

    Args:
        generator: the engine.
        settings: their `quality`, and for the experts `duration`, `mix` and `channels`, hold where no flag was given.
        seed: of the (first) take.
        knobs: what the person said of the engines' own options, by flag name.

    Raises:
        OptionError: a knob that this engine does not have, or a value out of range.
    """
    if generator.name == "experts":
        from audiogen_cli.generator.experts.options import ExpertOptions as Options

        chosen = {name: getattr(settings, name) for name in ("duration", "mix", "channels")}
        chosen = {name: value for name, value in chosen.items() if value is not None} | dict(knobs)
        held: set[str] = set()
    else:
        from audiogen_cli.generator.unified.options import ModelOptions
        from audiogen_cli.generator.unified.options import SamplingOptions as Options  # type: ignore[assignment]

        chosen = dict(knobs)
        held = {item.name for item in fields(ModelOptions)}  # the generator was built with these
    known = {item.name for item in fields(Options)} | held
    named = {_FIELDS.get(name, name): (name, value) for name, value in chosen.items()}
    foreign = [f"--{flag.replace('_', '-')}" for field, (flag, _) in named.items() if field not in known]
    if foreign:
        other = "unified" if generator.name == "experts" else "experts"
        raise OptionError(
            f"{', '.join(foreign)}: not an option of the engine {generator.name}",
            hint=f"--engine {other}, or leave it out",
        )
    values = {field: value for field, (_, value) in named.items() if field not in held}
    if isinstance(values.get("guidance_interval"), str):
        from audiogen_cli.generator.unified.options import parse_interval

        values["guidance_interval"] = parse_interval(values["guidance_interval"])
    return Options(seed=seed, quality=settings.quality, **values)


_FIELDS = {"duration": "duration_s", "steps": "num_inference_steps", "guidance": "guidance_scale"}
"""Flags whose option has a longer name in the library."""


_OWN = ("seed", "quality")  # what `build_options` is told for itself


def knobs_of_recipe(recipe: Provenance) -> dict[str, Any]:
    """The engine's own options that a recipe holds, by flag name, so that `build_options` can repeat them."""
    flags = {field: flag for flag, field in _FIELDS.items()}
    return {flags.get(field, field): value for field, value in recipe.options.items() if field not in _OWN}


def text_language(settings: Settings, generator: Generator) -> str:
    """What the engine reads: "multilingual" for the multilingual unified model, else "english"."""
    return (
        "multilingual"
        if generator.name == "unified" and "multilingual" in (settings.model or "").lower()
        else "english"
    )


def _server(settings: Settings, *, discover: bool) -> Any:
    from audiogen_cli.llm.servers import find_server

    return find_server(
        preset=settings.llm,
        base_url=settings.llm_base_url,
        model=settings.llm_model,
        environment=read_environment,
        secret=read_secret,
        discover=discover,
    )


def _embedded() -> Refiner:
    from audiogen_cli.refiner.embedded import EmbeddedRefiner

    return EmbeddedRefiner()


def _over_http(settings: Settings, server: Any) -> Refiner:
    from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat
    from audiogen_cli.refiner.llm import LLMRefiner

    cache = cache_folder() / "refiner"
    return LLMRefiner(
        OpenAICompatibleChat(server, memory=cache / "servers.json"),
        name="openai",
        timeout_s=settings.llm_timeout,
        instructions=settings.instructions,
        cache=cache if settings.keep_replies else None,
    )


def _local(settings: Settings) -> Refiner:
    from audiogen_cli.llm.local import LocalChat
    from audiogen_cli.refiner.llm import LLMRefiner

    return LLMRefiner(
        LocalChat(settings.llm_model, device=settings.device, offline=settings.offline),
        name="local",
        timeout_s=settings.llm_timeout,
        instructions=settings.instructions,
        cache=cache_folder() / "refiner" if settings.keep_replies else None,
    )


def _has_weights() -> bool:
    from audiogen_cli.hub.cache import is_present

    return is_present(DEFAULT_MODEL)
