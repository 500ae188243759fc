"""A scoring from files to figures: what is good is scored, what is not is named."""

import json
import math
import shutil

import numpy as np
import pytest
import soundfile

from audiogen_cli.errors import AudioFileError, ModelMissingError, OptionError
from audiogen_cli.evaluation.building import Choices
from audiogen_cli.evaluation.cache import FeatureCache, sound_digest
from audiogen_cli.evaluation.catalogue import choose_metrics
from audiogen_cli.evaluation.evaluate import evaluate, failed_figures
from audiogen_cli.evaluation.manifest import read_manifest
from audiogen_cli.evaluation.report import report_html


def _score(source, names, *, cache=None, weights=None, **manifest):
    read = read_manifest(source, **manifest)
    choices = Choices(weights={"vggish": weights, "cnn14": weights} if weights else {})
    return evaluate(read, choose_metrics(names, read, choices), choices, FeatureCache(folder=cache))


def _faults(result):
    return {fault["id"]: fault["reason"] for fault in result["faults"]}


def test_bad_sounds_are_named_and_the_rest_is_scored(tmp_path, write_sound):
    folder = tmp_path / "sounds"
    write_sound("sounds/good.wav")
    write_sound("sounds/stereo.flac", channels=2)
    write_sound("sounds/eight_bit.wav", subtype="PCM_U8")
    write_sound("sounds/fast.wav", rate=192_000)
    soundfile.write(folder / "one_sample.wav", np.array([0.5]), 16_000)
    soundfile.write(folder / "broken.wav", np.full(16_000, np.nan, np.float32), 16_000, subtype="FLOAT")
    (folder / "corrupt.flac").write_bytes(b"fLaC" + bytes(200))
    soundfile.write(folder / "header.wav", np.zeros(0), 16_000, subtype="PCM_16")
    assert (folder / "header.wav").stat().st_size == 44
    shutil.copy(folder / "good.wav", folder / "stereo.wav")  # the same id as stereo.flac
    result = _score(folder, ["loudness"])
    assert {item["id"] for item in result["items"]} == {"good", "stereo", "eight_bit", "fast"}
    faults = _faults(result)
    assert set(faults) == {"one_sample", "broken", "corrupt", "header", "stereo"}
    assert "too short" in faults["one_sample"]
    assert "not numbers" in faults["broken"]
    assert "corrupt.flac" in faults["corrupt"]
    assert "no sound" in faults["header"]
    assert "twice" in faults["stereo"]
    assert result["sample_rates"] == {"16000": 3, "192000": 1}
    assert result["num_skipped"] == 5


def test_lines_that_cannot_be_used_are_named_by_number(tmp_path, write_sound):
    write_sound("a.wav")
    lines = ['{"id": "a", "audio": "a.wav"}', "not json", "[1]", '{"caption": "Rain"}', '{"id": 3, "audio": "a.wav"}']
    lines += ["", '{"id": "gone", "audio": "gone.wav"}', '{"id": "a", "audio": "a.wav"}']
    (tmp_path / "list.jsonl").write_text("\n".join(lines))
    faults = _faults(_score(tmp_path / "list.jsonl", ["loudness"]))
    assert set(faults) == {"line 2", "line 3", "line 4", "line 5", "gone", "a"}
    assert "not JSON" in faults["line 2"]
    assert "no such file" in faults["gone"]


def test_nothing_to_score_is_an_error(tmp_path):
    with pytest.raises(OptionError, match="nothing to score"):
        read_manifest(tmp_path)
    (tmp_path / "bad.wav").write_bytes(b"RIFF")
    with pytest.raises(AudioFileError, match="nothing could be scored"):
        _score(tmp_path, ["loudness"])


def test_sets_that_are_not_paired_are_an_error_with_both_sides_named(tmp_path, write_sound):
    for name in ("ours/a.wav", "ours/b.wav", "theirs/a.flac", "theirs/c.flac"):
        write_sound(name)
    with pytest.raises(OptionError, match=r"1 without a reference: b; 1 references without a sound: c"):
        read_manifest(tmp_path / "ours", reference=tmp_path / "theirs")
    (tmp_path / "half.jsonl").write_text(
        '{"audio": "ours/a.wav", "reference": "theirs/a.flac"}\n{"audio": "ours/b.wav"}'
    )
    with pytest.raises(OptionError, match="1 of 2 lines have no reference"):
        read_manifest(tmp_path / "half.jsonl")
    unpaired = read_manifest(tmp_path / "ours", reference=tmp_path / "theirs", paired=False)
    assert len(unpaired.references) == 2
    with pytest.raises(OptionError, match="own reference"):
        choose_metrics(["kl"], unpaired, Choices())


def test_captions_and_words_are_read_in_every_shape(tmp_path, write_sound):
    write_sound("made/x_1.wav")
    rows = [
        {"id": "p", "audio": "made/x_1.wav", "prompt": "<|caption|> A talk <|asr|> Good day"},
        {"id": "v", "audio": "made/x_1.wav", "caption": "A talk", "speech": "None", "asr": "Good day", "music": "Jazz"},
        {"id": "t", "audio": "made/x_1.wav", "text": "Good day"},
        {"id": "n", "audio": "made/x_1.wav"},
    ]
    official = {"audio_id": "x_1", "audio": "/far/away.flac", "caption": "<|caption|> A talk <|sfx|> None <|asr|> Hi"}
    (tmp_path / "rows.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "official.jsonl").write_text(json.dumps(official))
    items = {item.id: item for item in read_manifest(tmp_path / "rows.jsonl").items}
    assert [items[key].transcript for key in "pvtn"] == ["Good day", "Good day", "Good day", None]
    assert (items["v"].category, items["t"].category, items["n"].category) == ("SM0", "S00", None)
    item = read_manifest(tmp_path / "official.jsonl", audio=tmp_path / "made").items[0]
    assert (item.audio.name, item.transcript, item.category) == ("x_1.wav", "Hi", "S00")


def test_a_set_against_itself_is_at_distance_zero(tmp_path, write_sound, random_weights):
    for number in range(2):
        write_sound(f"same/{number}.wav", seed=number, level=0.05 * (number + 1))
    result = _score(
        tmp_path / "same", ["fad", "kad", "fd", "kl", "loudness"], reference=tmp_path / "same", weights=random_weights
    )
    figures = result["metrics"]["all"]["figures"]
    assert failed_figures(result) == {}
    assert figures["fad"]["value"] == pytest.approx(0, abs=1e-6)
    assert figures["fd"]["value"] == pytest.approx(0, abs=1e-6)
    assert figures["kl"]["value"] == pytest.approx(0, abs=1e-3)  # the published form adds 1e-6 to every probability
    assert "not of full rank" in figures["fd"]["bias"]
    assert figures["fad"]["num_vectors"] == 4
    assert figures["fad"]["extractor"]["resampler"].startswith("sinc_hann")
    assert result["metrics"]["all"]["sounds_sha256"] == result["metrics"]["all"]["references_sha256"]
    json.dumps(result, allow_nan=False)


def test_louder_sounds_are_further_away(tmp_path, write_sound, random_weights):
    for number in range(2):
        write_sound(f"ref/{number}.wav", seed=number)
        write_sound(f"near/{number}.wav", seed=number + 9, level=0.11)
        write_sound(f"far/{number}.wav", seed=number + 9, level=0.9)
    near, far = (
        _score(tmp_path / name, ["fad"], reference=tmp_path / "ref", paired=False, weights=random_weights)
        for name in ("near", "far")
    )
    assert 0 < near["metrics"]["all"]["figures"]["fad"]["value"] < far["metrics"]["all"]["figures"]["fad"]["value"]


def test_a_metric_that_was_asked_for_and_has_no_weights_is_an_error_and_otherwise_left_out(tmp_path, write_sound):
    write_sound("s/a.wav")
    read = read_manifest(tmp_path / "s", reference=tmp_path / "s")
    with pytest.raises(ModelMissingError) as caught:
        choose_metrics(["fad"], read, Choices())
    assert caught.value.exit_code == 4
    chosen = choose_metrics(None, read, Choices())
    assert "loudness" in [metric.key for metric in chosen.metrics]
    assert "vggish" in chosen.left_out["fad"]


@pytest.mark.parametrize(
    ("metric", "choices", "hint"),
    [
        ("glap", {}, "audiogen eval setup glap"),
        ("wer", {"recogniser": "nemo"}, "audiogen eval setup nemo"),
        ("wer", {"recogniser": "nemo:a/b"}, "audiogen eval setup nemo:a/b"),
        ("wer", {"recogniser": "whisper"}, "--weights whisper=FOLDER"),
        ("tags", {}, "--tagger FOLDER"),
        ("clap", {}, "--weights clap=FOLDER"),
    ],
)
def test_a_model_that_is_not_here_says_how_to_get_it(tmp_path, write_sound, metric, choices, hint):
    write_sound("a.wav")
    (tmp_path / "list.jsonl").write_text('{"audio": "a.wav", "caption": "A talk", "asr": "Good day"}')
    with pytest.raises(ModelMissingError) as caught:
        choose_metrics([metric], read_manifest(tmp_path / "list.jsonl"), Choices(**choices))
    assert caught.value.exit_code == 4 and hint in caught.value.hint


def test_a_metric_that_gives_no_figure_says_why(tmp_path, write_sound, random_weights):
    write_sound("s/a.wav")
    result = _score(tmp_path / "s", ["is", "loudness"], weights=random_weights)
    assert "as many clips" in failed_figures(result)["is"]


def test_features_are_kept_by_content_and_not_by_name(tmp_path, write_sound, monkeypatch):
    from audiogen_cli.evaluation.extractors.levels import Levels

    write_sound("s/a.wav", seed=1)
    write_sound("s/b.wav", seed=2)
    measured = []
    extract = Levels.extract
    monkeypatch.setattr(Levels, "extract", lambda self, clip: measured.append(clip.path.name) or extract(self, clip))

    def score():
        measured.clear()
        scored = _score(tmp_path / "s", ["loudness"], cache=tmp_path / "cache")
        return scored["metrics"]["all"]["figures"]["loudness"]["value"], sorted(measured)

    first = score()
    assert first[1] == ["a.wav", "b.wav"]
    assert score() == (first[0], [])
    (tmp_path / "s" / "a.wav").rename(tmp_path / "s" / "renamed.wav")
    assert score()[1] == []
    write_sound("s/b.wav", seed=3)  # another sound under an old name
    assert score()[1] == ["b.wav"]
    for kept in (tmp_path / "cache").rglob("*.npz"):
        kept.write_bytes(kept.read_bytes()[:40])
    assert score()[1] == ["b.wav", "renamed.wav"]


def test_the_same_samples_at_another_rate_are_another_sound():
    from audiogen_cli.audio.waveform import Waveform

    sound = np.ones(10, np.float32)
    assert sound_digest(Waveform(sound, 8_000)) != sound_digest(Waveform(sound, 16_000))
    assert sound_digest(Waveform(sound, 8_000)) != sound_digest(Waveform(sound.reshape(2, 5), 8_000))


def test_categories_get_figures_of_their_own(tmp_path, write_sound):
    rows = []
    for number, category in enumerate(["S00", "S00", "00A"]):
        path = write_sound(f"{number}.wav", seed=number, level=0.01 * 10**number)
        rows.append(json.dumps({"audio": path.name, "category": category}))
    (tmp_path / "list.jsonl").write_text("\n".join(rows))
    groups = _score(tmp_path / "list.jsonl", ["loudness"])["metrics"]
    assert {group: told["n"] for group, told in groups.items()} == {"all": 3, "00A": 1, "S00": 2}
    assert groups["00A"]["figures"]["loudness"]["value"] > groups["S00"]["figures"]["loudness"]["value"]


def test_silence_is_counted_and_not_averaged(tmp_path, write_sound):
    write_sound("s/a.wav")
    write_sound("s/b.wav", level=0)
    figure = _score(tmp_path / "s", ["loudness"])["metrics"]["all"]["figures"]["loudness"]
    assert (figure["n"], figure["num_silent"]) == (1, 1)
    assert math.isfinite(figure["value"])


def test_the_report_escapes_what_files_say(tmp_path, write_sound):
    write_sound("s/<script>alert(1)<.wav")
    (tmp_path / "s" / "<b>.wav").write_bytes(b"no")
    page = report_html(_score(tmp_path / "s", ["loudness"]))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;" in page
    assert "<b>" not in page
    assert "src=" not in page and "href=" not in page


def test_many_threads_measure_what_one_does(tmp_path, write_sound, random_weights):
    for number in range(4):
        write_sound(f"s/{number}.wav", seed=number, level=0.05 * (number + 1))
    read = read_manifest(tmp_path / "s", reference=tmp_path / "s")
    choices = Choices(weights={"vggish": random_weights})

    def items(num_threads):
        chosen = choose_metrics(["kad", "fad", "loudness"], read, choices)
        cache = FeatureCache(folder=None)
        result = evaluate(read, chosen, choices, cache, num_threads=num_threads)
        return result["items"], {key: one["value"] for key, one in result["metrics"]["all"]["figures"].items()}

    (one_items, one), (many_items, many) = items(1), items(4)
    assert one_items == many_items
    assert one == pytest.approx(many, abs=1e-9)
