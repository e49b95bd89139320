"""What Prometheus, Alertmanager and Grafana say: green once, and red for each cause."""

from __future__ import annotations

import math
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_monitoring as judge


def target(pod: str, job: str = "j", health: str = "up") -> dict[str, Any]:
    return {"labels": {"job": job, "pod": pod}, "health": health, "lastError": "refused"}


@pytest.mark.parametrize(
    ("active", "pods", "state"),
    [
        ([target("a")], ["a"], "ok"),
        ([target("a"), target("a")], ["a"], "failed"),
        ([target("a", health="down")], ["a"], "failed"),
        ([], ["a"], "failed"),
        ([], [], "failed"),
    ],
)
def test_each_pod_is_one_target_that_is_up(active: Any, pods: list[str], state: str) -> None:
    assert judge.targets({"data": {"activeTargets": active}}, pods, ["j"]).state == state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([{"name": "r", "health": "ok"}], "ok"),
        ([{"name": "r", "health": "err"}], "failed"),
        ([], "failed"),
    ],
)
def test_rules_must_be_loaded_and_evaluate(found: Any, state: str) -> None:
    assert judge.rules({"data": {"groups": [{"rules": found}]}}).state == state


@pytest.mark.parametrize(
    ("name", "severity", "state"),
    [
        ("Watchdog", "none", "ok"),
        ("SlowArbitration", "warning", "degraded"),
        ("CAMDown", "critical", "failed"),
    ],
)
def test_alerts_that_fire_count_by_severity(name: str, severity: str, state: str) -> None:
    labels = {"alertname": name, "severity": severity}
    answer = {"data": {"alerts": [{"state": "firing", "labels": labels}]}}
    assert judge.alerts(answer, ["Watchdog"]).state == state


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, b'{"database": "ok"}', "ok"),
        (503, b'{"database": "failing"}', "degraded"),
        (200, b"[]", "degraded"),
        (502, b"<html>", "degraded"),
    ],
)
def test_grafana_is_judged_by_its_own_words(status: int, body: bytes, state: str) -> None:
    assert judge.grafana(status, body).state == state


def test_prometheus_says_itself_whether_it_is_healthy() -> None:
    assert judge.prometheus(200, b"Prometheus Server is Healthy.").state == "ok"
    assert judge.prometheus(503, b"starting").cause == "Prometheus is down: starting"


@pytest.mark.parametrize(
    ("known", "status", "state"), [(["a"], 200, "ok"), ([], 200, "failed"), (["a"], 503, "failed")]
)
def test_alerts_must_reach_somebody(known: list[str], status: int, state: str) -> None:
    answer = {"data": {"activeAlertmanagers": known}}
    assert judge.alertmanager(answer, status).state == state


@pytest.mark.parametrize(
    ("requests", "errors", "latency", "state"),
    [
        (100, 5, 50, "ok"),
        (100, 6, 10, "degraded"),
        (100, 0, 51, "degraded"),
        (10, 10, 900, "degraded"),
        (99, 50, 10, "degraded"),
        (math.nan, 0, 0, "unknown"),
        (100, math.nan, 10, "ok"),
        (100, 0, math.nan, "unknown"),
        (100, 50, math.nan, "degraded"),
    ],
)
def test_the_objectives_are_those_of_the_alerts(
    requests: float, errors: float, latency: float, state: str
) -> None:
    found = {"requests": requests, "errors": errors, "latency": latency}
    assert judge.slo(found, 5, 50).state == state


@pytest.mark.parametrize(("requests", "errors"), [(0, 0), (9, 9), (99, 49), (10, math.nan)])
def test_too_few_requests_to_judge_are_told_and_not_called_good(
    requests: float, errors: float
) -> None:
    found = judge.slo({"requests": requests, "errors": errors, "latency": math.nan}, 5, 50)
    assert found.is_advice
    assert found.cause == "too few requests to judge"


def test_most_of_a_few_requests_that_fail_are_a_finding() -> None:
    found = judge.slo({"requests": 10, "errors": 6, "latency": math.nan}, 5, 50)
    assert (found.state, found.critical) == ("degraded", True)
    assert found.cause == "60.0 % of the requests fail"


def test_a_query_without_an_answer_is_no_number() -> None:
    assert math.isnan(judge.number({"data": {"result": []}}))
    assert judge.number({"data": {"result": [{"value": [0, "2.5"]}]}}) == 2.5
