# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a workload does not run: the cause, not the symptom, and what to type next.

The pods, the warnings of the cluster and the last words of the app are read in the order in which
they explain each other: a pod that could not be made has no container to blame.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ansible_collections.cam.mesh.plugins.module_utils import _rollout
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

Object = Mapping[str, Any]

# What an app says that explains why it does not work; tried from the newest line to the oldest.
SPOKEN = (
    (
        r"ENOTFOUND|EAI_AGAIN|no such host|could not translate host name|Name or service not known|"
        r"[Nn]ame resolution",
        "DNS: a name cannot be resolved",
    ),
    (
        r"migrat\w+ (has )?failed|(relation|column|type) \S+ (of relation \S+ )?"
        r"(already exists|does not exist)",
        "a migration failed: the database's schema is not the one that the app expects",
    ),
    (
        r"password authentication failed|WRONGPASS|NOAUTH|no password supplied",
        "a dependency refuses the login",
    ),
    (
        r"certificate has expired|self-signed certificate|unable to (get|verify)|"
        r"certificate verify failed|does not match certificate",
        "a certificate is not trusted",
    ),
    (
        r"ECONNREFUSED|[Cc]onnection refused|ETIMEDOUT|EHOSTUNREACH",
        "a dependency cannot be reached",
    ),
)
# How a container ends that was stopped: well, by SIGKILL, by SIGTERM.
STOPPED = (0, 137, 143)
# Levels of the usual JSON loggers at and above which a line is a complaint.
WARNING = 40


@dataclass(frozen=True)
class Finding:
    """A cause and the next command. `key`, if any, says that waiting does not help."""

    text: str
    next: str
    key: str = ""
    # Whose log may say more: pod, container, and whether its last life is meant.
    log: tuple[str, str, bool] | None = None


class Evidence(Protocol):
    """The part of a look that a diagnosis reads beside the pods."""

    def warnings(self) -> list[dict[str, Any]]: ...
    def log(self, pod: str, container: str, *, previous: bool) -> list[str]: ...


def diagnose(workload: Object, pods: Sequence[Object], evidence: Evidence) -> Finding:
    """The cause with the words of the app, where it has some."""
    try:
        warnings = evidence.warnings()
    except CamError:
        warnings = []
    found = explain(workload, pods, warnings)
    if found.log is None:
        return found
    pod, container, previous = found.log
    try:
        lines = evidence.log(pod, container, previous=previous)
        if previous and not lines:
            lines = evidence.log(pod, container, previous=False)
    except CamError:
        return found
    said = spoken(lines)
    return replace(found, text=f"{found.text}; {said}") if said else found


def explain(workload: Object, pods: Sequence[Object], warnings: Sequence[Object]) -> Finding:
    """The most fundamental cause that objects and warnings tell."""
    kind, name = str(workload["kind"]), str(workload["metadata"]["name"])
    newest = _rollout.newest_revision(pods) if kind == "Deployment" else list(pods)
    found = _not_made(workload, newest, warnings)
    if found is None:
        for pod in newest:
            found = _not_placed(pod, warnings) or _not_running(pod, warnings)
            if found is not None:
                break
    if found is not None:
        return found
    for pod in newest:
        for container in _rollout.containers(pod):
            if not container.get("ready") and "running" in (container.get("state") or {}):
                return _not_ready(pod, container, warnings)
    look = f"kubectl describe {kind.lower()} {name}"
    return Finding(_rollout.describe(newest), f"{look}; kubectl get pods")


def spoken(lines: Sequence[str]) -> str:
    """What the app said that explains most; its last complaint, or its last line, otherwise."""
    for pattern, meaning in SPOKEN:
        for line in reversed(lines):
            if re.search(pattern, line):
                return f"{meaning}; its log: {_sentence(line)}"
    complaints = [line for line in lines if _level(line) >= WARNING]
    last = (complaints or list(lines))[-1:]
    return f"its last log line: {_sentence(last[0])}" if last else ""


# Pods that could not be made


def _not_made(
    workload: Object, pods: Sequence[Object], warnings: Sequence[Object]
) -> Finding | None:
    kind, name = str(workload["kind"]), str(workload["metadata"]["name"])
    text = ""
    for condition in (workload.get("status") or {}).get("conditions") or []:
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            text = str(condition.get("message"))
    wanted = int((workload.get("spec") or {}).get("replicas", 1))
    if not text and kind == "StatefulSet" and len(pods) < wanted:
        text = _newest(warnings, kind, name, ("FailedCreate",))
    if not text:
        return None
    look = f"kubectl describe {kind.lower()} {name}"
    if "exceeded quota" in text:
        return Finding(f"quota exceeded: {text}", "kubectl describe resourcequota", "quota")
    if "violates PodSecurity" in text:
        return Finding(f"denied by Pod Security: {text}", look, "denied")
    if "failed calling webhook" in text:
        return Finding(f"an admission webhook does not answer: {text}", look)
    if re.search(r"denied (the )?request", text):
        return Finding(f"denied by an admission policy: {text}", look, "denied")
    return Finding(f"its pods cannot be made: {text}", look, "refused")


# Pods that run nowhere


def _not_placed(pod: Object, warnings: Sequence[Object]) -> Finding | None:
    for condition in (pod.get("status") or {}).get("conditions") or []:
        if (
            condition.get("type") != "PodScheduled"
            or condition.get("status") != "False"
            or condition.get("reason") != "Unschedulable"
        ):
            continue
        text, name = str(condition.get("message")), _name(pod)
        if "persistentvolumeclaim" in text.lower():
            claims = _claims(pod)
            why = [_newest(warnings, "PersistentVolumeClaim", claim) for claim in claims]
            told = "; ".join([text, *(one for one in why if one)])
            return Finding(
                f"pod {name} waits for an unbound claim ({', '.join(claims)}): {told}",
                f"kubectl describe pvc {' '.join(claims)}",
                "unschedulable",
            )
        # Waiting may help: somebody may be adding a node.
        return Finding(
            f"pod {name} is unschedulable: {text}",
            f"kubectl describe pod {name}; kubectl describe nodes",
        )
    return None


def _claims(pod: Object) -> list[str]:
    volumes = (pod.get("spec") or {}).get("volumes") or []
    found = [(volume.get("persistentVolumeClaim") or {}).get("claimName") for volume in volumes]
    return [str(name) for name in found if name]


# Containers that do not run


def _not_running(pod: Object, warnings: Sequence[Object]) -> Finding | None:
    for container in _rollout.containers(pod):
        found = _waiting(pod, container, warnings) or _ended(pod, container, warnings)
        if found is not None:
            return found
    return None


def _waiting(pod: Object, container: Object, warnings: Sequence[Object]) -> Finding | None:
    waiting = (container.get("state") or {}).get("waiting") or {}
    reason, message = str(waiting.get("reason") or ""), waiting.get("message") or "no message"
    name, short = _name(pod), container.get("name")
    where = f"pod {name}, container {short}"
    if reason in _rollout.IMAGE_REASONS:
        return Finding(
            f"{where}: the image {container.get('image')} cannot be pulled: {reason}: {message}",
            f"kubectl describe pod {name}",
            f"image:{short}",
        )
    if reason in _rollout.CONFIG_REASONS:
        missing = re.search(r'(configmap|secret) "([^"]+)" not found', str(message))
        look = (
            f"kubectl get {missing[1]} {missing[2]}" if missing else f"kubectl describe pod {name}"
        )
        return Finding(f"{where}: {reason}: {message}", look, f"config:{short}")
    if reason not in ("ContainerCreating", "PodInitializing"):
        return None
    told = _newest(
        warnings, "Pod", name, ("FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox")
    )
    if not told:
        return None
    missing = re.search(r'(configmap|secret) "([^"]+)" not found', told)
    look = f"kubectl get {missing[1]} {missing[2]}" if missing else f"kubectl describe pod {name}"
    return Finding(f"pod {name} cannot start: {told}", look, f"mount:{name}")


def _ended(pod: Object, container: Object, warnings: Sequence[Object]) -> Finding | None:
    """A container that ended by itself; one that is ready again has recovered."""
    ended = (container.get("state") or {}).get("terminated") or (
        container.get("lastState") or {}
    ).get("terminated")
    if not ended or container.get("ready") or _rollout.lost(ended):
        return None
    name, short = _name(pod), str(container.get("name"))
    crashes = int(container.get("restartCount") or 0)
    key = f"crash:{short}" if crashes >= _rollout.CRASHES else ""
    where = f"pod {name}, container {short}"
    look = f"kubectl logs {name} -c {short} --previous; kubectl describe pod {name}"
    if ended.get("reason") == "OOMKilled":
        limit = _memory_limit(pod, short)
        text = f"{where}: OOMKilled, it took more memory than its limit of {limit}"
        return Finding(text, look, key)
    code = ended.get("exitCode")
    # A container that is told to go for its probe ends by a signal, or well.
    if code in STOPPED and (probe := _probe(warnings, name, ("Liveness", "Startup"))):
        return Finding(f"{where}: restarted, since {probe}", look, key)
    if not code:
        return None
    times = f"ended {crashes + 1} times, last" if crashes else "ended"
    reason = ended.get("reason") or "Error"
    text = f"{where}: crash: {times} with exit code {code} ({reason})"
    alive = "running" in (container.get("state") or {})
    again = "waiting" in (container.get("state") or {}) or alive
    return Finding(text, look, key, (name, short, again))


def _memory_limit(pod: Object, container: str) -> str:
    for one in (pod.get("spec") or {}).get("containers") or []:
        if one.get("name") == container:
            limits = (one.get("resources") or {}).get("limits") or {}
            return str(limits.get("memory") or "its node")
    return "its node"


# Containers that run but are not ready


def _not_ready(pod: Object, container: Object, warnings: Sequence[Object]) -> Finding:
    name, short = _name(pod), str(container.get("name"))
    probe = _probe(warnings, name, ("Readiness", "Startup", "Liveness"))
    why = probe or "its readiness probe has not succeeded yet"
    return Finding(
        f"pod {name}, container {short} is not ready: {why}",
        f"kubectl logs {name} -c {short}; kubectl describe pod {name}",
        log=(name, short, False),
    )


def _probe(warnings: Sequence[Object], pod: str, kinds: tuple[str, ...]) -> str:
    """What a probe of these kinds said last."""
    told = [
        event
        for event in _about(warnings, "Pod", pod)
        if event.get("reason") == "Unhealthy" and str(event.get("message")).startswith(kinds)
    ]
    return f"its {_last(told)[0].lower()}{_last(told)[1:]}" if told else ""


# Warnings


def _about(warnings: Sequence[Object], kind: str, name: str) -> Iterator[Object]:
    for event in warnings:
        subject = event.get("involvedObject") or {}
        if (subject.get("kind"), subject.get("name")) == (kind, name):
            yield event


def _newest(warnings: Sequence[Object], kind: str, name: str, reasons: tuple[str, ...] = ()) -> str:
    told = [
        event
        for event in _about(warnings, kind, name)
        if not reasons or event.get("reason") in reasons
    ]
    return _last(told)


def _last(events: Sequence[Object]) -> str:
    if not events:
        return ""
    newest = max(
        events, key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or "")
    )
    return str(newest.get("message") or newest.get("reason") or "")


# Logs


def _level(line: str) -> int:
    try:
        level = json.loads(line)["level"]
    except (ValueError, KeyError, TypeError):
        return 0
    words = {"warn": 40, "warning": 40, "error": 50, "fatal": 60}
    return level if isinstance(level, int) else words.get(str(level).lower(), 0)


def _sentence(line: str) -> str:
    """The words of a line of JSON, or the line itself."""
    try:
        said = json.loads(line)
    except ValueError:
        return line[:300]
    if not isinstance(said, dict):
        return line[:300]
    words = [str(said[key]) for key in ("msg", "message", "reason", "error") if said.get(key)]
    return ": ".join(words)[:300] or line[:300]


def _name(pod: Object) -> str:
    return str(pod["metadata"]["name"])
