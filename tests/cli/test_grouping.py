"""Groups of options as one flat signature: what stands beside them keeps what it says of itself."""

import inspect
from dataclasses import dataclass
from typing import Annotated, get_origin

import typer

from audiogen_cli.cli.grouping import with_flags


@dataclass(frozen=True, kw_only=True)
class _Flags:
    loud: Annotated[bool, typer.Option("--loud")] = False


def _command(query: Annotated[str | None, typer.Argument()] = None, *, flags: _Flags) -> None: ...


def test_a_parameter_that_may_be_none_stays_the_argument_it_is():  # on Python 3.10 it became an option of its own name
    flat = inspect.signature(with_flags(_command)).parameters
    assert list(flat) == ["query", "loud"]
    assert all(get_origin(one.annotation) is Annotated for one in flat.values())
