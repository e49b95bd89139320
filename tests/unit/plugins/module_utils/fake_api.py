"""A Kubernetes API in memory, spoken to over real HTTP.

It keeps objects, answers discovery, applies (a field that an earlier apply set and a later one
does not name goes away), knows dry runs, and writes down every request. What a test wants answered
differently it puts into `answers`.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

KINDS = {
    "v1": {
        "Namespace": ("namespaces", False),
        "Secret": ("secrets", True),
        "ConfigMap": ("configmaps", True),
        "Service": ("services", True),
        "Pod": ("pods", True),
        "Event": ("events", True),
        "PersistentVolumeClaim": ("persistentvolumeclaims", True),
    },
    "apps/v1": {
        "Deployment": ("deployments", True),
        "StatefulSet": ("statefulsets", True),
        "DaemonSet": ("daemonsets", True),
    },
    "batch/v1": {"Job": ("jobs", True), "CronJob": ("cronjobs", True)},
    "rbac.authorization.k8s.io/v1": {
        "Role": ("roles", True),
        "ClusterRole": ("clusterroles", False),
    },
}
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def status(code: int, reason: str, message: str) -> dict[str, Any]:
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


class FakeApi:
    """The state of the cluster and what was asked of it."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.applied: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str, dict[str, list[str]], Any, dict[str, str]]] = []
        # (method, path) -> (status, body, content type); called if it is a function.
        self.answers: dict[tuple[str, str], Any] = {}
        self.sockets: dict[str, Any] = {}
        self.keep_deleted = False
        self.aggregated = True
        self.version = 100
        self.lock = threading.RLock()
        self.url = ""

    def put(self, path: str, item: dict[str, Any]) -> dict[str, Any]:
        """Puts an object there as somebody else would have."""
        metadata = item.setdefault("metadata", {})
        self.version += 1
        metadata.setdefault("uid", f"uid-{self.version}")
        metadata["resourceVersion"] = str(self.version)
        self.objects[path] = item
        return item

    def writes(self) -> list[tuple[str, str]]:
        return [
            (method, path)
            for method, path, query, _, _ in self.requests
            if method != "GET" and "dryRun" not in query
        ]

    def kubeconfig(self, folder: Path, token: str = "sesame") -> str:
        file = folder / "kubeconfig"
        file.write_text(
            json.dumps(
                {
                    "apiVersion": "v1",
                    "kind": "Config",
                    "current-context": "fake",
                    "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
                    "users": [{"name": "me", "user": {"token": token}}],
                    "contexts": [{"name": "fake", "context": {"cluster": "fake", "user": "me"}}],
                }
            )
        )
        return str(file)

    # What a request does

    def answer(
        self, method: str, path: str, query: dict[str, list[str]], body: Any, accept: str
    ) -> tuple[int, Any, str]:
        if (method, path) in self.answers:
            special = self.answers[method, path]
            found = special(query, body) if callable(special) else special
            if found is not None:
                code, content, *kind = found
                return code, content, kind[0] if kind else "application/json"
        if path in ("/api", "/apis"):
            return 200, self._discovery(path, accept), "application/json"
        with self.lock:
            code, content = self._object(method, path, "dryRun" in query, body)
        return code, content, "application/json"

    def _discovery(self, path: str, accept: str) -> dict[str, Any]:
        if not self.aggregated or "APIGroupDiscoveryList" not in accept:
            return {"kind": "APIGroupList"}
        items = []
        for api_version, kinds in KINDS.items():
            group, _, version = api_version.rpartition("/")
            if bool(group) != (path == "/apis"):
                continue
            resources = [
                {
                    "resource": plural,
                    "responseKind": {"kind": kind},
                    "scope": "Namespaced" if namespaced else "Cluster",
                }
                for kind, (plural, namespaced) in kinds.items()
            ]
            versions = [{"version": version, "resources": [*resources, {"resource": "odd"}]}]
            items.append({"metadata": {"name": group} if group else {}, "versions": versions})
        return {"kind": "APIGroupDiscoveryList", "items": items}

    def _object(self, method: str, path: str, dry: bool, body: Any) -> tuple[int, Any]:
        live = self.objects.get(path)
        if method == "GET":
            if live is not None:
                return 200, live
            if path.rsplit("/", 1)[-1] in {p for k in KINDS.values() for p, _ in k.values()}:
                items = [item for key, item in self.objects.items() if key.startswith(path + "/")]
                return 200, {"kind": "List", "items": items}
            return 404, status(404, "NotFound", f"{path} not found")
        if method == "DELETE":
            if live is None:
                return 404, status(404, "NotFound", f"{path} not found")
            if not dry and not self.keep_deleted:
                for key in [key for key in self.objects if (key + "/").startswith(path + "/")]:
                    self.objects.pop(key)
                    self.applied.pop(key, None)
            return 200, {"kind": "Status", "status": "Success"}
        parts = path.split("/")
        if "namespaces" in parts[:-2]:
            namespace = parts[parts.index("namespaces") + 1]
            if f"/api/v1/namespaces/{namespace}" not in self.objects:
                return 404, status(404, "NotFound", f'namespaces "{namespace}" not found')
        if method == "PATCH":
            merged = copy.deepcopy(live) if live else {}
            _remove(merged, self.applied.get(path, {}), body)
            _merge(merged, body)
        else:
            merged = copy.deepcopy(body)
        if live is None:
            merged["metadata"]["uid"] = f"uid-{self.version}"
            merged["metadata"]["creationTimestamp"] = "2026-01-01T00:00:00Z"
        elif merged == live:
            return 200, live
        if not dry:
            self.applied[path] = copy.deepcopy(body)
            return 200, copy.deepcopy(self.put(path, merged))
        return 200, merged


def _merge(into: dict[str, Any], new: dict[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = copy.deepcopy(value)


def _remove(item: dict[str, Any], before: dict[str, Any], now: dict[str, Any]) -> None:
    for key, value in before.items():
        if key not in now:
            item.pop(key, None)
        elif isinstance(value, dict) and isinstance(now[key], dict) and key in item:
            _remove(item[key], value, now[key])


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    api: FakeApi

    def log_message(self, *args: Any) -> None:
        pass

    def _serve(self) -> None:
        url = urlsplit(self.path)
        path, query = unquote(url.path), parse_qs(url.query)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            body = raw.decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.api.lock:
            self.api.requests.append((self.command, path, query, body, headers))
        if "sec-websocket-key" in headers and path in self.api.sockets:
            self._websocket(headers, self.api.sockets[path], query)
            return
        code, content, kind = self.api.answer(
            self.command, path, query, body, headers.get("accept", "")
        )
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _serve

    def _websocket(self, headers: dict[str, str], script: Any, query: Any) -> None:
        digest = hashlib.sha1((headers["sec-websocket-key"] + MAGIC).encode()).digest()
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(digest).decode())
        self.send_header("Sec-WebSocket-Protocol", "v5.channel.k8s.io")
        self.end_headers()
        self.close_connection = True
        script(Socket(self.rfile, self.wfile), query)


class Socket:
    """The server's end of a websocket, as little of it as the tests need."""

    def __init__(self, reader: Any, writer: Any) -> None:
        self._reader, self._writer = reader, writer

    def send(self, payload: bytes, opcode: int = 2) -> None:
        size = len(payload)
        head = bytes([0x80 | opcode]) + (
            bytes([size]) if size < 126 else bytes([126]) + struct.pack(">H", size)
        )
        self._writer.write(head + payload)
        self._writer.flush()

    def receive(self) -> bytes:
        head = self._reader.read(2)
        if len(head) < 2:
            return b""
        size = head[1] & 127
        if size == 126:
            (size,) = struct.unpack(">H", self._reader.read(2))
        mask = self._reader.read(4)
        data = self._reader.read(size)
        return bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))

    def close(self) -> None:
        self.send(b"\x03\xe8", opcode=8)


class Server(ThreadingHTTPServer):
    """Of clients that hang up it says nothing."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def serving() -> Iterator[FakeApi]:
    api = FakeApi()
    handler = type("BoundHandler", (Handler,), {"api": api})
    server = Server(("127.0.0.1", 0), handler)
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
