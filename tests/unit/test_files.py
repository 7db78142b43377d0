"""Files come out whole or not at all, and for their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oabot import files


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        files.write({tmp_path / "b.txt": "text\r\n\u2028"})
    finally:
        os.umask(before)

    assert (tmp_path / "b.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "b.txt").read_bytes() == "text\r\n\u2028".encode()


def test_a_file_that_cannot_be_written_leaves_all_as_they_were_and_nothing_half(tmp_path: Path) -> None:
    files.write({tmp_path / "a": "old"})

    with pytest.raises(UnicodeEncodeError):
        files.write({tmp_path / "a": "new", tmp_path / "b": "\ud800"})

    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old"}


def test_a_link_in_a_files_place_is_replaced_and_what_it_leads_to_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "somebody's").write_text("theirs")
    (tmp_path / "ours").symlink_to(tmp_path / "somebody's")

    files.write({tmp_path / "ours": "ours"})

    assert (tmp_path / "somebody's").read_text() == "theirs"
    assert (tmp_path / "ours").read_text() == "ours"


def test_a_folder_in_a_files_place_is_an_error_and_leaves_nothing_half(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()

    with pytest.raises(OSError, match="directory"):
        files.write({tmp_path / "ours": "text"})

    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
