"""Small files that are written whole or not at all, so that a reader sees the old one or the new.

In: text and its place. Out: the file, for this user's eyes alone. What is kept between runs (answers, manners of
servers, parsed knowledge) is written here; sounds, which are large and must outlast a power cut, by `audio.files`.
"""

import contextlib
import os
import tempfile
from pathlib import Path


def write_whole(file: Path, text: str) -> None:
    """Write a file in UTF-8 by another name and a rename, making its folder; raises `OSError`."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")  # made with mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as whole:
            whole.write(text)
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
