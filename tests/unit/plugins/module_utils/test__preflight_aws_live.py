"""What only an account can answer, by the stand-in of AWS."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._preflight_aws_live import run
from small_aws import SmallAws
from small_network import SESSION, pairs

GIVEN = {
    "region": "eu-central-1", "endpoint_url": "", "profile": "", "vpc_id": "", "zones": [],
    "zone_count": 2, "version": "1.35", "instance_types": ["t3.large"],
    "endpoint_public": True, "public_access_cidrs": ["8.8.8.8/32"], "adopt": False,
}  # fmt: skip


def known(given: dict[str, Any]) -> dict[str, Any]:
    cluster = {f"cam_cluster_aws_{name}": value for name, value in given.items()}
    return {"cam_environment": "dev", **cluster}


def run_by_aws(name: str) -> dict[str, Any]:
    """What an inventory says of a database and a cache that AWS is to run."""
    roles = ("database", "cache")
    return {
        **{f"cam_{role}_provider": "aws" for role in roles},
        **{f"cam_{role}_aws_name": f"{name}-{role}" for role in roles},
        **{f"cam_{role}_aws_adopt": False for role in roles},
        **{f"cam_{role}_aws_ca_file": __file__ for role in roles},
    }


def lines(aws: SmallAws, *, data: dict[str, Any] | None = None, **changed: Any) -> list[str]:
    values = known({**GIVEN, "name": aws.name, **changed})
    with mock.patch("boto3.Session", SESSION):
        found = run({**values, **(data or {})}, "dev")
    assert not aws.mutating()
    return [one.line for one in found]


def test_an_account_that_can_carry_the_cluster_passes(aws: SmallAws) -> None:
    account, zones, version, instances, names = lines(aws)
    assert account.startswith("passed   account: 123456789012 as arn:aws:iam::")
    assert zones == "passed   zones: eu-central-1a, eu-central-1b"
    assert version == "passed   version: 1.35: EKS supports it"
    assert instances == "passed   instances: t3.large in 3 zones"
    assert names == "passed   names: none but that of the cluster"


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"zones": ["eu-central-1x", "eu-central-1a"]},
            "names eu-central-1x, which EKS cannot use",
        ),
        ({"zone_count": 4}, "lower cam_cluster_aws_zone_count"),
        ({"version": "1.21"}, "Choose one of"),
        ({"instance_types": ["t9.huge"]}, "unknown: AWS lists no offer of t9.huge"),
        ({"instance_types": ["t3.large", "t9.huge"]}, "names t9.huge"),
    ],
)
def test_what_the_region_does_not_have_is_told(
    aws: SmallAws, changed: dict[str, Any], told: str
) -> None:
    found = [line for line in lines(aws, **changed) if not line.startswith("passed")]
    assert told in found[0]


def test_a_jump_of_versions_is_refused_and_what_runs_is_not(aws: SmallAws) -> None:
    aws.eks().create_cluster(
        name=aws.name, version="1.33", roleArn=aws.cluster_role, tags=aws.ours,
        resourcesVpcConfig={"subnetIds": aws.subnets},
    )  # fmt: skip
    aws.forget()
    (found,) = [line for line in lines(aws) if line.startswith("REFUSED")]
    assert "EKS goes one minor at a time. Set cam_cluster_aws_version to '1.34'" in found
    found = lines(aws, version="1.33")[2]
    assert found.startswith("warning  version: Kubernetes 1.33 is in extended support")


@pytest.mark.parametrize(
    ("service", "action", "name"),
    [
        ("ec2", "DescribeAvailabilityZones", "zones"),
        ("eks", "DescribeClusterVersions", "version"),
        ("ec2", "DescribeInstanceTypeOfferings", "instances"),
        ("rds", "DescribeDBInstances", "names"),
    ],
)
def test_what_may_not_be_read_is_unknown_and_stops_nobody(
    aws: SmallAws, service: str, action: str, name: str
) -> None:
    aws.double.faults({"service": service, "action": action, "kind": "denied", "times": 9})
    (found,) = [
        line for line in lines(aws, data=run_by_aws(aws.name)) if not line.startswith("passed")
    ]
    assert found.startswith(f"warning  {name}: ")
    assert "unknown" in found


def test_credentials_that_are_none_are_the_only_refusal(
    aws: SmallAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.double.faults(
        {"service": "sts", "action": "GetCallerIdentity", "kind": "expired", "times": 9}
    )
    (found,) = lines(aws)
    assert found.startswith("REFUSED  account: AWS was asked: sts GetCallerIdentity")


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine has no credentials, wherever boto3 looks."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("nobody")
def test_all_that_only_the_user_can_say_is_asked_for_at_once() -> None:
    values = {**GIVEN, "region": "", "public_access_cidrs": []}
    found = run(known(values), "dev")
    region, door, account = [one.line for one in found]
    assert region.startswith("REFUSED  region: cam_cluster_aws_region is empty")
    assert "which EKS reads as the whole internet" in door
    assert account.startswith("REFUSED  account: AWS was asked: sts GetCallerIdentity")
    assert "Give credentials" in account


def test_who_has_credentials_is_asked_for_the_rest_alone(aws: SmallAws) -> None:
    (found,) = lines(aws, public_access_cidrs=[])
    assert found.startswith("REFUSED  door: cam_cluster_aws_public_access_cidrs is empty")


def test_a_given_vpc_brings_its_zones(aws: SmallAws) -> None:
    assert lines(aws, vpc_id="vpc-1")[1].endswith("those of the subnets that are given")


class TestNames:
    """What bears the names of our database and cache before the cluster is made."""

    @pytest.fixture
    def data(self, aws: SmallAws) -> dict[str, Any]:
        return run_by_aws(aws.name)

    def database(self, aws: SmallAws, **tags: str) -> None:
        aws.double.client("rds").create_db_instance(
            DBInstanceIdentifier=f"{aws.name}-database", Engine="postgres",
            DBInstanceClass="db.t3.micro", AllocatedStorage=20,
            MasterUsername="camadmin", MasterUserPassword="not-a-secret-1", Tags=pairs(tags),
        )  # fmt: skip
        aws.forget()

    def cache(self, aws: SmallAws) -> None:
        aws.double.client("elasticache").create_replication_group(
            ReplicationGroupId=f"{aws.name}-cache", ReplicationGroupDescription="of others",
            Engine="redis", CacheNodeType="cache.t3.micro", NumCacheClusters=1,
        )  # fmt: skip
        aws.forget()

    def test_free_names_pass(self, aws: SmallAws, data: dict[str, Any]) -> None:
        told = f"passed   names: {aws.name}-database is free, {aws.name}-cache is free"
        assert lines(aws, data=data)[-1] == told

    def test_ours_passes(self, aws: SmallAws, data: dict[str, Any]) -> None:
        self.database(aws, **Owner("dev", "dev").tags)
        told = f"passed   names: {aws.name}-database is there, {aws.name}-cache is free"
        assert lines(aws, data=data)[-1] == told

    def test_a_database_of_others_is_refused(self, aws: SmallAws, data: dict[str, Any]) -> None:
        self.database(aws, **Owner("dev", "another").tags)
        found = lines(aws, data=data)[-1]
        whose = "exists and is that of the mesh another (environment dev)"
        assert found.startswith(f"REFUSED  names: RDS instance {aws.name}-database {whose}")
        assert "`cam_database_aws_adopt: true`, or choose another name" in found
        adopted = lines(aws, data={**data, "cam_database_aws_adopt": True})[-1]
        assert adopted.startswith("passed   names: ")

    def test_a_cache_of_others_is_refused(self, aws: SmallAws, data: dict[str, Any]) -> None:
        self.cache(aws)
        found = lines(aws, data=data)[-1]
        kind = "ElastiCache replication group"
        assert found.startswith(f"REFUSED  names: {kind} {aws.name}-cache exists and is not made")
        assert "`cam_cache_aws_adopt: true`" in found

    def test_a_cluster_that_is_there_ends_the_question(
        self, aws: SmallAws, data: dict[str, Any]
    ) -> None:
        self.database(aws)
        aws.cluster("1.35")
        assert lines(aws, data=data)[-1] == f"passed   names: EKS cluster {aws.name} is there"
        assert "DescribeDBInstances" not in aws.asked()
        assert aws.asked().count("DescribeCluster") == 1

    def test_a_cluster_of_others_is_refused(self, aws: SmallAws) -> None:
        aws.eks().create_cluster(
            name=aws.name, version="1.35", roleArn=aws.cluster_role, tags={"app": "shop"},
            resourcesVpcConfig={"subnetIds": aws.subnets},
        )  # fmt: skip
        aws.forget()
        found = lines(aws)[-1]
        assert found.startswith(f"REFUSED  names: EKS cluster {aws.name} exists and is not made")
        assert "`cam_cluster_aws_adopt: true`" in found
        assert lines(aws, adopt=True)[-1].startswith("passed   names: ")

    def test_what_runs_elsewhere_has_no_name_here(
        self, aws: SmallAws, data: dict[str, Any]
    ) -> None:
        elsewhere = {
            **data,
            "cam_database_provider": "external",
            "cam_cache_provider": "in_cluster",
        }
        assert lines(aws, data=elsewhere)[-1] == "passed   names: none but that of the cluster"
