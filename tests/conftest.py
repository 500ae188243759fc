"""What every test stands on: a home of its own, and no language model or hub by accident."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure; and a change is judged by the same examples each time, new ones are for whoever looks.
settings.register_profile("shared-machine", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("shared-machine")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Config and cache in a fresh folder; no keys, no servers, no hub."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("AUDIOGEN_CONFIG", str(home / "config.toml"))
    monkeypatch.setenv("AUDIOGEN_CACHE", str(home / "cache"))
    monkeypatch.setenv("HF_HOME", str(home / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def mecat_captions():
    """The captions that the package `mecat` 1.1.0 carries: (category, {view: text}); skipped where it cannot be had."""
    folder = Path(__file__).parent / ".mecat"
    wheel = folder / "mecat-1.1.0-py3-none-any.whl"
    if not wheel.exists():
        fetch = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--only-binary",
            ":all:",
            "-d",
            str(folder),
            "mecat==1.1.0",
        ]
        done = subprocess.run(fetch, capture_output=True, text=True, timeout=120)
        if done.returncode != 0 or not wheel.exists():
            pytest.skip("the package mecat 1.1.0 cannot be downloaded here")
    views = {"caption": "short", "speech": "speech", "sfx": "sound", "music": "music", "env": "environment"}
    rows = []
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if "reference/caption/test/" in name and name.endswith(".jsonl.gz"):
                category = name.rsplit("/", 1)[1].removesuffix(".jsonl.gz")
                for line in gzip.decompress(archive.read(name)).splitlines():
                    for value in json.loads(line).values():
                        rows.append((category, {view: value[key][0] for view, key in views.items()}))
    return rows
