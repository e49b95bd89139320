"""Who the pods really talk to is in docs/network.md, and health says that nobody enforces it."""

from __future__ import annotations

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
    assert "not enforced: the database reached Pod/cam-" in verdict.text
    assert "is degraded: network_policy: the network plugin does not enforce" in verdict.text
