"""Shared files: one writer at a time, whole files, and sentences when it fails."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _files
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError


def test_a_lock_that_is_held_is_refused_with_its_name(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        _files.locked(lock),
        pytest.raises(CamError, match=f"another run holds {lock}"),
        _files.locked(lock, seconds=0),
    ):
        pass


def test_a_lock_is_free_afterwards(tmp_path: Path) -> None:
    for _ in range(2):
        with _files.locked(tmp_path / "lock", seconds=0):
            pass


def test_a_file_is_replaced_with_its_mode_and_nothing_is_left(tmp_path: Path) -> None:
    file = tmp_path / "page"
    file.write_text("old")
    _files.replace(file, "new", 0o640)
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [file]


def test_what_cannot_be_written_is_a_sentence_and_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "page"
    file.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        _files.replace(file, "\ud800", 0o644)
    with pytest.raises(CamError, match="No such file or directory"):
        _files.replace(tmp_path / "nowhere" / "page", "new", 0o644)
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
