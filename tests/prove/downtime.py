"""No request is lost during upgrade, configuration, rollback, eviction, deletion, scaling."""

from __future__ import annotations

import time
from collections.abc import Callable

import k6
from mesh import APP, Mesh
from prove.record import Record

NAMESPACE = "cam-prove"
RATE = 200
REQUESTS_PER_CASE = 17_000


def released(mesh: Mesh, **changes: object) -> None:
    done = mesh.play("playbooks/deploy.yml", **changes)
    assert done.code == 0, done.text[-300:]


def upgrade(mesh: Mesh) -> None:
    released(mesh, cam_release_values={"podAnnotations": {"cam.test/upgrade": str(time.time())}})


def configuration(mesh: Mesh) -> None:
    released(mesh, cam_release_values={"config": {"CAM_TEST": str(time.time())}})


def rollback(mesh: Mesh) -> None:
    done = mesh.play("playbooks/rollback.yml")
    assert done.code == 0, done.text[-300:]


def eviction(mesh: Mesh) -> None:
    mesh.evict_each()


def deletion(mesh: Mesh) -> None:
    for pod in mesh.pods():
        mesh.kubectl("delete", "pod", pod, "--wait=true")
        mesh.settle()


def scaling(mesh: Mesh) -> None:
    for replicas in (4, 2, 3, 2):
        mesh.kubectl("scale", APP, f"--replicas={replicas}")
        mesh.settle()
        time.sleep(15)


CASES: tuple[Callable[[Mesh], None], ...] = (
    upgrade,
    configuration,
    rollback,
    eviction,
    deletion,
    scaling,
)


def without_loss(mesh: Mesh, case: Callable[[Mesh], None]) -> str:
    mesh.settle()
    with k6.Load(mesh, RATE, REQUESTS_PER_CASE // RATE) as load:
        time.sleep(5)
        started = time.monotonic()
        case(mesh)
        seconds = time.monotonic() - started
        sent, late, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    assert sent >= REQUESTS_PER_CASE * 0.99, f"only {sent} requests sent"
    return f"0 of {sent} requests failed, {late} were never sent; the change took {seconds:.0f} s"


def main() -> bool:
    mesh = Mesh.local(NAMESPACE, cam_release_replicas=2)
    record = Record("downtime", f"Changes under {RATE} requests a second")
    released(mesh)
    for case in CASES:
        record.run(case.__name__, lambda case=case: without_loss(mesh, case))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
