"""The one console: everything a person reads goes through here, to stderr; results alone go to stdout.

Text that came from a language model, a file or the command line is data: `plain` makes it safe before
it is shown. Rich is imported on first use, so that a piped command never pays for it; it honours `NO_COLOR` by
itself.
"""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiogen_cli.errors import AudioFileError, AudiogenError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

QUIET, NORMAL, VERBOSE = -1, 0, 1
_verbosity = NORMAL


def set_verbosity(level: int) -> None:
    """Say less (`QUIET`: errors alone) or more (`VERBOSE`: what every part does)."""
    global _verbosity
    _verbosity = level
    if level >= VERBOSE:
        import logging

        logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
        logging.getLogger("audiogen_cli").setLevel(logging.DEBUG if level > VERBOSE else logging.INFO)


def verbosity() -> int:
    """How much is being said: `QUIET`, `NORMAL` or `VERBOSE`."""
    return _verbosity


def result(text: str) -> None:
    """Write one result to stdout, as it is; nothing else ever goes there."""
    if sys.stdout is not None:  # a process may be started without one
        with _told_of_stdout():
            sys.stdout.write(text if text.endswith("\n") else text + "\n")
            sys.stdout.flush()


def result_path(path: Path) -> None:
    """Write a file's name to stdout, byte by byte as the disk knows it, so that another command finds it."""
    if sys.stdout is not None:
        result_bytes(os.fsencode(path) + b"\n")


def result_bytes(data: bytes) -> None:
    """Write binary results to stdout; raises `AudioFileError` where it is closed or full."""
    if sys.stdout is None:
        raise AudioFileError("stdout is closed, the sound has nowhere to go", hint="-o FILE")
    with _told_of_stdout():
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


@contextmanager
def _told_of_stdout() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        stream, sys.stdout = sys.stdout, None  # what it still holds cannot be flushed either
        with suppress(OSError):
            stream.close()
        raise AudioFileError(f"stdout: cannot be written: {fault.strerror or fault}") from fault


def say(text: str) -> None:
    """Tell the person how it goes; `--quiet` silences it."""
    if _verbosity >= NORMAL:
        _talk(plain(text))


def note(text: str) -> None:
    """An honest remark that changes what the person gets; `--quiet` silences it."""
    if _verbosity >= NORMAL:
        _talk(f"note: {plain(text)}", style="yellow")


def detail(text: str) -> None:
    """What only `--verbose` shows."""
    if _verbosity >= VERBOSE:
        _talk(plain(text), style="dim")


def fail(error: AudiogenError) -> None:
    """Show an error: one line of what is wrong, and where there is one, a line of what to do."""
    _talk(f"error: {plain(str(error))}", style="bold red")
    if error.hint:
        _talk(f"  try: {plain(error.hint)}")


def _talk(text: str, *, style: str | None = None) -> None:
    """One line to stderr; where that is closed or full the work goes on and the exit code tells."""
    if sys.stderr is None:
        return
    try:
        _stderr().print(text, style=style, markup=False, highlight=False, soft_wrap=True)
    except OSError:
        stream, sys.stderr = sys.stderr, None
        with suppress(OSError):
            stream.close()


def show(renderable: "RenderableType") -> None:
    """Show a Rich renderable that is itself the answer to a person, on stdout, without blanks at the ends of lines."""
    console = _stdout()
    with console.capture() as captured:
        console.print(renderable)
    result("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> "RenderableType":
    """A plain table whose cells are data."""
    from rich.table import Table
    from rich.text import Text

    built = Table(
        title=title or None,
        title_justify="left",
        show_header=any(columns),
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for column in columns:
        built.add_column(column, style=None, overflow="fold")
    for row in rows:
        built.add_row(*(Text(plain(str(cell), keep_newlines=True)) for cell in row))
    return built


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on a terminal, shown once the work has lasted a second; yields an `OnStep`."""
    if not _can_animate():
        yield lambda done, total, doing: None
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=_stderr(),
        transient=True,
    )
    with _shown_after(bar, seconds=1.0):
        task = bar.add_task(title, total=1)

        def on_step(done: int, total: int, doing: str) -> None:
            bar.update(task, completed=done, total=total, description=plain(f"{title}: {doing}" if doing else title))

        yield on_step


@contextmanager
def live_line() -> Iterator[Callable[[str], None]]:
    """One line that changes in place on a terminal; nothing where there is none."""
    if not _can_animate():
        yield lambda text: None
        return
    from rich.live import Live
    from rich.text import Text

    with Live(Text(""), console=_stderr(), transient=True, auto_refresh=False) as live:
        yield lambda text: live.update(Text(text), refresh=True)


def _can_animate() -> bool:
    return _verbosity >= NORMAL and _stderr().is_terminal and not _stderr().is_dumb_terminal


@contextmanager
def _shown_after(bar: Any, *, seconds: float) -> Iterator[None]:
    import threading

    timer = threading.Timer(seconds, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


def plain(text: str, *, keep_newlines: bool = False) -> str:
    """Make data safe to show: control characters, escapes and halves of surrogates become visible marks."""
    kept = {"\n", "\t"} if keep_newlines else {"\t"}
    return "".join(
        char if char in kept or (char.isprintable() and not 0xD800 <= ord(char) <= 0xDFFF) else _mark(char)
        for char in text
    )


def _mark(char: str) -> str:
    if char == "\n":
        return " "
    return f"\\x{ord(char):02x}" if ord(char) < 256 else f"\\u{ord(char):04x}"


def is_terminal() -> bool:
    """Whether stdout is a terminal, so that a person and not a program reads it."""
    return sys.stdout is not None and sys.stdout.isatty()


@cache
def _stderr() -> "Console":
    from rich.console import Console

    return Console(stderr=True, soft_wrap=False)


@cache
def _stdout() -> "Console":
    from rich.console import Console

    return Console(width=None if is_terminal() else 10_000)  # a pipe has no edge to wrap at
