"""The loop of every worker: requests on stdin, answers on stdout, one JSON object a line; the standard library alone.

    python -I serve.py SCRIPT OPTIONS          answer requests until stdin ends
    python -I serve.py SCRIPT OPTIONS --fetch  download what the script needs, say where it stands, and end

SCRIPT defines `fetch(options)`, which downloads and returns `{"model": NAME, "files": [PATHS of the weights]}`, and
`load(options)`, which returns the function that answers a request. Lines out: `{"hello": {...}}` once the model is
loaded, then for each request `{"id": N, "answer": {...}}` or `{"id": N, "error": "..."}`. What a library prints goes
to stderr, so that it never stands between two lines; an item's error costs that item and nothing else.
"""

import hashlib
import json
import os
import runpy
import sys
import traceback
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, BinaryIO

PROTOCOL = 1
Answerer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def main(script: str, options: str, *mode: str) -> None:
    """Fetch, or load and answer."""
    out = _own_stdout()
    given = json.loads(options)
    worker = runpy.run_path(script)
    if mode == ("--fetch",):
        fetched = worker["fetch"](given)
        _say(out, {"fetched": {"model": fetched["model"], "weights_sha256": _digest(fetched["files"])}})
        return
    answer = worker["load"](given)
    _say(out, {"hello": {"protocol": PROTOCOL, "versions": _versions(given.get("packages", ()))}})
    for line in sys.stdin.buffer:
        _say(out, _answered(answer, line))


def _answered(answer: Answerer, line: bytes) -> Mapping[str, Any]:
    key = None
    try:
        request = json.loads(line)
        key = request["id"]
        return {"id": key, "answer": answer(request)}
    except Exception as fault:  # whatever the library raises is this item's alone
        traceback.print_exc()
        return {"id": key, "error": f"{type(fault).__name__}: {fault}"}


def _own_stdout() -> BinaryIO:
    """The stream to the asker; from here on, what anybody else writes to file descriptor 1 goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _say(out: BinaryIO, message: Mapping[str, Any]) -> None:
    out.write(json.dumps(message).encode() + b"\n")
    out.flush()


def _digest(files: "list[str]") -> str:
    """SHA-256 over the files, one after the other."""
    digest = hashlib.sha256()
    for name in files:
        with open(name, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def _versions(packages: "list[str]") -> "dict[str, str]":
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
