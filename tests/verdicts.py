"""Verdicts and a history as runs leave them: for the tests of reports and the picture of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _history, _report

NOW = datetime(2026, 11, 25, 3, 10, tzinfo=UTC)
AT = NOW.isoformat(timespec="seconds")

# What a hostile server may answer, and what must never come of it.
HOSTILE = (
    "</td><script>alert(1)</script><img src=x onerror=alert(2)> {{ 1 + 1 }} {% raw %} ${7*7} "
    "\"]]> & ' | `rm -rf` [a](http://evil.example) ![b](http://evil.example/b.png) @all "
    "www.evil.example <!-- \x1b[31mred\x00\x07\ud800\u202eevil\n\r\n# heading"
)


def check(name: str, group: str, state: str = "ok", **more: Any) -> dict[str, Any]:
    plain = {
        "target": f"the {name}",
        "observed": "as it should be",
        "expected": "",
        "cause": "",
        "next": "",
        "critical": True,
        "duration_ms": 12,
    }
    return {**plain, "name": name, "group": group, "state": state, **more}


def verdict(status: str = "healthy", *checks: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": "cam.mesh/health/v1",
        "environment": "prod",
        "namespace": "cam-prod",
        "started_at": AT,
        "duration_ms": 812,
        "status": status,
        "cause": "",
        "checks": [*GOOD, *checks],
        **more,
    }


GOOD = (
    check("api", "cluster", observed="v1.36.3, 6 nodes ready", duration_ms=9),
    check("certificates", "cluster", observed="the first ends in 81 days", duration_ms=14),
    check("rollout", "workload", observed="5 of 5 replicas available", duration_ms=21),
    check("image", "workload", observed="one digest on 5 pods", duration_ms=21),
    check("endpoints", "endpoints", observed="5 ready addresses", duration_ms=18),
    check("health", "endpoints", observed="status 200, healthy, version 2.0.0", duration_ms=23),
    check("ready", "endpoints", observed="status 200", duration_ms=19),
    check("edge", "endpoints", observed="status 200 over verified TLS", duration_ms=41),
    check("redis", "dependencies", observed="PONG, 31 % of 512 MiB", duration_ms=6),
    check("process", "function", observed="status 200, answer of gpt-small", duration_ms=187),
    check("consensus", "mesh", observed="5 of 5 agree on mesh cam-prod", duration_ms=33),
    check("targets", "monitoring", observed="5 pods up in 2 jobs", duration_ms=27),
    check(
        "grafana",
        "monitoring",
        "not_configured",
        observed="cam_monitoring_grafana_enabled is false",
    ),
)

DATABASE = check(
    "database",
    "dependencies",
    "failed",
    observed="0 of 1 replicas available",
    expected="1 replica of the current revision",
    cause="pod postgres-0 is pending: 0/6 nodes have 250Gi of free disk on gp3",
    next="kubectl -n cam-prod describe pod postgres-0",
    duration_ms=16,
)
ADVICE = check(
    "hpa",
    "workload",
    "degraded",
    observed="at its maximum of 200 for 3 h",
    expected="room to grow",
    cause="the load grew by 40 % since Monday",
    next="raise cam_release_autoscaling_max_replicas",
    critical=False,
    duration_ms=8,
)


def verdicts() -> dict[str, dict[str, Any]]:
    """Three clusters: one sick, one well with an advice, one well."""
    cause = f"database: {DATABASE['cause']}"
    return {
        "aws-eu-west-1": verdict("failed", DATABASE, cause=cause),
        "gcp-europe-west4": verdict("healthy", ADVICE, duration_ms=640),
        "azure-westeurope": verdict("healthy", check("database", "dependencies"), duration_ms=702),
    }


def history(days: int = 30, every_minutes: int = 30) -> list[dict[str, Any]]:
    """A month: two incidents of the first cluster, a night without runs, load by daylight."""
    lines = []
    moment = NOW - timedelta(days=days)
    number = 0
    while moment <= NOW:
        number += 1
        age = NOW - moment
        night = timedelta(days=11) < age < timedelta(days=11, hours=9)
        if not night:
            sick = age < timedelta(hours=2) or timedelta(days=19) < age < timedelta(
                days=19, hours=7
            )
            rough = timedelta(days=5) < age < timedelta(days=5, hours=14)
            first = "failed" if sick else "degraded" if rough else "healthy"
            busy = 260 * max(0, 6 - abs(moment.hour - 13)) // 6 + (number * 7919) % 90
            clusters = {
                "aws-eu-west-1": {"status": first, "cause": "", "verdict_ms": 560 + busy},
                "gcp-europe-west4": {"status": "healthy", "cause": "", "verdict_ms": 480 + busy},
                "azure-westeurope": {"status": "healthy", "cause": "", "verdict_ms": 510 + busy},
            }
            for seen in clusters.values():
                if seen["status"] != "failed":
                    seen["request_ms"] = 140 + busy // 3
            lines.append({"at": moment.isoformat(timespec="seconds"), "clusters": clusters})
        moment += timedelta(minutes=every_minutes)
    return lines


def report(found: dict[str, dict[str, Any]] | None = None) -> dict[str, Any]:
    return _report.assemble(verdicts() if found is None else found, AT)


def past(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The history with the line of this document at its end."""
    return [*history()[:-1], _history.entry(document)]
