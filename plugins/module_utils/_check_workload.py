# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what Kubernetes runs: the app's rollout and image, and what keeps pods from running."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _rollout
from ansible_collections.cam.mesh.plugins.module_utils._diagnosis import Evidence, diagnose
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    OK,
    Check,
    Kind,
    declare,
    look,
)
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, condition, name_of, when
from ansible_collections.cam.mesh.plugins.module_utils._quantity import number

Object = Mapping[str, Any]

QUOTA = declare(
    "quota",
    "workload",
    looks_at="every ResourceQuota of the namespace",
    red_when="a resource is used to `quota_percent` or more: the next pod may be refused",
    next="kubectl describe resourcequota",
    critical=False,
)
CLAIMS = declare(
    "claims",
    "workload",
    looks_at="every PersistentVolumeClaim of the namespace",
    red_when="one is not bound, with what its provisioner said",
    next="kubectl describe pvc",
)
ROLLOUT = declare(
    "rollout",
    "workload",
    looks_at="the app's Deployment",
    red_when=(
        "it is gone, scaled to 0, not rolled out (failed) or has fewer pods than the "
        "inventory wants (degraded)"
    ),
    next="kubectl describe deployment cam-arbitration-mesh; kubectl get pods",
)
IMAGE = declare(
    "image",
    "workload",
    looks_at="the image of every pod, and its digest",
    red_when=(
        "it is another one than the inventory names (failed), or one name runs as two builds "
        "(degraded); another digest than the one that the inventory names is an advice"
    ),
    next="deploy again",
)
RESTARTS = declare(
    "restarts",
    "workload",
    looks_at="containers that ended within `restart_seconds`",
    red_when=(
        "one was killed for its memory, or ended for the third time (degraded); else, and if its "
        "node or container runtime restarted under it, an advice"
    ),
    next="kubectl get pods; kubectl logs POD --previous",
)
AUTOSCALER = declare(
    "autoscaler",
    "workload",
    looks_at="the HorizontalPodAutoscaler of the app",
    red_when=(
        "it is missing (failed) or could not scale for two minutes (degraded); being at its "
        "maximum is an advice"
    ),
    next="kubectl describe hpa",
)
DISRUPTION = declare(
    "disruption",
    "workload",
    looks_at="the PodDisruptionBudget of the app",
    red_when="two pods have none, or it allows no eviction: a node cannot be drained",
    next="kubectl describe pdb",
    critical=False,
)
# Restarts that are no accident any more.
OFTEN = 3
# New pods have no metrics for a while.
PATIENCE = timedelta(minutes=2)


def workload(
    kind: Kind, target: str, item: Object | None, pods: Sequence[Object], evidence: Evidence
) -> Check:
    """A Deployment or StatefulSet: the wanted pods run, in the newest revision."""
    sort, _slash, short = target.partition("/")
    if item is None:
        cause = f"{target} is gone"
        return kind.failed(target, "it does not exist", "it exists", cause, next="deploy again")
    # The items of a list do not say of which kind they are.
    item = {"kind": sort, **item}
    wanted = int((item.get("spec") or {}).get("replicas", 1))
    if wanted == 0:
        again = f"kubectl scale {sort.lower()} {short} --replicas=1, or deploy again"
        return kind.failed(target, "0 replicas wanted", "1 or more", "scaled to 0", next=again)
    ready = _rollout.readiness(item)
    if ready.ready:
        return kind.ok(target, ready.text)
    found = diagnose(item, pods, evidence)
    check = kind.failed(target, ready.text, f"{wanted} ready", found.text, next=found.next)
    return _terminal(check, found.key)


def enough(check: Check, item: Object | None, least: int) -> Check:
    """The same check, degraded if fewer pods run than the inventory wants at least."""
    if check.state != OK or item is None:
        return check
    available = int((item.get("status") or {}).get("availableReplicas", 0))
    if available >= least:
        return check
    observed, cause = f"{available} pods available", "fewer pods than the inventory wants"
    return ROLLOUT.degraded(check.target, observed, f"{least} or more", cause, next="deploy again")


def image(pods: Sequence[Object], expected: str) -> Check:
    """The pods run what the inventory names, and all of them the same build of it."""
    found = sorted({str(pod["spec"]["containers"][0]["image"]) for pod in pods})
    if found != [expected]:
        cause = "the pods run another image than the inventory names"
        return IMAGE.failed("pods", ", ".join(found) or "no pods", expected, cause)
    builds = sorted({digest for pod in pods if (digest := _build(pod))})
    if len(builds) > 1:
        cause = f"one name, {len(builds)} builds: {', '.join(builds)}"
        return IMAGE.degraded("pods", expected, "one build", cause, next="kubectl rollout restart")
    wanted = expected.partition("@")[2]
    if wanted and not builds:
        cause = "nothing tells which build runs (yet)"
        return IMAGE.advice("pods", expected, wanted, cause, next="kubectl describe pods")
    if wanted and builds != [wanted]:
        # No alarm: nodes may name an index by its manifest, or an image by its configuration.
        cause = f"it runs as {builds[0]}: that platform's part of it, or another build"
        return IMAGE.advice("pods", expected, wanted, cause, next="kubectl describe pods")
    return IMAGE.ok("pods", f"{expected}, one build ({builds[0]})" if builds else expected)


def _build(pod: Object) -> str:
    """The digest that the node tells of the app's container; empty if it tells none (yet)."""
    name = pod["spec"]["containers"][0].get("name")
    for status in (pod.get("status") or {}).get("containerStatuses") or []:
        if status.get("name") == name:
            return str(status.get("imageID") or "").rpartition("@")[2]
    return ""


def restarts(pods: Sequence[Object], now: datetime, seconds: float) -> Check:
    """Containers that ended a short while ago and run again: the mesh is up, but not well."""
    killed: list[str] = []
    often: list[str] = []
    others: list[str] = []
    for pod in pods:
        for container in _rollout.containers(pod):
            ended = (container.get("lastState") or {}).get("terminated") or {}
            if not ended.get("finishedAt"):
                continue
            if now - when(ended["finishedAt"]) > timedelta(seconds=seconds):
                continue
            text = f"{name_of(pod)} ({container.get('name')}): {ended.get('reason') or 'Error'}"
            text += f" at {when(ended['finishedAt']):%H:%M:%S} UTC"
            count = int(container.get("restartCount") or 0)
            if _rollout.lost(ended):
                others.append(f"{text}, lost when its node or container runtime restarted")
            elif ended.get("reason") == "OOMKilled":
                killed.append(text)
            elif count >= OFTEN:
                often.append(f"{text}, restart {count}")
            else:
                others.append(text)
    found = len(killed) + len(often) + len(others)
    observed = f"{found} containers restarted in {seconds:.0f} s, {len(killed)} for memory"
    if killed:
        cause = f"out of memory: {'; '.join(killed)}"
        return RESTARTS.degraded("pods", observed, "none for memory", cause)
    if often:
        cause = f"again and again: {'; '.join(often)}"
        return RESTARTS.degraded("pods", observed, "none", cause)
    if others:
        return RESTARTS.advice("pods", observed, "none", "; ".join(others))
    return RESTARTS.ok("pods", observed)


def autoscaler(items: Sequence[Object], deployment: str, wanted: bool, now: datetime) -> Check:
    """The autoscaler of the app can scale and is not at its end."""
    mine = [one for one in items if one["spec"]["scaleTargetRef"].get("name") == deployment]
    target = f"Deployment/{deployment}"
    if not mine:
        if not wanted:
            return AUTOSCALER.left_out(target, "cam_release_autoscaling_enabled is false")
        cause = "the autoscaler is gone: the number of pods stays what it is"
        return AUTOSCALER.failed(
            target, "none", "a HorizontalPodAutoscaler", cause, next="deploy again"
        )
    item = mine[0]
    target = f"HorizontalPodAutoscaler/{name_of(item)}"
    status, most = item.get("status") or {}, int(item["spec"]["maxReplicas"])
    current = int(status.get("currentReplicas") or 0)
    observed = f"{current} pods, at most {most}"
    for kind in ("AbleToScale", "ScalingActive"):
        found = condition(item, kind)
        if found.get("status") != "False":
            continue
        cause = f"it cannot scale: {found.get('reason')}: {found.get('message')}"
        since = found.get("lastTransitionTime")
        lasts = since is not None and now - when(since) > PATIENCE
        judged = AUTOSCALER.degraded if lasts else AUTOSCALER.advice
        return judged(target, observed, f"{kind} True", cause)
    if condition(item, "ScalingLimited").get("reason") == "TooManyReplicas":
        cause = "it wants more pods than its maximum allows"
        return AUTOSCALER.advice(
            target, observed, f"fewer than {most}", cause,
            next="raise cam_release_autoscaling_max_replicas, then deploy",
        )  # fmt: skip
    return AUTOSCALER.ok(target, observed)


def disruption(items: Sequence[Object], pods: Sequence[Object]) -> Check:
    """A budget that never lets a pod go blocks every drain."""
    labels = (pods[0]["metadata"].get("labels") or {}) if pods else {}
    for item in items:
        selector = (item["spec"].get("selector") or {}).get("matchLabels") or {}
        if not pods or not selector.items() <= labels.items():
            continue
        target = f"PodDisruptionBudget/{name_of(item)}"
        allowed = int((item.get("status") or {}).get("disruptionsAllowed") or 0)
        observed = f"{allowed} pods may be evicted"
        if allowed:
            return DISRUPTION.ok(target, observed)
        cause = "no pod may be evicted: a drain of its node waits for ever"
        return DISRUPTION.degraded(target, observed, "1 or more", cause)
    if len(pods) < 2:
        return DISRUPTION.ok("pods of the app", "no budget, and not two pods to keep apart")
    cause = "nothing keeps a drain from taking all pods at a time"
    return DISRUPTION.degraded("pods of the app", "no budget", "a budget", cause)


def quota(items: Sequence[Object], limit: int) -> Check:
    """Quotas that are nearly used up refuse the next pod."""
    tight = []
    for item in items:
        status = item.get("status") or {}
        used = status.get("used") or {}
        for resource, hard in (status.get("hard") or {}).items():
            if number(hard) and number(used.get(resource, 0)) * 100 >= number(hard) * limit:
                tight.append(f"{name_of(item)}: {resource} {used.get(resource, 0)} of {hard}")
    observed = f"{len(items)} quotas"
    if not tight:
        return QUOTA.ok("quotas", observed)
    cause = f"nearly used up: {'; '.join(tight)}"
    return QUOTA.degraded("quotas", observed, f"below {limit} %", cause)


def claims(items: Sequence[Object], warnings: Sequence[Object], pods: Sequence[Object]) -> Check:
    """Every claim has its volume, but for one that waits for its first pod."""
    mounted = {
        (volume.get("persistentVolumeClaim") or {}).get("claimName")
        for pod in pods
        for volume in (pod.get("spec") or {}).get("volumes") or []
    }
    bound = 0
    for item in items:
        phase = str((item.get("status") or {}).get("phase"))
        if phase == "Bound":
            bound += 1
            continue
        name = name_of(item)
        told = [
            str(event.get("message"))
            for event in warnings
            if (event.get("involvedObject") or {}).get("name") == name
        ]
        if phase == "Pending" and not told and name not in mounted:
            continue
        cause = f"claim {name} is {phase}: {told[-1] if told else 'no volume was made for it'}"
        target = f"PersistentVolumeClaim/{name}"
        return CLAIMS.failed(target, phase, "Bound", cause, next=f"kubectl describe pvc {name}")
    return CLAIMS.ok("claims", f"{bound} bound")


def _terminal(check: Check, key: str) -> Check:
    return replace(check, terminal=f"{check.name}:{key}") if key else check


@look(QUOTA)
def _quota(mesh: Look) -> Iterator[Check]:
    yield quota(mesh.objects("v1", "resourcequotas"), mesh.params["thresholds"]["quota_percent"])


@look(CLAIMS)
def _claims(mesh: Look) -> Iterator[Check]:
    items = mesh.objects("v1", "persistentvolumeclaims")
    loose = any((item.get("status") or {}).get("phase") != "Bound" for item in items)
    yield claims(items, mesh.warnings() if loose else [], mesh.pods())


@look(ROLLOUT, IMAGE)
def _rollout_of_the_app(mesh: Look) -> Iterator[Check]:
    item, pods = mesh.deployment, mesh.app_pods
    target = f"Deployment/{mesh.params['deployment']}"
    yield enough(workload(ROLLOUT, target, item, pods, mesh), item, mesh.params["min_replicas"])
    if mesh.params["image"]:
        yield image(pods, mesh.params["image"])
    else:
        yield IMAGE.left_out("pods", "cam_health_expect_image is false")


@look(RESTARTS)
def _restarts(mesh: Look) -> Iterator[Check]:
    yield restarts(mesh.pods(), mesh.now(), mesh.params["thresholds"]["restart_seconds"])


@look(AUTOSCALER)
def _autoscaler(mesh: Look) -> Iterator[Check]:
    items = mesh.objects("autoscaling/v2", "horizontalpodautoscalers")
    params = mesh.params
    yield autoscaler(items, params["deployment"], params["autoscaling"], mesh.now())


@look(DISRUPTION)
def _disruption(mesh: Look) -> Iterator[Check]:
    yield disruption(mesh.objects("policy/v1", "poddisruptionbudgets"), mesh.app_pods)
