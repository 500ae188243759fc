"""What a worker and its asker say to each other: one JSON object a line.

In: lines of bytes from a worker. Out: a `Hello`, an `Answer`, a `Refusal`, or None for anything else: libraries
print, and what is not ours is not taken for an answer. The worker's side is `inside.serve`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PROTOCOL = 1
"""Raised when a line changes its meaning; a worker of another number is refused."""

LONGEST_LINE = 1 << 20
"""Bytes; an embedding of a thousand numbers takes twenty thousand."""


@dataclass(frozen=True, kw_only=True)
class Hello:
    """A worker has loaded its model."""

    protocol: int
    versions: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What was asked for, by the number of the request."""

    id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """This item could not be answered; the next one may be."""

    id: int
    reason: str


def compose_request(id: int, question: Mapping[str, Any]) -> bytes:
    """A request as one line."""
    return json.dumps({"id": id, **question}).encode() + b"\n"


def read_message(line: bytes) -> Hello | Answer | Refusal | None:
    """A worker's line; None where it is no message."""
    if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
        return None
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict):
        return None
    hello, id = message.get("hello"), message.get("id")
    if isinstance(hello, dict) and isinstance(hello.get("protocol"), int) and isinstance(hello.get("versions"), dict):
        return Hello(protocol=hello["protocol"], versions=hello["versions"])
    if not isinstance(id, int):
        return None
    if isinstance(message.get("answer"), dict):
        return Answer(id=id, values=message["answer"])
    return Refusal(id=id, reason=message["error"]) if isinstance(message.get("error"), str) else None
