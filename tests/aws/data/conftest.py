"""What the lifecycle tests of database and cache share: one account, one cluster's API."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

TESTS = Path(__file__).parents[2]
# The API in memory that the unit tests of the cores have.
sys.path.insert(0, str(TESTS / "unit" / "plugins" / "module_utils"))
sys.path.insert(0, str(Path(__file__).parent))

if TYPE_CHECKING:
    from doubles.aws.server import Double
    from estate import Estate


@pytest.fixture(scope="session")
def double() -> Iterator[Double]:
    from doubles.aws.server import running

    with running() as found:
        yield found


@pytest.fixture
def estate(double: Double, tmp_path: Path) -> Iterator[Estate]:
    """An account in which nothing was made but a network."""
    from estate import Estate
    from fake_api import serving

    double.reset()
    with serving() as api:
        yield Estate.build(double, api, tmp_path)
