"""The flows that the rendered policies allow are those that docs/network.md lists."""

from __future__ import annotations

from pathlib import Path

from flows import COMPONENT, documented, flows
from manifests import documents


def test_the_allowed_flows_are_the_documented_ones(rendered: Path) -> None:
    rows = documented()
    every = [one for file in rendered.glob("*.yml") for one in documents(file.read_text("utf-8"))]
    policies = [one for one in every if one["kind"] == "NetworkPolicy"]
    assert {flow for policy in policies for flow in flows(policy)} == set(rows)
    assert len(rows) == len(set(rows))


def test_every_workload_is_closed_and_every_selector_finds_one(rendered: Path) -> None:
    every = [one for file in rendered.glob("*.yml") for one in documents(file.read_text("utf-8"))]
    policies = [one for one in every if one["kind"] == "NetworkPolicy"]
    deny = [one for one in policies if one["spec"]["podSelector"] == {}]
    assert [one["spec"]["policyTypes"] for one in deny] == [["Ingress", "Egress"]]
    assert not any("ingress" in one["spec"] or "egress" in one["spec"] for one in deny)
    pods = [
        one["spec"]["template"]["metadata"]["labels"]
        for one in every
        if one["kind"] in ("Deployment", "StatefulSet")
    ]
    for policy in policies:
        labels = policy["spec"]["podSelector"].get("matchLabels", {})
        if labels.get(COMPONENT) != "test":
            assert any(labels.items() <= pod.items() for pod in pods), policy["metadata"]["name"]
