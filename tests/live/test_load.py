"""The mesh used as its clients use it, and loaded; prod is never loaded by accident."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from load.tools import k6
from mesh import APP, EXISTING, Mesh
from paths import ROOT

PROD = ROOT / "inventories" / "prod"


def policies(mesh: Mesh) -> str:
    sql = "SELECT count(*) FROM policies WHERE name LIKE 'cam-smoke-%'"
    command = f'psql -tA -U "$POSTGRES_USER" -h /var/run/postgresql -d "$POSTGRES_DB" -c "{sql}"'
    script = f'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") {command}'
    return mesh.kubectl("exec", "postgres-0", "--", "sh", "-c", script).strip()


def test_smoke_uses_the_mesh_and_leaves_no_policy_behind(mesh: Mesh) -> None:
    used = mesh.play("playbooks/smoke.yml")
    assert used.code == 0, used.text[-2000:]
    assert "healthy: 14 of 14 checks ok" in used.text
    assert used.changed == 0
    assert policies(mesh) == "0"


@pytest.fixture
def failing(mesh: Mesh) -> Iterator[Mesh]:
    """The mesh while each of its requests through the models fails."""
    mesh.kubectl("set", "env", APP, "CAM_FAULTS_ENABLED=true", "CAM_FAULT_ERROR_SHARE=1")
    mesh.settle()
    yield mesh
    mesh.kubectl("rollout", "undo", APP)
    mesh.settle()


def test_smoke_names_what_fails_and_removes_its_policy_all_the_same(failing: Mesh) -> None:
    used = failing.play("playbooks/smoke.yml")
    assert used.code != 0
    assert "is failed: smoke_process: POST /process answers status 500" in used.text
    assert "ok smoke_policy_delete" in used.text
    assert policies(failing) == "0"


@pytest.mark.parametrize("verb", ["load", "stress"])
def test_a_load_on_prod_asks_for_a_confirmation(mesh: Mesh, verb: str) -> None:
    # The key would be read before a load: this namespace has none, so nothing could be sent.
    changes = {
        **EXISTING,
        "cam_cluster_namespace": "cam-nowhere",
        "cam_load_k6": "no-such-tool",
        "cam_load_artillery": "no-such-tool",
    }
    prod = Mesh("cam-nowhere", changes, PROD)
    refused = prod.play(f"playbooks/{verb}.yml")
    assert refused.code != 0
    assert "Confirm with -e cam_load_confirm=prod (found: '')" in refused.text
    confirmed = prod.play(f"playbooks/{verb}.yml", cam_load_confirm="prod")
    assert confirmed.code != 0
    assert "Confirm with" not in confirmed.text
    assert "which is not there. Install it" in confirmed.text


def test_a_short_load_is_accepted_and_is_the_gate_of_the_next(mesh: Mesh, tmp_path: Path) -> None:
    short = {"cam_load_k6": str(k6()), "cam_load_seconds": 10, "cam_load_rate": 5}
    first = mesh.play("playbooks/load.yml", **short, cam_load_accept=True)
    assert first.code == 0, first.text[-2000:]
    assert "regression_p95" in first.text
    assert mesh.secret("cam-api-key", "api-key") not in first.text
    # A gate that no run can pass: the accepted numbers of another, impossible mesh.
    kept = json.loads(mesh.kubectl("get", "configmap", "cam-load-accepted", "-o", "json"))
    accepted = json.loads(kept["data"]["load"])
    impossible = {"load": json.dumps({**accepted, "p95_ms": -100.0})}
    mesh.kubectl("patch", "configmap", "cam-load-accepted", "-p", json.dumps({"data": impossible}))
    second = mesh.play("playbooks/load.yml", **short, cam_load_results_directory=str(tmp_path))
    assert second.code != 0
    assert "is failed: regression_p95: " in second.text
    (file,) = tmp_path.iterdir()
    result = json.loads(file.read_text("utf-8"))
    assert result["numbers"]["requests"] >= 45
    assert result["numbers"]["failed"] == 0
