"""The molecule scenarios: check, converge, idempotence and verify on the local cluster."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from mesh import Mesh
from paths import BIN, ENVIRONMENT, ROOT

SCENARIOS = (
    "cam_preflight",
    "cam_cluster",
    "cam_database",
    "cam_cache",
    "cam_release",
    "cam_monitoring",
    "cam_health",
    "cam_schedule",
    "deploy",
    "health",
    "rollback",
)


def molecule(*words: str) -> None:
    done = subprocess.run(
        [BIN / "molecule", *words],
        cwd=ROOT, env={**ENVIRONMENT, "MOLECULE_GLOB": "molecule/*/molecule.yml"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.fixture(scope="module")
def namespace(neighbour: None) -> Iterator[None]:
    yield
    molecule("destroy", "-s", "default")
    assert not Mesh("cam-molecule").exists()


@pytest.mark.usefixtures("namespace")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str) -> None:
    molecule("reset", "-s", scenario)
    molecule("test", "-s", scenario)


def test_no_scenario_is_forgotten() -> None:
    found = {file.parent.name for file in ROOT.glob("molecule/*/molecule.yml")}
    assert found == {*SCENARIOS, "default"}
