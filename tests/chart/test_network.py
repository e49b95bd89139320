"""The flows that the rendered policies allow are those that docs/network.md lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

from manifests import documents
from paths import ROOT

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"


def who(selector: dict[str, Any]) -> str:
    labels = selector.get("matchLabels", {})
    if not labels:
        return "every pod"
    if labels.get(COMPONENT) == "test":
        return "test"
    return f"{labels[NAME]} app" if labels[NAME] == "cam" else str(labels[NAME])


def peer(entry: dict[str, Any]) -> str:
    if "ipBlock" in entry:
        block = entry["ipBlock"]
        return f"{block['cidr']} except {', '.join(block['except'])}"
    return who(entry["podSelector"])


def flows(policy: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    spec = policy["spec"]
    for way, ends in (("ingress", "from"), ("egress", "to")):
        for rule in spec.get(way, []):
            peers = [peer(entry) for entry in rule[ends]] if ends in rule else ["any"]
            for far, port in product(peers, rule["ports"]):
                yield who(spec["podSelector"]), way, far, f"{port['protocol']} {port['port']}"


def test_the_allowed_flows_are_the_documented_ones(rendered: Path) -> None:
    text = (ROOT / "docs" / "network.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S.*?) \| (ingress|egress) \| (.+?) \| (.+?) \|$", text, re.M)
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
