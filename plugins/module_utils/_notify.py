# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells receivers when the status of a mesh changes, once a change, until they took it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._files import locked, make_folder, replace
from ansible_collections.cam.mesh.plugins.module_utils._report import (
    HEALTHY,
    Cluster,
    assemble,
    now,
    troubles,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._send import send

ARGUMENT_SPEC: dict[str, Any] = {
    "verdicts": {"type": "dict", "required": True},
    "history_directory": {"type": "path", "required": True},
    "alertmanager_url": {"type": "str", "default": ""},
    "webhook_url": {"type": "str", "default": "", "no_log": True},
    "webhook_authorization": {"type": "str", "default": "", "no_log": True},
    "timeout_seconds": {"type": "int", "default": 15},
}
FILE = "notified.json"
ALERT = "CAMMeshNotHealthy"
SEVERITIES = {"degraded": "warning", "failed": "critical", "unknown": "critical"}
# An alert must not end by itself because no run says anew that the mesh is still sick.
ALERT_DAYS = 7

# What a receiver was told of each cluster: status and since when, and an alert's labels.
Told = dict[str, dict[str, Any]]
Post = Callable[[str, Any, Mapping[str, str]], None]


@dataclass
class Outcome:
    """What was sent, and what could not be."""

    lines: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def run(params: Params, *, check_mode: bool, diff: bool, clock: Callable[[], str] = now) -> Result:
    """Tell what changed since each receiver was last told; a failure is only reported."""
    # An empty path would be the folder in which the run happens to start.
    if not params["history_directory"]:
        raise CamError(
            "nobody is told without a memory of what was told: set cam_health_history_directory"
        )
    at = clock()
    clusters = assemble(params["verdicts"], at)["clusters"]
    outcome = Outcome()
    if check_mode:
        return {"changed": False, "lines": [], "warnings": []}
    try:
        folder = make_folder(Path(params["history_directory"]))
        # One at a time, or two runs would both see the same change and both tell it.
        with locked(folder / ".notify.lock", seconds=2 * params["timeout_seconds"] + 30):
            told = _read(folder / FILE)
            for name, tell in _receivers(params).items():
                told[name] = _tell(name, tell, clusters, told.get(name, {}), at, outcome)
                replace(folder / FILE, json.dumps(told, indent=2) + "\n", 0o600)
    except CamError as error:
        outcome.warnings.append(f"nobody was told: {error}")
    return {
        "changed": bool(outcome.lines),
        "lines": outcome.lines,
        "warnings": outcome.warnings,
    }


def _receivers(params: Params) -> dict[str, Callable[[Cluster, dict[str, Any], str], Any]]:
    """How to tell each receiver of one cluster."""
    found: dict[str, Callable[[Cluster, dict[str, Any], str], Any]] = {}
    post = _poster(params["timeout_seconds"])
    if params["alertmanager_url"]:
        url = f"{params['alertmanager_url'].rstrip('/')}/api/v2/alerts"
        found["alertmanager"] = lambda cluster, before, at: _alert(post, url, cluster, before, at)
    if params["webhook_url"]:
        secret = params["webhook_authorization"]
        headers = {"Authorization": secret} if secret else {}
        found["webhook"] = lambda cluster, before, at: _webhook(
            post, params["webhook_url"], headers, cluster, before, at
        )
    return found


def _tell(
    name: str,
    tell: Callable[[Cluster, dict[str, Any], str], Any],
    clusters: list[Cluster],
    told: Told,
    at: str,
    outcome: Outcome,
) -> Told:
    """What this receiver knows afterwards; what it did not take is tried again by the next run."""
    result = dict(told)
    for cluster in clusters:
        before = told.get(cluster["cluster"], {"status": HEALTHY, "since": at})
        change = f"{cluster['cluster']}: {before['status']} -> {cluster['status']}"
        try:
            result[cluster["cluster"]] = {**before, **tell(cluster, before, at)}
        except CamError as error:
            outcome.warnings.append(f"{name} was not told ({change}), the next run tries: {error}")
            continue
        if before["status"] != cluster["status"]:
            outcome.lines.append(f"{name} was told: {change}")
    return result


def _webhook(
    post: Post,
    url: str,
    headers: Mapping[str, str],
    cluster: Cluster,
    before: dict[str, Any],
    at: str,
) -> dict[str, Any]:
    if cluster["status"] == before["status"]:
        return before
    first = next(iter(troubles(cluster)), {})
    body = {
        "schema": "cam.mesh/health-change/v1",
        "cluster": cluster["cluster"],
        "environment": cluster["environment"],
        "namespace": cluster["namespace"],
        "status": cluster["status"],
        "previous": before["status"],
        "previous_since": before["since"],
        "at": at,
        "cause": cluster["cause"],
        "next": first.get("next", ""),
    }
    post(url, body, headers)
    return {"status": cluster["status"], "since": at}


def _alert(
    post: Post, url: str, cluster: Cluster, before: dict[str, Any], at: str
) -> dict[str, Any]:
    """Fire, renew or resolve; Alertmanager itself tells people of a change once.

    A renewal by every run is no new notification: an Alertmanager that restarted has forgotten all.
    """
    status = cluster["status"]
    changed = status != before["status"]
    labels = _labels(cluster) if changed else before.get("labels", {})
    since = at if changed else before["since"]
    alerts = []
    if changed and before.get("labels") not in (None, {}, labels):
        alerts.append({"labels": before["labels"], "startsAt": before["since"], "endsAt": at})
    if labels:
        ends = datetime.fromisoformat(at) + timedelta(days=ALERT_DAYS)
        first = next(iter(troubles(cluster)), {})
        notes = {
            "summary": f"{cluster['cluster']} is {status}",
            "description": cluster["cause"],
            "next": first.get("next", ""),
        }
        alert = {"labels": labels, "annotations": notes, "startsAt": since}
        alerts.append({**alert, "endsAt": ends.isoformat()})
    if alerts:
        post(url, alerts, {})
    return {"status": status, "since": since, "labels": labels}


def _labels(cluster: Cluster) -> dict[str, str]:
    """What Alertmanager knows the alert by; none for a healthy mesh."""
    severity = SEVERITIES.get(cluster["status"])
    if severity is None:
        return {}
    places = {key: cluster[key] for key in ("cluster", "environment", "namespace") if cluster[key]}
    return {"alertname": ALERT, "severity": severity, **places}


def _poster(timeout: float) -> Post:
    def post(url: str, body: Any, headers: Mapping[str, str]) -> None:
        text = json.dumps(body)
        send(url, text, content_type="application/json", headers=headers, timeout=timeout)

    return post


def _read(file: Path) -> dict[str, Told]:
    if not file.exists():
        return {}
    try:
        found: dict[str, Told] = json.loads(file.read_text("utf-8"))
        for told in found.values():
            for one in told.values():
                datetime.fromisoformat(one["since"])
                SEVERITIES.get(one["status"])
    except (OSError, ValueError, AttributeError, TypeError, LookupError) as error:
        raise CamError(f"{file} cannot be read ({error}); remove it to begin anew") from error
    return found
