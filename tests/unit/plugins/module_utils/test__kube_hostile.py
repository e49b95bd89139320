"""An app behind the API that answers as badly as it can: a cause in time, never a hang."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube, KubeError
from fake_api import FakeApi, Socket
from hostile import hostile

TIMEOUT = 0.7


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[Kube]:
    """A client of an API server that hands on what its app says, byte by byte."""
    with hostile() as port:
        fake = FakeApi()
        fake.url = f"http://127.0.0.1:{port}"
        yield Kube.connect(fake.kubeconfig(tmp_path))


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("big_body", "answers with more than 8 MiB"),
        ("endless", "answers with more than 8 MiB"),
        ("endless_chunks", "answers with more than 8 MiB"),
        ("gzip_bomb", "answers with more than 8 MiB"),
        ("slow_body", "gave no answer within 0.7 s"),
        ("silent", "gave no answer within 0.7 s"),
        ("closes", "does not answer"),
        ("half", "does not answer"),
        ("header_bomb", "does not answer"),
    ],
)
def test_a_service_that_answers_badly(proxy: Kube, script: str, cause: str) -> None:
    started = time.monotonic()
    with pytest.raises(CamError, match=cause):
        proxy.service("cam-dev", "cam-service", "http", f"/{script}", timeout=TIMEOUT)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("script", ["not_json", "nested", "invalid_utf8"])
def test_a_service_that_says_no_json(proxy: Kube, script: str) -> None:
    answer = proxy.service("cam-dev", "cam-service", "http", f"/{script}")
    with pytest.raises(ValueError):  # noqa: PT011 (each in its own words)
        answer.json()


def test_the_connection_of_a_good_answer_is_used_again(api: FakeApi, kube: Kube) -> None:
    for _ in range(3):
        kube.get("/api")
    (pool,) = kube._pool.pools._container.values()
    assert (pool.num_connections, pool.num_requests) == (1, 3)


@pytest.mark.parametrize(
    ("sent", "cause"),
    [
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", "no complete answer within 0.7 s"),
        (b"HTTP/1.1 200 OK\r\n\r\n", "no complete answer within 0.7 s"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer in HTTP"),
    ],
)
def test_a_pod_behind_a_tunnel_that_drips(
    api: FakeApi, kube: Kube, sent: bytes, cause: str
) -> None:
    def script(socket: Socket, query: Any) -> None:
        number = (8080).to_bytes(2, "little")
        socket.send(b"\x00" + number)
        socket.send(b"\x01" + number)
        socket.send(b"\x00" + sent)
        with suppress(OSError):
            while True:
                time.sleep(0.05)
                socket.send(b"\x00a")

    api.sockets["/api/v1/namespaces/cam-dev/pods/app-1/portforward"] = script
    started = time.monotonic()
    with pytest.raises(KubeError, match=cause):
        kube.forward("cam-dev", "app-1", 8080, method="GET", path="/", timeout=TIMEOUT)
    assert time.monotonic() - started < 4
