"""Sound files: whole or not at all, with the recipe inside, and faults told in one line."""

import io
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogen_cli.audio.files import (
    FORMATS,
    encode_audio,
    is_audio_file,
    read_audio,
    read_provenance,
    write_audio,
    write_bytes,
)
from audiogen_cli.audio.provenance import Provenance
from audiogen_cli.audio.riff import append_info, read_info
from audiogen_cli.audio.waveform import Waveform
from audiogen_cli.caption import Caption
from audiogen_cli.errors import AudioFileError, OptionError


@pytest.fixture
def tone():
    time = np.arange(24_000) / 48_000
    return Waveform(np.stack([0.5 * np.sin(2 * np.pi * 440 * time), 0.25 * np.sin(2 * np.pi * 660 * time)]), 48_000)


@pytest.fixture
def recipe():
    caption = Caption(caption="Rain über 雨 <b>", asr="You never listen. " * 300)
    return Provenance(
        caption=caption, prompt="<|caption|> Rain", engine="experts", seed=7, text="rain", options={"mix": "produced"}
    )


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_carries_its_recipe_and_equal_scenes_are_equal_bytes(tmp_path, tone, recipe, ending):
    first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    write_audio(first, tone, recipe)
    write_audio(second, tone, recipe)
    assert read_provenance(first) == recipe
    assert first.read_bytes() == second.read_bytes()
    assert is_audio_file(first)


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_gives_the_sound_back(tmp_path, tone, ending):
    write_audio(tmp_path / f"a{ending}", tone)
    back = read_audio(tmp_path / f"a{ending}")
    assert (back.sample_rate, back.num_channels) == (48_000, 2)
    level = np.sqrt(np.mean(back.samples**2, axis=1)) / np.sqrt(np.mean(tone.samples**2, axis=1))
    np.testing.assert_allclose(level, 1, atol=0.06)


def test_float_files_keep_samples_beyond_full_scale_untouched(tmp_path):
    loud = Waveform(np.array([[0.1, -1.7, 2.5]], np.float32), 16_000)
    write_audio(tmp_path / "a.wav", loud, subtype="float")
    np.testing.assert_array_equal(read_audio(tmp_path / "a.wav").samples, loud.samples)


def test_pcm_files_clip_instead_of_wrapping(tmp_path):
    write_audio(tmp_path / "a.wav", Waveform(np.array([[1.5, -1.5]], np.float32), 16_000))
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav").samples, [[1, -1]], atol=1e-4)


def test_a_missing_folder_is_named_with_the_line_that_makes_it(tmp_path, tone):
    with pytest.raises(AudioFileError, match="does not exist") as refused:
        write_audio(tmp_path / "nowhere" / "a.wav", tone)
    assert "mkdir -p" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "subtype"), [("a.xyz", None), ("a", None), ("a.flac", "float"), ("a.mp3", "pcm16"), ("a.wav", "pcm8")]
)
def test_formats_that_cannot_be_written_are_refused(tmp_path, tone, name, subtype):
    with pytest.raises(OptionError):
        write_audio(tmp_path / name, tone, subtype=subtype)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(AudioFileError, match="the disk is full"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_in_the_meantime_is_not_overwritten(tmp_path, monkeypatch, links):
    def no_links(source, target):
        raise OSError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    path = tmp_path / "a.bin"
    write_bytes(path, b"first", overwrite=False)
    with pytest.raises(AudioFileError, match="exists already"):
        write_bytes(path, b"second", overwrite=False)
    assert path.read_bytes() == b"first" and list(tmp_path.iterdir()) == [path]


def test_a_header_that_promises_terabytes_takes_no_more_than_there_is(tmp_path, tone):
    wav = bytearray(encode_audio(tone))
    at = wav.index(b"data") + 4
    struct.pack_into("<I", wav, at, 0xFFFFFFF0)
    struct.pack_into("<I", wav, 4, 0xFFFFFFFF)
    (tmp_path / "a.wav").write_bytes(wav)
    assert read_audio(tmp_path / "a.wav").num_samples == tone.num_samples


def test_a_sound_that_is_not_ours_has_no_recipe(tmp_path, tone):
    write_audio(tmp_path / "a.wav", tone)
    with pytest.raises(AudioFileError, match="carries no recipe"):
        read_provenance(tmp_path / "a.wav")


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\xff\xff\xff\xffWAVE", b"fLaC", b"hello world, this is text", os.urandom(4096)]
)
def test_a_broken_file_is_refused_with_its_name(tmp_path, content):
    path = tmp_path / "broken.wav"
    path.write_bytes(content)
    for read in (read_audio, read_provenance):
        with pytest.raises(AudioFileError, match=r"broken\.wav"):
            read(path)


def test_a_recipe_from_the_future_is_refused(tmp_path, tone, recipe):
    data = append_info(encode_audio(tone), {"ICMT": '{"form": 99, "caption": {"Caption": "x"}}'})
    (tmp_path / "a.wav").write_bytes(data)
    with pytest.raises(AudioFileError, match="newer audiogen"):
        read_provenance(tmp_path / "a.wav")


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(["INAM", "ICMT", "ICRD"]),
        st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",))),
    )
)
def test_riff_tags_come_back_whatever_they_hold(tags):
    silence = encode_audio(Waveform(np.zeros((1, 8), np.float32), 8_000))
    assert read_info(io.BytesIO(append_info(silence, tags))) == tags


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_riff_reading_survives_any_bytes(noise):
    assert isinstance(read_info(io.BytesIO(b"RIFF" + struct.pack("<I", 99) + b"WAVE" + noise)), dict)


def test_a_folder_is_no_sound(tmp_path):
    with pytest.raises(AudioFileError, match="is a folder"):
        read_audio(Path(tmp_path))
