"""The command line: registers the commands, and turns every error into one line and an exit code.

Importing it loads nothing heavy, so that `--help` is instant; a command imports what it needs when it runs.
"""

import functools
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from audiogen_cli.cli import console
from audiogen_cli.cli.flags import with_flags
from audiogen_cli.errors import AudiogenError, OutOfMemoryError

EXIT_CODES = """Exit codes: 0 done, 1 failed, 2 usage or bad input, 3 no caption from the refiner, 4 a model or package is missing, 5 out of memory, 6 failed the quality gate, 130 interrupted."""

app = typer.Typer(
    name="audiogen", no_args_is_help=True, rich_markup_mode="rich", pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_CODES,
)


def main() -> None:
    """The entry point of the `audiogen` command."""
    _speak_utf8()
    _register()
    app()


@app.callback()
def audiogen(
    version: Annotated[bool, typer.Option("--version", help="Versions and licences, then exit.", is_eager=True)] = False,
) -> None:
    """Turn a sentence into sound: speech, music, effects and ambience in one clip, on your own machine.

    audiogen make "rainy street argument" -o rainy.wav
    """
    if version:
        from audiogen_cli.cli.version import version_text

        console.result(version_text())
        raise typer.Exit


def _register() -> None:
    from audiogen_cli.cli import config, doctor, info, listing, make, play, refine, render

    for command in (make.make, refine.refine, render.render, info.info, play.play, doctor.doctor):
        app.command()(guarded(with_flags(command)))
    for command in (listing.sounds, listing.voices, listing.styles, listing.spaces):
        app.command(rich_help_panel="What the experts know")(guarded(with_flags(command)))
    app.add_typer(config.app, name="config")


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """The same command, whose errors become one line on stderr and the documented exit code."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AudiogenError as error:
            console.fail(error)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            console.say("interrupted")
            raise typer.Exit(130) from error
        except MemoryError as error:
            console.fail(OutOfMemoryError("this machine's memory does not hold it", hint="a shorter --duration, or fewer --takes"))
            raise typer.Exit(OutOfMemoryError.exit_code) from error
        except BrokenPipeError as error:  # the reader of our output has gone, as `| head` does
            sys.stderr.close()
            raise typer.Exit(0) from error
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:
            if type(error).__module__.startswith(("typer", "click")):
                raise
            if console.verbosity() >= console.VERBOSE:
                import traceback

                traceback.print_exc()
            console.fail(
                AudiogenError(f"something unforeseen happened: {type(error).__name__}: {error}", hint="again with --verbose for the traceback")
            )
            raise typer.Exit(1) from error

    return run


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main()
