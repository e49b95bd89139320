"""What was changed beside the collection is shown by a dry run and put right by a deploy."""

from __future__ import annotations

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


def edited_chart(folder: Path) -> Path:
    copy = folder / "cam-chart"
    shutil.copytree(CHART, copy)
    template = copy / "templates" / "configmap.yaml"
    text = template.read_text("utf-8").replace("\ndata:\n", "\ndata:\n  EDITED: here\n", 1)
    template.write_text(text, "utf-8")
    return copy


def test_what_was_edited_is_shown_and_put_right(mesh: Mesh, tmp_path: Path) -> None:
    """Objects by hand, and a template under the same version of the chart."""
    before = mesh.versions()
    for words in BY_HAND.values():
        mesh.kubectl(*words)
    edited = mesh.versions()
    sick = mesh.play("playbooks/health.yml")
    assert sick.code != 0
    assert "matches no pod" in sick.text
    chart = edited_chart(tmp_path)
    shown = mesh.play("deploy.yml", "--check", "--diff", cam_release_chart=str(chart))
    assert shown.code == 0, shown.text[-3000:]
    for mark in (*BY_HAND, "EDITED: here"):
        assert re.search(mark, shown.text), mark
    assert "by-hand" not in shown.text
    assert mesh.versions() == edited
    repaired = mesh.play("deploy.yml", cam_release_chart=str(chart))
    assert repaired.code == 0, repaired.text[-3000:]
    everything = mesh.kubectl("get", "deployments,services,configmaps,secrets", "-o", "yaml")
    for mark in ("BY_HAND", "someone-else", "by_hand_rule"):
        assert mark not in everything
    assert "EDITED: here" in everything
    # Nothing is lost, and nothing new but what Helm keeps of a revision.
    after = set(mesh.versions())
    assert set(before) <= after
    assert all("sh.helm.release" in one for one in after - set(before))
    assert mesh.play("deploy.yml").code == 0
    assert "EDITED" not in mesh.kubectl("get", "configmaps", "-o", "yaml")
    same = tmp_path / "same"
    shutil.copytree(CHART, same)
    again = mesh.play("deploy.yml", "--check", cam_release_chart=str(same))
    assert (again.code, again.changed) == (0, 0), again.text[-3000:]
