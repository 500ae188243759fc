"""A `Chat` over HTTP: any server that speaks OpenAI's chat completions, asked so that it cannot hang us or leak a key.

In: a `ChatRequest` and seconds. Out: a `ChatReply`, or a `ChatError` in one line. The form of the answer is asked
for as strictly as the server takes (`presets.LADDER`), and what it refuses is remembered (`manners`). One exchange
has one deadline: it runs in a thread of its own, for a name lookup that hangs or a header that trickles in cannot
be bounded otherwise; the body is read up to `MAX_BYTES`. Redirects are never followed and nothing is retried here:
whether to ask again is the refiner's decision, which owns the budget.
"""

import base64
import json
import logging
import queue
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from audiogen_cli.errors import OptionError
from audiogen_cli.llm.chat import ChatError, ChatReply, ChatRequest, Message
from audiogen_cli.llm.faults import AskOtherwise, fault_of_status, said_by, scrub
from audiogen_cli.llm.manners import Manners, MannersMemory
from audiogen_cli.llm.presets import Server

log = logging.getLogger(__name__)

MAX_BYTES = 2_000_000  # a caption is a few hundred bytes, its thought at most some hundred kilobytes
MAX_PACKED_BYTES = 100_000  # of a compressed body, which may be a thousand times as large unpacked
CONNECT_S = 10.0
LIST_S = 5.0  # for a list of models

T = TypeVar("T")


class OpenAICompatibleChat:
    """Asks one server; finds out on the way which forms of answer and which parameters it takes."""

    def __init__(self, server: Server, *, memory: Path | None = None) -> None:
        if server.key and not (server.key.isascii() and server.key.isprintable()):
            where = server.key_variable or "the LLM key"
            raise OptionError(f"{where} holds characters that no key has", hint="copy it anew")
        self._server = server
        self._model = server.model
        self._memory = MannersMemory(memory)

    @property
    def description(self) -> str:
        """Model and host, for people and recipes."""
        return f"{self._model or 'first model'} at {self._server.host}"

    def identity(self) -> Mapping[str, Any]:
        """Server and model; where none was named, the first the server lists, as that may be another tomorrow."""
        return {"server": self._server.base_url, "model": self._chosen_model(time.monotonic() + LIST_S)}

    def prepare(self) -> None:
        """Nothing to load: the server has done it, or says so when it is asked."""

    def ask(self, request: ChatRequest, *, timeout_s: float) -> ChatReply:
        """Answer within the time; walks down the ladder as far as the server makes us.

        Raises:
            ChatError: no answer; says whose fault it is and whether asking again may help.
        """
        deadline = time.monotonic() + timeout_s
        model = self._chosen_model(deadline)
        manners = self._memory.recall(self._server.base_url, model)
        ladder = self._server.preset.ladder
        if manners.structure not in ladder:
            manners = Manners(structure=ladder[0], left_out=manners.left_out)
        while True:
            parameters = self._parameters(request, model, manners)
            answer = self._exchange("chat/completions", parameters, deadline=deadline, manners=manners, model=model)
            if not isinstance(answer, AskOtherwise):
                reply = read_reply(answer, self._server, structure=str(manners.structure))
                self._memory.learn(self._server.base_url, model, manners)
                return reply
            log.info("%s: asked otherwise, as it says %r", self._server, answer.why)
            manners = self._otherwise(manners, answer)

    def _otherwise(self, manners: Manners, answer: AskOtherwise) -> Manners:
        if answer.parameter:
            return Manners(structure=manners.structure, left_out=(*manners.left_out, answer.parameter))
        ladder = self._server.preset.ladder
        return Manners(structure=ladder[ladder.index(str(manners.structure)) + 1], left_out=manners.left_out)

    def _parameters(self, request: ChatRequest, model: str, manners: Manners) -> dict[str, Any]:
        preset = self._server.preset
        limit = preset.token_limit
        if limit in manners.left_out:  # the same limit has two names
            limit = "max_tokens" if limit == "max_completion_tokens" else "max_completion_tokens"
        parameters: dict[str, Any] = {
            "temperature": min(request.temperature, preset.max_temperature), limit: request.max_tokens,
        }  # fmt: skip
        if preset.takes_seed:
            parameters["seed"] = request.seed & 0x7FFFFFFF
        parameters = {name: value for name, value in parameters.items() if name not in manners.left_out}
        messages = [{"role": message.role, "content": _sent(message)} for message in request.messages]
        form: dict[str, Any] = {}
        if manners.structure == "json_schema":
            named = {"name": request.name, "strict": True, "schema": dict(request.schema)}
            form = {"response_format": {"type": "json_schema", "json_schema": named}}
        elif manners.structure == "json_object":
            form = {"response_format": {"type": "json_object"}}
        return {"model": model, "messages": messages, **parameters, **form}

    def _chosen_model(self, deadline: float) -> str:
        if self._model is None:
            from audiogen_cli.llm.discovery import NOT_CHAT

            manners = Manners(structure="plain")
            answer = self._exchange("models", None, deadline=deadline, manners=manners, model="")
            listed = answer.get("data") if isinstance(answer, dict) else None
            names = (
                [str(item.get("id")) for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
            )
            usable = [name for name in names if not any(word in name.lower() for word in NOT_CHAT)]
            if not usable:
                raise ChatError(
                    f"{self._server.preset.name} at {self._server.host} lists no model to talk to",
                    hint=self._server.preset.start or "name one with --llm-model",
                )
            self._model = usable[0]
        return self._model

    def _exchange(
        self, path: str, parameters: dict[str, Any] | None, *, deadline: float, manners: Manners, model: str
    ) -> Any:
        """One request and the parsed body of its answer, or an `AskOtherwise`."""
        import openai

        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise self._too_slow()
        try:
            client = openai.OpenAI(
                api_key=str(self._server.key) if self._server.key else "none",
                base_url=self._server.base_url,
                max_retries=0,
                timeout=openai.Timeout(remaining, connect=min(CONNECT_S, remaining)),
                http_client=openai.DefaultHttpxClient(follow_redirects=False, event_hooks={"response": [_bound]}),
            )
        except Exception as fault:  # an address or a proxy setting that the HTTP library does not take
            raise self._fault_of_connection(fault) from None
        headers: dict[str, Any] = {"Accept-Encoding": "identity", **self._server.headers}
        if self._server.preset.name != "openai":  # ids of an account elsewhere are nobody else's business
            headers |= {"OpenAI-Organization": openai.Omit(), "OpenAI-Project": openai.Omit()}
        if self._server.key is None:
            headers["Authorization"] = openai.Omit()

        def talk() -> bytes:
            if parameters is None:
                asked = client.models.with_streaming_response.list(extra_headers=headers)
            else:
                asked = client.chat.completions.with_streaming_response.create(**parameters, extra_headers=headers)
            with asked as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_BYTES:
                        raise _TooLarge
                    if time.monotonic() > deadline:
                        raise TimeoutError
                return bytes(body)

        try:
            body = _within(talk, remaining)
        except openai.APIStatusError as fault:
            text = _text_of(fault)
            answer = fault_of_status(
                fault.status_code, fault.response.headers, text, server=self._server, model=model,
                structure=str(manners.structure), asked=tuple(parameters or ()),
            )  # fmt: skip
            if isinstance(answer, AskOtherwise):
                return answer
            raise answer from None  # the cause's text may repeat the key
        except Exception as fault:
            raise self._fault_of_connection(fault) from None
        finally:
            client.close()
        return self._parsed(body)

    def _parsed(self, body: bytes) -> Any:
        text = body.decode("utf-8", errors="replace")
        where = f"{self._server.preset.name} at {self._server.host}"
        if not text.strip():
            raise ChatError(
                f"{where} answered with nothing at all", hint="try again, or --refiner embedded", again=True
            )
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
        if text.lstrip()[:1] == "<":
            raise ChatError(f"{where} answers with a web page, not as an API", hint="a base URL usually ends in /v1")
        said = said_by(text, self._server)
        raise ChatError(
            f"{where} answers with broken JSON: {said}", hint="try again, or --refiner embedded", again=True
        )

    def _too_slow(self) -> ChatError:
        return ChatError(
            f"{self._server.preset.name} at {self._server.host} did not answer in the time allowed",
            hint="give it more with --llm-timeout, take a smaller model, or --refiner embedded",
        )

    def _fault_of_connection(self, fault: BaseException) -> ChatError:
        """What went wrong between us and the server, from the chain of causes."""
        chain: list[BaseException] = []
        link: BaseException | None = fault
        while link is not None and link not in chain:
            chain.append(link)
            link = link.__cause__ or link.__context__
        kinds = {kind.__name__ for one in chain for kind in type(one).__mro__}
        where = f"{self._server.preset.name} at {self._server.host}"
        if "_TooLarge" in kinds:
            return ChatError(f"{where} sends far more than a caption", hint="check --llm-base-url and --llm-model")
        if "ConnectTimeout" in kinds:
            return ChatError(f"{where} cannot be reached: no connection in time", hint=self._bring_up())
        if kinds & {"TimeoutException", "TimeoutError", "APITimeoutError"}:
            return self._too_slow()
        said = re.sub(r"^\[Errno -?\d+\] ", "", scrub(str(chain[-1]), self._server))
        if "gaierror" in kinds or "Name or service not known" in said or "nodename nor servname" in said:
            return ChatError(
                f"{where} cannot be reached: the name is not known", hint="check --llm-base-url and the network"
            )
        if "SSLError" in kinds or "CERTIFICATE" in said.upper():
            return ChatError(f"{where} cannot be trusted: {said[:120]}", hint="check the address and its certificate")
        if kinds & {"ConnectError", "ConnectionRefusedError"}:
            return ChatError(f"nothing answers at {self._server.host}: {said[:80]}", hint=self._bring_up())
        if kinds & {"TransportError", "APIConnectionError", "ConnectionError", "HTTPError", "StreamError"}:
            return ChatError(
                f"{where} broke off in the middle of its answer", hint="try again, or --refiner embedded", again=True
            )
        return ChatError(
            f"{where} could not be asked: {type(fault).__name__}: {said[:120]}",
            hint="check --llm-base-url and --llm-model",
        )

    def _bring_up(self) -> str:
        return self._server.preset.start or "is it running? check --llm-base-url, or --refiner embedded"


def read_reply(answer: Any, server: Server, *, structure: str) -> ChatReply:
    """The reply in a parsed body; raises `ChatError` for a filter's veto, an error with status 200, a strange form."""
    where = f"{server.preset.name} at {server.host}"
    if not isinstance(answer, dict) or not isinstance(answer.get("choices"), list) or not answer["choices"]:
        if isinstance(answer, dict) and answer.get("error"):
            raise ChatError(
                f"{where} failed: {said_by(json.dumps(answer), server)}",
                hint="try again, or --refiner embedded",
                again=True,
            )
        raise ChatError(
            f"{where} does not answer as a chat", hint="check --llm-base-url; it usually ends in /v1", again=True
        )
    choice = _mapping(answer["choices"][0])
    message = _mapping(choice.get("message"))
    if choice.get("finish_reason") == "content_filter":
        raise ChatError(
            f"{where} withheld its answer by its content filter",
            hint="word the scene differently, or --refiner embedded",
        )
    usage = _mapping(answer.get("usage"))
    return ChatReply(
        text=scrub(_content(message.get("content")) or _content(choice.get("text")), server),
        reasoning=scrub(_content(message.get("reasoning_content")) or _content(message.get("reasoning")), server),
        cut=choice.get("finish_reason") == "length", refusal=scrub(_content(message.get("refusal")), server),
        structure=structure,
        prompt_tokens=_count(usage.get("prompt_tokens")),
        completion_tokens=_count(usage.get("completion_tokens")),
    )  # fmt: skip


def _sent(message: Message) -> str | list[dict[str, Any]]:
    """What a message holds, in parts where it holds sound."""
    if message.sound is None:
        return message.content
    sound = {"data": base64.b64encode(message.sound).decode("ascii"), "format": "wav"}
    return [{"type": "input_audio", "input_audio": sound}, {"type": "text", "text": message.content}]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _content(value: Any) -> str:
    """Text, or the text parts of a list of parts."""
    if isinstance(value, list):
        return "".join(str(part.get("text", "")) for part in value if isinstance(part, dict))
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class _TooLarge(Exception):
    """More bytes than any caption has."""


def _bound(response: Any) -> None:
    """A hook on every response: its stream ends in `_TooLarge` rather than filling the memory; error pages too."""
    library = sys.modules[type(response).__module__.partition(".")[0]]  # httpx, or httpx2 in newer clients
    inner, most = response.stream, MAX_PACKED_BYTES if "content-encoding" in response.headers else MAX_BYTES

    class Bounded(library.SyncByteStream):  # type: ignore[misc, name-defined]  # known only when it runs
        def __iter__(self) -> Any:
            seen = 0
            for chunk in inner:
                seen += len(chunk)
                if seen > most:
                    raise _TooLarge
                yield chunk

        def close(self) -> None:
            inner.close()

    response.stream = Bounded()


def _within(work: Callable[[], T], timeout_s: float) -> T:
    """Run work in a thread and wait no longer than told; a thread that is late is left to end at its own deadline."""
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as fault:
            outcome.put((None, fault))

    threading.Thread(target=run, daemon=True, name="llm-exchange").start()
    try:
        result, fault = outcome.get(timeout=timeout_s)
    except queue.Empty:
        raise TimeoutError from None
    if fault is not None:
        raise fault
    return result  # type: ignore[return-value]  # a result where there is no fault


def _text_of(fault: Any) -> str:
    try:
        return str(fault.response.content.decode("utf-8", errors="replace"))
    except Exception:  # the body was not read, broke off or was too large: the status says enough
        return ""
