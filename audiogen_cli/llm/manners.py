"""What a server was found to refuse, remembered for each server and model, so that it is not asked in vain again.

In: refusals learned on the way down the ladder. Out: the strictest form of answer still worth asking for and the
parameters to leave out. Kept in one small file under the cache folder, if there is one: whole or not at all, so
that runs side by side never read half of it; what one of two writers loses costs one refused request. After
`FORGOTTEN_AFTER_S` a server gets another chance, as servers are updated.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiogen_cli.whole_file import write_whole

log = logging.getLogger(__name__)

FORGOTTEN_AFTER_S = 30 * 24 * 3600


@dataclass(frozen=True, kw_only=True)
class Manners:
    """How one model on one server wants to be asked."""

    structure: str | None = None  # the rung that worked; `None`: not known, begin at the top
    left_out: tuple[str, ...] = ()  # parameters it refuses


class MannersMemory:
    """The manners of every server and model met."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._met: dict[str, Manners] = {}

    def recall(self, server: str, model: str) -> Manners:
        """What is known; nothing of it is a surprise when it is wrong or gone."""
        name = _name(server, model)
        if name not in self._met:
            entry = self._read().get(name)
            self._met[name] = _manners(entry) if isinstance(entry, dict) else Manners()
        return self._met[name]

    def learn(self, server: str, model: str, manners: Manners) -> None:
        """Keep what worked; a folder that cannot be written costs nothing but the memory."""
        name = _name(server, model)
        if self._met.get(name) == manners:
            return
        self._met[name] = manners
        if self._file is None:
            return
        entry = {"structure": manners.structure, "left_out": list(manners.left_out), "learned": int(time.time())}
        try:
            write_whole(self._file, json.dumps(self._read() | {name: entry}, ensure_ascii=False))
        except OSError as fault:
            log.debug("the manners of %s cannot be kept: %s", server, fault)

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._file.read_text("utf-8")) if self._file else {}
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def _manners(entry: Mapping[str, Any]) -> Manners:
    learned = entry.get("learned")
    if not isinstance(learned, (int, float)) or not 0 <= time.time() - learned < FORGOTTEN_AFTER_S:
        return Manners()
    structure, left_out = entry.get("structure"), entry.get("left_out")
    return Manners(
        structure=structure if isinstance(structure, str) else None,
        left_out=tuple(str(name) for name in left_out) if isinstance(left_out, list) else (),
    )


def _name(server: str, model: str) -> str:
    return f"{server} {model}"
