"""A deploy into an empty namespace is killed at every task; the next deploy finishes the job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

from kill import kill_deploy, tasks_of
from mesh import Mesh
from prove.record import Record

WORKERS = 2


def destroy(mesh: Mesh) -> None:
    removed = mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, f"destroy: {removed.text[-300:]}"
    assert not mesh.exists(), "the namespace is left"


def finished(mesh: Mesh, number: int) -> str:
    try:
        task = kill_deploy(mesh, at=number)
        done = mesh.play("deploy.yml")
        assert done.code == 0, f"killed at {task}: {done.text[-300:]}"
    finally:
        destroy(mesh)
    return task.removeprefix("TASK ").strip("[]").replace("|", "/")


def main() -> bool:
    free: SimpleQueue[Mesh] = SimpleQueue()
    for number in range(WORKERS):
        free.put(Mesh.local(f"cam-prove-{number}"))
    record = Record("kill", "A deploy that is killed at every task")
    mesh = free.get()
    whole = mesh.play("deploy.yml")
    assert whole.code == 0, whole.text[-2000:]
    destroy(mesh)
    free.put(mesh)

    def prove(number: int) -> None:
        mesh = free.get()
        try:
            record.run(f"task {number:02}", lambda: finished(mesh, number))
        finally:
            free.put(mesh)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(prove, range(1, tasks_of(whole.text) + 1)))
    return record.publish()
