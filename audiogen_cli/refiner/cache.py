"""Answers of language models, kept so that the same question costs nothing the second time.

In: everything an answer depends on (text, instructions, schema, model, options) as one mapping. Out: the answer as
it was kept, or `None`. One file an answer, whole or not at all, so that runs side by side do no harm; what cannot
be read counts as not there, what cannot be written is not kept. Keys to servers never come here: nothing of a
server is part of the question but its address and the model's name.
"""

import contextlib
import hashlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audiogen_cli.whole_file import write_whole

log = logging.getLogger(__name__)

MOST_FILES = 2000  # some four megabytes; beyond it the oldest go


class RefinementCache:
    """Answers under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "answers"

    def get(self, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer kept for a question, or `None`."""
        try:
            kept = json.loads(self._file(question).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) else None

    def put(self, question: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Keep an answer, if the folder can be written."""
        try:
            write_whole(self._file(question), json.dumps(dict(answer), ensure_ascii=False))
            self._make_room()
        except OSError as fault:
            log.info("the answer is not kept: %s", fault)

    def _file(self, question: Mapping[str, Any]) -> Path:
        canonical = json.dumps(question, sort_keys=True, ensure_ascii=True)
        return self._folder / f"{hashlib.sha256(canonical.encode()).hexdigest()}.json"

    def _make_room(self) -> None:
        files = list(self._folder.glob("*.json"))
        if len(files) <= MOST_FILES:
            return
        dated: list[tuple[float, Path]] = []
        for file in files:
            with contextlib.suppress(OSError):  # another run has removed it
                dated.append((file.stat().st_mtime, file))
        for _, file in sorted(dated)[: len(dated) - MOST_FILES * 3 // 4]:
            with contextlib.suppress(OSError):
                file.unlink()
