"""An account in which an image repository, a certificate and a name are made with the cluster."""

from __future__ import annotations

import json
from typing import Any

from aws_site import AwsSite

DOMAIN = "mesh.example.com"
NAME = "cam-dev"


class EdgeSite(AwsSite):
    """In an account that has a zone, with a record, a repository and a certificate of others."""

    zone: str

    def furnish(self) -> None:
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
        self.plant()

    def expected(self) -> list[str]:
        return [
            *super().expected(),
            f"would create image repository {NAME}", f"would create certificate {DOMAIN}",
            f"would create DNS record that proves {DOMAIN}", f"would create DNS record {DOMAIN}",
        ]  # fmt: skip

    def foreign(self) -> dict[str, Any]:
        """With all that is at the edge: taken while nothing there is ours."""
        ecr, acm, dns = (self.double.client(name) for name in ("ecr", "acm", "route53"))
        summaries = acm.list_certificates()["CertificateSummaryList"]
        records = dns.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return super().foreign() | {
            "repositories": ecr.describe_repositories()["repositories"],
            "certificates": sorted(one["CertificateArn"] for one in summaries),
            "records": records,
        }

    def push(self) -> None:
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "config": {"digest": "sha256:" + "0" * 64, "size": 1}, "layers": [],
        }  # fmt: skip
        self.double.client("ecr").put_image(
            repositoryName=NAME, imageManifest=json.dumps(manifest), imageTag="1"
        )
