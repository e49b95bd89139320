"""No request is lost while the mesh changes; at length: make prove PIECE=downtime."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from mesh import Mesh
from scaling import watched_replicas
from steady import Steady

REQUESTS = 2500


@pytest.fixture
def pair(mesh: Mesh) -> Iterator[Mesh]:
    """The mesh with two pods, since one cannot be replaced without a gap by its own eviction."""
    two = Mesh(mesh.namespace, {**mesh.overrides, "cam_release_replicas": 2})
    assert two.play("playbooks/release.yml").code == 0
    yield two
    assert mesh.play("deploy.yml").code == 0


def test_no_request_is_lost(pair: Mesh) -> None:
    with Steady(pair, f"{pair.namespace}.localhost", per_second=60) as load:
        changed = pair.play("playbooks/release.yml", cam_release_values={"config": {"MARK": "1"}})
        assert changed.code == 0, changed.text[-3000:]
        pair.evict_each()
        with watched_replicas(pair) as seen:
            scaled = pair.play(
                "playbooks/release.yml",
                cam_release_autoscaling_enabled=True,
                cam_release_autoscaling_min_replicas=2,
                cam_release_autoscaling_max_replicas=3,
            )
            assert scaled.code == 0, scaled.text[-3000:]
        while load.sent < REQUESTS:
            time.sleep(0.5)
    assert load.failures == []
    # Without care the API server defaults the number that the chart no longer names to 1.
    assert seen, "nothing was watched"
    assert min(seen) >= 2
