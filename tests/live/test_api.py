"""The API server takes what the chart and the roles render, without an error or a warning."""

from __future__ import annotations

import json
import subprocess
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from charts import ENVIRONMENTS, MODES, render
from manifests import documents
from mesh import Mesh

LEVELS = {
    f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")
}
# What the local cluster has no API for; `make judges` asks a server that knows these kinds.
FOREIGN = {
    "ServiceMonitor", "PrometheusRule", "ScaledObject", "HTTPRoute", "VerticalPodAutoscaler",
}  # fmt: skip


@pytest.fixture(scope="module")
def restricted(mesh: Mesh) -> Iterator[Mesh]:
    """An empty namespace that refuses what is not restricted, and warns of it."""
    space = Mesh(f"{mesh.namespace}-restricted")
    metadata = {"name": space.namespace, "labels": LEVELS}
    item = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
    mesh.kubectl("apply", "-f", "-", stdin=json.dumps(item))
    yield space
    mesh.kubectl("delete", "namespace", space.namespace, "--wait=false")


def refused(space: Mesh, objects: list[dict[str, Any]]) -> str:
    """What the server says to a dry run besides yes."""
    ours = [one for one in objects if one["kind"] not in FOREIGN]
    assert len(ours) >= 4
    for one in ours:
        if "namespace" in one["metadata"]:
            one["metadata"]["namespace"] = space.namespace
    done = subprocess.run(
        space.kubectl_command("apply", "--server-side", "--dry-run=server", "-f", "-"),
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": ours}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == len(ours) or done.returncode, done.stdout
    left_out = sorted({one["kind"] for one in objects} & FOREIGN)
    if left_out:
        warnings.warn(f"only `make judges` asks a server for {', '.join(left_out)}", stacklevel=1)
    return done.stderr


@pytest.mark.parametrize("mode", MODES)
def test_the_chart_is_accepted(restricted: Mesh, mode: str) -> None:
    assert refused(restricted, render(*MODES[mode])) == ""


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, "existing"])
def test_an_environment_is_accepted(
    restricted: Mesh, renderings: Callable[[str], Path], environment: str
) -> None:
    files = sorted(renderings(environment).glob("*.yml"))
    objects = [one for file in files for one in documents(file.read_text("utf-8"))]
    assert refused(restricted, objects) == ""


def test_the_server_does_judge(restricted: Mesh) -> None:
    """A careless pod is warned of, a misspelt field refused."""
    objects = render()
    (deployment,) = [one for one in objects if one["kind"] == "Deployment"]
    del deployment["spec"]["template"]["spec"]["containers"][0]["securityContext"]
    assert "Warning: would violate PodSecurity" in refused(restricted, objects)
    deployment["spec"]["replica"] = 1
    assert 'unknown field "replica"' in refused(restricted, objects)
