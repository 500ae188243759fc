"""Language model servers that already run on this machine: Ollama and LM Studio, on their own ports.

Out: the servers that answer, with their models. All are asked at once and none is waited for longer than
`WAIT_S`; where nothing listens, the refusal comes at once. A program that merely sits on the port is told apart
by the form of its answer.
"""

import http.client
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from audiogen_cli.llm.presets import PRESETS, ollama_url

WAIT_S = 0.3
MAX_BYTES = 1_000_000  # a list of models is a few kilobytes


@dataclass(frozen=True, kw_only=True)
class LocalServer:
    """A server that answered; `models` may be empty where none is installed."""

    preset: str  # "ollama", "lmstudio"
    base_url: str
    models: tuple[str, ...] = ()


def find_local_servers(
    *, ollama_host: str | None = None, places: tuple[tuple[str, str], ...] | None = None
) -> list[LocalServer]:
    """The servers of this machine that answer within 300 ms, Ollama first.

    Args:
        ollama_host: what Ollama's own variable says, where it listens elsewhere.
        places: (preset, base URL) to ask instead of the usual ones.
    """
    asked = places or (
        ("ollama", ollama_url(ollama_host) or PRESETS["ollama"].base_url),
        ("lmstudio", PRESETS["lmstudio"].base_url),
    )
    found: dict[str, LocalServer] = {}
    threads = [threading.Thread(target=_ask, args=(preset, url, found), daemon=True) for preset, url in asked]
    deadline = time.monotonic() + WAIT_S
    for thread in threads:
        thread.start()
    for thread in threads:  # daemons: one that hangs in a name lookup is left behind
        thread.join(max(0.0, deadline - time.monotonic()))
    return [found[preset] for preset, _ in asked if preset in dict(found)]


def _ask(preset: str, base_url: str, found: dict[str, LocalServer]) -> None:
    path, read = _QUESTIONS[preset]
    try:
        models = read(_get(base_url, path))
    except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError, AttributeError):
        return  # nobody there, or somebody else
    usable = tuple(name for name in models if not any(word in name.lower() for word in NOT_CHAT))
    found[preset] = LocalServer(preset=preset, base_url=base_url, models=usable)


NOT_CHAT = (
    "embed",
    "whisper",
    "rerank",
    "tts",
    "clip",
    "bge-",
    "minilm",
    "moderation",
    "dall-e",
    "image",
    "transcribe",
)
"""Parts of the names of models that do not talk."""

_QUESTIONS: dict[str, tuple[str, Callable[[Any], list[str]]]] = {
    "ollama": ("/api/tags", lambda answer: [str(model["name"]) for model in answer["models"]]),
    "lmstudio": ("/v1/models", lambda answer: [str(model["id"]) for model in answer["data"]]),
}


def _get(base_url: str, path: str) -> Any:
    place = urlsplit(base_url)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.hostname or "127.0.0.1", place.port, timeout=WAIT_S)
    try:
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise ValueError(f"status {answer.status}")
        return json.loads(answer.read(MAX_BYTES))
    finally:
        connection.close()
