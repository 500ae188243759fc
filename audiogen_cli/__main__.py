"""The door of the `audiogen` command and of `python -m audiogen_cli`, ready for Ctrl-C before it imports the rest."""

import gc
import sys

_OBJECTS_BETWEEN_SWEEPS = 100_000  # a command reads many things and drops few; sweeping at 700 took a tenth of its time


def main() -> None:
    """The entry point: the command line, and a quiet exit 130 where a person stops it before it has begun."""
    gc.set_threshold(_OBJECTS_BETWEEN_SWEEPS)
    try:
        from audiogen_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
