"""The stand-in app's own tests, run by Node against a real PostgreSQL and Redis."""

from __future__ import annotations

import re

import pytest
from paths import camlab


@pytest.mark.usefixtures("tools")
def test_the_stand_in_passes_its_own_tests() -> None:
    done = camlab("test-app")
    assert done.returncode == 0, done.stderr[-6000:]
    counts = {name: int(count) for name, count in re.findall(r"(tests|pass) (\d+)", done.stderr)}
    assert counts["tests"] == counts["pass"] > 40, done.stderr[-6000:]
