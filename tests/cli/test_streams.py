"""Where output goes: devices, pipes, links, and streams that are closed, full or have lost their reader."""

import codecs
import json
import os
import subprocess
import sys
import threading

import pytest

RAIN = ["render", '{"Caption": "Rain on a tin roof", "SFX": "Rain on a tin roof"}', "-e", "experts", "-d", "1", "-q"]
needs_posix = pytest.mark.skipif(os.name != "posix", reason="no devices, pipes and links as POSIX has them")


def in_shell(command, cwd):
    """A shell's own plumbing around `audiogen`; returns its exit code and what stderr said."""
    line = command.replace("audiogen", f"{sys.executable} -m audiogen_cli")
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], cwd=cwd, capture_output=True, timeout=120)
    return done.returncode, done.stderr.decode()


@needs_posix
def test_a_device_needs_no_ending_and_stdout_may_be_named(audiogen):
    assert audiogen(*RAIN, "-o", "/dev/null").code == 0
    ended = audiogen(*RAIN, "-o", "/dev/stdout", "--format", "flac")
    assert ended.code == 0 and ended.out.startswith(b"fLaC")


@needs_posix
def test_a_pipe_is_written_to_and_stays_a_pipe(audiogen, tmp_path):
    pipe, heard = tmp_path / "a.ogg", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    reader.start()
    assert audiogen(*RAIN, "-o", "a.ogg").code == 0
    reader.join(timeout=10)
    assert heard[0].startswith(b"OggS") and pipe.is_fifo()


@needs_posix
def test_a_link_stays_a_link_and_its_file_keeps_its_permissions(audiogen, tmp_path):
    (tmp_path / "there.wav").write_bytes(b"old")
    (tmp_path / "there.wav").chmod(0o600)
    (tmp_path / "link.wav").symlink_to("there.wav")
    assert audiogen(*RAIN, "-o", "link.wav").code == 1
    assert audiogen(*RAIN, "-o", "link.wav", "--force").code == 0
    assert (tmp_path / "link.wav").is_symlink() and (tmp_path / "there.wav").read_bytes()[:4] == b"RIFF"
    assert (tmp_path / "there.wav").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("flag", "beside"), [("--sidecar", "a.wav.json"), ("--stems", "a.env.wav")])
def test_nothing_beside_the_sound_is_overwritten_either(audiogen, tmp_path, flag, beside):
    (tmp_path / beside).write_bytes(b"precious")
    ended = audiogen(*RAIN, "-o", "a.wav", flag)
    assert ended.code == 1 and f"{beside}: exists already" in ended.err
    assert [path.name for path in tmp_path.iterdir()] == [beside]


@needs_posix
@pytest.mark.parametrize(
    "command", ["audiogen --help", "audiogen make --help", "audiogen --version", "audiogen sounds"]
)
def test_a_full_stdout_is_told_and_a_reader_that_leaves_is_no_fault(command, tmp_path):
    if os.path.exists("/dev/full"):
        code, err = in_shell(f"{command} > /dev/full", tmp_path)
        assert code == 1 and "No space left" in err and "Traceback" not in err
    assert in_shell(f"{command} | head -1", tmp_path) == (0, "")


@needs_posix
@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_without_a_stderr_the_work_is_done_and_the_exit_code_tells(stderr, tmp_path):
    assert in_shell(f"audiogen refine rain --seed 1 -o a.json {stderr}", tmp_path)[0] == 0
    assert (tmp_path / "a.json").exists()
    assert in_shell(f"audiogen render nothing.json {stderr}", tmp_path)[0] == 2


@needs_posix
def test_a_name_that_is_no_text_is_told_byte_by_byte(tmp_path):
    code, err = in_shell("name=$(audiogen refine rain -o $'\\xff.json') && test -e \"$name\"", tmp_path)
    assert code == 0, err


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF8])
def test_a_caption_file_of_a_windows_editor_is_read(audiogen, tmp_path, mark):
    encoding = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}.get(mark, "utf-8")
    (tmp_path / "a.json").write_bytes(mark + '{"Caption": "Rain on a café terrace"}'.encode(encoding))
    ended = audiogen("lint", "a.json", "--json")
    assert ended.code == 0 and json.loads(ended.text) == []


def test_a_piped_table_has_no_blanks_at_the_ends_of_its_lines(audiogen):
    lines = audiogen("lint", "--rules").text.splitlines()
    assert len(lines) > 5 and all(line == line.rstrip() for line in lines)
