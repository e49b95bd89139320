"""A cluster at AWS through what goes wrong, what is changed and what is put at its edge.

A sample of cluster_faults.py, cluster_kills.py and cluster_drift.py, and repository, certificate
and name: in one account, in this order, for the making of a cluster is what takes long.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cluster_drift
import cluster_faults
import pytest
from aws_policies import actions
from doubles.aws.server import running
from edge_site import DOMAIN, NAME, EdgeSite
from fake_api import serving
from lifecycle import changed_nothing, succeeded, wrote_nothing
from policy import EDGE

# What only a change of the inventory, or of a hand, asks for.
LATER = {
    "acm:AddTagsToCertificate", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
    "ecr:TagResource",
}  # fmt: skip
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
class TestCourse:
    before: dict[str, Any]

    def test_the_edge_is_planned(self, site: EdgeSite) -> None:
        type(self).before = site.edge()
        dry = site.run("main", "--check")
        wrote_nothing(dry)
        for part in (
            f"would create image repository {NAME}", f"would create certificate {DOMAIN}",
            f"would create DNS record that proves {DOMAIN}", f"would create DNS record {DOMAIN}",
        ):  # fmt: skip
            assert part in dry.text, part

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
        succeeded(site.run("main"))
        network = site.published()["network"]
        assert network["registry_url"].endswith(f".dkr.ecr.eu-central-1.amazonaws.com/{NAME}")
        assert ":certificate/" in network["certificate_arn"]

    def test_a_second_run_changes_nothing(self, site: EdgeSite) -> None:
        changed_nothing(site.run("main"))
        assert ":certificate/" in site.published()["network"]["certificate_arn"]

    @pytest.mark.parametrize("row", cluster_drift.SAMPLE, ids=str)
    def test_a_change_is_told_then_made_then_none(
        self, site: EdgeSite, row: cluster_drift.Row
    ) -> None:
        cluster_drift.play(site, row)

    def test_images_stop_a_removal_before_anything_is_gone(self, site: EdgeSite) -> None:
        site.push()
        ran = site.run("absent")
        assert ran.code != 0
        assert f"delete image repository {NAME}" in ran.refusal
        assert "it holds 1 images" in ran.refusal
        assert ran.writes == []

    def test_it_is_removed_and_nothing_of_others(self, site: EdgeSite) -> None:
        foreign = site.foreign()
        allow = {"cam_cluster_aws_allow": [f"delete {NAME}"]}
        dry = site.run("absent", "--check", **allow)
        wrote_nothing(dry)
        assert f"would delete DNS record {DOMAIN}" in dry.text
        succeeded(site.run("absent", **allow))
        assert site.rest() == []
        assert site.foreign() == foreign
        assert site.edge() == self.before

    def test_the_policy_of_the_docs_is_what_was_asked_for(self, site: EdgeSite) -> None:
        assert EDGE - actions(site.asked) == LATER


def test_a_record_of_others_is_refused_before_it_is_written_over(tmp_path: Path) -> None:
    with running() as double, serving() as api:
        site = EdgeSite.build(double, api, tmp_path)
        assert isinstance(site, EdgeSite)
        site.furnish()
        ran = site.run("main", "--check", cam_cluster_aws_record_name=f"api.{DOMAIN}")
        assert ran.code != 0
        assert "It is not written over" in ran.refusal
        assert ran.writes == []
