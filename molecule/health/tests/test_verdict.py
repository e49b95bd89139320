"""The verdict as a machine reads it."""

import json
import os
from pathlib import Path


def test_all_checks_are_listed_and_ok() -> None:
    verdict = json.loads(
        Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "verdict.json").read_text("utf-8")
    )
    assert verdict["schema"] == "cam.mesh/health/v1"
    assert (verdict["status"], verdict["environment"]) == ("healthy", "local")
    states = {check["name"]: check["state"] for check in verdict["checks"] if check["critical"]}
    out = {name for name, state in states.items() if state == "not_configured"}
    optional = {"grafana", "autoscaler", "collaboration", "endpoints_sweep", "network_policy"}
    assert out <= optional
    assert set(states.values()) == {"ok", "not_configured"}
    assert len(verdict["checks"]) >= 42
