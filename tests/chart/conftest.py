"""The plain manifests of each environment, rendered once for all tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from charts import ENVIRONMENTS


@pytest.fixture(scope="session", params=ENVIRONMENTS)
def rendered(renderings: Callable[[str], Path], request: pytest.FixtureRequest) -> Path:
    """The folder of plain manifests of one environment, named after it."""
    return renderings(request.param)


@pytest.fixture(scope="session")
def inside(renderings: Callable[[str], Path]) -> Path:
    """The same of an environment whose database and cache run in the cluster."""
    return renderings("existing")
