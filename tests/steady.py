"""Steady requests to the edge of a mesh, half on new connections, and what became of them."""

from __future__ import annotations

import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from socket import create_connection

from mesh import Mesh

WORKERS = 8


@dataclass
class Steady:
    """A load that runs until it is stopped. `failures`: one text each."""

    mesh: Mesh
    host: str
    per_second: int
    sent: int = 0
    failures: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Steady:
        self._trust = ssl.create_default_context(cadata=self.mesh.secret("cam-tls", "ca.crt"))
        self._key = self.mesh.secret("cam-api-key", "api-key")
        self._threads = [
            threading.Thread(target=self._work, args=(number % 2 == 0,))
            for number in range(WORKERS)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _connect(self) -> HTTPConnection:
        connection = HTTPConnection(self.host)
        stream = create_connection(("127.0.0.1", 8443), timeout=20)
        connection.sock = self._trust.wrap_socket(stream, server_hostname=self.host)
        return connection

    def _work(self, keeps: bool) -> None:
        connection: HTTPConnection | None = None
        due = time.monotonic()
        while not self._stop.is_set():
            due += WORKERS / self.per_second
            time.sleep(max(0.0, due - time.monotonic()))
            try:
                connection = connection or self._connect()
                status = self._ask(connection)
                problem = "" if status == 200 else f"status {status}"
            except (OSError, HTTPException) as error:
                problem, connection = f"{type(error).__name__}: {error}", None
            if connection and not keeps:
                connection.close()
                connection = None
            with self._lock:
                self.sent += 1
                if problem:
                    self.failures.append(f"{time.strftime('%H:%M:%S')} {problem}")

    def _ask(self, connection: HTTPConnection) -> int:
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        connection.request("POST", "/process", json.dumps({"prompt": "steady"}), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
