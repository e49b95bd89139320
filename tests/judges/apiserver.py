"""An API server of the judges' own, which knows kinds that the local cluster does not."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from paths import TOOLS

DEADLINE_SECONDS = 120


@dataclass(frozen=True)
class ApiServer:
    """kubectl's way to it; the server's certificate is its own and new each time."""

    port: int
    token: str

    def kubectl(self, *words: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
        server = f"https://127.0.0.1:{self.port}"
        access = ["--server", server, "--token", self.token, "--insecure-skip-tls-verify"]
        return subprocess.run(
            [TOOLS / "kubectl", "--kubeconfig", "/dev/null", *access, *words],
            input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def wait(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.kubectl("get", "--raw", "/readyz").stdout != "ok":
            assert time.monotonic() < deadline, "the API server did not become ready"
            time.sleep(0.5)

    def apply(self, items: Sequence[dict[str, Any]], *words: str) -> str:
        """What the server says to these objects besides yes."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
        return self.kubectl("apply", "--server-side", *words, "-f", "-", stdin=text).stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def process(log: Path, *words: str | Path) -> Iterator[None]:
    with log.open("w") as stream, subprocess.Popen(words, stdout=stream, stderr=stream) as running:
        try:
            yield
        finally:
            running.terminate()


@contextmanager
def api_server(folder: Path) -> Iterator[ApiServer]:
    """etcd and kube-apiserver of the local cluster's build, on ports and data of their own."""
    binaries = (TOOLS / "kubectl").resolve().parent
    server = ApiServer(free_port(), secrets.token_hex(16))
    store, peers = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(key)
    (folder / "tokens.csv").write_text(f"{server.token},judge,1,system:masters\n", "utf-8")
    with ExitStack() as stack:
        stack.enter_context(
            process(
                folder / "etcd.log", binaries / "etcd", "--data-dir", folder / "etcd",
                "--listen-client-urls", store, "--advertise-client-urls", store,
                "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
                "--initial-cluster", f"default={peers}", "--unsafe-no-fsync",
            )
        )  # fmt: skip
        stack.enter_context(
            process(
                folder / "apiserver.log", binaries / "kube-apiserver", "--etcd-servers", store,
                "--bind-address", "127.0.0.1", "--secure-port", str(server.port),
                "--cert-dir", folder / "certificates", "--token-auth-file", folder / "tokens.csv",
                "--authorization-mode", "RBAC", "--service-cluster-ip-range", "10.0.0.0/24",
                "--service-account-issuer", "https://judges", "--service-account-key-file",
                folder / "key.pem", "--service-account-signing-key-file", folder / "key.pem",
            )
        )  # fmt: skip
        server.wait()
        yield server
