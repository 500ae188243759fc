"""What `--version` says: versions, and under which licences code, weights and voices stand."""

from audiogen_cli import __version__


def version_text() -> str:
    """The text of `audiogen --version`."""
    return f"""audiogen {__version__}
code                     Apache-2.0
embedded voices          Apache-2.0  Kokoro-82M (hexgrad), Hibari; music and effects are synthesised, no samples
Dasheng AudioGen weights Apache-2.0  mispeech/Dasheng-AudioGen, mispeech/dashengtokenizer; google/flan-t5-large
what you make            yours; every file says in its tags that it is synthetic"""
