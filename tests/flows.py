"""Which flows network policies allow, in the words of docs/network.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from paths import ROOT

NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"


class Flow(NamedTuple):
    """One row: whose pod, which way, who is at the other end, and the port there or here."""

    pod: str
    way: str
    peer: str
    port: str


def role(labels: dict[str, str]) -> str:
    """What a pod with these labels is called."""
    if labels.get(COMPONENT) == "test":
        return "test"
    return "cam app" if labels[NAME] == "cam" else labels[NAME]


def who(selector: dict[str, Any]) -> str:
    labels = selector.get("matchLabels", {})
    return role(labels) if labels else "every pod"


def peer(entry: dict[str, Any]) -> str:
    if "ipBlock" in entry:
        block = entry["ipBlock"]
        return f"{block['cidr']} except {', '.join(block['except'])}"
    return who(entry["podSelector"])


def flows(policy: dict[str, Any]) -> Iterator[Flow]:
    spec = policy["spec"]
    for way, ends in (("ingress", "from"), ("egress", "to")):
        for rule in spec.get(way, []):
            peers = [peer(entry) for entry in rule[ends]] if ends in rule else ["any"]
            for far, port in product(peers, rule["ports"]):
                yield Flow(who(spec["podSelector"]), way, far, f"{port['protocol']} {port['port']}")


def documented() -> list[Flow]:
    text = (ROOT / "docs" / "network.md").read_text("utf-8")
    rows = re.findall(r"^\| (\S.*?) \| (ingress|egress) \| (.+?) \| (.+?) \|$", text, re.M)
    return [Flow(*row) for row in rows]
