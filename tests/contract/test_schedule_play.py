"""Schedules: what is installed is what its runner takes, and its command line runs."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
import uuid
from pathlib import Path
from typing import Any

import debian
import pytest
import schedules
import yaml
from paths import BIN, ENVIRONMENT, ROOT

UNITS = {"cam_schedule_kind": "systemd", "cam_schedule_interval_minutes": 30}


class Schedule:
    """playbooks/schedule.yml for one cluster that never answers, in folders of its own."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / schedules.AWKWARD
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

    def play(
        self, *words: str, playbook: str | Path = "playbooks/schedule.yml", **variables: Any
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [
                BIN / "ansible-playbook", playbook, "-i", self.inventory,
                "-e", json.dumps(variables), *words,
            ],
            cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def unit(self, kind: str) -> Path:
        return self.units / f"{self.name}.{kind}"

    def installed(self, **variables: Any) -> str:
        done = self.play(**variables)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tried(self, folder: Path, tasks: list[dict[str, Any]], **variables: Any) -> str:
        """What tasks say that see the defaults of the role and its variables for a schedule."""
        role = ROOT / "roles" / "cam_schedule"
        play = {
            "hosts": "cam_clusters",
            "gather_facts": False,
            "vars_files": [str(role / "defaults/main.yml"), str(role / "vars/main/schedule.yml")],
            "tasks": tasks,
        }
        playbook = folder / "tried.yml"
        playbook.write_text(json.dumps([play]), "utf-8")
        return self.installed(playbook=playbook, **variables)

    def unchanged(self, **variables: Any) -> None:
        again = self.play(**variables)
        assert again.returncode == 0, again.stdout + again.stderr
        assert "changed=0" in again.stdout.rpartition("PLAY RECAP")[2], again.stdout

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
def schedule(tmp_path: Path) -> Schedule:
    return Schedule(tmp_path)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Schedule:
    """Units of systemd in folders of their own, for tests that leave them as they are."""
    schedule = Schedule(tmp_path_factory.mktemp("units"))
    assert "written, not started" in schedule.installed(**UNITS)
    return schedule


def verify(*units: Path) -> tuple[int, str]:
    analyze = debian.program("systemd-analyze", "systemd")
    done = subprocess.run(
        [analyze, "verify", "--recursive-errors=no", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_systemd_accepts_the_units_and_not_just_any(installed: Schedule, tmp_path: Path) -> None:
    service, timer = installed.unit("service"), installed.unit("timer")
    assert verify(service, timer) == (0, "")
    assert "OnUnitActiveSec=30min" in timer.read_text("utf-8")
    careless = tmp_path / service.name
    text = service.read_text("utf-8")
    careless.write_text(text.replace("ExecStart=/", "ExecStart=/no/"), "utf-8")
    assert verify(careless)[0] != 0


def test_a_run_that_still_goes_on_is_not_joined_by_another(installed: Schedule) -> None:
    script = installed.state / "run"
    with (installed.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run([script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "the run before this one still goes on\n")
    assert not (installed.state / "last.log").exists()


def test_the_command_of_the_units_runs_and_they_go(installed: Schedule) -> None:
    installed.unchanged(**UNITS)
    service = installed.unit("service")
    assert schedules.exec_start(service) == ["/bin/sh", str(installed.state / "run")]
    installed.assert_judged(schedules.run_as_systemd(service), 1)
    installed.removed(cam_schedule_kind="systemd")
    assert list(installed.units.iterdir()) == []


def test_without_systemd_its_own_folder_is_refused(schedule: Schedule) -> None:
    if Path("/run/systemd/system").is_dir():
        pytest.skip("systemd runs here, so there is nothing to refuse")
    done = schedule.play(cam_schedule_units_directory="/etc/systemd/system")
    assert done.returncode != 0
    assert "systemd does not run on this machine" in done.stdout
    assert not schedule.state.exists()


def test_a_run_that_hangs_is_ended_and_leaves_the_lock(schedule: Schedule) -> None:
    schedule.installed(cam_schedule_kind="systemd", cam_schedule_timeout_seconds=1)
    for _ in range(2):
        done = subprocess.run([schedule.state / "run"], capture_output=True, text=True, check=False)
        assert done.returncode == 124, done.stdout


def test_the_interval_in_the_words_of_cron(schedule: Schedule, tmp_path: Path) -> None:
    wanted = {5: "*/5 * * * *", 60: "0 * * * *", 120: "0 */2 * * *", 1440: "0 0 * * *"}
    told = {
        "ansible.builtin.debug": {"msg": "{{ item }} is {{ __cam_schedule_cron }}"},
        "vars": {"cam_schedule_interval_minutes": "{{ item }}"},
        "loop": list(wanted),
    }
    said = schedule.tried(tmp_path, [told])
    found = dict(re.findall(r"msg: (\d+) is (.*)$", said, re.M))
    assert found == {str(minutes): words for minutes, words in wanted.items()}


def printed(schedule: Schedule, kind: str) -> dict[str, Any]:
    """The block that the play printed."""
    said = schedule.installed(cam_schedule_kind=kind)
    assert "changed=0" in said.rpartition("PLAY RECAP")[2], said
    block = re.search(r"^    msg: \|-?\n((?:        .*\n|\n)+)", said, re.M)
    assert block, said
    found: dict[str, Any] = yaml.safe_load(block[1])
    return found


@pytest.fixture(scope="module")
def workflow(tmp_path_factory: pytest.TempPathFactory) -> dict[Any, Any]:
    return printed(Schedule(tmp_path_factory.mktemp("workflow")), "github_actions")


def test_the_workflow_for_github_actions_can_be_copied(workflow: dict[Any, Any]) -> None:
    # YAML 1.1 reads the key `on` as true.
    assert workflow[True]["schedule"] == [{"cron": "*/5 * * * *"}]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    (judge,) = [step for step in workflow["jobs"]["health"]["steps"] if "env" in step]
    assert judge["env"] == {"KUBECONFIG_TEXT": "${{ secrets.CAM_KUBECONFIG }}"}
    assert "playbooks/health.yml -i inventories/prod" in judge["run"]
    assert "-e cam_health_interval_seconds=300" in judge["run"]


def test_a_red_run_on_github_actions_remembers_what_it_told(workflow: dict[Any, Any]) -> None:
    steps = workflow["jobs"]["health"]["steps"]
    used = [step.get("uses", step.get("name", "")).partition("@")[0] for step in steps]
    # The action that does both saves only after a success.
    assert "actions/cache" not in used
    places = [used.index(name) for name in (
        "actions/cache/restore", "Judge the mesh", "actions/cache/save")]  # fmt: skip
    assert places == sorted(places)
    restore, _judge, save = (steps[place] for place in places)
    assert save["if"] == "always()"
    assert save["with"]["path"] == restore["with"]["path"] == "history"
    assert save["with"]["key"] == restore["with"]["key"]
    # A run that is started anew would find its own key taken, and a cache is never overwritten.
    assert "github.run_attempt" in save["with"]["key"]
    assert save["with"]["key"].startswith(restore["with"]["restore-keys"])


def test_the_form_for_awx_can_be_copied(schedule: Schedule) -> None:
    form = printed(schedule, "awx")
    assert form["job_template"]["playbook"] == "playbooks/health.yml"
    assert form["job_template"]["allow_simultaneous"] is False
    assert form["schedule"]["rrule"].endswith("RRULE:FREQ=MINUTELY;INTERVAL=5")


def test_a_cronjob_without_an_image_is_refused(schedule: Schedule) -> None:
    done = schedule.play(cam_schedule_kind="cronjob")
    assert done.returncode != 0
    assert "cam_schedule_image is empty. Name an image" in done.stdout


def let_out(schedule: Schedule, folder: Path, **variables: Any) -> list[dict[str, Any]]:
    """The rules of what leaves the CronJob's pods, from the objects that would be applied."""
    file = folder / "objects.json"
    cronjob = ROOT / "roles/cam_schedule/vars/main/cronjob.yml"
    facts = [f"cam_{name}" for name in ("cluster", "database", "cache", "release", "monitoring")]
    tasks = [
        *({"ansible.builtin.include_role": {"name": f"cam.mesh.{name}", "tasks_from": "facts"}}
          for name in facts),
        {"ansible.builtin.include_vars": {"file": str(cronjob)}},
        {"ansible.builtin.copy": {
            "content": "{{ __cam_schedule_objects | to_json }}",
            "dest": str(file),
            "mode": "0600",
        }},
    ]  # fmt: skip
    schedule.tried(folder, tasks, cam_schedule_kind="cronjob", **variables)
    objects = json.loads(file.read_text("utf-8"))
    (policy,) = [one for one in objects if one["kind"] == "NetworkPolicy"]
    egress: list[dict[str, Any]] = policy["spec"]["egress"]
    return egress


def test_the_policy_of_the_cronjob_lets_out_to_all_that_is_configured(
    schedule: Schedule, tmp_path: Path
) -> None:
    egress = let_out(
        schedule, tmp_path,
        cam_health_pushgateway_url="http://pushgateway.monitoring:9091",
        cam_health_alertmanager_url="http://alertmanager.example:9193/",
        cam_health_webhook_url="http://chat.example/geheim",
        cam_health_endpoints=[
            "https://status.example:8444/",
            {"url": "http://x.example", "address": "10.0.0.1:8081"},
        ],
        cam_schedule_url="https://cam.example",
        cam_schedule_url_address="10.0.0.2:8443",
        cam_schedule_egress_ports=[8080],
    )  # fmt: skip
    (receivers,) = [rule for rule in egress if {"namespaceSelector": {}} in rule.get("to", [])]
    assert [one["port"] for one in receivers["ports"]] == [80, 8080, 8081, 8443, 8444, 9091, 9193]
    assert receivers["to"][0]["ipBlock"]["except"] == ["169.254.169.254/32"]


def test_the_variables_of_the_runs_count_for_the_policy(schedule: Schedule, tmp_path: Path) -> None:
    variables = {"cam_health_pushgateway_url": "http://gate.example:9191"}
    egress = let_out(schedule, tmp_path, cam_schedule_variables=variables)
    assert 9191 in [one["port"] for rule in egress for one in rule["ports"]]


def test_without_a_receiver_the_policy_has_no_rule_for_one(
    schedule: Schedule, tmp_path: Path
) -> None:
    """A rule without ports would let everything out."""
    egress = let_out(schedule, tmp_path, cam_health_webhook_url="", cam_schedule_url="")
    assert all(rule["ports"] for rule in egress)
    assert {one["port"] for rule in egress for one in rule["ports"]} == {53, 443, 6443, 9093}


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
