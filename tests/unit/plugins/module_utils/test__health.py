"""A verdict follows from its critical checks; not knowing is never healthy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _checks, _health
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, report, status


def check(name: str, state: str, cause: str = "", critical: bool = True) -> Check:
    return Check(name, "endpoints", "target", state, critical, "seen", cause=cause)


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


@pytest.mark.parametrize("state", ["degraded", "failed", "unknown"])
def test_an_advice_changes_no_status_and_is_counted(state: str) -> None:
    found = report([check("health", "ok"), check("disruption", state, critical=False)])
    assert (found["status"], found["cause"]) == ("healthy", "")
    assert found["lines"][0] == "healthy: 1 of 1 checks ok, 0 not configured, 1 advice"
    assert [line.split()[0] for line in found["lines"][1:]] == ["advice", "ok"]


def test_an_advice_alone_is_no_health() -> None:
    assert report([check("disruption", "ok", critical=False)])["status"] == "unknown"


def test_the_cause_is_the_most_fundamental_failure() -> None:
    found = report(
        [
            check("ready", "failed", "misses a dependency"),
            check("database", "failed", "scaled to 0"),
            check("cache", "ok"),
        ]
    )
    assert found["cause"] == "database: scaled to 0"
    assert found["lines"][0] == "failed: 1 of 3 checks ok, 0 not configured, 0 advice"
    assert [one["name"] for one in found["checks"]] == ["database", "cache", "ready"]


def test_what_was_not_asked_is_no_cause_and_one_line() -> None:
    left = replace(check("database_login", "unknown"), observed="not asked")
    found = report([left, check("ready", "unknown", "who knows")])
    assert found["cause"] == "ready: who knows"
    assert found["lines"][-1].endswith("what they need is red: database_login")


def test_a_line_of_a_failure_says_what_to_type() -> None:
    sick = replace(
        check("ready", "failed", "no database"),
        observed="status 503",
        expected="status 200",
        next="look",
    )
    line = report([sick])["lines"][1]
    assert line.endswith("status 503; no database; expected status 200; next: look")


def test_words_of_others_cannot_garble_the_screen_or_fill_it() -> None:
    found = report([check("ready", "failed", "\x1b[2Ja\nb\u2028c" + "x" * 5000)])
    for text in (found["cause"], found["lines"][1], found["checks"][0]["cause"]):
        assert text.isprintable()
        assert len(text) < 900


def test_a_password_in_a_url_of_a_log_is_not_shown() -> None:
    said = "cannot reach postgres://cam:very-secret@db:5432/cam or https://mesh.test/path@x"
    found = str(report([check("ready", "failed", said)]))
    assert "very-secret" not in found
    assert "postgres://cam:***@db:5432/cam or https://mesh.test/path@x" in found


def test_two_checks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two checks are named health"):
        _health.declare("health", "mesh", looks_at="", red_when="", next="")


def test_a_check_of_no_group_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        _health.declare("new", "elsewhere", looks_at="", red_when="", next="")


def test_causes_come_before_their_consequences() -> None:
    names = [kind.name for kind in _health.kinds()]
    for cause, consequence in (
        ("api", "nodes"),
        ("nodes", "database"),
        ("database", "database_login"),
        ("database_login", "rollout"),
        ("rollout", "endpoints"),
        ("rollout", "schema"),
        ("endpoints", "health"),
        ("health", "process"),
        ("process", "process_row"),
        ("prometheus", "targets"),
        ("targets", "alerts"),
    ):
        assert names.index(cause) < names.index(consequence)


def test_every_check_is_owed_by_exactly_one_look() -> None:
    owed = [kind.name for one in _health.looks(_checks.FILES) for kind in one.kinds]
    assert sorted(owed) == sorted(kind.name for kind in _health.kinds())
