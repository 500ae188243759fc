"""Sets streamed through the same library as from the hub, here from shards and parquet files on disk."""

import io
import json
import tarfile

import numpy as np
import pytest
import soundfile

from audiogen_cli.errors import AudioFileError, AudiogenError, OptionError
from audiogen_cli.evaluation.manifest import read_manifest
from audiogen_cli.evaluation.sets.records import Record
from audiogen_cli.evaluation.sets.streams import Streamed, save_stream, stream_set

pytest.importorskip("datasets")

CAPTIONS = {
    "short": ["A talk.", "Talk."],
    "long": ["A long talk."],
    "speech": ["A man speaks."],
    "music": ["None"],
    "sound": ["None"],
    "environment": ["A hall."],
    "domain": "S00",
}


def _sound(seconds=0.2, form="FLAC"):
    file = io.BytesIO()
    noise = np.random.default_rng(0).normal(size=round(16_000 * seconds)) * 0.1
    soundfile.write(file, noise, 16_000, format=form)
    return file.getvalue()


def _shard(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as shard:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            shard.addfile(member, io.BytesIO(data))


def _parquet(path, columns):
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(columns), path)


@pytest.fixture
def mecat(tmp_path):
    """Two categories, as the hub has them."""
    for code in ("S00", "00A"):
        items = [(f"{code}_{number}.{kind}", data) for number in range(2)
                 for kind, data in (("flac", _sound()), ("json", json.dumps(CAPTIONS).encode()))]  # fmt: skip
        _shard(tmp_path / "hub" / code / "test_0000-0000000.tar.gz", items)
        _shard(tmp_path / "hub" / code / "train_0000-0000000.tar.gz", items[:2])
    return tmp_path / "hub"


def test_shards_give_records_and_untouched_sounds(mecat):
    items = list(stream_set("mecat", mecat))
    assert [(item.record.id, item.record.category) for item in items] == [
        ("00A_0", "00A"), ("00A_1", "00A"), ("S00_0", "S00"), ("S00_1", "S00"),
    ]  # fmt: skip
    caption = items[0].record.caption
    assert (caption.caption, caption.speech, caption.music, caption.env) == (
        "A talk.",
        "A man speaks.",
        None,
        "A hall.",
    )
    assert items[0].sound == _sound()


def test_what_is_saved_can_be_scored_and_is_not_written_twice(mecat, tmp_path):
    items = list(stream_set("mecat", mecat))
    folder = tmp_path / "saved"
    listed = save_stream(items[:1], folder)
    written = (folder / "00A_0.flac").stat().st_mtime_ns
    (folder / "00A_1.flac").write_bytes(b"half of it")  # broken off before it was listed
    assert save_stream(items, folder) == listed
    assert (folder / "00A_0.flac").stat().st_mtime_ns == written
    manifest = read_manifest(listed)
    assert not manifest.faults
    assert [(item.id, item.category, item.caption.env) for item in manifest.items] == [
        (item.record.id, item.record.category, "A hall.") for item in items
    ]
    assert all(soundfile.info(item.audio).frames == 3_200 for item in manifest.items)


def test_audiocaps_and_libritts_are_read_from_parquet(tmp_path):
    sounds = [{"bytes": _sound(form="WAV"), "path": "x.wav"}, {"bytes": _sound(10.0, "WAV"), "path": "y.wav"}]
    audiocaps = {"youtube_id": ["a-b", "c"], "start_time": [30, 0], "caption": ["Rain", "Wind"], "audio": sounds}
    _parquet(tmp_path / "test-00000.parquet", audiocaps)
    libritts = {"id": ["u_1", "u_2"], "text_original": ['"Oh," he said.', "Long."], "audio": sounds}
    _parquet(tmp_path / "test.clean-00000.parquet", libritts | {"caption": ["", ""]})
    (tmp_path / "test.clean-00000.parquet").rename(tmp_path / "kept")
    found = [(item.record.id, item.record.caption.caption) for item in stream_set("audiocaps", tmp_path)]
    assert found == [("a-b_30", "Rain"), ("c_0", "Wind")]
    (tmp_path / "kept").rename(tmp_path / "test.clean-00000.parquet")
    spoken = list(stream_set("libritts", tmp_path))
    assert [(item.record.id, item.record.caption.asr) for item in spoken] == [("u_1", '"Oh," he said.')]


def test_what_cannot_be_streamed_is_named(tmp_path, mecat):
    for name, folder, offline, says in (
        ("musiccaps", None, False, "not published with its sounds"),
        ("mecat", None, True, "offline"),
        ("mecat", tmp_path, False, "holds no"),
    ):
        with pytest.raises(OptionError, match=says):
            stream_set(name, folder, offline=offline)
    (mecat / "S00" / "test_0000-0000000.tar.gz").write_bytes(b"no archive")
    with pytest.raises(AudiogenError, match="cannot be"):
        list(stream_set("mecat", mecat))
    _parquet(tmp_path / "test-0.parquet", {"other": [1]})
    with pytest.raises(AudiogenError, match="cannot be read"):
        list(stream_set("audiocaps", tmp_path))


def test_an_id_never_leads_out_of_the_folder_and_a_sound_must_be_one(tmp_path, mecat):
    item = next(stream_set("mecat", mecat))
    evil = Streamed(record=Record(id="../../out/x", caption=item.record.caption, category="S00"), sound=item.sound)
    save_stream([evil], tmp_path / "saved")
    assert sorted(path.name for path in (tmp_path / "saved").iterdir()) == [".._.._out_x.flac", "list.jsonl"]
    with pytest.raises(AudioFileError, match="no sound file"):
        save_stream([Streamed(record=item.record, sound=b"<html>")], tmp_path / "saved")
    (tmp_path / "saved" / "list.jsonl").write_text("other\n")
    with pytest.raises(AudioFileError, match="not ours"):
        save_stream([item], tmp_path / "saved")


def test_the_command_fetches_a_category(audiogen_eval, mecat, tmp_path):
    done = audiogen_eval("fetch", "mecat", "out", "--from", mecat, "--categories", "s00", "--limit", "1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "out/list.jsonl"
    assert json.loads((tmp_path / "out" / "list.jsonl").read_text())["id"] == "S00_0"


@pytest.fixture
def audiogen_eval(tmp_path):
    """Run `audiogen eval ARGS` in the test's folder."""
    import subprocess
    import sys

    def run(*args):
        command = [sys.executable, "-m", "audiogen_cli", "eval", *map(str, args)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False)

    return run


@pytest.mark.parametrize("name", ["mecat", "audiocaps"])
def test_a_hub_out_of_reach_is_one_line_that_says_what_to_do(name, monkeypatch):
    class ConnectError(Exception):
        """As the transport of the hub's client raises it: no OSError."""

    def no_network(*args, **kwargs):
        raise ConnectError("[Errno -2] Name or service not known")

    monkeypatch.setattr("datasets.load_dataset", no_network)
    with pytest.raises(AudiogenError, match="Name or service not known") as told:
        next(stream_set(name))
    assert "check the network" in told.value.hint
