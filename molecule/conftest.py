"""What the scenarios' tests look through: kubectl, another path than the one that wrote."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import testinfra.host

NAMESPACE = "cam-molecule"


class Kubectl:
    """kubectl on the host of a test, in the namespace of the scenarios."""

    def __init__(self, host: testinfra.host.Host) -> None:
        self.run = lambda command: host.run(f"kubectl -n {NAMESPACE} {command}")

    def __call__(self, command: str) -> str:
        done = self.run(command)
        assert done.rc == 0, done.stderr
        return str(done.stdout).strip()

    def get(self, what: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self(f"get {what} -o json"))
        return found

    def secret(self, name: str) -> dict[str, str]:
        """The decoded values of a Secret."""
        data = self.get(f"secret {name}")["data"]
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def exec(self, target: str, script: str) -> Any:
        """Run a shell script in a pod; the result with rc, stdout and stderr."""
        return self.run(f"exec {target} -- sh -c {quoted(script)}")


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\"'\"'") + "'"


@pytest.fixture
def kubectl(host: testinfra.host.Host) -> Kubectl:
    return Kubectl(host)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait up to a minute for something that a cluster does in its own time."""

    def wait(done: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not done():
            assert time.monotonic() < deadline, "not within a minute"
            time.sleep(1)

    return wait
