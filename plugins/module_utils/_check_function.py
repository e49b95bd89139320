# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what the mesh is for: a real request, what is left of it, a session of agents."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import OK, Check, declare, look
from ansible_collections.cam.mesh.plugins.module_utils._http import parse
from ansible_collections.cam.mesh.plugins.module_utils._look import Look, when

PROCESS = declare(
    "process",
    "function",
    looks_at="`POST /process` under the inventory's policy, through the edge if there is one",
    red_when="no 200, or an answer without requestId, content and selectedModel",
    next="kubectl logs deployment/cam-arbitration-mesh; kubectl get secret cam-api-key",
)
PROCESS_ROW = declare(
    "process_row",
    "function",
    looks_at="the row of that request, counted by the database itself",
    red_when="there is none: the answer was given, but not kept",
    next="kubectl logs postgres-0; kubectl logs deployment/cam-arbitration-mesh",
)
PROCESS_AUDIT = declare(
    "process_audit",
    "function",
    looks_at="that request in `GET /audit-logs`",
    red_when="it is not listed",
    next="kubectl logs deployment/cam-arbitration-mesh",
)
CACHE_ROUND_TRIP = declare(
    "cache_round_trip",
    "function",
    looks_at="the same request again, which the cache must answer",
    red_when="it is refused or computed again; an advice where the app does not mark its answers",
    next="kubectl logs deployment/redis",
)
COLLABORATION = declare(
    "collaboration",
    "function",
    looks_at="a session opened and closed at `cam_health_collaboration_path`",
    red_when="it cannot be opened, has no id, or cannot be closed again",
    next="kubectl logs deployment/cam-arbitration-mesh",
)
REFUSALS = {
    400: "the request is refused: does the policy of cam_health_process_policy exist?",
    401: "the API key is refused",
    403: "the API key may not do this",
    429: "the rate limit is reached",
    503: "no pod answers",
}
# A busy mesh writes many entries between a request and the question for it.
PAGES = 20
PAGE = 100

COUNT_ROW = """
export PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
exec psql -X -tA -U "$POSTGRES_USER" -h /var/run/postgresql -d "$POSTGRES_DB" -v request="$1"
"""
COUNT_QUERY = "SELECT count(*) FROM requests WHERE request_id = :'request';\n"


def question(tag: str, policy: str) -> dict[str, Any]:
    """The request of a health check: no answer to it can be older than its tag."""
    body = {"prompt": f"health probe {tag}", "parameters": {"maxTokens": 1}}
    return {**body, "policyId": policy} if policy else body


def process(status: int, body: bytes, url: str) -> Check:
    """POST /process: the contract's answer."""
    target = f"POST {url}/process"
    if status != 200:
        cause = REFUSALS.get(status, "the request failed")
        return PROCESS.failed(target, f"status {status}", "status 200", cause)
    try:
        answer = parse(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    missing = [key for key in ("requestId", "content", "selectedModel") if not answer.get(key)]
    if missing:
        observed, cause = (
            f"an answer without {', '.join(missing)}",
            "the answer breaks the contract",
        )
        return PROCESS.failed(target, observed, "requestId, content, selectedModel", cause)
    return PROCESS.ok(target, f"answered by {answer['selectedModel']}")


def row(code: int, output: str, error: str, request: str) -> Check:
    """The request must be a row in the database, seen by the database itself."""
    found = output.strip()
    if code != 0:
        observed = f"psql ended with code {code}"
        return PROCESS_ROW.unknown("database", observed, "one row", error.strip()[-200:])
    if found == "1":
        return PROCESS_ROW.ok("database", f"request {request} is one row")
    cause = "the answer was given, but the request was not stored"
    return PROCESS_ROW.failed("database", f"{found or 'no'} rows", "one row", cause)


def audit(found: bool, request: str) -> Check:
    if found:
        return PROCESS_AUDIT.ok("GET /audit-logs", f"request {request} is listed")
    cause = "the answer was given, but the audit log does not have it"
    return PROCESS_AUDIT.failed("GET /audit-logs", "not listed", f"request {request}", cause)


def cache_hit(status: int, mark: str | None, redis: str) -> Check:
    """The same question again must come from Redis."""
    target = "Redis through the app"
    if status != 200:
        cause = f"the repeated request is refused: {REFUSALS.get(status, 'the request failed')}"
        return CACHE_ROUND_TRIP.failed(target, f"status {status}", "status 200", cause)
    if mark == "hit":
        return CACHE_ROUND_TRIP.ok(target, "the repeated answer was cached")
    if mark is None:
        observed = f"/health says redis is {redis}; answers carry no cache mark"
        if redis == "healthy":
            cause = "not told by this app: its answers carry no X-Cam-Cache"
            return CACHE_ROUND_TRIP.advice(target, observed, "X-Cam-Cache: hit", cause)
        cause = "the app does not reach Redis"
        return CACHE_ROUND_TRIP.failed(target, observed, "healthy", cause)
    cause = "the repeated answer was computed again: Redis does not keep it"
    return CACHE_ROUND_TRIP.failed(target, f"cache mark '{mark}'", "hit", cause)


def session(step: str, status: int, path: str) -> Check:
    """Opening or closing a session was refused."""
    cause = f"a session cannot be {step}"
    if status == 404:
        cause = f"{cause}: the app serves no {path}, though the inventory names it"
    return COLLABORATION.failed(path, f"{step}: status {status}", "200 to 299", cause)


def _is_listed(mesh: Look, request: str, since: datetime) -> bool:
    """Whether the audit log has the request; entries come newest first."""
    for number in range(PAGES):
        answer = mesh.call("GET", f"/audit-logs?limit={PAGE}&offset={number * PAGE}")
        if answer.status != 200:
            raise CamError(f"GET /audit-logs answers with status {answer.status}")
        items = answer.json()["items"]
        if any(request in json.dumps(item) for item in items):
            return True
        if len(items) < PAGE or _ended(items[-1], since):
            return False
    raise CamError(f"more than {PAGES * PAGE} entries are newer: too busy to find one")


def _ended(item: Any, since: datetime) -> bool:
    return "createdAt" in item and when(item["createdAt"]) < since


def _row(mesh: Look, request: str) -> Check:
    if mesh.params["database"].get("provider") != "in_cluster":
        why = "the inventory's database is not in the cluster; the audit log must do"
        return PROCESS_ROW.left_out("external database", why)
    code, output, error = mesh.exec(
        f"{_names.POSTGRES}-0",
        "postgres",
        COUNT_ROW,
        request,
        stdin=COUNT_QUERY,
    )
    return row(code, output, error, request)


@look(PROCESS, CACHE_ROUND_TRIP, PROCESS_ROW, PROCESS_AUDIT)
def _process(mesh: Look) -> Iterator[Check]:
    """A real request, the same one again, its row in the database, its entry in the audit log."""
    wanted = mesh.params["process"]
    if not wanted.get("enabled"):
        text = "off: no request may be sent here (cam_health_process_enabled)"
        for kind in (PROCESS, CACHE_ROUND_TRIP, PROCESS_ROW, PROCESS_AUDIT):
            yield kind.left_out("mesh", text)
        return
    tag = f"probe-{secrets.token_hex(8)}"
    body = question(tag, wanted.get("policy_id", ""))
    # Clocks differ a little.
    started = mesh.now() - timedelta(minutes=1)
    answer = mesh.call("POST", "/process", body, tag)
    first = process(answer.status, answer.body, mesh.params["url"] or "pod")
    yield first
    if first.state != OK:
        return
    request = str(answer.json()["requestId"])
    again = mesh.call("POST", "/process", body, tag)
    redis = str(mesh.service("/health").json()["services"]["redis"]["status"])
    yield cache_hit(again.status, again.headers.get("x-cam-cache"), redis)
    yield _row(mesh, request)
    yield audit(_is_listed(mesh, request, started), request)


@look(COLLABORATION)
def _collaboration(mesh: Look) -> Iterator[Check]:
    path = mesh.params["collaboration_path"]
    if not path:
        yield COLLABORATION.left_out(
            "sessions", "no cam_health_collaboration_path in the inventory"
        )
        return
    opened = mesh.call("POST", path, {"participants": ["cam-health", "cam-health-peer"]})
    if not 200 <= opened.status < 300:
        yield session("opened", opened.status, path)
        return
    told = opened.json()
    name = str(told.get("sessionId") or told.get("id") or "")
    if not name:
        cause = "the answer breaks the contract"
        yield COLLABORATION.failed(path, "a session without an id", "sessionId", cause)
        return
    closed = mesh.call("DELETE", f"{path}/{name}")
    if not 200 <= closed.status < 300:
        yield session("closed", closed.status, path)
        return
    yield COLLABORATION.ok(path, "a session was opened and closed")
