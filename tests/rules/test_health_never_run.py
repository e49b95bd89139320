"""A planned schedule whose first run never came: the rule, where it is rendered, and its tests."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from paths import BIN, ENVIRONMENT, ROOT
from promtool import promtool, run_tests

pytestmark = pytest.mark.usefixtures("tools")
ROLE = ROOT / "roles" / "cam_monitoring"
TESTS = Path(__file__).with_name("cam_health_rules_test.yml")
GATEWAY = "pushgateway.monitoring:9091"


def rendered(folder: Path, **variables: Any) -> list[dict[str, Any]]:
    """The objects of the monitoring of a cluster named eu."""
    file = folder / "objects.json"
    given = {
        "role_path": str(ROLE),
        "cam_cluster_access": {"namespace": "cam-prod"},
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        **variables,
    }
    tasks = [
        {"ansible.builtin.copy": {
            "content": "{{ __cam_monitoring_objects | to_json }}",
            "dest": str(file),
            "mode": "0600",
        }},
    ]  # fmt: skip
    files = [str(ROLE / "defaults/main.yml"), str(ROLE / "vars/main.yml")]
    play = {"hosts": "eu", "connection": "local", "gather_facts": False, "vars_files": files}
    playbook = folder / "render.yml"
    playbook.write_text(json.dumps([{**play, "tasks": tasks}]), "utf-8")
    done = subprocess.run(
        [BIN / "ansible-playbook", playbook, "-i", "eu,", "-e", json.dumps(given)],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    objects: list[dict[str, Any]] = json.loads(file.read_text("utf-8"))
    return objects


def named(objects: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = [one for one in objects if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def test_the_alert_fires_when_no_run_ever_came_and_only_then(tmp_path: Path) -> None:
    objects = rendered(tmp_path, cam_monitoring_health_targets=[GATEWAY])
    data = named(objects, "ConfigMap", "prometheus-config")["data"]
    rules = data["cam_health_rules.yml"]
    done = run_tests(TESTS, rules, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    checked = promtool(
        "check", "rules", "--lint=all", "--lint-fatal", tmp_path / "cam_health_rules.yml"
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for right, wrong in (("30m", "90m"), ("30m", "1m"), ("eu", "us"), ("absent", "present")):
        assert right in rules
        assert run_tests(TESTS, rules.replace(right, wrong), tmp_path).returncode != 0, (
            right,
            wrong,
        )


def test_prometheus_reads_the_metrics_of_the_runs(tmp_path: Path) -> None:
    objects = rendered(tmp_path, cam_monitoring_health_targets=[GATEWAY, "10.0.0.7:9100"])
    data = named(objects, "ConfigMap", "prometheus-config")["data"]
    settings = json.loads(data["prometheus.yml"])
    (job,) = [one for one in settings["scrape_configs"] if one["job_name"] == "cam-health"]
    # Else the labels that a run gave would be those of the gateway.
    assert job["honor_labels"] is True
    assert job["static_configs"] == [{"targets": [GATEWAY, "10.0.0.7:9100"]}]
    for name in ("cam_rules.yml", "cam_health_rules.yml"):
        assert name in settings["rule_files"]
        (tmp_path / name).write_text(data[name], "utf-8")
    (tmp_path / "prometheus.yml").write_text(data["prometheus.yml"], "utf-8")
    checked = promtool("check", "config", "--syntax-only", tmp_path / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    egress = named(objects, "NetworkPolicy", "prometheus")["spec"]["egress"]
    assert [9091, 9100] in [[one["port"] for one in rule["ports"]] for rule in egress]


def test_where_no_schedule_is_planned_nothing_is_said_of_one(tmp_path: Path) -> None:
    objects = rendered(tmp_path)
    assert set(named(objects, "ConfigMap", "prometheus-config")["data"]) == {
        "prometheus.yml",
        "cam_rules.yml",
    }
    assert "cam-health" not in json.dumps(named(objects, "ConfigMap", "prometheus-config"))
    egress = named(objects, "NetworkPolicy", "prometheus")["spec"]["egress"]
    assert all(rule["ports"] for rule in egress)
    assert len(egress) == 4
