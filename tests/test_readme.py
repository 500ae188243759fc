"""The README is true: its commands parse, its library example runs, its tables match the code."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from audiogen_cli.cli.app import COMMANDS, app

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def _commands():
    for block in re.findall(r"```bash\n(.*?)```", README, flags=re.S):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            for start, word in enumerate(words):
                if word.endswith("audiogen") and start + 1 < len(words) and words[start + 1] in _known():
                    ends = [at for at, other in enumerate(words) if other in ("|", "&&") and at > start]
                    yield words[start + 1 : ends[0] if ends else None]


def _known():
    return {name for commands in COMMANDS.values() for name in commands}


@pytest.mark.parametrize("words", list(_commands()), ids=" ".join)
def test_every_command_of_the_readme_parses(words):
    group = typer.main.get_command(app)
    command = group.get_command(None, words[0])
    command.make_context(words[0], words[1:])


def test_the_library_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    exec(compile(example, "README.md", "exec"), {})
    assert (tmp_path / "roof.wav").stat().st_size > 100_000


def test_the_first_two_commands_install_make_a_sound_and_test():
    first, second = re.search(r"```bash\n(.*?)```", README, flags=re.S).group(1).strip().splitlines()
    assert "audiogen make" in first and "pip install" in first and first.endswith(".wav")
    assert second.split("&&")[1].strip() in (Path(__file__).parents[1] / ".ci" / "run").read_text().replace(
        '"$bin/', ".venv/bin/"
    ).replace('"', "")


def test_every_exit_code_is_documented():
    from audiogen_cli import errors

    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type)}
    for code in codes | {0, 130}:
        assert re.search(rf"\| {code} \|", README), code


def test_every_file_the_readme_links_to_is_there():
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
