"""The door of the `audiogen` command and of `python -m audiogen_cli`, ready for Ctrl-C before it imports the rest."""

import sys


def main() -> None:
    """The entry point: the command line, and a quiet exit 130 where a person stops it before it has begun."""
    try:
        from audiogen_cli.cli.app import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
