"""Where ratings are kept: a CSV file that only grows, a line for each clip.

One trial's lines are written at once and flushed to disk, so that a test broken off has whole trials. A trial that
is rated again adds lines; the last ones count.
"""

import csv
import io
import os
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime, timezone
from pathlib import Path

from audiogen_cli.errors import AudioFileError, OptionError

SCORES = range(1, 6)


@dataclass(frozen=True, kw_only=True)
class Rating:
    """What one rater gave one clip."""

    rater: str
    item: str
    category: str
    system: str
    position: int  # as which of the trial's clips it was heard, from 1
    ovl: int
    rel: int
    time: str = ""

    def __post_init__(self) -> None:
        for name in ("ovl", "rel"):
            score = getattr(self, name)
            if isinstance(score, bool) or not isinstance(score, int) or score not in SCORES:
                raise OptionError(f"{name} is {score!r}, needs a whole number from 1 to 5")


COLUMNS = tuple(item.name for item in fields(Rating))


class RatingsFile:
    """One CSV file; several threads may add to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def add(self, ratings: Sequence[Rating]) -> None:
        """Add the ratings of one trial, all or none; raises `AudioFileError` where the file cannot be written."""
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._lock:
            try:
                handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
                try:
                    size = os.fstat(handle).st_size
                    lines = io.StringIO()
                    if size and os.pread(handle, 1, size - 1) != b"\n":  # a line that was cut off stays a line
                        lines.write("\r\n")
                    writer = csv.writer(lines)
                    if not size:
                        writer.writerow(COLUMNS)
                    writer.writerows((*astuple(one)[:-1], one.time or now) for one in ratings)
                    data = lines.getvalue().encode()
                    if os.write(handle, data) != len(data):
                        os.ftruncate(handle, size)
                        raise OSError("the disk is full")
                    os.fsync(handle)
                finally:
                    os.close(handle)
            except OSError as fault:
                raise AudioFileError(f"{self.path}: the ratings cannot be written: {fault}") from fault

    def read(self) -> list[Rating]:
        """The ratings that count, in order; empty where the file is not there yet."""
        return read_ratings(self.path) if self.path.exists() else []


def read_ratings(path: Path) -> list[Rating]:
    """Read a file of ratings; of the same rater, item and system the last counts.

    Raises:
        OptionError: it is not there, lacks a column, or holds a line that is no rating.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            missing = [name for name in COLUMNS[:-1] if name not in (rows.fieldnames or ())]
            if missing:
                raise OptionError(f"{path}: lacks the columns {', '.join(missing)}")
            latest: dict[tuple[str, str, str], Rating] = {}
            for row in rows:
                rating = _rating(row, f"{path}: line {rows.line_num}")
                latest[rating.rater, rating.item, rating.system] = rating
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise OptionError(f"{path}: cannot be read: {fault}") from fault
    return list(latest.values())


def _rating(row: dict[str, str], where: str) -> Rating:
    try:
        return Rating(
            rater=row["rater"] or "", item=row["item"] or "", category=row["category"] or "",
            system=row["system"] or "", position=int(row["position"]), ovl=int(row["ovl"]), rel=int(row["rel"]),
            time=row.get("time") or "",
        )  # fmt: skip
    except (ValueError, TypeError, OptionError) as fault:
        raise OptionError(f"{where} is no rating: {fault}") from fault
