"""A `Chat` in this process: an instruct model from a folder or the hub, or a GGUF file, without any server.

In: a model's name, folder or `.gguf` file. Out: a `Chat`. A folder or hub name runs through transformers with
decoding that cannot leave the schema (`constrained`); a GGUF runs through llama.cpp, whose own server answers on
127.0.0.1 under a key drawn for this run (`gguf`). Loading is `prepare`'s work and not counted as an answer.
Remote code of a model is never run.
"""

import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiogen_cli.errors import ModelMissingError, OutOfMemoryError
from audiogen_cli.llm.chat import Chat, ChatError, ChatReply, ChatRequest, Message, OnProgress

log = logging.getLogger(__name__)

DEFAULT_MODEL = "Qwen/Qwen2.5-1.5B-Instruct"  # Apache-2.0, 3 GB; small enough for a laptop


class LocalChat:
    """Whichever of the two ways fits the model that is named."""

    def __init__(
        self,
        model: str | None = None,
        *,
        device: str = "auto",
        offline: bool = False,
        on_progress: OnProgress | None = None,
    ) -> None:
        """Choose the way; nothing is loaded yet.

        Args:
            model: a hub name, a folder or a `.gguf` file; `None` for `DEFAULT_MODEL`.
            device: "auto", "cpu", "cuda", "mps"; llama.cpp chooses for itself.
            offline: take only what lies on this machine.
            on_progress: told (tokens so far, most tokens) while an answer is written.
        """
        name = model or DEFAULT_MODEL
        if name.lower().endswith(".gguf"):
            from audiogen_cli.llm.gguf import GGUFChat

            self._way: Chat = GGUFChat(Path(name))
        else:
            self._way = TransformersChat(name, device=device, offline=offline, on_progress=on_progress)

    @property
    def description(self) -> str:
        """The model and that it runs here."""
        return self._way.description

    def identity(self) -> Mapping[str, Any]:
        """The model; for a file or folder with its date, as its content may change under its name."""
        return self._way.identity()

    def prepare(self) -> None:
        """Load the model; raises `ModelMissingError` where it cannot be had."""
        self._way.prepare()

    def ask(self, request: ChatRequest, *, timeout_s: float) -> ChatReply:
        """Answer within the time, or raise `ChatError`."""
        return self._way.ask(request, timeout_s=timeout_s)


class TransformersChat:
    """An instruct model through transformers, its answer held to the schema token by token."""

    def __init__(
        self, model: str, *, device: str = "auto", offline: bool = False, on_progress: OnProgress | None = None
    ):
        self._name = model
        self._device = device
        self._offline = offline
        self._on_progress = on_progress
        self._loaded: tuple[Any, Any, Any] | None = None  # tokenizer, model, vocabulary
        self.description = f"{Path(model).name if Path(model).exists() else model} on this machine"

    def identity(self) -> Mapping[str, Any]:
        """Name, and the date of a folder."""
        folder = Path(self._name)
        dated = {"modified": max(path.stat().st_mtime_ns for path in folder.iterdir())} if folder.is_dir() else {}
        return {"model": self._name, **dated}

    def prepare(self) -> None:
        """Load tokenizer, weights and vocabulary once; raises `ModelMissingError`, `OutOfMemoryError`."""
        if self._loaded is not None:
            return
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        from audiogen_cli.device import choose_device
        from audiogen_cli.llm.constrained import build_vocabulary

        where = {"local_files_only": self._offline, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(self._name, **where)
            model: Any = AutoModelForCausalLM.from_pretrained(self._name, dtype="auto", **where)
            model = model.to(torch.device(choose_device(self._device))).eval()
        except torch.OutOfMemoryError as fault:
            raise OutOfMemoryError(
                f"{self._name} does not fit into the device's memory", hint="--device cpu"
            ) from fault
        except (OSError, ValueError, ImportError) as fault:
            first = str(fault).strip().splitlines()[0][:160] if str(fault).strip() else type(fault).__name__
            raise ModelMissingError(
                f"the language model {self._name} cannot be loaded: {first}",
                hint="name a folder, a .gguf file or a hub model with --llm-model; without --offline it is fetched",
            ) from fault
        width = model.get_output_embeddings().weight.shape[0]
        self._loaded = (tokenizer, model, build_vocabulary(tokenizer, width=width))

    def ask(self, request: ChatRequest, *, timeout_s: float) -> ChatReply:
        """Answer within the time, or raise `ChatError`; the same seed gives the same answer on the same machine."""
        self.prepare()
        assert self._loaded is not None
        import torch

        from audiogen_cli.llm.constrained import SchemaProcessor

        tokenizer, model, vocabulary = self._loaded
        prompt = _prompt_ids(tokenizer, request.messages).to(model.device)
        clock = _Clock(time.monotonic() + timeout_s, prompt.shape[1], request.max_tokens, self._on_progress)
        sampling = (
            {"do_sample": True, "temperature": request.temperature, "top_p": 0.95} if request.temperature > 0 else {}
        )
        devices = [model.device] if model.device.type == "cuda" else []
        with torch.inference_mode(), torch.random.fork_rng(devices=devices):
            torch.manual_seed(request.seed)
            written = model.generate(
                prompt,
                attention_mask=torch.ones_like(prompt),
                max_new_tokens=request.max_tokens,
                logits_processor=[SchemaProcessor(vocabulary, request.schema, prompt_length=prompt.shape[1])],
                stopping_criteria=[clock],
                pad_token_id=tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id,
                **(sampling or {"do_sample": False}),
            )[0, prompt.shape[1] :]
        text = tokenizer.decode(written, skip_special_tokens=True)
        if clock.late:
            raise ChatError(
                f"{self.description} did not finish in the time allowed",
                hint="give it more with --llm-timeout, take a smaller model, or --refiner embedded",
            )
        return ChatReply(
            text=text,
            cut=len(written) >= request.max_tokens,
            structure="grammar",
            prompt_tokens=prompt.shape[1],
            completion_tokens=len(written),
        )


class _Clock:
    """Stops a generation at its deadline and tells how far it is."""

    def __init__(self, deadline: float, begin: int, most: int, on_progress: OnProgress | None) -> None:
        self._deadline, self._begin, self._most, self._on_progress = deadline, begin, most, on_progress
        self.late = False

    def __call__(self, input_ids: Any, scores: Any, **more: Any) -> Any:
        import torch

        if self._on_progress is not None:
            self._on_progress(input_ids.shape[1] - self._begin, self._most)
        self.late = time.monotonic() > self._deadline
        return torch.full((input_ids.shape[0],), self.late, dtype=torch.bool, device=input_ids.device)


def _prompt_ids(tokenizer: Any, messages: tuple[Message, ...]) -> Any:
    """The talk in the model's own template, [1, L]; models without a system role get it before the first words."""
    turns = [{"role": message.role, "content": message.content} for message in messages]
    if not tokenizer.chat_template:
        text = "\n\n".join(message.content for message in messages) + "\n"
        return tokenizer(text, return_tensors="pt").input_ids
    merged = [{"role": "user", "content": f"{turns[0]['content']}\n\n{turns[1]['content']}"}, *turns[2:]]
    for form in (turns, merged):
        try:
            text = tokenizer.apply_chat_template(
                form, tokenize=False, add_generation_prompt=True, enable_thinking=False
            )
        except Exception as fault:  # a template refuses by an error of its own kind
            log.info(
                "the template of %s refuses a system role: %s", os.path.basename(str(tokenizer.name_or_path)), fault
            )
            continue
        return tokenizer(text, return_tensors="pt", add_special_tokens=False).input_ids
    raise ModelMissingError(
        "the model's chat template takes neither system nor user turns", hint="take an instruct model"
    )
