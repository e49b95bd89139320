"""What the files of EKS share: finding resources, and updates that take their time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.registry import Call
from doubles.aws.states import GONE, State
from moto.core.utils import utcnow
from moto.eks.models import Cluster, EKSBackend, Nodegroup


class Update:
    """An Update of the API reference. `done`: what it changes, once it is Successful."""

    def __init__(self, kind: str, params: dict[str, Any], done: Callable[[], None]) -> None:
        self.id = str(uuid.uuid4())
        self.type = kind
        self.created_at = utcnow()
        self.params = [
            {"type": name, "value": value if isinstance(value, str) else json.dumps(value)}
            for name, value in params.items()
        ]
        self.state = State("eks::update", kind, {"Successful": done})

    @property
    def status(self) -> str:
        return self.state.shown

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.state.issues

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.id, "status": self.status, "type": self.type, "params": self.params,
            "createdAt": self.created_at, "errors": self.errors,
        }  # fmt: skip


class Updated:
    """What a resource's updates are; mixed into moto's classes by `updates_of`."""

    def __init__(self) -> None:
        self.all: dict[str, Update] = {}

    def running(self) -> Update | None:
        return next((one for one in self.all.values() if one.status == "InProgress"), None)

    def look(self) -> None:
        if update := self.running():
            update.state.look()

    def settle(self) -> None:
        if update := self.running():
            update.state.settle()


def updates_of(resource: Any) -> Updated:
    if "_cam_updates" not in vars(resource):
        resource._cam_updates = Updated()
    found: Updated = resource._cam_updates
    return found


def status_of(resource: Any) -> str:
    """The state that answers show: that of the resource, or UPDATING over ACTIVE."""
    shown = str(resource._cam_state.shown)
    return "UPDATING" if shown == "ACTIVE" and updates_of(resource).running() else shown


def look(resource: Any) -> None:
    """A describe: one tick of what goes on."""
    resource._cam_state.look()
    updates_of(resource).look()


def settle(resource: Any) -> str:
    resource._cam_state.settle()
    updates_of(resource).settle()
    return status_of(resource)


def not_found(message: str, **names: str) -> Exception:
    return refuse("ResourceNotFoundException", message, **names)


def cluster_named(backend: EKSBackend, name: str) -> Cluster:
    """The cluster; ResourceNotFoundException if there is none or no longer."""
    cluster = backend.clusters.get(name)
    if cluster is None or cluster._cam_state.shown == GONE:  # type: ignore[attr-defined]
        raise not_found(f"No cluster found for name: {name}.", clusterName=name)
    return cluster


def cluster_of(call: Call) -> Cluster:
    return cluster_named(call.backend, call.params.get("clusterName") or call.params["name"])


def active_cluster_of(call: Call) -> Cluster:
    """The cluster, for a call that AWS takes for an ACTIVE one only."""
    cluster = cluster_of(call)
    status = settle(cluster)
    if status in {"CREATING", "DELETING", "FAILED"}:
        raise refuse("InvalidRequestException", f"Cluster '{cluster.name}' is not in ACTIVE status")
    return cluster


def nodegroup_of(call: Call) -> Nodegroup:
    cluster, name = cluster_of(call), call.params["nodegroupName"]
    if name not in cluster.nodegroups:
        raise not_found(f"No node group found for name: {name}.", nodegroupName=name)
    return cluster.nodegroups[name]


def start_update(
    resource: Any, kind: str, params: dict[str, Any], done: Callable[[], None], what: str
) -> dict[str, Any]:
    """Begin an update; ResourceInUseException while another one runs."""
    status = settle(resource)
    if running := updates_of(resource).running():
        raise refuse(
            "ResourceInUseException",
            f"{what} currently has update {running.id} in progress",
        )
    if status not in {"ACTIVE", "DEGRADED", "UPDATE_FAILED"}:
        raise refuse("ResourceInUseException", f"{what} is in status {status}")
    update = Update(kind, params, done)
    updates_of(resource).all[update.id] = update
    return update.answer()


def page(call: Call, member: str, everything: list[Any]) -> dict[str, Any]:
    """One page of a list, by maxResults (1 to 100) and nextToken of the list calls of EKS."""
    size, start = int(call.params.get("maxResults") or 100), int(call.params.get("nextToken") or 0)
    answer: dict[str, Any] = {member: everything[start : start + size]}
    if start + size < len(everything):
        answer["nextToken"] = str(start + size)
    return answer
