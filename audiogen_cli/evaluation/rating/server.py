"""The listening test on a page of this machine: served to this machine alone, to who has the address.

In: items, a file for the ratings. Out: a server whose address holds a token. The page learns captions and the
number of clips, never a system or a file name; clips are sent as plain WAV, without the recipe they carry. A path
is never made of what a request says: a trial and a position are numbers into the rater's plan.
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from audiogen_cli.audio.files import encode_audio, read_audio
from audiogen_cli.errors import AudioFileError, AudiogenError, OptionError
from audiogen_cli.evaluation.rating.ratings import Rating, RatingsFile
from audiogen_cli.evaluation.rating.trials import Item, Trial, plan_trials

HOST = "127.0.0.1"
_MAX_BODY = 20_000


class RatingServer(ThreadingHTTPServer):
    """Serves one listening test; `serve_forever` and `shutdown` as any server."""

    daemon_threads = True

    def __init__(
        self, items: Sequence[Item], results: Path, *, seed: int = 0, per_category: int | None = None, port: int = 0
    ) -> None:
        self.ratings = RatingsFile(results)
        self.ratings.read()  # a broken file is told now, not after an hour of rating
        self.token = secrets.token_urlsafe(16)
        self._items, self._seed, self._per_category = list(items), seed, per_category
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as fault:
            raise OptionError(f"port {port} cannot be had: {fault}", hint="--port 0 takes a free one") from fault

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    def trials(self, rater: str) -> list[Trial]:
        """The plan of one rater."""
        return plan_trials(self._items, rater, seed=self._seed, per_category=self._per_category)

    def plan(self, rater: str) -> dict[str, Any]:
        """What the page of one rater needs, and what was rated already; nothing that tells a system."""
        given = {(one.item, one.system): one for one in self.ratings.read() if one.rater == rater}
        trials = []
        for trial in self.trials(rater):
            before = [given.get((trial.item.id, system)) for system in trial.systems]
            scores = [[one.ovl, one.rel] if one is not None else None for one in before]
            trials.append({"caption": trial.item.caption, "clips": len(trial.systems), "scores": scores})
        return {"rater": rater, "trials": trials}

    def rate(self, rater: str, number: int, scores: Sequence[Sequence[int]]) -> None:
        """Keep the scores of one trial, [OVL, REL] for each clip in the order heard."""
        trial = self._trial(rater, number)
        if len(scores) != len(trial.systems) or any(len(pair) != 2 for pair in scores):
            raise OptionError(f"a trial of {len(trial.systems)} clips needs as many pairs of scores")
        self.ratings.add(
            [
                Rating(
                    rater=rater, item=trial.item.id, category=trial.item.category,
                    system=system, position=position, ovl=pair[0], rel=pair[1],
                )
                for position, (system, pair) in enumerate(zip(trial.systems, scores), start=1)
            ]
        )  # fmt: skip

    def clip(self, rater: str, number: int, position: int) -> bytes:
        """The sound of one clip of a trial as WAV."""
        trial = self._trial(rater, number)
        if not 0 <= position < len(trial.systems):
            raise OptionError("there is no such clip")
        return _plain_wav(trial.item.clips[trial.systems[position]])

    def _trial(self, rater: str, number: int) -> Trial:
        trials = self.trials(rater)
        if not 0 <= number < len(trials):
            raise OptionError("there is no such trial")
        return trials[number]


@lru_cache(maxsize=16)
def _plain_wav(path: Path) -> bytes:
    return encode_audio(read_audio(path), "WAV")


class _Handler(BaseHTTPRequestHandler):
    server: RatingServer
    server_version, sys_version = "audiogen", ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, answer: Any) -> None:
        parts = urlsplit(self.path)
        place = unquote(parts.path).split("/")
        known = len(place) >= 3 and hmac.compare_digest(place[1].encode(), self.server.token.encode())
        if not known or self.headers.get("Host") not in self._hosts():
            self._send(404, "text/plain", b"not here")
            return
        try:
            answer("/".join(place[2:]), {name: values[0] for name, values in parse_qs(parts.query).items()})
        except AudioFileError as fault:
            self._send_json(500, {"error": str(fault)})
        except AudiogenError as fault:
            self._send_json(400, {"error": str(fault)})

    def _hosts(self) -> tuple[str, str]:
        return (f"{HOST}:{self.server.server_port}", f"localhost:{self.server.server_port}")

    def _get(self, place: str, query: dict[str, str]) -> None:
        if place == "":
            self._send(200, "text/html; charset=utf-8", page().encode())
        elif place == "plan":
            self._send_json(200, self.server.plan(query.get("rater", "")))
        elif place == "clip":
            sound = self.server.clip(
                query.get("rater", ""), _number(query.get("trial")), _number(query.get("position"))
            )
            self._send_sound(sound)
        else:
            self._send(404, "text/plain", b"not here")

    def _post(self, place: str, query: dict[str, str]) -> None:
        length = _number(self.headers.get("Content-Length"))
        if place != "rate" or not 0 < length <= _MAX_BODY:
            self.close_connection = True
            self._send(404 if place != "rate" else 413, "text/plain", b"not here")
            return
        try:
            said = json.loads(self.rfile.read(length))
            rater, trial, scores = said["rater"], said["trial"], said["scores"]
            shapely = isinstance(rater, str) and type(trial) is int and isinstance(scores, list)
            if not shapely or not all(isinstance(pair, list) for pair in scores):
                raise ValueError
        except (ValueError, KeyError, TypeError, RecursionError) as fault:
            raise OptionError("these are no scores") from fault
        self.server.rate(rater, trial, scores)
        self._send_json(200, {"kept": True})

    def _send_sound(self, sound: bytes) -> None:
        """The whole or the asked part: a browser that seeks asks for parts."""
        first, last = 0, len(sound) - 1
        asked = self.headers.get("Range", "")
        if asked.startswith("bytes=") and "," not in asked:
            start, _, end = asked[6:].partition("-")
            if start.isdecimal() and (end.isdecimal() or not end) and int(start) <= last:
                first, last = int(start), min(last, int(end)) if end else last
                if first <= last:
                    span = {"Content-Range": f"bytes {first}-{last}/{len(sound)}"}
                    self._send(206, "audio/wav", sound[first : last + 1], span)
                    return
        self._send(200, "audio/wav", sound)

    def _send_json(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "no-store",
            "Accept-Ranges": "bytes",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Content-Security-Policy": _policy(),
            **(more or {}),
        }
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """The terminal is the rater's host's; requests are not told."""


@lru_cache(maxsize=1)
def page() -> str:
    """The page as text; it is the same for everybody."""
    return Template(_part("page.html")).substitute(style=_part("page.css"), script=_part("page.js"))


@lru_cache(maxsize=1)
def _policy() -> str:
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(_part("page.js").encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; connect-src 'self'; "
        "media-src 'self' blob:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    )


def _part(name: str) -> str:
    return (resources.files("audiogen_cli") / "evaluation" / "rating" / name).read_text("utf-8")


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) < 10 else -1
