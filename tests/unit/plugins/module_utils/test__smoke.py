"""The suite passes on a good mesh, names each thing that is wrong, and leaves nothing behind."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _smoke
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi
from hostile import JINJA
from small_mesh import KEY, SmallMesh, small_mesh

SECRET = "/api/v1/namespaces/cam-dev/secrets/cam-api-key"


@pytest.fixture
def mesh() -> Iterator[SmallMesh]:
    with small_mesh() as found:
        yield found


@pytest.fixture
def params(api: FakeApi, kubeconfig: str, mesh: SmallMesh) -> dict[str, Any]:
    api.put(SECRET, {"data": {"api-key": base64.b64encode(KEY.encode()).decode()}})
    defaults = {name: option.get("default") for name, option in _smoke.ARGUMENT_SPEC.items()}
    return {
        **defaults,
        "kubeconfig": kubeconfig,
        "namespace": "cam-dev",
        "url": mesh.url,
        "api_key_secret": {"name": "cam-api-key", "key": "api-key"},
    }


def run(params: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return call(_smoke.run, {**params, **changes}, check_mode=False, diff=False)


def states(result: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["state"] for check in result["checks"]}


def test_a_good_mesh(params: dict[str, Any], mesh: SmallMesh) -> None:
    result = run(params)
    assert result["status"] == "healthy", result["lines"]
    assert len(result["checks"]) == 14
    assert mesh.policies == {}
    assert len(mesh.audit) == 1


@pytest.mark.parametrize(
    ("asked", "answer", "red", "cause"),
    [
        (("GET", "/health"), (200, {"status": "degraded"}), "smoke_health", "status degraded"),
        (("GET", "/health"), (503, {}), "smoke_health", "GET /health answers status 503: {}"),
        (("GET", "/health"), (200, "[" * 200_000), "smoke_health", "nested too deeply"),
        (("GET", "/ready"), (503, {}), "smoke_ready", "GET /ready answers status 503"),
        (("GET", "/models"), (200, {"items": []}), "smoke_models", "GET /models answers no model"),
        (("GET", "/models"), (200, "<html>"), "smoke_models", "JSONDecodeError"),
        (("GET", "/models"), (200, {"total": 0}), "smoke_models", "no list"),
        (("POST", "/process"), (200, {}), "smoke_no_key", "without a key answers status 200"),
        (("POST", "/process"), (500, {}), "smoke_process", "POST /process answers status 500"),
        (("POST", "/policies"), (500, JINJA), "smoke_policy_create", JINJA),
        (("POST", "/policies"), (201, {"id": "../models"}), "smoke_policy_create", "no path"),
        (("PUT", "/policies"), (200, {}), "smoke_policy_update", "category balanced"),
        (("DELETE", "/policies"), (500, {}), "smoke_policy_delete", "status 500"),
        (("DELETE", "/policies"), (204, ""), "smoke_policy_delete", "answers status 200"),
        (("GET", "/audit-logs"), (200, {"items": []}), "smoke_audit", "newest 100 rows"),
        (("GET", "/collaboration"), (200, ""), "smoke_collaboration", "no metric of sessions"),
    ],
)
def test_what_is_wrong_is_named(
    params: dict[str, Any],
    mesh: SmallMesh,
    monkeypatch: pytest.MonkeyPatch,
    asked: tuple[str, str],
    answer: tuple[int, Any],
    red: str,
    cause: str,
) -> None:
    monkeypatch.setattr(_smoke, "AUDIT_PAUSE_SECONDS", 0.01)
    mesh.answers[asked] = answer
    result = run(params)
    assert result["status"] == "failed"
    (check,) = [check for check in result["checks"] if check["name"] == red]
    assert check["state"] == "failed"
    assert cause in f"{check['cause']} {check['expected']}".replace("an id that fits", "")
    assert "kubectl -n cam-dev logs" in check["next"]
    assert len(result["checks"]) == 14


def test_what_needs_a_step_that_failed_is_unknown_and_not_ok(
    params: dict[str, Any], mesh: SmallMesh
) -> None:
    mesh.answers["POST", "/policies"] = (500, {})
    found = states(run(params))
    assert {name for name, state in found.items() if state == "unknown"} == {
        "smoke_policy_read",
        "smoke_policy_update",
        "smoke_policy_delete",
        "smoke_process",
        "smoke_audit",
    }


def test_a_policy_is_removed_although_its_use_failed(
    params: dict[str, Any], mesh: SmallMesh
) -> None:
    mesh.answers["PUT", "/policies"] = (500, {})
    mesh.answers["POST", "/process"] = (500, {})
    assert run(params)["status"] == "failed"
    assert mesh.policies == {}


def test_leftovers_of_a_killed_run_go_and_everything_else_stays(
    params: dict[str, Any], mesh: SmallMesh
) -> None:
    names = ("cam-smoke-1-00000000", "cam-smoke-99999999999-00000000", "balanced")
    mesh.policies = {str(at): {"id": str(at), "name": name} for at, name in enumerate(names)}
    result = run(params)
    assert [policy["name"] for policy in mesh.policies.values()] == list(names[1:])
    assert "1 of earlier runs removed" in str(result["lines"])


def test_a_paid_request_is_left_out_where_it_is_off(
    params: dict[str, Any], mesh: SmallMesh
) -> None:
    result = run(params, process_enabled=False)
    assert result["status"] == "healthy"
    assert states(result)["smoke_process"] == "not_configured"
    assert mesh.audit == []


def test_smoke_alone_and_a_dry_run_change_nothing(params: dict[str, Any], mesh: SmallMesh) -> None:
    run(params, integration_enabled=False)
    call(_smoke.run, params, check_mode=True, diff=False)
    assert ("POST", "/policies") not in mesh.seen
    assert mesh.audit == []


def test_no_collaboration_is_not_configured(params: dict[str, Any], mesh: SmallMesh) -> None:
    mesh.answers["GET", "/collaboration"] = (404, {})
    assert states(run(params))["smoke_collaboration"] == "not_configured"


def test_nobody_answers(params: dict[str, Any]) -> None:
    result = run(params, url="http://127.0.0.1:1")
    assert result["cause"] == "smoke_health: connection refused"
    assert "ok" not in states(result).values()


@pytest.mark.parametrize("key", ["", "two\nlines", "schlüssel"])
def test_a_key_that_fits_no_header_is_refused_unseen(
    params: dict[str, Any], api: FakeApi, key: str
) -> None:
    api.put(SECRET, {"data": {"api-key": base64.b64encode(key.encode()).decode()}})
    message = run(params)["msg"]
    assert message == "api-key in Secret cam-api-key is not one line of printable ASCII"


def test_a_secret_that_is_missing_is_named(params: dict[str, Any]) -> None:
    message = run(params, api_key_secret={"name": "gone", "key": "api-key"})["msg"]
    assert message == "Secret gone is gone"
    message = run(params, api_key_secret={"name": "cam-api-key", "key": "gone"})["msg"]
    assert message == "Secret cam-api-key has no key gone"


def test_without_an_edge_a_ready_pod_is_asked(params: dict[str, Any], api: FakeApi) -> None:
    result = run(params, url="")
    assert result["cause"] == "smoke_health: no pod is ready to take a request"
