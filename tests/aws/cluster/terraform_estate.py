"""The cluster's part of the estate that the seed's Terraform module makes, and its state.

By the names of the seed and without a tag of ours; no code of the collection takes part.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from doubles.aws.server import REGION, Double

CLUSTER, NODES = "cam-cluster-dev", "cam-nodes-dev"
# The seed's 1.28 is dead; the double offers this one, and one minor more.
VERSION = "1.34"
ROLES = {
    "eks-cluster-role": ("eks", ("AmazonEKSClusterPolicy",)),
    "eks-node-role": (
        "ec2",
        ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly"),
    ),
}


@dataclass(frozen=True)
class TerraformEstate:
    """An estate that is there, and what AWS says of it."""

    double: Double
    vpc: str
    subnets: tuple[str, ...]

    @classmethod
    def make(cls, double: Double) -> TerraformEstate:
        ec2, iam, eks = (double.client(name) for name in ("ec2", "iam", "eks"))
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            ec2.modify_vpc_attribute(VpcId=vpc, **{attribute: {"Value": True}})
        subnets = tuple(
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{at}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for at, zone in enumerate("ab")
        )
        arns = {}
        for name, (service, policies) in ROLES.items():
            trust = {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": f"{service}.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
            role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
            arns[name] = role["Role"]["Arn"]
            for policy in policies:
                iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
        eks.create_cluster(
            name=CLUSTER, version=VERSION, roleArn=arns["eks-cluster-role"],
            resourcesVpcConfig={
                "subnetIds": list(subnets), "endpointPrivateAccess": True,
                "endpointPublicAccess": True, "publicAccessCidrs": ["203.0.113.0/24"],
            },
        )  # fmt: skip
        eks.get_waiter("cluster_active").wait(name=CLUSTER, WaiterConfig={"Delay": 1})
        eks.create_nodegroup(
            clusterName=CLUSTER, nodegroupName=NODES, nodeRole=arns["eks-node-role"],
            subnets=list(subnets), instanceTypes=["t3.large"],
            scalingConfig={"minSize": 2, "maxSize": 10, "desiredSize": 3},
        )  # fmt: skip
        eks.get_waiter("nodegroup_active").wait(
            clusterName=CLUSTER, nodegroupName=NODES, WaiterConfig={"Delay": 1}
        )
        return cls(double, vpc, subnets)

    def told(self) -> dict[str, Any]:
        """As AWS describes it now."""
        ec2, iam, eks = (self.double.client(name) for name in ("ec2", "iam", "eks"))
        return {
            "cluster": eks.describe_cluster(name=CLUSTER)["cluster"],
            "nodes": eks.describe_nodegroup(clusterName=CLUSTER, nodegroupName=NODES)["nodegroup"],
            "vpc": ec2.describe_vpcs(VpcIds=[self.vpc])["Vpcs"],
            "subnets": ec2.describe_subnets(SubnetIds=list(self.subnets))["Subnets"],
            "roles": [iam.get_role(RoleName=name)["Role"] for name in ROLES],
            "policies": [
                iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"] for name in ROLES
            ],
        }

    def write_state(self, file: Path) -> None:
        """As version 5 of Terraform's provider for AWS keeps it."""
        told = self.told()
        cluster, nodes, vpc = told["cluster"], told["nodes"], told["cluster"]["resourcesVpcConfig"]
        scaling = nodes["scalingConfig"]
        rows: list[tuple[str, str, dict[str, Any]]] = [
            ("aws_vpc", "main", {"id": self.vpc, "cidr_block": "10.0.0.0/16"}),
            *(
                ("aws_subnet", f"private_subnet_{at}",
                 {"id": one, "vpc_id": self.vpc, "map_public_ip_on_launch": False})
                for at, one in enumerate(self.subnets, 1)
            ),
            *(
                ("aws_iam_role", one["RoleName"].replace("-", "_"),
                 {"id": one["RoleName"], "name": one["RoleName"], "arn": one["Arn"]})
                for one in told["roles"]
            ),
            ("aws_eks_cluster", "cam_cluster", {
                "arn": cluster["arn"], "id": CLUSTER, "name": CLUSTER,
                "version": cluster["version"], "role_arn": cluster["roleArn"],
                "enabled_cluster_log_types": None, "encryption_config": [],
                "vpc_config": [{
                    "endpoint_private_access": vpc["endpointPrivateAccess"],
                    "endpoint_public_access": vpc["endpointPublicAccess"],
                    "public_access_cidrs": vpc["publicAccessCidrs"],
                    "security_group_ids": vpc["securityGroupIds"],
                    "subnet_ids": vpc["subnetIds"], "vpc_id": vpc["vpcId"],
                }],
            }),
            ("aws_eks_node_group", "cam_nodes", {
                "arn": nodes["nodegroupArn"], "id": f"{CLUSTER}:{NODES}", "cluster_name": CLUSTER,
                "node_group_name": NODES, "node_role_arn": nodes["nodeRole"],
                "subnet_ids": nodes["subnets"], "instance_types": nodes["instanceTypes"],
                "capacity_type": nodes["capacityType"], "launch_template": [], "labels": None,
                "taint": [], "scaling_config": [{
                    "min_size": scaling["minSize"], "max_size": scaling["maxSize"],
                    "desired_size": scaling["desiredSize"],
                }],
            }),
        ]  # fmt: skip
        state = {
            "version": 4, "terraform_version": "1.9.8", "serial": 7, "outputs": {},
            "resources": [
                {
                    "module": "module.aws_infrastructure[0]", "mode": "managed", "type": kind,
                    "name": name, "instances": [{"attributes": values}],
                }
                for kind, name, values in rows
            ],
        }  # fmt: skip
        file.write_text(json.dumps(state))
