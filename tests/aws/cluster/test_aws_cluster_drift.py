"""A sample of cluster_drift.py: what an inventory changes is told, made by few calls, then none."""

from __future__ import annotations

import pytest
from aws_site import AwsSite
from cluster_drift import SAMPLE, Row, begin, play


@pytest.fixture(scope="class")
def running_site(site: AwsSite) -> AwsSite:
    return begin(site)


class TestSample:
    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("row", SAMPLE, ids=str)
    def test_a_change_is_told_then_made_then_none(self, running_site: AwsSite, row: Row) -> None:
        play(running_site, row)
