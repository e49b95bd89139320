"""Limits, the accepted run, and what is no comparison at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._health import Check, status
from ansible_collections.cam.mesh.plugins.module_utils._load_judge import (
    Accepted,
    Limits,
    Numbers,
    Step,
    acceptable,
    against_accepted,
    against_limits,
    held_rate,
    read_accepted,
    stress,
)

LIMITS = Limits(p95_ms=100, error_percent=1, regression_percent=20)
GOOD = Numbers(requests=1000, failed=5, late=0, p50_ms=10, p95_ms=80, p99_ms=95)
SHAPE = "load 20 a second, 60 s, 50 % process"
KEPT = Accepted("load", SHAPE, "2.0.0", "2026-11-25T10:00:00+00:00", 80.0, 0.5)


def states(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.state for check in checks}


def test_a_run_within_its_limits() -> None:
    checks = against_limits(GOOD, LIMITS)
    assert states(checks) == {"load_sent": "ok", "load_errors": "ok", "load_p95": "ok"}


@pytest.mark.parametrize(
    ("change", "red", "cause"),
    [
        (
            {"failed": 11, "cause": "status 500"},
            "load_errors",
            "1.10 % of 1000 requests failed, mostly status 500: above 1 %",
        ),
        ({"p95_ms": 101.0}, "load_p95", "p95 101 ms (p50 10, p99 95): above 100 ms"),
        ({"late": 60}, "load_sent", "1000 requests sent, 60 were never sent: the mesh answers too"),
    ],
)
def test_each_limit_that_breaks_is_named(change: dict[str, object], red: str, cause: str) -> None:
    checks = against_limits(replace(GOOD, **change), LIMITS)  # type: ignore[arg-type]
    assert [check.name for check in checks if check.state != "ok"] == [red]
    assert next(check.cause for check in checks if check.name == red).startswith(cause)


def test_no_request_at_all_is_never_green() -> None:
    checks = against_limits(Numbers(0, 0, 0, 0, 0, 0), LIMITS)
    assert states(checks)["load_sent"] == "unknown"
    assert states(checks)["load_errors"] == "failed"


@pytest.mark.parametrize(
    ("p95", "failed", "red"),
    [
        (80, 5, set()),
        # 80 x 1.2 + 5 ms of noise.
        (101, 5, set()),
        (102, 5, {"regression_p95"}),
        # 0.5 % x 1.2 + 0.1 % of noise.
        (80, 7, set()),
        (80, 8, {"regression_errors"}),
    ],
)
def test_the_accepted_run_is_the_gate(p95: float, failed: int, red: set[str]) -> None:
    numbers = replace(GOOD, p95_ms=p95, failed=failed)
    checks = against_accepted(numbers, LIMITS, KEPT, SHAPE)
    assert {check.name for check in checks if check.state != "ok"} == red
    assert all("2026-11-25" in check.cause for check in checks if check.name in red)


@pytest.mark.parametrize(
    ("accepted", "shape", "cause"),
    [
        (None, SHAPE, "no run was accepted yet"),
        (KEPT, "load 50 a second", f"accepted was '{SHAPE}', this run is 'load 50 a second'"),
    ],
)
def test_without_a_comparison_it_is_advice(
    accepted: Accepted | None, shape: str, cause: str
) -> None:
    (check,) = against_accepted(GOOD, LIMITS, accepted, shape)
    assert (check.state, check.critical, check.cause) == ("unknown", False, cause)
    assert status([check, *against_limits(GOOD, LIMITS)]) == "healthy"


STEPS = (Step(10, 100, 0, 50), Step(20, 200, 0, 90), Step(30, 300, 30, 400), Step(40, 400, 0, 50))


def test_a_rate_is_held_only_if_all_below_it_were() -> None:
    assert held_rate(replace(GOOD, steps=STEPS), LIMITS) == 20
    assert held_rate(replace(GOOD, steps=(Step(10, 0, 0, 0),)), LIMITS) == 0


def test_stress_says_where_it_broke() -> None:
    checks = stress(replace(GOOD, steps=STEPS), LIMITS, 10)
    assert states(checks) == {"load_sent": "ok", "stress_held": "ok"}
    assert checks[1].observed == (
        "limits held up to 20 requests a second; at 30: p95 400 ms, 10.0 % failed"
    )
    (_, red) = stress(replace(GOOD, steps=STEPS), LIMITS, 30)
    assert red.state == "failed"
    assert red.cause.startswith("the mesh does not hold its everyday load: limits held up to 20")


def test_the_gate_of_stress_is_the_held_rate() -> None:
    numbers = replace(GOOD, steps=STEPS)
    (good,) = against_accepted(numbers, LIMITS, replace(KEPT, held_rate=24), SHAPE)
    (red,) = against_accepted(numbers, LIMITS, replace(KEPT, held_rate=25), SHAPE)
    assert (good.state, red.state) == ("ok", "failed")
    assert red.cause.startswith("held up to 20 a second, 25 were accepted 2026-11-25")


def test_only_a_run_that_held_its_limits_can_be_accepted() -> None:
    good = against_limits(GOOD, LIMITS)
    worse = against_accepted(replace(GOOD, p95_ms=99), LIMITS, replace(KEPT, p95_ms=1), SHAPE)
    assert acceptable([*good, *worse])
    assert not acceptable(against_limits(replace(GOOD, failed=500), LIMITS))


@pytest.mark.parametrize("text", ["", "no", "[]", '{"scenario": "load"}', '{"odd": 1}'])
def test_what_was_kept_and_cannot_be_read_is_none(text: str) -> None:
    assert read_accepted(text) is None
