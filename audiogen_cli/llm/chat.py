"""What a language model is asked and what it answers, whatever runs it.

In: a `ChatRequest` with messages and the schema the answer should have. Out: a `ChatReply` with the raw text; what
is in the text is `extraction`'s business, whether it is a good caption the refiner's. A `Chat` raises `ChatError`
where there is no answer; it says whose fault that is and whether asking once more can help.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from audiogen_cli.errors import RefinerError


@dataclass(frozen=True, kw_only=True)
class Message:
    """One turn of the talk."""

    role: str  # "system", "user", "assistant"
    content: str
    sound: bytes | None = None  # a WAV file heard before the words, for models that hear


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """One question, with how to answer it."""

    messages: tuple[Message, ...]
    schema: Mapping[str, Any]  # JSON Schema of the object wanted
    temperature: float = 0.7
    seed: int = 0  # for servers that take one
    max_tokens: int = 800
    name: str = "caption"  # of the object, for servers that want one


@dataclass(frozen=True, kw_only=True)
class ChatReply:
    """One answer as it came."""

    text: str
    reasoning: str = ""  # thought that the server keeps apart from the answer
    cut: bool = False  # ended by the token limit
    refusal: str = ""  # what the model said instead of answering
    structure: str = "plain"  # how the answer's form was asked for: "json_schema", "json_object", "plain", "grammar"
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class ChatError(RefinerError):
    """No answer; `again` says that another attempt may help, after `wait_s` seconds."""

    def __init__(
        self, message: str, *, hint: str = "", again: bool = False, wait_s: float = 0.0, loading: bool = False
    ) -> None:
        super().__init__(message, hint=hint)
        self.again = again
        self.wait_s = wait_s
        self.loading = loading  # the server is up and still loads its model: waiting is not an attempt


OnProgress = Callable[[int, int], None]
"""Tokens written so far, and the most there will be."""


class Chat(Protocol):
    """A language model that answers one question at a time."""

    @property
    def description(self) -> str:
        """For people and recipes: "gpt-4.1-mini at api.openai.com"."""
        ...

    def identity(self) -> Mapping[str, Any]:
        """What the answer depends on beside the request, for the cache: server, model; never a key."""
        ...

    def prepare(self) -> None:
        """Load what takes long and is no answer yet; not counted against any budget."""
        ...

    def ask(self, request: ChatRequest, *, timeout_s: float) -> ChatReply:
        """Answer within the time, or raise `ChatError`."""
        ...
