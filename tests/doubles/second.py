"""A second stand-in of the AWS API, made by others: what it says of that which moto lacks."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from doubles.aws.server import HOST, Double
from doubles.probes.base import Account
from paths import BIN, CACHE

LOCK = Path(__file__).parent / "ministack" / "requirements.lock"


def installed() -> Path:
    """The program ministack in a venv of its own: it needs another botocore than the project."""
    place = CACHE / "ministack" / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    if not (place / ".complete").exists():
        uv = BIN / "uv"
        subprocess.run([uv, "venv", "-q", "--clear", "-p", BIN / "python", place], check=True)
        subprocess.run([uv, "pip", "sync", "-q", "-p", place, LOCK], check=True)
        (place / ".complete").touch()
    return place / "bin" / "ministack"


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        return int(taken.getsockname()[1])


@contextlib.contextmanager
def ministack() -> Iterator[Double]:
    """On loopback alone, until the block ends. It has no journal and no faults."""
    port, program = free_port(), installed()
    told = {"BIND_HOST": HOST, "GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0"}
    with tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [program], cwd=home, env={**os.environ, **told, "HOME": home},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            double = Double(f"http://{HOST}:{port}", Path(os.devnull))
            until_it_answers(process, f"{double.url}/_ministack/health")
            yield double
        finally:
            process.terminate()
            process.wait(10)


def until_it_answers(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"ministack ended with {process.returncode}.")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(f"ministack does not answer {url}.")


class Elsewhere(Account):
    """The account at the other stand-in. A call that it does not know answers None."""

    def client(self, service: str) -> Any:
        return Tolerant(super().client(service))


class Tolerant:
    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**values: Any) -> Any:
            try:
                return getattr(self._client, name)(**values)
            except ClientError as error:
                if error.response["Error"]["Message"].startswith("No route for"):
                    return None
                raise

        return call


def outline(value: Any, path: str = "") -> dict[str, str]:
    """Which members an answer has and of what kind; empty ones count as none."""
    if isinstance(value, dict):
        inner = [outline(one, f"{path}.{name}") for name, one in value.items()]
    elif isinstance(value, list):
        inner = [outline(one, f"{path}[]") for one in value]
    else:
        return {path: kind(value)} if value not in ("", None) else {}
    return {name: its for part in inner for name, its in part.items()}


def kind(value: Any) -> str:
    """ARNs by service and type, everything else by what it is."""
    if isinstance(value, str) and value.startswith("arn:"):
        _, _, service, _, _, rest = value.split(":", 5)
        return f"ARN of {service} {rest.replace(':', '/').partition('/')[0]}"
    return "time" if isinstance(value, datetime) else type(value).__name__
