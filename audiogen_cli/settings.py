"""Settings: what a person has chosen once and for all, gathered from files and environment.

Out: a frozen `Settings` and, for every value, where it came from. Precedence: flag, `AUDIOGEN_*`,
project file (`audiogen.toml` here or in a folder above), user file, default. This is the only room
that reads the environment or a config file.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from audiogen_cli.errors import OptionError

ENV_PREFIX = "AUDIOGEN_"
PROJECT_FILE = "audiogen.toml"


class Secret(str):
    """A key: works as text where it is used, never shows in a repr, a log or a format."""

    def __repr__(self) -> str:
        return "Secret(***)"

    def __format__(self, spec: str) -> str:
        return "***"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; a field's name is its key in a file and, after the prefix, in the environment."""

    refiner: str = field(default="auto", metadata={"help": "auto, embedded, openai or local"})
    engine: str = field(default="auto", metadata={"help": "auto, experts or unified"})
    quality: str = field(default="standard", metadata={"help": "draft, fast, standard or best"})
    duration: float | None = field(
        default=None, metadata={"help": "seconds, 1 to 60 (experts; the unified model chooses itself)"}
    )
    mix: str | None = field(default=None, metadata={"help": "produced or paper (experts)"})
    channels: int | None = field(default=None, metadata={"help": "1 or 2 (experts)"})
    format: str = field(default="wav", metadata={"help": "wav, flac, ogg or mp3, where no file is named"})
    subtype: str | None = field(default=None, metadata={"help": "pcm16, pcm24 or float"})
    sample_rate: int | None = field(default=None, metadata={"help": "Hz; the engine's own rate where none is given"})
    output_dir: str | None = field(default=None, metadata={"help": "folder for files that are not named"})
    llm: str | None = field(default=None, metadata={"help": "PRESET[:MODEL], such as ollama:qwen3 or openai"})
    llm_base_url: str | None = field(default=None, metadata={"help": "an OpenAI-compatible server"})
    llm_model: str | None = field(default=None, metadata={"help": "the model's name on that server"})
    llm_timeout: float = field(default=60.0, metadata={"help": "seconds for all attempts together"})
    creativity: str = field(default="medium", metadata={"help": "low, medium or high"})
    language: str | None = field(
        default=None, metadata={"help": "english or multilingual: what the engine's text may be"}
    )
    instructions: str | None = field(default=None, metadata={"help": "a file with your own instructions for the LLM"})
    model: str | None = field(
        default=None, metadata={"help": "unified model: english, multilingual, a hub name or a folder"}
    )
    text_encoder: str | None = field(
        default=None, metadata={"help": "folder or hub name of the unified model's text encoder"}
    )
    codec: str | None = field(
        default=None, metadata={"help": "folder or hub name of the unified model's audio tokenizer"}
    )
    device: str = field(default="auto", metadata={"help": "auto, cpu, cuda, cuda:1, mps"})
    dtype: str = field(default="auto", metadata={"help": "auto, float32, bfloat16 or int8"})
    compile: bool = field(default=False, metadata={"help": "torch.compile: a slow first clip, quicker ones after"})
    low_memory: bool = field(default=False, metadata={"help": "release what a step no longer needs"})
    offline: bool = field(default=False, metadata={"help": "make no network call at all"})
    keep_replies: bool = field(default=True, metadata={"help": "keep LLM replies, so that a repeated run is free"})


@dataclass(frozen=True, kw_only=True)
class LoadedSettings:
    """The settings and the origin of each: "default", a file's path, an environment variable or "flag"."""

    settings: Settings
    origins: Mapping[str, str]


def read_settings(**flags: Any) -> LoadedSettings:
    """Gather the settings; flags that are `None` were not given.

    Raises:
        OptionError: a file is not TOML, or a key or value in it or in the environment cannot be used.
    """
    values: dict[str, Any] = {}
    origins = {item.name: "default" for item in fields(Settings)}
    for path in (user_file(), project_file()):
        if path is not None and path.is_file():
            for key, value in _read_toml(path).items():
                values[key] = convert(key, value, source=str(path))
                origins[key] = str(path)
    for name, text in os.environ.items():
        key = name[len(ENV_PREFIX) :].lower()
        if name.startswith(ENV_PREFIX) and key in origins and text != "":
            values[key] = convert(key, text, source=name)
            origins[key] = name
    if _truthy(os.environ.get("HF_HUB_OFFLINE")) and "offline" not in values:
        values["offline"], origins["offline"] = True, "HF_HUB_OFFLINE"
    for key, value in flags.items():
        if value is not None:
            values[key] = value
            origins[key] = "flag"
    return LoadedSettings(settings=Settings(**values), origins=origins)


def user_file() -> Path:
    """The user's own config file; `AUDIOGEN_CONFIG` names another."""
    import platformdirs

    named = os.environ.get(ENV_PREFIX + "CONFIG")
    return Path(named) if named else Path(platformdirs.user_config_dir("audiogen", appauthor=False)) / "config.toml"


def project_file() -> Path | None:
    """`audiogen.toml` in this folder or the nearest above it, if there is one."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # the folder we stand in has been removed
        return None
    return next((path / PROJECT_FILE for path in (here, *here.parents) if (path / PROJECT_FILE).is_file()), None)


def cache_folder() -> Path:
    """Where downloads of ours, replies and measurements may be kept; `AUDIOGEN_CACHE` names another."""
    import platformdirs

    named = os.environ.get(ENV_PREFIX + "CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("audiogen", appauthor=False))


def read_secret(name: str) -> Secret | None:
    """An API key from the environment by its variable's name, hidden from every text it could leak into."""
    value = os.environ.get(name, "").strip()
    return Secret(value) if value else None


def read_environment(name: str) -> str | None:
    """A variable that belongs to another tool, such as `OPENAI_BASE_URL` or `EDITOR`."""
    return os.environ.get(name) or None


def child_environment(**changed: str) -> dict[str, str]:
    """The environment for a process of ours: this one's, with what is given in its place."""
    return {**os.environ, **changed}


def _read_toml(path: Path) -> Mapping[str, Any]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_text("utf-8")).unwrap()
    except (TOMLKitError, UnicodeDecodeError) as fault:
        raise OptionError(f"{path}: not valid TOML: {fault}", hint="audiogen config edit") from fault
    except OSError as fault:
        raise OptionError(f"{path}: cannot be read: {fault.strerror}") from fault


def convert(key: str, value: Any, *, source: str) -> Any:
    """A value from a file or the environment as its setting needs it; raises `OptionError` naming the source."""
    hints = get_type_hints(Settings)
    if key not in hints:
        import difflib

        near = difflib.get_close_matches(key, hints, n=1)
        raise OptionError(
            f"{source}: {key}: unknown setting" + (f", did you mean {near[0]}?" if near else ""),
            hint="audiogen config shows all settings",
        )
    kind = next(kind for kind in (get_args(hints[key]) or (hints[key],)) if kind is not type(None))
    try:
        if kind is bool:
            if isinstance(value, bool):
                return value
            if str(value).lower() in ("1", "true", "yes", "on", "0", "false", "no", "off"):
                return _truthy(str(value))
            raise ValueError
        if isinstance(value, (bool, list, dict)) or (kind is not str and isinstance(value, str) and not value.strip()):
            raise ValueError
        return kind(value)
    except (ValueError, TypeError) as fault:
        needed = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[kind]
        raise OptionError(f"{source}: {key} is {value!r}, needs {needed}") from fault


def _truthy(text: str | None) -> bool:
    return (text or "").lower() in ("1", "true", "yes", "on")
