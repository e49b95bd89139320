"""A small account in the stand-in of the AWS API: what an EKS cluster stands on."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock

if TYPE_CHECKING:
    from doubles.aws.server import Double

NUMBERS = itertools.count(1)


class Hands:
    """A clock that only sleep moves, so that no test waits."""

    def __init__(self) -> None:
        self.time = 0.0

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass(frozen=True)
class Account:
    """`subnets`: three, each in a zone of its own; two roles by ARN."""

    double: Double
    subnets: list[str]
    cluster_role: str
    node_role: str


@dataclass(frozen=True)
class SmallAws(Account):
    """What one test has of it: a name for its cluster, and a clock."""

    hands: Hands = field(default_factory=Hands)
    name: str = field(default_factory=lambda: f"cam-cluster-{next(NUMBERS)}")

    @property
    def ours(self) -> dict[str, str]:
        return {"app": "cam", "cam-environment": "dev", "cam-cluster": self.name}

    def eks(self) -> Any:
        return self.double.client("eks")

    def mutating(self) -> list[str]:
        """What was asked to change something since the journal was last forgotten."""
        return [one["action"] for one in self.double.calls(mutating=True)]

    def asked(self) -> list[str]:
        return [one["action"] for one in self.double.calls()]

    def cluster(self, version: str = "1.34") -> None:
        """A cluster that is there, and forgotten how."""
        self.eks().create_cluster(
            name=self.name,
            version=version,
            roleArn=self.cluster_role,
            resourcesVpcConfig={"subnetIds": self.subnets[:2]},
            accessConfig={"authenticationMode": "API"},
            tags=self.ours,
        )
        self.eks().describe_cluster(name=self.name)
        self.forget()

    def forget(self) -> None:
        self.double.tell("calls/clear")


def build(double: Double) -> Account:
    """A network and the two roles."""
    ec2, iam = double.client("ec2"), double.client("iam")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-central-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("abc")
    ]
    cluster = role(iam, "cam-cluster", "eks.amazonaws.com")
    return Account(double, subnets, cluster, role(iam, "cam-node", "ec2.amazonaws.com"))


def of(account: Account) -> SmallAws:
    """The account for one test: with a name of its own, and quiet."""
    account.double.quiet()
    return SmallAws(account.double, account.subnets, account.cluster_role, account.node_role)


def role(iam: Any, name: str, service: str) -> str:
    """A role that the service may assume, by its ARN."""
    statement = {
        "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service},
    }  # fmt: skip
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    answer = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))
    return str(answer["Role"]["Arn"])
