"""The alert rules are read by Prometheus' own tool."""

from __future__ import annotations

import subprocess

import pytest
from paths import ROOT, TOOLS

pytestmark = pytest.mark.usefixtures("tools")


def test_promtool_accepts_the_rules() -> None:
    rules = ROOT / "roles" / "cam_monitoring" / "files" / "cam_rules.yml"
    done = subprocess.run(
        [TOOLS / "promtool", "check", "rules", rules], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 rules found" in done.stdout
