"""A mesh in memory behind the fake API: every part works until a test breaks one."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cam.mesh.plugins.module_utils import _certificate, _verdict
from ansible_collections.cam.mesh.plugins.module_utils._run import call
from fake_api import FakeApi, Server, Socket
from test__metrics import SCRAPE

SPACE = "/api/v1/namespaces/cam-dev"
APPS = "/apis/apps/v1/namespaces/cam-dev"
SLICES = "/apis/discovery.k8s.io/v1/namespaces/cam-dev/endpointslices"
APP = f"{SPACE}/services/cam-service:http/proxy"
PROMETHEUS = f"{SPACE}/services/prometheus:9090/proxy"
BUDGETS = "/apis/policy/v1/namespaces/cam-dev/poddisruptionbudgets"
DNS = "/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices"
PODS = ("cam-1", "cam-2")
JOBS = ("cam-arbitration-mesh", "cam-collaboration-engine")
KEY = "key-of-the-clients"
LABELS = {"app.kubernetes.io/name": "cam", "app.kubernetes.io/component": "app"}
HEALTH = {
    "status": "healthy",
    "version": "2.0.0",
    "services": {"database": {"status": "healthy"}, "redis": {"status": "healthy"}},
}
ENDED = b'{"status": "Success"}'
CUT_OFF = b'{"details": {"causes": [{"reason": "ExitCode", "message": "124"}]}}'
DATABASE = b"""/dev/sda1 100000000 39000000 61000000 39% /var/lib/postgresql/data
used=3
most=97
writes=true
revision=3
"""
CACHE = b"""PONG
used_memory:1048576
maxmemory:67108864
maxmemory_policy:allkeys-lru
evicted_keys:0
aof_last_write_status:ok
"""
MESH_INFO = '\ncam_mesh_info{mesh_id="cam",node_type="arbitrator",algorithm="raft"} 1\n'
_SESSIONS = "# TYPE cam_collaboration_sessions_active"
PAGES = {
    "/metrics": SCRAPE.partition(_SESSIONS)[0].encode(),
    "/collaboration/metrics": "".join([*SCRAPE.partition(_SESSIONS)[1:], MESH_INFO]).encode(),
}
# Lists of which a plain mesh has nothing.
NOTHING = (
    f"{SPACE}/resourcequotas",
    f"{SPACE}/events",
    "/apis/autoscaling/v2/namespaces/cam-dev/horizontalpodautoscalers",
)
Reply = tuple[int, dict[str, str], bytes]


def node(name: str, **conditions: str) -> dict[str, Any]:
    found = {"Ready": "True", **conditions}
    return {
        "metadata": {"name": name},
        "status": {
            "nodeInfo": {"kubeletVersion": "v1.36.3"},
            "conditions": [{"type": key, "status": value} for key, value in found.items()],
        },
    }


def slice_of(service: str, *addresses: str, ready: bool = True) -> dict[str, Any]:
    endpoint = {"addresses": list(addresses), "conditions": {"ready": ready}}
    labels = {"kubernetes.io/service-name": service}
    return {"metadata": {"name": service, "labels": labels}, "endpoints": [endpoint]}


def server(name: str, part: str) -> dict[str, Any]:
    """The pod of database or cache."""
    return {
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": part}},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
    }


def told(socket: Socket, output: bytes, error: bytes, ended: bytes) -> None:
    """What a command said and how it ended."""
    socket.send(b"\x01" + output)
    if error:
        socket.send(b"\x02" + error)
    socket.send(b"\x03" + ended)
    socket.close()


class App:
    """What answers behind the edge and behind a pod's port."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, dict[str, str], Any]] = []
        self.answers: dict[tuple[str, str], Reply] = {}
        self.asked: set[str] = set()
        # What the same question gets again, if not an answer from the cache.
        self.repeated: Reply | None = None

    def reply(self, method: str, path: str, headers: dict[str, str], raw: bytes) -> Reply:
        body: Any = json.loads(raw) if raw else None
        self.seen.append((method, path, headers, body))
        if (method, path) in self.answers:
            return self.answers[method, path]
        if path == "/health":
            return 200, {}, json.dumps(HEALTH).encode()
        if path == "/ready":
            return 200, {}, b"{}"
        if path in PAGES:
            return 200, {}, PAGES[path]
        if headers.get("authorization") != f"Bearer {KEY}":
            return 401, {}, b"{}"
        if path.startswith("/audit-logs"):
            items = [{"subject": "r-1", "createdAt": "2100-01-01T00:00:00Z"}] if self.asked else []
            return 200, {}, json.dumps({"items": items}).encode()
        if path.startswith("/sessions"):
            code = 201 if method == "POST" else 204
            return code, {}, b'{"sessionId": "s-1"}' if method == "POST" else b""
        if body["prompt"] in self.asked and self.repeated:
            return self.repeated
        mark = "hit" if body["prompt"] in self.asked else "miss"
        self.asked.add(body["prompt"])
        answer = {"requestId": "r-1", "content": "c", "selectedModel": "m"}
        return 200, {"X-Cam-Cache": mark}, json.dumps(answer).encode()


class Mesh:
    """A mesh of which every part works until a test breaks one."""

    def __init__(self, api: FakeApi, kubeconfig: str, names: Sequence[str] = PODS) -> None:
        self.api = api
        self.app = App()
        self.counted: tuple[bytes, bytes] = (b"1\n", ENDED)
        # A knock at a pod of the app, which no policy allows, is cut off by `timeout`.
        self.knock = (b"", b"", CUT_OFF)
        self.database = (DATABASE, b"", ENDED)
        self.cache = (CACHE, b"", ENDED)
        self.queries: list[tuple[list[str], str]] = []
        self.samples = {"requests": "100", "errors": "1", "latency": "12"}
        self.pods = [self.pod(name) for name in names]
        self.params: dict[str, Any] = {
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
        self.answer("/api/v1/nodes", {"items": [node("node-1")]})
        self.answer("/apis/apiregistration.k8s.io/v1/apiservices", {"items": []})
        self.answer(DNS, {"items": [slice_of("kube-dns", "10.0.0.10")]})
        for path in NOTHING:
            self.answer(path, {"items": []})
        budget = {
            "metadata": {"name": "cam-arbitration-mesh"},
            "spec": {"selector": {"matchLabels": LABELS}},
            "status": {"disruptionsAllowed": 1},
        }
        self.answer(BUDGETS, {"items": [budget]})
        volume = {"metadata": {"name": "data"}, "status": {"phase": "Bound"}}
        self.answer(f"{SPACE}/persistentvolumeclaims", {"items": [volume]})
        settings = {"CAM_CONSENSUS_ALGORITHM": "raft", "CAM_CONSENSUS_THRESHOLD": "0.66"}
        api.put(f"{SPACE}/configmaps/cam-arbitration-mesh", {"data": settings})
        api.answers["GET", f"{SPACE}/pods"] = self._pods
        self.workload("statefulsets", "StatefulSet", "postgres", 1)
        self.workload("deployments", "Deployment", "redis", 1)
        self.workload("deployments", "Deployment", "cam-arbitration-mesh", len(names))
        service = {"metadata": {"name": "cam-service"}, "spec": {"selector": LABELS}}
        api.put(f"{SPACE}/services/cam-service", service)
        self.answer(SLICES, {"items": [slice_of("cam-service", "10.0.0.1")]})
        self.answer(f"{APP}/health", HEALTH)
        self.answer(f"{APP}/ready", {})
        kept, rest = PAGES["/metrics"], PAGES["/collaboration/metrics"]
        self.answer(f"{APP}/metrics", kept)
        self.answer(f"{APP}/collaboration/metrics", rest)
        for pod in names:
            proxy = f"{SPACE}/pods/{pod}:8080/proxy"
            self.answer(f"{proxy}/metrics", kept)
            self.answer(f"{proxy}/collaboration/metrics", rest)
            self.answer(f"{proxy}/health", HEALTH)
        active = [
            {"labels": {"job": job, "pod": pod}, "health": "up", "lastError": ""}
            for job in JOBS
            for pod in names
        ]
        self.answer(f"{PROMETHEUS}/api/v1/targets", {"data": {"activeTargets": active}})
        rules = [{"rules": [{"name": "CAMDown", "health": "ok"}]}]
        self.answer(f"{PROMETHEUS}/api/v1/rules", {"data": {"groups": rules}})
        watchdog = {"state": "firing", "labels": {"alertname": "Watchdog"}}
        self.answer(f"{PROMETHEUS}/api/v1/alerts", {"data": {"alerts": [watchdog]}})
        self.answer(f"{PROMETHEUS}/-/healthy", b"Prometheus Server is Healthy.")
        known = {"data": {"activeAlertmanagers": [{"url": "http://alertmanager"}]}}
        self.answer(f"{PROMETHEUS}/api/v1/alertmanagers", known)
        self.answer(f"{SPACE}/services/alertmanager:http/proxy/-/healthy", b"OK")
        api.answers["GET", f"{PROMETHEUS}/api/v1/query"] = self._query
        self.key(KEY)
        api.sockets[f"{SPACE}/pods/postgres-0/exec"] = self._psql
        api.sockets[f"{SPACE}/pods/redis-1/exec"] = self._redis
        for pod in names:
            api.sockets[f"{SPACE}/pods/{pod}/portforward"] = self._tunnel

    def run(self, **options: Any) -> dict[str, Any]:
        return call(_verdict.run, self.options(**options), check_mode=False, diff=False)

    def options(self, **changes: Any) -> dict[str, Any]:
        """As Ansible would hand them over."""
        given = {**self.params, **changes}
        given = {key: value for key, value in given.items() if value is not None}
        validated = ArgumentSpecValidator(_verdict.ARGUMENT_SPEC).validate(given)
        assert not validated.error_messages, validated.error_messages
        found: dict[str, Any] = validated.validated_parameters
        return found

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
            "spec": {"containers": [{"name": "cam-app", "image": "cam:2.0.0"}]},
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
        source = [{"configMapRef": {"name": "cam-arbitration-mesh"}}]
        template = {"spec": {"containers": [{"name": "cam-app", "envFrom": source}]}}
        spec = {"replicas": replicas, "template": template}
        item = {"kind": kind, "metadata": metadata, "spec": spec}
        self.api.put(f"{APPS}/{plural}/{name}", {**item, "status": state})

    def _pods(self, query: dict[str, list[str]], body: Any) -> Any:
        servers = [server("postgres-0", "postgres"), server("redis-1", "redis")]
        return 200, {"items": [*self.pods, *servers]}

    def _psql(self, socket: Socket, query: dict[str, list[str]]) -> None:
        if query["command"][0] == "timeout":
            told(socket, *self.knock)
            return
        asked = socket.receive()[1:].decode()
        socket.receive()
        if "FROM requests" not in asked:
            told(socket, *self.database)
            return
        self.queries.append((query["command"], asked))
        told(socket, self.counted[0], b"", self.counted[1])

    def _redis(self, socket: Socket, query: dict[str, list[str]]) -> None:
        socket.receive()
        socket.receive()
        told(socket, *self.cache)

    def _query(self, query: dict[str, list[str]], body: Any) -> Any:
        value = self.samples[
            "latency"
            if "quantile" in query["query"][0]
            else "errors"
            if "error" in query["query"][0]
            else "requests"
        ]
        return 200, {"data": {"result": [{"value": [0, value]}] if value else []}}

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


@contextmanager
def edge_of(mesh: Mesh, folder: Path) -> Iterator[dict[str, Any]]:
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
        (folder / name).write_bytes(base64.b64decode(value))

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

    server = Server(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
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
