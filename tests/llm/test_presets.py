"""Which server is asked and which key it gets: never another's."""

import contextlib
import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogen_cli.errors import OptionError
from audiogen_cli.llm.discovery import find_local_servers
from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat
from audiogen_cli.llm.presets import PRESETS
from audiogen_cli.llm.servers import find_server
from audiogen_cli.settings import Secret


def found(environment=None, *, preset=None, base_url=None, model=None, discover=False):
    variables = environment or {}
    return find_server(
        preset=preset,
        base_url=base_url,
        model=model,
        environment=lambda name: variables.get(name) or None,
        secret=lambda name: Secret(variables[name]) if variables.get(name) else None,
        discover=discover,
    )


def test_nothing_configured_is_no_server():
    assert found() is None


def test_an_openai_key_means_openai():
    server = found({"OPENAI_API_KEY": "sk-1"})
    assert (server.preset.name, server.host, server.key) == ("openai", "api.openai.com", "sk-1")
    assert server.model


def test_an_address_beside_the_key_gets_that_key():
    server = found({"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://my.box:9000/v1/", "OPENAI_MODEL": "m"})
    assert (server.base_url, server.key, server.model) == ("http://my.box:9000/v1", "sk-1", "m")


def test_another_address_does_not_get_the_openai_key():
    server = found({"OPENAI_API_KEY": "sk-1"}, base_url="http://elsewhere.example/v1", model="m")
    assert server.key is None
    assert found({"AUDIOGEN_LLM_API_KEY": "k"}, base_url="http://elsewhere.example/v1", model="m").key == "k"


def test_a_known_address_gets_its_own_key_and_manners():
    server = found({"GROQ_API_KEY": "g", "OPENAI_API_KEY": "sk-1"}, base_url="https://api.groq.com/openai/v1")
    assert (server.preset.name, server.key) == ("groq", "g")


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.key_variables])
def test_a_hosted_preset_wants_its_key_and_takes_no_other(name):
    with pytest.raises(OptionError, match=PRESETS[name].key_variables[0]):
        found({} if name == "openai" else {"OPENAI_API_KEY": "sk-1"}, preset=name)
    server = found({PRESETS[name].key_variables[0]: "right"}, preset=f"{name}:some/model:7b")
    assert (server.key, server.model) == ("right", "some/model:7b")


@pytest.mark.parametrize("name", ["ollama", "llamacpp", "vllm", "lmstudio"])
def test_a_preset_of_this_machine_needs_no_key_and_gets_none(name):
    server = found({"OPENAI_API_KEY": "sk-1"}, preset=name)
    assert server.key is None and server.preset.local


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("box:8888", "http://box:8888/v1"),
        ("https://box", "https://box:11434/v1"),
    ],
)
def test_ollama_is_sought_where_its_own_variable_says(host, url):
    assert found({"OLLAMA_HOST": host}, preset="ollama:qwen3:4b").base_url == url


def test_an_unknown_preset_is_met_with_the_nearest():
    with pytest.raises(OptionError, match="did you mean ollama"):
        found(preset="olama:qwen3")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "http://a b/v1",
        "ftp://x/v1",
        "http://",
        "http://x:99999/v1",
        "http://user:pw@host/v1",
        "http://[/v1",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(url):
    with pytest.raises(OptionError) as caught:
        found(base_url=url)
    assert "pw" not in str(caught.value)


@given(st.text(max_size=40))
def test_no_base_url_breaks_with_a_traceback(url):
    with contextlib.suppress(OptionError):
        found(base_url=url or "x")


def test_a_preset_takes_another_address_and_keeps_its_key_at_home():
    server = found({"OPENAI_API_KEY": "sk-1"}, preset="openai:m", base_url="http://elsewhere.example/v1")
    assert (server.preset.name, server.base_url, server.key) == ("openai", "http://elsewhere.example/v1", None)
    assert found(preset="vllm:m", base_url="http://box:8001/v1").base_url == "http://box:8001/v1"


def test_a_key_that_cannot_be_one_is_refused_without_showing_it():
    with pytest.raises(OptionError, match="OPENAI_API_KEY") as caught:
        OpenAICompatibleChat(found({"OPENAI_API_KEY": "sk-1\nX-Evil: 1"}))
    assert "sk-1" not in str(caught.value)


def test_a_key_shows_in_no_text_of_a_server():
    server = found({"OPENAI_API_KEY": "sk-secret"})
    assert "sk-secret" not in f"{server} {server!r} {server.key!r}"


def serve(answer, *, delay=0.0):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            time.sleep(delay)
            body = json.dumps(answer(self.path)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    http.handle_error = lambda *args: None
    threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return http, f"http://127.0.0.1:{http.server_address[1]}/v1"


def test_ollama_and_lm_studio_are_found_with_the_models_that_talk():
    ollama, ollama_url = serve(lambda path: {"models": [{"name": "nomic-embed-text"}, {"name": "qwen3:4b"}]})
    studio, studio_url = serve(lambda path: {"data": [{"id": "gemma"}]})
    servers = find_local_servers(places=(("ollama", ollama_url), ("lmstudio", studio_url)))
    ollama.shutdown(), studio.shutdown()
    assert [(server.preset, server.models) for server in servers] == [
        ("ollama", ("qwen3:4b",)),
        ("lmstudio", ("gemma",)),
    ]


def test_another_program_on_the_port_is_not_taken_for_a_server():
    http, url = serve(lambda path: {"hello": "I am a printer"})
    assert find_local_servers(places=(("ollama", url), ("lmstudio", url))) == []
    http.shutdown()


def test_looking_ends_within_300_ms_whatever_is_there():
    slow, slow_url = serve(lambda path: {}, delay=2)
    dead = socket.create_server(("127.0.0.1", 0))  # takes the connection and says nothing
    places = (("ollama", slow_url), ("lmstudio", f"http://127.0.0.1:{dead.getsockname()[1]}/v1"))
    began = time.monotonic()
    assert find_local_servers(places=places) == []
    assert time.monotonic() - began < 0.6  # 0.3, and a busy machine
    slow.shutdown(), dead.close()
