"""A `Chat` with a GGUF file: llama.cpp runs it in this process and answers through its OpenAI-compatible server.

In: a `.gguf` file. Out: a `Chat`, which is the same client as for every other server (`openai_compatible`), with the
same deadlines; llama.cpp holds the answer to the schema by its own grammar. The server listens on 127.0.0.1 alone,
on a free port, under a key drawn for this run. The binding (xllamacpp, MIT) comes as a ready wheel.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiogen_cli.errors import ModelMissingError
from audiogen_cli.llm.chat import ChatReply, ChatRequest
from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat
from audiogen_cli.llm.presets import Preset, Server
from audiogen_cli.settings import Secret

CONTEXT_TOKENS = 4096  # instructions, request, one answer sent back and the next


class GGUFChat:
    """One GGUF model, loaded once."""

    def __init__(self, file: Path) -> None:
        self._file = file.expanduser()
        self._server: Any = None  # llama.cpp's; lives as long as we do
        self._chat: OpenAICompatibleChat | None = None
        self.description = f"{self._file.name} on this machine"

    def identity(self) -> Mapping[str, Any]:
        """The file with its size and date."""
        try:
            state = self._file.stat()
        except OSError:
            return {"model": str(self._file)}
        return {"model": str(self._file), "size": state.st_size, "modified": state.st_mtime_ns}

    def prepare(self) -> None:
        """Load the model and open its server; raises `ModelMissingError`."""
        if self._chat is not None:
            return
        if not self._file.is_file():
            raise ModelMissingError(f"{self._file}: no such file", hint="--llm-model FILE.gguf")
        try:
            import xllamacpp
        except ImportError as fault:
            raise ModelMissingError("a GGUF needs xllamacpp", hint='pip install "audiogen[gguf]"') from fault
        key = secrets.token_urlsafe(24)
        params = xllamacpp.CommonParams()
        params.model.path = str(self._file)
        params.n_ctx = CONTEXT_TOKENS
        params.n_parallel = 1
        params.warmup = False
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) // 2)
        params.verbosity = -1  # it would write to stderr
        params.api_keys = [key]
        params.ui = False
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as fault:
            raise ModelMissingError(
                f"{self._file}: llama.cpp cannot load it: {fault}", hint="is it a whole GGUF?"
            ) from fault
        url = f"{self._server.listening_address}/v1"
        place = Server(
            preset=Preset(name="llamacpp", base_url=url), base_url=url, model=self._file.name, key=Secret(key)
        )
        self._chat = OpenAICompatibleChat(place)

    def ask(self, request: ChatRequest, *, timeout_s: float) -> ChatReply:
        """Answer within the time, or raise `ChatError`."""
        self.prepare()
        assert self._chat is not None
        return self._chat.ask(request, timeout_s=timeout_s)
