"""The life of a cluster at AWS: planned, made through what goes wrong, changed, removed.

With the seed's sizes, beside resources of others with names like ours, and with repository,
certificate and name at its edge. In one account, in this order, for the making of a cluster is what
takes long. Of cluster_faults.py, cluster_kills.py and cluster_drift.py it has a sample.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cluster_drift
import cluster_faults
import lifecycle
import pytest
from aws_policies import actions
from doubles.aws.server import running
from edge_site import DOMAIN, NAME, EdgeSite
from fake_api import serving
from policy import ALLOWED, OTHERWISE

FIRST, *FURTHER_ON = cluster_faults.SAMPLE


@pytest.fixture(scope="class")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeSite]:
    with running() as double, serving() as api:
        site = EdgeSite.build(double, api, tmp_path_factory.mktemp("edge"))
        assert isinstance(site, EdgeSite)
        site.furnish()
        site.variables |= cluster_drift.BEFORE
        yield site


@pytest.mark.timeout(600)
class TestCluster:
    others: dict[str, Any]

    def test_a_plan_of_an_empty_account_is_whole_and_writes_nothing(self, site: EdgeSite) -> None:
        type(self).others = site.foreign()
        lifecycle.planned(site)

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"cam_cluster_aws_record_name": f"api.{DOMAIN}"}, "It is not written over"),
            (
                {"cam_cluster_aws_node_name": "cam-nodes-dev-2"},
                "launch template cam-nodes-dev-2 exists and is",
            ),
        ],
        ids=["record", "launch template"],
    )
    def test_what_is_of_others_is_refused_before_anything_is_made(
        self, site: EdgeSite, changed: dict[str, str], said: str
    ) -> None:
        ran = site.run("main", **changed)
        assert ran.code != 0
        assert said in ran.refusal
        assert ran.writes == []

    def test_a_fault_before_the_first_change(self, site: EdgeSite) -> None:
        assert cluster_faults.play(site, FIRST).refusal
        assert site.rest() == []

    def test_a_run_that_is_killed(self, site: EdgeSite) -> None:
        assert site.run_until_killed(after_writes=3)
        assert site.rest()

    @pytest.mark.parametrize("row", FURTHER_ON, ids=str)
    def test_a_fault_ends_done_or_refused_by_its_cause(
        self, site: EdgeSite, row: cluster_faults.Row
    ) -> None:
        cluster_faults.play(site, row)

    def test_the_next_run_makes_it_whole_and_tells_the_edge(self, site: EdgeSite) -> None:
        lifecycle.succeeded(site.run("main"))
        network = site.published()["network"]
        assert network["registry_url"].endswith(f".dkr.ecr.eu-central-1.amazonaws.com/{NAME}")
        assert ":certificate/" in network["certificate_arn"]

    def test_a_dry_run_finds_nothing_to_do(self, site: EdgeSite) -> None:
        lifecycle.changed_nothing(site.run("main", "--check", "--diff"))

    @pytest.mark.parametrize("row", cluster_drift.SAMPLE, ids=str)
    def test_a_change_is_told_then_made_then_none(
        self, site: EdgeSite, row: cluster_drift.Row
    ) -> None:
        cluster_drift.play(site, row)
        # As the second run of it, which changed nothing, tells it.
        assert ":certificate/" in site.published()["network"]["certificate_arn"]

    def test_images_stop_a_removal_before_anything_is_gone(self, site: EdgeSite) -> None:
        site.push()
        ran = site.run("absent")
        assert ran.code != 0
        assert f"delete image repository {NAME}" in ran.refusal
        assert "it holds 1 images" in ran.refusal
        assert ran.writes == []
        site.variables |= {"cam_cluster_aws_allow": [f"delete {NAME}"]}

    def test_a_dry_removal_removes_nothing(self, site: EdgeSite) -> None:
        dry = lifecycle.removal_planned(site)
        assert f"would delete DNS record {DOMAIN}" in dry.text

    def test_it_is_removed_and_nothing_of_others(self, site: EdgeSite) -> None:
        lifecycle.succeeded(site.run("absent"))
        assert site.rest() == []
        assert site.foreign() == self.others

    def test_a_second_removal_changes_nothing(self, site: EdgeSite) -> None:
        lifecycle.changed_nothing(site.run("absent"))

    def test_the_policy_of_the_docs_is_what_was_asked_for(self, site: EdgeSite) -> None:
        """Each of these runs had no other: what lacks in it would have been refused."""
        asked = actions(site.asked)
        assert asked - ALLOWED == set()
        assert sorted(ALLOWED - asked) == sorted(set().union(*OTHERWISE.values()))
