"""The house stands: imports run one way, and the first impression is quick."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import audiogen_cli

ROOT = Path(audiogen_cli.__file__).parent
FLOORS = [
    {"errors", "whole_file"},
    {"caption", "settings"},
    {"audio", "prompt", "device", "knowledge"},
    {"hub", "llm"},
    {"generator", "refiner"},
    {"quality", "evaluation", "training"},
    {"pipeline"},
    {"assembly"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}


def _modules():
    return sorted(path for path in ROOT.rglob("*.py") if path.name != "__main__.py")


def _room(path):
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path, *, top_level_only=False):
    tree = ast.parse(path.read_text())
    nodes = tree.body if top_level_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "audiogen_cli"
                else [node.module]
            )
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_down_the_floors(path):
    room = _room(path)
    if room == "__init__":
        return
    for name in _imports(path):
        if not name.startswith("audiogen_cli.") or name == "audiogen_cli.__version__":
            continue
        other = name.split(".")[1]
        if other != room:
            assert LEVEL[other] < LEVEL[room] or {room, other} <= {"quality", "evaluation"}, (
                f"{path.relative_to(ROOT)} imports {name}"
            )


def test_every_file_says_what_it_is_for():
    silent = [path for path in _modules() if path.stat().st_size and not ast.get_docstring(ast.parse(path.read_text()))]
    assert silent == []


def test_settings_alone_reads_the_environment():
    readers = [path for path in _modules() if "os.environ" in path.read_text() or "getenv" in path.read_text()]
    assert [path.name for path in readers] == ["settings.py"]


def _loaded_by(code):
    script = f"import sys; {code}; print(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_heavy():
    loaded = _loaded_by(
        "import io, contextlib; from audiogen_cli.cli.app import app\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): app(['--help'])\npass"
    )
    assert not loaded & {"torch", "transformers", "openai", "onnxruntime", "numpy", "scipy", "yaml", "matplotlib"}


def test_the_embedded_path_never_loads_torch():
    loaded = _loaded_by(
        "from audiogen_cli import assembly; from audiogen_cli.settings import Settings\n"
        "settings = Settings(engine='experts', refiner='embedded'); walk = assembly.build_pipeline(settings)\n"
        "from audiogen_cli.refiner.base import RefineRequest\n"
        "knobs = {'duration': 2.0, 'allow_missing': True}\n"
        "options = assembly.build_options(walk.generator, settings, seed=1, knobs=knobs)\n"
        "walk.run(RefineRequest(text='rain on a tin roof', seed=1), options)"
    )
    assert not loaded & {"torch", "transformers", "openai"}
