"""Every fault is caught with its cause named, and a healthy mesh is never called sick."""

from __future__ import annotations

import re
import time

from faults import FAULTS, SECONDS, Fault
from mesh import Mesh
from prove.record import Record
from steady import Steady
from verdict import Judge

# Judged by playbooks/health.yml as well, as an operator does: its exit code and its words.
BY_HAND = (
    "database-down",
    "cache-down",
    "app-down",
    "image-name",
    "readiness",
    "prometheus-down",
    "metric-renamed",
    "service-selector",
)
SWEEPS = 50
PER_SECOND = 50


def caught(mesh: Mesh, judge: Judge, fault: Fault) -> str:
    found, seconds = fault.prove(mesh, judge)
    check = next(one for one in found["checks"] if one["name"] == fault.check)
    word = "advice" if fault.is_advice else found["status"]
    return f"named after {seconds:.1f} s, {word}: {check['name']}: {check['cause'][:160]}".replace(
        "|", "/"
    )


def told_by_the_play(mesh: Mesh, judge: Judge, fault: Fault) -> str:
    """Exit code 2 and the cause while it lasts, exit code 0 after its repair."""
    try:
        fault.inject(mesh)
        judge.wait_for(fault.is_named, SECONDS)
        sick = mesh.play("playbooks/health.yml")
    finally:
        fault.undo(mesh)
    assert sick.code == 2, f"exit code {sick.code}: {sick.text[-300:]}"
    # Where in the role it stands is Ansible's own addition.
    (said,) = re.findall(rf"local is \w+: {fault.check}: .*?(?= Origin:)", sick.text)[:1]
    assert fault.cause in said, said
    judge.wait_for_health()
    fine = mesh.play("playbooks/health.yml")
    assert fine.code == 0, fine.text[-300:]
    return f"exit code 2, '{said[:160]}'; exit code 0 after the repair".replace("|", "/")


def never_called_sick(mesh: Mesh, judge: Judge) -> str:
    slowest = 0.0
    with Steady(mesh, f"{mesh.namespace}.localhost", PER_SECOND) as load:
        for number in range(1, SWEEPS + 1):
            started = time.monotonic()
            found = judge()
            slowest = max(slowest, time.monotonic() - started)
            assert found["status"] == "healthy", f"sweep {number}: {found['lines']}"
    assert not load.failures, load.failures[:3]
    sent = f"{load.sent} requests beside them"
    return f"{SWEEPS} sweeps, 0 false alarms, {sent}; the slowest took {slowest:.1f} s"


def main() -> bool:
    mesh = Mesh.local("cam-prove")
    record = Record("faults", "Faults that the verdict must catch")
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-2000:]
    judge = Judge(mesh)
    for fault in FAULTS:
        record.run(fault.name, lambda fault=fault: caught(mesh, judge, fault))
    for fault in FAULTS:
        if fault.name in BY_HAND:
            name = f"play: {fault.name}"
            record.run(name, lambda fault=fault: told_by_the_play(mesh, judge, fault))
    record.run("healthy", lambda: never_called_sick(mesh, judge))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
