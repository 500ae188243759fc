"""Small worker scripts in the place of the real ones: the processes, pipes and environments are real."""

import sys
from pathlib import Path

import pytest

from audiogen_cli.evaluation import workers
from audiogen_cli.evaluation.workers.roster import WorkerSpec

SERVE = Path(workers.__file__).parent / "inside" / "serve.py"

MODEL = """
import wave

print("a library greets on import")


def fetch(options):
    print("downloading")
    with open(options["weights"], "wb") as file:
        file.write(b"weights")
    return {"model": "small model", "files": [options["weights"]]}


def load(options):
    import json, os
    print("loading")

    def answer(request):
        print("a library talks in between")
        if "text" in request:
            return {"embedding": [1.0, float(len(request["text"]))]}
        if request["audio"] == "odd":
            raise ValueError("this one is odd")
        size = os.path.getsize(request["audio"])
        return {"embedding": [1.0, 0.0], "mos": 3.5, "words": "the train leaves", "bytes": size}

    return answer
"""


@pytest.fixture
def serving(tmp_path):
    """The command of a worker that answers by the real loop."""
    script = tmp_path / "model.py"
    script.write_text(MODEL)
    return [sys.executable, "-I", str(SERVE), str(script), '{"packages": ["pytest", "nowhere"]}']


@pytest.fixture
def speaking(tmp_path):
    """The command of a worker whose whole program is given: for those that break the rules."""

    def command(program):
        script = tmp_path / "worker.py"
        script.write_text(
            "import json, os, sys, time\n"
            "def say(text): sys.stdout.write(text); sys.stdout.flush()\n"
            'HELLO = json.dumps({"hello": {"protocol": 1, "versions": {}}}) + "\\n"\n'
            "def ids():\n    for line in sys.stdin:\n        yield json.loads(line)['id']\n"
            'def answer(id): say(json.dumps({"id": id, "answer": {"of": id}}) + "\\n")\n' + program
        )
        return [sys.executable, str(script)]

    return command


@pytest.fixture
def small_worker(tmp_path):
    """A worker without packages, to be set up in an environment of its own."""
    script = tmp_path / "model.py"
    script.write_text(MODEL)
    return WorkerSpec(
        name="glap",
        about="a small one",
        script=script,
        requirements=(),
        packages=("pip",),
        environment_gb=0.05,
        downloads=(("weights from nowhere (MIT)", 0.001),),
        options={"weights": str(tmp_path / "weights.bin")},
    )
