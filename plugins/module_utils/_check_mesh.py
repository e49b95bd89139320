# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the mesh as one: every instance is asked, and they must agree and be enough."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._check_endpoints import page
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._look import Look
from ansible_collections.cam.mesh.plugins.module_utils._names import METRICS_PATHS

CONSENSUS = declare(
    "consensus",
    "mesh",
    looks_at="the consensus settings in the app's ConfigMap",
    red_when=(
        "the algorithm is unknown, or the threshold lets two halves of the mesh decide "
        "differently; an advice where one is not told"
    ),
    next="correct `mesh` in cam_release_values, then deploy",
)
AGREEMENT = declare(
    "agreement",
    "mesh",
    looks_at="version and mesh id of every instance, asked one by one",
    red_when="two instances differ; an advice where one tells no mesh id or does not answer",
    next="kubectl get pods --show-labels; deploy again",
)
QUORUM = declare(
    "quorum",
    "mesh",
    looks_at="how many instances answer, beside the consensus threshold",
    red_when="fewer answer than must agree",
    next="kubectl get pods; kubectl logs deployment/cam-arbitration-mesh",
)
SETTINGS = ("CAM_CONSENSUS_ALGORITHM", "CAM_CONSENSUS_THRESHOLD")
# What a majority, and a majority among traitors, must be at least; 0.66 is how CAM writes 2/3.
LEAST = {"raft": 0.5, "pbft": 0.66}
THRESHOLD = 0.66
# Instances that tolerate one traitor.
PBFT_INSTANCES = 4


@dataclass(frozen=True)
class Instance:
    """What one pod says of itself; `version` is empty if it does not answer."""

    name: str
    version: str = ""
    mesh_id: str = ""


def consensus(settings: Mapping[str, str], instances: int) -> Check:
    """Settings under which two different decisions cannot both win."""
    target = "ConfigMap of the app"
    algorithm = settings.get("CAM_CONSENSUS_ALGORITHM", "raft")
    told = settings.get("CAM_CONSENSUS_THRESHOLD", str(THRESHOLD))
    observed = f"{algorithm}, threshold {told}"
    if algorithm not in LEAST:
        expected, cause = " or ".join(LEAST), f"'{algorithm}' is no consensus algorithm of CAM"
        return CONSENSUS.failed(target, observed, expected, cause)
    least = LEAST[algorithm]
    part = share(settings)
    above = part >= least if algorithm == "pbft" else part > least
    if not (above and part <= 1):
        expected = f"{'at least' if algorithm == 'pbft' else 'more than'} {least}, at most 1"
        cause = f"a threshold of {told} lets parts of the mesh decide differently, or never"
        return CONSENSUS.failed(target, observed, expected, cause)
    if algorithm == "pbft" and instances < PBFT_INSTANCES:
        cause = f"pbft with {instances} instances tolerates no faulty one"
        return CONSENSUS.advice(target, observed, f"{PBFT_INSTANCES} instances or more", cause)
    if assumed := [name for name in SETTINGS if name not in settings]:
        cause = f"not told, so CAM's own was taken for {', '.join(assumed)}"
        return CONSENSUS.advice(target, observed, "both told", cause)
    return CONSENSUS.ok(target, observed)


def agreement(instances: Sequence[Instance]) -> Check:
    """All that answer are of one version and one mesh."""
    answering = [one for one in instances if one.version]
    target = f"{len(instances)} instances"
    if not answering:
        cause = "no instance answers"
        return AGREEMENT.unknown(target, "nothing to compare", "one or more", cause)
    for what, values in (
        ("version", {one.name: one.version for one in answering}),
        ("mesh id", {one.name: one.mesh_id for one in answering if one.mesh_id}),
    ):
        if len(set(values.values())) > 1:
            cause = f"instances disagree on their {what}: " + ", ".join(
                f"{name} says {value}" for name, value in sorted(values.items())
            )
            observed = f"{len(set(values.values()))} values of {what}"
            return AGREEMENT.failed(target, observed, "one", cause)
    told = sorted({one.mesh_id for one in answering if one.mesh_id})
    observed = f"version {answering[0].version}, mesh id {', '.join(told) or 'not told'}"
    if left := _not_compared(instances):
        return AGREEMENT.advice(target, observed, "all compared", f"not compared: {left}")
    return AGREEMENT.ok(target, observed)


def _not_compared(instances: Sequence[Instance]) -> str:
    silent = [one.name for one in instances if not one.version]
    nameless = [one.name for one in instances if one.version and not one.mesh_id]
    parts = [f"{', '.join(silent)} (no answer)"] if silent else []
    parts += [f"the mesh id of {', '.join(nameless)} (not told)"] if nameless else []
    return "; ".join(parts)


def quorum(instances: Sequence[Instance], wanted: int, threshold: float) -> Check:
    """Enough instances answer to decide anything."""
    answering = sum(bool(one.version) for one in instances)
    # With a threshold that is none, the consensus is red and this one takes CAM's own.
    part = THRESHOLD if math.isnan(threshold) else threshold
    needed = max(1, math.ceil(wanted * part - 1e-9))
    observed, target = f"{answering} of {wanted} instances answer", "instances"
    if answering >= needed:
        return QUORUM.ok(target, observed)
    silent = [one.name for one in instances if not one.version]
    cause = "too few instances to decide"
    if silent:
        cause = f"{cause}: no answer from {', '.join(silent)}"
    return QUORUM.failed(target, observed, f"{needed} or more", cause)


def mesh_id(metrics: str) -> str:
    """The mesh id that an instance puts on its collaboration page; empty if it puts none."""
    found = re.search(r'^cam_mesh_info\{[^}]*\bmesh_id="([^"]*)"', metrics, re.MULTILINE)
    return found[1] if found else ""


def share(settings: Mapping[str, str]) -> float:
    """The consensus threshold; not a number if the settings make none of it."""
    told = settings.get("CAM_CONSENSUS_THRESHOLD", str(THRESHOLD))
    return float(told) if re.fullmatch(r"\d+(\.\d+)?", told) else math.nan


def _settings(mesh: Look) -> dict[str, str]:
    """What the containers of the app take from ConfigMaps."""
    found: dict[str, str] = {}
    if mesh.deployment is None:
        name = mesh.params["deployment"]
        raise CamError(f"Deployment {name} is gone: it has no settings to read")
    for container in containers_of(mesh.deployment):
        for source in container.get("envFrom") or []:
            name = (source.get("configMapRef") or {}).get("name")
            if name:
                item = mesh.one("configmaps", name)
                if item is None:
                    raise CamError(f"ConfigMap {name} is gone: the next pod cannot start")
                found.update(item.get("data") or {})
    return found


def containers_of(deployment: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The containers of its pods; none if there is no Deployment."""
    found: list[Mapping[str, Any]] = (
        deployment["spec"]["template"]["spec"]["containers"] if deployment else []
    )
    return found


def _instance(mesh: Look, pod: str) -> Instance:
    try:
        answer = mesh.pod(pod, "/health")
        version = str(answer.json()["version"]) if answer.status == 200 else ""
    except (CamError, OSError, ValueError, LookupError, TypeError):
        return Instance(pod)
    try:
        told = mesh_id(page(mesh, pod, METRICS_PATHS[1]))
    except (CamError, OSError):
        told = ""
    return Instance(pod, version, told)


@look(CONSENSUS)
def _consensus(mesh: Look) -> Iterator[Check]:
    yield consensus(_settings(mesh), len(mesh.app_pods))


@look(AGREEMENT, QUORUM)
def _instances(mesh: Look) -> Iterator[Check]:
    found = mesh.each(lambda pod: _instance(mesh, pod), mesh.running_pods)
    yield agreement(found)
    wanted = int(((mesh.deployment or {}).get("spec") or {}).get("replicas", 1))
    yield quorum(found, wanted, share(_settings(mesh)))
