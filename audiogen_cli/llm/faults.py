"""What a server's refusal means: whose fault it is, whether waiting or asking otherwise helps, what to do.

In: status, headers and body of an answer that is none, or the error of a connection. Out: a `ChatError` in one
line, or an `AskOtherwise` that names what the server does not take. No text of a server is passed on with a key
in it, with markup or longer than a line.
"""

import email.utils
import json
import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from audiogen_cli.llm.chat import ChatError
from audiogen_cli.llm.presets import OWN_KEY, Server

_STRUCTURE = re.compile(
    r"response[_ ]?format|json[_ ]?schema|json[_ ]?object|json mode|structured|schema|grammar|guided|output_format|"
    r"text\.format",
    re.IGNORECASE,
)
_PARAMETERS = ("temperature", "seed", "max_completion_tokens", "max_tokens")
_FILTER = re.compile(
    r"content[_ ]?(?:filter|policy|management)|moderation|safety (?:system|policy)|flagged", re.IGNORECASE
)
_TOO_LONG = re.compile(
    r"context[_ ](?:length|window|size)|too (?:long|many tokens)|maximum context|exceeds? .*context", re.IGNORECASE
)
_NO_CREDIT = re.compile(
    r"insufficient[_ ]quota|billing|credit balance|no credits?|payment|exceeded your current quota", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class AskOtherwise:
    """The server does not take what was asked for; the same question in another form may do."""

    structure: bool = False  # the form of the answer
    parameter: str = ""  # a parameter by its name
    why: str = ""


def fault_of_status(
    status: int,
    headers: Mapping[str, str],
    body: str,
    *,
    server: Server,
    model: str,
    structure: str,
    asked: tuple[str, ...],
) -> ChatError | AskOtherwise:
    """What an answer with an error status means.

    Args:
        status: HTTP status.
        headers: of the answer, names in any case.
        body: of the answer, as text.
        server, model: who was asked.
        structure: the form of answer that was asked for.
        asked: the parameters that were sent.
    """
    said = said_by(body, server)
    quoted = f": {said}" if said else ""
    where = f"{server.preset.name} at {server.host}"
    if 300 <= status < 400:
        target = re.sub(
            r"^(\w+://[^/?#]*).*", r"\1", next((headers[name] for name in headers if name.lower() == "location"), "?")
        )
        return ChatError(
            f"{where} redirects to {target}; nothing was sent there, as a key must not follow",
            hint="set --llm-base-url to the right address",
        )
    if status in (400, 404, 415, 422, 500, 501) and structure != "plain" and _STRUCTURE.search(said):
        return AskOtherwise(structure=True, why=said)
    if _FILTER.search(said) and status in (400, 403, 451):
        return ChatError(
            f"{where} declined the text by its content filter{quoted}",
            hint="word the scene differently, or --refiner embedded",
        )
    if status in (400, 422):
        parameter = next((name for name in _PARAMETERS if name in asked and re.search(rf"\b{name}\b", said)), "")
        if parameter:
            return AskOtherwise(parameter=parameter, why=said)
        if _TOO_LONG.search(said):
            return ChatError(
                f"the text is too long for {model}{quoted}", hint="shorten it, or take a model with a longer context"
            )
        if _missing_model(said):
            return _unknown_model(server, model, quoted)
        if structure != "plain":  # an unclear refusal; the next rung will show whether the form was the reason
            return AskOtherwise(structure=True, why=said)
        return ChatError(f"{where} refuses the request{quoted}", hint="check --llm-model and --llm-base-url")
    if status in (401, 403):
        return _key_refused(server, quoted)
    if status == 402 or (status == 429 and _NO_CREDIT.search(said)):
        return ChatError(
            f"the account at {server.host} has no credit left{quoted}",
            hint="top it up, or --llm another, or --refiner embedded",
        )
    if status == 404:
        if _missing_model(said) or said:
            return _unknown_model(server, model, quoted)
        return ChatError(f"{where} has no chat at this address (404)", hint="a base URL usually ends in /v1")
    if status == 413:
        return ChatError(f"{where} finds the text too large{quoted}", hint="shorten it")
    if status in (408, 409, 425, 429) or status >= 500:
        loading = status == 503 and "loading" in said.lower()
        reason = (
            "is still loading its model" if loading else "asks to wait (429)" if status == 429 else f"failed ({status})"
        )
        return ChatError(
            f"{where} {reason}{quoted}",
            hint="try again in a while, or --refiner embedded",
            again=True,
            wait_s=wait_asked(headers),
            loading=loading,
        )
    return ChatError(f"{where} answers with status {status}{quoted}", hint="check --llm-base-url")


def _missing_model(said: str) -> bool:
    return (
        re.search(
            r"model.*(?:not found|does not exist|not exist|unknown|invalid|not available|no such)|(?:no|unknown) model",
            said,
            re.IGNORECASE,
        )
        is not None
    )


def _unknown_model(server: Server, model: str, quoted: str) -> ChatError:
    mend = f"ollama pull {model}" if server.preset.name == "ollama" else "name another with --llm-model"
    return ChatError(f"{server.preset.name} at {server.host} has no model {model!r}{quoted}", hint=mend)


def _key_refused(server: Server, quoted: str) -> ChatError:
    where = f"{server.preset.name} at {server.host}"
    variable = server.key_variable or next(iter(server.preset.key_variables), OWN_KEY)
    if server.key is None:
        return ChatError(f"{where} wants a key and none was sent{quoted}", hint=f"export {variable}=...")
    return ChatError(f"{where} refuses the key in {variable}{quoted}", hint=f"put a valid key into {variable}")


def wait_asked(headers: Mapping[str, str]) -> float:
    """Seconds a server asks to be left alone: Retry-After in milliseconds, seconds or as a date; 0 if it is silent."""
    named = {name.lower(): value.strip() for name, value in headers.items()}
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            wait = float(named[name]) * unit
        except (KeyError, ValueError):
            continue
        return wait if math.isfinite(wait) and wait > 0 else 0.0
    try:
        when = email.utils.parsedate_to_datetime(named["retry-after"]).timestamp()
    except (KeyError, ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, when - time.time())


def said_by(body: str, server: Server) -> str:
    """What a server says in an error, one short line without markup and without anything secret."""
    text = body[:20_000]
    try:
        value = json.loads(text)
        for _ in range(4):  # {"error": {"message": ..}}, [{"error": ..}], {"detail": ..}
            if isinstance(value, list) and value:
                value = value[0]
            if not isinstance(value, dict):
                break
            value = next((value[name] for name in ("error", "message", "detail", "msg") if value.get(name)), "")
        text = value if isinstance(value, str) else json.dumps(value)
    except (ValueError, RecursionError):
        text = re.sub(r"(?is)<(script|style)\b.*?</\1>|<[^<>]*>", " ", text)
    line = " ".join(scrub(text, server).split())
    return line[:197] + "..." if len(line) > 200 else line


def scrub(text: str, server: Server) -> str:
    """A text without the key or the secret headers of a server, should the server or a library repeat them."""
    for secret in (str(server.key or ""), *map(str, server.headers.values())):
        if len(secret) >= 4:
            text = text.replace(secret, "***")
    return text
