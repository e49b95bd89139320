"""Schedules: what is installed is what its runner takes, and its command line runs."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schedules
import yaml
from paths import BIN, ENVIRONMENT, ROOT

# Names that a careless quoting breaks.
AWKWARD = "a b'c%d$e"


class Schedule:
    """playbooks/schedule.yml for one cluster that never answers, in folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / AWKWARD
        self.units = folder / "units"
        self.name = f"cam-test-{uuid.uuid4().hex[:8]}"
        kubeconfig = folder / "kubeconfig"
        kubeconfig.write_text("not a kubeconfig", "utf-8")
        self.inventory = folder / "hosts.yml"
        variables = {
            "cam_environment": "prod",
            "cam_cluster_provider": "existing",
            "cam_cluster_kubeconfig": str(kubeconfig),
            "cam_database_provider": "in_cluster",
            "cam_cache_provider": "in_cluster",
            "cam_schedule_name": self.name,
            "cam_schedule_directory": str(self.state),
            "cam_schedule_units_directory": str(self.units),
            "cam_health_webhook_url": "http://127.0.0.1:9/geheim",
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        }
        hosts = {"cam_clusters": {"hosts": {"eu": {}}, "vars": variables}}
        self.inventory.write_text(json.dumps(hosts), "utf-8")

    def play(self, *words: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                BIN / "ansible-playbook", "playbooks/schedule.yml", "-i", self.inventory,
                "-e", json.dumps(variables), *words,
            ],
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def installed(self, **variables: Any) -> str:
        done = self.play(**variables)
        assert done.returncode == 0, done.stdout + done.stderr
        again = self.play(**variables)
        assert "changed=0" in again.stdout, again.stdout
        return done.stdout

    def removed(self, **variables: Any) -> None:
        for changed in (True, False):
            done = self.play(cam_schedule_state="absent", **variables)
            assert done.returncode == 0, done.stdout + done.stderr
            recap = done.stdout.rpartition("PLAY RECAP")[2]
            assert ("changed=0" not in recap.splitlines()[1]) is changed, done.stdout

    def assert_judged(self, code: int, runs: int) -> None:
        """The run reached its end: a red verdict, a line of history, its own output."""
        last = (self.state / "last.log").read_text("utf-8")
        assert code == 2, last
        assert "eu is unknown" in last
        history = (self.state / "history" / "history.jsonl").read_text("utf-8")
        assert len(history.splitlines()) == runs


@pytest.fixture
def schedule(tmp_path: Path) -> Iterator[Schedule]:
    made = Schedule(tmp_path)
    yield made
    if made.name in schedules.crontab():
        made.play(cam_schedule_kind="cron", cam_schedule_state="absent")


@pytest.mark.usefixtures("crontab")
def test_the_cron_entry_runs_and_goes(schedule: Schedule) -> None:
    schedules.program("crontab", "cron")
    before = schedules.crontab()
    schedule.installed(cam_schedule_kind="cron", cam_schedule_interval_minutes=15)
    when, command = schedules.cron_entry(schedule.name)
    assert when == "*/15 * * * *"
    for runs in (1, 2):
        schedule.assert_judged(schedules.run_as_cron(command), runs)
    schedule.removed(cam_schedule_kind="cron")
    assert schedules.crontab() == before
    assert [file.name for file in schedule.state.iterdir()] == ["history"]


def test_systemd_accepts_the_units_and_their_command_runs(schedule: Schedule) -> None:
    said = schedule.installed(cam_schedule_kind="systemd", cam_schedule_interval_minutes=30)
    assert "written, not started" in said
    service, timer = (schedule.units / f"{schedule.name}.{kind}" for kind in ("service", "timer"))
    assert "OnUnitActiveSec=30min" in timer.read_text("utf-8")
    analyze = schedules.program("systemd-analyze", "systemd")
    verified = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", service, timer],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
    assert schedules.exec_start(service) == ["/bin/sh", str(schedule.state / "run")]
    schedule.assert_judged(schedules.run_as_systemd(service), 1)
    schedule.removed(cam_schedule_kind="systemd")
    assert list(schedule.units.iterdir()) == []


def test_systemd_refuses_what_a_unit_must_not_say(schedule: Schedule) -> None:
    """The check above can fail."""
    schedule.installed(cam_schedule_kind="systemd")
    service = schedule.units / f"{schedule.name}.service"
    service.write_text(service.read_text("utf-8").replace("ExecStart=/", "ExecStart=/no/"), "utf-8")
    analyze = schedules.program("systemd-analyze", "systemd")
    verified = subprocess.run([analyze, "verify", service], capture_output=True, check=False)
    assert verified.returncode != 0


def test_without_systemd_its_own_folder_is_refused(schedule: Schedule) -> None:
    if Path("/run/systemd/system").is_dir():
        pytest.skip("systemd runs here, so there is nothing to refuse")
    done = schedule.play(cam_schedule_units_directory="/etc/systemd/system")
    assert done.returncode != 0
    assert "systemd does not run on this machine" in done.stdout
    assert not schedule.state.exists()


def test_a_run_that_still_goes_on_is_not_joined_by_another(schedule: Schedule) -> None:
    schedule.installed(cam_schedule_kind="systemd")
    script = schedule.state / "run"
    with (schedule.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "the run before this one still goes on\n")
    assert not (schedule.state / "last.log").exists()
    schedule.assert_judged(subprocess.run([script], check=False).returncode, 1)


def test_a_run_that_hangs_is_ended_and_leaves_the_lock(schedule: Schedule) -> None:
    schedule.installed(cam_schedule_kind="systemd", cam_schedule_timeout_seconds=1)
    for _ in range(2):
        done = subprocess.run([schedule.state / "run"], capture_output=True, text=True, check=False)
        assert done.returncode == 124, done.stdout


@pytest.mark.parametrize(
    ("minutes", "when"),
    [
        (60, "0 * * * *"),
        (120, "0 */2 * * *"),
        (1440, "0 0 * * *"),
    ],
)
def test_the_interval_in_the_words_of_cron(schedule: Schedule, minutes: int, when: str) -> None:
    said = schedule.play(
        cam_schedule_kind="github_actions", cam_schedule_interval_minutes=minutes
    ).stdout
    assert f'- cron: "{when}"' in said


def printed(schedule: Schedule, kind: str) -> dict[str, Any]:
    """The block that the play printed."""
    said = schedule.installed(cam_schedule_kind=kind)
    block = re.search(r"^    msg: \|-?\n((?:        .*\n|\n)+)", said, re.M)
    assert block, said
    found: dict[str, Any] = yaml.safe_load(block[1])
    return found


def test_the_workflow_for_github_actions_can_be_copied(schedule: Schedule) -> None:
    workflow = printed(schedule, "github_actions")
    # YAML 1.1 reads the key `on` as true.
    assert workflow[True]["schedule"] == [{"cron": "*/5 * * * *"}]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    (judge,) = [step for step in workflow["jobs"]["health"]["steps"] if "env" in step]
    assert judge["env"] == {"KUBECONFIG_TEXT": "${{ secrets.CAM_KUBECONFIG }}"}
    assert "playbooks/health.yml -i inventories/prod" in judge["run"]


def test_the_form_for_awx_can_be_copied(schedule: Schedule) -> None:
    form = printed(schedule, "awx")
    assert form["job_template"]["playbook"] == "playbooks/health.yml"
    assert form["job_template"]["allow_simultaneous"] is False
    assert form["schedule"]["rrule"].endswith("RRULE:FREQ=MINUTELY;INTERVAL=5")


def test_a_cronjob_without_an_image_is_refused(schedule: Schedule) -> None:
    done = schedule.play(cam_schedule_kind="cronjob")
    assert done.returncode != 0
    assert "cam_schedule_image is empty. Name an image" in done.stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"cam_schedule_kind": "at"}, "must be one of: systemd, cron, cronjob"),
        ({"cam_schedule_interval_minutes": 7}, "must be one of: 1, 2, 3"),
        ({"cam_schedule_state": "gone"}, "must be one of: present, absent"),
        ({"cam_schedule_intervall": 5}, "unknown variable cam_schedule_intervall"),
    ],
)
def test_a_wrong_value_is_refused(schedule: Schedule, variables: dict[str, Any], said: str) -> None:
    done = schedule.play(**variables)
    assert done.returncode != 0
    assert said in " ".join(done.stdout.split())
    assert not schedule.state.exists()
