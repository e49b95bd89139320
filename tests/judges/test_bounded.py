"""A bounded set of the judges in every test run; make judges has all of them."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

import pytest
from judges import KUBERNETES, checkov_of_tasks, conform, rendered, run, task_files
from paths import ROOT


@pytest.mark.parametrize("version", KUBERNETES)
@pytest.mark.parametrize("mode", ["everything", "prod"])
def test_the_chart_conforms(judges: Path, tmp_path: Path, mode: str, version: str) -> None:
    answer = conform(judges, version, rendered(mode, version, tmp_path))
    summary = answer["summary"]
    assert (summary["invalid"], summary["errors"], summary["skipped"]) == (0, 0, 0), answer
    assert summary["valid"] >= 10


def test_kubeconform_finds_a_misspelt_field(judges: Path, tmp_path: Path) -> None:
    file = rendered("prod", "1.35", tmp_path)
    file.write_text(file.read_text("utf-8").replace("minReplicas:", "minReplica:"), "utf-8")
    assert conform(judges, "1.35", file)["summary"]["invalid"] == 1


CARELESS = """
- name: Ask a server that nobody verifies
  ansible.builtin.uri: {url: "https://example.org", validate_certs: false}
"""
CARELESS_PLAY = "\n- name: Ask\n  hosts: all\n  tasks:\n" + textwrap.indent(CARELESS, "    ")


def test_checkov_sees_a_careless_task_in_any_file_and_nothing_else(
    judges: Path, tmp_path: Path
) -> None:
    """In copies of all files of roles and playbooks."""
    for part in ("roles", "playbooks"):
        shutil.copytree(ROOT / part, tmp_path / part)
    files = task_files(tmp_path)
    for file in files:
        added = CARELESS_PLAY if file.parent.name == "playbooks" else CARELESS
        file.write_text(file.read_text("utf-8") + added, "utf-8")
    failed, _passed = checkov_of_tasks(judges, files)
    assert failed == {("CKV_ANSIBLE_1", file) for file in files}
    assert len(files) > 100


@pytest.mark.parametrize("name", ["Dockerfile", "Dockerfile.dev"])
def test_the_recipes_of_the_images(judges: Path, name: str) -> None:
    done = run(judges / "venv" / "bin" / "hadolint", ROOT / "images" / "cam" / name)
    assert (done.returncode, done.stdout) == (0, "")
