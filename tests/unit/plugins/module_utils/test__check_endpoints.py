"""Service, health, readiness, metrics and edge: green once, and red for each cause."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _check_endpoints as judge
from ansible_collections.cam.mesh.plugins.module_utils import _check_function as function
from test__metrics import SCRAPE

LABELS = {"app.kubernetes.io/name": "cam"}


def pod() -> dict[str, Any]:
    return {"metadata": {"name": "app-1", "labels": LABELS}}


def test_a_service_must_lead_to_ready_pods() -> None:
    service = {"metadata": {"name": "cam-service"}, "spec": {"selector": LABELS}}
    wrong = {"metadata": {"name": "cam-service"}, "spec": {"selector": {"app": "other"}}}
    slices = [{"endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}]}]
    unready = [{"endpoints": [{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}]}]
    assert judge.endpoints(service, slices, [pod()]).state == "ok"
    assert "no pod behind it is ready" in judge.endpoints(service, unready, [pod()]).cause
    assert "matches no pod" in judge.endpoints(wrong, [], [pod()]).cause
    assert judge.endpoints(None, [], []).state == "failed"


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
    assert judge.health(status, body, "2.0.0").state == state


def test_ready_is_200() -> None:
    assert judge.ready(200, b"").state == "ok"
    assert "postgres" in judge.ready(503, b"postgres").cause


def test_metrics_of_every_pod_are_judged() -> None:
    assert judge.metrics({"a": SCRAPE}).state == "ok"
    assert judge.metrics({}).state == "unknown"
    broken = judge.metrics(
        {"Pod/a": SCRAPE, "Pod/b": SCRAPE.replace("cam_cost_total", "cam_costs_total")}
    )
    assert (broken.state, broken.target) == ("failed", "Pod/b")


def test_the_edge_must_lead_to_the_mesh() -> None:
    assert judge.edge(200, b'{"services": {}}', "https://mesh").state == "ok"
    other = judge.edge(200, b"<html>please log in</html>", "https://mesh")
    assert (other.state, other.cause) == ("failed", "something else than the mesh answers there")
    gone = judge.edge(404, b"{}", "https://mesh")
    assert gone.cause == "the edge does not lead to the mesh"


@pytest.mark.parametrize(
    "body", [b"[]", b'"text"', b"null", b'{"status": "ok", "services": {"a": 1}}']
)
def test_json_of_another_form_breaks_the_contract(body: bytes) -> None:
    for found in (judge.health(200, body, ""), function.process(200, body, "")):
        assert (found.state, found.cause) == ("failed", "the answer breaks the contract")
