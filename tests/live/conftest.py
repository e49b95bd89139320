"""A mesh of the tests' own on the real local cluster; cam-local is left as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from mesh import Mesh
from paths import camlab


@pytest.fixture(scope="package")
def mesh(neighbour: None, worker_id: str) -> Iterator[Mesh]:
    """A mesh in the namespace cam-live, deployed once for all tests and destroyed after them.

    After those of this folder, while others run: to wait for its pods at the very end takes longer.
    Each process that runs tests has its own: cam-live-gw1.
    """
    namespace = "cam-live" if worker_id == "master" else f"cam-live-{worker_id}"
    mesh = Mesh.local(namespace, cam_release_timeout_seconds=240)
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-4000:]
    yield mesh
    removed = mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, removed.text[-4000:]
    assert not mesh.exists()


@pytest.fixture(scope="package")
def audit_log(mesh: Mesh) -> Path:
    return Path(json.loads(camlab("status", check=True).stdout)["audit_log"])
