"""A healthy mesh is judged healthy; each thing that breaks is seen, named and put in its place."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _certificate, _probe
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi, Socket, status
from test__metrics import SCRAPE

SPACE = "/api/v1/namespaces/cam-dev"
APPS = "/apis/apps/v1/namespaces/cam-dev"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/cam-dev/endpointslices"
APP = f"{SPACE}/services/cam-service:http/proxy"
PROMETHEUS = f"{SPACE}/services/prometheus:9090/proxy/api/v1"
PODS = ("cam-1", "cam-2")
JOBS = ("cam-arbitration-mesh", "cam-collaboration-engine")
KEY = "key-of-the-clients"
LABELS = {"app.kubernetes.io/name": "cam", "app.kubernetes.io/component": "app"}
HEALTH = {
    "status": "healthy",
    "version": "2.0.0",
    "services": {"database": {"status": "healthy"}, "redis": {"status": "healthy"}},
}
ALL = {
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
    "grafana",
    "metrics",
    "targets",
    "rules",
    "alerts",
    "network_policy",
}
CUT_OFF = b'{"details": {"causes": [{"reason": "ExitCode", "message": "124"}]}}'
Reply = tuple[int, dict[str, str], bytes]


class App:
    """What answers behind the edge and behind a pod's port."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        self.answers: dict[tuple[str, str], Reply] = {}
        self.asked: set[str] = set()

    def reply(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Reply:
        body: Any = json.loads(raw) if raw else None
        self.seen.append((method, path, headers, body))
        if (method, path) in self.answers:
            return self.answers[method, path]
        if path == "/health":
            return 200, {}, json.dumps(HEALTH).encode()
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {}, b"{}"
        mark = "hit" if body["prompt"] in self.asked else "miss"
        self.asked.add(body["prompt"])
        answer = {"requestId": "r-1", "content": "c", "selectedModel": "m"}
        return 200, {"X-Cam-Cache": mark}, json.dumps(answer).encode()


class Mesh:
    """A mesh of which every part works until a test breaks one."""

    def __init__(self, api: FakeApi, kubeconfig: str) -> None:
        self.api = api
        self.app = App()
        self.counted: tuple[bytes, bytes] = (b"1\n", b'{"status": "Success"}')
        self.queries: list[tuple[list[str], str]] = []
        self.knock: tuple[bytes, bytes] = (b"", CUT_OFF)
        self.pods = [self.pod(name) for name in PODS]
        self.params: dict[str, Any] = {
            **{name: option.get("default") for name, option in _probe.ARGUMENT_SPEC.items()},
            "kubeconfig": kubeconfig,
            "namespace": "cam-dev",
            "min_replicas": 2,
            "image": "cam:2.0.0",
            "version": "2.0.0",
            "api_key_secret": {"name": "cam-api-key", "key": "api-key"},
            "database": {"provider": "in_cluster"},
            "cache": {"provider": "in_cluster"},
            "process": {"enabled": True, "policy_id": "p-1"},
            "prometheus": {
                "enabled": True,
                "namespace": "cam-dev",
                "service": "prometheus",
                "port": 9090,
            },
            "timeout_seconds": 5,
        }
        api.answers["GET", "/version"] = (200, {"gitVersion": "v1.36.3"})
        api.answers["GET", f"{SPACE}/pods"] = self._pods
        self.workload("statefulsets", "StatefulSet", "postgres", 1)
        self.workload("deployments", "Deployment", "redis", 1)
        self.workload("deployments", "Deployment", "cam-arbitration-mesh", 2)
        service = {"metadata": {"name": "cam-service"}, "spec": {"selector": LABELS}}
        api.put(f"{SPACE}/services/cam-service", service)
        endpoints = [{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}]
        self.answer(SLICES, {"items": [{"metadata": {}, "endpoints": endpoints}]})
        self.answer(f"{APP}/health", HEALTH)
        self.answer(f"{APP}/ready", {})
        kept, _, rest = SCRAPE.partition("# TYPE cam_collaboration_sessions_active")
        for pod in PODS:
            proxy = f"{SPACE}/pods/{pod}:8080/proxy"
            self.answer(f"{proxy}/metrics", kept.encode())
            text = f"# TYPE cam_collaboration_sessions_active{rest}".encode()
            self.answer(f"{proxy}/collaboration/metrics", text)
        active = [
            {"labels": {"job": job, "pod": pod}, "health": "up", "lastError": ""}
            for job in JOBS
            for pod in PODS
        ]
        self.answer(f"{PROMETHEUS}/targets", {"data": {"activeTargets": active}})
        rules = [{"rules": [{"name": "CAMDown", "health": "ok"}]}]
        self.answer(f"{PROMETHEUS}/rules", {"data": {"groups": rules}})
        watchdog = {"state": "firing", "labels": {"alertname": "Watchdog"}}
        self.answer(f"{PROMETHEUS}/alerts", {"data": {"alerts": [watchdog]}})
        self.key(KEY)
        api.sockets[f"{SPACE}/pods/postgres-0/exec"] = self._database
        for pod in PODS:
            api.sockets[f"{SPACE}/pods/{pod}/portforward"] = self._tunnel

    def run(self, **options: Any) -> dict[str, Any]:
        params = {**self.params, **options}
        return call(_probe.run, params, check_mode=False, diff=False)

    def states(self, **options: Any) -> dict[str, str]:
        return {one["name"]: one["state"] for one in self.run(**options)["checks"]}

    def check(self, name: str, **options: Any) -> dict[str, Any]:
        """The one check of this name."""
        found: list[dict[str, Any]] = self.run(**options)["checks"]
        (check,) = [one for one in found if one["name"] == name]
        return check

    def answer(self, path: str, content: Any, code: int = 200) -> None:
        self.api.answers["GET", path] = (code, content)

    def key(self, text: str) -> None:
        data = {"api-key": base64.b64encode(text.encode()).decode()}
        self.api.put(f"{SPACE}/secrets/cam-api-key", {"data": data})

    def pod(self, name: str, ready: str = "True") -> dict[str, Any]:
        return {
            "metadata": {"name": name, "namespace": "cam-dev", "labels": LABELS},
            "spec": {"containers": [{"name": "app", "image": "cam:2.0.0"}]},
            "status": {
                "phase": "Running",
                "podIP": f"10.0.0.{name[-1]}",
                "conditions": [{"type": "Ready", "status": ready}],
            },
        }

    def workload(self, plural: str, kind: str, name: str, replicas: int, ready: int = -1) -> None:
        available = replicas if ready < 0 else ready
        state = {
            "observedGeneration": 1,
            "replicas": replicas,
            "updatedReplicas": replicas,
            "availableReplicas": available,
        }
        metadata = {"name": name, "namespace": "cam-dev", "generation": 1}
        item = {"kind": kind, "metadata": metadata, "spec": {"replicas": replicas}}
        self.api.put(f"{APPS}/{plural}/{name}", {**item, "status": state})

    def _pods(self, query: dict[str, list[str]], body: Any) -> Any:
        mine = "name=cam," in query["labelSelector"][0]
        return 200, {"items": self.pods if mine else []}

    def _database(self, socket: Socket, query: dict[str, list[str]]) -> None:
        if query["command"][-2:] in (["10.0.0.1", "8080"], ["10.0.0.2", "8080"]):
            error, ended = self.knock
            socket.send(b"\x02" + error)
            socket.send(b"\x03" + ended)
            socket.close()
        else:
            self._psql(socket, query)

    def _psql(self, socket: Socket, query: dict[str, list[str]]) -> None:
        self.queries.append((query["command"], socket.receive()[1:].decode()))
        socket.receive()
        output, ended = self.counted
        socket.send(b"\x01" + output)
        socket.send(b"\x03" + ended)
        socket.close()

    def _tunnel(self, socket: Socket, query: dict[str, list[str]]) -> None:
        number = (8080).to_bytes(2, "little")
        socket.send(b"\x00" + number)
        socket.send(b"\x01" + number)
        text = b""
        while b"\r\n\r\n" not in text:
            text += socket.receive()[1:]
        head, _, raw = text.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        while len(raw) < int(headers.get("content-length", 0)):
            raw += socket.receive()[1:]
        method, path, _ = first.split(" ")
        code, extra, answer = self.app.reply(method, path, headers, raw)
        sent = [f"HTTP/1.1 {code} x", f"Content-Length: {len(answer)}"]
        sent += [f"{name}: {value}" for name, value in extra.items()]
        socket.send(b"\x00" + "\r\n".join([*sent, "", ""]).encode() + answer)
        socket.receive()


@pytest.fixture
def mesh(api: FakeApi, kubeconfig: str) -> Mesh:
    return Mesh(api, kubeconfig)


@pytest.fixture
def edge(mesh: Mesh, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The app behind real TLS, with a certificate of the namespace's own authority."""
    mesh.api.put(SPACE, {"metadata": {"name": "cam-dev"}})
    certificate = {"name": "cam-tls", "dns_names": ["mesh.test"], "ip_addresses": []}
    settings = {
        **{name: one.get("default") for name, one in _certificate.ARGUMENT_SPEC.items()},
        "namespace": "cam-dev",
        "certificates": [certificate],
        "kubeconfig": mesh.params["kubeconfig"],
    }
    assert call(_certificate.run, settings, check_mode=False, diff=False)["changed"]
    for name, value in mesh.api.objects[f"{SPACE}/secrets/cam-tls"]["data"].items():
        (tmp_path / name).write_bytes(base64.b64decode(value))

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Be silent."""

        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            code, extra, answer = mesh.app.reply(self.command, self.path, headers, raw)
            self.send_response(code)
            for name, value in {**extra, "Content-Length": str(len(answer))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _serve

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that refuses the certificate is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "tls.crt", tmp_path / "tls.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield {
        "url": "https://mesh.test",
        "url_address": f"127.0.0.1:{server.server_port}",
        "url_ca_secret": {"name": "cam-tls", "key": "ca.crt"},
    }
    server.shutdown()
    server.server_close()
    thread.join()


# The whole


def test_a_mesh_of_which_everything_works_is_healthy(mesh: Mesh, edge: dict[str, Any]) -> None:
    found = mesh.run(**edge)
    assert found["status"] == "healthy", found["lines"]
    assert {one["name"] for one in found["checks"]} == ALL
    assert found["lines"][0] == "healthy: 17 of 17 checks ok, 1 not configured"
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
    assert out == {
        "database",
        "cache",
        "process",
        "process_row",
        "cache_round_trip",
        "edge",
        "prometheus",
        "targets",
        "rules",
        "alerts",
        "grafana",
        "network_policy",
    }
    assert found["lines"][0] == "healthy: 5 of 5 checks ok, 12 not configured"
    assert mesh.app.seen == []


def test_an_api_that_is_away_is_one_failure(mesh: Mesh, tmp_path: Path) -> None:
    gone = FakeApi()
    gone.url = "http://127.0.0.1:9"
    found = mesh.run(kubeconfig=gone.kubeconfig(tmp_path))
    assert found["status"] == "failed"
    assert [one["name"] for one in found["checks"]] == ["api"]
    assert "The Kubernetes API at http://127.0.0.1:9 does not answer" in found["cause"]


def test_pods_that_may_not_be_read_are_a_verdict_and_no_crash(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods", status(403, "Forbidden", "no right to pods"), 403)
    found = mesh.run()
    assert found["status"] == "failed"
    assert "no right to pods" in found["cause"]


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
    mesh.answer(f"{PROMETHEUS}/targets", content)
    mesh.app.answers["POST", "/process"] = (200, {}, json.dumps(content).encode())
    states = mesh.states()
    assert (states["health"], states["process"], states["prometheus"]) == (
        "failed",
        "failed",
        "unknown",
    )
    assert (states["database"], states["metrics"]) == ("ok", "ok")


# A real request


def test_the_request_goes_to_a_ready_pod_with_the_key_and_is_looked_up(mesh: Mesh) -> None:
    mesh.pods[0] = mesh.pod("cam-1", "False")
    states = mesh.states()
    assert {states[name] for name in ("process", "process_row", "cache_round_trip")} == {"ok"}
    assert {"cam-2"} == {
        path.split("/")[6] for _, path, *_ in mesh.api.requests if "portforward" in path
    }
    (one, two) = mesh.app.seen
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
        "CamError: no pod is ready to take a request",
    )


def test_a_refused_request_ends_the_questions_about_it(mesh: Mesh) -> None:
    mesh.key("another-key")
    states = mesh.states()
    assert states["process"] == "failed"
    assert not {"process_row", "cache_round_trip"} & set(states)
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


@pytest.mark.parametrize(("log", "state"), [(b"[r-1]", "ok"), (b"[]", "degraded")])
def test_an_external_database_is_asked_through_the_audit_log(
    mesh: Mesh, log: bytes, state: str
) -> None:
    mesh.app.answers["GET", "/audit-logs?limit=100"] = (200, {}, log)
    found = mesh.check("process_row", database={"provider": "external"})
    assert (found["state"], found["target"]) == (state, "audit log")
    assert mesh.queries == []


def test_an_answer_that_is_computed_again_is_no_cache(mesh: Mesh) -> None:
    answer = b'{"requestId": "r-1", "content": "c", "selectedModel": "m"}'
    mesh.app.answers["POST", "/process"] = (200, {"X-Cam-Cache": "miss"}, answer)
    assert mesh.check("cache_round_trip")["observed"] == "cache mark 'miss'"
    mesh.app.answers["POST", "/process"] = (200, {}, answer)
    assert mesh.check("cache_round_trip")["state"] == "ok"


# The edge


def test_the_request_takes_the_way_of_the_clients_if_there_is_one(
    mesh: Mesh, edge: dict[str, Any]
) -> None:
    found = mesh.check("edge", **edge)
    assert (found["state"], found["observed"]) == ("ok", "status 200 over verified TLS")
    assert {headers["host"] for _, _, headers, _ in mesh.app.seen} == {"mesh.test:443"}
    assert [path for _, path, *_ in mesh.api.requests if "portforward" in path] == []


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"url_ca_secret": None}, "certificate verify failed"),
        ({"url": "https://other.test"}, "Hostname mismatch"),
        ({"url_address": "127.0.0.1:9"}, "Connection refused"),
        ({"url_ca_secret": {"name": "none", "key": "ca.crt"}}, "404 NotFound"),
        ({"url_ca_secret": {"name": "cam-tls", "key": "none"}}, "KeyError: 'none'"),
        ({"url": "mesh.test"}, "must begin with http:// or https://"),
    ],
)
def test_an_edge_that_cannot_be_trusted_or_reached_is_unknown(
    mesh: Mesh, edge: dict[str, Any], change: dict[str, Any], cause: str
) -> None:
    found = mesh.check("edge", **{**edge, **change, "process": {}})
    assert found["state"] == "unknown"
    assert cause in found["cause"]
    assert mesh.app.seen == []


def test_an_edge_that_leads_elsewhere_fails(mesh: Mesh, edge: dict[str, Any]) -> None:
    mesh.app.answers["GET", "/health"] = (404, {}, b"default backend")
    found = mesh.check("edge", **edge)
    assert (found["state"], found["observed"], found["cause"]) == (
        "failed",
        "status 404",
        "the edge does not lead to the mesh",
    )


# Metrics and Prometheus


def test_a_pod_that_lacks_a_metric_is_named(mesh: Mesh) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/collaboration/metrics", b"")
    found = mesh.check("metrics")
    assert (found["state"], found["target"]) == ("failed", "Pod/cam-2")
    assert found["cause"] == "cam_collaboration_sessions_active is missing"


@pytest.mark.parametrize(("code", "state"), [(503, "failed"), (404, "unknown")])
def test_a_pod_without_metrics_is_no_healthy_one(mesh: Mesh, code: int, state: str) -> None:
    mesh.answer(f"{SPACE}/pods/cam-2:8080/proxy/metrics", b"no", code)
    assert mesh.states()["metrics"] == state


def test_a_mesh_without_pods_has_no_metrics_and_no_targets(mesh: Mesh) -> None:
    mesh.pods = []
    states = mesh.states(process={})
    assert (states["metrics"], states["targets"]) == ("unknown", "failed")
    assert "image" not in states


def broken_target(mesh: Mesh) -> None:
    mesh.answer(f"{PROMETHEUS}/targets", {"data": {"activeTargets": []}})


def broken_rule(mesh: Mesh) -> None:
    groups = [{"rules": [{"name": "CAMDown", "health": "err"}]}]
    mesh.answer(f"{PROMETHEUS}/rules", {"data": {"groups": groups}})


def firing_alert(mesh: Mesh) -> None:
    labels = {"alertname": "CAMDown", "severity": "critical"}
    mesh.answer(
        f"{PROMETHEUS}/alerts", {"data": {"alerts": [{"state": "firing", "labels": labels}]}}
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
    "answer", [(503, status(503, "ServiceUnavailable", "no endpoints")), (200, b"<html>")]
)
def test_a_prometheus_that_does_not_answer_is_one_failure(
    mesh: Mesh, answer: tuple[int, Any]
) -> None:
    mesh.answer(f"{PROMETHEUS}/rules", answer[1], answer[0])
    found = mesh.run()
    assert found["status"] == "failed"
    assert found["cause"].startswith("prometheus: Prometheus is down")
    assert not {"targets", "rules", "alerts"} & {one["name"] for one in found["checks"]}


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
    mesh.knock = (b"", b'{"status": "Success"}')
    mesh.pods[0] = mesh.pod("cam-1", "False")
    text = "not enforced: the database reached Pod/cam-2, which no policy allows"
    found = mesh.run()
    assert found["status"] == "degraded"
    assert found["cause"].startswith("network_policy: the network plugin does not enforce")
    assert mesh.check("network_policy")["observed"] == text
    accepted = mesh.run(network_policy="not_enforced")
    assert accepted["status"] == "healthy"
    assert f"not_configured network_policy   {text}; the inventory accepts that" in "\n".join(
        accepted["lines"]
    )


def test_policies_that_hold_are_ok_where_nobody_asks_for_them(mesh: Mesh) -> None:
    found = mesh.check("network_policy", network_policy="not_enforced")
    assert (found["state"], found["observed"]) == (
        "ok",
        "enforced: the database cannot reach Pod/cam-1",
    )


def test_without_a_door_to_knock_at_nothing_is_known(mesh: Mesh) -> None:
    mesh.pods = [mesh.pod(name, "False") for name in PODS]
    assert mesh.check("network_policy", network_policy="not_enforced")["state"] == "unknown"
