"""The sets' readers over what lies on disk, in every shape that is published."""

import gzip
import io
import json
import tarfile

import pytest
import soundfile

from audiogen_cli.caption import Caption
from audiogen_cli.errors import CaptionError, OptionError
from audiogen_cli.evaluation.sets.readers import read_set
from audiogen_cli.evaluation.sets.records import (
    Record,
    count_remarks,
    likely_english,
    of_categories,
)

PACKAGE = {
    "short": ["A talk.", "Talk."],
    "long": ["A long talk."],
    "speech": ["A man speaks."],
    "music": ["None"],
    "sound": ["A door."],
    "environment": ["A hall."],
}


def _shard(path, mode):
    with tarfile.open(path, mode) as shard:
        for name, data in (("x/ID_1.flac", b"fLaC"), ("x/ID_1.json", json.dumps(PACKAGE).encode())):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            shard.addfile(member, io.BytesIO(data))


def test_mecat_reads_both_published_shapes_and_shards_alike(tmp_path):
    package = tmp_path / "S0A.jsonl.gz"
    package.write_bytes(gzip.compress(json.dumps({"ID_1": PACKAGE}).encode()))
    prompt = "<|caption|> A talk. <|speech|> A man speaks. <|sfx|> A door. <|music|> None <|env|> A hall."
    official = tmp_path / "mecat_S0A_en.jsonl"
    official.write_text(json.dumps({"audio_id": "ID_1", "content": prompt, "caption": prompt, "category": "S0A"}))
    folder = tmp_path / "shards" / "S0A"
    folder.mkdir(parents=True)
    _shard(folder / "test_0000-0000000.tar.gz", "w:gz")
    item = tmp_path / "items" / "S0A" / "ID_1.json"
    item.parent.mkdir(parents=True)
    item.write_text(json.dumps(PACKAGE))
    caption = Caption(caption="A talk.", speech="A man speaks.", sfx="A door.", env="A hall.")
    for source in (package, official, tmp_path / "shards", tmp_path / "items"):
        assert list(read_set("mecat", source)) == [Record(id="ID_1", caption=caption, category="S0A")], source


def test_the_packages_captions_are_as_many_as_the_paper_counts(mecat_captions):
    records = [
        Record(id=str(number), caption=Caption(caption=views["caption"]), category=category)
        for number, (category, views) in enumerate(mecat_captions)
    ]
    assert count_remarks(records) == []
    assert count_remarks(records[:-1]) != []


@pytest.mark.parametrize(
    ("name", "table", "key"),
    [
        ("audiocaps", "audiocap_id,youtube_id,start_time,caption\n1,abc,30,Rain\n2,abc,30,Again rain\n", "abc_30"),
        ("musiccaps", "ytid,start_s,end_s,caption\nabc,30,40,Rain\n", "abc_30"),
    ],
)
def test_tables_give_one_caption_a_clip(tmp_path, name, table, key):
    (tmp_path / "test.csv").write_text(table)
    found = list(read_set(name, tmp_path))
    assert [(record.id, record.caption.caption) for record in found] == [(key, "Rain")]


def test_libritts_keeps_quotes_and_leaves_out_ten_seconds_and_more(tmp_path):
    for name, seconds in (("a", 2), ("b", 10)):
        (tmp_path / f"{name}.original.txt").write_text('"Oh," he said.\n')
        soundfile.write(tmp_path / f"{name}.wav", [0.0] * 8_000 * seconds, 8_000)
    found = list(read_set("libritts", tmp_path))
    assert [(record.id, record.caption.asr) for record in found] == [("a", '"Oh," he said.')]


@pytest.mark.parametrize("content", ["not json", "[1]", '{"audio_id": "a", "caption": ""}', '{"ID": {"short": []}}'])
def test_a_line_that_cannot_be_read_is_named(tmp_path, content):
    (tmp_path / "mecat_S00.jsonl").write_text(content)
    with pytest.raises(CaptionError, match=r"mecat_S00\.jsonl"):
        list(read_set("mecat", tmp_path))


@pytest.mark.parametrize(("name", "match"), [("other", "unknown set"), ("mecat", "holds no"), ("libritts", "holds no")])
def test_nothing_to_read_is_an_error(tmp_path, name, match):
    with pytest.raises(OptionError, match=match):
        list(read_set(name, tmp_path))


def test_a_broken_shard_is_named(tmp_path):
    (tmp_path / "S00.tar.gz").write_bytes(b"no archive")
    with pytest.raises(CaptionError, match=r"S00\.tar\.gz"):
        list(read_set("acavcaps", tmp_path))


def test_english_and_category_filters():
    def record(category="S00", speech="A man speaks.", asr="Good day to you."):
        return Record(id="x", caption=Caption(caption="A talk", speech=speech, asr=asr), category=category)

    assert likely_english(record())
    assert not likely_english(record(speech="A woman speaks Portuguese."))
    assert not likely_english(record(asr="Добрый день"))
    assert not likely_english(record(asr="French " * 12 + "you"))
    assert [found.category for found in of_categories([record("S00"), record("SMA")], ["sma"])] == ["SMA"]
