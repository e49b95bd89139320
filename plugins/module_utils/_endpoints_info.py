# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The core of cam_endpoints_info: sweeps endpoints and judges what the sweep saw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._endpoints import endpoints
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._health import (
    FAILED,
    NOT_CONFIGURED,
    OK,
    UNKNOWN,
    Check,
    report,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result
from ansible_collections.cam.mesh.plugins.module_utils._sweep import Settings, Sweep, sweep

ARGUMENT_SPEC: dict[str, Any] = {
    "endpoints": {"type": "list", "elements": "raw", "required": True},
    "headers": {"type": "dict", "default": {}, "no_log": True},
    "ca_certificate": {"type": "str", "default": ""},
    "timeout_seconds": {"type": "int", "default": 5},
    "deadline_seconds": {"type": "int", "default": 60},
    "concurrency": {"type": "int", "default": 200},
    "report_limit": {"type": "int", "default": 20},
}
# Above this, connections cost more than they bring, and few systems allow as many.
MOST_AT_ONCE = 10_000
GROUP = "endpoints"


def judge(seen: Sweep, report_limit: int) -> list[Check]:
    """One check for the whole sweep, and one for each endpoint that failed, up to the limit."""
    total = len(seen.endpoints)
    if not total:
        text = "no endpoint is listed"
        return [Check("endpoints_sweep", GROUP, "0 endpoints", NOT_CONFIGURED, True, text)]
    good = total - seen.failed - seen.not_asked
    observed = f"{good} of {total} endpoints ok"
    slowest = seen.percentiles()
    if slowest:
        observed += f", p95 {slowest['p95']:.0f} ms"
    if seen.not_asked:
        observed += f", {seen.not_asked} not asked when the deadline ended"
    state = FAILED if seen.failed else UNKNOWN if seen.not_asked else OK
    checks = [
        Check(
            "endpoints_sweep",
            GROUP,
            f"{total} endpoints",
            state,
            True,
            observed,
            "every endpoint answers as asked",
            _summary(seen),
            _next(seen),
            seen.duration_ms,
        )
    ]
    for number, (endpoint, cause) in enumerate(seen.failures()):
        if number == report_limit:
            break
        expected = f"status {endpoint.expect_status}"
        checks.append(Check("endpoint", GROUP, endpoint.url, FAILED, True, cause, expected, cause))
    return checks


def _summary(seen: Sweep) -> str:
    """The most frequent cause with an example: a thousand failures mostly have one."""
    causes = Counter(seen.causes.values())
    if not causes:
        return "the deadline ended before all were asked" if seen.not_asked else ""
    cause, count = causes.most_common(1)[0]
    number = min(number for number, text in seen.causes.items() if text == cause)
    return f"{seen.failed} failed, {count} of them: {cause}, such as {seen.endpoints[number].url}"


def _next(seen: Sweep) -> str:
    if seen.failed:
        number = min(seen.causes)
        return f"curl -v {seen.endpoints[number].url}"
    return "raise deadline_seconds or concurrency" if seen.not_asked else ""


def look_at(given: Sequence[Any], **settings: Any) -> Sweep:
    """What a sweep of these endpoints saw."""
    return sweep(endpoints(given), Settings(**settings))


def run(params: Params, *, check_mode: bool, diff: bool) -> Result:
    """Asks every endpoint once; changes nothing."""
    for name in ("timeout_seconds", "deadline_seconds", "concurrency"):
        if params[name] < 1:
            raise CamError(f"{name} is {params[name]}; it must be 1 or more")
    if params["concurrency"] > MOST_AT_ONCE:
        raise CamError(f"concurrency is {params['concurrency']}; it must be {MOST_AT_ONCE} or less")
    names = ("timeout_seconds", "deadline_seconds", "concurrency", "ca_certificate")
    settings = {name: params[name] for name in names}
    headers = {name: str(value) for name, value in params["headers"].items()}
    seen = look_at(params["endpoints"], headers=headers, **settings)
    return {
        **report(judge(seen, params["report_limit"])),
        "counts": {
            "endpoints": len(seen.endpoints),
            "ok": len(seen.endpoints) - seen.failed - seen.not_asked,
            "failed": seen.failed,
            "not_asked": seen.not_asked,
        },
        "latency_ms": {name: round(value, 1) for name, value in seen.percentiles().items()},
        "duration_ms": seen.duration_ms,
    }
