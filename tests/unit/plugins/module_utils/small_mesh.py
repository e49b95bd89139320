"""A mesh small enough to break one answer at a time: CAM's contract over real HTTP, in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from fake_api import Server

KEY = "key-of-the-clients"
Reply = tuple[int, Any]


class SmallMesh:
    """What it holds, what it was asked, and what a test wants answered differently."""

    def __init__(self) -> None:
        self.policies: dict[str, dict[str, Any]] = {}
        self.audit: list[dict[str, Any]] = []
        self.seen: list[tuple[str, str]] = []
        self.answers: dict[tuple[str, str], Reply] = {}
        self.url = ""

    def reply(self, method: str, path: str, key: str, body: Any) -> Reply:
        self.seen.append((method, path))
        for (wanted, start), answer in self.answers.items():
            if method == wanted and path.startswith(start):
                return answer
        if path == "/health":
            return 200, {"status": "healthy", "version": "2.0.0"}
        if path == "/ready":
            return 200, {"status": "ready"}
        if path == "/collaboration/metrics":
            return 200, "cam_collaboration_sessions_active 0\n"
        if key != KEY:
            return 401, {"error": {"code": "unauthorized"}}
        return self._with_key(method, path, body)

    def _with_key(self, method: str, path: str, body: Any) -> Reply:
        root, _, name = path.partition("?")[0].strip("/").partition("/")
        if root == "models":
            return 200, {"items": [{"id": "m"}], "total": 1}
        if root == "audit-logs":
            return 200, {"items": self.audit}
        if root == "process":
            if "prompt" not in body:
                return 400, {"error": {"code": "invalid_request"}}
            self.audit.append({"requestId": f"r-{len(self.audit)}"})
            return 200, {**self.audit[-1], "content": "c", "selectedModel": "m"}
        return self._policies(method, name, body)

    def _policies(self, method: str, name: str, body: Any) -> Reply:
        if method == "POST":
            name = f"p-{len(self.seen)}"
        elif not name:
            return 200, {"items": list(self.policies.values())}
        elif name not in self.policies:
            return 404, {"error": {"code": "not_found"}}
        if method in ("POST", "PUT"):
            self.policies[name] = {**body, "id": name}
        if method == "DELETE":
            del self.policies[name]
            return 204, ""
        return 201 if method == "POST" else 200, self.policies[name]


@contextmanager
def small_mesh() -> Iterator[SmallMesh]:
    mesh = SmallMesh()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            key = str(self.headers.get("Authorization") or "").removeprefix("Bearer ")
            body = json.loads(raw) if raw else None
            status, content = mesh.reply(self.command, self.path, key, body)
            text = content if isinstance(content, str) else json.dumps(content)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = do_PUT = do_DELETE = _serve

        def log_message(self, *_: object) -> None:
            """Be silent."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    mesh.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield mesh
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
