"""An estate of the seed's Terraform module is taken over by its state.

`make prove PIECE=aws`; alone: pytest tests/aws/cluster/cluster_adopt.py
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aws_site import OURS, AwsSite
from doubles.aws.server import running
from fake_api import serving
from lifecycle import Ran, changed_nothing, succeeded, wrote_nothing
from paths import BIN, ENVIRONMENT, ROOT
from terraform_estate import TerraformEstate

# What the seed's module lacks altogether, and a mesh of ours has: the plan names each.
LACKS = (
    "would create security group cam-control-dev", "would create security group cam-database-dev",
    "would create security group cam-cache-dev", "would create role cam-eks-cni-dev",
    "would create role cam-eks-ebs-csi-dev", "would create role cam-eks-autoscaler-dev",
    "would create policy cam-eks-autoscaler-dev",
    "would create log group /aws/eks/cam-cluster-dev/cluster",
    "would create EKS add-on vpc-cni", "would create EKS add-on kube-proxy",
    "would create EKS add-on eks-pod-identity-agent", "would create EKS add-on coredns",
    "would create EKS add-on aws-ebs-csi-driver", "would create EKS add-on metrics-server",
    "would create EKS pod identity kube-system/cluster-autoscaler",
)  # fmt: skip
# Who lets itself in to the API server inside the VPC is a group of its own, put beside the cluster.
CHANGES = ("EKS cluster cam-cluster-dev: tag", "EKS cluster cam-cluster-dev: security_group_ids",
           "node group cam-nodes-dev: tag")  # fmt: skip

WRITES = {
    "ec2:CreateSecurityGroup", "ec2:RevokeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
    "iam:CreatePolicy", "iam:CreateRole", "iam:AttachRolePolicy",
    "logs:CreateLogGroup", "logs:PutRetentionPolicy",
    "eks:TagResource", "eks:UpdateClusterConfig", "eks:CreateAddon",
    "eks:CreatePodIdentityAssociation",
}  # fmt: skip


@pytest.fixture(scope="class")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsSite]:
    with running() as double, serving() as api:
        yield AwsSite.build(double, api, tmp_path_factory.mktemp("adopt"))


@pytest.fixture(scope="class")
def estate(site: AwsSite) -> TerraformEstate:
    found = TerraformEstate.make(site.double)
    found.write_state(site.folder / "terraform.tfstate")
    return found


def adopt(folder: Path) -> Ran:
    words = {
        "cam_environment": "dev", "ansible_connection": "local",
        "cam_adopt_file": folder / "terraform.tfstate",
        "cam_adopt_to": folder / "host_vars" / "dev" / "adopted.yml",
    }  # fmt: skip
    done = subprocess.run(
        [BIN / "ansible-playbook", "playbooks/adopt.yml", "-i", folder / "hosts.yml",
         *(word for key, value in words.items() for word in ("-e", f"{key}={value}"))],
        cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout + done.stderr)


def stripped(told: dict[str, Any]) -> dict[str, Any]:
    """Without what the first run may write: tags, and the security group of the control plane."""
    cluster = {key: value for key, value in told["cluster"].items() if key != "tags"}
    vpc = dict(cluster["resourcesVpcConfig"])
    vpc.pop("securityGroupIds")
    nodes = {key: value for key, value in told["nodes"].items() if key != "tags"}
    nodes.pop("modifiedAt", None)
    return {**told, "cluster": {**cluster, "resourcesVpcConfig": vpc}, "nodes": nodes}


@pytest.mark.timeout(600)
class TestAdopt:
    """In this order, on one account."""

    before: dict[str, Any]

    def test_its_state_tells_the_variables(self, site: AwsSite, estate: TerraformEstate) -> None:
        ran = adopt(site.folder)
        succeeded(ran)
        assert "Then: ansible-playbook deploy.yml -i" in ran.text
        file = site.folder / "host_vars" / "dev" / "adopted.yml"
        site.variables |= yaml.safe_load(file.read_text())
        assert site.variables["cam_cluster_aws_vpc_id"] == estate.vpc

    def test_without_the_word_it_is_refused(self, site: AwsSite, estate: TerraformEstate) -> None:
        type(self).before = estate.told()
        ran = site.run("main", "--check", cam_cluster_aws_adopt=False)
        assert ran.code != 0
        assert "lacks the tags app=cam" in ran.refusal
        assert ran.writes == []

    def test_a_dry_run_names_tags_and_what_the_estate_lacks(
        self, site: AwsSite, estate: TerraformEstate
    ) -> None:
        ran = site.run("main", "--check", "--diff")
        wrote_nothing(ran)
        plan = re.findall(r"would (?!be done)\w+ [^'\"\n]+", ran.output)
        assert plan
        for one in plan:
            assert one.startswith("would create") or any(part in one for part in CHANGES), one
        for part in LACKS:
            assert part in ran.text, part
        assert estate.told() == self.before

    def test_the_first_run_sets_tags_and_makes_what_is_lacking(
        self, site: AwsSite, estate: TerraformEstate
    ) -> None:
        ran = site.run("main")
        succeeded(ran)
        assert set(ran.writes) == WRITES
        # Of the estate itself: tags of cluster and nodes, and the group at the control plane.
        assert ran.writes.count("eks:TagResource") == 2
        assert ran.writes.count("eks:UpdateClusterConfig") == 1
        after = estate.told()
        assert stripped(after) == stripped(self.before)
        for part in ("cluster", "nodes"):
            assert after[part]["tags"].items() >= OURS.items()

    def test_a_second_run_changes_nothing(self, site: AwsSite) -> None:
        changed_nothing(site.run("main"))
