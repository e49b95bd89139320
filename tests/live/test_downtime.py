"""No request is lost while the mesh changes; at length: make prove PIECE=downtime."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from mesh import Mesh
from steady import Steady

HOST = "cam-live.localhost"
REQUESTS = 5000


@pytest.fixture
def pair(mesh: Mesh) -> Iterator[Mesh]:
    """The mesh with two pods, since one cannot be replaced without a gap by its own eviction."""
    two = Mesh(mesh.namespace, {**mesh.overrides, "cam_release_replicas": 2})
    assert two.play("playbooks/release.yml").code == 0
    yield two
    assert mesh.play("deploy.yml").code == 0


def evict(mesh: Mesh) -> None:
    """Evict one pod after another by the Eviction API, each when the budget allows it."""

    def settle() -> None:
        mesh.kubectl("rollout", "status", "deployment/cam-arbitration-mesh", "--timeout=120s")

    settle()
    listed = json.loads(mesh.kubectl("get", "pods", "-l", "app=cam", "-o", "json"))["items"]
    for pod in listed:
        if "deletionTimestamp" not in pod["metadata"]:
            mesh.evict(pod["metadata"]["name"])
            settle()


def test_no_request_is_lost(pair: Mesh) -> None:
    with Steady(pair, HOST, per_second=125) as load:
        changed = pair.play("playbooks/release.yml", cam_release_values={"config": {"MARK": "1"}})
        assert changed.code == 0, changed.text[-3000:]
        evict(pair)
        while load.sent < REQUESTS:
            time.sleep(0.5)
    assert load.failures == []
