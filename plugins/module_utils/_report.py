# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts of all clusters of one run as one document, safe to print anywhere."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Cluster = dict[str, Any]
Report = dict[str, Any]

SCHEMA = "cam.mesh/health-report/v1"
CLUSTER_SCHEMA = "cam.mesh/health/v1"
HEALTHY = "healthy"
UNKNOWN = "unknown"
# From the best to the worst; what is not known weighs more than what is known to be half well.
STATUSES = (HEALTHY, "degraded", UNKNOWN, "failed")
STATES = ("ok", "degraded", "failed", "unknown", "not_configured")
# Causes before their consequences, as the verdict has them.
GROUPS = (
    "cluster",
    "dependencies",
    "workload",
    "endpoints",
    "function",
    "mesh",
    "monitoring",
)
LONGEST_TEXT = 2000
TEXTS = ("name", "target", "observed", "expected", "cause", "next")


def now() -> str:
    """The present second in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def assemble(verdicts: Mapping[str, Mapping[str, Any]], generated_at: str) -> Report:
    """One document of the verdicts by cluster; an empty verdict counts as unknown."""
    clusters = [_cluster(clean(name), verdict) for name, verdict in verdicts.items()]
    return {
        "schema": SCHEMA,
        "generated_at": generated_at,
        "status": worst([cluster["status"] for cluster in clusters]),
        "clusters": clusters,
    }


def worst(statuses: Sequence[str]) -> str:
    """No cluster at all is no success."""
    return max(statuses, key=STATUSES.index, default=UNKNOWN)


def clean(value: Any) -> str:
    """One line that no terminal obeys and any encoding holds; causes come from hostile answers."""
    letters = (
        "\ufffd" if _dangerous(letter) else letter for letter in str(value)[: LONGEST_TEXT * 4]
    )
    text = " ".join("".join(letters).split())
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} ..."


def count(cluster: Cluster, *, absent: bool = True) -> str:
    """How many of the checks that decide are ok, and what else is listed."""
    judged = [check for check in cluster["checks"] if check["state"] != "not_configured"]
    decisive = [check for check in judged if check["critical"]]
    parts = [f"{sum(check['state'] == 'ok' for check in decisive)} of {len(decisive)} checks ok"]
    if absent and len(judged) < len(cluster["checks"]):
        parts.append(f"{len(cluster['checks']) - len(judged)} not configured")
    if advices(cluster):
        parts.append(f"{len(advices(cluster))} advice")
    return ", ".join(parts)


def troubles(cluster: Cluster) -> list[dict[str, Any]]:
    """The checks that make the status what it is."""
    return [check for check in cluster["checks"] if check["critical"] and not _quiet(check)]


def advices(cluster: Cluster) -> list[dict[str, Any]]:
    """What should be looked at and does not change the status."""
    return [check for check in cluster["checks"] if not check["critical"] and not _quiet(check)]


def _quiet(check: Mapping[str, Any]) -> bool:
    return check["state"] in ("ok", "not_configured")


def _cluster(name: str, verdict: Mapping[str, Any]) -> Cluster:
    status = verdict.get("status")
    cause = clean(verdict.get("cause", ""))
    checks = [_check(check) for check in verdict.get("checks") or []]
    if not checks:
        checks = [_not_judged(cause)]
        status, cause = UNKNOWN, f"verdict: {checks[0]['cause']}"
    return {
        "schema": CLUSTER_SCHEMA,
        "cluster": name,
        "environment": clean(verdict.get("environment", "")),
        "namespace": clean(verdict.get("namespace", "")),
        "started_at": clean(verdict.get("started_at", "")),
        "duration_ms": int(verdict.get("duration_ms", 0)),
        "status": status if status in STATUSES else UNKNOWN,
        "cause": cause,
        "checks": sorted(checks, key=lambda check: GROUPS.index(check["group"])),
    }


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    state, group = check.get("state"), check.get("group")
    return {
        **{field: clean(check.get(field, "")) for field in TEXTS},
        "group": group if group in GROUPS else "workload",
        "state": state if state in STATES else UNKNOWN,
        "critical": bool(check.get("critical", True)),
        "duration_ms": int(check.get("duration_ms", 0)),
    }


def _not_judged(cause: str) -> dict[str, Any]:
    """A cluster without checks must not look as if it had none that fail."""
    texts = {
        "name": "verdict",
        "state": UNKNOWN,
        "group": "cluster",
        "observed": "not judged",
        "expected": "a verdict",
        "cause": cause or "the run stopped before this cluster was judged",
    }
    return _check(texts)


def _dangerous(letter: str) -> bool:
    """Control, surrogate, private and invisible letters; white space becomes a blank later."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn") and not letter.isspace()
