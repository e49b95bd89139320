"""Each permission that lacks is named, and what was made by then is of use to the next run.

From no permission at all to a database and a cache, and to none of them again, one action at a
time. `make prove PIECE=aws`; alone: pytest tests/aws/data/data_denied.py
"""

from __future__ import annotations

from typing import Final

import pytest
from aws_denied import learn, with_only
from aws_policies import actions
from data_policy import ALLOWED, POLICY
from estate import Estate
from remains import ended_well, tagged

MOST: Final = len(ALLOWED)
# Without the versions that RDS offers none is judged beforehand.
DONE_WITHOUT: Final = {"rds:DescribeDBEngineVersions"}
DELETE: Final = {
    "cam_database_aws_allow": ["delete cam-db-dev"], "cam_cache_aws_allow": ["delete cam-cache-dev"]
}  # fmt: skip


@pytest.mark.timeout(7200)
def test_a_policy_is_learned_from_refusals_alone(estate: Estate) -> None:
    def allow(some: set[str]) -> None:
        estate.double.tell("policy", with_only(POLICY, some))

    made = learn(estate.run, allow, set(), MOST)
    assert len(made) > 15
    again = ended_well(estate.run())
    assert (again.recap["changed"], again.writes) == (0, [])
    gone = learn(lambda: estate.run("absent", **DELETE), allow, {*made}, MOST)
    assert len(gone) > 5
    assert tagged(estate) == []
    assert actions(estate.asked) - {*made, *gone} == DONE_WITHOUT
