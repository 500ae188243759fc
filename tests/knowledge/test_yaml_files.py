"""The knowledge's files: read from a copy, never from a stale one."""

import json

import pytest

from audiogen_cli.errors import KnowledgeError
from audiogen_cli.knowledge.yaml_files import read_yaml


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rain.yaml"
    path.write_text("rain: {words: [rain], hz: 3.5, loud: true}\n", "utf-8")
    return path


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("AUDIOGEN_CACHE", str(folder))
    return folder / "knowledge"


def test_the_second_reading_says_the_same_and_needs_no_yaml(file, cache, monkeypatch):
    first = read_yaml(file, source="sounds/rain.yaml")
    monkeypatch.setattr("yaml.load", lambda *_, **__: pytest.fail("parsed again"))
    assert read_yaml(file, source="sounds/rain.yaml") == first == {"rain": {"words": ["rain"], "hz": 3.5, "loud": True}}
    assert [copy.name for copy in cache.iterdir()] == ["sounds.rain.yaml.json"]


def test_an_edited_file_is_read_anew_and_replaces_its_copy(file, cache):
    read_yaml(file, source="rain.yaml")
    file.write_text("rain: {words: [drizzle]}\n", "utf-8")
    assert read_yaml(file, source="rain.yaml") == {"rain": {"words": ["drizzle"]}}
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"of": "x", "value": 1}', "null"])
def test_a_broken_copy_is_no_copy(file, cache, content):
    cache.mkdir(parents=True)
    (cache / "rain.yaml.json").write_text(content, "utf-8")
    assert read_yaml(file, source="rain.yaml")["rain"]["words"] == ["rain"]
    assert json.loads((cache / "rain.yaml.json").read_text("utf-8"))["value"]["rain"]["hz"] == 3.5


def test_without_a_folder_to_write_to_the_file_is_parsed(file, tmp_path, monkeypatch):
    (tmp_path / "taken").write_text("a file", "utf-8")
    monkeypatch.setenv("AUDIOGEN_CACHE", str(tmp_path / "taken"))
    assert read_yaml(file, source="rain.yaml")["rain"]["hz"] == 3.5


def test_what_json_would_change_is_not_kept(tmp_path, cache):
    file = tmp_path / "keys.yaml"
    file.write_text("1: one\nwhen: 2026-01-01\n", "utf-8")
    for _ in range(2):
        assert read_yaml(file, source="keys.yaml")[1] == "one"
    assert not cache.exists()


def test_a_file_that_is_no_yaml_is_told_by_its_name(tmp_path, cache):
    file = tmp_path / "broken.yaml"
    file.write_text("rain: [", "utf-8")
    with pytest.raises(KnowledgeError, match=r"sounds/broken\.yaml: not valid YAML"):
        read_yaml(file, source="sounds/broken.yaml")
