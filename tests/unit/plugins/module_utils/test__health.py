"""A verdict follows from its checks; not knowing is never healthy."""

from __future__ import annotations

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, report, status


def check(name: str, state: str, cause: str = "") -> Check:
    return Check(name, "target", state, "seen", cause=cause)


@pytest.mark.parametrize(
    ("states", "verdict"),
    [
        (["ok", "ok"], "healthy"),
        (["ok", "not_configured"], "healthy"),
        (["ok", "degraded"], "degraded"),
        (["ok", "unknown", "degraded"], "unknown"),
        (["ok", "unknown", "failed"], "failed"),
        (["not_configured"], "unknown"),
        ([], "unknown"),
    ],
)
def test_status_is_the_worst_state(states: list[str], verdict: str) -> None:
    assert status([check("health", state) for state in states]) == verdict


def test_the_cause_is_the_most_fundamental_failure() -> None:
    found = report(
        [
            check("ready", "failed", "misses a dependency"),
            check("database", "failed", "scaled to 0"),
            check("cache", "ok"),
        ]
    )
    assert found["cause"] == "database: scaled to 0"
    assert found["lines"][0] == "failed: 1 of 3 checks ok, 0 not configured"
    assert [one["name"] for one in found["checks"]] == ["database", "cache", "ready"]


def test_a_line_of_a_failure_says_what_to_type() -> None:
    sick = Check("ready", "GET /ready", "failed", "status 503", "status 200", "no database", "look")
    line = report([sick])["lines"][1]
    assert line.endswith("status 503; no database; expected status 200; next: look")
