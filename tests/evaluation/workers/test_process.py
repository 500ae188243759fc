"""A worker that dies, hangs or talks nonsense costs the item it was asked about, and is named when it is broken."""

import time

import pytest

from audiogen_cli.errors import AudiogenError, ModelMissingError
from audiogen_cli.evaluation.workers.process import Patience, Worker

QUICK = Patience(start_s=20, answer_s=20)
SHORT = Patience(start_s=20, answer_s=0.5)


@pytest.fixture
def start():
    """Workers that are closed when the test ends."""
    started = []

    def begin(command, patience=QUICK):
        started.append(Worker("small", command, patience=patience, hint="set it up"))
        return started[-1]

    yield begin
    for worker in started:
        worker.close()


def test_the_real_loop_answers_while_its_libraries_print(start, serving, tmp_path):
    (tmp_path / "sound").write_bytes(bytes(10))
    worker = start(serving)
    assert set(worker.hello().versions) == {"python", "pytest"}
    assert worker.ask({"audio": str(tmp_path / "sound")})["bytes"] == 10
    assert worker.ask({"text": "rain"})["embedding"] == [1.0, 4.0]


def test_an_item_s_error_costs_that_item_alone(start, serving):
    worker = start(serving)
    with pytest.raises(AudiogenError, match="ValueError: this one is odd") as caught:
        worker.ask({"audio": "odd"})
    assert caught.value.exit_code == 1
    assert worker.ask({"text": "ab"})["embedding"] == [1.0, 2.0]


def test_a_worker_that_dies_once_is_started_again_and_asked_again(start, speaking, tmp_path):
    mark = tmp_path / "died"
    worker = start(
        speaking(
            f"say(HELLO)\nfor id in ids():\n"
            f"    if not os.path.exists({str(mark)!r}):\n        open({str(mark)!r}, 'w').close(); os._exit(9)\n"
            "    answer(id)\n"
        )
    )
    assert worker.ask({}) == {"of": 2}
    assert mark.exists()


def test_an_item_that_kills_it_twice_is_given_up_and_the_next_is_answered(start, speaking):
    worker = start(
        speaking(
            "say(HELLO)\nfor line in sys.stdin:\n    request = json.loads(line)\n"
            "    if request.get('deadly'):\n        print('out of memory', file=sys.stderr); sys.exit(3)\n"
            "    answer(request['id'])\n"
        )
    )
    with pytest.raises(AudiogenError, match=r"lost over it 2 times: it ended with code 3: out of memory") as caught:
        worker.ask({"deadly": True})
    assert not isinstance(caught.value, ModelMissingError)
    assert worker.ask({}) == {"of": 3}


def test_a_worker_that_hangs_is_ended_in_time(start, speaking):
    worker = start(speaking("say(HELLO)\ntime.sleep(60)\n"), SHORT)
    worker.hello()
    began = time.monotonic()
    with pytest.raises(AudiogenError, match=r"no answer within 0\.5 s"):
        worker.ask({})
    assert time.monotonic() - began < 15


def test_a_worker_lost_over_one_item_after_the_other_is_broken(start, speaking):
    worker = start(speaking("say(HELLO)\nsys.stdin.readline()\nsys.exit(1)\n"))
    for _ in range(2):
        with pytest.raises(AudiogenError, match="2 times"):
            worker.ask({})
    with pytest.raises(ModelMissingError, match="3 items in a row") as caught:
        worker.ask({})
    assert (caught.value.exit_code, caught.value.hint) == (4, "set it up")


@pytest.mark.parametrize(
    "noise",
    [
        r"say('Loading...\n')",
        r"say('{}\n[1]\nnull\n')",
        r"say(json.dumps({'id': id + 7, 'answer': {'of': 'another'}}) + '\n')",
        r"say(json.dumps({'id': id, 'answer': 'no object'}) + '\n')",
        r"say(json.dumps({'id': str(id), 'answer': {}}) + '\n')",
        r"say('x' * 3_000_000 + '\n')",
        r"sys.stdout.buffer.write(b'\xff\xfe\n'); sys.stdout.flush()",
        r"say('{\"id\": ' + '[' * 100_000 + '\n')",
    ],
)
def test_what_is_no_answer_is_not_taken_for_one(start, speaking, noise):
    worker = start(speaking(f"{noise.replace('id', '0')}\nsay(HELLO)\nfor id in ids():\n    {noise}\n    answer(id)\n"))
    assert worker.ask({}) == {"of": 1}
    assert worker.ask({}) == {"of": 2}


def test_half_an_answer_is_none(start, speaking):
    worker = start(speaking('say(HELLO)\nfor id in ids():\n    say(\'{"id": 1, "answer": {\'); sys.exit(0)\n'))
    with pytest.raises(AudiogenError, match="ended with code 0"):
        worker.ask({})


def test_a_flood_without_an_answer_ends_with_the_clock(start, speaking):
    worker = start(speaking("say(HELLO)\nsys.stdin.readline()\nwhile True:\n    say('noise\\n' * 1000)\n"), SHORT)
    worker.hello()
    with pytest.raises(AudiogenError, match="no answer within"):
        worker.ask({})


@pytest.mark.parametrize(
    ("program", "says"),
    [
        ("print('no module named nemo', file=sys.stderr); sys.exit(1)", "code 1: no module named nemo"),
        ('say(json.dumps({"hello": {"protocol": 99, "versions": {}}}) + "\\n"); time.sleep(60)', "protocol 99"),
        ('say(\'{"hello": {"versions": 3}}\\n\')', "code 0"),
    ],
)
def test_a_worker_that_does_not_start_says_why_and_what_to_do(start, speaking, program, says):
    with pytest.raises(ModelMissingError, match=says) as caught:
        start(speaking(program)).ask({})
    assert (caught.value.exit_code, caught.value.hint) == (4, "set it up")


def test_a_program_that_is_not_there_is_named(start):
    with pytest.raises(ModelMissingError, match="does not start"):
        start(["/nowhere/python"]).ask({})


def test_a_worker_ends_with_its_asker(start, speaking):
    worker = start(speaking("say(HELLO)\nfor id in ids():\n    answer(id)\n"))
    worker.ask({})
    process = worker._process._popen
    worker.close()
    assert process.returncode == 0
