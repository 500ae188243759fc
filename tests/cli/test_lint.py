"""`audiogen lint`: faults to stdout, exit code 1, mending in place, and nothing broken by bad input."""

import json

GOOD = {"Caption": "A man talks in a kitchen.", "Speech": "A calm man", "ASR": "The water is hot.", "ENV": "Kitchen"}
BAD = {**GOOD, "ASR": "Man: it is 5 pm", "Music": "none"}


def write(tmp_path, value, name="scene.json"):
    (tmp_path / name).write_text(json.dumps(value))
    return name


def test_a_good_caption_passes_in_silence_on_stdout(audiogen, tmp_path):
    ended = audiogen("lint", write(tmp_path, GOOD))
    assert (ended.code, ended.out) == (0, b"")
    assert "keeps all rules" in ended.err


def test_every_fault_is_a_line_with_its_rule(audiogen, tmp_path):
    ended = audiogen("lint", write(tmp_path, BAD))
    assert ended.code == 1
    rules = [line.rsplit("[", 1)[1].rstrip("]") for line in ended.text.splitlines()]
    assert rules == ["absent", "labels", "spelled_out", "ending"]


def test_faults_as_json_for_programs(audiogen, tmp_path):
    ended = audiogen("lint", "--json", write(tmp_path, BAD), write(tmp_path, GOOD, "good.json"))
    assert ended.code == 1
    assert {(fault["caption"], fault["view"]) for fault in json.loads(ended.out)} == {
        ("scene.json", "asr"),
        ("scene.json", "music"),
    }


def test_fix_mends_the_file_and_then_it_passes(audiogen, tmp_path):
    name = write(tmp_path, BAD)
    assert audiogen("lint", "--fix", name).code == 0
    fixed = json.loads((tmp_path / name).read_text())
    assert (fixed["ASR"], fixed["Music"]) == ("it is five PM.", None)
    assert audiogen("lint", name).code == 0


def test_fix_of_stdin_writes_the_mended_caption_and_nothing_else(audiogen):
    ended = audiogen("lint", "--fix", "-", stdin=json.dumps(BAD | {"ENV": "En la calle con el ruido"}).encode())
    assert json.loads(ended.out)["ASR"] == "it is five PM."
    assert ended.code == 1 and "not English" in " ".join(ended.err.split())


def test_advice_alone_passes(audiogen, tmp_path):
    ended = audiogen("lint", write(tmp_path, {"Caption": "A man talks.", "Speech": "A calm man"}))
    assert ended.code == 0 and "advice" in ended.text


def test_a_prompt_is_a_caption_too_and_a_longer_clip_holds_more_words(audiogen):
    prompt = f"<|caption|> A man talks. <|speech|> A man <|asr|> {'no ' * 29}never."
    assert "30 words" in audiogen("lint", prompt).text
    assert audiogen("lint", prompt, "--duration", "20").code == 0


def test_the_rules_are_listed_with_their_reasons(audiogen):
    listed = json.loads(audiogen("lint", "--rules", "--json").out)
    assert {"labels", "fits", "english", "pins"} <= {entry["rule"] for entry in listed}
    assert all(entry["reason"] for entry in listed)


def test_bad_input_is_one_line(audiogen, tmp_path):
    for args, says in (
        (["lint"], "no caption is named"),
        (["lint", "none.json"], "no such file"),
        (["lint", write(tmp_path, {"Musik": "x", "Caption": "x"})], "did you mean Music"),
        (["lint", "-d", "nan", "x.json"], "needs 1 to 60"),
        (["lint", "--language", "klingon", "x.json"], "english or multilingual"),
    ):
        ended = audiogen(*args)
        assert ended.code == 2 and says in " ".join(ended.err.split()) and "Traceback" not in ended.err
