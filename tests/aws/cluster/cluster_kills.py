"""A run that makes a cluster is killed after its first change, and each of the next ones as well.

`make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_kills.py
"""

from __future__ import annotations

from typing import Final

import pytest
from aws_site import AwsSite
from cluster_faults import whole_and_gone

# A whole run writes some fifty times, and what was half made may take one more.
MOST_RUNS: Final = 150


class TestKills:
    @pytest.mark.timeout(7200)
    def test_it_is_made_by_runs_of_which_none_but_the_last_ended(self, site: AwsSite) -> None:
        kills = 0
        while site.run_until_killed(after_writes=1):
            kills += 1
            assert kills < MOST_RUNS, "it is not made"
        assert kills >= 10, "hardly a run was killed"
        whole_and_gone(site)
