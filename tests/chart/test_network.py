"""The flows that the rendered policies allow are those that docs/network.md lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from charts import ENVIRONMENTS
from flows import COMPONENT, Flow, allows, documented, flows, observed
from manifests import documents
from mesh import Mesh

SERVICES = ("postgres", "redis")


def objects(folder: Path) -> list[dict[str, Any]]:
    return [one for file in folder.glob("*.yml") for one in documents(file.read_text("utf-8"))]


def policies(folder: Path) -> list[dict[str, Any]]:
    return [one for one in objects(folder) if one["kind"] == "NetworkPolicy"]


def pods(folder: Path) -> dict[str, dict[str, str]]:
    """The labels of the pods of each workload."""
    return {
        one["metadata"]["name"]: one["spec"]["template"]["metadata"]["labels"]
        for one in objects(folder)
        if one["kind"] in ("Deployment", "StatefulSet")
    }


def test_the_allowed_flows_are_the_documented_ones(inside: Path) -> None:
    rows = documented()
    assert {flow for policy in policies(inside) for flow in flows(policy)} == set(rows)
    assert len(rows) == len(set(rows))


def test_services_that_aws_runs_are_anywhere(rendered: Path) -> None:
    rows = [row for row in documented() if row.pod not in SERVICES]
    wanted = {row._replace(peer="any") if row.peer in SERVICES else row for row in rows}
    assert {flow for policy in policies(rendered) for flow in flows(policy)} == wanted


@pytest.mark.parametrize("environment", [*ENVIRONMENTS, "existing"])
def test_every_workload_is_closed_and_every_selector_finds_one(
    renderings: Callable[[str], Path], environment: str
) -> None:
    folder = renderings(environment)
    deny = [one for one in policies(folder) if one["spec"]["podSelector"] == {}]
    assert [one["spec"]["policyTypes"] for one in deny] == [["Ingress", "Egress"]]
    assert not any("ingress" in one["spec"] or "egress" in one["spec"] for one in deny)
    for policy in policies(folder):
        labels = policy["spec"]["podSelector"].get("matchLabels", {})
        if labels.get(COMPONENT) != "test":
            found = [pod for pod in pods(folder).values() if labels.items() <= pod.items()]
            assert found, policy["metadata"]["name"]


def test_each_pod_that_the_app_may_reach_is_one_of_the_mesh(inside: Path) -> None:
    """A peer that matches no pod closes what it should open."""
    named = {one["metadata"]["name"]: one for one in policies(inside)}
    for name, workload in (("to-database", "postgres"), ("to-redis", "redis")):
        (rule,) = named[f"cam-arbitration-mesh-{name}"]["spec"]["egress"]
        (peer,) = rule["to"]
        assert peer["podSelector"]["matchLabels"].items() <= pods(inside)[workload].items()


class Live(Mesh):
    """A cluster of one pod of the app, which has a connection to port 53 of an address."""

    def __init__(self, far: str) -> None:
        super().__init__("cam")
        self.far = far
        labels = {"app.kubernetes.io/name": "cam"}
        self.pod = {
            "metadata": {"name": "cam", "namespace": "cam", "labels": labels},
            "spec": {},
            "status": {"podIP": "10.250.0.9"},
        }

    def get(self, *words: str) -> list[dict[str, Any]]:
        return [self.pod] if words == ("pods",) else []

    def running(self) -> list[dict[str, Any]]:
        return [self.pod]

    def kubectl(self, *words: str, stdin: str | None = None) -> str:
        if words[:2] == ("get", "services"):
            return "10.96.0.10 None"
        if words[0] == "get":
            node = {"metadata": {"namespace": "kube-system"}, "spec": {"hostNetwork": True}}
            return json.dumps({"items": [self.pod, node | {"status": {"podIP": "192.0.2.1"}}]})
        return f"0: 0900FA0A:C000 {self.far}:0035 01"


def test_names_asked_over_tcp_are_a_flow_to_the_system() -> None:
    names = Flow("cam app", "egress", "namespace kube-system", "TCP 53")
    # Addresses as the kernel writes them: 10.96.0.10, and the node's own of a pod of the system.
    assert observed(Live("0A00600A")) == {names}
    assert allows(documented(), names)
    (stranger,) = observed(Live("010200C0"))
    assert stranger == Flow("cam app", "egress", "outside", "TCP 53")
    assert not allows(documented(), stranger)
