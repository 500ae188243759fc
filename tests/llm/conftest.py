"""The misbehaving server, and waits short enough for tests."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # the tests name `misbehaving_server`, their one helper

from misbehaving_server import MisbehavingServer


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr("audiogen_cli.refiner.llm_dialogue.FIRST_WAIT_S", 0.05)
    monkeypatch.setattr("audiogen_cli.refiner.llm_dialogue.LOADING_WAIT_S", 0.05)
    running = MisbehavingServer()
    yield running
    running.close()
