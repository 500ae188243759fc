"""Every way a server is known to misbehave, over a real socket through the real client; in bounded time."""

import email.utils
import json
import socket
import struct
import time
import traceback
import tracemalloc

import pytest
from misbehaving_server import fault, raw, reply, reply_json, send

from audiogen_cli.errors import RefinerError
from audiogen_cli.llm.openai_compatible import OpenAICompatibleChat
from audiogen_cli.llm.presets import PRESETS, Preset, Server
from audiogen_cli.refiner.base import RefineRequest
from audiogen_cli.refiner.llm import LLMRefiner
from audiogen_cli.settings import Secret

KEY = "sk-very-secret-0123456789"
GOOD = {
    "Caption": "Heavy rain drums on a tin roof while thunder rolls far away.",
    "Speech": None,
    "ASR": None,
    "SFX": "Rain drumming on metal",
    "Music": None,
    "ENV": "Open countryside",
}
GOOD_JSON = json.dumps(GOOD)
WORDS = RefineRequest(text="rain on a tin roof")


def refiner_for(server, *, timeout_s=20.0, key=KEY, model="little-model", **more):
    place = Server(
        preset=Preset(name="server", base_url=server.url),
        base_url=server.url,
        model=model,
        key=Secret(key) if key else None,
        key_variable="OPENAI_API_KEY",
        headers={"X-Gateway": "gateway-secret-77"},
    )
    return LLMRefiner(OpenAICompatibleChat(place), timeout_s=timeout_s, **more)


def refused(server, caplog=None, **more):
    """The error of a run that must fail, having leaked nothing anywhere."""
    with pytest.raises(RefinerError) as caught:
        refiner_for(server, **more).refine(WORDS)
    error = caught.value
    told = "".join(traceback.format_exception(error)) + str(error) + repr(error) + error.hint
    told += caplog.text if caplog else ""
    assert KEY not in told and "gateway-secret" not in told
    assert error.exit_code == 3
    assert "\n" not in str(error) and len(str(error)) < 500
    assert error.hint
    return error


GIVES_A_CAPTION = {
    "plain JSON": reply(GOOD_JSON),
    "markdown fences": reply(f"```json\n{GOOD_JSON}\n```"),
    "prose around": reply(f"Of course! {GOOD_JSON} Enjoy."),
    "think, closed": reply(f"<think>Rain, so no speech.</think>{GOOD_JSON}"),
    "think, never closed": reply(f"<think>Rain, so no speech. {GOOD_JSON}"),
    "reasoning_content only": reply("", reasoning_content=f"I would say {GOOD_JSON}"),
    "content null, reasoning": reply(None, reasoning=GOOD_JSON),
    "extra key": reply(json.dumps(GOOD | {"Mood": "calm"})),
    "missing keys": reply(json.dumps({key: GOOD[key] for key in ("Caption", "SFX", "ENV")})),
    "renamed keys": reply(
        json.dumps({"description": GOOD["Caption"], "sound_effects": GOOD["SFX"], "ambience": GOOD["ENV"]})
    ),
    "wrongly cased keys": reply(json.dumps({key.upper(): value for key, value in GOOD.items()})),
    "two objects": reply('{"Caption": "A draft."} ' + GOOD_JSON),
    "trailing comma": reply(GOOD_JSON[:-1] + ",}"),
    "content in parts": reply([{"type": "text", "text": GOOD_JSON}]),
    "absent views in words": reply(json.dumps(GOOD | {"Speech": "None", "ASR": "n/a", "Music": "silence"})),
    "cut off after the object": reply(GOOD_JSON, finish="length"),
}


@pytest.mark.parametrize("script", GIVES_A_CAPTION.values(), ids=GIVES_A_CAPTION.keys())
def test_the_caption_is_had_from_a_strange_reply_at_once(server, script):
    server.plays(script)
    refinement = refiner_for(server).refine(WORDS)
    assert refinement.caption.as_json() == GOOD
    assert len(server.requests) == 1


SECOND_TIME = {
    "truncated": reply(GOOD_JSON[:60], finish="length"),
    "empty body": raw(b""),
    "empty content": reply(""),
    "wrong types": reply(json.dumps(GOOD | {"SFX": 5})),
    "no Caption": reply(json.dumps({"SFX": "rain"})),
    "no JSON": reply("Rain falls on the roof."),
    "broken JSON body": raw(b'{"choices": [{"mess'),
    "invalid UTF-8 body": raw(b'{"choices": \xff\xfe'),
    "an error with status 200": reply_json({"error": {"message": "upstream went away", "code": 502}}),
    "429": fault(429, "slow down"),
    "429, seconds": fault(429, "slow down", {"Retry-After": "0.2"}),
    "500": fault(500, "oops"),
    "502": raw(b"<html><body>Bad gateway</body></html>", 502, {"Content-Type": "text/html"}),
    "503 while loading": fault(503, "Loading model"),
    "French instead of English": reply(json.dumps(GOOD | {"ENV": "dans la rue avec des voitures sous la pluie"})),
    "31 words": reply(json.dumps(GOOD | {"Speech": "A man", "ASR": "word " * 31})),
}


@pytest.mark.parametrize("script", SECOND_TIME.values(), ids=SECOND_TIME.keys())
def test_a_second_try_mends_what_time_or_the_model_can_mend(server, script):
    server.plays(script, reply(GOOD_JSON))
    refinement = refiner_for(server).refine(WORDS)
    assert refinement.caption.as_json() == GOOD
    assert len(server.requests) == 2


def test_invalid_utf8_in_a_view_costs_that_character_alone(server):
    body = json.dumps(
        {"choices": [{"message": {"content": GOOD_JSON.replace("Open", "Op§n")}, "finish_reason": "stop"}]}
    )
    server.plays(raw(body.encode().replace(b"\\u00a7", b"\xff")))
    assert refiner_for(server).refine(WORDS).caption.env == "Opn countryside"


def test_a_cut_reply_is_asked_again_with_twice_the_room(server):
    server.plays(reply("<think>long thought", finish="length"), reply(GOOD_JSON))
    refiner_for(server).refine(WORDS)
    first, second = (request["max_tokens"] for request in server.requests)
    assert second == 2 * first
    assert len(server.requests[1]["messages"]) == 2  # the same question, no reproach


def test_a_reply_that_is_always_cut_off_fails_and_says_so(server):
    server.plays(reply("<think>long thought", finish="length"))
    assert "cut off" in str(refused(server))
    assert len(server.requests) == 3


GIVEN_UP = {
    "refusal": (reply(None, refusal="I can't help with that."), "declines: I can't help", 1),
    "content filter": (reply("", finish="content_filter"), "content filter", 1),
    "400 by filter": (fault(400, "flagged by content_policy"), "content filter", 1),
    "401": (fault(401, f"Incorrect API key provided: {KEY}"), "refuses the key in OPENAI_API_KEY", 1),
    "403": (fault(403, "no access"), "refuses the key", 1),
    "402": (fault(402, "Payment required"), "no credit", 1),
    "429 without credit": (fault(429, "You exceeded your current quota", code="insufficient_quota"), "no credit", 1),
    "404 model": (fault(404, "model 'little-model' not found"), "has no model 'little-model'", 1),
    "404 path": (raw(b"", 404), "usually ends in /v1", 1),
    "400 context": (fault(400, "This model's maximum context length is 512 tokens"), "too long", 1),
    "413": (fault(413, "Payload too large"), "too large", 1),
    "HTML page": (raw(b"<!doctype html><h1>Welcome</h1>", 200, {"Content-Type": "text/html"}), "web page", 1),
    "not a chat": (reply_json({"hello": 1}), "does not answer as a chat", 3),
    "always 500": (fault(500, f"trace {KEY} gateway-secret-77"), "failed (500)", 3),
    "429 for an hour": (fault(429, "slow", {"Retry-After": "3600"}), "asks for 3600 s", 1),
    "429 until tomorrow": (
        lambda handler: fault(429, "slow", {"Retry-After": email.utils.formatdate(time.time() + 86_400, usegmt=True)})(
            handler
        ),
        "more than the 20 s allowed",
        1,
    ),
    "never JSON": (reply("No."), "no JSON object", 3),
    "never valid": (reply(json.dumps({"Caption": 7})), "Caption: number given", 3),
    "always 31 words": (reply(json.dumps(GOOD | {"Speech": "A man", "ASR": "word " * 31})), "31 words", 3),
    "echoes the key": (reply(f"Bearer {KEY}"), "no JSON object", 3),
}


@pytest.mark.parametrize(("script", "said", "asked"), GIVEN_UP.values(), ids=GIVEN_UP.keys())
def test_what_cannot_be_helped_is_told_in_one_line(server, caplog, script, said, asked):
    caplog.set_level("DEBUG")
    server.plays(script)
    error = refused(server, caplog)
    assert said in f"{error} {error.hint}"
    assert len(server.requests) == asked


def test_retry_after_as_a_date_is_waited_for(server):
    server.plays(
        lambda handler: fault(429, "slow", {"Retry-After": email.utils.formatdate(time.time() + 2, usegmt=True)})(
            handler
        ),
        reply(GOOD_JSON),
    )
    began = time.monotonic()
    refiner_for(server).refine(WORDS)
    assert 0.5 < time.monotonic() - began < 8


def test_a_model_that_loads_longer_than_three_attempts_is_waited_for(server):
    server.plays(*[fault(503, "Loading model")] * 6, reply(GOOD_JSON))
    assert refiner_for(server).refine(WORDS).caption.as_json() == GOOD


def test_a_redirect_is_not_followed_and_the_key_stays(server):
    other = socket.create_server(("127.0.0.1", 0))
    other.settimeout(0.3)
    target = f"http://127.0.0.1:{other.getsockname()[1]}/v1/chat/completions?token=abc"
    server.plays(lambda handler: send(handler, 307, b"", {"Location": target}))
    error = refused(server)
    assert "redirects to http://127.0.0.1:" in str(error) and "token" not in str(error)
    with pytest.raises(TimeoutError):
        other.accept()
    other.close()


def test_nobody_there_is_told_at_once_with_how_to_start_it():
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    place = Server(preset=PRESETS["ollama"], base_url=f"http://127.0.0.1:{port}/v1", model="m")
    began = time.monotonic()
    with pytest.raises(RefinerError, match=r"nothing answers at 127\.0\.0\.1") as caught:
        LLMRefiner(OpenAICompatibleChat(place)).refine(WORDS)
    assert "ollama serve" in caught.value.hint
    assert time.monotonic() - began < 5


def test_a_name_that_does_not_exist_is_told():
    place = Server(preset=Preset(name="server", base_url="x"), base_url="http://no-such-host.invalid/v1", model="m")
    with pytest.raises(RefinerError, match=r"cannot be reached|did not answer|nothing answers"):
        LLMRefiner(OpenAICompatibleChat(place), timeout_s=8).refine(WORDS)


def reset_midway(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b'{"choices": [')
    handler.wfile.flush()
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def test_a_reset_in_mid_answer_is_tried_again(server):
    server.plays(reset_midway, reply(GOOD_JSON))
    assert refiner_for(server).refine(WORDS).caption.as_json() == GOOD
    server.requests.clear()
    server.plays(reset_midway)
    assert "broke off" in str(refused(server))


def stall(handler):
    handler.server.done.wait(30)


def trickle_body(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.server.done.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def trickle_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.done.wait(0.05):
        handler.wfile.write(b"a")
        handler.wfile.flush()


@pytest.mark.parametrize("script", [stall, trickle_body, trickle_headers])
def test_a_server_that_takes_for_ever_is_left_when_the_time_is_up(server, script):
    server.plays(script)
    began = time.monotonic()
    error = refused(server, timeout_s=1.0)
    assert time.monotonic() - began < 4
    assert "time allowed" in str(error) and "--llm-timeout" in error.hint


def flood(status):
    def script(handler):
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(50_000_000))
        handler.end_headers()
        for _ in range(500):
            handler.wfile.write(b"x" * 100_000)

    return script


@pytest.mark.parametrize("status", [200, 500])
def test_fifty_megabytes_end_early_and_cost_little_memory(server, status):
    server.plays(flood(status))
    refiner_for(server)  # imports counted out
    tracemalloc.start()
    error = refused(server)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "more than a caption" in str(error) or "failed (500)" in str(error)
    assert peak < 40_000_000


def test_a_compressed_flood_ends_early_too(server):
    import gzip

    packed = gzip.compress(b" " * 50_000_000, 1)
    assert len(packed) > 100_000
    server.plays(raw(packed, 200, {"Content-Encoding": "gzip", "Content-Type": "application/json"}))
    assert "more than a caption" in str(refused(server))
