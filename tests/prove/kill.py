"""A deploy into an empty namespace is killed at every task; the next deploy finishes the job."""

from __future__ import annotations

from kill import kill_deploy, tasks_of
from mesh import Mesh
from prove.record import Record

NAMESPACE = "cam-prove"
OVERRIDES = {
    "cam_cluster_namespace": NAMESPACE,
    "cam_release_hosts": ["cam-prove.localhost"],
    "cam_release_url": "https://cam-prove.localhost:8443",
    "cam_release_replicas": 1,
}


def destroy(mesh: Mesh) -> None:
    removed = mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, f"destroy: {removed.text[-300:]}"
    assert not mesh.exists(), "the namespace is left"


def finished(mesh: Mesh, number: int) -> str:
    task = kill_deploy(mesh, at=number)
    done = mesh.play("deploy.yml")
    assert done.code == 0, f"killed at {task}: {done.text[-300:]}"
    destroy(mesh)
    return task.removeprefix("TASK ").strip("[]").replace("|", "/")


def main() -> bool:
    mesh = Mesh(NAMESPACE, OVERRIDES)
    record = Record("kill", "A deploy that is killed at every task")
    whole = mesh.play("deploy.yml")
    assert whole.code == 0, whole.text[-2000:]
    destroy(mesh)
    for number in range(1, tasks_of(whole.text) + 1):
        record.run(f"task {number:02}", lambda number=number: finished(mesh, number))
    return record.publish()
