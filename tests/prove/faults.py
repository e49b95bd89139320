"""Every fault is caught with its cause named, and a healthy mesh is never called sick."""

from __future__ import annotations

import time

from faults import FAULTS, Fault
from mesh import Mesh
from prove.record import Record

SWEEPS = 50


def caught(mesh: Mesh, fault: Fault) -> str:
    fault.inject(mesh)
    started = time.monotonic()
    sick = mesh.play("playbooks/health.yml")
    seconds = time.monotonic() - started
    assert sick.code != 0, "called healthy"
    assert fault.cause in sick.text, f"another cause: {sick.text[-300:]}"
    healed = mesh.play("deploy.yml")
    assert healed.code == 0, f"not healed: {healed.text[-300:]}"
    return f"'{fault.cause}' {seconds:.1f} s after the question; healed by a deploy"


def never_called_sick(mesh: Mesh) -> str:
    for number in range(1, SWEEPS + 1):
        judged = mesh.play("playbooks/health.yml")
        assert judged.code == 0, f"sweep {number}: {judged.text[-300:]}"
    return f"{SWEEPS} sweeps, 0 false alarms"


def main() -> bool:
    mesh = Mesh.local("cam-prove")
    record = Record("faults", "Faults that the verdict must catch")
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-2000:]
    for fault in FAULTS:
        record.run(fault.name, lambda fault=fault: caught(mesh, fault))
    record.run("healthy", lambda: never_called_sick(mesh))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
