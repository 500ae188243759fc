"""Weights on this machine: found without the network, pulled from a hub that runs here, held and checked."""

import hashlib
import json
import shutil
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pytest

from audiogen_cli.errors import ModelMissingError, OptionError
from audiogen_cli.hub import cache as cache_room
from audiogen_cli.hub import lock, pulling, releases
from audiogen_cli.hub.pulling import HubError

COMMITS = ["a" * 40, "b" * 40]


class Hub(ThreadingHTTPServer):
    """As much of the hub as its client asks for: a repository's listing, and its files by range."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.repositories, self.asked, self.newest, self.cut_once = {}, [], COMMITS[0], 0
        self.converted = {}  # what waits in pull request 3
        self.request = {
            "num": 3,
            "title": "Adding `safetensors` variant of this model",
            "author": {"name": "SFconvertbot"},
            "repo": {"name": "some/pickles", "type": "model"},
            "status": "open",
            "isPullRequest": True,
            "createdAt": "2024-01-01T00:00:00.000Z",
        }

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def add(self, repository, files):
        self.repositories[repository] = files


class Answer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, *, body):
        hub, path = self.server, self.path.split("?")[0]
        hub.asked.append((self.command, path, self.headers.get("Range")))
        if path.endswith("/discussions"):
            name = path.removeprefix("/api/models/").removesuffix("/discussions")
            found = [hub.request] if name in hub.converted else []
            page = {"discussions": found, "count": len(found), "start": 0, "numClosedDiscussions": 0}
            return self.send(200, json.dumps(page).encode(), {"Content-Type": "application/json"}, body)
        if path.startswith("/api/models/"):
            name, _, revision = path.removeprefix("/api/models/").partition("/revision/")
            if name not in hub.repositories:
                return self.send(404, b"{}", {"X-Error-Code": "RepoNotFound"}, body)
            files = hub.converted[name] if unquote(revision) == "refs/pr/3" else hub.repositories[name]
            siblings = [
                {"rfilename": file, "size": len(data), "blobId": git_digest(data)}
                | ({"lfs": {"sha256": sha256(data), "size": len(data), "pointerSize": 1}} if large(file) else {})
                for file, data in files.items()
            ]
            commit = COMMITS[1] if files is hub.converted.get(name) else revision or hub.newest
            listing = {"id": name, "sha": commit, "siblings": siblings}
            return self.send(200, json.dumps(listing).encode(), {"Content-Type": "application/json"}, body)
        name, _, rest = path.strip("/").partition("/resolve/")
        commit, _, file = rest.partition("/")
        data = (hub.converted.get(name) or hub.repositories[name])[file]
        headers = {"X-Repo-Commit": commit, "ETag": f'"{sha256(data) if large(file) else git_digest(data)}"'}
        if large(file):
            headers |= {"X-Linked-Etag": headers["ETag"], "X-Linked-Size": str(len(data))}
        start = 0
        if self.headers.get("Range"):
            start = int(self.headers["Range"].removeprefix("bytes=").split("-")[0])
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        return self.send(206 if start else 200, hub.damaged(file, data)[start:], headers, body)

    def send(self, status, data, headers, body):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if body and self.server.cut_once and len(data) > self.server.cut_once:
            self.wfile.write(data[: self.server.cut_once])  # the line breaks
            self.server.cut_once = 0
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        elif body:
            self.wfile.write(data)


Hub.damaged = lambda self, file, data: data


def large(file):
    return file.endswith((".safetensors", ".bin"))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_digest(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


FILES = {
    "config.json": b"{}",
    "model.safetensors": b"weights " * 1000,
    "pytorch_model.bin": b"never",
    "modeling.py": b"never",
    "README.md": b"never",
}


@pytest.fixture
def server(monkeypatch):
    """A hub on this machine, and the client library set free to talk to it."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    server = Hub()
    for release in releases.RELEASES.values():
        for repository in release.repositories:
            server.add(repository, dict(FILES))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "hub"


def get(server, cache, name="english", **options):
    repositories = releases.RELEASES[name].repositories if name in releases.RELEASES else (name,)
    downloads = pulling.plan(repositories, cache_dir=cache, endpoint=server.address, **options)
    return pulling.pull(downloads, cache_dir=cache, endpoint=server.address)


class TestPull:
    def test_a_release_comes_whole_without_pickles_and_code(self, server, cache):
        assert not cache_room.is_present("english", cache_dir=cache)
        located = get(server, cache)
        assert [place.name for place in located] == list(releases.RELEASES["english"].repositories)
        for place in located:
            assert sorted(path.name for path in place.folder.iterdir()) == ["config.json", "model.safetensors"]
            assert place.commit == COMMITS[0]
        assert cache_room.is_present("english", cache_dir=cache)
        assert not cache_room.is_present("multilingual", cache_dir=cache)

    def test_sizes_are_known_before_and_what_is_here_is_not_counted(self, server, cache):
        before = pulling.plan(["google/mt5-large"], cache_dir=cache, endpoint=server.address)[0]
        assert before.num_bytes == 8002 and not before.present
        get(server, cache, "google/mt5-large")
        after = pulling.plan(["google/mt5-large"], cache_dir=cache, endpoint=server.address)[0]
        assert after.num_bytes == 0 and after.present == {"config.json", "model.safetensors"}

    def test_the_first_commit_is_held_until_an_update_is_asked_for(self, server, cache):
        get(server, cache)
        server.newest = COMMITS[1]
        assert get(server, cache)[0].commit == COMMITS[0]
        assert cache_room.locate("mispeech/Dasheng-AudioGen", cache_dir=cache).commit == COMMITS[0]
        assert get(server, cache, update=True)[0].commit == COMMITS[1]
        assert cache_room.locate("mispeech/Dasheng-AudioGen", cache_dir=cache).commit == COMMITS[1]

    def test_a_second_pull_downloads_nothing(self, server, cache):
        get(server, cache)
        server.asked.clear()
        get(server, cache)
        assert not [path for method, path, _ in server.asked if method == "GET" and "/resolve/" in path]

    def test_a_broken_download_goes_on_where_it_stopped(self, server, cache, monkeypatch):
        import time

        monkeypatch.setattr(time, "sleep", lambda seconds: None)
        server.add("some/model", {**FILES, "model.safetensors": bytes(range(256)) * 80_000})
        server.cut_once = 12_000_000
        try:
            get(server, cache, "some/model")
        except HubError as fault:
            assert "goes on where it stopped" in fault.hint
            get(server, cache, "some/model")
        ranges = [found for method, _, found in server.asked if method == "GET" and found]
        assert ranges and all(int(found.removeprefix("bytes=").split("-")[0]) > 0 for found in ranges)
        assert cache_room.verify("some/model", cache_dir=cache) == []

    def test_a_file_with_other_bytes_is_not_kept(self, server, cache, monkeypatch):
        monkeypatch.setattr(Hub, "damaged", lambda self, file, data: data[::-1] if large(file) else data)
        with pytest.raises(HubError, match=r"model\.safetensors does not hold the bytes"):
            get(server, cache)
        monkeypatch.undo()
        assert not cache_room.is_present("english", cache_dir=cache)

    def test_a_repository_that_is_none_is_said_in_one_line(self, server, cache):
        with pytest.raises(HubError, match="nobody/nothing") as caught:
            get(server, cache, "nobody/nothing")
        assert "\n" not in str(caught.value) and caught.value.exit_code == 4

    def test_a_repository_of_pickles_alone_is_refused(self, server, cache):
        server.add("some/pickles", {"config.json": b"{}", "pytorch_model.bin": b"x"})
        with pytest.raises(HubError, match="no safetensors"):
            get(server, cache, "some/pickles")

    def test_an_old_repository_comes_as_the_hub_itself_converted_it(self, server, cache):
        server.add("some/pickles", {"config.json": b"{}", "pytorch_model.bin": b"x"})
        server.converted["some/pickles"] = {
            "config.json": b"{}",
            "model.safetensors": b"weights",
            "pytorch_model.bin": b"x",
        }
        located = get(server, cache, "some/pickles")[0]
        assert located.commit == COMMITS[1]
        assert sorted(path.name for path in located.folder.iterdir()) == ["config.json", "model.safetensors"]

    def test_a_conversion_by_anybody_else_is_not_taken(self, server, cache):
        server.add("some/pickles", {"config.json": b"{}", "pytorch_model.bin": b"x"})
        server.converted["some/pickles"] = {"config.json": b"{}", "model.safetensors": b"weights"}
        server.request["author"] = {"name": "SFconvertbot2"}
        with pytest.raises(HubError, match="no safetensors"):
            get(server, cache, "some/pickles")

    def test_a_full_disk_is_said_before_the_first_byte(self, server, cache, monkeypatch):
        usage = type(shutil.disk_usage("/"))
        monkeypatch.setattr(pulling.shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 1000, 1000))
        server.asked.clear()
        with pytest.raises(HubError, match="GB free"):
            get(server, cache)
        assert not [path for _, path, _ in server.asked if "/resolve/" in path]

    def test_no_hub_no_download_one_line(self, cache, server):
        server.shutdown()
        server.server_close()
        with pytest.raises(HubError, match="mispeech/Dasheng-AudioGen"):
            get(server, cache)

    def test_offline_refuses(self, cache):
        with pytest.raises(OptionError, match="offline"):
            pulling.plan(["google/mt5-large"], cache_dir=cache, offline=True)


class TestOnThisMachine:
    def test_verifying_finds_a_changed_byte(self, server, cache):
        get(server, cache)
        assert cache_room.verify("google/flan-t5-large", cache_dir=cache) == []
        weights = cache_room.locate("google/flan-t5-large", cache_dir=cache).folder / "model.safetensors"
        data = bytearray(weights.read_bytes())
        data[5] ^= 1
        weights.resolve().write_bytes(data)
        faults = cache_room.verify("google/flan-t5-large", cache_dir=cache)
        assert faults == ["model.safetensors does not hold the bytes that the hub has"]

    def test_removing_frees_the_disk_and_the_lock(self, server, cache):
        get(server, cache)
        assert cache_room.remove("google/flan-t5-large", cache_dir=cache) > 8000
        assert "google/flan-t5-large" not in lock.read_lock()
        with pytest.raises(ModelMissingError, match="not on this machine"):
            cache_room.locate("google/flan-t5-large", cache_dir=cache)
        with pytest.raises(ModelMissingError):
            cache_room.remove("google/flan-t5-large", cache_dir=cache)

    def test_what_another_tool_downloaded_is_found_by_its_branch(self, cache):
        entry = cache / "models--google--flan-t5-large"
        (entry / "snapshots" / COMMITS[1]).mkdir(parents=True)
        (entry / "snapshots" / COMMITS[1] / "config.json").write_text("{}")
        (entry / "snapshots" / COMMITS[1] / "model.safetensors").write_text("weights")
        (entry / "refs").mkdir()
        (entry / "refs" / "main").write_text(COMMITS[1])
        assert cache_room.locate("google/flan-t5-large", cache_dir=cache).commit == COMMITS[1]
        with pytest.raises(ModelMissingError, match="not pulled by this tool"):
            cache_room.verify("google/flan-t5-large", cache_dir=cache)

    def test_half_a_download_is_not_taken_for_a_model(self, cache):
        entry = cache / "models--google--flan-t5-large"
        (entry / "snapshots" / COMMITS[1]).mkdir(parents=True)
        (entry / "refs").mkdir()
        (entry / "refs" / "main").write_text(COMMITS[1])
        folder = entry / "snapshots" / COMMITS[1]
        for name, text in (
            ("config.json", "{}"),
            ("model.safetensors.index.json", '{"weight_map": {"a": "1.safetensors", "b": "2.safetensors"}}'),
            ("1.safetensors", ""),
        ):
            with pytest.raises(ModelMissingError, match="only part of it"):
                cache_room.locate("google/flan-t5-large", cache_dir=cache)
            (folder / name).write_text(text)
        (folder / "2.safetensors").write_text("")
        assert cache_room.locate("google/flan-t5-large", cache_dir=cache).folder == folder

    def test_a_pulled_file_that_has_gone_is_missed(self, server, cache):
        get(server, cache)
        (cache_room.locate("google/flan-t5-large", cache_dir=cache).folder / "model.safetensors").unlink()
        with pytest.raises(ModelMissingError, match="only part of it"):
            cache_room.locate("google/flan-t5-large", cache_dir=cache)
        assert get(server, cache)[1].commit == COMMITS[0]

    def test_a_folder_is_itself(self, tmp_path):
        located = cache_room.locate(tmp_path)
        assert (located.folder, located.commit) == (tmp_path, None)

    @pytest.mark.parametrize("name", ["english2", "a/b/c", "/nowhere/at/all", "", "../x"])
    def test_what_is_neither_is_said(self, name, cache):
        with pytest.raises(ModelMissingError, match="no such folder"):
            cache_room.locate(name, cache_dir=cache)

    def test_a_damaged_lock_is_named(self):
        lock.lock_path().parent.mkdir(parents=True, exist_ok=True)
        lock.lock_path().write_text("{")
        with pytest.raises(ModelMissingError, match=r"models\.lock\.json: damaged"):
            lock.read_lock()

    def test_looking_opens_no_socket(self, cache, monkeypatch):
        def refuse(*_, **__):
            raise AssertionError("a socket was opened")

        monkeypatch.setattr(socket, "socket", refuse)
        monkeypatch.setattr(socket, "create_connection", refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        for name in releases.RELEASES:
            assert not cache_room.is_present(name, cache_dir=cache)
        with pytest.raises(ModelMissingError) as caught:
            cache_room.locate("mispeech/Dasheng-AudioGen", cache_dir=cache)
        assert caught.value.hint == "audiogen pull english"
        assert not any(located for _, located, _ in cache_room.sizes_on_disk(cache))
