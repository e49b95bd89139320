"""The molecule scenarios: check, converge, idempotence and verify on the local cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mesh import Mesh
from paths import ROOT
from scenarios import molecule

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
# Minutes of their own, run by make prove PIECE=aws.
AT_LENGTH = ("cam_cluster_aws",)


@pytest.fixture(scope="module")
def namespace(neighbour: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    yield
    molecule(tmp_path_factory.mktemp("default"), "destroy", "-s", "default")
    assert not Mesh("cam-molecule").exists()


@pytest.mark.usefixtures("namespace")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(scenario: str, tmp_path: Path) -> None:
    molecule(tmp_path, "test", "-s", scenario)


def test_no_scenario_is_forgotten() -> None:
    found = {file.parent.name for file in ROOT.glob("molecule/*/molecule.yml")}
    assert found == {*SCENARIOS, *AT_LENGTH, "default"}
