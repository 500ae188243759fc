"""The whole way, from the command line over a real socket: the caption comes out, the key never does."""

import json
import os
import subprocess
import sys

import pytest
from misbehaving_server import fault, reply

KEY = "sk-very-secret-0123456789"
SCENE = {
    "Caption": "A couple argues on a wet street at night.",
    "Speech": "An angry couple",
    "ASR": "Man: Where were you?",
}


@pytest.fixture
def audiogen(tmp_path):
    def run(*args, **variables):
        environment = {**os.environ, "OPENAI_API_KEY": KEY, "AUDIOGEN_CACHE": str(tmp_path / "cache"), **variables}
        done = subprocess.run(
            [sys.executable, "-m", "audiogen_cli", *args],
            capture_output=True, cwd=tmp_path, timeout=120, env=environment, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        everything = (
            done.stdout + done.stderr + b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        )
        assert KEY.encode() not in everything
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    return run


def test_a_configured_server_is_asked_and_its_caption_mended(server, audiogen):
    server.plays(reply(json.dumps(SCENE)))
    code, out, err = audiogen(
        "refine", "rainy street argument", "--explain", "-vv", OPENAI_BASE_URL=server.url, OPENAI_MODEL="m"
    )
    assert code == 0
    assert json.loads(out)["ASR"] == "Where were you?"
    assert "labels" in err and server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_repeated_run_asks_nobody_and_no_cache_asks_again(server, audiogen):
    server.plays(reply(json.dumps(SCENE)))
    place = {"OPENAI_BASE_URL": server.url, "OPENAI_MODEL": "m"}
    first = audiogen("refine", "rainy street argument", **place)
    assert audiogen("refine", "rainy street argument", **place)[:2] == first[:2]
    assert len(server.requests) == 1
    audiogen("refine", "rainy street argument", "--no-cache", **place)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (fault(401, f"Incorrect API key provided: {KEY}"), "refuses the key in OPENAI_API_KEY"),
        (fault(500, f"traceback: Authorization: Bearer {KEY}"), "failed (500)"),
        (reply(f"My key is {KEY}"), "no JSON object"),
    ],
)
def test_a_failure_is_exit_code_3_and_two_lines(server, audiogen, script, says):
    server.plays(script)
    code, out, err = audiogen(
        "refine", "rain", "--refiner", "openai", "-vv", OPENAI_BASE_URL=server.url, OPENAI_MODEL="m"
    )
    assert (code, out) == (3, "")
    assert says in " ".join(err.split()) and "Traceback" not in err
    assert sum(line.startswith(("error:", "  try:")) for line in err.splitlines()) == 2


def test_the_rooms_load_neither_client_nor_torch():
    script = (
        "import sys; from audiogen_cli.llm import discovery, openai_compatible, presets; "
        "from audiogen_cli.refiner import llm; print('openai' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
