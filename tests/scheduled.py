"""A mesh under a schedule: healthy, broken, repaired, and who was told how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mesh import Mesh
from receiver import Receiver

FAULT = ("scale", "deployment/redis", "--replicas=0")
REPAIR = ("scale", "deployment/redis", "--replicas=1")


def broken_and_repaired(mesh: Mesh, receiver: Receiver, run: Callable[[], bool]) -> list[Any]:
    """Two runs before a fault, two during it, two after its repair; what the receiver was told.

    `run` makes one run and says whether it called the mesh healthy.
    """
    assert [run(), run()] == [True, True]
    assert receiver.requests == []
    mesh.kubectl(*FAULT)
    mesh.kubectl(
        "wait", "pod", "-l", "app.kubernetes.io/name=redis", "--for=delete", "--timeout=90s"
    )
    assert [run(), run()] == [False, False]
    mesh.kubectl(*REPAIR)
    mesh.kubectl("rollout", "status", "deployment/redis", "--timeout=120s")
    mesh.settle()
    assert [run(), run()] == [True, True]
    return [request.json() for request in receiver.requests]


def assert_told_twice(told: list[Any]) -> None:
    """Exactly once of the fault, with its cause, and once of the repair."""
    first, second = told
    assert first["previous"] == "healthy"
    assert first["status"] != "healthy"
    assert "cache: scaled to 0" in first["cause"]
    assert (second["previous"], second["status"]) == (first["status"], "healthy")
