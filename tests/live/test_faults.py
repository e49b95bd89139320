"""Each fault is named with its cause; once it is undone, the mesh is healthy again."""

from __future__ import annotations

import pytest
from faults import FAULTS, Fault
from mesh import Mesh
from steady import Steady
from verdict import Judge

SWEEPS = 10
BY_NAME = {fault.name: fault for fault in FAULTS}


@pytest.fixture(scope="module")
def judge(mesh: Mesh) -> Judge:
    return Judge(mesh)


@pytest.mark.parametrize(
    "fault", [fault for fault in FAULTS if fault.is_sample], ids=lambda fault: fault.name
)
def test_the_verdict_is_red_and_names_the_cause(mesh: Mesh, judge: Judge, fault: Fault) -> None:
    found, _seconds = fault.prove(mesh, judge)
    (check,) = [one for one in found["checks"] if one["name"] == fault.check]
    assert check["next"], "it does not say what to type"


def test_a_mesh_under_load_is_never_called_sick(mesh: Mesh, judge: Judge) -> None:
    with Steady(mesh, f"{mesh.namespace}.localhost", per_second=25):
        for _ in range(SWEEPS):
            found = judge()
            assert found["status"] == "healthy", found["lines"]


def test_the_play_ends_as_the_verdict_says(mesh: Mesh, judge: Judge) -> None:
    fault = BY_NAME["cache-noeviction"]
    fault.inject(mesh)
    try:
        sick = mesh.play("playbooks/health.yml")
    finally:
        fault.undo(mesh)
    assert sick.code != 0
    assert f"local is degraded: {fault.check}: {fault.cause}" in sick.text
    assert "Traceback" not in sick.text
    judge.wait_for_health()


def test_a_wait_ends_where_waiting_does_not_help(mesh: Mesh, judge: Judge) -> None:
    fault = BY_NAME["image-name"]
    fault.inject(mesh)
    try:
        gave_up = mesh.play("playbooks/health.yml", cam_health_wait_seconds=600)
    finally:
        fault.undo(mesh)
    assert gave_up.code != 0
    assert "waiting, failed: " in gave_up.text
    judge.wait_for_health()
