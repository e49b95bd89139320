# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a verdict is: checks with a state each, and the one status that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

OK = "ok"
DEGRADED = "degraded"
FAILED = "failed"
UNKNOWN = "unknown"
NOT_CONFIGURED = "not_configured"
HEALTHY = "healthy"

# Causes before their consequences: a database that is down makes much else red.
ORDER = (
    "api",
    "database",
    "cache",
    "rollout",
    "image",
    "endpoints",
    "prometheus",
    "health",
    "ready",
    "process",
    "process_row",
    "cache_round_trip",
    "edge",
    "metrics",
    "targets",
    "rules",
    "alerts",
    "grafana",
    "network_policy",
)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    target: str
    state: str
    observed: str
    expected: str = ""
    cause: str = ""
    next: str = ""
    duration_ms: int = 0
    group: str = ""
    # An advisory check is listed and never changes the status.
    critical: bool = True

    def timed(self, milliseconds: int) -> Check:
        return replace(self, duration_ms=milliseconds)


def status(checks: Sequence[Check]) -> str:
    """Healthy only if something was looked at and all of it was ok; not knowing is not healthy."""
    states = {check.state for check in checks if check.critical} - {NOT_CONFIGURED}
    for state in (FAILED, UNKNOWN, DEGRADED):
        if state in states:
            return state
    return HEALTHY if OK in states else UNKNOWN


def report(checks: Sequence[Check]) -> dict[str, Any]:
    """The verdict as a module's result: status, cause, checks and lines to print."""
    ordered = sorted(checks, key=_weight)
    verdict = status(ordered)
    return {
        "status": verdict,
        "cause": _cause(ordered, verdict),
        "checks": [asdict(check) for check in ordered],
        "lines": [f"{verdict}: {_count(ordered)}", *(_line(check) for check in ordered)],
    }


def _weight(check: Check) -> int:
    """The place in ORDER; checks that it does not name keep their own order, behind the others."""
    return ORDER.index(check.name) if check.name in ORDER else len(ORDER)


def _cause(checks: Sequence[Check], verdict: str) -> str:
    """What the most fundamental of the worst checks says."""
    for check in checks:
        if check.critical and check.state == verdict:
            return f"{check.name}: {check.cause or check.observed}"
    return ""


def _count(checks: Sequence[Check]) -> str:
    judged = [check for check in checks if check.state != NOT_CONFIGURED]
    good = sum(check.state == OK for check in judged)
    return f"{good} of {len(judged)} checks ok, {len(checks) - len(judged)} not configured"


def _line(check: Check) -> str:
    text = f"{check.state:<14} {check.name:<16} {check.observed}"
    if check.state in (OK, NOT_CONFIGURED):
        return text
    details = [check.cause, f"expected {check.expected}" if check.expected else ""]
    details.append(f"next: {check.next}" if check.next else "")
    return "; ".join([text, *(detail for detail in details if detail)])
