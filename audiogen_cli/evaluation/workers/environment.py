"""A worker's own environment: where it lies, how it is made, what was found when it was.

In: a `WorkerSpec`. Out: a folder with a virtual environment, the weights' own caches and a record of what was
installed; from it a `Worker` ready to be asked. Making one is the only thing here that uses the network; afterwards
workers run offline.
"""

import json
import logging
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from audiogen_cli.audio.files import write_bytes
from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError
from audiogen_cli.evaluation.workers.process import PATIENCE, Patience, Worker
from audiogen_cli.evaluation.workers.roster import WorkerSpec
from audiogen_cli.settings import cache_folder, child_environment

logger = logging.getLogger(__name__)

_SERVE = Path(__file__).parent / "inside" / "serve.py"
_SPARE_GB = 0.5


@dataclass(frozen=True, kw_only=True)
class Installed:
    """What stands in a worker's record: enough to know what made a figure without starting it."""

    model: str
    weights_sha256: str
    versions: Mapping[str, str]
    requirements: tuple[str, ...]  # a release of ours with other pins asks for a new set-up


def workers_folder() -> Path:
    """Where the environments lie."""
    return cache_folder() / "evaluation" / "workers"


def setup_line(spec: WorkerSpec) -> str:
    """The line that makes a worker."""
    return f"audiogen eval setup {spec.name}"


def read_installed(spec: WorkerSpec) -> Installed:
    """The record of a worker that has been made.

    Raises:
        ModelMissingError: it has not; the hint is the line that makes it.
    """
    record = _record(spec)
    try:
        told = json.loads(record.read_text("utf-8"))
        installed = Installed(**{**told, "requirements": tuple(told["requirements"])})
        if installed.requirements == spec.requirements and _python(spec).exists():
            return installed
    except (OSError, ValueError, TypeError, KeyError) as fault:
        logger.debug("%s: %s", record, fault)
    raise ModelMissingError(f"the worker {spec.name} is not set up", hint=setup_line(spec))


def open_worker(spec: WorkerSpec, *, device: str, patience: Patience = PATIENCE) -> Worker:
    """A worker that may be asked; it starts with the first question."""
    read_installed(spec)
    return _worker(spec, device, patience)


def make_environment(
    spec: WorkerSpec,
    *,
    device: str = "cpu",
    python: Path | None = None,
    say: Callable[[str], None] = lambda text: None,
    patience: Patience = PATIENCE,
) -> Installed:
    """Make a worker's environment, download its weights and let it say hello; one that stands is made up to date.

    Args:
        spec: the worker.
        device: on which it is tried.
        python: another interpreter than this one, where its packages need it.
        say: told what is done, a line each.

    Raises:
        AudiogenError: the disk is too small, or a step failed; the message ends with its last words.
    """
    folder = _folder(spec)
    _check_disk(spec, folder)
    folder.mkdir(parents=True, exist_ok=True)
    _record(spec).unlink(missing_ok=True)
    if not _python(spec).exists():
        say(f"making {folder / 'venv'}")
        if python is None:
            venv.EnvBuilder(with_pip=bool(spec.requirements), symlinks=sys.platform != "win32").create(folder / "venv")
        else:
            _run([str(python), "-m", "venv", str(folder / "venv")], "the environment could not be made")
    if spec.requirements:
        say(f"installing {' '.join(spec.requirements)}")
        install = [str(_python(spec)), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
        _run([*install, *spec.requirements], "the packages could not be installed")
    say("downloading the weights")
    fetched = _run(
        [*_command(spec, device), "--fetch"],
        "the weights could not be downloaded",
        environment=_environment(spec, offline=False),
    )
    say("trying it")
    worker = _worker(spec, device, patience)
    try:
        versions = worker.hello().versions
    finally:
        worker.close()
    try:
        told = json.loads(fetched.splitlines()[-1])["fetched"]
        installed = Installed(**told, versions=versions, requirements=spec.requirements)
    except (ValueError, KeyError, TypeError, IndexError) as fault:
        raise AudiogenError(f"{spec.name} did not say what it downloaded: {fetched[-200:]!r}") from fault
    write_bytes(_record(spec), json.dumps(asdict(installed), indent=2).encode())
    return installed


def _check_disk(spec: WorkerSpec, folder: Path) -> None:
    needed = sum(size for _, size in spec.downloads) + (0 if _python(spec).exists() else spec.environment_gb)
    at = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(at).free / 1e9
    if free < needed + _SPARE_GB:
        raise OptionError(f"{folder}: {needed:.1f} GB are needed, {free:.1f} GB are free")


def _worker(spec: WorkerSpec, device: str, patience: Patience) -> Worker:
    return Worker(
        spec.name,
        _command(spec, device),
        environment=_environment(spec, offline=True),
        patience=patience,
        hint=setup_line(spec),
    )


def _command(spec: WorkerSpec, device: str) -> list[str]:
    options = {**spec.options, "device": device, "packages": spec.packages}
    return [str(_python(spec)), "-I", str(_SERVE), str(spec.script), json.dumps(options)]


def _environment(spec: WorkerSpec, *, offline: bool) -> dict[str, str]:
    """Every cache of the worker's libraries in its own folder; some of them know no variable but HOME."""
    home = _folder(spec) / "home"
    home.mkdir(parents=True, exist_ok=True)
    places = {"HOME": home, "USERPROFILE": home, "XDG_CACHE_HOME": home / ".cache", "HF_HOME": home / "hub"}
    places |= {"TORCH_HOME": home / "torch", "NEMO_CACHE_DIR": home / "nemo"}
    return child_environment(
        **{name: str(place) for name, place in places.items()}, HF_HUB_OFFLINE="1" if offline else "0"
    )


def _run(command: Sequence[str], failed: str, *, environment: Mapping[str, str] | None = None) -> str:
    """What a command printed on stdout; its stderr goes where ours goes, for it tells how a download stands."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, text=True, check=False)
    except OSError as fault:
        raise AudiogenError(f"{failed}: {fault}") from fault
    if done.returncode != 0:
        raise AudiogenError(f"{failed}: code {done.returncode}, see above")
    return done.stdout


def _folder(spec: WorkerSpec) -> Path:
    return workers_folder() / spec.base


def _python(spec: WorkerSpec) -> Path:
    bin = _folder(spec) / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    return bin / ("python.exe" if sys.platform == "win32" else "python")


def _record(spec: WorkerSpec) -> Path:
    return _folder(spec) / f"{spec.name.replace(':', '-').replace('/', '-')}.json"
