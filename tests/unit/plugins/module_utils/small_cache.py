"""One cache of one mesh in the stand-in of the AWS API."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _elasticache
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _elasticache.ARGUMENT_SPEC.items()}
MODEL = "elasticache::replication-group"
NOW = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)


class Cache:
    """One cache of one mesh in the account that all tests share."""

    def __init__(self, aws: SmallAws) -> None:
        self.aws = aws
        self.name = f"cam-cache-{aws.name.rpartition('-')[2]}"
        self.client = aws.double.client("elasticache")
        self.secrets = aws.double.client("secretsmanager")
        self.now = NOW
        self.said: list[str] = []

    @cached_property
    def doors(self) -> list[str]:
        """Two security groups, of which the first is wanted."""
        ec2 = self.aws.double.client("ec2")
        [subnet] = ec2.describe_subnets(SubnetIds=self.aws.subnets[:1])["Subnets"]
        return [
            ec2.create_security_group(
                GroupName=f"{self.name}-{number}", Description="door", VpcId=subnet["VpcId"]
            )["GroupId"]
            for number in (1, 2)
        ]

    def run(self, *, check: bool = False, diff: bool = False, **options: Any) -> dict[str, Any]:
        params = {
            **DEFAULTS, "environment": "dev", "cluster": "eu", "name": self.name,
            "node_type": "cache.t3.micro", "subnet_ids": self.aws.subnets[:2],
            "security_group_ids": self.doors[:1],
            "parameters": {"maxmemory-policy": "allkeys-lru"}, **options,
        }  # fmt: skip
        return _elasticache.run(
            params, check_mode=check, diff=diff, clock=self.aws.hands.clock,
            progress=self.said.append, today=lambda: self.now,
        )  # fmt: skip

    def live(self) -> dict[str, Any]:
        found = self.client.describe_replication_groups(ReplicationGroupId=self.name)
        live: dict[str, Any] = found["ReplicationGroups"][0]
        return live

    def snapshots(self) -> list[str]:
        found = self.client.describe_snapshots()["Snapshots"]
        return [one["SnapshotName"] for one in found if self.name in one["SnapshotName"]]

    def made(self, **options: Any) -> Cache:
        self.run(**options)
        self.aws.forget()
        return self

    def foreign(self, **more: Any) -> dict[str, Any]:
        """A group of this name, in subnets of this name, that nobody tagged."""
        self.client.create_cache_subnet_group(
            CacheSubnetGroupName=self.name,
            CacheSubnetGroupDescription="theirs",
            SubnetIds=self.aws.subnets[:2],
        )
        given = {
            "ReplicationGroupId": self.name, "ReplicationGroupDescription": "theirs",
            "Engine": "redis", "EngineVersion": "7.1", "CacheNodeType": "cache.t3.micro",
            "NumCacheClusters": 1, "CacheSubnetGroupName": self.name, **more,
        }  # fmt: skip
        self.client.create_replication_group(**given)
        self.aws.forget()
        return self.live()


def build(aws: SmallAws) -> Cache:
    """With its security groups, states that pass at once, and nothing in the journal."""
    aws.double.transition(MODEL)
    made = Cache(aws)
    assert made.doors
    aws.forget()
    return made
