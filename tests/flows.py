"""Which flows network policies allow and pods have, in the words of docs/network.md."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import product
from typing import Any, NamedTuple

from mesh import Mesh
from paths import ROOT

sys.path.insert(0, str(ROOT / "lab"))

from camlab.settings import NODE_POD_CIDR

# The first address is the node's own.
PODS = set(list(IPv4Network(NODE_POD_CIDR).hosts())[1:])
NAME = "app.kubernetes.io/name"
COMPONENT = "app.kubernetes.io/component"
# What is no pod of the mesh: the node, the edge, the API server.
OUTSIDE = "outside"
SYSTEM = "kube-system"
LISTEN = "0A"


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
        without = ", ".join(block.get("except", []))
        return f"{block['cidr']} except {without}" if without else str(block["cidr"])
    if "namespaceSelector" in entry:
        return namespace(entry["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"])
    return who(entry["podSelector"])


def namespace(name: str) -> str:
    return f"namespace {name}"


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


class Socket(NamedTuple):
    """One line of /proc/net/tcp or tcp6."""

    here: str
    port: int
    there: str
    far_port: int
    state: str


def sockets(text: str) -> Iterator[Socket]:
    for line in text.splitlines():
        words = line.split()
        if ":" in words[1]:
            ends = [end.split(":") for end in words[1:3]]
            # The kernel writes words of four bytes backwards; IPv4 in IPv6 is the last of them.
            here, there = (str(IPv4Address(bytes.fromhex(end[0][-8:])[::-1])) for end in ends)
            yield Socket(here, int(ends[0][1], 16), there, int(ends[1][1], 16), words[3])


def neighbours(mesh: Mesh, pods: Iterable[dict[str, Any]]) -> set[str]:
    """Addresses of the system's pods and Services; a policy knows no pod with the node's own."""
    words = ["get", "services", "-n", SYSTEM, "-o", "jsonpath={.items[*].spec.clusterIP}"]
    inside = {
        pod["status"].get("podIP")
        for pod in pods
        if pod["metadata"]["namespace"] == SYSTEM and not pod["spec"].get("hostNetwork")
    }
    return {*inside, *mesh.kubectl(*words).split()}


def observed(mesh: Mesh) -> set[Flow]:
    """The TCP connections that the pods of a mesh have or just had, as the rows that allow each."""
    # A pod that is leaving may still be at the other end.
    names = {
        pod["status"].get("podIP"): role(pod["metadata"]["labels"]) for pod in mesh.get("pods")
    }
    pods = json.loads(mesh.kubectl("get", "pods", "-A", "-o", "json"))["items"]
    living = {pod["status"].get("podIP") for pod in pods}
    system = neighbours(mesh, pods)
    services = {item["spec"]["clusterIP"] for item in mesh.get("services")}
    found = set()
    for pod in mesh.running():
        words = ["cat", "/proc/net/tcp", "/proc/net/tcp6"]
        text = mesh.kubectl("exec", pod["metadata"]["name"], "--", *words)
        rows = list(sockets(text))
        listening = {row.port for row in rows if row.state == LISTEN}
        me = role(pod["metadata"]["labels"])
        for row in rows:
            # A pod may always talk to itself, and who had the address of a pod that is gone is not
            # known any more.
            gone = IPv4Address(row.there) in PODS and row.there not in living
            if row.state == LISTEN or row.here == row.there or gone:
                continue
            if row.port in listening:
                client = names.get(row.there, OUTSIDE)
                found.add(Flow(me, "ingress", client, f"TCP {row.port}"))
                if client != OUTSIDE:
                    found.add(Flow(client, "egress", me, f"TCP {row.port}"))
            elif row.there not in names and row.there not in services:
                far = namespace(SYSTEM) if row.there in system else OUTSIDE
                found.add(Flow(me, "egress", far, f"TCP {row.far_port}"))
    return found


def allows(rows: Iterable[Flow], flow: Flow) -> bool:
    """Whether one of the rows covers the flow."""
    ports = {flow.port, flow.port.replace("8080", "http")}
    return any(
        (row.pod, row.way) == flow[:2] and row.peer in (flow.peer, "any") and row.port in ports
        for row in rows
    )
