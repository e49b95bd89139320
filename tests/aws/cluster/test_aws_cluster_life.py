"""The cluster's part of a mesh on AWS: planned, made, made again, removed."""

from __future__ import annotations

from aws_policies import actions
from aws_site import AwsSite
from lifecycle import Lifecycle
from policy import ALLOWED, OTHERWISE


class TestCluster(Lifecycle):
    """With the seed's sizes in one account, beside resources of others with names like ours."""

    def test_the_policy_of_the_docs_is_what_was_asked_for(self, site: AwsSite) -> None:
        """Each of these runs had no other: what lacks in it would have been refused."""
        asked = actions(site.asked)
        assert len(asked) > len(ALLOWED) / 2
        assert asked - ALLOWED == set()
        assert ALLOWED - asked == set().union(*OTHERWISE.values())
