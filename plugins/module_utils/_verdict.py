# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the verdict: every look at once, none waits for another, and the end comes in time."""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _checks, _health
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError, words
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    NOT_ASKED,
    NOT_CONFIGURED,
    OK,
    Check,
    Kind,
    Registered,
)
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from ansible_collections.cam.mesh.plugins.module_utils._look import Look
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC, Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._threads import side_by_side

THRESHOLDS: dict[str, Any] = {
    "cache_memory_percent": {"type": "int", "default": 90},
    "certificate_days": {"type": "int", "default": 14},
    "clock_seconds": {"type": "int", "default": 30},
    "connections_percent": {"type": "int", "default": 85},
    "disk_percent": {"type": "int", "default": 85},
    "error_percent": {"type": "float", "default": 5.0},
    "latency_ms": {"type": "float", "default": 50.0},
    "quota_percent": {"type": "int", "default": 90},
    "restart_seconds": {"type": "int", "default": 300},
}
ARGUMENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "cluster": {"type": "str", "default": ""},
    "environment": {"type": "str", "default": ""},
    "namespace": {"type": "str", "required": True},
    "deployment": {"type": "str", "default": "cam-arbitration-mesh"},
    "service": {"type": "str", "default": "cam-service"},
    "min_replicas": {"type": "int", "default": 1},
    "autoscaling": {"type": "bool", "default": False},
    "image": {"type": "str", "default": ""},
    "version": {"type": "str", "default": ""},
    "url": {"type": "str", "default": ""},
    "url_address": {"type": "str", "default": ""},
    "url_ca_secret": {"type": "dict", "no_log": False},
    "api_key_secret": {"type": "dict", "no_log": False},
    "database": {"type": "dict", "default": {}},
    "cache": {"type": "dict", "default": {}},
    "process": {"type": "dict", "default": {}},
    "collaboration_path": {"type": "str", "default": ""},
    "prometheus": {"type": "dict", "default": {}},
    "jobs": {
        "type": "list",
        "elements": "str",
        "default": ["cam-arbitration-mesh", "cam-collaboration-engine"],
    },
    "ignore_alerts": {"type": "list", "elements": "str", "default": ["Watchdog"]},
    "network_policy": {
        "type": "str",
        "choices": ["required", "not_enforced"],
        "default": "required",
    },
    "endpoints": {"type": "list", "elements": "raw", "default": []},
    "skip": {"type": "list", "elements": "str", "default": []},
    "thresholds": {"type": "dict", "apply_defaults": True, "options": THRESHOLDS},
    "timeout_seconds": {"type": "int", "default": 10},
    "deadline_seconds": {"type": "int", "default": 15},
}
WORKERS = 12


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """The verdict on one mesh cluster; changes nothing."""
    return document(params, *judge(params))


def judge(params: Params) -> tuple[list[Check], datetime, int]:
    """All checks, when they began, and how many milliseconds they took."""
    _refuse_unknown(params["skip"])
    started, clock = datetime.now(UTC), time.monotonic()
    mesh = Look(Kube.connect(params["kubeconfig"], params["context"]), params)
    checks = look(mesh, _health.looks(_checks.FILES))
    return checks, started, int((time.monotonic() - clock) * 1000)


def document(params: Params, checks: list[Check], started: datetime, duration_ms: int) -> Result:
    return _health.report(
        checks,
        cluster=params["cluster"],
        environment=params["environment"],
        namespace=params["namespace"],
        started=started,
        duration_ms=duration_ms,
    )


def look(mesh: Look, looks: list[Registered]) -> list[Check]:
    """The gates first; then, unless one is shut, all others; all within one deadline."""
    deadline = time.monotonic() + mesh.params["deadline_seconds"]
    checks = _side_by_side(mesh, [one for one in looks if one.gate], deadline)
    if any(check.state != OK for check in checks):
        return checks
    return checks + _side_by_side(mesh, [one for one in looks if not one.gate], deadline)


def _side_by_side(mesh: Look, looks: list[Registered], deadline: float) -> list[Check]:
    jobs = [_job(mesh, one) for one in looks]
    ended = side_by_side(jobs, workers=WORKERS, seconds=deadline - time.monotonic())
    checks: list[Check] = []
    for one, found in zip(looks, ended, strict=True):
        if isinstance(found, Exception):
            raise found
        checks += _late(one, mesh.params["deadline_seconds"]) if found is None else found
    return checks


def _job(mesh: Look, one: Registered) -> Callable[[], list[Check]]:
    return lambda: _at(mesh, one)


def _at(mesh: Look, one: Registered) -> list[Check]:
    """One look: every check that it owes comes back, whatever happens."""
    checks = _asked(mesh, one)
    checks += [
        kind.unknown(mesh.namespace, NOT_ASKED, "", "what it needs is red")
        for kind in _owed(one, checks)
    ]
    return [_skipped(check) if check.name in mesh.params["skip"] else check for check in checks]


def _asked(mesh: Look, one: Registered) -> list[Check]:
    checks: list[Check] = []
    started = time.monotonic()

    def keep(check: Check) -> None:
        nonlocal started
        # As it must be typed: in the namespace of the mesh.
        typed = check.next.replace("kubectl ", f"kubectl -n {mesh.namespace} ")
        now = time.monotonic()
        checks.append(replace(check, next=typed, duration_ms=int((now - started) * 1000)))
        started = now

    try:
        for check in one.look(mesh):
            keep(check)
    except Exception as error:
        # Whatever it is: it must take down neither the other looks nor what this one has seen.
        for kind in _owed(one, checks)[:1]:
            keep(_unanswered(kind, mesh.namespace, error))
    return checks


def _skipped(check: Check) -> Check:
    text = "cam_health_skip leaves it out"
    return replace(check, state=NOT_CONFIGURED, observed=text, expected="", cause="", next="")


def _owed(one: Registered, checks: list[Check]) -> list[Kind]:
    done = {check.name for check in checks}
    return [kind for kind in one.kinds if kind.name not in done]


def _unanswered(kind: Kind, target: str, error: Exception) -> Check:
    """A check that could not be made. Nobody answering is a finding; the rest is not knowing."""
    text = words(error)
    if isinstance(error, KubeError) and error.status == 403:
        allowed = "kubectl auth can-i --list; or name the check in cam_health_skip"
        cause = f"the kubeconfig's user may not do this: {text}"
        return kind.unknown(target, "no permission", "an answer", cause, next=allowed)
    silent = isinstance(error, KubeError) and (
        error.status in (502, 503, 504) or error.reason in ("Timeout", "PortForward")
    )
    if silent or isinstance(error, OSError):
        return kind.failed(target, "no answer", "an answer", text)
    return kind.unknown(target, "no answer", "an answer", text)


def _late(one: Registered, seconds: int) -> list[Check]:
    cause = f"it did not end within {seconds} s (cam_health_deadline_seconds)"
    first, *rest = (kind.unknown("", "no answer", "an answer", cause) for kind in one.kinds)
    return [first, *(replace(check, observed=NOT_ASKED) for check in rest)]


def _refuse_unknown(names: list[str]) -> None:
    known = [kind.name for kind in _health.kinds()]
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise CamError(f"skip names '{name}', which is no check{hint} All: {', '.join(known)}")
