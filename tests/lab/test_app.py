"""The stand-in app's own tests, run by Node against a real PostgreSQL and Redis."""

from __future__ import annotations

import re
import subprocess

import pytest
from paths import BIN, ENVIRONMENT, ROOT


@pytest.mark.usefixtures("tools")
def test_the_stand_in_passes_its_own_tests() -> None:
    done = subprocess.run(
        [BIN / "python", "-m", "camlab", "test-app"],
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONPATH": "lab"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    counts = {name: int(count) for name, count in re.findall(r"(tests|pass) (\d+)", done.stderr)}
    assert counts["tests"] == counts["pass"] > 40, done.stderr[-6000:]
