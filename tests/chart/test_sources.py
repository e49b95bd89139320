"""The inventories and the chart's own values files render the same release."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from charts import helm, values_of
from manifests import documents
from paths import CHART

PEERS = {
    "dnsTo": [
        {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}},
        {"ipBlock": {"cidr": "169.254.20.10/32"}},
    ],
}
CONNECTIONS = {"dev": 100, "staging": 400, "prod": 2050}
pytestmark = pytest.mark.usefixtures("tools")


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Paths at which two structures differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for key in sorted({*one, *other})
            for found in differences(one.get(key), other.get(key), f"{path}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for number, (left, right) in enumerate(zip(one, other, strict=True))
            for found in differences(left, right, f"{path}/{number}")
        ]
    return [] if one == other else [f"{path}: {one!r} against {other!r}"]


def test_what_ansible_renders_is_what_the_values_file_renders(rendered: Path) -> None:
    name = rendered.name
    done = helm(
        "template", "cam-arbitration-mesh", str(CHART), "-n", f"cam-{name}", "--no-hooks",
        *values_of(name),
        # AWS runs the services, and says where when it does.
        "--set", f"database.host=cam-db-{name}.invalid,redis.host=cam-cache-{name}.invalid",
        "--set", f"database.maxConnections={CONNECTIONS[name]}",
        "--set-json", f"networkPolicy={json.dumps(PEERS)}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    by_helm = {(one["kind"], one["metadata"]["name"]): one for one in documents(done.stdout)}
    text = (rendered / "4-release.yml").read_text("utf-8")
    by_ansible = {(one["kind"], one["metadata"]["name"]): one for one in documents(text)}
    assert set(by_helm) == set(by_ansible)
    assert [
        found
        for key, one in by_helm.items()
        for found in differences(one, by_ansible[key], "/".join(key))
    ] == []


def test_a_rendered_environment_holds_no_secret(rendered: Path) -> None:
    files = sorted(rendered.glob("*.yml"))
    assert [file.stem[2:] for file in files] == [
        "cluster", "database", "cache", "release", "monitoring",
    ]  # fmt: skip
    kinds = [one["kind"] for file in files for one in documents(file.read_text("utf-8"))]
    assert "Deployment" in kinds
    assert "StatefulSet" not in kinds
    assert "Secret" not in kinds
