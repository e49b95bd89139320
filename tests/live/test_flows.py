"""Who the pods really talk to is in docs/network.md, and health says that nobody enforces it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows import OUTSIDE, Flow, allows, documented, flows, observed
from mesh import Mesh

# Without these the test would be blind.
CERTAIN = {
    Flow("cam app", "egress", "postgres", "TCP 5432"),
    Flow("cam app", "egress", "redis", "TCP 6379"),
    Flow("cam app", "ingress", "prometheus", "TCP 8080"),
    Flow("cam app", "ingress", OUTSIDE, "TCP 8080"),
    Flow("prometheus", "egress", OUTSIDE, "TCP 443"),
}


def test_every_connection_is_in_the_list(mesh: Mesh) -> None:
    seen = observed(mesh)
    assert seen >= CERTAIN
    assert {flow for flow in seen if not allows(documented(), flow)} == set()


def test_the_live_policies_are_the_documented_ones(mesh: Mesh) -> None:
    policies = mesh.get("networkpolicies")
    assert {flow for policy in policies for flow in flows(policy)} == set(documented())


def test_health_says_that_this_network_enforces_nothing(mesh: Mesh) -> None:
    verdict = mesh.play("playbooks/health.yml", cam_health_network_policy="required")
    assert verdict.code != 0
    assert "degraded network_policy not enforced: the database reached Pod/cam-" in verdict.text


def test_health_sees_a_network_that_does(mesh: Mesh) -> None:
    """A rule in the network namespace of the database's pod drops what its policy forbids."""
    with closed(mesh, "postgres-0", 8080):
        verdict = mesh.play("playbooks/health.yml", cam_health_network_policy="required")
    assert "ok network_policy enforced: the database cannot reach Pod/cam-" in verdict.text


def process_of(uid: str) -> str:
    """The oldest process of the pod with this uid; a younger one may be a probe that is ending."""
    mark = uid.replace("-", "_")
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "cgroup").read_text("utf-8").replace("-", "_"):
                started = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()[19]
                found[int(started)] = folder.name
    return found[min(found)]


@contextmanager
def closed(mesh: Mesh, pod: str, port: int) -> Iterator[None]:
    """Let a pod send nothing to a port of others; the rule would end with the pod at the latest."""
    uid = mesh.kubectl("get", "pod", pod, "-o", "jsonpath={.metadata.uid}")
    iptables = ["nsenter", "--target", process_of(uid), "--net", "iptables"]
    rule = ["OUTPUT", "-p", "tcp", "--dport", str(port), "-j", "DROP"]
    subprocess.run([*iptables, "-A", *rule], check=True)
    try:
        yield
    finally:
        subprocess.run([*iptables, "-D", *rule], check=True)
