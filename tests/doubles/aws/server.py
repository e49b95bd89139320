"""Serves the double, and starts one for a test."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from doubles.aws.access import ADMIN, EVERYTHING, OPERATOR, User
from doubles.aws.guard import require_loopback
from doubles.aws.journal import Journal

HOST = "127.0.0.1"
REGION = "eu-central-1"
TESTS = Path(__file__).parents[2]


def serve(
    port: int,
    journal: Path | None = None,
    policy: dict[str, Any] | None = None,
    plain: bool = False,
    announce: Any = print,
) -> None:
    """Serve until the process ends. `plain`: moto as it is, without a fix and without IAM."""
    # moto reads these when it is imported: the policies of AWS itself, and no other account.
    os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    os.environ.pop("MOTO_ACCOUNT_ID", None)
    from doubles.aws import gateway, haste, registry, states
    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )
    from werkzeug.serving import ThreadedWSGIServer

    if not plain:
        states.register()
        haste.apply()
        registry.apply()
    policies = {} if plain else {ADMIN.name: EVERYTHING, OPERATOR.name: policy or EVERYTHING}
    app = gateway.Gateway(
        DomainDispatcherApplication(create_backend_app), Journal(journal), policies
    )

    class Handler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *words: Any) -> None:
            """Silent: the journal has it."""

        def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
            """Silent: a reset was asked for."""
            self.close_connection = True

    class Server(ThreadedWSGIServer):
        def shutdown_request(self, request: Any) -> None:
            if gateway.lingers(request):
                self.close_request(request)
            else:
                super().shutdown_request(request)

    server = Server(HOST, port, app, handler=Handler)
    os.environ["MOTO_PORT"] = str(server.server_port)
    announce(f"http://{HOST}:{server.server_port}")
    server.serve_forever()


@dataclass
class Double:
    """A double that runs: what a test does with it. Its URL is one of this machine, or there is no
    double (guard.py)."""

    url: str
    log: Path
    _session: boto3.Session = field(default_factory=boto3.Session)
    _clients: dict[tuple[str, User, int], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_loopback("The double's URL", self.url)

    def client(self, service: str, user: User = ADMIN, attempts: int = 1) -> Any:
        """A boto3 client that calls `attempts` times at most, made once."""
        key = (service, user, attempts)
        if key not in self._clients:
            self._clients[key] = self._session.client(
                service, region_name=REGION, endpoint_url=self.url,
                aws_access_key_id=user.access_key, aws_secret_access_key=user.secret_key,
                aws_session_token=user.session_token,
                config=Config(retries={"total_max_attempts": attempts, "mode": "standard"}),
            )  # fmt: skip
        return self._clients[key]

    def environment(self, user: User = OPERATOR) -> dict[str, str]:
        """The variables by which any AWS client reaches this double and nothing else."""
        return {
            **user.environment,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def tell(self, what: str, given: Any = None, path: str = "/_cam/") -> Any:
        """POST to the interface of the double; see gateway.py."""
        return self._http(path + what, json.dumps(given).encode())

    def calls(self, **wanted: Any) -> list[dict[str, Any]]:
        """The journal, or of it what has the given values."""
        everything = self._http("/_cam/calls", None)
        return [one for one in everything if wanted.items() <= one.items()]

    def faults(self, *entries: dict[str, Any]) -> None:
        self.tell("faults", list(entries))

    def outcomes(self, *entries: dict[str, Any]) -> None:
        self.tell("outcomes", list(entries))

    def transition(self, model: str, **how: Any) -> None:
        """Set moto's transition of a model; `progression="manual", times=2`."""
        if not how:
            self.tell("unset-transition", {"model_name": model}, "/moto-api/state-manager/")
        else:
            given = {"model_name": model, "transition": how}
            self.tell("set-transition", given, "/moto-api/state-manager/")

    def quiet(self) -> None:
        """Nothing is planned to go wrong, nothing takes its time, and the journal is empty."""
        self.tell("quiet")

    def reset(self) -> None:
        """An account in which nothing was ever made, and quiet."""
        self.tell("reset")

    def _http(self, path: str, body: bytes | None) -> Any:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data=body, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None


@contextlib.contextmanager
def running(*options: str) -> Iterator[Double]:
    """A double in a process of its own, until the block ends. `options`: of the command line."""
    with tempfile.NamedTemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "doubles.aws", "--port", "0", "--until-stdin-closes", *options],
            env={**os.environ, "PYTHONPATH": str(TESTS)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            url = process.stdout.readline().strip()
            if not url.startswith("http"):
                process.wait(10)
                errors.seek(0)
                raise RuntimeError(f"The double does not start:\n{errors.read()[-3000:]}")
            yield Double(url, Path(errors.name))
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
