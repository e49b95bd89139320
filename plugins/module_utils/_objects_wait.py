# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits: until objects are gone, until workloads are ready. Gives up early with the cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _rollout
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._objects_set import Api, Ref, parallel

# A cause that lasts this long is not going to heal by itself.
PERSISTENCE_SECONDS = 15.0
INTERVAL_SECONDS = 0.5


@dataclass
class _Watched:
    ref: Ref
    live: Mapping[str, Any]
    since: dict[str, float] = field(default_factory=dict)
    restarted: set[str] = field(default_factory=set)


def until_gone(
    api: Api, objects: Sequence[tuple[Ref, str]], timeout_seconds: float, clock: Clock
) -> None:
    """Waits for the objects (with the uid that was deleted) to be gone."""
    deadline = clock.now() + timeout_seconds
    left = list(objects)
    while left:
        found = parallel(lambda item: api.find(item[0].path(api)), left)
        lives = [
            (item, live)
            for item, live in zip(left, found, strict=True)
            if live is not None and live["metadata"].get("uid") == item[1]
        ]
        left = [item for item, _live in lives]
        if left and clock.now() >= deadline:
            (ref, _uid), live = lives[0]
            raise CamError(
                f"{ref.title} is not gone after {timeout_seconds:g} s "
                f"({len(left)} left; {_what_holds(api, ref, live)}). "
                "See what still uses it, or raise `timeout_seconds`."
            )
        if left:
            clock.sleep(INTERVAL_SECONDS)


def _what_holds(api: Api, ref: Ref, live: Mapping[str, Any]) -> str:
    """What the cluster itself says (of a namespace, by conditions), and who has to let go."""
    said = [
        one["message"]
        for one in (live.get("status") or {}).get("conditions") or []
        if one["status"] == "True" and one.get("message")
    ]
    holders = [
        *(live["metadata"].get("finalizers") or []),
        *((live.get("spec") or {}).get("finalizers") or []),
    ]
    said.append(f"its finalizers: {', '.join(holders) or 'none'}")
    if ref.kind == "PersistentVolumeClaim":
        said.append(_who_mounts(api, ref))
    return "; ".join(said)


def _who_mounts(api: Api, claim: Ref) -> str:
    """The pods that keep a claim; without any it is the controller manager that does not act."""
    pods = (api.find(api.path_for("v1", "Pod", claim.namespace, None)) or {}).get("items") or []
    users = [pod for pod in pods if claim.name in _claims(pod)]
    if not users:
        return "no pod mounts it, so the cluster's controller manager has not acted: is it up?"
    gone = sum(1 for pod in users if pod["metadata"].get("deletionTimestamp"))
    return f"{_rollout.describe(users)}; {gone} of {len(users)} told to stop"


def _claims(pod: Mapping[str, Any]) -> set[str]:
    volumes = (pod.get("spec") or {}).get("volumes") or []
    return {(one.get("persistentVolumeClaim") or {}).get("claimName", "") for one in volumes}


def until_ready(
    api: Api,
    workloads: Sequence[tuple[Ref, Mapping[str, Any]]],
    timeout_seconds: float,
    clock: Clock,
) -> None:
    """Waits for the workloads, whose last known state is given, to be rolled out."""
    deadline = clock.now() + timeout_seconds
    left = [_Watched(ref, live) for ref, live in workloads]
    while left := [item for item in left if not _ready(item)]:
        for item in left:
            _give_up_early(api, item, clock.now())
        if clock.now() >= deadline:
            raise CamError("\n".join(_late(api, item, timeout_seconds) for item in left))
        clock.sleep(INTERVAL_SECONDS)
        for item, live in zip(
            left, parallel(lambda i: api.find(i.ref.path(api)), left), strict=True
        ):
            if live is None:
                raise CamError(f"{item.ref.title} was deleted by somebody while it started.")
            item.live = live


def _ready(item: _Watched) -> bool:
    state = _rollout.readiness(item.live)
    if state.failed:
        raise CamError(f"{item.ref.title} {state.text}")
    return state.ready


def _give_up_early(api: Api, item: _Watched, now: float) -> None:
    pods = _rollout.pods_of(api, item.live)
    cause = _rollout.terminal_cause(pods)
    if cause is None:
        item.since.clear()
        return
    if _outdated(item, cause):
        _restart(api, item, cause)
        return
    item.since = {cause.key: item.since.get(cause.key, now)}
    if now - item.since[cause.key] < PERSISTENCE_SECONDS:
        return
    said = _rollout.last_log_line(api, cause)
    raise CamError(
        f"{item.ref.title} does not start: {cause.text}"
        + (f"; its last log line: {said}" if said else "")
        + f" ({_rollout.readiness(item.live).text})."
    )


def _outdated(item: _Watched, cause: _rollout.Cause) -> bool:
    """A StatefulSet waits for ever for a broken pod of an older revision, even once repaired."""
    revision = (item.live.get("status") or {}).get("updateRevision")
    labels = cause.pod["metadata"].get("labels") or {}
    current = labels.get("controller-revision-hash")
    return item.ref.kind == "StatefulSet" and bool(revision) and current not in (None, revision)


def _restart(api: Api, item: _Watched, cause: _rollout.Cause) -> None:
    metadata = cause.pod["metadata"]
    if metadata["uid"] in item.restarted:
        return
    item.restarted.add(metadata["uid"])
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}"
    options = {"preconditions": {"uid": metadata["uid"]}}
    # Gone or replaced in between is just as good.
    api.request("DELETE", path, body=options, check=False)


def _late(api: Api, item: _Watched, timeout_seconds: float) -> str:
    text = f"{item.ref.title} is not ready after {timeout_seconds:g} s: "
    text += f"{_rollout.readiness(item.live).text}; "
    pods = _rollout.pods_of(api, item.live)
    cause = _rollout.terminal_cause(pods)
    if cause is not None:
        said = _rollout.last_log_line(api, cause)
        return text + cause.text + (f"; its last log line: {said}" if said else "")
    text += _rollout.describe(pods)
    warning = _rollout.last_warning(api, item.live)
    return text + (f"; last warning: {warning}" if warning else "")
