"""What a probe is, and what it has at hand."""

from __future__ import annotations

import contextlib
import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from doubles.aws.server import Double
from doubles.aws.states import TRANSITIONS


@dataclass(frozen=True)
class Probe:
    """The same calls against plain moto and against the double. `plain`: what plain moto lets one
    see, so that a newer moto that is mended is noticed; `fixed`: what AWS answers."""

    fix: str
    look: Callable[[Account], Any]
    plain: Any
    fixed: Any


PROBES: list[Probe] = []


def probe(fix: str, *, plain: Any, fixed: Any) -> Callable[[Callable[[Account], Any]], None]:
    def register(look: Callable[[Account], Any]) -> None:
        PROBES.append(Probe(fix, look, plain, fixed))

    return register


def told(call: Callable[..., Any], **values: Any) -> str:
    """ "ok", or the code of the error."""
    try:
        call(**values)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


class Account:
    """One double as the probes see it. What costs time is made once; the rest has a name of the
    probe's own, so that probes do not meet."""

    def __init__(self, double: Double, plain: bool = False) -> None:
        self.double, self.plain, self._number = double, plain, 0

    def client(self, service: str) -> Any:
        return self.double.client(service)

    def name(self) -> str:
        self._number += 1
        return f"probe-{self._number}"

    def models(self) -> list[str]:
        """Whose state is driven by moto's state manager; none of ours in plain moto."""
        return [] if self.plain else list(TRANSITIONS)

    @functools.cached_property
    def subnets(self) -> list[str]:
        """Two, in two zones of one VPC."""
        return self.network()[1]

    def network(self) -> tuple[str, list[str]]:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        made = [
            ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"eu-central-1{letter}"
            )["Subnet"]["SubnetId"]
            for number, letter in enumerate("ab")
        ]
        return vpc, made

    @functools.cache  # noqa: B019
    def role(self, service: str) -> str:
        """The ARN of a role that the service may assume."""
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
            ],
        }
        made = self.client("iam").create_role(
            RoleName=service.replace(".", "-"), AssumeRolePolicyDocument=json.dumps(trust)
        )
        return str(made["Role"]["Arn"])

    def cluster(self, **values: Any) -> Any:
        """What CreateCluster answers."""
        network = {"subnetIds": self.subnets, **values.pop("network", {})}
        given = {"name": self.name(), "roleArn": self.role("eks.amazonaws.com"), **values}
        return self.client("eks").create_cluster(resourcesVpcConfig=network, **given)["cluster"]

    def active(self, **values: Any) -> str:
        """The name of a cluster that is ACTIVE."""
        name = str(self.cluster(**values)["name"])
        self.client("eks").describe_cluster(name=name)
        return name

    @functools.cached_property
    def shared(self) -> str:
        """A cluster for probes that change nothing of it."""
        return self.active(version="1.33", tags={"app": "cam"})

    def nodegroup(self, cluster: str, **values: Any) -> Any:
        """What CreateNodegroup answers."""
        given = {"nodegroupName": self.name(), "nodeRole": self.role("ec2.amazonaws.com"), **values}
        return self.client("eks").create_nodegroup(
            clusterName=cluster, subnets=self.subnets, **given
        )["nodegroup"]

    def database(self, **values: Any) -> Any:
        """What CreateDBInstance answers."""
        given = {
            "DBInstanceIdentifier": self.name(), "Engine": "postgres", "EngineVersion": "16.10",
            "DBInstanceClass": "db.t3.micro", "AllocatedStorage": 100, "StorageType": "gp3",
            "MasterUsername": "cam", "MasterUserPassword": "long-enough", **values,
        }  # fmt: skip
        return self.client("rds").create_db_instance(**given)["DBInstance"]

    def available(self, **values: Any) -> str:
        """The name of a database that is available."""
        name = str(self.database(**values)["DBInstanceIdentifier"])
        self.client("rds").describe_db_instances(DBInstanceIdentifier=name)
        return name

    def group(self, **values: Any) -> Any:
        """What CreateReplicationGroup answers."""
        given = {
            "ReplicationGroupId": self.name(), "ReplicationGroupDescription": "probe",
            "Engine": "redis", "EngineVersion": "7.1", "CacheNodeType": "cache.t4g.micro",
            "NumCacheClusters": 2, "TransitEncryptionEnabled": True,
            "AuthToken": "a-token-that-is-long", **values,
        }  # fmt: skip
        return self.client("elasticache").create_replication_group(**given)["ReplicationGroup"]

    @contextlib.contextmanager
    def allowed(self, *statements: dict[str, Any]) -> Iterator[None]:
        """IAM is enforced and the operator may do this alone."""
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        self.double.tell("policy", policy)
        try:
            yield
        finally:
            self.double.tell("policy", None)
