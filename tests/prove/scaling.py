"""The pods follow the load, wave after wave, and no request is lost."""

from __future__ import annotations

import time

import k6
from mesh import Mesh, until
from prove.record import Record
from scaling import by_cpu, conditions, pods

LEAST, MOST = 2, 6
BUSY, CALM = 240, 4
# Load goes on when its end is reached: pods that come and go are what could lose requests.
SECONDS = 150
WAVES = ("first", "second", "third")


def driven(
    mesh: Mesh,
    per_second: int,
    wanted: int,
    *,
    hpa: str = "cam-arbitration-mesh",
    seconds: int = SECONDS,
    prompts: int = 50,
) -> tuple[int, float]:
    """Requests sent, and the seconds until the pods were as many as wanted."""
    with k6.Load(mesh, per_second, seconds, prompts) as load:
        took = until(f"{wanted} pods", lambda: pods(mesh) == (wanted, wanted), seconds)
        said = conditions(mesh, hpa)
        sent, _, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    assert said["ScalingActive"] == "True", said
    return sent, took


def wave(mesh: Mesh) -> str:
    busy, up = driven(mesh, BUSY, MOST)
    calm, down = driven(mesh, CALM, LEAST)
    return (
        f"{MOST} pods after {up:.0f} s of load, {LEAST} pods {down:.0f} s after its end; "
        f"0 of {busy + calm} requests failed"
    )


def deploy_under_load(mesh: Mesh, per_second: int = BUSY) -> str:
    with k6.Load(mesh, per_second, SECONDS) as load:
        until("more pods", lambda: pods(mesh)[1] > LEAST, SECONDS)
        again = mesh.play("deploy.yml")
        assert (again.code, again.changed) == (0, 0), again.text[-300:]
        left = pods(mesh)[0]
        assert left > LEAST, f"{left} pods"
        sent, _, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    return f"changed=0, {left} pods left alone; 0 of {sent} requests failed"


def off_under_load(mesh: Mesh) -> str:
    """The number of the inventory counts again, and the HPA is gone."""
    fixed = Mesh.local(mesh.namespace, cam_release_replicas=3)
    with k6.Load(mesh, BUSY // 4, SECONDS) as load:
        time.sleep(10)
        off = fixed.play("deploy.yml")
        assert off.code == 0, off.text[-300:]
        assert pods(fixed) == (3, 3), pods(fixed)
        sent, _, problems = load.result()
    assert not problems, f"{sent} requests sent: {problems}"
    left = fixed.kubectl("get", "hpa", "-o", "name")
    assert not left, left
    again = mesh.play("deploy.yml")
    assert again.code == 0, again.text[-300:]
    return f"3 pods, no autoscaler; 0 of {sent} requests failed"


def main() -> bool:
    mesh = by_cpu(Mesh.local("cam-scale"), LEAST, MOST)
    record = Record("scaling", f"Pods that follow {BUSY} requests a second")
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-2000:]
    for number in WAVES:
        record.run(f"{number} wave", lambda: wave(mesh))
    record.run("deploy under load", lambda: deploy_under_load(mesh))
    record.run("autoscaling off under load", lambda: off_under_load(mesh))
    assert mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local").code == 0
    return record.publish()
