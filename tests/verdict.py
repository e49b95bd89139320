"""The verdict of the role cam_health, asked in the tests' own process: a second instead of five."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.cam.mesh.plugins.module_utils import _verdict, _wait
from mesh import Mesh

Document = dict[str, Any]


class Judge:
    """Judges one mesh with the arguments that the role gives its module."""

    def __init__(self, mesh: Mesh) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "arguments.json"
            done = mesh.play("tests/arguments.yml", arguments_file=str(file))
            assert done.code == 0, done.text[-2000:]
            self.arguments = json.loads(file.read_text("utf-8"))

    def __call__(self, **changes: Any) -> Document:
        return _verdict.run(self._params(changes), check_mode=False, diff=False)

    def wait_for_health(self, seconds: int = 180) -> Document:
        """As a deploy waits; no cause is too lasting for a test that undoes it."""
        changes = {"wait_seconds": seconds, "persistence_seconds": seconds}
        found = _wait.run(self._params(changes), check_mode=False, diff=False)
        assert found["status"] == "healthy", found["lines"]
        return found

    def wait_for(
        self, seen: Callable[[Document], bool], seconds: float, **changes: Any
    ) -> tuple[Document, float]:
        """The first verdict in which it is seen, or the last one, and after how long it ended."""
        started = time.monotonic()
        while True:
            found = self(**changes)
            spent = time.monotonic() - started
            if seen(found) or spent > seconds:
                return found, spent
            time.sleep(0.3)

    def _params(self, changes: dict[str, Any]) -> dict[str, Any]:
        given = {**self.arguments, **changes}
        validated = ArgumentSpecValidator(_wait.ARGUMENT_SPEC).validate(given)
        assert not validated.error_messages, validated.error_messages
        params: dict[str, Any] = validated.validated_parameters
        return params
