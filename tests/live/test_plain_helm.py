"""The chart with Helm alone, as its README says: install, test, uninstall, and what is left."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator

import pytest
from charts import RELEASE, values_of
from flows import COMPONENT
from mesh import KUBECONFIG, Mesh
from paths import CHART, TOOLS

IMAGE = "localhost/cam-protocol/complete-arbitration-mesh"
# The Secrets that the README asks for; here they are those of the mesh whose servers are used.
SECRETS = ("postgres-secret", "postgres-tls", "redis-secret", "redis-tls", "cam-api-key", "cam-tls")
# What comes and goes by itself.
FLEETING = {"events", "events.events.k8s.io", "pods.metrics.k8s.io", "leases.coordination.k8s.io"}


@pytest.fixture(scope="module")
def plain(mesh: Mesh) -> Iterator[Mesh]:
    """A namespace that enforces `restricted`, with nothing in it but the Secrets of the README."""
    space = Mesh("cam-plain")
    level = "pod-security.kubernetes.io/enforce=restricted"
    mesh.kubectl("delete", "namespace", space.namespace, "--ignore-not-found")
    mesh.kubectl("create", "namespace", space.namespace)
    try:
        mesh.kubectl("label", "namespace", space.namespace, level)
        for name in SECRETS:
            secret = json.loads(mesh.kubectl("get", "secret", name, "-o", "json"))
            secret["metadata"] = {"name": name}
            space.kubectl("create", "-f", "-", stdin=json.dumps(secret))
        yield space
    finally:
        mesh.kubectl("delete", "namespace", space.namespace)


def helm(space: Mesh, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOLS / "helm", "--kubeconfig", KUBECONFIG, "-n", space.namespace, *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def everything(space: Mesh) -> set[str]:
    """The names of all objects in a namespace, of every kind that the API lists."""
    words = ["api-resources", "--verbs=list", "--namespaced", "-o", "name"]
    kinds = set(space.kubectl(*words).split()) - FLEETING
    return set(space.kubectl("get", ",".join(sorted(kinds)), "-o", "name").split())


def documented() -> set[str]:
    """What the README says that an uninstall leaves."""
    section = (CHART / "README.md").read_text("utf-8").partition("\n## Uninstall\n")[2]
    return set(re.findall(r"`([a-z.]+/[a-z-]+)`", section.partition("\n## ")[0]))


def test_helm_alone_installs_tests_and_uninstalls(mesh: Mesh, plain: Mesh) -> None:
    before = everything(plain)
    assert {f"secret/{name}" for name in SECRETS} <= before
    settings = {
        "image": {"repository": IMAGE},
        "ingress": {"className": "skipper", "hosts": [f"{plain.namespace}.localhost"]},
        "database": {"host": f"postgres.{mesh.namespace}.svc"},
        "redis": {"host": f"redis.{mesh.namespace}.svc"},
        "resources": {"requests": {"cpu": "50m", "memory": "96Mi"}, "limits": {"memory": "384Mi"}},
        # Nobody is served, so nobody is waited for.
        "graceful": {"preStopSeconds": 1},
    }
    installed = helm(
        plain, "install", RELEASE, str(CHART), *values_of("dev"), "--wait", "--timeout", "120s",
        "--set-json", json.dumps(settings),
    )  # fmt: skip
    assert installed.returncode == 0, installed.stdout + installed.stderr
    tested = helm(plain, "test", RELEASE, "--timeout", "120s")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    log = plain.kubectl("logs", f"job/{RELEASE}-test")
    assert log.splitlines() == [
        "/health 200", "/ready 200", "/metrics 200", "/collaboration/metrics 200",
    ]  # fmt: skip
    removed = helm(plain, "uninstall", RELEASE, "--wait", "--timeout", "120s")
    assert removed.returncode == 0, removed.stderr
    # Helm waits for its own objects, not for those that the cluster made of them.
    children = "pods,replicasets,endpointslices"
    plain.kubectl("wait", "--for=delete", children, "-l", "app=cam", "--timeout=60s")
    (pod,) = plain.get("pods")
    assert pod["metadata"]["labels"][COMPONENT] == "test"
    left = everything(plain) - {f"pod/{pod['metadata']['name']}"}
    assert left == before | documented()
    assert documented() - before == {f"job.batch/{RELEASE}-test"}
