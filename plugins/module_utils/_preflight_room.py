# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the pods find room: on the nodes, in the namespace's quotas, at the scaler's maximum.

Only what can never hold is refused: the sums and counts here are the least that is needed, and
where a pod goes is the scheduler's business. What a scaler may ask for later is a warning.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._pods import KEDA, METRICS, Pods
from ansible_collections.cam.mesh.plugins.module_utils._preflight import (
    Finding,
    passed,
    refused,
    warning,
)
from ansible_collections.cam.mesh.plugins.module_utils._quantity import number

Object = Mapping[str, Any]
# CPU in cores, memory in bytes, pods.
KINDS = ("cpu", "memory", "pods")
Amount = dict[str, float]

GIB = 2**30
# A sum of decimal fractions is not exact.
HAIR = 1e-6
PARTS = ("cam_database", "cam_cache", "cam_monitoring")
SMALLER = "lower cam_release_resources or the number of pods"
# What a quota counts: which part of a container's resources, and of what kind.
QUOTAS = {
    "pods": ("requests", "pods"),
    "count/pods": ("requests", "pods"),
    "cpu": ("requests", "cpu"),
    "requests.cpu": ("requests", "cpu"),
    "memory": ("requests", "memory"),
    "requests.memory": ("requests", "memory"),
    "limits.cpu": ("limits", "cpu"),
    "limits.memory": ("limits", "memory"),
}
WITHOUT_API = {
    METRICS: (
        "cam_release_autoscaling_enabled is true, and the cluster does not serve metrics.k8s.io: "
        "the HPA would know nothing. Install metrics-server, or turn autoscaling off."
    ),
    KEDA: (
        "keda.enabled is true in cam_release_values, and the cluster does not serve keda.sh: "
        "install KEDA first, or scale with cam_release_autoscaling_enabled."
    ),
}


def free(
    nodes: Sequence[Object], pods: Sequence[Object], values: Mapping[str, Any], namespace: str
) -> list[Amount]:
    """What others leave of each node that takes pods; the mesh's own pods take nothing."""
    tolerated = Pods.of(values).tolerations
    room = {
        node["metadata"]["name"]: _allocatable(node)
        for node in nodes
        if not _closed(node, tolerated)
    }
    for pod in pods:
        left = room.get(pod["spec"].get("nodeName", ""))
        if left is None or pod["metadata"]["namespace"] == namespace:
            continue
        left["pods"] -= 1
        for container in pod["spec"]["containers"]:
            requests = container.get("resources", {}).get("requests", {})
            for kind in ("cpu", "memory"):
                left[kind] -= number(requests.get(kind, 0))
    return list(room.values())


def capacity(room: Sequence[Amount], values: Mapping[str, Any]) -> Finding:
    """What always runs, and one step of an update, must fit beside what others run."""
    pods = Pods.of(values)
    each = _each(pods)
    added = _added(room, values)
    room = [*room, *added]
    total, there = _total(values, pods.steady), _sum(room)
    text = (
        f"{pods.steady} pods ({pods.steady - pods.least} for updates) with database, cache and "
        f"monitoring ask {_text(total)}; free are {_text(there)} on {len(room)} node(s)"
    )
    if added:
        text += f", of which the autoscaler adds up to {len(added)}"
    if any(total[kind] > there[kind] + HAIR for kind in ("cpu", "memory")):
        return refused("capacity", f"{text}. Add nodes, or {SMALLER}.")
    fitting = _fitting(room, each)
    if fitting < pods.steady:
        largest = _largest(room)
        return refused(
            "capacity",
            f"one pod asks {_text(each)} of one node, and the {len(room)} node(s) have room for "
            f"{fitting} of {pods.steady}; the most that one has free is {_text(largest)} and "
            f"{largest['pods']:.0f} pods. Add nodes or take larger ones, or {SMALLER}.",
        )
    return passed("capacity", text)


def limits(nodes: Sequence[Object], values: Mapping[str, Any]) -> Finding:
    """A pod that grows to its limit should not be more than a node."""
    pods = Pods.of(values)
    largest = _largest([_allocatable(node) for node in nodes])
    for kind in ("cpu", "memory"):
        limit = number(pods.asks("limits", kind) or 0)
        if limit > largest[kind] + HAIR:
            return warning(
                "limits",
                f"limits.{kind} of cam_release_resources is {_one(kind, limit)}, and the largest "
                f"node has {_one(kind, largest[kind])}: a pod can never get what the limit "
                "promises. Lower it, or take larger nodes.",
            )
    return passed("limits", "a node can give a pod what its limits promise")


def scaler(room: Sequence[Amount], apis: Iterable[str], values: Mapping[str, Any]) -> Finding:
    """A scaler needs its API; beyond what fits today, it needs someone who adds nodes."""
    pods = Pods.of(values)
    if not pods.scaler:
        return passed("scaler", "none, the number of pods is fixed")
    # The local cluster gets its metrics from the deploy itself.
    brought = values["cam_cluster_provider"] == "local" and pods.scaler == METRICS
    if not brought and not any(api.startswith(f"{pods.scaler}/") for api in apis):
        return refused("scaler", WITHOUT_API[pods.scaler])
    each, services, there = _each(pods), _total(values, 0), _sum(room)
    beside = {kind: there[kind] - services[kind] for kind in there}
    fitting = min(_fitting(room, each), _fitting([beside], each))
    if fitting < pods.peak:
        return warning(
            "scaler",
            f"{pods.peak} pods are possible, {fitting} fit on today's {len(room)} node(s); the "
            "others stay Pending. That is as it should be where a cluster autoscaler adds nodes; "
            "else lower cam_release_autoscaling_max_replicas.",
        )
    return passed("scaler", f"all of {pods.peak} possible pods fit on today's nodes")


def quota(quotas: Sequence[Object], values: Mapping[str, Any]) -> Finding:
    """What somebody else's quota of the namespace allows must carry what always runs."""
    pods = Pods.of(values)
    beyond = ""
    for name, key, allowed in _of_others(quotas):
        part, kind = QUOTAS[key]
        least, most = (_total(values, count, part)[kind] for count in (pods.steady, pods.peak))
        text = f"ResourceQuota {name} allows {key} {allowed}, and"
        if least > number(allowed) + HAIR:
            return refused(
                "quota",
                f"{text} {pods.steady} pods with their services need {_one(kind, least)}. "
                f"Raise it, or {SMALLER}.",
            )
        if most > number(allowed) + HAIR:
            beyond = f"{text} {pods.peak} pods would need {_one(kind, most)}"
    if beyond:
        return warning(
            "quota",
            f"{beyond}: the scaler ends before its maximum. Raise the quota, or lower "
            "cam_release_autoscaling_max_replicas.",
        )
    return passed("quota", "no quota of the namespace is in the way")


def _added(room: Sequence[Amount], values: Mapping[str, Any]) -> list[Amount]:
    """The nodes that the autoscaler of a cluster of ours may add, each as the emptiest of today."""
    ours = values.get("cam_cluster_provider") == "aws"
    if not room or not ours or not values.get("cam_cluster_aws_autoscaler_enabled"):
        return []
    most = int(values["cam_cluster_aws_max_nodes"])
    return [_largest(room)] * max(0, most - len(room))


def _allocatable(node: Object) -> Amount:
    given = node["status"]["allocatable"]
    return {kind: number(given[kind]) for kind in KINDS}


def _closed(node: Object, tolerations: Sequence[Object]) -> bool:
    """Cordoned, not ready, or kept for others: the scheduler gives it no pod of the mesh."""
    spec = node.get("spec") or {}
    return bool(spec.get("unschedulable")) or any(
        taint["effect"] != "PreferNoSchedule"
        and not any(
            one.get("key") in (None, taint["key"])
            and one.get("effect") in (None, "", taint["effect"])
            for one in tolerations
        )
        for taint in spec.get("taints") or []
    )


def _of_others(quotas: Sequence[Object]) -> Iterator[tuple[str, str, str]]:
    """Name, key and amount of quotas over all pods; the chart's own grows with the values."""
    for item in quotas:
        labels, spec = item["metadata"].get("labels") or {}, item["spec"]
        ours = labels.get("app.kubernetes.io/part-of") == "complete-arbitration-mesh"
        if ours or spec.get("scopes") or spec.get("scopeSelector"):
            continue
        for key, allowed in (spec.get("hard") or {}).items():
            if key in QUOTAS:
                yield item["metadata"]["name"], key, str(allowed)


def _each(pods: Pods, part: str = "requests") -> Amount:
    return {
        "cpu": number(pods.asks(part, "cpu") or 0),
        "memory": number(pods.asks(part, "memory") or 0),
        "pods": 1.0,
    }


def _total(values: Mapping[str, Any], count: int, part: str = "requests") -> Amount:
    """So many pods of the app and the services that run beside them."""
    total = {kind: count * one for kind, one in _each(Pods.of(values), part).items()}
    for role in PARTS:
        if values[f"{role}_provider"] == "in_cluster":
            given = values[f"{role}_resources"].get(part) or {}
            total["pods"] += 1
            for kind in ("cpu", "memory"):
                total[kind] += number(given.get(kind, 0))
    return total


def _sum(room: Sequence[Amount]) -> Amount:
    return {kind: sum(one[kind] for one in room) for kind in KINDS}


def _largest(room: Sequence[Amount]) -> Amount:
    return {kind: max((one[kind] for one in room), default=0.0) for kind in KINDS}


def _fitting(room: Sequence[Amount], each: Amount) -> int:
    """How many pods of this size the nodes take if nothing else comes."""
    return sum(
        max(0, min(math.floor((one[kind] + HAIR) / each[kind]) for kind in each if each[kind] > 0))
        for one in room
    )


def _one(kind: str, amount: float) -> str:
    return f"{amount / GIB:.2f} GiB" if kind == "memory" else f"{amount:g}"


def _text(amount: Amount) -> str:
    return f"{amount['cpu']:.2f} CPU and {amount['memory'] / GIB:.2f} GiB"
