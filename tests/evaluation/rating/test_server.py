"""The page's server: marks get home, systems stay hidden, and nobody else gets in."""

import http.client
import io
import json

import pytest
import soundfile


def _ask(server, method, place, body=None, *, host=None, token=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    path = f"/{token or server.token}/{place}"
    named = {"Host": host} if host else {}
    connection.request(method, path, body=body, headers={**named, **(headers or {})})
    answer = connection.getresponse()
    return answer.status, answer.read(), answer.headers


def _rate(server, rater, trial, scores):
    return _ask(server, "POST", "rate", json.dumps({"rater": rater, "trial": trial, "scores": scores}))[0]


def test_a_test_is_rated_kept_and_taken_up_again(server):
    plan = json.loads(_ask(server, "GET", "plan?rater=Ann")[1])
    assert len(plan["trials"]) == 3 and all(trial["scores"] == [None, None] for trial in plan["trials"])
    assert _rate(server, "Ann", 1, [[5, 4], [2, 1]]) == 200
    again = json.loads(_ask(server, "GET", "plan?rater=Ann")[1])
    assert [trial["scores"] for trial in again["trials"]] == [[None, None], [[5, 4], [2, 1]], [None, None]]
    trial = server.trials("Ann")[1]
    kept = {one.system: (one.ovl, one.rel, one.item, one.position) for one in server.ratings.read()}
    assert kept == {trial.systems[0]: (5, 4, trial.item.id, 1), trial.systems[1]: (2, 1, trial.item.id, 2)}
    other = json.loads(_ask(server, "GET", "plan?rater=Bob")[1])
    assert all(trial["scores"] == [None, None] for trial in other["trials"])


def test_nothing_the_page_gets_tells_a_system(server):
    _rate(server, "Ann", 0, [[5, 4], [2, 1]])
    seen = _ask(server, "GET", "")[1] + _ask(server, "GET", "plan?rater=Ann")[1]
    _, sound, headers = _ask(server, "GET", "clip?rater=Ann&trial=0&position=0")
    for secret in (b"experts", b"truth7"):
        assert secret not in seen and secret not in sound and secret not in str(headers).encode()


def test_clips_are_the_sound_of_the_hidden_system_whole_or_in_part(server):
    trial = server.trials("Ann")[2]
    for position, system in enumerate(trial.systems):
        _, sound, _ = _ask(server, "GET", f"clip?rater=Ann&trial=2&position={position}")
        samples, _ = soundfile.read(io.BytesIO(sound))
        assert abs(samples.mean() - (0.1 if system == "truth7" else 0.0)) < 1e-3
    status, part, headers = _ask(server, "GET", "clip?rater=Ann&trial=2&position=1", headers={"Range": "bytes=10-19"})
    assert status == 206 and part == sound[10:20] and headers["Content-Range"] == f"bytes 10-19/{len(sound)}"


@pytest.mark.parametrize(
    "scores", [[], [[5, 5]], [[5], [5]], [[6, 1], [1, 1]], [[0, 1], [1, 1]], [[1.5, 1], [1, 1]], ["ab", "cd"],
               [[True, 1], [1, 1]], [["3", 1], [1, 1]], {"0": [1, 1]}, [[None, 1], [1, 1]]],
)  # fmt: skip
def test_what_is_no_score_is_refused_and_leaves_no_line(server, scores):
    assert _rate(server, "Ann", 0, scores) == 400 and not server.ratings.path.exists()


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", b'{"rater": "Ann"}', b"[" * 10_000, b"x" * 30_000])
def test_a_strange_body_is_refused(server, body):
    assert _ask(server, "POST", "rate", body)[0] in (400, 413)


@pytest.mark.parametrize(
    "place",
    ["clip?rater=Ann&trial=99&position=0", "clip?rater=Ann&trial=0&position=9", "clip?rater=Ann&trial=-1&position=0",
     "clip?rater=../..&trial=0&position=0", "plan?rater=%3Cb%3E", "plan", "clip"],
)  # fmt: skip
def test_what_is_not_there_is_refused(server, place):
    assert _ask(server, "GET", place)[0] == 400


@pytest.mark.parametrize(
    "place", ["../../etc/passwd", "%2e%2e/%2e%2e/ratings.csv", "captions.jsonl", "experts/rain.wav"]
)
def test_no_path_leads_to_a_file(server, place):
    assert _ask(server, "GET", place)[0] == 404


def test_without_the_token_or_under_another_host_there_is_nothing(server):
    assert _ask(server, "GET", "", token="guess")[0] == 404
    assert _ask(server, "GET", "", token="%C3%A9")[0] == 404
    assert _ask(server, "GET", "plan?rater=Ann", host="evil.example")[0] == 404
    assert _ask(server, "POST", "rate", b"{}", token="guess")[0] == 404
    assert server.server_address[0] == "127.0.0.1"
