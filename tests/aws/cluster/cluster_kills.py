"""A run that makes a cluster is killed, and the next one as well, each a few changes further on.

`make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_kills.py
"""

from __future__ import annotations

from typing import Final

import pytest
from aws_site import AwsSite
from cluster_faults import whole_and_gone

# A whole run writes some fifty times.
STEP: Final = 4
MOST_RUNS: Final = 30


class TestKills:
    @pytest.mark.timeout(3600)
    def test_it_is_made_by_runs_of_which_none_but_the_last_ended(self, site: AwsSite) -> None:
        for _run in range(MOST_RUNS):
            if not site.run_until_killed(after_writes=STEP):
                break
        else:
            raise AssertionError(f"{MOST_RUNS} runs of {STEP} changes each and it is not made")
        whole_and_gone(site)
