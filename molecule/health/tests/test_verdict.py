"""The verdict as a machine reads it."""

import json
import os
from pathlib import Path


def test_all_checks_are_listed_and_ok() -> None:
    verdict = json.loads(
        Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "verdict.json").read_text("utf-8")
    )
    assert verdict["status"] == "healthy"
    states = {check["name"]: check["state"] for check in verdict["checks"]}
    assert {states.pop("grafana"), states.pop("network_policy")} == {"not_configured"}
    assert set(states.values()) == {"ok"}
    fields = {"name", "target", "state", "observed", "expected", "cause", "next", "duration_ms"}
    assert all(set(check) == fields for check in verdict["checks"])
    assert len(verdict["checks"]) == 18
