"""Settings: what a person has chosen once and for all, gathered from files and environment.

Out: a frozen `Settings` and, for every value, where it came from. Precedence: flag, `AUDIOGEN_*`,
project file (`audiogen.toml` here or in a folder above), user file, default. This is the only room
that reads the environment or a config file.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from audiogen_cli.errors import OptionError

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

ENV_PREFIX = "AUDIOGEN_"
PROJECT_FILE = "audiogen.toml"
_NO_SETTINGS = ("AUDIOGEN_CONFIG", "AUDIOGEN_CACHE", "AUDIOGEN_LLM_API_KEY")


class Secret(str):
    """A key: works as text where it is used, never shows in a repr, a log or a format."""

    def __repr__(self) -> str:
        return "Secret(***)"

    def __format__(self, spec: str) -> str:
        return "***"


def _setting(
    default: Any, help: str, *, among: tuple[Any, ...] = (), between: tuple[float, float] | None = None
) -> Any:
    return field(default=default, metadata={"help": help, "among": among, "between": between})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; a field's name is its key in a file and, after the prefix, in the environment.

    Raises:
        OptionError: a value that its setting does not have.
    """

    refiner: str = _setting("auto", "who writes the caption", among=("auto", "embedded", "openai", "local"))
    engine: str = _setting("auto", "what renders it", among=("auto", "experts", "unified"))
    quality: str = _setting("standard", "time against quality", among=("draft", "fast", "standard", "best"))
    duration: float | None = _setting(
        None, "seconds, 1 to 60 (experts; the unified model chooses itself)", between=(1.0, 60.0)
    )
    mix: str | None = _setting(None, "of the experts", among=("produced", "paper"))
    channels: int | None = _setting(None, "of the experts", among=(1, 2))
    format: str = _setting("wav", "where no file is named", among=("wav", "flac", "ogg", "mp3"))
    subtype: str | None = _setting(None, "of samples in a file", among=("pcm16", "pcm24", "float", "vorbis", "mp3"))
    sample_rate: int | None = _setting(
        None, "Hz, 4000 to 192000; the engine's own rate where none is given", between=(4_000, 192_000)
    )
    output_dir: str | None = _setting(None, "folder for files that are not named")
    llm: str | None = _setting(None, "PRESET[:MODEL], such as ollama:qwen3 or openai")
    llm_base_url: str | None = _setting(None, "an OpenAI-compatible server")
    llm_model: str | None = _setting(None, "the model's name on that server")
    llm_timeout: float = _setting(60.0, "seconds for all attempts together", between=(0.1, 86_400.0))
    creativity: str = _setting("medium", "how far a caption goes beyond the words", among=("low", "medium", "high"))
    language: str | None = _setting(None, "what the engine's text may be", among=("english", "multilingual"))
    instructions: str | None = _setting(None, "a file with your own instructions for the LLM")
    model: str | None = _setting(None, "unified model: english, multilingual, a hub name or a folder")
    text_encoder: str | None = _setting(None, "folder or hub name of the unified model's text encoder")
    codec: str | None = _setting(None, "folder or hub name of the unified model's audio tokenizer")
    device: str = _setting("auto", "auto, cpu, cuda, cuda:1, mps")
    dtype: str = _setting("auto", "precision of the unified model", among=("auto", "float32", "bfloat16", "int8"))
    compile: bool = _setting(False, "torch.compile: a slow first clip, quicker ones after")
    low_memory: bool = _setting(False, "release what a step no longer needs")
    offline: bool = _setting(False, "make no network call at all")
    keep_replies: bool = _setting(True, "keep LLM replies, so that a repeated run is free")

    def __post_init__(self) -> None:
        for item in fields(self):
            _check_value(item.name, getattr(self, item.name), source="settings")


def allowed_values(key: str) -> tuple[Any, ...]:
    """What a setting may be, where that is a list; empty where it is not."""
    return next((item.metadata["among"] for item in fields(Settings) if item.name == key), ())


def help_of(key: str) -> str:
    """What a setting is, with the values it may have."""
    told = next(item.metadata["help"] for item in fields(Settings) if item.name == key)
    values = ", ".join(map(str, allowed_values(key)))
    return f"{told}: {values}" if values else told


@dataclass(frozen=True, kw_only=True)
class LoadedSettings:
    """The settings and the origin of each: "default", a file's path, an environment variable or "flag"."""

    settings: Settings
    origins: Mapping[str, str]


def read_settings(**flags: Any) -> LoadedSettings:
    """Gather the settings; flags that are `None` were not given.

    Raises:
        OptionError: a file is not TOML, or a key or value in it, in the environment or in a flag cannot be used.
    """
    values: dict[str, Any] = {}
    origins = {item.name: "default" for item in fields(Settings)}
    for path in (user_file(), project_file()):
        if path is not None:
            for key, value in _read_toml(path).items():
                values[key] = convert(key, value, source=str(path))
                origins[key] = str(path)
    for name, text in os.environ.items():
        if name.startswith(ENV_PREFIX) and name not in _NO_SETTINGS and text != "":
            key = name[len(ENV_PREFIX) :].lower()
            if key in origins:
                values[key] = convert(key, text, source=name)
                origins[key] = name
            elif near := difflib.get_close_matches(key, origins, n=1, cutoff=0.8):  # a slip; others may be anyone's
                raise OptionError(f"{name}: unknown setting, did you mean {ENV_PREFIX}{near[0].upper()}?")
    if _truthy(os.environ.get("HF_HUB_OFFLINE")) and "offline" not in values:
        values["offline"], origins["offline"] = True, "HF_HUB_OFFLINE"
    for key, value in flags.items():
        if value is not None:
            values[key] = convert(key, value, source=f"--{key.replace('_', '-')}")
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
    return next((path / PROJECT_FILE for path in (here, *here.parents) if os.path.isfile(path / PROJECT_FILE)), None)


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


def read_document(path: Path) -> "TOMLDocument":
    """A config file as a TOML document that can be changed and written again; empty where there is no file.

    Raises:
        OptionError: it cannot be read, or is not TOML.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(path.read_text("utf-8-sig"))  # Notepad opens a file with a mark
    except FileNotFoundError:
        return tomlkit.document()
    except (TOMLKitError, UnicodeDecodeError) as fault:
        raise OptionError(f"{path}: not valid TOML: {fault}", hint="audiogen config edit") from fault
    except OSError as fault:
        raise OptionError(f"{path}: cannot be read: {fault.strerror}") from fault


def _read_toml(path: Path) -> Mapping[str, Any]:
    if not os.path.lexists(path):  # most people have none, and are spared the import
        return {}
    return read_document(path).unwrap()


def convert(key: str, value: Any, *, source: str) -> Any:
    """A value from a file or the environment as its setting needs it; raises `OptionError` naming the source."""
    hints = get_type_hints(Settings)
    if key not in hints:
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
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        converted = kind(value)
    except (ValueError, TypeError, OverflowError) as fault:
        needed = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[kind]
        raise OptionError(f"{_place(source, key)} is {value!r}, needs {needed}") from fault
    _check_value(key, converted, source=source)
    return converted


def _check_value(key: str, value: Any, *, source: str) -> None:
    rule = next(item.metadata for item in fields(Settings) if item.name == key)
    if value is None:
        return
    if rule["among"] and value not in rule["among"]:
        allowed = ", ".join(map(str, rule["among"]))
        raise OptionError(f"{_place(source, key)} is {value!r}, needs one of {allowed}")
    if rule["between"] and not rule["between"][0] <= value <= rule["between"][1]:
        low, high = rule["between"]
        raise OptionError(f"{_place(source, key)} is {value:g}, needs {low:g} to {high:g}")


def _place(source: str, key: str) -> str:
    """A flag and a variable name their setting themselves, a file does not."""
    return source if source.startswith(("--", ENV_PREFIX)) else f"{source}: {key}"


def _truthy(text: str | None) -> bool:
    return (text or "").lower() in ("1", "true", "yes", "on")
