"""The cluster's part of a mesh on the stand-in of AWS, whose clusters lead to an API in memory."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fake_api
import yaml
from aws_kill import killed
from doubles.aws.guard import require_double
from doubles.aws.server import REGION, Double
from fake_api import FakeApi
from lifecycle import Ran
from paths import BIN, ENVIRONMENT, ROOT
from policy import POLICY

# Kinds that a cluster of AWS is given, beside those that the API in memory knows.
fake_api.KINDS["v1"] |= {"ServiceAccount": ("serviceaccounts", True)}
fake_api.KINDS["rbac.authorization.k8s.io/v1"] |= {
    "RoleBinding": ("rolebindings", True),
    "ClusterRoleBinding": ("clusterrolebindings", False),
}
fake_api.KINDS |= {
    "storage.k8s.io/v1": {"StorageClass": ("storageclasses", False)},
    "networking.k8s.io/v1": {"NetworkPolicy": ("networkpolicies", True)},
}
PLAY = """
- name: Run the cluster's part
  hosts: cam_clusters
  gather_facts: false
  tasks:
    - name: Run it
      ansible.builtin.include_role:
        name: cam.mesh.cam_cluster
        tasks_from: "{{ entry }}"

    - name: Tell what is published
      ansible.builtin.copy:
        content: "{{ {'access': cam_cluster_access, 'network': cam_cluster_network} | to_json }}"
        dest: "{{ inventory_dir }}/published.json"
        mode: "0600"
      check_mode: false
      changed_when: false
"""
NAME = "cam-cluster-dev"
OURS = {"app": "cam", "cam-environment": "dev", "cam-cluster": NAME}


@dataclass
class AwsSite:
    """`variables`: of the inventory. `asked`: service and action of all calls so far."""

    double: Double
    api: FakeApi
    folder: Path
    variables: dict[str, Any] = field(default_factory=dict)
    asked: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def build(cls, double: Double, api: FakeApi, folder: Path) -> AwsSite:
        double.tell("policy", POLICY)
        double.tell("estate", {"eks_endpoint": api.url})
        # Each cluster of EKS is born with it.
        space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system"}}
        api.put("/api/v1/namespaces/kube-system", space)
        (folder / "play.yml").write_text(PLAY)
        (folder / "hosts.yml").write_text(yaml.safe_dump({"cam_clusters": {"hosts": {"dev": {}}}}))
        return cls(double, api, folder)

    def run(self, verb: str, *words: str, **variables: Any) -> Ran:
        self.double.tell("calls/clear")
        done = subprocess.run(
            self._command(verb, *words, **variables),
            cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout + done.stderr, self._calls())

    def run_until_killed(self, after_writes: int) -> bool:
        """Whether it was killed, since it got as far as this; without a chance to tidy up."""
        ended = killed(
            self.double, self._command("main"), self._environment(), self.folder, after_writes
        )
        self._calls()
        return ended

    def _calls(self) -> list[dict[str, Any]]:
        calls = self.double.calls()
        self.asked |= {(one["service"], one["action"]) for one in calls}
        return calls

    def _environment(self) -> dict[str, str]:
        told = {**ENVIRONMENT, **self.double.environment(), "AWS_MAX_ATTEMPTS": "4"}
        told.pop("AWS_REGION")
        told.pop("AWS_DEFAULT_REGION")
        require_double(told)
        return told

    def _command(self, verb: str, *words: str, **variables: Any) -> list[str]:
        given = {
            "entry": verb, "ansible_connection": "local",
            "ansible_python_interpreter": str(BIN / "python"), "cam_environment": "dev",
            "cam_cluster_provider": "aws", "cam_cluster_aws_region": REGION,
            "cam_cluster_aws_nat": "one", "cam_cluster_aws_public_access_cidrs": ["203.0.113.0/24"],
            "cam_cluster_aws_kubeconfig": str(self.folder / "kubeconfig"),
            "cam_cluster_aws_wait_seconds": 120,
            **self.variables, **variables,
        }  # fmt: skip
        return [
            str(BIN / "ansible-playbook"), str(self.folder / "play.yml"),
            "-i", str(self.folder / "hosts.yml"), "-e", json.dumps(given), *words,
        ]  # fmt: skip

    def published(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "published.json").read_text())
        return found

    def expected(self) -> list[str]:
        return [
            "would create VPC cam-vpc-dev", "would create subnet cam-private-2-dev",
            "would create NAT gateway cam-nat-1-dev", "would create security group cam-cache-dev",
            "would create VPC endpoint cam-s3-dev", "would create role cam-eks-nodes-dev",
            "would create policy cam-eks-autoscaler-dev", "would create KMS key cam-key-dev",
            f"would create log group /aws/eks/{NAME}/cluster", f"would create EKS cluster {NAME}",
            "would create EKS add-on vpc-cni", "would create launch template cam-nodes-dev",
            "would create node group cam-nodes-dev", "would create EKS add-on aws-ebs-csi-driver",
            "would create EKS pod identity kube-system/cluster-autoscaler",
            "would create StorageClass gp3",
        ]  # fmt: skip

    def plant(self) -> dict[str, Any]:
        """Names that begin like ours, in the same account; one belongs to another mesh."""
        ec2, iam = self.double.client("ec2"), self.double.client("iam")
        logs, kms = self.double.client("logs"), self.double.client("kms")
        tags = {"app": "cam", "cam-environment": "dev", "cam-cluster": "cam-cluster-dev2"}
        named = [{"Key": key, "Value": value} for key, value in tags.items()]
        vpc = ec2.create_vpc(
            CidrBlock="10.99.0.0/16",
            TagSpecifications=[
                {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "cam-vpc-dev-2"}]}
            ],
        )["Vpc"]["VpcId"]
        ec2.create_security_group(GroupName="cam-database-dev", Description="of others", VpcId=vpc)
        ec2.allocate_address(
            Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": named}]
        )
        ec2.create_launch_template(
            LaunchTemplateName="cam-nodes-dev-2", LaunchTemplateData={"InstanceType": "t3.large"}
        )
        iam.create_role(
            RoleName="cam-eks-nodes-dev2", Tags=named,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []}),
        )  # fmt: skip
        logs.create_log_group(logGroupName=f"/aws/eks/{NAME}-2/cluster")
        key = kms.create_key(
            Tags=[{"TagKey": key, "TagValue": value} for key, value in tags.items()]
        )["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/cam-key-dev2", TargetKeyId=key)
        self._foreign = (vpc, key)
        return self.foreign()

    def foreign(self) -> dict[str, Any]:
        ec2, iam = self.double.client("ec2"), self.double.client("iam")
        vpc, key = self._foreign
        inside = [{"Name": "vpc-id", "Values": [vpc]}]
        found = {
            "vpc": ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"],
            "groups": ec2.describe_security_groups(Filters=inside)["SecurityGroups"],
            "addresses": [
                one
                for one in ec2.describe_addresses()["Addresses"]
                if {"Key": "cam-cluster", "Value": "cam-cluster-dev2"} in one.get("Tags", [])
            ],
            "template": ec2.describe_launch_templates(
                LaunchTemplateNames=["cam-nodes-dev-2"]
            )["LaunchTemplates"],
            "role": iam.get_role(RoleName="cam-eks-nodes-dev2")["Role"],
            "log group": self.double.client("logs").describe_log_groups(
                logGroupNamePrefix=f"/aws/eks/{NAME}-2"
            )["logGroups"],
            "key": self.double.client("kms").describe_key(KeyId=key)["KeyMetadata"],
        }  # fmt: skip
        assert all(found.values()), found
        return found

    def rest(self) -> list[str]:
        """By no code of the collection."""
        ec2, iam, eks = (self.double.client(name) for name in ("ec2", "iam", "eks"))
        tags: dict[str, dict[str, str]] = {}
        for one in ec2.get_paginator("describe_tags").paginate().search("Tags"):
            tags.setdefault(one["ResourceId"], {})[one["Key"]] = one["Value"]
        found = [ident for ident, its in tags.items() if its.items() >= OURS.items()]
        gateways = ec2.describe_nat_gateways()["NatGateways"]
        gone = {one["NatGatewayId"] for one in gateways if one["State"] == "deleted"}
        roles = [one["RoleName"] for one in iam.list_roles()["Roles"]]
        policies = [one["PolicyName"] for one in iam.list_policies(Scope="Local")["Policies"]]
        found += [name for name in (*roles, *policies) if name.endswith("-dev")]
        found += [name for name in eks.list_clusters()["clusters"] if name == NAME]
        found += [
            one["logGroupName"]
            for one in self.double.client("logs").describe_log_groups()["logGroups"]
            if one["logGroupName"] == f"/aws/eks/{NAME}/cluster"
        ]
        return [ident for ident in found if ident not in gone]
