"""playbooks/health.yml reports before it refuses, and never obeys what an answer says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import verdicts
from hostile import hostile
from paths import BIN, ENVIRONMENT, ROOT
from receiver import receiving

FORMATS = ["table", "json", "junit", "prometheus", "markdown", "html"]


def play(
    playbook: str | Path, inventory: Path, *words: str, **variables: Any
) -> subprocess.CompletedProcess[str]:
    given = json.dumps(variables)
    return subprocess.run(
        [BIN / "ansible-playbook", playbook, "-i", inventory, "-e", given, *words],
        cwd=ROOT, env={**ENVIRONMENT, "no_proxy": "127.0.0.1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """Two clusters that cannot be asked: neither has a kubeconfig."""
    file = tmp_path / "hosts.yml"
    hosts = {"eu": {}, "us": {"cam_cluster_kubeconfig": str(tmp_path / "none")}}
    variables = {
        "cam_environment": "prod",
        "cam_cluster_provider": "existing",
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    file.write_text(json.dumps({"cam_clusters": {"hosts": hosts, "vars": variables}}), "utf-8")
    return file


def places(folder: Path) -> dict[str, str]:
    return {
        "cam_health_report_directory": str(folder / "report"),
        "cam_health_history_directory": str(folder / "history"),
    }


def test_clusters_that_cannot_be_asked_are_reported_as_unknown_and_fail_the_run(
    tmp_path: Path, inventory: Path
) -> None:
    with receiving() as webhook:
        url = f"{webhook.url}/secret-path"
        variables = {"cam_health_report_formats": FORMATS, "cam_health_webhook_url": url}
        done = play("playbooks/health.yml", inventory, **variables, **places(tmp_path))
        again = play("playbooks/health.yml", inventory, **variables, **places(tmp_path))
    assert done.returncode == again.returncode == 2, done.stdout
    assert "UNKNOWN   eu" in done.stdout
    assert "\x1b" not in done.stdout
    assert "us is unknown" in done.stdout
    report = json.loads((tmp_path / "report" / "health.json").read_text("utf-8"))
    assert {one["cluster"]: one["status"] for one in report["clusters"]} == {
        "eu": "unknown",
        "us": "unknown",
    }
    assert "which is no file" in report["clusters"][1]["cause"]
    assert len(list((tmp_path / "report").iterdir())) == len(FORMATS) - 1
    assert len((tmp_path / "history" / "history.jsonl").read_text("utf-8").splitlines()) == 2
    told = [request.json() for request in webhook.requests]
    assert sorted(one["cluster"] for one in told) == ["eu", "us"]
    assert "secret-path" not in done.stdout + done.stderr


def test_a_receiver_that_is_down_is_a_warning(tmp_path: Path, inventory: Path) -> None:
    url = "http://127.0.0.1:9/secret-path"
    done = play(
        "playbooks/health.yml", inventory, "-vvv",
        cam_health_webhook_url=url, cam_health_webhook_authorization="geheim", **places(tmp_path),
    )  # fmt: skip
    assert "webhook was not told (eu: healthy -> unknown), the next run tries" in done.stderr
    # What is given by -e is printed by -vvv itself; nothing else may show it.
    said = [line for line in (done.stdout + done.stderr).splitlines() if "-e" not in line]
    assert not [line for line in said if "secret-path" in line or "geheim" in line]


def test_a_run_that_cannot_tell_still_publishes(tmp_path: Path, inventory: Path) -> None:
    with receiving() as webhook:
        done = play(
            "playbooks/health.yml", inventory, cam_health_report_formats=["json"],
            cam_health_webhook_url=f"{webhook.url}/secret-path",
            **{**places(tmp_path), "cam_health_history_directory": ""},
        )  # fmt: skip
    assert done.returncode == 2
    assert "cam_health_webhook_url need cam_health_history_directory" in done.stdout
    assert webhook.requests == []
    assert [file.name for file in (tmp_path / "report").iterdir()] == ["health.json"]
    assert not (ROOT / "notified.json").exists()


def test_a_run_that_cannot_publish_still_tells(tmp_path: Path, inventory: Path) -> None:
    (tmp_path / "report").touch()
    with receiving() as webhook:
        done = play(
            "playbooks/health.yml", inventory, cam_health_report_formats=["json"],
            cam_health_webhook_url=webhook.url, **places(tmp_path),
        )  # fmt: skip
    assert done.returncode == 2
    assert "report: File exists" in done.stdout
    assert sorted(one.json()["cluster"] for one in webhook.requests) == ["eu", "us"]


def test_a_receiver_that_drips_does_not_hold_the_run(tmp_path: Path, inventory: Path) -> None:
    with hostile() as port:
        done = play(
            "playbooks/health.yml", inventory, cam_health_timeout_seconds=1,
            cam_health_webhook_url=f"http://127.0.0.1:{port}/continues", **places(tmp_path),
        )  # fmt: skip
    assert "127.0.0.1: no complete answer within 1 s" in done.stderr
    assert (tmp_path / "history" / "history.jsonl").exists()


def test_without_a_wish_nothing_is_written(tmp_path: Path, inventory: Path) -> None:
    done = play(
        "playbooks/health.yml", inventory, cam_health_report_directory=str(tmp_path / "report")
    )
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == [inventory]


def test_a_dry_run_writes_nothing(tmp_path: Path, inventory: Path) -> None:
    done = play(
        "playbooks/health.yml", inventory, "--check", "--diff",
        cam_health_report_formats=["json"], **places(tmp_path),
    )  # fmt: skip
    assert '"status": "unknown"' in done.stdout
    assert list(tmp_path.iterdir()) == [inventory]


def test_what_an_answer_says_is_never_evaluated(tmp_path: Path, inventory: Path) -> None:
    """The verdict comes from outside, as the result of a module does."""
    trap = tmp_path / "trap"
    # Ansible itself takes no lone surrogate from a module.
    hostile = verdicts.HOSTILE.replace("\ud800", "")
    evil = f"{hostile} {{{{ lookup('pipe', 'touch {trap}') }}}} {{{{ 6 * 7 }}}}"
    check = verdicts.check("evil", "mesh", "failed", cause=evil, observed=evil, next=evil)
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps(verdicts.verdict("failed", check, cause=evil)), "utf-8")
    playbook = tmp_path / "play.yml"
    tasks = [
        {"ansible.builtin.slurp": {"src": str(answer)}, "register": "answer"},
        {"ansible.builtin.set_fact": {
            "cam_health_report": "{{ answer.content | b64decode | from_json }}"}},
        {"ansible.builtin.include_role": {"name": "cam.mesh.cam_health", "tasks_from": "report"}},
        {"ansible.builtin.include_role": {"name": "cam.mesh.cam_health", "tasks_from": "refuse"}},
    ]  # fmt: skip
    plays = [{"hosts": "cam_clusters", "gather_facts": False, "tasks": tasks}]
    playbook.write_text(json.dumps(plays), "utf-8")
    done = play(playbook, inventory, cam_health_report_formats=FORMATS, **places(tmp_path))
    assert "eu is failed" in done.stdout
    assert not trap.exists()
    for file in (tmp_path / "report").iterdir():
        text = file.read_text("utf-8")
        assert "6 * 7" in text.replace("\\", "") or file.suffix == ".prom"
        assert " 42 " not in text.replace("|", " ")
