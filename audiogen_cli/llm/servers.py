"""Which server a person means: the one they configured, else one that runs on this machine.

In: what a person set (`--llm ollama:qwen3`, a base URL, a model, environment variables by name). Out: a `Server`,
or `None` where nothing is configured. A key goes only to the host it belongs to: the one of its preset, or the one
that `OPENAI_BASE_URL` names beside it.
"""

import difflib
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from audiogen_cli.errors import OptionError
from audiogen_cli.llm.discovery import find_local_servers
from audiogen_cli.llm.presets import OWN_KEY, PRESETS, Preset, Server, ollama_url
from audiogen_cli.settings import Secret

Environment = Callable[[str], "str | None"]
Keys = Callable[[str], "Secret | None"]


def find_server(
    *,
    preset: str | None,
    base_url: str | None,
    model: str | None,
    environment: Environment,
    secret: Keys,
    discover: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Server | None:
    """The server a person has configured, else one found on this machine, else `None`.

    Args:
        preset: PRESET[:MODEL], such as "ollama:qwen3:4b".
        base_url: an OpenAI-compatible server; beside a preset, where that kind of server listens.
        model: the model's name there; goes before the one in `preset`.
        environment: reads `OPENAI_BASE_URL`, `OPENAI_MODEL`, `OLLAMA_HOST`.
        secret: reads a key by its variable's name.
        discover: whether Ollama and LM Studio are looked for on this machine (at most 300 ms).
        headers: sent with every request, for gateways.

    Raises:
        OptionError: an unknown preset, a base URL that is none, or a hosted server without its key.
    """
    extra = dict(headers or {})
    if preset:
        name, _, named_model = preset.partition(":")
        return _of_preset(_preset(name), base_url, model or named_model or None, environment, secret, extra)
    if base_url:
        return _of_url(base_url, model, environment, secret, extra)
    url, key = environment("OPENAI_BASE_URL"), secret("OPENAI_API_KEY")
    if url:  # the person has put this address and this key side by side
        known = _at_host(_checked(url))
        kind = known or Preset(name="server", base_url=url)
        named = model or environment("OPENAI_MODEL") or kind.default_model
        return Server(
            preset=kind, base_url=_checked(url), model=named, key=key, headers=extra, key_variable="OPENAI_API_KEY"
        )
    if key:
        return _of_preset(PRESETS["openai"], None, model or environment("OPENAI_MODEL"), environment, secret, extra)
    if discover:
        for found in find_local_servers(ollama_host=environment("OLLAMA_HOST")):
            if found.models and (model is None or model in found.models):
                return Server(
                    preset=PRESETS[found.preset], base_url=found.base_url, model=model or found.models[0], headers=extra
                )
    return None


def _of_preset(
    preset: Preset,
    base_url: str | None,
    model: str | None,
    environment: Environment,
    secret: Keys,
    headers: dict[str, str],
) -> Server:
    url = base_url or (ollama_url(environment("OLLAMA_HOST")) if preset.name == "ollama" else None) or preset.base_url
    own_place = _at_host(_checked(url)) is preset
    variables = (OWN_KEY, *(preset.key_variables if own_place else ()))
    variable, key = next(((name, key) for name in variables if (key := secret(name))), ("", None))
    if key is None and preset.key_variables and own_place:
        raise OptionError(
            f"{preset.name} needs a key and {preset.key_variables[0]} is not set",
            hint=f"export {preset.key_variables[0]}=...",
        )
    return Server(
        preset=preset,
        base_url=_checked(url),
        model=model or preset.default_model,
        key=key,
        headers=headers,
        key_variable=variable,
    )


def _of_url(url: str, model: str | None, environment: Environment, secret: Keys, headers: dict[str, str]) -> Server:
    """A server by its address; it gets the key of the preset at that host, or the one set beside OPENAI_BASE_URL."""
    known = _at_host(_checked(url))
    beside = environment("OPENAI_BASE_URL")
    variables = [OWN_KEY, *(known.key_variables if known else ())]
    if beside and urlsplit(beside).netloc == urlsplit(url).netloc:
        variables.append("OPENAI_API_KEY")
    variable, key = next(((name, key) for name in variables if (key := secret(name))), ("", None))
    kind = known or Preset(name="server", base_url=url)
    return Server(
        preset=kind,
        base_url=_checked(url),
        model=model or kind.default_model,
        key=key,
        headers=headers,
        key_variable=variable,
    )


def _preset(name: str) -> Preset:
    if name.lower() in PRESETS:
        return PRESETS[name.lower()]
    near = difflib.get_close_matches(name.lower(), PRESETS, n=1)
    raise OptionError(
        f"unknown LLM preset {name!r}" + (f", did you mean {near[0]}?" if near else ""),
        hint="one of " + ", ".join(PRESETS) + ", or --llm-base-url URL --llm-model MODEL",
    )


def _at_host(url: str) -> Preset | None:
    place = urlsplit(url)
    return next((preset for preset in PRESETS.values() if urlsplit(preset.base_url).netloc == place.netloc), None)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        sound = sound and not any(char.isspace() or not char.isprintable() for char in url)
    except ValueError:
        sound = False
    if not sound:
        raise OptionError("the LLM's base URL is not an address", hint="such as http://127.0.0.1:8080/v1")
    if parts.username or parts.password:
        raise OptionError("the LLM's base URL holds a password", hint=f"put the key into {OWN_KEY} instead")
    return url.rstrip("/")
