"""The command as a person runs it: a process of its own, with what it printed and how it ended."""

import subprocess
import sys
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    out: bytes
    err: str

    @property
    def text(self):
        return self.out.decode()


@pytest.fixture
def audiogen(tmp_path):
    """Run `audiogen ARGS` in a fresh folder; stdin may be bytes."""

    def run(*args, stdin=b"", cwd=tmp_path):
        done = subprocess.run(
            [sys.executable, "-m", "audiogen_cli", *map(str, args)],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            timeout=120,
        )
        return Ended(done.returncode, done.stdout, done.stderr.decode())

    return run
