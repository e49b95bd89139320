# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of cam_load: puts a bounded load on a mesh and judges what became of it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _load_judge, _load_tools
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import FAILED, OK, Check, report
from ansible_collections.cam.mesh.plugins.module_utils._http import cause_of
from ansible_collections.cam.mesh.plugins.module_utils._kube import APPLY, Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._load_judge import (
    Accepted,
    Limits,
    Numbers,
    held_rate,
)
from ansible_collections.cam.mesh.plugins.module_utils._load_tools import Load, Target
from ansible_collections.cam.mesh.plugins.module_utils._look import CLIENT_SPEC, Look
from ansible_collections.cam.mesh.plugins.module_utils._names import APP_SELECTOR
from ansible_collections.cam.mesh.plugins.module_utils._pods_info import TABLE, rows
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **CLIENT_SPEC,
    "scenario": {
        "type": "str",
        "required": True,
        "choices": ["load", "spike", "soak", "stress"],
    },
    "script": {"type": "path", "required": True},
    "tool": {"type": "str", "required": True},
    "rate": {"type": "int", "default": 20},
    "peak_rate": {"type": "int", "default": 100},
    "seconds": {"type": "int", "default": 60},
    "process_percent": {"type": "int", "default": 50},
    "max_requests": {"type": "int", "default": 50_000},
    "p95_ms": {"type": "float", "default": 500.0},
    "error_percent": {"type": "float", "default": 1.0},
    "regression_percent": {"type": "float", "default": 20.0},
    "accept": {"type": "bool", "default": False},
    "results_directory": {"type": "path"},
}
CONFIG_MAP = "cam-load-accepted"
# A step of a stress run must outlast the first answers of its rate.
SHORTEST_STEP_SECONDS = 2
RECOVERY_TRIES = 10
RECOVERY_PAUSE_SECONDS = 3.0


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """Runs the scenario; in check mode only what stands before it."""
    load = _load(params)
    limits = Limits(params["p95_ms"], params["error_percent"], params["regression_percent"])
    tool = _tool(params)
    if not params["url"]:
        raise CamError(
            "the mesh has no URL for a load from outside; set cam_release_url in the inventory"
        )
    kube = Kube.connect(params["kubeconfig"], params["context"])
    mesh = Look(kube, params)
    url = params["url"].rstrip("/")
    target = Target(url, params["url_address"], mesh.api_key(), mesh.authority())
    path = f"/api/v1/namespaces/{mesh.namespace}/configmaps/{CONFIG_MAP}"
    accepted = _accepted(kube, path, load.scenario)
    if check_mode:
        return {"lines": [f"would run {load.shape}: about {load.requests} requests"]}
    started, clock = datetime.now(UTC), time.monotonic()
    version = _version(mesh)
    before = _restarts(kube, mesh.namespace)
    generate = _load_tools.artillery if load.scenario == "stress" else _load_tools.k6
    numbers = generate(tool, params["script"], load, target)
    checks = [*_checks(numbers, limits, load), _survived(kube, mesh, before)]
    now = started.isoformat(timespec="seconds")
    mine = Accepted(
        load.scenario, load.shape, version, now, round(numbers.p95_ms, 1),
        round(numbers.error_percent, 3), held_rate(numbers, limits),
    )  # fmt: skip
    taken = params["accept"] and _load_judge.acceptable(checks)
    if taken:
        _accept(kube, path, mine)
        accepted = mine
    checks += _load_judge.against_accepted(numbers, limits, accepted, load.shape)
    result = {
        "changed": taken,
        **report(
            checks,
            cluster=params["cluster"],
            environment=params["environment"],
            namespace=mesh.namespace,
            started=started,
            duration_ms=int((time.monotonic() - clock) * 1000),
        ),
        "scenario": load.scenario,
        "shape": load.shape,
        "numbers": _shown(numbers),
        "accepted": accepted.as_dict() if accepted else {},
    }
    if params["results_directory"]:
        _keep(result, Path(params["results_directory"]), params["cluster"] or mesh.namespace, now)
    return result


def _load(params: Params) -> Load:
    """The load, refused where it could not be one or would be more than was allowed."""
    load = Load(
        params["scenario"], params["rate"], params["peak_rate"], params["seconds"],
        params["process_percent"],
    )  # fmt: skip
    for name in ("rate", "peak_rate", "seconds", "max_requests"):
        if params[name] < 1:
            raise CamError(f"{name} is {params[name]}; it must be 1 or more")
    if not 0 <= load.process_percent <= 100:
        raise CamError(f"process_percent is {load.process_percent}; it must be 0 to 100")
    if load.scenario in ("spike", "stress") and load.peak_rate < load.rate:
        raise CamError(
            f"peak_rate is {load.peak_rate}, below rate {load.rate}; it must not be lower"
        )
    shortest = SHORTEST_STEP_SECONDS * _load_tools.STRESS_STEPS
    if load.scenario == "stress" and load.seconds < shortest:
        raise CamError(f"seconds is {load.seconds}; a stress run needs {shortest} or more")
    if load.requests > params["max_requests"]:
        raise CamError(
            f"{load.shape} is about {load.requests} requests, above max_requests "
            f"{params['max_requests']}; lower the rate or the time, or raise cam_load_max_requests"
        )
    return load


def _tool(params: Params) -> str:
    if params["scenario"] == "stress":
        return _load_tools.find_tool(
            params["tool"], "cam_load_artillery", _load_tools.GET_ARTILLERY
        )
    return _load_tools.find_tool(params["tool"], "cam_load_k6", _load_tools.GET_K6)


def _checks(numbers: Numbers, limits: Limits, load: Load) -> list[Check]:
    if load.scenario == "stress":
        return _load_judge.stress(numbers, limits, load.rate)
    return _load_judge.against_limits(numbers, limits)


def _version(mesh: Look) -> str:
    """What runs now; a mesh that does not answer is not put under load."""
    try:
        answer = mesh.ask("GET", "/health")
        return str(answer.json()["version"])
    except (CamError, OSError, LookupError, TypeError, ValueError) as error:
        raise CamError(
            f"{mesh.params['url']}: /health does not answer before the load: {cause_of(error)}"
        ) from error


def _restarts(kube: Kube, namespace: str) -> dict[str, int]:
    query = {"includeObject": "None", "labelSelector": APP_SELECTOR}
    path = f"/api/v1/namespaces/{namespace}/pods"
    found = kube.request("GET", path, query=query, accept=TABLE)
    return {row.name: row.restarts for row in rows(found.json())}


def _survived(kube: Kube, mesh: Look, before: dict[str, int]) -> Check:
    """After the load the mesh answers again, and none of its containers had to be restarted."""
    cause = ""
    for attempt in range(RECOVERY_TRIES):
        if attempt:
            time.sleep(RECOVERY_PAUSE_SECONDS)
        try:
            status = mesh.ask("GET", "/ready").status
            cause = "" if status == 200 else f"/ready answers {status}"
        except (CamError, OSError) as error:
            cause = f"/ready: {cause_of(error)}"
        if not cause:
            break
    after = _restarts(kube, mesh.namespace)
    restarted = [name for name, count in after.items() if count > before.get(name, 0)]
    if restarted:
        cause = f"{', '.join(restarted)} restarted under the load{f'; {cause}' if cause else ''}"
    observed = cause or "ready after the load, no container restarted"
    state = FAILED if cause else OK
    following = f"kubectl -n {mesh.namespace} get pods,events" if cause else ""
    return Check(
        "load_survived", _load_judge.GROUP, "the mesh", state, True, observed,
        "ready, nothing restarted", cause, following,
    )  # fmt: skip


def _accepted(kube: Kube, path: str, scenario: str) -> Accepted | None:
    kept = (kube.find(path) or {}).get("data") or {}
    return _load_judge.read_accepted(kept.get(scenario, ""))


def _accept(kube: Kube, path: str, mine: Accepted) -> None:
    """Each scenario owns its own line of the ConfigMap, so that runs do not undo each other."""
    query = {"fieldManager": f"cam.mesh.{mine.scenario}", "force": "true"}
    body = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": CONFIG_MAP,
            "labels": {"app.kubernetes.io/managed-by": "cam.mesh"},
        },
        "data": {mine.scenario: json.dumps(mine.as_dict(), indent=2)},
    }
    try:
        kube.request("PATCH", path, query=query, body=body, content_type=APPLY)
    except KubeError as error:
        raise CamError(f"the run could not be accepted: {error}") from error


def _shown(numbers: Numbers) -> dict[str, Any]:
    return {
        "requests": numbers.requests,
        "failed": numbers.failed,
        "never_sent": numbers.late,
        "error_percent": round(numbers.error_percent, 3),
        "p50_ms": round(numbers.p50_ms, 1),
        "p95_ms": round(numbers.p95_ms, 1),
        "p99_ms": round(numbers.p99_ms, 1),
        "steps": [
            {
                "rate": step.rate,
                "requests": step.requests,
                "failed": step.failed,
                "p95_ms": round(step.p95_ms, 1),
            }
            for step in numbers.steps
        ],
    }


def _keep(result: Result, folder: Path, cluster: str, now: str) -> None:
    stamp = now.replace(":", "").replace("+0000", "Z")
    file = folder / f"{cluster}-{result['scenario']}-{stamp}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise CamError(f"the result could not be written to {file}: {error.strerror}") from error
