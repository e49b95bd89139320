"""One double and one API in memory for each class of tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "unit" / "plugins" / "module_utils"))

from aws_site import AwsSite
from doubles.aws.server import running
from fake_api import serving


@pytest.fixture(scope="class")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsSite]:
    with running() as double, serving() as api:
        yield AwsSite.build(double, api, tmp_path_factory.mktemp("site"))
