"""A cron entry on a real mesh finds a fault and its repair, and tells of each once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import debian
import pytest
import schedules
from mesh import Mesh
from receiver import receiving
from scheduled import FINE, as_account, assert_told_twice, broken_and_repaired, without

ENTRY: dict[str, Any] = {
    "cam_schedule_kind": "cron",
    "cam_schedule_name": "cam-health-live-test",
    "cam_schedule_interval_minutes": 15,
}
FORMATS = ["json", "html", "prometheus"]


@pytest.fixture
def state(mesh: Mesh, crontab: None, tmp_path: Path) -> Iterator[Path]:
    debian.program("crontab", "cron")
    before = schedules.crontab()
    folder = tmp_path / schedules.AWKWARD
    yield folder
    gone = {**ENTRY, "cam_schedule_directory": str(folder), "cam_schedule_state": "absent"}
    for changes in (True, False):
        removed = mesh.play("playbooks/schedule.yml", **gone)
        assert (removed.code, removed.changed > 0) == (0, changes), removed.text[-2000:]
    assert schedules.crontab() == before
    assert [file.name for file in folder.iterdir()] == ["history"]


def test_a_cron_entry_tells_of_a_fault_and_of_its_repair(
    mesh: Mesh, state: Path, tmp_path: Path
) -> None:
    with receiving() as receiver:
        wanted = {
            **ENTRY,
            "cam_schedule_directory": str(state),
            "cam_schedule_variables": {
                **mesh.overrides,
                "cam_health_report_formats": FORMATS,
                "cam_health_report_directory": str(tmp_path / "report"),
                "cam_health_webhook_url": receiver.url,
            },
        }
        for changes in (True, False):
            installed = mesh.play("playbooks/schedule.yml", **wanted)
            assert (installed.code, installed.changed > 0) == (0, changes), installed.text[-2000:]
        when, command = schedules.cron_entry(ENTRY["cam_schedule_name"])
        assert when == "*/15 * * * *"

        def run() -> bool:
            code = schedules.run_as_cron(command)
            assert code in (0, 2), (state / "last.log").read_text("utf-8")
            return code == 0

        assert_told_twice(broken_and_repaired(mesh, receiver, run))
    lines = (state / "history" / "history.jsonl").read_text("utf-8").splitlines()
    seen = [json.loads(line)["clusters"]["local"]["status"] == "healthy" for line in lines]
    assert seen == [True, False, False, True, True]
    report = json.loads((tmp_path / "report" / "health.json").read_text("utf-8"))
    assert report["status"] == "healthy"
    assert "<svg" in (tmp_path / "report" / "health.html").read_text("utf-8")


def test_the_watch_shows_a_table_each_round(mesh: Mesh) -> None:
    watched = mesh.play("playbooks/watch.yml", cam_watch_rounds=2, cam_watch_seconds=1)
    assert watched.code == 0, watched.text[-2000:]
    assert watched.text.count("1 of 1 healthy") == 2, watched.text[-2000:]


CRONJOB: dict[str, Any] = {
    "cam_schedule_kind": "cronjob",
    "cam_schedule_name": "cam-health-live",
    # Judged by its API and its rights alone: nothing pulls it, and it is due at midnight.
    "cam_schedule_image": "localhost/none:1",
    "cam_schedule_interval_minutes": 1440,
    "cam_schedule_url": "",
    "cam_schedule_url_address": "",
}


@pytest.fixture(scope="module")
def cronjob(mesh: Mesh) -> Iterator[Mesh]:
    installed = mesh.play("playbooks/schedule.yml", **CRONJOB)
    assert installed.code == 0, installed.text[-2000:]
    yield mesh
    removed = mesh.play("playbooks/schedule.yml", cam_schedule_state="absent", **CRONJOB)
    assert removed.code == 0, removed.text[-2000:]
    left = mesh.kubectl("get", "cronjob,role,rolebinding,serviceaccount,secret,pvc", "-o", "name")
    mine = [name for name in left.split() if "cam-health" in name]
    assert mine == ["persistentvolumeclaim/cam-health-history"]
    mesh.kubectl("delete", *mine)
    outside = mesh.kubectl("get", "clusterrole,clusterrolebinding", "-o", "name")
    assert f"cam-health-{mesh.namespace}" not in outside


def test_a_second_schedule_changes_nothing(cronjob: Mesh) -> None:
    again = cronjob.play("playbooks/schedule.yml", **CRONJOB)
    assert (again.code, again.changed) == (0, 0), again.text[-2000:]


def test_the_pod_of_the_cronjob_is_admitted_under_restricted_pod_security(cronjob: Mesh) -> None:
    made = json.loads(cronjob.kubectl("get", "cronjob", "cam-health-live", "-o", "json"))
    spec = made["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "cam-health-try"}, "spec": spec}
    cronjob.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))
    assert made["spec"]["concurrencyPolicy"] == "Forbid"
    spec["containers"][0]["securityContext"].pop("capabilities")
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        cronjob.kubectl("create", "--dry-run=server", "-f", "-", stdin=json.dumps(pod))


def test_the_account_of_the_cronjob_may_judge_and_not_more(cronjob: Mesh, tmp_path: Path) -> None:
    judge = as_account(cronjob, tmp_path)
    assert judge() in FINE
    role = json.loads(cronjob.kubectl("get", "role", "cam-health", "-o", "json"))
    role["metadata"] = {key: role["metadata"][key] for key in ("name", "labels")}
    right, less = next(without(role))
    cronjob.kubectl("replace", "-f", "-", stdin=json.dumps(less))
    assert "forbidden" in judge().lower(), right
    account = f"--as=system:serviceaccount:{cronjob.namespace}:cam-health"
    for words in (("delete", "pods"), ("list", "secrets"), ("patch", "deployments")):
        denied = cronjob.kubectl_command("auth", "can-i", *words, account)
        assert subprocess.run(denied, capture_output=True, check=False).returncode == 1, words
