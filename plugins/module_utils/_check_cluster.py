# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the cluster that carries the mesh: its APIs, nodes, names, versions and clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._health import Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._kube import KubeError
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, condition, name_of

Object = Mapping[str, Any]

API = declare(
    "api",
    "cluster",
    looks_at="the API server's version",
    red_when="it does not answer; then nothing else is judged",
    next="kubectl version",
)
NODES = declare(
    "nodes",
    "cluster",
    looks_at="every node's conditions",
    red_when=(
        "a node is not ready or short of memory, disk or process ids (degraded); none is "
        "ready (failed)"
    ),
    next="kubectl get nodes; kubectl describe nodes",
)
DNS = declare(
    "dns",
    "cluster",
    looks_at="what answers behind the Service kube-dns",
    red_when="nothing is ready there: the next connection to database or cache fails",
    next="kubectl get pods --namespace kube-system --selector k8s-app=kube-dns",
)
CLOCK = declare(
    "clock",
    "cluster",
    looks_at="this machine's clock beside the API server's",
    red_when="they differ by more than `clock_seconds`: certificates and tokens are misjudged",
    next="timedatectl status",
)
VERSIONS = declare(
    "versions",
    "cluster",
    looks_at="the kubelets' versions beside the API server's",
    red_when="a kubelet is newer than its API server, or more than three minor versions older",
    next="kubectl get nodes -o wide",
    critical=False,
)
APIS = declare(
    "apis",
    "cluster",
    looks_at="the APIs that others add to the cluster: metrics, scalers",
    red_when="one has no server: no namespace can end until it is back or removed",
    next="kubectl get apiservices",
    critical=False,
)
PRESSURES = ("MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable")
# Source: Kubernetes version skew policy.
OLDEST_KUBELET = 3


def nodes(items: Sequence[Object]) -> Check:
    """Every node must be ready and have room."""
    problems = []
    ready = 0
    for node in items:
        state = condition(node, "Ready")
        if state.get("status") == "True":
            ready += 1
        else:
            problems.append(
                f"{name_of(node)} is not ready: {state.get('message', 'no word of it')}"
            )
        pressed = [kind for kind in PRESSURES if condition(node, kind).get("status") == "True"]
        problems += [f"{name_of(node)} has {kind}" for kind in pressed]
    observed, target = f"{ready} of {len(items)} nodes ready", "nodes"
    if not ready:
        cause = "; ".join(problems) or "there is no node"
        return NODES.failed(target, observed, "every node ready", cause)
    if problems:
        return NODES.degraded(target, observed, "every node ready", "; ".join(problems))
    closed = [name_of(node) for node in items if (node.get("spec") or {}).get("unschedulable")]
    if closed:
        return NODES.advice(
            target,
            observed,
            "nodes that take pods",
            f"cordoned: {', '.join(closed)}",
            next=f"kubectl uncordon {closed[0]}",
        )
    return NODES.ok(target, observed)


def dns(slices: Sequence[Object]) -> Check:
    """Somebody must answer questions for names."""
    mine = [
        item
        for item in slices
        if (item["metadata"].get("labels") or {}).get("kubernetes.io/service-name") == "kube-dns"
    ]
    target = "Service/kube-dns"
    if not mine:
        # Some clusters resolve names on their nodes.
        cause = "names are resolved in a way that this check does not know"
        return DNS.advice(target, "it does not exist", "ready addresses", cause)
    count = ready_addresses(mine)
    if count:
        return DNS.ok(target, f"{count} ready addresses")
    cause = "no DNS server of the cluster is ready"
    return DNS.failed(target, "no ready address", "1 or more", cause)


def clock(header: str, before: datetime, after: datetime, limit: float) -> Check:
    """The API server's clock, read from the Date of an answer, beside this machine's."""
    target = "this machine"
    try:
        theirs = parsedate_to_datetime(header)
    except ValueError:
        return CLOCK.unknown(
            target, "an answer without a date", "a Date header", "no time was told"
        )
    # The header has whole seconds.
    early, late = (before - theirs).total_seconds() - 1, (after - theirs).total_seconds()
    skew = early if early > 0 else min(late, 0.0)
    observed = f"{abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    if abs(skew) <= limit:
        return CLOCK.ok(target, observed)
    cause = "this machine and the API server disagree on the time"
    return CLOCK.degraded(target, observed, f"at most {limit:g} s", cause)


def versions(server: str, items: Sequence[Object]) -> Check:
    """Kubelets may be older than the API server, up to a limit, and never newer."""
    newest = _minor(server)
    wrong = []
    for node in items:
        kubelet = str(((node.get("status") or {}).get("nodeInfo") or {}).get("kubeletVersion"))
        if not newest - OLDEST_KUBELET <= _minor(kubelet) <= newest:
            wrong.append(f"{name_of(node)} runs {kubelet}")
    observed = f"API server {server}, {len(items)} kubelets"
    if wrong:
        wanted = f"kubelets of 1.{newest - OLDEST_KUBELET} to 1.{newest}"
        return VERSIONS.degraded("nodes", observed, wanted, "; ".join(wrong))
    return VERSIONS.ok("nodes", observed)


def apis(items: Sequence[Object]) -> Check:
    """Whoever was uninstalled in halves leaves an API that nothing serves."""
    served = [one for one in items if (one.get("spec") or {}).get("service")]
    without = [one for one in served if condition(one, "Available").get("status") != "True"]
    observed, target = f"{len(served) - len(without)} of {len(served)} served", "APIServices"
    if not without:
        return APIS.ok(target, observed)
    return APIS.degraded(
        target,
        observed,
        "every API served",
        "; ".join(
            f"{name_of(one)}: {condition(one, 'Available').get('message', 'no word of it')}"
            for one in without
        ),
        next=f"kubectl describe apiservice {name_of(without[0])}",
    )


def _minor(version: str) -> int:
    found = re.match(r"v?1\.(\d+)", version)
    return int(found[1]) if found else -1


def ready_addresses(slices: Sequence[Object]) -> int:
    return sum(
        len(endpoint.get("addresses") or [])
        for item in slices
        for endpoint in item.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready")
    )


def _version(mesh: Look) -> tuple[datetime, Answer, datetime]:
    def read() -> tuple[datetime, Answer, datetime]:
        before = mesh.now()
        answer = mesh.kube.request("GET", "/version", timeout=mesh.timeout)
        return before, answer, mesh.now()

    return mesh.once("version", read)


@look(API, gate=True)
def _api(mesh: Look) -> Iterator[Check]:
    try:
        answer = _version(mesh)[1]
    except KubeError as error:
        yield API.failed(mesh.kube.server, "no answer", "an answer", str(error))
        return
    yield API.ok(mesh.kube.server, f"Kubernetes {answer.json()['gitVersion']}")


@look(CLOCK)
def _clock(mesh: Look) -> Iterator[Check]:
    before, answer, after = _version(mesh)
    limit = mesh.params["thresholds"]["clock_seconds"]
    yield clock(answer.headers.get("date", ""), before, after, limit)


@look(NODES, VERSIONS)
def _nodes(mesh: Look) -> Iterator[Check]:
    items = mesh.kube.get("/api/v1/nodes")["items"]
    yield nodes(items)
    yield versions(_version(mesh)[1].json()["gitVersion"], items)


@look(APIS)
def _apis(mesh: Look) -> Iterator[Check]:
    yield apis(mesh.kube.get("/apis/apiregistration.k8s.io/v1/apiservices")["items"])


@look(DNS)
def _dns(mesh: Look) -> Iterator[Check]:
    yield dns(mesh.objects("discovery.k8s.io/v1", "endpointslices", "kube-system"))
