"""The pods follow the load and no request is lost; at length: make prove PIECE=scaling."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mesh import Mesh, until
from scaling import by_cpu, conditions, pods
from steady import Steady

LEAST, MOST = 2, 4
BUSY, CALM = 125, 4
# metrics-server looks every 15 s, the HPA decides every 15 s, and a pod starts and ends.
PATIENCE_SECONDS = 120


@pytest.fixture
def scaled(mesh: Mesh) -> Iterator[Mesh]:
    yield by_cpu(mesh, LEAST, MOST)
    assert mesh.play("deploy.yml").code == 0


def test_the_pods_follow_the_load(mesh: Mesh, scaled: Mesh) -> None:
    with Steady(mesh, f"{mesh.namespace}.localhost", per_second=BUSY) as load:
        deployed = scaled.play("deploy.yml")
        assert deployed.code == 0, deployed.text[-3000:]
        until("more pods than the least", lambda: pods(scaled)[1] > LEAST, PATIENCE_SECONDS)
        said = conditions(scaled)
        assert (said["ScalingActive"], said["AbleToScale"]) == ("True", "True")

        # A deploy leaves the number to the autoscaler.
        again = scaled.play("deploy.yml")
        assert (again.code, again.changed) == (0, 0), again.text[-3000:]
        assert pods(scaled)[0] > LEAST

        load.per_second = CALM
        until("the least", lambda: pods(scaled) == (LEAST, LEAST), PATIENCE_SECONDS)

        # And takes it back, once there is none.
        off = mesh.play("deploy.yml")
        assert off.code == 0, off.text[-3000:]
        assert pods(mesh) == (1, 1)
    assert load.failures == []
