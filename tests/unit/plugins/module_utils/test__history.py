"""The history survives what happens to files: torn lines, concurrent runs, age and size."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import verdicts
from ansible_collections.cam.mesh.plugins.module_utils import _history
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._history import Retention

KEEP = Retention(days=90, mib=16)


def line(days_ago: float = 0, **more: Any) -> dict[str, Any]:
    at = (verdicts.NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")
    return {"at": at, "clusters": {"eu": {"status": "healthy", "verdict_ms": 5, **more}}}


def test_a_run_is_one_line(tmp_path: Path) -> None:
    entry = _history.entry(verdicts.report())
    _history.append(tmp_path / "new" / "folder", entry, KEEP)
    text = (tmp_path / "new" / "folder" / _history.FILE).read_text("utf-8")
    assert text.count("\n") == 1
    assert json.loads(text)["clusters"]["aws-eu-west-1"] == {
        "status": "failed",
        "cause": f"database: {verdicts.DATABASE['cause']}",
        "verdict_ms": 812,
        "request_ms": 187,
    }


@pytest.mark.parametrize(
    "torn", ['{"at": "2026-1', '{"at":', "\x00\x00", "[]", '{"at": 5}', "null"]
)
def test_a_torn_line_is_passed_over_and_the_next_one_is_whole(tmp_path: Path, torn: str) -> None:
    _history.append(tmp_path, line(2), KEEP)
    with (tmp_path / _history.FILE).open("a") as file:
        file.write(torn)
    assert len(_history.read(tmp_path)) == 1
    _history.append(tmp_path, line(1), KEEP)
    assert _history.read(tmp_path) == [line(2), line(1)]


def test_no_file_is_an_empty_history(tmp_path: Path) -> None:
    assert _history.read(tmp_path) == []


def _write(folder: Path, worker: int) -> None:
    for number in range(50):
        _history.append(folder, line(0, worker=worker, number=number), KEEP)


def test_concurrent_runs_lose_nothing(tmp_path: Path) -> None:
    workers = [
        multiprocessing.get_context("spawn").Process(target=_write, args=(tmp_path, n))
        for n in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    seen = [found["clusters"]["eu"] for found in _history.read(tmp_path)]
    assert sorted((one["worker"], one["number"]) for one in seen) == [
        (worker, number) for worker in range(4) for number in range(50)
    ]


def _write_for_ever(folder: Path) -> None:
    while True:
        _history.append(folder, line(0, filler="x" * 20_000), Retention(days=90, mib=1))


def test_a_kill_at_any_moment_leaves_a_history_that_can_be_read(tmp_path: Path) -> None:
    for _ in range(10):
        worker = multiprocessing.get_context("spawn").Process(
            target=_write_for_ever, args=(tmp_path,)
        )
        before = len(_history.read(tmp_path))
        worker.start()
        while len(_history.read(tmp_path)) == before:
            pass
        assert worker.pid
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        _history.append(tmp_path, line(0, mark=True), KEEP)
        assert _history.read(tmp_path)[-1]["clusters"]["eu"].get("mark")


def test_old_lines_are_dropped(tmp_path: Path) -> None:
    for days in (40, 35, 29, 1):
        _history.append(tmp_path, line(days), Retention(days=400, mib=1))
    _history.append(tmp_path, line(0), Retention(days=30, mib=1))
    assert _history.read(tmp_path) == [line(29), line(1), line(0)]


def test_the_oldest_lines_are_dropped_when_the_file_is_too_large(tmp_path: Path) -> None:
    for hours in range(70, 0, -1):
        _history.append(tmp_path, line(hours / 24, filler="x" * 20_000), Retention(90, 1))
    found = _history.read(tmp_path)
    assert 40 < len(found) < 60
    assert found[-1]["at"] == line(1 / 24)["at"]
    assert (tmp_path / _history.FILE).stat().st_size <= 1 << 20


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CamError, match="file"):
        _history.append(tmp_path / "file" / "history", line(), KEEP)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / _history.FILE).symlink_to("/dev/full")
    with pytest.raises(CamError, match="No space left"):
        _history.append(tmp_path, line(), KEEP)


def test_points_of_a_cluster_tolerate_what_others_wrote() -> None:
    odd = {"at": verdicts.AT, "clusters": {"eu": {"status": 5, "verdict_ms": "x"}, "us": None}}
    assert [point.status for point in _history.points([line(), odd], "eu")] == ["healthy", "5"]
    assert _history.points([odd], "us") == []
