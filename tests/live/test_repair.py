"""What was changed beside the collection is shown by a dry run and put right by a deploy."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from mesh import Mesh
from paths import CHART

BY_HAND = {
    "BY_HAND": ["set", "env", "deployment/cam-arbitration-mesh", "BY_HAND=1"],
    "someone-else": [
        "patch", "service", "cam-service", "-p", '{"spec":{"selector":{"app":"someone-else"}}}',
    ],
    # The value of a Secret is compared, never shown: its task says that it would change.
    r"Provide the credentials\] \[CHECK MODE\] \*+ changed:": [
        "patch", "secret", "postgres-secret", "-p", '{"stringData":{"username":"by-hand"}}',
    ],
    "by_hand_rule": [
        "patch", "configmap", "prometheus-config", "--type=merge", "-p",
        '{"data":{"cam_rules.yml":"groups: [] # by_hand_rule"}}',
    ],
}  # fmt: skip


def test_what_was_edited_by_hand_is_shown_and_repaired(mesh: Mesh) -> None:
    before = mesh.versions()
    for words in BY_HAND.values():
        mesh.kubectl(*words)
    edited = mesh.versions()
    sick = mesh.play("playbooks/health.yml")
    assert sick.code != 0
    assert "matches no pod" in sick.text
    shown = mesh.play("deploy.yml", "--check", "--diff")
    assert shown.code == 0, shown.text[-3000:]
    for mark in BY_HAND:
        assert re.search(mark, shown.text), mark
    assert "by-hand" not in shown.text
    assert mesh.versions() == edited
    repaired = mesh.play("deploy.yml")
    assert repaired.code == 0, repaired.text[-3000:]
    everything = mesh.kubectl("get", "deployments,services,configmaps,secrets", "-o", "yaml")
    assert "BY_HAND" not in everything
    assert "someone-else" not in everything
    assert "by_hand_rule" not in everything
    assert set(mesh.versions()) == set(before)
    assert mesh.play("deploy.yml", "--check").changed == 0


def test_an_edited_template_is_seen_under_the_same_version_of_the_chart(
    mesh: Mesh, tmp_path: Path
) -> None:
    copy = tmp_path / "cam-chart"
    shutil.copytree(CHART, copy)
    same = mesh.play("deploy.yml", "--check", cam_release_chart=str(copy))
    assert (same.code, same.changed) == (0, 0), same.text[-3000:]
    template = copy / "templates" / "configmap.yaml"
    edited = template.read_text("utf-8").replace("\ndata:\n", "\ndata:\n  EDITED: here\n", 1)
    template.write_text(edited, "utf-8")
    shown = mesh.play("deploy.yml", "--check", "--diff", cam_release_chart=str(copy))
    assert "EDITED: here" in shown.text
    assert mesh.play("deploy.yml", cam_release_chart=str(copy)).code == 0
    found = json.loads(mesh.kubectl("get", "configmaps", "-o", "json"))["items"]
    assert [one for one in found if (one.get("data") or {}).get("EDITED") == "here"]
    assert mesh.play("deploy.yml").code == 0
    assert "EDITED" not in mesh.kubectl("get", "configmaps", "-o", "yaml")
