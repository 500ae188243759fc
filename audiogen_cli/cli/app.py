"""The command line: which commands there are, and how every error becomes one line and an exit code.

A command's module is imported when that command runs and not before, and the overview is set plainly,
so that `audiogen --help` is as quick as a shell.
"""

import difflib
import functools
import inspect
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from audiogen_cli.cli import console
from audiogen_cli.errors import AudiogenError, OptionError, OutOfMemoryError

COMMANDS = {
    "Make": {
        "make": "Turn a sentence into a sound file.",
        "refine": "Show the structured caption of a scene.",
        "render": "Render a structured caption.",
        "lint": "Check a caption by the rules a good one keeps.",
    },
    "Hear and look": {
        "play": "Play sound files.",
        "info": "Tell how a sound file was made.",
        "compare": "Show clips or folders side by side.",
        "sounds": "List the sound effects and ambiences, or make a sample of one.",
        "voices": "List the voices, with their manners and channels, or make a sample of one.",
        "styles": "List the music styles, or make a sample of one.",
        "instruments": "List the instruments, or make a sample of one.",
        "spaces": "List the spaces, or make a sample of one.",
    },
    "Measure": {
        "eval": "Score sounds by the paper's pipeline.",
        "judge": "Have a language model that hears judge how believable clips are.",
        "rate": "Have people rate clips blind on a page, and compare the systems.",
    },
    "This machine": {
        "doctor": "Say what this machine can do.",
        "config": "Show and change settings.",
        "pull": "Download the unified model's weights.",
        "models": "List, locate, verify and remove the unified model's weights.",
    },
}
"""Panel to command to its line in the overview; a command is the function of its name in the module of its name."""

MODULES = {"sounds": "listing", "voices": "listing", "styles": "listing", "instruments": "listing", "spaces": "listing"}
"""Commands that share a module with others."""

_EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 usage or bad input, 3 no caption from the refiner, 4 a model or package is "
    "missing, 5 out of memory, 6 failed the quality gate, 130 interrupted."
)


class CommandGroup(TyperGroup):
    """Imports a command when it is asked for, and sets the overview without Rich."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for commands in COMMANDS.values() for name in commands]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if not any(cmd_name in commands for commands in COMMANDS.values()):
            return None
        found = getattr(import_module(f"audiogen_cli.cli.{MODULES.get(cmd_name, cmd_name)}"), cmd_name)
        if isinstance(found, typer.Typer):
            command = typer.main.get_command(found)
        else:
            from audiogen_cli.cli.grouping import with_flags

            single = _plain_app()
            single.command(cmd_name)(guarded(with_flags(found)))
            command = typer.main.get_command(single)
        command.name = cmd_name
        for one in (command, *getattr(command, "commands", {}).values()):
            one.help, one.epilog = _unwrapped(one.help or ""), _EXIT_CODES
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        names = self.list_commands(ctx)
        if args and args[0] not in names and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], names, n=1)
            ctx.fail(f"no command {args[0]!r}" + (f", did you mean {near[0]}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        self.format_usage(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text(self.help)
        formatter.write_paragraph()
        formatter.write_text('For example: audiogen make "rainy street argument" -o rainy.wav')
        for panel, commands in COMMANDS.items():
            with formatter.section(panel):
                formatter.write_dl(list(commands.items()))
        with formatter.section("Options"):
            formatter.write_dl(
                [record for record in (option.get_help_record(ctx) for option in self.get_params(ctx)) if record]
            )
        formatter.write_paragraph()
        formatter.write_text(_EXIT_CODES)


def _unwrapped(text: str) -> str:
    """A docstring whose paragraphs are one line each, for the terminal to wrap; indented blocks stay as they are."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(one if "\n  " in one else one.replace("\n", " ") for one in paragraphs)


def _plain_app() -> typer.Typer:
    return typer.Typer(
        add_completion=False, pretty_exceptions_enable=False, context_settings={"help_option_names": ["-h", "--help"]}
    )


app = typer.Typer(
    name="audiogen",
    cls=CommandGroup,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from audiogen_cli.cli.version import version_text

        console.result(version_text())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def audiogen(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Versions and licences.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Turn a sentence into sound: speech, music, effects and ambience in one clip, on your own machine."""
    if context.invoked_subcommand is None:
        console.result(context.get_help())


def main() -> None:
    """The entry point of the `audiogen` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    signal.signal(signal.SIGTERM, _leave)
    try:
        code = app(prog_name="audiogen", standalone_mode=False)
    except SystemExit as left:
        if not isinstance(left.__context__, BrokenPipeError):  # how Typer answers when the reader of its help is gone
            raise
        code = tell_error(left.__context__)
    except BaseException as error:
        code = tell_error(error)
    sys.exit(code if isinstance(code, int) else 0)


def _leave(number: int, frame: object) -> None:
    """Ended from outside: as with Ctrl-C, what is half done is cleared away on the way out."""
    sys.exit(128 + number)


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same command, whose errors become one line on stderr and the documented exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort, SystemExit):
            raise
        except BaseException as error:
            raise typer.Exit(tell_error(error)) from error

    return run


def tell_error(error: BaseException) -> int:
    """Tell what ended a command, in a line on stderr; returns its exit code."""
    if isinstance(error, typer.Abort) and isinstance(error.__context__, KeyboardInterrupt):  # Typer's name for it
        error = error.__context__
    if isinstance(error, KeyboardInterrupt):
        console.say("interrupted")
        return 130
    if isinstance(error, typer.Abort):  # a question that was answered with no, or not at all
        console.say("nothing is done")
        return 1
    if isinstance(error, BrokenPipeError):  # the reader of our output has gone, as `| head` does
        sys.stdout = None  # nothing is left to flush to
        return 0
    told = _told(error)
    console.fail(told)
    return told.exit_code


def _told(error: BaseException) -> AudiogenError:
    """Any error as one of ours; what nobody foresaw shows its traceback with `--verbose`."""
    if isinstance(error, AudiogenError):
        return error
    if hasattr(error, "format_message"):
        return _usage_error(error)
    if isinstance(error, MemoryError):
        return OutOfMemoryError("this machine's memory does not hold it", hint="a shorter --duration, or fewer --takes")
    if console.verbosity() >= console.VERBOSE:
        import traceback

        traceback.print_exception(error)
    if isinstance(error, OSError):  # a file or folder that no room had a better word for
        what = error.strerror or str(error)
        return AudiogenError(f"{error.filename}: {what}" if error.filename else what)
    return AudiogenError(
        f"something unforeseen happened: {type(error).__name__}: {error}", hint="again with --verbose for the traceback"
    )


def _usage_error(fault: Any) -> OptionError:
    """Typer's own complaint in the one form that all errors have."""
    context = getattr(fault, "ctx", None)
    known = {name for commands in COMMANDS.values() for name in commands}
    path = context.command_path if context is not None else " ".join(["audiogen", *known.intersection(sys.argv[1:2])])
    return OptionError(" ".join(fault.format_message().split()), hint=f"{path} --help")


if __name__ == "__main__":
    main()
