"""A sample of cluster_faults.py, and of runs that are killed: the next one goes on from there."""

from __future__ import annotations

import pytest
from aws_site import AwsSite
from cluster_faults import SAMPLE, Row, play, whole_and_gone


class TestSample:
    """In this order, in one account."""

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("row", SAMPLE[:1], ids=str)
    def test_a_fault_before_the_first_change(self, site: AwsSite, row: Row) -> None:
        assert play(site, row).refusal
        assert site.rest() == []

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("writes", [3])
    def test_a_run_that_is_killed(self, site: AwsSite, writes: int) -> None:
        site.run_until_killed(after_writes=writes)
        assert site.rest()

    @pytest.mark.timeout(600)
    @pytest.mark.parametrize("row", SAMPLE[1:], ids=str)
    def test_a_fault_ends_done_or_refused_by_its_cause(self, site: AwsSite, row: Row) -> None:
        play(site, row)

    @pytest.mark.timeout(900)
    def test_the_next_run_makes_it_whole_and_a_removal_leaves_nothing(self, site: AwsSite) -> None:
        whole_and_gone(site)
