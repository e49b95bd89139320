"""A healthy mesh is judged healthy; each thing that breaks is seen, named and put in its place."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _health
from ansible_collections.cam.mesh.plugins.module_utils._look import Look
from fake_api import FakeApi, status
from fake_mesh import (
    APP,
    APPS,
    DNS,
    HEALTH,
    KEY,
    PODS,
    PROMETHEUS,
    SLICES,
    SPACE,
    Mesh,
    edge_of,
    slice_of,
)

EXIT_0 = b'{"status": "Success"}'
EXIT_2 = b'{"details": {"causes": [{"reason": "ExitCode", "message": "2"}]}}'
ALL = {kind.name for kind in _health.kinds()}


@pytest.fixture
def mesh(api: FakeApi, kubeconfig: str) -> Mesh:
    return Mesh(api, kubeconfig)


@pytest.fixture
def edge(mesh: Mesh, tmp_path: Path) -> Iterator[dict[str, Any]]:
    with edge_of(mesh, tmp_path) as options:
        yield options


# The whole


def test_a_mesh_of_which_everything_works_is_healthy(mesh: Mesh, edge: dict[str, Any]) -> None:
    found = mesh.run(**edge)
    assert found["status"] == "healthy", found["lines"]
    assert {one["name"] for one in found["checks"]} == ALL
    assert found["lines"][0] == "healthy: 42 of 42 checks ok, 5 not configured, 0 advice"
    assert (found["changed"], found["cause"]) == (False, "")


def test_the_verdict_changes_nothing(mesh: Mesh) -> None:
    before = json.dumps(mesh.api.objects, sort_keys=True)
    mesh.run()
    assert json.dumps(mesh.api.objects, sort_keys=True) == before
    assert mesh.api.writes() == []


def test_what_the_inventory_leaves_out_is_not_judged(mesh: Mesh) -> None:
    found = mesh.run(
        database={"provider": "external"},
        cache={},
        process={"enabled": False},
        prometheus={},
        image="",
        version="",
    )
    out = {one["name"] for one in found["checks"] if one["state"] == "not_configured"}
    judged = {one["name"] for one in found["checks"] if one["state"] == "ok"}
    assert found["status"] == "healthy", found["lines"]
    assert out | judged == ALL
    assert {"database", "cache", "rollout", "health", "ready", "quorum"} <= judged
    assert {"database_login", "process", "edge", "targets", "slo", "image", "schema"} <= out
    assert mesh.app.seen == []


def test_what_the_inventory_skips_is_listed_and_changes_nothing(mesh: Mesh) -> None:
    mesh.answer("/api/v1/nodes", status(403, "Forbidden", "no right to nodes"), 403)
    assert mesh.run()["status"] == "unknown"
    found = mesh.run(skip=["nodes", "versions"])
    assert found["status"] == "healthy", found["lines"]
    (nodes,) = [one for one in found["checks"] if one["name"] == "nodes"]
    assert (nodes["state"], nodes["observed"]) == (
        "not_configured",
        "cam_health_skip leaves it out",
    )


def test_a_check_to_skip_must_be_one(mesh: Mesh) -> None:
    found = mesh.run(skip=["node"])
    assert found["failed"]
    assert "skip names 'node', which is no check; did you mean nodes?" in found["msg"]


def test_the_document_has_the_agreed_form(mesh: Mesh) -> None:
    found = mesh.run(cluster="eu", environment="dev")
    head = {key: found[key] for key in ("schema", "cluster", "environment", "namespace")}
    assert head == {
        "schema": "cam.mesh/health/v1",
        "cluster": "eu",
        "environment": "dev",
        "namespace": "cam-dev",
    }
    assert found["started_at"].endswith("+00:00")
    assert found["duration_ms"] > 0
    assert list(found["checks"][0]) == [
        "name",
        "group",
        "target",
        "state",
        "critical",
        "observed",
        "expected",
        "cause",
        "next",
        "duration_ms",
    ]


def hang(released: threading.Event) -> Callable[[Any, Any], Any]:
    """An answer that comes when the test is over."""

    def answer(query: Any, body: Any) -> Any:
        released.wait(30)
        return 200, {}

    return answer


def test_a_check_that_hangs_holds_nobody_up(mesh: Mesh) -> None:
    released = threading.Event()
    mesh.api.answers["GET", f"{APP}/ready"] = hang(released)
    started = time.monotonic()
    # Time enough for all others, also where the machine has much else to do.
    found = mesh.run(process={}, timeout_seconds=20, deadline_seconds=4)
    released.set()
    # Whoever waited for the answer took 20.
    assert time.monotonic() - started < 15
    (ready,) = [one for one in found["checks"] if one["name"] == "ready"]
    assert (ready["state"], ready["cause"]) == (
        "unknown",
        "it did not end within 4 s (cam_health_deadline_seconds)",
    )
    assert {one["state"] for one in found["checks"] if one["name"] != "ready"} <= {
        "ok",
        "not_configured",
    }


def test_two_hundred_pods_are_judged_in_time(api: FakeApi, kubeconfig: str) -> None:
    mesh = Mesh(api, kubeconfig, [f"cam-{number}" for number in range(200)])
    started = time.monotonic()
    found = mesh.run(timeout_seconds=30, deadline_seconds=45)
    assert time.monotonic() - started < 46
    assert found["status"] == "healthy", found["lines"]
    asked = [
        path for _, path, *_ in api.requests if path.endswith("proxy/health") and "/pods/" in path
    ]
    assert len(asked) == len(set(asked)) == 200


def test_pods_that_are_too_many_for_the_time_are_unknown_and_no_alarm(
    api: FakeApi, kubeconfig: str
) -> None:
    names = [f"cam-{number}" for number in range(200)]
    mesh = Mesh(api, kubeconfig, names)

    def slow(query: Any, body: Any) -> Any:
        threading.Event().wait(0.2)
        return 200, HEALTH

    for name in names:
        mesh.api.answers["GET", f"{SPACE}/pods/{name}:8080/proxy/health"] = slow
    started = time.monotonic()
    found = mesh.run(timeout_seconds=1, deadline_seconds=10)
    assert time.monotonic() - started < 11
    (check,) = [one for one in found["checks"] if one["name"] == "agreement"]
    assert check["state"] == "unknown"
    assert re.fullmatch(r"only \d+ of 200 answered in 2 s: .*", check["cause"])


def test_an_instance_that_hangs_is_named(mesh: Mesh) -> None:
    released = threading.Event()
    path = f"{SPACE}/pods/cam-2:8080/proxy/health"
    mesh.api.answers["GET", path] = hang(released)
    found = mesh.check("quorum", timeout_seconds=1)
    released.set()
    assert (found["state"], "no answer from cam-2" in found["cause"]) == ("failed", True)


def test_an_api_that_hangs_ends_the_verdict_in_time(mesh: Mesh) -> None:
    released = threading.Event()
    mesh.api.answers["GET", "/version"] = hang(released)
    started = time.monotonic()
    found = mesh.run(timeout_seconds=20, deadline_seconds=1)
    released.set()
    # Whoever waited for the answer took 20.
    assert time.monotonic() - started < 15
    assert [one["name"] for one in found["checks"]] == ["api"]
    assert found["status"] == "unknown"


def test_an_answer_that_does_not_come_is_a_failure_of_who_owes_it(mesh: Mesh) -> None:
    released = threading.Event()
    mesh.api.answers["GET", f"{APP}/ready"] = hang(released)
    found = mesh.check("ready", process={}, timeout_seconds=1)
    released.set()
    assert (found["state"], "gave no answer within 1 s" in found["cause"]) == ("failed", True)


class Odd(Exception):
    """Like x509.InvalidVersion: nothing that an answer is known to raise."""


@pytest.mark.parametrize(
    ("attribute", "check"),
    [("secret", "certificates"), ("running_pods", "agreement"), ("prometheus", "prometheus")],
)
def test_a_look_that_breaks_is_unknown_and_stops_no_other(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch, attribute: str, check: str
) -> None:
    def odd(*_: object) -> object:
        raise Odd("7 is not a valid X509 version")

    broken = property(odd) if attribute == "running_pods" else odd
    monkeypatch.setattr(Look, attribute, broken)
    given = {"provider": "in_cluster", "tls_secret": "postgres-tls"}
    found = mesh.run(database=given)
    assert {one["name"] for one in found["checks"]} == ALL
    (red,) = [one for one in found["checks"] if one["name"] == check]
    assert (red["state"], red["cause"]) == ("unknown", "Odd: 7 is not a valid X509 version")
    states = {one["name"]: one["state"] for one in found["checks"]}
    assert (found["status"], states["database"], states["rollout"]) == ("unknown", "ok", "ok")


def test_a_look_that_cannot_even_say_why_is_unknown(
    mesh: Mesh, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise NotImplementedError

    def mute(*_: object) -> object:
        raise Mute

    monkeypatch.setattr(Look, "warnings", mute)
    monkeypatch.setattr(Look, "prometheus", mute)
    found = mesh.run()
    assert {one["name"] for one in found["checks"]} == ALL
    said = {one["name"]: (one["state"], one["cause"]) for one in found["checks"]}
    assert said["prometheus"] == ("unknown", "Mute")
    assert said["database"] == ("ok", "")


def test_the_next_command_names_the_namespace(mesh: Mesh) -> None:
    mesh.workload("deployments", "Deployment", "redis", 0)
    assert mesh.check("cache")["next"].startswith("kubectl -n cam-dev scale deployment redis")


def test_an_api_that_is_away_is_one_failure(mesh: Mesh, tmp_path: Path) -> None:
    gone = FakeApi()
    gone.url = "http://127.0.0.1:9"
    found = mesh.run(kubeconfig=gone.kubeconfig(tmp_path))
    assert found["status"] == "failed"
    assert [one["name"] for one in found["checks"]] == ["api"]
    assert "The Kubernetes API at http://127.0.0.1:9 does not answer" in found["cause"]


def test_a_missing_right_is_named_as_such(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods", status(403, "Forbidden", "no right to pods"), 403)
    found = mesh.run()
    assert found["status"] == "unknown"
    assert "the kubeconfig's user may not do this" in found["cause"]
    assert "no right to pods" in found["cause"]
    (rollout,) = [one for one in found["checks"] if one["name"] == "rollout"]
    assert rollout["observed"] == "no permission"
    assert "cam_health_skip" in rollout["next"]


def test_each_check_says_how_long_it_took(mesh: Mesh) -> None:
    def slow(query: Any, body: Any) -> Any:
        threading.Event().wait(0.05)
        return 200, HEALTH

    mesh.api.answers["GET", f"{APP}/health"] = slow
    assert mesh.check("health", process={})["duration_ms"] >= 50


# Each part


@pytest.mark.parametrize(
    ("plural", "kind", "name", "check"),
    [
        ("statefulsets", "StatefulSet", "postgres", "database"),
        ("deployments", "Deployment", "redis", "cache"),
        ("deployments", "Deployment", "cam-arbitration-mesh", "rollout"),
    ],
)
def test_a_workload_that_does_not_run_fails_its_own_check(
    mesh: Mesh, plural: str, kind: str, name: str, check: str
) -> None:
    mesh.workload(plural, kind, name, 0)
    found = mesh.run()
    assert (found["status"], found["cause"]) == ("failed", f"{check}: scaled to 0")
    del mesh.api.objects[f"{APPS}/{plural}/{name}"]
    assert mesh.run()["cause"] == f"{check}: {kind}/{name} is gone"


def test_fewer_pods_than_the_inventory_wants_is_degraded(mesh: Mesh) -> None:
    found = mesh.run(min_replicas=3)
    assert (found["status"], found["cause"]) == (
        "degraded",
        "rollout: fewer pods than the inventory wants",
    )


def test_another_image_than_the_inventorys_is_named(mesh: Mesh) -> None:
    found = mesh.check("image", image="cam:2.1.0")
    assert (found["state"], found["observed"], found["expected"]) == (
        "failed",
        "cam:2.0.0",
        "cam:2.1.0",
    )


def test_a_service_that_leads_nowhere_fails(mesh: Mesh) -> None:
    mesh.answer(SLICES, {"items": []})
    assert mesh.check("endpoints")["cause"] == "no pod behind it is ready"
    del mesh.api.objects[f"{SPACE}/services/cam-service"]
    assert mesh.check("endpoints")["cause"] == "the Service is gone"


def test_what_is_being_deleted_does_not_count(mesh: Mesh) -> None:
    leaving = mesh.pod("cam-0")
    leaving["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    leaving["spec"]["containers"][0]["image"] = "cam:1.0.0"
    mesh.pods.append(leaving)
    assert mesh.check("image")["state"] == "ok"


@pytest.mark.parametrize(
    ("path", "code", "content", "check", "state"),
    [
        ("health", 200, {**HEALTH, "version": "1.0.0"}, "health", "failed"),
        ("health", 200, {**HEALTH, "status": "degraded"}, "health", "degraded"),
        ("ready", 503, b"postgres", "ready", "failed"),
        ("ready", 503, status(503, "ServiceUnavailable", "no endpoints"), "ready", "failed"),
        ("ready", 403, status(403, "Forbidden", "no right to proxy"), "ready", "unknown"),
    ],
)
def test_what_the_app_says_of_itself_counts(
    mesh: Mesh, path: str, code: int, content: Any, check: str, state: str
) -> None:
    mesh.answer(f"{APP}/{path}", content, code)
    assert mesh.check(check)["state"] == state


@pytest.mark.parametrize("content", [[], "text", {"status": "healthy", "services": {"redis": 1}}])
def test_an_answer_of_another_form_is_a_finding_and_no_crash(mesh: Mesh, content: Any) -> None:
    mesh.answer(f"{APP}/health", content)
    mesh.answer(f"{PROMETHEUS}/api/v1/targets", content)
    mesh.app.answers["POST", "/process"] = (200, {}, json.dumps(content).encode())
    states = mesh.states()
    assert (states["health"], states["process"], states["prometheus"]) == (
        "failed",
        "failed",
        "ok",
    )
    assert states["targets"] == "unknown"
    assert (states["database"], states["metrics"]) == ("ok", "ok")


# A real request


def test_the_request_goes_to_a_ready_pod_with_the_key_and_is_looked_up(mesh: Mesh) -> None:
    mesh.pods[0] = mesh.pod("cam-1", "False")
    states = mesh.states()
    assert {states[name] for name in ("process", "process_row", "cache_round_trip")} == {"ok"}
    assert {"cam-2"} == {
        path.split("/")[6] for _, path, *_ in mesh.api.requests if "portforward" in path
    }
    (one, two, *_) = mesh.app.seen
    assert one[3] == two[3]
    assert one[3]["policyId"] == "p-1"
    assert one[3]["prompt"].endswith(one[2]["x-cam-probe"])
    ((command, given),) = mesh.queries
    assert command[-1] == "r-1"
    assert given == "SELECT count(*) FROM requests WHERE request_id = :'request';\n"


def test_the_key_is_in_no_verdict(mesh: Mesh, edge: dict[str, Any]) -> None:
    for options in ({}, edge, {"api_key_secret": {"name": "cam-api-key", "key": "none"}}):
        assert KEY not in json.dumps(mesh.run(**options))


@pytest.mark.parametrize("key", [f"{KEY}\n", f"{KEY}\r\nX-Other: 1", f"{KEY}€"])
def test_a_key_that_no_header_can_carry_is_refused_without_showing_it(mesh: Mesh, key: str) -> None:
    mesh.key(key)
    found = mesh.run()
    check = next(one for one in found["checks"] if one["name"] == "process")
    assert check["state"] == "unknown"
    assert "api-key in Secret cam-api-key is not one line" in check["cause"]
    assert KEY not in json.dumps(found)
    assert mesh.app.seen == []


def test_a_request_without_a_way_to_send_it_is_unknown(mesh: Mesh) -> None:
    assert "needs `api_key_secret`" in mesh.check("process", api_key_secret=None)["cause"]
    mesh.pods = [mesh.pod(name, "False") for name in PODS]
    found = mesh.check("process")
    assert (found["state"], found["cause"]) == (
        "unknown",
        "no pod is ready to take a request",
    )


def test_a_refused_request_ends_the_questions_about_it(mesh: Mesh) -> None:
    mesh.key("another-key")
    states = mesh.states()
    assert states["process"] == "failed"
    assert {states[name] for name in ("process_row", "cache_round_trip")} == {"unknown"}
    assert mesh.check("process")["cause"] == "the API key is refused"


@pytest.mark.parametrize(
    ("counted", "state", "text"),
    [
        ((b"0\n", b'{"status": "Success"}'), "failed", "0 rows"),
        (
            (b"", b'{"details": {"causes": [{"reason": "ExitCode", "message": "2"}]}}'),
            "unknown",
            "psql ended with code 2",
        ),
    ],
)
def test_a_request_that_left_no_row_is_told(
    mesh: Mesh, counted: tuple[bytes, bytes], state: str, text: str
) -> None:
    mesh.counted = counted
    found = mesh.check("process_row")
    assert (found["state"], found["observed"]) == (state, text)


def test_a_request_that_is_in_no_audit_log_is_told(mesh: Mesh) -> None:
    assert mesh.check("process_audit")["state"] == "ok"
    path = "/audit-logs?limit=100&offset=0"
    mesh.app.answers["GET", path] = (200, {}, b'{"items": []}')
    assert mesh.check("process_audit")["state"] == "failed"
    mesh.app.answers["GET", path] = (500, {}, b"")
    assert mesh.check("process_audit")["cause"] == "GET /audit-logs answers with status 500"


def test_a_busy_audit_log_is_paged_until_the_time_of_the_request(mesh: Mesh) -> None:
    other = {"subject": "r-0", "createdAt": "2100-01-01T00:00:00Z"}
    page = json.dumps({"items": [other] * 100}).encode()
    mesh.app.answers["GET", "/audit-logs?limit=100&offset=0"] = (200, {}, page)
    assert mesh.check("process_audit")["state"] == "ok"
    old = {"subject": "r-0", "createdAt": "2020-01-01T00:00:00Z"}
    page = json.dumps({"items": [old] * 100}).encode()
    mesh.app.answers["GET", "/audit-logs?limit=100&offset=0"] = (200, {}, page)
    assert mesh.check("process_audit")["state"] == "failed"


def test_a_session_is_opened_and_closed_where_the_inventory_names_it(mesh: Mesh) -> None:
    assert mesh.check("collaboration", collaboration_path="/sessions")["state"] == "ok"
    assert [(method, path) for method, path, *_ in mesh.app.seen if "sessions" in path] == [
        ("POST", "/sessions"),
        ("DELETE", "/sessions/s-1"),
    ]
    mesh.app.answers["POST", "/sessions"] = (404, {}, b"{}")
    found = mesh.check("collaboration", collaboration_path="/sessions")
    assert found["state"] == "failed"
    assert "the app serves no /sessions, though the inventory names it" in found["cause"]
    mesh.app.answers["POST", "/sessions"] = (201, {}, b"{}")
    assert mesh.check("collaboration", collaboration_path="/sessions")["state"] == "failed"
    mesh.app.answers["POST", "/sessions"] = (201, {}, b'{"id": "s-2"}')
    mesh.app.answers["DELETE", "/sessions/s-2"] = (409, {}, b"{}")
    found = mesh.check("collaboration", collaboration_path="/sessions")
    assert found["cause"] == "a session cannot be closed"


def test_an_answer_that_is_computed_again_is_no_cache(mesh: Mesh) -> None:
    answer = b'{"requestId": "r-1", "content": "c", "selectedModel": "m"}'
    mesh.app.answers["POST", "/process"] = (200, {"X-Cam-Cache": "miss"}, answer)
    assert mesh.check("cache_round_trip")["observed"] == "cache mark 'miss'"
    mesh.app.answers["POST", "/process"] = (200, {}, answer)
    found = mesh.check("cache_round_trip")
    assert (found["state"], found["critical"]) == ("degraded", False)
    assert mesh.run(skip=["process_audit"])["status"] == "healthy"


def test_a_repeated_request_that_is_refused_is_no_round_trip(mesh: Mesh) -> None:
    mesh.app.repeated = (500, {}, b"{}")
    found = mesh.check("cache_round_trip")
    assert (found["state"], found["observed"]) == ("failed", "status 500")
    assert mesh.check("process_row")["state"] == "ok"


# The edge


def test_the_request_takes_the_way_of_the_clients_if_there_is_one(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    found = mesh.check("edge", **edge)
    assert (found["state"], found["observed"]) == ("ok", "status 200 over verified TLS")
    assert {headers["host"] for _, _, headers, _ in mesh.app.seen} == {"mesh.test:443"}
    assert [path for _, path, *_ in mesh.api.requests if "portforward" in path] == []


@pytest.mark.parametrize(
    ("change", "state", "cause"),
    [
        ({"url_ca_secret": None}, "failed", "its certificate is not trusted"),
        ({"url": "https://other.test"}, "failed", "Hostname mismatch"),
        ({"url_address": "127.0.0.1:9"}, "failed", "nobody answers"),
        ({"url_ca_secret": {"name": "none", "key": "ca.crt"}}, "unknown", "Secret none is gone"),
        ({"url_ca_secret": {"name": "cam-tls", "key": "none"}}, "unknown", "has no key none"),
        ({"url": "mesh.test"}, "unknown", "must begin with http:// or https://"),
    ],
)
def test_an_edge_that_cannot_be_trusted_or_reached_is_no_green(
    mesh: Mesh, edge: dict[str, Any], change: dict[str, Any], state: str, cause: str
) -> None:
    found = mesh.check("edge", **{**edge, **change, "process": {}})
    assert found["state"] == state
    assert cause in found["cause"]
    assert mesh.app.seen == []


def test_the_certificate_of_the_edge_is_read_as_a_client_sees_it(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    assert mesh.check("edge_certificate", **edge)["state"] == "ok"
    strict = mesh.check("edge_certificate", **edge, thresholds={"certificate_days": 999})
    assert (strict["state"], "expires in 36" in strict["cause"]) == ("degraded", True)
    other = mesh.check("edge_certificate", **{**edge, "url": "https://other.test"})
    assert (other["state"], "no client gets through" in other["cause"]) == ("failed", True)


def test_the_certificates_of_the_secrets_are_read(mesh: Mesh, edge: dict[str, Any]) -> None:
    given = {"database": {"provider": "in_cluster", "tls_secret": "cam-tls"}}
    found = mesh.check("certificates", **{**edge, **given})
    assert (found["state"], found["observed"].split(",")[0]) == ("ok", "2 certificates")
    gone = {"database": {"provider": "in_cluster", "tls_secret": "postgres-tls"}}
    assert mesh.check("certificates", **gone)["cause"] == "Secret postgres-tls is gone"


@pytest.mark.parametrize(
    ("provider", "kept", "state", "cause"),
    [
        ("in_cluster", {}, "unknown", "Secret postgres-tls has no tls.crt"),
        ("in_cluster", {"ca.crt"}, "unknown", "Secret postgres-tls has no tls.crt"),
        ("in_cluster", {"tls.crt", "ca.crt"}, "ok", ""),
        ("external", {"tls.crt"}, "unknown", "Secret postgres-tls has no ca.crt"),
        ("external", {"ca.crt"}, "ok", ""),
    ],
)
def test_a_secret_without_its_certificate_is_not_left_out(
    mesh: Mesh, edge: dict[str, Any], provider: str, kept: set[str], state: str, cause: str
) -> None:
    data = mesh.api.objects[f"{SPACE}/secrets/cam-tls"]["data"]
    data = {name: value for name, value in data.items() if name in kept}
    mesh.api.put(f"{SPACE}/secrets/postgres-tls", {"data": data})
    given = {"database": {"provider": provider, "tls_secret": "postgres-tls"}}
    found = mesh.check("certificates", **given)
    assert (found["state"], found["cause"]) == (state, cause)


def test_a_certificate_that_expires_counts_more_than_one_that_is_missing(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    mesh.api.put(f"{SPACE}/secrets/postgres-tls", {"data": {}})
    given = {"database": {"provider": "in_cluster", "tls_secret": "postgres-tls"}}
    found = mesh.check("certificates", **edge, **given, thresholds={"certificate_days": 999})
    assert (found["state"], "expires in" in found["cause"]) == ("degraded", True)


def test_the_certificate_of_the_edge_s_authority_is_read_from_its_key(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    authority = mesh.api.objects[f"{SPACE}/secrets/cam-tls"]["data"]["ca.crt"]
    mesh.api.put(f"{SPACE}/secrets/roots", {"data": {"bundle.pem": authority}})
    given = {**edge, "url_ca_secret": {"name": "roots", "key": "bundle.pem"}}
    found = mesh.check("certificates", **given)
    assert (found["state"], "Secret/roots bundle.pem" in found["observed"]) == ("ok", True)


def test_an_edge_that_leads_elsewhere_fails(mesh: Mesh, edge: dict[str, Any]) -> None:
    mesh.app.answers["GET", "/health"] = (404, {}, b"default backend")
    found = mesh.check("edge", **edge)
    assert (found["state"], found["observed"], found["cause"]) == (
        "failed",
        "status 404",
        "the edge does not lead to the mesh",
    )


def test_every_public_path_is_asked_through_service_and_edge(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    mesh.app.answers["GET", "/metrics"] = (403, {}, b"")
    found = mesh.check("edge_paths", **edge)
    assert (found["state"], found["observed"]) == (
        "ok",
        "/ready: served, /metrics: closed (403), /collaboration/metrics: served",
    )
    mesh.app.answers["GET", "/ready"] = (503, {}, b"")
    assert mesh.check("edge_paths", **edge)["cause"] == "/ready answers with status 503"
    mesh.answer(f"{APP}/collaboration/metrics", b"", 500)
    found = mesh.check("service_metrics")
    assert (found["state"], found["cause"]) == (
        "failed",
        "/collaboration/metrics answers with status 500",
    )


def test_an_edge_that_leads_elsewhere_has_no_closed_paths(mesh: Mesh, edge: dict[str, Any]) -> None:
    for path in ("/health", "/ready", "/metrics", "/collaboration/metrics"):
        mesh.app.answers["GET", path] = (404, {}, b"default backend")
    found = mesh.check("edge_paths", **edge)
    assert (found["state"], found["observed"]) == ("unknown", "not asked")
    found = mesh.check("edge_paths", **{**edge, "url_address": "127.0.0.1:9"})
    assert (found["state"], found["observed"]) == ("unknown", "not asked")


def test_without_a_url_no_path_of_an_edge_is_asked(mesh: Mesh) -> None:
    assert mesh.check("edge_paths")["state"] == "not_configured"


# Metrics and Prometheus


def test_a_pod_that_lacks_a_metric_is_named(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/collaboration/metrics", b"")
    found = mesh.check("metrics")
    assert (found["state"], found["target"]) == ("failed", "Pod/cam-2")
    assert found["cause"] == "cam_collaboration_sessions_active is missing"


@pytest.mark.parametrize(("code", "state"), [(503, "failed"), (404, "failed")])
def test_a_pod_without_metrics_is_no_healthy_one(mesh: Mesh, code: int, state: str) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/metrics", b"no", code)
    assert mesh.states()["metrics"] == state


def test_a_mesh_without_pods_has_no_metrics_and_no_targets(mesh: Mesh) -> None:
    mesh.pods = []
    states = mesh.states(process={})
    assert (states["metrics"], states["targets"]) == ("unknown", "failed")
    assert states["image"] == "failed"


def broken_target(mesh: Mesh) -> None:
    mesh.answer(f"{PROMETHEUS}/api/v1/targets", {"data": {"activeTargets": []}})


def broken_rule(mesh: Mesh) -> None:
    groups = [{"rules": [{"name": "CAMDown", "health": "err"}]}]
    mesh.answer(f"{PROMETHEUS}/api/v1/rules", {"data": {"groups": groups}})


def firing_alert(mesh: Mesh) -> None:
    labels = {"alertname": "CAMDown", "severity": "critical"}
    mesh.answer(
        f"{PROMETHEUS}/api/v1/alerts", {"data": {"alerts": [{"state": "firing", "labels": labels}]}}
    )


@pytest.mark.parametrize(
    ("breaks", "check", "cause"),
    [
        (broken_target, "targets", "cam-1 is 0 targets of job cam-arbitration-mesh"),
        (broken_rule, "rules", "alerts cannot fire"),
        (firing_alert, "alerts", "alerts fire"),
    ],
)
def test_what_prometheus_knows_counts(
    mesh: Mesh, breaks: Callable[[Mesh], None], check: str, cause: str
) -> None:
    breaks(mesh)
    found = mesh.run()
    assert found["status"] == "failed"
    assert found["cause"].startswith(f"{check}: {cause}")


def test_a_pod_that_is_not_ready_need_not_be_a_target(mesh: Mesh) -> None:
    mesh.pods.append(mesh.pod("cam-3", "False"))
    assert mesh.check("targets")["observed"] == "2 pods up in 2 jobs"


@pytest.mark.parametrize(
    "answer", [(503, status(503, "ServiceUnavailable", "no endpoints")), (500, b"<html>")]
)
def test_a_prometheus_that_does_not_answer_is_one_failure(
    mesh: Mesh, answer: tuple[int, Any]
) -> None:
    mesh.answer(f"{PROMETHEUS}/-/healthy", answer[1], answer[0])
    found = mesh.run()
    assert found["status"] == "failed"
    assert found["cause"].startswith("prometheus: Prometheus is down")
    said = {one["name"]: one["observed"] for one in found["checks"]}
    assert {said[name] for name in ("targets", "rules", "alerts", "slo")} == {"not asked"}
    assert "slo" in found["lines"][-1]


def test_an_alertmanager_that_is_down_is_told(mesh: Mesh) -> None:
    mesh.answer(
        f"{SPACE}/services/alertmanager:http/proxy/-/healthy",
        status(503, "ServiceUnavailable", "no endpoints"),
        503,
    )
    assert "alerts reach nobody" in mesh.check("alertmanager")["cause"]


def test_an_objective_that_is_missed_degrades(mesh: Mesh) -> None:
    mesh.samples["errors"] = "10"
    assert mesh.check("slo")["cause"] == "10.0 % of the requests fail"
    mesh.samples["requests"] = ""
    assert mesh.check("slo")["state"] == "unknown"


def test_a_mesh_without_traffic_is_healthy_and_its_service_level_not_ok(mesh: Mesh) -> None:
    mesh.samples = {"requests": "4", "errors": "", "latency": "NaN"}
    found = mesh.run()
    assert found["status"] == "healthy", found["lines"]
    (slo,) = [one for one in found["checks"] if one["name"] == "slo"]
    assert (slo["state"], slo["critical"]) == ("degraded", False)
    assert found["lines"][0].endswith(", 1 advice")


# Database and cache


@pytest.mark.parametrize(
    ("said", "check", "state", "cause"),
    [
        ((b"", b"FATAL: password authentication failed", EXIT_2), "database_login", "failed",
         "FATAL: password authentication failed"),
        ((b"used=97\nmost=97\nwrites=true\n", b"", EXIT_0), "database_connections", "failed",
         "every connection is taken: the app can open no more"),
        ((b"used=1\nmost=97\nwrites=true\n", b"ERROR: no table", EXIT_0), "schema", "failed",
         "migrations have not run, or failed: ERROR: no table"),
    ],
)  # fmt: skip
def test_what_the_database_says_counts(
    mesh: Mesh, said: tuple[bytes, bytes, bytes], check: str, state: str, cause: str
) -> None:
    mesh.database = said
    asked = {"provider": "in_cluster", "schema_query": "SELECT 3"}
    found = mesh.check(check, database=asked)
    assert (found["state"], found["cause"]) == (state, cause)


def test_an_older_schema_than_the_apps_is_told(mesh: Mesh) -> None:
    mesh.answer(f"{APP}/health", {**HEALTH, "schemaRevision": 4})
    asked = {"provider": "in_cluster", "schema_query": "SELECT 3"}
    found = mesh.check("schema", database=asked)
    assert found["cause"] == "the database has schema revision 3, the app needs 4"


def test_a_cache_that_refuses_the_password_is_told(mesh: Mesh) -> None:
    mesh.cache = (b"NOAUTH Authentication required.\n", b"AUTH failed: WRONGPASS\n", EXIT_0)
    found = mesh.run()
    assert found["cause"] == "cache_login: AUTH failed: WRONGPASS"
    (memory,) = [one for one in found["checks"] if one["name"] == "cache_memory"]
    assert memory["observed"] == "not asked"


# The cluster and the mesh as one


def test_names_that_nobody_resolves_fail(mesh: Mesh) -> None:
    mesh.answer(DNS, {"items": [slice_of("kube-dns", "10.0.0.10", ready=False)]})
    assert mesh.run()["cause"] == "dns: no DNS server of the cluster is ready"


def test_a_claim_that_is_not_bound_is_told_with_its_reason(mesh: Mesh) -> None:
    claim = {"metadata": {"name": "data"}, "status": {"phase": "Pending"}}
    mesh.answer(f"{SPACE}/persistentvolumeclaims", {"items": [claim]})
    event = {"involvedObject": {"name": "data"}, "message": "storageclass gold not found"}
    mesh.answer(f"{SPACE}/events", {"items": [event]})
    found = mesh.check("claims")
    assert found["cause"] == "claim data is Pending: storageclass gold not found"


def test_an_instance_of_another_version_is_named(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/health", {**HEALTH, "version": "1.9.0"})
    found = mesh.check("agreement")
    assert found["cause"] == (
        "instances disagree on their version: cam-1 says 2.0.0, cam-2 says 1.9.0"
    )


def test_too_few_instances_that_answer_are_no_quorum(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/health", b"no", 500)
    found = mesh.check("quorum")
    assert (found["state"], "no answer from cam-2" in found["cause"]) == ("failed", True)


def test_a_config_map_that_is_gone_is_told(mesh: Mesh) -> None:
    del mesh.api.objects[f"{SPACE}/configmaps/cam-arbitration-mesh"]
    assert "ConfigMap cam-arbitration-mesh is gone" in mesh.check("consensus")["cause"]


def test_without_a_deployment_nothing_is_known_of_its_settings(mesh: Mesh) -> None:
    del mesh.api.objects[f"{APPS}/deployments/cam-arbitration-mesh"]
    for check in ("consensus", "quorum"):
        found = mesh.check(check)
        assert (found["state"], found["cause"]) == (
            "unknown",
            "Deployment cam-arbitration-mesh is gone: it has no settings to read",
        )


def test_grafana_is_asked_where_it_is_configured(mesh: Mesh) -> None:
    place = {"enabled": True, "namespace": "cam-dev", "service": "prometheus", "port": "http"}
    mesh.answer(f"{SPACE}/services/grafana:http/proxy/api/health", {"database": "ok"})
    checks = {one["name"]: one for one in mesh.run(prometheus={**place, "grafana": True})["checks"]}
    assert checks["grafana"]["state"] == "ok", checks["grafana"]
    mesh.answer(f"{SPACE}/services/grafana:http/proxy/api/health", {"database": "failing"}, 503)
    found = mesh.run(prometheus={**place, "grafana": True})
    (grafana,) = [one for one in found["checks"] if one["name"] == "grafana"]
    assert grafana["state"] != "ok"


# Network policies


def test_a_database_that_gets_through_is_told_whatever_the_inventory_says(mesh: Mesh) -> None:
    mesh.knock = (b"", b"", EXIT_0)
    mesh.pods[0] = mesh.pod(PODS[0], "False")
    text = f"not enforced: the database reached Pod/{PODS[1]}, which no policy allows"
    assert mesh.check("network_policy")["observed"] == text
    assert mesh.check("network_policy")["state"] == "degraded"
    accepted = mesh.check("network_policy", network_policy="not_enforced")
    assert (accepted["state"], accepted["observed"]) == (
        "not_configured",
        f"{text}; the inventory accepts that",
    )


def test_without_a_door_to_knock_at_nothing_is_known(mesh: Mesh) -> None:
    mesh.pods = [mesh.pod(name, "False") for name in PODS]
    assert mesh.check("network_policy", network_policy="not_enforced")["state"] == "unknown"
