"""Database and cache at AWS by the real plays and modules, from an empty account and back to it.

The other ways of life are in data_years.py, which `make prove PIECE=aws` runs.
"""

from __future__ import annotations

import pytest
from aws_policies import actions
from data_policy import ALLOWED, OTHERWISE
from estate import CA, Estate
from remains import MADE, SECRETS, ended_well, foreign, kept, neighbours, tagged


@pytest.mark.timeout(900)
def test_from_nothing_to_everything_and_back(estate: Estate) -> None:
    """Dry run, run, run again, remove, remove again."""
    neighbours(estate)
    before = foreign(estate)

    dry = ended_well(estate.run("main", "--check", "--diff"))
    assert dry.writes == []
    assert dry.recap["changed"] > 0
    for line in ("would create RDS instance cam-db-dev", "would create secret cam-cache-dev",
                 "would create ElastiCache replication group cam-cache-dev"):  # fmt: skip
        assert line in dry.output
    assert estate.published()["database"]["host"] == ""

    first = ended_well(estate.run("main", "--diff"))
    assert first.writes == MADE
    published = estate.published()
    assert published["database"]["host"].startswith("cam-db-dev.")
    assert published["cache"]["host"].startswith("master.cam-cache-dev.")
    values = [value for value in estate.secret_values() if value != "theirs"]
    assert sorted(len(value) for value in values) == [43, 43]
    assert kept(estate, "postgres-secret")["password"] in values
    assert kept(estate, "postgres-secret")["username"] == "cam"
    assert kept(estate, "redis-secret")["password"] in values
    assert kept(estate, "postgres-tls") == kept(estate, "redis-tls") == {"ca.crt": CA}

    again = ended_well(estate.run("main", "--diff"))
    assert (again.recap["changed"], again.writes) == (0, [])
    assert len(again.journal) <= 20

    gone = ended_well(estate.run("absent"))
    assert gone.recap["changed"] > 0
    again = ended_well(estate.run("absent"))
    assert (again.recap["changed"], again.writes) == (0, [])
    assert not [path for path in estate.api.objects if path.startswith(SECRETS)]
    assert foreign(estate) == before
    assert tagged(estate) == []

    # Each of these runs had the policy of the docs: what lacks in it would have been refused.
    asked = actions(estate.asked)
    assert asked - ALLOWED == set()
    assert ALLOWED - asked == set().union(*OTHERWISE.values())

    for ran in (dry, first, again, gone):
        assert not [value for value in values if value in ran.output]
