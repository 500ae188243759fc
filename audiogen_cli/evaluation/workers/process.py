"""A worker kept going: asked one question at a time, watched by the clock, started again when it dies.

In: the command that starts a worker (`inside.serve` in its own environment) and questions. Out: answers. A worker
that dies or hangs over an item is started again and asked once more; if it is lost twice, that item is given up and
the next gets a fresh one; after three items lost in a row the worker counts as broken. What the process prints
beside its answers is logged, its last lines stand in the error.
"""

import logging
import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from audiogen_cli.errors import AudiogenError, ModelMissingError
from audiogen_cli.evaluation.workers.protocol import (
    LONGEST_LINE,
    PROTOCOL,
    Answer,
    Hello,
    Refusal,
    compose_request,
    read_message,
)

logger = logging.getLogger(__name__)

_TRIES = 2  # of one item
_MOST_LOST = 3  # items in a row
_KEPT_LINES = 20  # of stderr
_FAREWELL_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a worker may take."""

    start_s: float = 900.0  # loading some gigabytes from a slow disk
    answer_s: float = 180.0


PATIENCE = Patience()


class Worker:
    """Asks a process; starts it with the first question."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        patience: Patience = PATIENCE,
        hint: str = "",
    ) -> None:
        self.name = name
        self._command = list(command)
        self._environment = environment
        self._patience = patience
        self._hint = hint  # what to do when it is broken
        self._process: _Process | None = None
        self._asked = 0
        self._lost_in_a_row = 0

    def hello(self) -> Hello:
        """What the worker is; starts it where it does not run.

        Raises:
            ModelMissingError: it does not start.
        """
        if self._process is None:
            self._process = _Process(self.name, self._command, self._environment)
            try:
                self._process.greeting = self._process.await_hello(self._patience.start_s)
            except _LostError as fault:
                raise ModelMissingError(f"{self.name} does not start: {fault}", hint=self._hint) from fault
            finally:
                if self._process.greeting is None:
                    self.close()
        assert self._process.greeting is not None
        return self._process.greeting

    def ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to one question.

        Raises:
            AudiogenError: this item could not be answered, or the worker was lost over it twice.
            ModelMissingError: the worker does not start, or is lost over one item after the other.
        """
        for tries_left in reversed(range(_TRIES)):
            self.hello()
            assert self._process is not None
            self._asked += 1
            try:
                found = self._process.ask(self._asked, question, self._patience.answer_s)
            except _LostError as fault:
                self.close()
                if tries_left:
                    logger.info("%s: %s; started again", self.name, fault)
                    continue
                self._lost_in_a_row += 1
                if self._lost_in_a_row >= _MOST_LOST:
                    raise ModelMissingError(
                        f"{self.name} was lost over {_MOST_LOST} items in a row: {fault}", hint=self._hint
                    ) from fault
                raise AudiogenError(f"{self.name} was lost over it {_TRIES} times: {fault}") from fault
            self._lost_in_a_row = 0
            if isinstance(found, Refusal):
                raise AudiogenError(f"{self.name}: {found.reason}")
            return found.values
        raise AssertionError("every try returns or raises")

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.end()
            self._process = None


class _LostError(Exception):
    """The process has died, hangs, or speaks another protocol."""


class _Process:
    """One process; two threads read what it writes, so that neither side ever waits for a full pipe."""

    def __init__(self, name: str, command: list[str], environment: Mapping[str, str] | None) -> None:
        self.greeting: Hello | None = None
        self._name = name
        try:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
            )
        except OSError as fault:
            raise ModelMissingError(f"{name} does not start: {fault}") from fault
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()  # None: it writes no more
        self._talk: deque[str] = deque(maxlen=_KEPT_LINES)
        assert self._popen.stdout is not None and self._popen.stderr is not None
        self._readers = [
            threading.Thread(target=self._read_answers, args=(self._popen.stdout,), daemon=True),
            threading.Thread(target=self._read_talk, args=(self._popen.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def await_hello(self, seconds: float) -> Hello:
        found = self._await(Hello, None, seconds)
        assert isinstance(found, Hello)
        if found.protocol != PROTOCOL:
            raise _LostError(f"it speaks protocol {found.protocol}, {PROTOCOL} is needed")
        return found

    def ask(self, id: int, question: Mapping[str, Any], seconds: float) -> Answer | Refusal:
        assert self._popen.stdin is not None
        try:
            self._popen.stdin.write(compose_request(id, question))
            self._popen.stdin.flush()
        except OSError as fault:
            raise _LostError(self._obituary()) from fault
        found = self._await((Answer, Refusal), id, seconds)
        assert isinstance(found, (Answer, Refusal))
        return found

    def end(self) -> None:
        """Ask it to leave, then make it."""
        assert self._popen.stdin is not None
        with suppress(OSError):  # it has gone already
            self._popen.stdin.close()
        try:
            self._popen.wait(0 if self.greeting is None else _FAREWELL_S)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for reader in self._readers:
            reader.join(_FAREWELL_S)

    def _await(
        self, kinds: type[Hello] | tuple[type[Answer], type[Refusal]], id: int | None, seconds: float
    ) -> Hello | Answer | Refusal:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = self._lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                raise _LostError(self._obituary())
            message = read_message(line)
            if isinstance(message, kinds) and getattr(message, "id", None) == id:
                return message
            logger.debug("%s printed %r", self._name, line[:200])
        self._popen.kill()
        raise _LostError(f"no answer within {seconds:g} s{self._last_words()}")

    def _obituary(self) -> str:
        try:
            code = self._popen.wait(_FAREWELL_S)
        except subprocess.TimeoutExpired:
            return f"it closed its output{self._last_words()}"
        self._readers[1].join(_FAREWELL_S)  # its last words may still be on their way
        return f"it ended with code {code}{self._last_words()}"

    def _last_words(self) -> str:
        told = " ".join(" / ".join(list(self._talk)[-3:]).split())
        return f": {told[-300:]}" if told else ""

    def _read_answers(self, stream: IO[bytes]) -> None:
        whole = True  # whether a line begins here, or one that is too long goes on
        while line := stream.readline(LONGEST_LINE):
            if whole:
                self._lines.put(line)
            whole = line.endswith(b"\n")
        self._lines.put(None)
        stream.close()

    def _read_talk(self, stream: IO[bytes]) -> None:
        while line := stream.readline(LONGEST_LINE):
            text = line.decode("utf-8", "replace").strip()
            if text:
                self._talk.append(text)
                logger.debug("%s: %s", self._name, text)
        stream.close()
