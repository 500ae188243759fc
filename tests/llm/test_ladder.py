"""What is asked for as strictly as a server takes, remembered by server and model, and verified in any case."""

import json
import threading

import pytest
from misbehaving_server import fault, reply

from audiogen_cli.caption import strict_schema
from audiogen_cli.llm.chat import ChatError, ChatRequest, Message
from audiogen_cli.llm.manners import Manners, MannersMemory
from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat
from audiogen_cli.llm.presets import Preset, Server
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.llm import LLMRefiner

QUESTION = ChatRequest(messages=(Message(role="user", content="rain"),), schema=strict_schema(), seed=2**40 + 7)
GOOD = reply('{"Caption": "Rain on a roof."}')


def chat_with(server, *, memory=None, model="little-model", **preset):
    kind = Preset(**{"name": "server", "base_url": server.url, **preset})
    return OpenAICompatibleChat(Server(preset=kind, base_url=server.url, model=model), memory=memory)


def forms(server):
    return [request.get("response_format", {}).get("type", "plain") for request in server.requests]


def test_the_schema_is_asked_for_first_and_in_the_subset_all_servers_take(server):
    server.plays(GOOD)
    chat_with(server).ask(QUESTION, timeout_s=20)
    form = server.requests[0]["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["strict"] is True
    schema = form["json_schema"]["schema"]
    assert set(schema["required"]) == set(schema["properties"]) and schema["additionalProperties"] is False
    assert 0 <= server.requests[0]["seed"] < 2**31


@pytest.mark.parametrize(
    "refusal",
    [
        fault(400, "response_format json_schema is not supported by this model"),
        fault(422, "extra fields not permitted: response_format"),
        fault(500, "failed to parse grammar"),
        fault(400, "'response_format.type' must be 'text'"),
        fault(400, "Bad request"),
    ],
)
def test_each_refusal_leads_one_rung_down(server, refusal):
    server.plays(refusal, refusal, GOOD)
    answered = chat_with(server).ask(QUESTION, timeout_s=20)
    assert forms(server) == ["json_schema", "json_object", "plain"]
    assert answered.structure == "plain"


def test_a_refused_rung_is_remembered_for_that_server_and_model_alone(server, tmp_path):
    memory = tmp_path / "servers.json"
    server.plays(fault(400, "json_schema is not supported"), GOOD)
    chat_with(server, memory=memory).ask(QUESTION, timeout_s=20)
    server.requests.clear()
    server.plays(GOOD)
    chat_with(server, memory=memory).ask(QUESTION, timeout_s=20)
    chat_with(server, memory=memory, model="other-model").ask(QUESTION, timeout_s=20)
    assert forms(server) == ["json_object", "json_schema"]


def test_a_refusal_for_another_reason_teaches_nothing(server, tmp_path):
    memory = tmp_path / "servers.json"
    server.plays(fault(400, "Bad request"))
    with pytest.raises(ChatError, match="refuses the request: Bad request"):
        chat_with(server, memory=memory).ask(QUESTION, timeout_s=20)
    assert not memory.exists()


@pytest.mark.parametrize(
    ("said", "dropped", "instead"),
    [
        ("Unsupported value: 'temperature' does not support 0.7 with this model", "temperature", None),
        ("Unknown name seed", "seed", None),
        (
            "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "max_completion_tokens",
        ),
    ],
)
def test_a_parameter_the_model_refuses_is_left_out_and_the_form_kept(server, said, dropped, instead):
    server.plays(fault(400, said), GOOD)
    chat_with(server).ask(QUESTION, timeout_s=20)
    assert dropped in server.requests[0] and dropped not in server.requests[1]
    assert instead is None or instead in server.requests[1]
    assert forms(server) == ["json_schema", "json_schema"]


def test_a_server_that_ignores_the_schema_is_caught_and_told(server):
    server.plays(reply('{"title": "Rain", "mood": "calm"}'), GOOD)
    refinement = LLMRefiner(chat_with(server)).refine(RefineRequest(text="rain on the roof of a shed"))
    assert refinement.caption.caption == "Rain on a roof."
    assert "none of its keys is known" in server.requests[1]["messages"][-1]["content"]


def test_a_preset_without_a_rung_never_asks_for_it(server):
    server.plays(fault(400, "json_schema unsupported"), GOOD)
    chat_with(server, ladder=("json_schema", "plain"), takes_seed=False).ask(QUESTION, timeout_s=20)
    assert forms(server) == ["json_schema", "plain"]
    assert "seed" not in server.requests[0]


def test_where_no_model_is_named_the_first_that_talks_is_taken(server):
    server.plays(GOOD)
    chat = chat_with(server, model=None)
    chat.ask(QUESTION, timeout_s=20)
    assert server.requests[0]["model"] == "little-model"  # not the embedding model listed before it
    assert "little-model" in chat.description
    assert chat_with(server, model=None).identity()["model"] == "little-model"


def test_no_key_means_no_authorization_header(server):
    server.plays(GOOD)
    chat_with(server).ask(QUESTION, timeout_s=20)
    assert "authorization" not in server.headers[0]


def test_ids_of_an_openai_account_are_not_told_to_others(server, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-private")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-private")
    server.plays(GOOD)
    chat_with(server).ask(QUESTION, timeout_s=20)
    assert "private" not in json.dumps(server.headers)


def test_manners_survive_writers_side_by_side(tmp_path):
    file = tmp_path / "servers.json"

    def write(number):
        for turn in range(20):
            MannersMemory(file).learn("s", f"m{number}", Manners(structure="plain", left_out=(str(turn),)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = json.loads(file.read_text())
    assert kept and all(entry["structure"] == "plain" for entry in kept.values())
    assert [path.name for path in tmp_path.iterdir()] == ["servers.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"s m": 5}',
        '{"s m": {"structure": 3, "learned": "x"}}',
        '{"s m": {"structure": "plain", "learned": 5}}',
    ],
)
def test_a_broken_or_old_memory_is_as_none(tmp_path, text):
    file = tmp_path / "servers.json"
    file.write_text(text)
    assert MannersMemory(file).recall("s", "m") == Manners()
