# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a workload rolled out, and if not, why: the cause in the words of its pods."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer

Object = Mapping[str, Any]

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "Job")
IMAGE_REASONS = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
CONFIG_REASONS = ("CreateContainerConfigError", "CreateContainerError", "RunContainerError")
# One crash may be a dependency that starts later; two are a habit.
CRASHES = 2
# What containerd and the kubelet tell of a container that was gone when they came (back) up: it
# ended with its machine or its runtime, not by itself, however often.
LOST = ("Unknown", "ContainerStatusUnknown")


class Api(Protocol):
    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        accept: str = "application/json",
        check: bool = True,
    ) -> Answer: ...

    def get(self, path: str, **query: str) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Readiness:
    ready: bool
    text: str
    failed: bool = False


@dataclass(frozen=True)
class Cause:
    """Why a pod does not run. `key` stays the same while the cause does."""

    key: str
    text: str
    pod: Object


def readiness(workload: Object) -> Readiness:
    """What the controller says about a Deployment, StatefulSet, DaemonSet or Job."""
    kind = workload.get("kind")
    spec, status = workload.get("spec") or {}, workload.get("status") or {}
    if kind == "Job":
        return _job(spec, status)
    seen = int(status.get("observedGeneration") or 0)
    generation = int((workload.get("metadata") or {}).get("generation") or 0)
    if seen < generation:
        return Readiness(False, f"generation {generation} is not seen yet by its controller")
    if kind == "DaemonSet":
        wanted = int(status.get("desiredNumberScheduled") or 0)
        updated = int(status.get("updatedNumberScheduled") or 0)
        available = int(status.get("numberAvailable") or 0)
    else:
        wanted = int(spec.get("replicas", 1))
        updated = int(status.get("updatedReplicas") or 0)
        available = int(status.get("availableReplicas") or 0)
    total = int(status.get("replicas") or 0) if kind == "Deployment" else updated
    ready = updated >= wanted and available >= wanted and total <= updated
    text = f"{available} of {wanted} replicas available, {updated} of the current revision"
    if not ready and kind == "Deployment":
        for condition in status.get("conditions") or []:
            if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
                text += f"; {condition.get('message')}"
    return Readiness(ready, text)


def _job(spec: Object, status: Object) -> Readiness:
    for condition in status.get("conditions") or []:
        if condition.get("status") == "True":
            if condition.get("type") in ("Complete", "SuccessCriteriaMet"):
                return Readiness(True, "complete")
            if condition.get("type") in ("Failed", "FailureTarget"):
                text = f"failed: {condition.get('reason')}: {condition.get('message')}"
                return Readiness(False, text, failed=True)
    if spec.get("suspend"):
        return Readiness(True, "suspended")
    wanted = int(spec.get("completions") or 1)
    return Readiness(False, f"{int(status.get('succeeded') or 0)} of {wanted} completions")


def pods_of(api: Api, workload: Object) -> list[dict[str, Any]]:
    """The pods that this workload's controller answers for."""
    selector = selector_text((workload.get("spec") or {}).get("selector") or {})
    if not selector:
        return []
    namespace = workload["metadata"]["namespace"]
    found = api.get(f"/api/v1/namespaces/{namespace}/pods", labelSelector=selector)
    pods = list(found.get("items") or [])
    if workload.get("kind") == "Deployment":
        pods = newest_revision(pods)
    return pods


def selector_text(selector: Object) -> str:
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for rule in selector.get("matchExpressions") or []:
        values = ",".join(rule.get("values") or [])
        parts.append(
            {
                "In": f"{rule['key']} in ({values})",
                "NotIn": f"{rule['key']} notin ({values})",
                "Exists": rule["key"],
                "DoesNotExist": f"!{rule['key']}",
            }[rule["operator"]]
        )
    return ",".join(parts)


# pylint assumes Python 3.9 of every module; tests/config.yml demands 3.12.
# pylint: disable-next=using-generic-type-syntax-in-unsupported-version
def newest_revision[Pod: Object](pods: Sequence[Pod]) -> list[Pod]:
    """Pods of an older revision are on their way out: what they suffer from does not count."""
    if not pods:
        return []
    newest = max(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp") or ""))
    revision = _label(newest, "pod-template-hash")
    return [pod for pod in pods if _label(pod, "pod-template-hash") == revision]


def _label(pod: Object, name: str) -> str:
    return str((pod["metadata"].get("labels") or {}).get(name) or "")


def terminal_cause(pods: Sequence[Object]) -> Cause | None:
    """The first cause that does not go away by waiting."""
    for pod in pods:
        cause = _unschedulable(pod) or _stuck_container(pod)
        if cause is not None:
            return cause
    return None


def _unschedulable(pod: Object) -> Cause | None:
    for condition in (pod.get("status") or {}).get("conditions") or []:
        if (
            condition.get("type") == "PodScheduled"
            and condition.get("status") == "False"
            and condition.get("reason") == "Unschedulable"
        ):
            text = f"pod {_name(pod)} is unschedulable: {condition.get('message')}"
            return Cause("unschedulable", text, pod)
    return None


def _stuck_container(pod: Object) -> Cause | None:
    for container in containers(pod):
        name = container.get("name")
        waiting = (container.get("state") or {}).get("waiting") or {}
        reason = str(waiting.get("reason") or "")
        where = f"pod {_name(pod)}, container {name}"
        if reason in IMAGE_REASONS:
            text = f"{where}: the image {container.get('image')} cannot be pulled: "
            text += f"{reason}: {waiting.get('message') or 'no message'}"
            return Cause(f"image:{name}", text, pod)
        if reason in CONFIG_REASONS:
            text = f"{where}: {reason}: {waiting.get('message') or 'no message'}"
            return Cause(f"config:{name}", text, pod)
        ended = (container.get("lastState") or {}).get("terminated") or (
            container.get("state") or {}
        ).get("terminated")
        if not ended or lost(ended):
            continue
        crashes = int(container.get("restartCount") or 0)
        if ended.get("exitCode") and crashes >= CRASHES and not container.get("ready"):
            why = ended.get("reason") or "Error"
            text = f"{where}: CrashLoopBackOff: ended {crashes} times, last with exit code "
            text += f"{ended.get('exitCode')} ({why})"
            return Cause(f"crash:{name}", text, pod)
    return None


def lost(ended: Object) -> bool:
    """Whether a container ended since its node or container runtime restarted under it."""
    return ended.get("reason") in LOST


def containers(pod: Object) -> list[dict[str, Any]]:
    status = pod.get("status") or {}
    return [
        *(status.get("initContainerStatuses") or []),
        *(status.get("containerStatuses") or []),
    ]


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])


def describe(pods: Sequence[Object]) -> str:
    """One line on what the pods do, for an error after a timeout."""
    lines = []
    for pod in pods:
        states = []
        for container in containers(pod):
            state = container.get("state") or {}
            if "running" in state:
                word = "ready" if container.get("ready") else "running but not ready"
            else:
                detail = state.get("waiting") or state.get("terminated") or {}
                word = str(detail.get("reason") or "waiting")
            states.append(f"{container.get('name')} {word}")
        phase = (pod.get("status") or {}).get("phase") or "Unknown"
        lines.append(f"pod {_name(pod)} {phase} ({', '.join(states) or 'no container started'})")
    return "; ".join(lines) or "it has no pods"


def last_log_line(api: Api, cause: Cause) -> str:
    """What a crashed container said last; empty if nobody knows."""
    if not cause.key.startswith("crash:"):
        return ""
    metadata = cause.pod["metadata"]
    path = f"/api/v1/namespaces/{metadata['namespace']}/pods/{metadata['name']}/log"
    for previous in ("true", "false"):
        query = {
            "container": cause.key.partition(":")[2],
            "tailLines": "5",
            "previous": previous,
        }
        try:
            answer = api.request("GET", path, query=query, accept="*/*", check=False)
        except CamError:
            return ""
        lines = [
            line.strip()
            for line in answer.body.decode("utf-8", "replace").splitlines()
            if line.strip()
        ]
        if answer.status == 200 and lines:
            # Control characters of a log would garble the operator's terminal.
            return re.sub(r"[^\x20-\x7e\u00a0-\U0010ffff]", "?", lines[-1])[:300]
    return ""


def events_query(namespace: str, kind: str, name: str) -> str:
    """The path that lists the warnings about one object."""
    fields = f"involvedObject.kind={kind},involvedObject.name={name},type=Warning"
    return f"/api/v1/namespaces/{namespace}/events?{urlencode({'fieldSelector': fields})}"


def last_warning(api: Api, workload: Object) -> str:
    """The newest warning event of a workload: why its pods could not even be made."""
    metadata = workload["metadata"]
    path = events_query(metadata["namespace"], str(workload["kind"]), metadata["name"])
    try:
        found = api.get(path).get("items") or []
    except CamError:
        return ""
    if not found:
        return ""
    newest = max(found, key=lambda event: str(event.get("lastTimestamp") or ""))
    return f"{newest.get('reason')}: {newest.get('message')}"
