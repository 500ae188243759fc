"""One talk with a language model about one request: ask, read, mend, check, send back.

In: a `RefineRequest`, the instructions and a `Chat`. Out: a `Refinement` whose caption keeps every hard rule, within
`MAX_ATTEMPTS` answers and one wall-clock budget, in which waiting for a busy server counts too. Which instructions
are given, and which answers are kept, is the business of `llm`.
"""

import logging
import re
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from audiogen_cli.caption import JSON_KEYS, Caption, caption_from_json, strict_schema
from audiogen_cli.caption.rules import Fault, Repair, check_rules, repair_caption
from audiogen_cli.errors import CaptionError, RefinerError
from audiogen_cli.llm.chat import Chat, ChatError, ChatReply, ChatRequest, Message
from audiogen_cli.llm.extraction import ExtractionError, extract_object
from audiogen_cli.llm.instructions import TEMPERATURES, as_data, load_instructions
from audiogen_cli.refiner.base import Refinement, RefineRequest

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
MAX_TOKENS = 900  # a caption takes 120 to 250; models that think first are given twice as much when cut off
FIRST_WAIT_S = 0.5  # before asking a busy server again, doubled each time
LOADING_WAIT_S = 2.0
KEPT_CHARS = 4000  # of each raw reply
COPIED_WORDS = 5  # in a row, from the instructions
REPAIRS_TOLD = ("tags", "labels", "directions", "narration", "voice_for_words", "agreement", "pins")


@dataclass
class _Attempt:
    """One answer and its judgement; becomes one entry of `details["attempts"]`."""

    reply: str = ""
    reasoning: str = ""
    structure: str = ""
    remarks: tuple[str, ...] = ()
    repairs: list[Repair] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    problem: str = ""  # why there is no caption at all
    caption: Caption | None = None
    seconds: float = 0.0
    prompt_tokens: int | None = None
    completion_tokens: int | None = None

    @property
    def hard(self) -> list[Fault]:
        return [fault for fault in self.faults if not fault.advice]

    def as_details(self) -> dict[str, Any]:
        told = asdict(self)
        told["caption"] = self.caption.as_json() if self.caption else None
        told["remarks"] = list(self.remarks)
        return {key: value for key, value in told.items() if value not in (None, "", [], ())}


class Dialogue:
    """One talk with the model about one request, within one budget."""

    def __init__(self, chat: Chat, request: RefineRequest, system: str, timeout_s: float) -> None:
        self._chat = chat
        self._request = request
        self._timeout_s = timeout_s
        self._began = time.monotonic()
        self._messages = [Message(role="system", content=system), Message(role="user", content=user_message(request))]
        self._max_tokens = MAX_TOKENS
        self._attempts: list[_Attempt] = []
        self._best: _Attempt | None = None  # keeps every hard rule

    def run(self, origin: str) -> Refinement:
        """Ask until a caption keeps the rules, the attempts are used up or the time is."""
        failures = 0
        while len(self._attempts) + failures < MAX_ATTEMPTS:
            try:
                attempt = self._ask()
            except ChatError as fault:
                failures += 0 if fault.loading else 1
                if self._best is not None:
                    break
                if not fault.again or failures >= MAX_ATTEMPTS:
                    raise
                self._wait(fault, failures)
                continue
            self._attempts.append(attempt)
            if attempt.caption is not None and not attempt.hard:
                sent_back = self._best is not None
                self._best = attempt
                if not attempt.faults or sent_back:  # advice is given once
                    break
            self._send_back(attempt)
        if self._best is None or self._best.caption is None:
            raise self._failure()
        return self._refinement(self._best, self._best.caption, origin)

    def _ask(self) -> _Attempt:
        creative = TEMPERATURES[self._request.creativity]
        began = time.monotonic()
        reply = self._chat.ask(
            ChatRequest(
                messages=tuple(self._messages), schema=strict_schema(), max_tokens=self._max_tokens,
                temperature=creative if not self._attempts else min(creative, 0.4),
                seed=self._request.seed + len(self._attempts),
            ),
            timeout_s=self._left(),
        )  # fmt: skip
        attempt = self._judge(reply)
        attempt.seconds = round(time.monotonic() - began, 3)
        return attempt

    def _judge(self, reply: ChatReply) -> _Attempt:
        """Read, mend and check one answer."""
        attempt = _Attempt(
            reply=reply.text[:KEPT_CHARS], reasoning=reply.reasoning[:KEPT_CHARS], structure=reply.structure,
            prompt_tokens=reply.prompt_tokens, completion_tokens=reply.completion_tokens,
        )  # fmt: skip
        if reply.refusal:
            raise ChatError(
                f"{self._chat.description} declines: {' '.join(reply.refusal.split())[:200]}",
                hint="word the scene differently, take another model, or --refiner embedded",
            )
        try:
            found = extract_object(reply.text, reply.reasoning)
            attempt.remarks = found.remarks
            caption = caption_from_json(self._pinned(found.value, attempt), source="your answer")
        except (ExtractionError, CaptionError) as fault:
            attempt.problem = str(fault).removeprefix("your answer: ")
            if reply.cut:
                attempt.problem = f"the answer was cut off after {self._max_tokens} tokens"
            return attempt
        purpose = purpose_of(self._request)
        attempt.caption, repairs = repair_caption(caption, **purpose)
        attempt.repairs += repairs
        attempt.faults = check_rules(attempt.caption, **purpose)
        if "asr" not in self._request.pins and self._copies_an_example(attempt.caption.asr or ""):
            attempt.faults.append(
                Fault(
                    rule="own_words", view="asr", message="ASR: copied from the instructions' example; write new words"
                )
            )
        return attempt

    def _copies_an_example(self, words: str) -> bool:
        """Whether spoken words repeat a run of the instructions that the person did not ask for: small models do."""
        spoken, told = _letters_only(words), _letters_only(self._messages[0].content)
        asked = _letters_only(" ".join([self._request.text, *(text or "" for text in self._request.pins.values())]))
        if self._request.previous is not None:
            asked += _letters_only(self._request.previous.asr or "")
        runs = [" ".join(spoken[at : at + COPIED_WORDS]) for at in range(len(spoken) - COPIED_WORDS + 1)]
        return any(run in " ".join(told) and run not in " ".join(asked) for run in runs)

    def _pinned(self, value: dict[str, Any], attempt: _Attempt) -> dict[str, Any]:
        """The answer's object with the pins set, whatever the model wrote there."""
        for view, text in self._request.pins.items():
            key = JSON_KEYS[view]
            if value.get(key) != text:
                before = value.get(key)
                attempt.repairs.append(
                    Repair(rule="pins", view=view, before=None if before is None else str(before)[:200], after=text)
                )
            value[key] = text
        return value

    def _send_back(self, attempt: _Attempt) -> None:
        """Put the faults into the talk, or, where the answer was only cut off, give it more room."""
        if attempt.problem.startswith("the answer was cut off") and self._max_tokens == MAX_TOKENS:
            self._max_tokens *= 2
            return
        faults = [attempt.problem] if attempt.problem else [fault.message for fault in attempt.faults]
        told = load_instructions("repair").filled(faults="\n".join(f"- {fault}" for fault in faults))
        self._messages = [
            *self._messages[:2],  # the last answer is enough; a long talk confuses small models
            Message(role="assistant", content=attempt.reply or "{}"), Message(role="user", content=told),
        ]  # fmt: skip
        log.info("sent back: %s", "; ".join(faults))

    def _wait(self, fault: ChatError, failures: int) -> None:
        wait = max(fault.wait_s, LOADING_WAIT_S if fault.loading else FIRST_WAIT_S * 2 ** (failures - 1))
        if wait >= self._left():
            if fault.wait_s > 0:
                raise RefinerError(
                    f"{fault}; it asks for {fault.wait_s:.0f} s, more than the {self._timeout_s:g} s allowed",
                    hint="try again later, --llm-timeout with more seconds, or --refiner embedded",
                ) from fault
            raise fault
        log.info("%s; waiting %.1f s", fault, wait)
        time.sleep(wait)

    def _left(self) -> float:
        return max(0.0, self._timeout_s - (time.monotonic() - self._began))

    def _failure(self) -> RefinerError:
        last = self._attempts[-1]
        what = last.problem or "; ".join(fault.message for fault in last.hard[:2])
        return RefinerError(
            f"{self._chat.description} wrote no usable caption in {len(self._attempts)} attempts: {what}",
            hint="take a more capable model, fix the view yourself (such as --asr), or --refiner embedded",
        )

    def _refinement(self, chosen: _Attempt, caption: Caption, origin: str) -> Refinement:
        notes = [f"{fault.message} (rule {fault.rule})" for fault in chosen.faults]
        mended = [
            f"{JSON_KEYS[repair.view]} ({repair.rule})" for repair in chosen.repairs if repair.rule in REPAIRS_TOLD
        ]
        if mended:
            notes.append("the model's caption was mended: " + ", ".join(dict.fromkeys(mended)))
        if self._request.previous is not None:
            before = self._request.previous.as_json()
            changed = [key for key, text in caption.as_json().items() if text != before[key]]
            notes.append(f"changed: {', '.join(changed)}" if changed else "the feedback changed nothing")
        details = {
            "model": self._chat.description, "instructions": origin, "seed": self._request.seed,
            "creativity": self._request.creativity, "cached": False,
            "attempts": [attempt.as_details() for attempt in self._attempts],
            "tokens": sum(attempt.completion_tokens or 0 for attempt in self._attempts),
            "seconds": round(time.monotonic() - self._began, 3),
        }  # fmt: skip
        return Refinement(caption=caption, refiner=self._chat.description, notes=tuple(notes), details=details)


def _letters_only(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def user_message(request: RefineRequest) -> str:
    """The person's words and pins, as data."""
    data: dict[str, Any] = {"feedback" if request.previous else "request": request.text}
    if request.previous is not None:
        data = {"caption": request.previous.as_json(), **data}
    if request.pins:
        data["fixed"] = {JSON_KEYS[view]: text for view, text in request.pins.items()}
    if request.unlike:
        data["already_written"] = [caption.as_json() for caption in request.unlike]
    return as_data(data)


def purpose_of(request: RefineRequest) -> dict[str, Any]:
    """What the rules measure a caption of a request against."""
    return {
        "pins": request.pins, "duration_s": request.duration_s, "language": request.language,
        "text": None if request.previous else request.text,
    }  # fmt: skip
