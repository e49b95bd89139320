"""A run that makes database and cache is killed after each of its changes, and the next as well.

`make prove PIECE=aws`; alone: pytest tests/aws/data/data_kills.py
"""

from __future__ import annotations

from typing import Final

import pytest
from estate import Estate
from remains import MADE, ended_well, tagged

MOST_RUNS: Final = 3 * len(MADE)


@pytest.mark.timeout(3600)
def test_they_are_made_by_runs_of_which_none_but_the_last_ended(estate: Estate) -> None:
    kills = 0
    while estate.run_until_killed(after_writes=1):
        kills += 1
        assert kills < MOST_RUNS, "it is not made"
    assert kills >= 4, "hardly a run was killed"
    ended_well(estate.run())
    again = ended_well(estate.run())
    assert (again.recap["changed"], again.writes) == (0, [])
    named = {"cam_database_aws_allow": ["delete cam-db-dev"]}
    ended_well(estate.run("absent", **named))
    assert tagged(estate) == []
