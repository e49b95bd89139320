"""No request is lost during upgrade, configuration, rollback, eviction, deletion, scaling."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

import k6
from mesh import APP, Mesh, until
from programs import node
from prove.record import Record
from scaling import by_cpu, pods

NAMESPACE = "cam-prove"
RATE = 200
# 17,000 requests, and more where an autoscaler takes its time: above 100,000 in all.
SECONDS = 85
LONGER = {"scaling": 120}
# What the tag of the next image ends with.
NEXT = "-next"


def image(mesh: Mesh) -> tuple[str, str]:
    """Name and tag of what the app runs."""
    path = "jsonpath={.spec.template.spec.containers[0].image}"
    name, _, tag = mesh.kubectl("get", APP, "-o", path).rpartition(":")
    return name, tag


def released(mesh: Mesh, **changes: object) -> None:
    done = mesh.play("playbooks/deploy.yml", **changes)
    assert done.code == 0, done.text[-300:]


def next_image(mesh: Mesh) -> None:
    """The node holds the image by another tag as well, and says so."""
    name, tag = image(mesh)
    subprocess.run(
        [*node.ctr(), "images", "tag", "--force", f"{name}:{tag}", f"{name}:{tag}{NEXT}"],
        check=True, capture_output=True,
    )  # fmt: skip
    held = "jsonpath={.items[*].status.images[*].names}"
    until(
        "the node lists the image",
        lambda: f"{tag}{NEXT}" in mesh.kubectl("get", "nodes", "-o", held),
        360,
    )


def upgrade(mesh: Mesh) -> None:
    """What the app says of its version is built into it: here only its name is another one."""
    name, tag = image(mesh)
    done = mesh.play("playbooks/release.yml", cam_release_image_tag=f"{tag}{NEXT}")
    assert done.code == 0, done.text[-300:]
    assert image(mesh) == (name, f"{tag}{NEXT}")


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
    """An HPA raises the pods, and lowers them again."""
    for number in (4, 2):
        part = by_cpu(mesh, number, number).play("playbooks/release.yml")
        assert part.code == 0, part.text[-300:]
        until(f"{number} pods", lambda number=number: pods(mesh) == (number, number), 120)


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
    whole = LONGER.get(case.__name__, SECONDS)
    with k6.Load(mesh, RATE, whole) as load:
        time.sleep(5)
        started = time.monotonic()
        case(mesh)
        seconds = time.monotonic() - started
        sent, late, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    assert sent >= RATE * whole * 0.99, f"only {sent} requests sent"
    assert seconds < whole - 10, f"the change took {seconds:.0f} s, longer than the load"
    return f"0 of {sent} requests failed, {late} were never sent; the change took {seconds:.0f} s"


def careless(mesh: Mesh) -> str:
    """Pods that end at once lose requests: the load sees what is lost."""
    released(mesh, cam_release_values={"graceful": {"preStopSeconds": 0, "drainSeconds": 1}})
    with k6.Load(mesh, RATE, 45) as load:
        time.sleep(5)
        deletion(mesh)
        sent, _, problems = load.result()
    released(mesh)
    assert problems, f"0 of {sent} requests failed: the load is blind"
    return f"some of {sent} requests failed, as they must: {problems[:120]}"


def main() -> bool:
    mesh = Mesh.local(NAMESPACE, cam_release_replicas=2)
    record = Record("downtime", f"Changes under {RATE} requests a second")
    released(mesh)
    next_image(mesh)
    for case in CASES:
        record.run(case.__name__, lambda case=case: without_loss(mesh, case))
    record.run("deletion without preStop and drain", lambda: careless(mesh))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
