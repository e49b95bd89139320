"""What a measurement of health checks asks: many endpoints, and a Kubernetes API with many pods.

The API server and etcd are those of the local cluster, started apart from it on ports of their own;
the pods are kwok's: no container runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import aiohttp
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ROOT = Path(__file__).parents[1]
TOOLS = ROOT / ".cache" / "bin"
CACHE = Path(os.environ.get("CAM_CACHE_HOME") or Path.home() / ".cache" / "cam-mesh")
MODULE = "sigs.k8s.io/kwok"
KWOK = "v0.8.0"
STAGES = ("node/fast/node-initialize.yaml", "pod/fast/pod-ready.yaml")
TOKEN = "benchmark"
SPACE = "/api/v1/namespaces/cam-sweep"
NODES = 10
# One pod of so many is never scheduled, so that there is something to explain.
ONE_PENDING_OF = 200
WRITERS = 64

ENDPOINTS = """
import asyncio, sys
ANSWER = (b"HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\nContent-Length: 20\\r\\n"
          b"Connection: close\\r\\n\\r\\n" + b'{"status":"healthy"}')
class Server(asyncio.Protocol):
    def connection_made(self, transport): self.transport, self.seen = transport, b""
    def data_received(self, data):
        self.seen += data
        if b"\\r\\n\\r\\n" in self.seen:
            self.transport.write(ANSWER)
            self.transport.close()
async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Server, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    await server.serve_forever()
asyncio.run(main())
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@contextmanager
def running(*words: str | Path, log: Path) -> Iterator[None]:
    with log.open("wb") as file:
        process = subprocess.Popen(words, stdout=file, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int, what: str, log: Path) -> None:
    for _try in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{what} did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")


@contextmanager
def many_endpoints(folder: Path) -> Iterator[int]:
    """The port of a server that answers every path with a small healthy JSON."""
    port, log = free_port(), folder / "endpoints.log"
    with running(sys.executable, "-c", ENDPOINTS, str(port), log=log):
        wait_for(port, "the server of the endpoints", log)
        yield port


def kwok() -> Path:
    """A folder with kwok, and with what it does to nodes and pods."""
    folder = CACHE / "kwok" / KWOK
    stages = folder / "stages.yaml"
    if not stages.exists():
        print("building kwok; some minutes, once", flush=True)
        environment = {**os.environ, "GOBIN": str(folder)}
        words = ["go", "install", f"{MODULE}/cmd/kwok@{KWOK}"]
        subprocess.run(words, env=environment, check=True)
        told = subprocess.run(
            ["go", "mod", "download", "-json", f"{MODULE}@{KWOK}"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        source = Path(json.loads(told.stdout)["Dir"]) / "kustomize" / "stage"
        stages.write_text(
            "---\n".join((source / one).read_text("utf-8") for one in STAGES), "utf-8"
        )
    return folder


@dataclass
class Api:
    """A Kubernetes API of the benchmark's own."""

    server: str
    folder: Path
    made: int = 0

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def authority(self) -> Path:
        return self.folder / "certificates" / "apiserver.crt"

    def write_kubeconfig(self) -> None:
        cluster = {"server": self.server, "certificate-authority": str(self.authority)}
        content = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "bench",
            "clusters": [{"name": "bench", "cluster": cluster}],
            "users": [{"name": "bench", "user": {"token": TOKEN}}],
            "contexts": [{"name": "bench", "context": {"cluster": "bench", "user": "bench"}}],
        }
        self.kubeconfig.touch(mode=0o600)
        self.kubeconfig.write_text(json.dumps(content), "utf-8")

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def wait_until_ready(self) -> None:
        request = urllib.request.Request(f"{self.server}/readyz")
        request.add_header("Authorization", f"Bearer {TOKEN}")
        for _try in range(600):
            try:
                urllib.request.urlopen(request, context=self.trust).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit("kube-apiserver did not become ready")

    def grow(self, pods: int) -> None:
        """So many pods in all, all but those that wait forever ready.

        In a process of its own: Linux counts the memory of a parent as that of its children.
        """
        process = get_context("spawn").Process(target=_grow, args=(self, pods))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(f"{pods} pods could not be made")
        self.made = pods

    async def make(self, pods: int) -> None:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        connector = aiohttp.TCPConnector(limit=WRITERS, ssl=self.trust)
        async with aiohttp.ClientSession(
            self.server, headers=headers, connector=connector
        ) as session:
            if not self.made:
                await self._post(session, "/api/v1/namespaces", _named("Namespace", "cam-sweep"))
                for number in range(NODES):
                    await self._post(session, "/api/v1/nodes", _node(number))
            numbers = range(self.made, pods)
            await asyncio.gather(
                *(self._post(session, f"{SPACE}/pods", _pod(number)) for number in numbers)
            )
            await self._settled(session, pods - pods // ONE_PENDING_OF)

    async def _post(self, session: aiohttp.ClientSession, path: str, body: Any) -> None:
        async with session.post(path, json=body) as answer:
            if answer.status not in (200, 201):
                sys.exit(f"{path}: {answer.status} {(await answer.text())[:500]}")

    async def _settled(self, session: aiohttp.ClientSession, ready: int) -> None:
        query = {"fieldSelector": "status.phase=Running", "includeObject": "None"}
        accept = {"Accept": "application/json;as=Table;v=v1;g=meta.k8s.io"}
        for _try in range(600):
            async with session.get(f"{SPACE}/pods", params=query, headers=accept) as answer:
                found = [row["cells"][1] for row in (await answer.json())["rows"]]
            if found.count("1/1") >= ready:
                return
            await asyncio.sleep(1)
        sys.exit(f"only {found.count('1/1')} of {ready} pods became ready")


def _grow(api: Api, pods: int) -> None:
    asyncio.run(api.make(pods))


@contextmanager
def kubernetes() -> Iterator[Api]:
    """etcd, an API server and kwok, gone when this ends."""
    with tempfile.TemporaryDirectory(prefix="cam-bench-api-") as name, ExitStack() as stack:
        folder = Path(name)
        binaries = (TOOLS / "kubectl").resolve().parent
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        secret = folder / "service-account.key"
        secret.touch(mode=0o600)
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        tokens = folder / "tokens.csv"
        tokens.touch(mode=0o600)
        tokens.write_text(f"{TOKEN},bench,bench,system:masters\n", "utf-8")
        store, peers, port = free_port(), free_port(), free_port()
        client = f"http://127.0.0.1:{store}"
        log = folder / "etcd.log"
        stack.enter_context(
            running(
                binaries / "etcd", "--data-dir", folder / "etcd", "--unsafe-no-fsync",
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", f"http://127.0.0.1:{peers}",
                "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
                "--initial-cluster", f"default=http://127.0.0.1:{peers}",
                log=log,
            )
        )  # fmt: skip
        wait_for(store, "etcd", log)
        log = folder / "kube-apiserver.log"
        stack.enter_context(
            running(
                binaries / "kube-apiserver", f"--etcd-servers={client}",
                "--bind-address=127.0.0.1", f"--secure-port={port}",
                f"--cert-dir={folder / 'certificates'}", f"--token-auth-file={tokens}",
                "--authorization-mode=AlwaysAllow", "--service-cluster-ip-range=10.250.0.0/24",
                "--disable-admission-plugins=ServiceAccount",
                "--service-account-issuer=https://bench.invalid",
                f"--service-account-key-file={secret}",
                f"--service-account-signing-key-file={secret}",
                log=log,
            )
        )  # fmt: skip
        wait_for(port, "kube-apiserver", log)
        api = Api(f"https://127.0.0.1:{port}", folder)
        api.write_kubeconfig()
        api.wait_until_ready()
        stack.enter_context(
            running(
                kwok() / "kwok", f"--config={kwok() / 'stages.yaml'}",
                f"--kubeconfig={api.kubeconfig}", "--manage-all-nodes=false",
                "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
                "--node-lease-duration-seconds=0", log=folder / "kwok.log",
            )
        )  # fmt: skip
        yield api


def _named(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}


def _node(number: int) -> dict[str, Any]:
    node = _named("Node", f"fake-{number}")
    node["metadata"]["annotations"] = {"kwok.x-k8s.io/node": "fake"}
    return node


def _pod(number: int) -> dict[str, Any]:
    pod = _named("Pod", f"cam-{number:05}")
    pod["metadata"]["labels"] = {"app": "cam", "app.kubernetes.io/name": "cam"}
    resources = {"requests": {"cpu": "500m", "memory": "1Gi"}}
    container = {"name": "cam-app", "image": "cam:2.0.0", "resources": resources}
    pod["spec"] = {"containers": [container], "tolerations": [{"operator": "Exists"}]}
    if number % ONE_PENDING_OF:
        pod["spec"]["nodeName"] = f"fake-{number % NODES}"
    return pod
