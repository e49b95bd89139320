"""A cron entry on a real mesh finds a fault and its repair, and tells of each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import schedules
from mesh import Mesh
from receiver import receiving
from scheduled import assert_told_twice, broken_and_repaired

NAME = "cam-health-live-test"
FORMATS = ["json", "html", "prometheus"]


@pytest.fixture
def state(mesh: Mesh, tmp_path: Path) -> Iterator[Path]:
    schedules.program("crontab", "cron")
    yield tmp_path
    removed = mesh.play(
        "playbooks/schedule.yml",
        cam_schedule_kind="cron", cam_schedule_name=NAME,
        cam_schedule_directory=str(tmp_path), cam_schedule_state="absent",
    )  # fmt: skip
    assert removed.code == 0, removed.text[-2000:]
    assert NAME not in schedules.crontab()


def test_a_cron_entry_tells_of_a_fault_and_of_its_repair(mesh: Mesh, state: Path) -> None:
    with receiving() as receiver:
        installed = mesh.play(
            "playbooks/schedule.yml",
            cam_schedule_kind="cron",
            cam_schedule_name=NAME,
            cam_schedule_directory=str(state),
            cam_schedule_variables={
                **mesh.overrides,
                "cam_health_report_formats": FORMATS,
                "cam_health_report_directory": str(state / "report"),
                "cam_health_webhook_url": receiver.url,
            },
        )
        assert installed.code == 0, installed.text[-2000:]
        _when, command = schedules.cron_entry(NAME)

        def run() -> bool:
            code = schedules.run_as_cron(command)
            assert code in (0, 2), (state / "last.log").read_text("utf-8")
            return code == 0

        assert_told_twice(broken_and_repaired(mesh, receiver, run))
    lines = (state / "history" / "history.jsonl").read_text("utf-8").splitlines()
    seen = [json.loads(line)["clusters"]["local"]["status"] == "healthy" for line in lines]
    assert seen == [True, True, False, False, True, True]
    report = json.loads((state / "report" / "health.json").read_text("utf-8"))
    assert report["status"] == "healthy"
    assert "<svg" in (state / "report" / "health.html").read_text("utf-8")


def test_the_watch_shows_a_table_each_round(mesh: Mesh) -> None:
    watched = mesh.play("playbooks/watch.yml", cam_watch_rounds=2, cam_watch_seconds=1)
    assert watched.code == 0, watched.text[-2000:]
    assert watched.text.count("1 of 1 healthy") == 2
