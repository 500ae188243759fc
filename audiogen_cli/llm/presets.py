"""The servers people run: where each listens, which variable holds its key, what form of answer it honours.

Out: the table `PRESETS`, and `Server`, the form of one that is asked. Which of them a person means is chosen in
`servers`; talking to it is `openai_compatible`'s business.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from audiogen_cli.errors import OptionError
from audiogen_cli.settings import Secret

LADDER = ("json_schema", "json_object", "plain")
"""Ways to ask for an object, strictest first; each server is asked the strictest it takes."""

OWN_KEY = "AUDIOGEN_LLM_API_KEY"
"""The key for whatever server `--llm` or `--llm-base-url` names; goes before the preset's own variable."""


@dataclass(frozen=True, kw_only=True)
class Preset:
    """One kind of server and its manners."""

    name: str
    base_url: str
    key_variables: tuple[str, ...] = ()  # in order; none for a server on this machine
    default_model: str | None = None  # `None`: the first the server lists
    ladder: tuple[str, ...] = LADDER
    takes_seed: bool = True
    token_limit: str = "max_tokens"  # what the limit is called
    max_temperature: float = 2.0
    start: str = ""  # how one brings it up, for the hint when nobody answers

    @property
    def local(self) -> bool:
        """Whether it runs on this machine."""
        return urlsplit(self.base_url).hostname in ("localhost", "127.0.0.1", "::1")


PRESETS: Mapping[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            name="openai", base_url="https://api.openai.com/v1", key_variables=("OPENAI_API_KEY",),
            default_model="gpt-4.1-mini", token_limit="max_completion_tokens",
        ),
        Preset(name="ollama", base_url="http://127.0.0.1:11434/v1", start="ollama serve, then ollama pull qwen3:4b"),
        Preset(name="llamacpp", base_url="http://127.0.0.1:8080/v1", start="llama-server -m MODEL.gguf"),
        Preset(name="vllm", base_url="http://127.0.0.1:8000/v1", start="vllm serve MODEL"),
        # LM Studio answers json_object with 400.
        Preset(
            name="lmstudio", base_url="http://127.0.0.1:1234/v1", ladder=("json_schema", "plain"),
            start="lms server start",
        ),
        Preset(
            name="openrouter", base_url="https://openrouter.ai/api/v1", key_variables=("OPENROUTER_API_KEY",),
            default_model="openai/gpt-4.1-mini",
        ),
        Preset(
            name="groq", base_url="https://api.groq.com/openai/v1", key_variables=("GROQ_API_KEY",),
            default_model="openai/gpt-oss-20b",
        ),
        Preset(
            name="gemini", base_url="https://generativelanguage.googleapis.com/v1beta/openai",
            key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"), default_model="gemini-2.5-flash", takes_seed=False,
        ),
        # Its documents say that response_format is ignored; newer models were seen to honour strict schemas.
        Preset(
            name="anthropic", base_url="https://api.anthropic.com/v1", key_variables=("ANTHROPIC_API_KEY",),
            default_model="claude-haiku-4-5", takes_seed=False, max_temperature=1.0, ladder=("json_schema", "plain"),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server to ask, with the key for it and no other."""

    preset: Preset
    base_url: str
    model: str | None = None  # `None`: the first the server lists
    key: Secret | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold secrets of a gateway
    key_variable: str = ""  # where the key came from, for messages

    @property
    def host(self) -> str:
        """Host and port, without scheme, path or anything secret."""
        parts = urlsplit(self.base_url)
        return (parts.hostname or "?") + (f":{parts.port}" if parts.port else "")

    def __str__(self) -> str:
        return f"{self.preset.name} {self.model}" if self.model else f"{self.preset.name} at {self.host}"


def ollama_url(host: str | None) -> str | None:
    """The address in Ollama's own variable, which may lack scheme and port; 0.0.0.0 is where it listens, not is."""
    if not host:
        return None
    try:
        parts = urlsplit(host if "//" in host else f"//{host}")
        name, port = parts.hostname, parts.port or 11434
    except ValueError as fault:
        raise OptionError(f"OLLAMA_HOST is {host!r}, which is no address", hint="such as 127.0.0.1:11434") from fault
    return f"{parts.scheme or 'http'}://{'127.0.0.1' if name in (None, '0.0.0.0') else name}:{port}/v1"
