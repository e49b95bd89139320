"""Repository, certificate and name of a cluster at AWS: planned, made, made again, removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_policies import actions
from aws_site import AwsSite
from doubles.aws.server import running
from fake_api import serving
from lifecycle import changed_nothing, succeeded, wrote_nothing
from policy import EDGE

DOMAIN = "mesh.example.com"
NAME = "cam-dev"
# What only a change of the inventory, or of a hand, asks for.
LATER = {
    "acm:AddTagsToCertificate", "ecr:PutImageScanningConfiguration", "ecr:PutImageTagMutability",
    "ecr:TagResource",
}  # fmt: skip


class EdgeSite(AwsSite):
    """In an account that has a zone, with a record, a repository and a certificate of others."""

    zone: str

    def furnish(self) -> None:
        self.plant()
        dns = self.double.client("route53")
        made = dns.create_hosted_zone(Name="example.com", CallerReference="1")
        self.zone = made["HostedZone"]["Id"].rpartition("/")[2]
        values = [{"Value": "theirs.example.net"}]
        record = {"Name": f"api.{DOMAIN}", "Type": "CNAME", "TTL": 60, "ResourceRecords": values}
        dns.change_resource_record_sets(
            HostedZoneId=self.zone,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
        )
        self.double.client("ecr").create_repository(repositoryName=f"{NAME}-2")
        self.double.client("acm").request_certificate(
            DomainName=f"api.{DOMAIN}", ValidationMethod="DNS"
        )
        self.variables |= {
            "cam_cluster_aws_registry_enabled": True,
            "cam_cluster_aws_certificate_domains": [DOMAIN, f"*.{DOMAIN}"],
            "cam_cluster_aws_zone_id": self.zone,
            "cam_cluster_aws_record_name": DOMAIN,
            "cam_cluster_aws_record_target": "lb-1.eu-central-1.elb.amazonaws.com",
        }

    def edge(self) -> dict[str, Any]:
        """All of it in the account, ours and theirs."""
        ecr, acm, dns = (self.double.client(name) for name in ("ecr", "acm", "route53"))
        summaries = acm.list_certificates()["CertificateSummaryList"]
        records = dns.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return {
            "repositories": ecr.describe_repositories()["repositories"],
            "certificates": sorted(one["CertificateArn"] for one in summaries),
            "records": records,
        }


@pytest.fixture(scope="class")
def edge_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdgeSite]:
    with running() as double, serving() as api:
        site = EdgeSite.build(double, api, tmp_path_factory.mktemp("edge"))
        assert isinstance(site, EdgeSite)
        site.furnish()
        yield site


def push(site: EdgeSite) -> None:
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"digest": "sha256:" + "0" * 64, "size": 1}, "layers": [],
    }  # fmt: skip
    site.double.client("ecr").put_image(
        repositoryName=NAME, imageManifest=json.dumps(manifest), imageTag="1"
    )


class TestEdge:
    """In this order, in one account."""

    before: dict[str, Any]

    def test_it_is_planned(self, edge_site: EdgeSite) -> None:
        type(self).before = edge_site.edge()
        dry = edge_site.run("main", "--check")
        wrote_nothing(dry)
        for part in (
            f"would create image repository {NAME}", f"would create certificate {DOMAIN}",
            f"would create DNS record that proves {DOMAIN}", f"would create DNS record {DOMAIN}",
        ):  # fmt: skip
            assert part in dry.text, part

    def test_it_is_made_and_told(self, edge_site: EdgeSite) -> None:
        succeeded(edge_site.run("main"))
        network = edge_site.published()["network"]
        assert network["registry_url"].endswith(f".dkr.ecr.eu-central-1.amazonaws.com/{NAME}")
        assert ":certificate/" in network["certificate_arn"]

    def test_a_second_run_changes_nothing(self, edge_site: EdgeSite) -> None:
        changed_nothing(edge_site.run("main"))
        assert ":certificate/" in edge_site.published()["network"]["certificate_arn"]

    def test_images_stop_a_removal_before_anything_is_gone(self, edge_site: EdgeSite) -> None:
        push(edge_site)
        ran = edge_site.run("absent")
        assert ran.code != 0
        assert f"delete image repository {NAME}" in ran.refusal
        assert "it holds 1 images" in ran.refusal
        assert ran.writes == []

    def test_it_is_removed_and_nothing_of_others(self, edge_site: EdgeSite) -> None:
        foreign = edge_site.foreign()
        allow = {"cam_cluster_aws_allow": [f"delete {NAME}"]}
        dry = edge_site.run("absent", "--check", **allow)
        wrote_nothing(dry)
        assert f"would delete DNS record {DOMAIN}" in dry.text
        succeeded(edge_site.run("absent", **allow))
        assert edge_site.rest() == []
        assert edge_site.foreign() == foreign
        assert edge_site.edge() == self.before

    def test_the_policy_of_the_docs_is_what_was_asked_for(self, edge_site: EdgeSite) -> None:
        assert EDGE - actions(edge_site.asked) == LATER


def test_a_record_of_others_is_refused_before_it_is_written_over(tmp_path: Path) -> None:
    with running() as double, serving() as api:
        site = EdgeSite.build(double, api, tmp_path)
        assert isinstance(site, EdgeSite)
        site.furnish()
        ran = site.run("main", "--check", cam_cluster_aws_record_name=f"api.{DOMAIN}")
        assert ran.code != 0
        assert "It is not written over" in ran.refusal
        assert ran.writes == []
