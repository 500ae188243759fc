"""`python -m audiogen_cli` is the `audiogen` command."""

from audiogen_cli.cli.app import main

main()
