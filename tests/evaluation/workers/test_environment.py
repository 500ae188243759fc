"""A worker's environment is made, remembered and used; the metrics reach it; without it they say how to get it."""

import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from audiogen_cli.errors import AudiogenError, ModelMissingError, OptionError
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate
from audiogen_cli.evaluation.manifest import read_manifest
from audiogen_cli.evaluation.workers.environment import make_environment, open_worker, read_installed, workers_folder
from audiogen_cli.evaluation.workers.roster import WORKERS, find_spec


def _wheel(folder):
    """A package of one line, as pip installs it."""
    path = folder / "tiny_reader-1.2.3-py3-none-any.whl"
    info = "tiny_reader-1.2.3.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny_reader.py", "ANSWER = 42\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-reader\nVersion: 1.2.3\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", f"tiny_reader.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return path


def test_setting_up_installs_downloads_tries_and_remembers(small_worker, tmp_path):
    script = tmp_path / "needs.py"
    script.write_text("import tiny_reader\n" + small_worker.script.read_text())
    spec = replace(small_worker, script=script, requirements=(str(_wheel(tmp_path)),), packages=("tiny-reader",))
    with pytest.raises(ModelMissingError, match="not set up") as caught:
        read_installed(spec)
    assert (caught.value.exit_code, caught.value.hint) == (4, "audiogen eval setup glap")
    said = []
    made = make_environment(spec, say=said.append)
    assert (made.model, made.versions["tiny-reader"]) == ("small model", "1.2.3")
    assert len(made.weights_sha256) == 64
    assert [line.split()[0] for line in said] == ["making", "installing", "downloading", "trying"]
    assert read_installed(spec) == made
    with pytest.raises(ModelMissingError):  # a release of ours with other pins
        read_installed(replace(spec, requirements=("tiny-reader==2",)))
    worker = open_worker(spec, device="cpu")
    assert worker.ask({"text": "abc"})["embedding"] == [1.0, 3.0]
    worker.close()


def test_what_fails_while_setting_up_leaves_no_record(small_worker):
    broken = replace(small_worker, options={"weights": "/nowhere/at/all"})
    with pytest.raises(AudiogenError, match="weights could not be downloaded"):
        make_environment(broken)
    with pytest.raises(ModelMissingError):
        read_installed(broken)
    with pytest.raises(OptionError, match="GB are needed"):
        make_environment(replace(small_worker, downloads=(("too much", 1e6),)))


def test_a_worker_of_its_own_sees_neither_our_packages_nor_our_caches(small_worker, tmp_path):
    script = tmp_path / "prying.py"
    script.write_text(
        small_worker.script.read_text().replace(
            "    def answer(request):\n",
            "    def answer(request):\n"
            "        import importlib.util, sys\n"
            "        return {'embedding': [1.0 if importlib.util.find_spec('numpy') else 0.0,"
            " 1.0 if os.environ['HF_HUB_OFFLINE'] == '1' else 0.0], 'home': os.path.expanduser('~')}\n",
            1,
        )
    )
    spec = replace(small_worker, script=script)
    make_environment(spec)
    worker = open_worker(spec, device="cpu")
    told = worker.ask({"text": "x"})
    worker.close()
    assert told["embedding"] == [0.0, 1.0]
    assert told["home"] == str(workers_folder() / "glap" / "home")


@pytest.fixture
def three_workers(small_worker, monkeypatch):
    """The roster's names with small workers behind them, all set up."""
    for name in ("glap", "utmos", "nemo"):
        spec = replace(small_worker, name=name, options={**small_worker.options, "model": "own/one"})
        monkeypatch.setitem(WORKERS, name, spec)
        make_environment(spec)


@pytest.fixture
def talk(tmp_path, write_sound):
    rows = []
    for number in range(2):
        path = write_sound(f"{number}.wav", seed=number, rate=44_100, channels=2, seconds=0.5)
        rows.append(json.dumps({"audio": path.name, "caption": "A talk", "asr": "The train leaves tonight"}))
    (tmp_path / "list.jsonl").write_text("\n".join(rows))
    return read_manifest(tmp_path / "list.jsonl")


def test_the_papers_metrics_reach_the_workers_and_are_named_as_the_papers(three_workers, talk, tmp_path):
    choices = Choices(recogniser="nemo")
    chosen = choose_metrics(["glap", "utmos", "wer"], talk, choices)
    try:
        result = evaluate(talk, chosen, choices, FeatureCache(folder=tmp_path / "cache"))
    finally:
        chosen.close()
    figures = result["metrics"]["all"]["figures"]
    assert figures["glap"]["value"] == pytest.approx(100 / np.sqrt(1 + 6**2), abs=1e-3)  # "A talk" is six letters
    assert figures["utmos"]["value"] == 3.5
    assert figures["wer"]["value"] == pytest.approx(25.0)
    assert all(figure["as_in_paper"] for figure in figures.values())
    assert figures["wer"]["extractor"]["extractor"] == "small model"
    assert figures["wer"]["extractor"]["python_version"].startswith("3.")
    json.dumps(result, allow_nan=False)


def test_kept_features_need_no_worker(three_workers, talk, tmp_path, monkeypatch):
    choices = Choices()

    def score():
        chosen = choose_metrics(["utmos"], talk, choices)
        found = evaluate(talk, chosen, choices, FeatureCache(folder=tmp_path / "cache"))
        started = chosen.extractors["utmos"]._worker._process is not None
        chosen.close()
        return found["metrics"]["all"]["figures"]["utmos"]["value"], started

    assert score() == (3.5, True)
    assert score() == (3.5, False)


def test_another_recogniser_of_the_toolkit_is_not_the_papers(three_workers, talk, tmp_path):
    other = find_spec("nemo:nvidia/parakeet-tdt-0.6b-v2")
    with pytest.raises(ModelMissingError) as caught:
        choose_metrics(["wer"], talk, Choices(recogniser=other.name))
    assert caught.value.hint == "audiogen eval setup nemo:nvidia/parakeet-tdt-0.6b-v2"
    make_environment(other)
    choices = Choices(recogniser=other.name)
    chosen = choose_metrics(["wer"], talk, choices)
    try:
        figure = evaluate(talk, chosen, choices, FeatureCache(folder=None))["metrics"]["all"]["figures"]["wer"]
    finally:
        chosen.close()
    assert not figure["as_in_paper"]


@pytest.mark.parametrize("answer", ["{}", "{'mos': 'high'}", "{'mos': float('nan')}"])
def test_an_answer_that_is_none_costs_its_item(small_worker, tmp_path, monkeypatch, talk, answer):
    script = tmp_path / "odd.py"
    script.write_text(
        f"def fetch(o): return {{'model': 'm', 'files': []}}\ndef load(o): return lambda request: {answer}\n"
    )
    spec = replace(small_worker, name="utmos", script=script)
    monkeypatch.setitem(WORKERS, "utmos", spec)
    make_environment(spec)
    chosen = choose_metrics(["utmos", "loudness"], talk, Choices())
    try:
        with pytest.raises(AudiogenError, match="where a score is needed"):
            evaluate(talk, chosen, Choices(), FeatureCache(folder=None))
    finally:
        chosen.close()


def test_workers_that_are_not_in_the_roster_are_refused():
    assert find_spec("nemo:nvidia/stt_en_conformer_transducer_xlarge") is WORKERS["nemo"]
    for name in ("other", "glap:a/b", "nemo:", "nemo:a", "nemo:../../x/y"):
        with pytest.raises(OptionError, match="no worker"):
            find_spec(name)


@pytest.mark.parametrize("script", sorted(spec.script for spec in WORKERS.values()), ids=lambda path: path.stem)
def test_the_real_scripts_stand_alone_and_say_which_package_is_missing(script, tmp_path):
    import subprocess

    from audiogen_cli.evaluation.workers.environment import _SERVE

    options = json.dumps({"device": "cpu", "model": "a/b", "packages": []})
    code = f"import runpy; found = runpy.run_path({str(script)!r}); assert found['load'] and found['fetch']"
    assert subprocess.run([sys.executable, "-I", "-c", code], check=False).returncode == 0
    bare = [sys.executable, "-I", "-S", str(_SERVE), str(script), options]  # without site-packages
    done = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "ModuleNotFoundError" in done.stderr and done.stdout == ""
