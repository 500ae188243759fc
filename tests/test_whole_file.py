"""Files kept between runs are written whole or not at all."""

import stat
import sys
from pathlib import Path

import pytest

from audiogen_cli.whole_file import write_whole


def test_a_file_is_replaced_whole_and_its_folder_made(tmp_path: Path) -> None:
    file = tmp_path / "new" / "kept.json"
    write_whole(file, "first and longer")
    write_whole(file, "zweitens: é")
    assert file.read_text("utf-8") == "zweitens: é"
    assert list(file.parent.iterdir()) == [file]


def test_text_that_cannot_be_written_leaves_the_old_file_and_no_half_one(tmp_path: Path) -> None:
    file = tmp_path / "kept.json"
    write_whole(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "\ud800")
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_kept_file_is_for_its_user_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "kept.json", "{}")
    assert stat.S_IMODE((tmp_path / "kept.json").stat().st_mode) == 0o600
