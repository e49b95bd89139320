"""A mesh of the tests' own on the real local cluster; cam-local is left as it was."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from mesh import Mesh
from paths import BIN, ENVIRONMENT, ROOT

OVERRIDES = {
    "cam_cluster_namespace": "cam-live",
    "cam_release_hosts": ["cam-live.localhost"],
    "cam_release_url": "https://cam-live.localhost:8443",
    "cam_release_replicas": 1,
    "cam_release_timeout_seconds": 240,
}


@pytest.fixture(scope="session")
def mesh(neighbour: None) -> Iterator[Mesh]:
    """The mesh in the namespace cam-live, deployed once for all tests and destroyed after them."""
    mesh = Mesh("cam-live", OVERRIDES)
    deployed = mesh.play("deploy.yml")
    assert deployed.code == 0, deployed.text[-4000:]
    yield mesh
    removed = mesh.play("playbooks/destroy.yml", cam_destroy_confirm="local")
    assert removed.code == 0, removed.text[-4000:]
    assert not mesh.exists()


@pytest.fixture(scope="session")
def audit_log(mesh: Mesh) -> Path:
    done = subprocess.run(
        [BIN / "python", "-m", "camlab", "status"],
        cwd=ROOT, env={**ENVIRONMENT, "PYTHONPATH": "lab"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return Path(json.loads(done.stdout)["audit_log"])
