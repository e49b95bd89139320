"""Each permission that lacks is named, and what was made by then is of use to the next run.

From no permission at all to a whole cluster, and to none of it again, one action at a time.
`make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_denied.py
"""

from __future__ import annotations

from typing import Final

import pytest
from aws_denied import learn, with_only
from aws_policies import actions
from aws_site import AwsSite
from lifecycle import changed_nothing, succeeded
from policy import ALLOWED, POLICY

MOST: Final = len(ALLOWED)
# Without the versions that EKS offers none is judged beforehand; a key needs none of its policies.
DONE_WITHOUT: Final = {"eks:DescribeClusterVersions", "kms:ListKeyPolicies"}


class TestDenied:
    @pytest.mark.timeout(7200)
    def test_a_policy_is_learned_from_refusals_alone(self, site: AwsSite) -> None:
        def allow(some: set[str]) -> None:
            site.double.tell("policy", with_only(POLICY, some))

        made = learn(lambda: site.run("main"), allow, set(), MOST)
        assert len(made) > 60
        changed_nothing(site.run("main"))
        gone = learn(lambda: site.run("absent"), allow, {*made}, MOST)
        assert len(gone) > 20
        assert site.rest() == []
        # Once more, after what AWS keeps for a while of the first life.
        again = learn(lambda: site.run("main"), allow, {*made, *gone}, MOST)
        changed_nothing(site.run("main"))
        succeeded(site.run("absent"))
        assert site.rest() == []
        assert actions(site.asked) - {*made, *gone, *again} == DONE_WITHOUT
