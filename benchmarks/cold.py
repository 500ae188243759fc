"""How long a person waits: the command from cold, as a whole process.

    python benchmarks/cold.py [--runs 5] [--only help|make]

Two figures, each against something run beside it, in turn (A B A B ..), so that a machine whose speed
drifts does not decide:
- `audiogen --help` against `python -c "import typer, rich"`, the floor of any command built on the two;
- `audiogen make` of a ten-second scene with speech, music and effects, standard and draft quality,
  against ten seconds of sound (real time), with the peak memory of the process.
Wall and CPU seconds are the operating system's own of the finished process; medians are printed. The commands run as
pip installs them, with their bytecode (an environment that forbids it is not passed on), and after a first run.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SCENE = [
    "make", "busy cafe", "--engine", "experts", "--refiner", "embedded", "--seed", "1", "--force",
    "--speech", "A friendly young woman", "--asr", "Good evening, what can I get you? The soup is very good tonight.",
    "--music", "Relaxed jazz trio", "--sfx", "Murmur of guests, glasses clinking", "--env", "Small busy bar",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command, after one that is not")
    parser.add_argument("--only", choices=["help", "make"])
    chosen = parser.parse_args()
    if chosen.only != "make":
        ours, floor = compare(["-m", "audiogen_cli", "--help"], ["-c", "import typer, rich"], runs=chosen.runs)
        ratios = [a["wall"] / b["wall"] for a, b in zip(ours, floor)]
        print(f"--help / import typer, rich: {statistics.median(ratios):.2f} (median of {chosen.runs} pairs)")
    if chosen.only != "help":
        with tempfile.TemporaryDirectory() as folder:
            scene = ["-m", "audiogen_cli", *SCENE, "-o", str(Path(folder) / "scene.wav")]
            standard, draft = compare(scene, [*scene, "--quality", "draft"], runs=chosen.runs)
        for name, found in (("standard", standard), ("draft", draft)):
            wall, cpu, peak = (statistics.median(run[key] for run in found) for key in ("wall", "cpu", "peak_mb"))
            print(f"make, {name}: {wall:.1f} s wall, {cpu:.1f} s CPU, {10 / wall:.1f} x real time, peak {peak:.0f} MB")


def compare(first: list[str], second: list[str], *, runs: int) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Run two commands in turn; the first run of each warms the disk and is not counted."""
    found: tuple[list[dict[str, float]], list[dict[str, float]]] = ([], [])
    for turn in range(runs + 1):
        for command, kept in zip((first, second), found):
            figures = measure([sys.executable, *command])
            if turn > 0:
                kept.append(figures)
    return found


def measure(command: list[str]) -> dict[str, float]:
    """Wall and CPU seconds and peak memory of one finished process."""
    import time

    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    assert child.stderr is not None
    told = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(told.decode())
    peak = usage.ru_maxrss / (1_000_000 if sys.platform == "darwin" else 1_000)
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "peak_mb": peak}


if __name__ == "__main__":
    main()
