"""Each judgement is shown green once and red for each of its causes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _judge
from test__metrics import SCRAPE

LABELS = {"app.kubernetes.io/name": "cam"}


def deployment(replicas: int = 2, available: int = 2) -> dict[str, Any]:
    return {
        "kind": "Deployment",
        "metadata": {"name": "app", "namespace": "cam-test", "generation": 3},
        "spec": {"replicas": replicas},
        "status": {
            "observedGeneration": 3,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "readyReplicas": available,
            "availableReplicas": available,
        },
    }


def pod(**status: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": "app-1", "labels": LABELS},
        "spec": {"containers": [{"name": "app", "image": "cam:2"}]},
        "status": {"phase": "Running", **status},
    }


def container(**state: Any) -> dict[str, Any]:
    return {"name": "app", "image": "cam:2", "ready": False, "state": state}


def test_a_workload_that_runs_is_ok() -> None:
    assert _judge.workload("rollout", "Deployment/app", deployment(), [pod()]).state == "ok"


@pytest.mark.parametrize(
    ("item", "pods", "cause"),
    [
        (None, [], "Deployment/app is gone"),
        (deployment(0, 0), [], "scaled to 0"),
        (deployment(2, 0), [], "it has no pods"),
        (
            deployment(2, 1),
            [pod(containerStatuses=[container(waiting={"reason": "ImagePullBackOff"})])],
            "cannot be pulled",
        ),
        (
            deployment(2, 1),
            [
                pod(
                    conditions=[
                        {
                            "type": "ContainersReady",
                            "status": "False",
                            "message": "containers with unready status: [app]",
                        }
                    ],
                    containerStatuses=[container(running={})],
                )
            ],
            "fails its readiness",
        ),
    ],
)
def test_a_workload_that_does_not_run_names_the_cause(item: Any, pods: Any, cause: str) -> None:
    found = _judge.workload("rollout", "Deployment/app", item, pods)
    assert found.state == "failed"
    assert cause in found.cause


def test_fewer_pods_than_wanted_is_degraded() -> None:
    item = deployment(2, 2)
    check = _judge.workload("rollout", "Deployment/app", item, [])
    assert _judge.enough(check, item, 2).state == "ok"
    assert _judge.enough(check, item, 3).state == "degraded"


def test_the_image_must_be_the_expected_one() -> None:
    assert _judge.image([pod()], "cam:2").state == "ok"
    assert _judge.image([pod()], "cam:3").state == "failed"


def test_a_service_must_lead_to_ready_pods() -> None:
    service = {"metadata": {"name": "cam-service"}, "spec": {"selector": LABELS}}
    wrong = {"metadata": {"name": "cam-service"}, "spec": {"selector": {"app": "other"}}}
    slices = [{"endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}]}]
    unready = [{"endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}]}]
    assert _judge.endpoints(service, slices, [pod()]).state == "ok"
    assert "no pod behind it is ready" in _judge.endpoints(service, unready, [pod()]).cause
    assert "matches no pod" in _judge.endpoints(wrong, [], [pod()]).cause
    assert _judge.endpoints(None, [], []).state == "failed"


def health(**changes: Any) -> bytes:
    answer = {
        "status": "healthy",
        "version": "2.0.0",
        "services": {"database": {"status": "healthy"}, "redis": {"status": "healthy"}},
    }
    return json.dumps({**answer, **changes}).encode()


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, health(), "ok"),
        (200, health(version="1.9"), "failed"),
        (200, health(status="degraded"), "degraded"),
        (200, health(services={"redis": {"status": "unhealthy"}}), "degraded"),
        (503, health(status="unhealthy"), "failed"),
        (200, b"<html>", "failed"),
        (200, b"{}", "failed"),
    ],
)
def test_health_keeps_its_contract(status: int, body: bytes, state: str) -> None:
    assert _judge.health(status, body, "2.0.0").state == state


def test_ready_is_200() -> None:
    assert _judge.ready(200, b"").state == "ok"
    assert "postgres" in _judge.ready(503, b"postgres").cause


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (401, b"", "the API key is refused"),
        (429, b"", "the rate limit is reached"),
        (500, b"", "the request failed"),
        (200, b"not json", "breaks the contract"),
        (200, b'{"requestId": "1"}', "breaks the contract"),
    ],
)
def test_a_request_that_fails_says_why(status: int, body: bytes, cause: str) -> None:
    found = _judge.process(status, body, "")
    assert (found.state, cause in found.cause) == ("failed", True)


def test_a_request_that_is_answered_is_ok() -> None:
    body = b'{"requestId": "1", "content": "c", "selectedModel": "m"}'
    assert _judge.process(200, body, "").state == "ok"


@pytest.mark.parametrize(
    ("code", "output", "state"), [(0, "1\n", "ok"), (0, "0\n", "failed"), (2, "", "unknown")]
)
def test_the_row_is_counted_by_the_database(code: int, output: str, state: str) -> None:
    assert _judge.row(code, output, "no route", "id").state == state


@pytest.mark.parametrize(
    ("mark", "redis", "state"),
    [
        ("hit", "healthy", "ok"),
        ("miss", "healthy", "failed"),
        (None, "healthy", "ok"),
        (None, "unhealthy", "failed"),
    ],
)
def test_the_repeated_answer_comes_from_redis(mark: str | None, redis: str, state: str) -> None:
    assert _judge.cache_hit(mark, redis).state == state


def test_metrics_of_every_pod_are_judged() -> None:
    assert _judge.metrics({"a": SCRAPE}).state == "ok"
    assert _judge.metrics({}).state == "unknown"
    broken = _judge.metrics(
        {"Pod/a": SCRAPE, "Pod/b": SCRAPE.replace("cam_cost_total", "cam_costs_total")}
    )
    assert (broken.state, broken.target) == ("failed", "Pod/b")


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
    assert _judge.targets({"data": {"activeTargets": active}}, pods, ["j"]).state == state


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([{"name": "r", "health": "ok"}], "ok"),
        ([{"name": "r", "health": "err"}], "failed"),
        ([], "failed"),
    ],
)
def test_rules_must_be_loaded_and_evaluate(found: Any, state: str) -> None:
    assert _judge.rules({"data": {"groups": [{"rules": found}]}}).state == state


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
    assert _judge.alerts(answer, ["Watchdog"]).state == state


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"null", b'{"status": "ok", "services": {"a": 1}}']
)
def test_json_of_another_form_breaks_the_contract(body: bytes) -> None:
    for found in (_judge.health(200, body, ""), _judge.process(200, body, "")):
        assert (found.state, found.cause) == ("failed", "the answer breaks the contract")


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
    assert _judge.grafana(status, body).state == state


@pytest.mark.parametrize(
    ("code", "error", "state"),
    [
        (0, "", "degraded"),
        (124, "", "ok"),
        (143, "", "ok"),
        (1, "bash: connect: Connection refused", "ok"),
        (1, "bash: connect: No route to host", "ok"),
        (1, "bash: /dev/tcp/10.0.0.1/8080: No such file or directory", "unknown"),
        (127, "timeout: failed to run command 'bash': No such file or directory", "unknown"),
        (137, "", "unknown"),
    ],
)
def test_only_an_attempt_that_was_cut_off_shows_policies_at_work(
    code: int, error: str, state: str
) -> None:
    found = _judge.network_policy("Pod/cam-1", code, error, accepted=False)
    assert found.state == state
    assert found.observed.startswith("enforced") == (state == "ok")
