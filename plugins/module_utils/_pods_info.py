# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of cam_pods_info: ten thousand pods in one small answer of the API.

The API server prints the columns of `kubectl get pods` by itself (a Table): 125 bytes a pod instead
of 4 KiB. Only the pods that are not ready are read whole, up to a limit.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, NamedTuple

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    DEGRADED,
    FAILED,
    OK,
    UNKNOWN,
    Check,
    report,
)
from ansible_collections.cam.mesh.plugins.module_utils._http import printable
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._rollout import describe, terminal_cause
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "label_selector": {"type": "str", "default": ""},
    "report_limit": {"type": "int", "default": 20},
    "timeout_seconds": {"type": "int", "default": 30},
}
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
GROUP = "workload"
# A handshake costs more than an answer, so each connection is used for some.
READERS = 4
ANSWERS_A_READER = 5
# What a pod that did its work, or is on its way out, is called in the column STATUS.
FINISHED = ("Completed", "Succeeded")
LEAVING = "Terminating"


class Row(NamedTuple):
    """A pod as the API server prints it: a tuple, since there are ten thousand."""

    name: str
    ready: bool
    status: str
    restarts: int

    @property
    def counts(self) -> bool:
        """Whether this pod should be ready."""
        return self.status not in FINISHED and self.status != LEAVING


def rows(table: Mapping[str, Any]) -> list[Row]:
    """The pods of a Table. Raises CamError for an answer that is none."""
    if table.get("kind") != "Table":
        raise CamError(f"the API answered with {table.get('kind')!r} instead of a Table")
    places = {column["name"]: at for at, column in enumerate(table["columnDefinitions"])}
    name, ready, status, restarts = (
        places[title] for title in ("Name", "Ready", "Status", "Restarts")
    )
    return [
        Row(
            str(cells[name]),
            _all_ready(str(cells[ready])),
            str(cells[status]),
            _times(str(cells[restarts])),
        )
        for cells in (row["cells"] for row in table["rows"] or [])
    ]


@cache
def _all_ready(text: str) -> bool:
    """Of "1/2", which few texts of ten thousand differ in."""
    up, _slash, wanted = text.partition("/")
    return up == wanted and wanted not in ("", "0")


@cache
def _times(text: str) -> int:
    """Of "3 (5m ago)"."""
    return int(text.partition(" ")[0])


def judge(pods: Sequence[Row], reasons: Mapping[str, str], spent_ms: int) -> list[Check]:
    """One check for all pods, and one for each pod with a reason."""
    wanted = [pod for pod in pods if pod.counts]
    sick = [pod for pod in wanted if not pod.ready]
    if not wanted:
        state, observed, cause = UNKNOWN, "no pod is there to be ready", "nothing was looked at"
    else:
        state = OK if not sick else DEGRADED if len(sick) < len(wanted) else FAILED
        observed = f"{len(wanted) - len(sick)} of {len(wanted)} pods ready"
        states = Counter(pod.status for pod in sick)
        cause = ", ".join(f"{count} {status}" for status, count in states.most_common(5))
    checks = [
        Check(
            "pods_sweep", GROUP, f"{len(pods)} pods", state, True, observed, "every pod is ready",
            cause, duration_ms=spent_ms,
        )
    ]  # fmt: skip
    for pod in sick:
        if pod.name in reasons:
            target, reason = f"Pod/{pod.name}", reasons[pod.name]
            check = Check("pod", GROUP, target, DEGRADED, True, pod.status, "ready", reason)
            checks.append(check)
    return checks


def _reason(kube: Kube, path: str) -> str:
    """Why this pod is not ready; empty if it is gone by now."""
    pod = kube.find(path)
    if pod is None:
        return ""
    cause = terminal_cause([pod])
    return printable(cause.text if cause else describe([pod]))


def _path(namespace: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", namespace):
        raise CamError(f"namespace '{namespace}' is no name of a namespace")
    return f"/api/v1/namespaces/{namespace}/pods"


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The pods of one namespace; changes nothing."""
    kube = Kube.connect(params["kubeconfig"], params["context"])
    path = _path(params["namespace"])
    query = {"includeObject": "None"}
    if params["label_selector"]:
        query["labelSelector"] = params["label_selector"]
    started = time.monotonic()
    answer = kube.request("GET", path, query=query, accept=TABLE, timeout=params["timeout_seconds"])
    pods = rows(answer.json())
    spent_ms = int((time.monotonic() - started) * 1000)
    sick = [pod.name for pod in pods if pod.counts and not pod.ready][: params["report_limit"]]
    readers = min(READERS, max(1, len(sick) // ANSWERS_A_READER))
    with ThreadPoolExecutor(readers) as pool:
        found = pool.map(lambda name: _reason(kube, f"{path}/{name}"), sick)
    reasons = {name: reason for name, reason in zip(sick, found, strict=True) if reason}
    return {
        **report(judge(pods, reasons, spent_ms)),
        "counts": {
            "pods": len(pods),
            "ready": sum(pod.ready and pod.counts for pod in pods),
            "not_ready": sum(pod.counts and not pod.ready for pod in pods),
            "finished": sum(pod.status in FINISHED for pod in pods),
            "restarts": sum(pod.restarts for pod in pods),
        },
        "states": dict(Counter(pod.status for pod in pods).most_common()),
        "duration_ms": spent_ms,
    }
