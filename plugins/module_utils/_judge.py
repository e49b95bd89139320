# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judgements: an object or an answer goes in, a check comes out. No I/O, no clock."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _metrics, _rollout
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    DEGRADED,
    FAILED,
    NOT_CONFIGURED,
    OK,
    UNKNOWN,
    Check,
)

Object = Mapping[str, Any]


def workload(name: str, target: str, item: Object | None, pods: Sequence[Object]) -> Check:
    """A Deployment or StatefulSet: the wanted pods run, in the newest revision."""
    kind, _slash, short = target.partition("/")
    look = f"kubectl describe {kind.lower()} {short}; kubectl get pods"
    if item is None:
        return Check(
            name,
            target,
            FAILED,
            "it does not exist",
            "it exists",
            f"{target} is gone",
            "run the deploy again",
        )
    wanted = int((item.get("spec") or {}).get("replicas", 1))
    if wanted == 0:
        return Check(
            name,
            target,
            FAILED,
            "0 replicas wanted",
            "1 or more",
            "scaled to 0",
            f"kubectl scale {kind.lower()} {short} --replicas=1, or deploy",
        )
    ready = _rollout.readiness(item)
    if ready.ready:
        return Check(name, target, OK, ready.text)
    found = _rollout.terminal_cause(pods)
    cause = found.text if found else _not_ready(pods)
    return Check(name, target, FAILED, ready.text, f"{wanted} ready", cause, look)


def enough(check: Check, item: Object | None, least: int) -> Check:
    """The same check, failed if fewer pods run than the inventory wants at least."""
    if check.state != OK or item is None:
        return check
    available = int((item.get("status") or {}).get("availableReplicas", 0))
    if available >= least:
        return check
    return Check(
        check.name,
        check.target,
        DEGRADED,
        f"{available} pods available",
        f"{least} or more",
        "fewer pods than the inventory wants",
        "deploy again",
    )


def image(pods: Sequence[Object], expected: str) -> Check:
    found = sorted({pod["spec"]["containers"][0]["image"] for pod in pods})
    if found == [expected]:
        return Check("image", "pods", OK, expected)
    return Check(
        "image",
        "pods",
        FAILED,
        ", ".join(found) or "no pods",
        expected,
        "the pods run another image than the inventory names",
        "deploy again",
    )


def endpoints(service: Object | None, slices: Sequence[Object], pods: Sequence[Object]) -> Check:
    """The Service must lead to ready pods."""
    if service is None:
        return Check(
            "endpoints",
            "Service",
            FAILED,
            "it does not exist",
            "it exists",
            "the Service is gone",
            "deploy again",
        )
    target = f"Service/{service['metadata']['name']}"
    ready = [
        address
        for item in slices
        for endpoint in item.get("endpoints") or []
        if (endpoint.get("conditions") or {}).get("ready")
        for address in endpoint.get("addresses") or []
    ]
    if ready:
        return Check("endpoints", target, OK, f"{len(ready)} ready addresses")
    selector = (service.get("spec") or {}).get("selector") or {}
    matched = [
        pod for pod in pods if selector.items() <= (pod["metadata"].get("labels") or {}).items()
    ]
    cause = "no pod behind it is ready" if matched else f"its selector {selector} matches no pod"
    return Check(
        "endpoints",
        target,
        FAILED,
        "no ready address",
        "1 or more",
        cause,
        f"kubectl get pods --show-labels; kubectl describe {target.lower()}",
    )


def health(status: int, body: bytes, version: str) -> Check:
    """GET /health: 200, the contract's JSON, the expected version, every service healthy."""
    target = "GET /health"
    try:
        answer = json.loads(body)
        said, services = str(answer["status"]), dict(answer["services"])
        sick = sorted(name for name, one in services.items() if one.get("status") != "healthy")
    except (ValueError, KeyError, TypeError, AttributeError):
        return Check(
            "health",
            target,
            FAILED,
            f"status {status}, no health document",
            "200 with JSON",
            "the answer breaks the contract",
        )
    observed = f"status {status}, {said}, version {answer.get('version')}"
    if status != 200 or said == "unhealthy":
        return Check("health", target, FAILED, observed, "200 healthy", "the process is unhealthy")
    if version and answer.get("version") != version:
        return Check("health", target, FAILED, observed, f"version {version}", "wrong version runs")
    if said != "healthy" or sick:
        return Check("health", target, DEGRADED, observed, "healthy", f"not healthy: {sick}")
    return Check("health", target, OK, observed)


def ready(status: int, body: bytes) -> Check:
    if status == 200:
        return Check("ready", "GET /ready", OK, "status 200")
    return Check(
        "ready",
        "GET /ready",
        FAILED,
        f"status {status}",
        "status 200",
        f"the app misses a dependency: {body[:200].decode(errors='replace')}",
    )


def process(status: int, body: bytes, url: str) -> Check:
    """POST /process: the contract's answer."""
    target = f"POST {url}/process"
    causes = {
        401: "the API key is refused",
        403: "the API key may not do this",
        429: "the rate limit is reached",
        503: "no pod answers",
    }
    if status != 200:
        cause = causes.get(status, "the request failed")
        return Check("process", target, FAILED, f"status {status}", "status 200", cause)
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        answer = {}
    missing = [key for key in ("requestId", "content", "selectedModel") if not answer.get(key)]
    if missing:
        return Check(
            "process",
            target,
            FAILED,
            f"an answer without {', '.join(missing)}",
            "requestId, content, selectedModel",
            "the answer breaks the contract",
        )
    return Check("process", target, OK, f"answered by {answer['selectedModel']}")


def row(code: int, output: str, error: str, request: str) -> Check:
    """The request must be a row in the database, seen by the database itself."""
    found = output.strip()
    if code != 0:
        return Check(
            "process_row",
            "database",
            UNKNOWN,
            f"psql ended with code {code}",
            "one row",
            error.strip()[-200:],
        )
    if found == "1":
        return Check("process_row", "database", OK, f"request {request} is one row")
    return Check(
        "process_row",
        "database",
        FAILED,
        f"{found or 'no'} rows",
        "one row",
        "the answer was given, but the request was not stored",
    )


def cache_hit(mark: str | None, redis: str) -> Check:
    """The same question again must come from Redis."""
    if mark == "hit":
        return Check(
            "cache_round_trip", "Redis through the app", OK, "the repeated answer was cached"
        )
    if mark is None:
        state = OK if redis == "healthy" else FAILED
        return Check(
            "cache_round_trip",
            "Redis through the app",
            state,
            f"/health says redis is {redis}; answers carry no cache mark",
            "healthy",
        )
    return Check(
        "cache_round_trip",
        "Redis through the app",
        FAILED,
        f"cache mark '{mark}'",
        "hit",
        "the repeated answer was computed again: Redis does not keep it",
    )


def metrics(scrapes: Mapping[str, str]) -> Check:
    """Every pod must serve the metric contract. `scrapes`: text by target, as in Pod/name."""
    for target, text in sorted(scrapes.items()):
        found = _metrics.breaches(_metrics.parse(text))
        if found:
            return Check(
                "metrics",
                target,
                FAILED,
                f"{len(found)} breaches",
                "the metric contract",
                "; ".join(found),
                "rules and dashboards that use these names are blind",
            )
    if not scrapes:
        return Check("metrics", "pods", UNKNOWN, "no pod to scrape", "one or more")
    observed = f"{len(_metrics.CONTRACT)} metrics on {len(scrapes)} replicas"
    return Check("metrics", ", ".join(sorted(scrapes)), OK, observed)


def targets(answer: Object, pods: Sequence[str], jobs: Sequence[str]) -> Check:
    """Every pod must be an `up` target exactly once in each job."""
    active = answer["data"]["activeTargets"]
    problems = []
    for job in jobs:
        for pod in pods:
            mine = [
                one
                for one in active
                if one["labels"].get("job") == job and one["labels"].get("pod") == pod
            ]
            if len(mine) != 1:
                problems.append(f"{pod} is {len(mine)} targets of job {job}")
            elif mine[0]["health"] != "up":
                problems.append(
                    f"{pod} in job {job} is {mine[0]['health']}: {mine[0]['lastError']}"
                )
    if problems or not pods:
        return Check(
            "targets",
            "Prometheus",
            FAILED,
            f"{len(problems)} problems",
            "each pod up once",
            "; ".join(problems) or "no pod to look for",
        )
    return Check("targets", "Prometheus", OK, f"{len(pods)} pods up in {len(jobs)} jobs")


def rules(answer: Object) -> Check:
    """Rules must be loaded and must evaluate."""
    groups = answer["data"]["groups"]
    every = [rule for group in groups for rule in group["rules"]]
    broken = [rule["name"] for rule in every if rule.get("health") == "err"]
    if not every or broken:
        return Check(
            "rules",
            "Prometheus",
            FAILED,
            f"{len(every)} rules, broken: {broken}",
            "rules that evaluate",
            "alerts cannot fire",
        )
    return Check("rules", "Prometheus", OK, f"{len(every)} rules")


def alerts(answer: Object, ignored: Sequence[str]) -> Check:
    """No alert may fire but those that the inventory ignores."""
    firing = [
        one["labels"]
        for one in answer["data"]["alerts"]
        if one["state"] == "firing" and one["labels"]["alertname"] not in ignored
    ]
    if not firing:
        return Check("alerts", "Prometheus", OK, "none fires")
    names = ", ".join(sorted({one["alertname"] for one in firing}))
    worst = any(one.get("severity") == "critical" for one in firing)
    return Check(
        "alerts", "Prometheus", FAILED if worst else DEGRADED, names, "none", "alerts fire"
    )


def grafana(status: int, body: bytes) -> Check:
    """GET /api/health of Grafana: 200 and a database that answers."""
    try:
        database = str(json.loads(body)["database"])
    except (ValueError, KeyError, TypeError):
        database = "no answer"
    observed = f"status {status}, database {database}"
    if (status, database) == (200, "ok"):
        return Check("grafana", "Grafana", OK, observed)
    cause = "Grafana is sick; the mesh itself does not need it"
    return Check("grafana", "Grafana", DEGRADED, observed, "status 200, database ok", cause)


# What `timeout` ends with when nothing answered (GNU's, BusyBox's), and what a refusal reads like.
_SILENCE = (124, 143)
_REFUSALS = ("refused", "No route to host", "unreachable", "not permitted", "Permission denied")


def network_policy(target: str, code: int, error: str, accepted: bool) -> Check:
    """The database, whose policy lets it go nowhere, knocked at `target`: was it let through?"""
    if code in _SILENCE or (code == 1 and any(word in error for word in _REFUSALS)):
        text = f"enforced: the database cannot reach {target}"
        return Check("network_policy", target, OK, text)
    if code != 0:
        text, cause = f"the attempt to reach it ended with code {code}", error.strip()[-200:]
        return Check("network_policy", target, UNKNOWN, text, "no way through", cause)
    observed = f"not enforced: the database reached {target}, which no policy allows"
    if accepted:
        text = f"{observed}; the inventory accepts that"
        return Check("network_policy", target, NOT_CONFIGURED, text)
    return Check(
        "network_policy",
        target,
        DEGRADED,
        observed,
        "no way through",
        "the network plugin does not enforce network policies, or they are gone",
        "kubectl get networkpolicies; where no plugin can, cam_health_network_policy: not_enforced",
    )


def _not_ready(pods: Sequence[Object]) -> str:
    """Why running pods are not ready, as far as their conditions say."""
    if not pods:
        return "it has no pods"
    for pod in pods:
        for condition in (pod.get("status") or {}).get("conditions") or []:
            if condition["type"] == "ContainersReady" and condition["status"] == "False":
                name = pod["metadata"]["name"]
                return f"pod {name} fails its readiness: {condition.get('message', '')}"
    return _rollout.describe(pods)
