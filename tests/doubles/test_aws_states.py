"""What is made takes its time and may fail, as long and as often as a test asks for."""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from doubles.aws.server import Double
from doubles.aws.states import TRANSITIONS
from doubles.probes.base import Account, told

ISSUE = {"code": "AccessDenied", "message": "The role is not enough.", "resourceIds": ["one"]}


@dataclass(frozen=True)
class Kind:
    """`make`: the names that `see` needs; `see`: what is seen of it."""

    make: Callable[[Account], Any]
    see: Callable[[Account, Any], Any]
    states: list[str]
    failed: str
    status: str = "status"


def cluster(account: Account, name: str) -> Any:
    return account.client("eks").describe_cluster(name=name)["cluster"]


def node_group(account: Account, names: tuple[str, str]) -> Any:
    named = dict(zip(("clusterName", "nodegroupName"), names, strict=True))
    return account.client("eks").describe_nodegroup(**named)["nodegroup"]


def make_node_group(account: Account) -> tuple[str, str]:
    return account.shared, account.nodegroup(account.shared)["nodegroupName"]


def addon(account: Account, named: dict[str, str]) -> Any:
    return account.client("eks").describe_addon(**named)["addon"]


def make_addon(account: Account) -> dict[str, str]:
    named = {"clusterName": account.active(), "addonName": "vpc-cni"}
    account.client("eks").create_addon(**named)
    return named


def update(account: Account, names: tuple[str, str]) -> Any:
    named = dict(zip(("name", "updateId"), names, strict=True))
    return account.client("eks").describe_update(**named)["update"]


def make_update(account: Account) -> tuple[str, str]:
    name = account.active(version="1.33")
    made = account.client("eks").update_cluster_version(name=name, version="1.34")
    return name, made["update"]["id"]


def database(account: Account, name: str) -> Any:
    found = account.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    return found["DBInstances"][0]


def cache(account: Account, name: str) -> Any:
    found = account.client("elasticache").describe_cache_clusters(CacheClusterId=name)
    return found["CacheClusters"][0]


def make_cache(account: Account) -> str:
    name = account.name()
    account.client("elasticache").create_cache_cluster(
        CacheClusterId=name, Engine="redis", CacheNodeType="cache.t4g.micro", NumCacheNodes=1
    )
    return name


def group(account: Account, name: str) -> Any:
    found = account.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
    return found["ReplicationGroups"][0]


def gateway(account: Account, name: str) -> Any:
    found = account.client("ec2").describe_nat_gateways(NatGatewayIds=[name])
    return found["NatGateways"][0]


def make_gateway(account: Account) -> str:
    made = account.client("ec2").create_nat_gateway(
        SubnetId=account.subnets[0], ConnectivityType="private"
    )
    return str(made["NatGateway"]["NatGatewayId"])


SLOW = ["CREATING", "CREATING", "ACTIVE"]
AWAITED = ["creating", "creating", "available"]
KINDS = {
    "eks::cluster": Kind(lambda account: account.cluster()["name"], cluster, SLOW, "FAILED"),
    "eks::nodegroup": Kind(make_node_group, node_group, SLOW, "CREATE_FAILED"),
    "eks::addon": Kind(make_addon, addon, SLOW, "CREATE_FAILED"),
    "eks::update": Kind(
        make_update, update, ["InProgress", "InProgress", "Successful"], "Failed"
    ),
    "rds::instance": Kind(
        lambda account: account.database()["DBInstanceIdentifier"], database,
        ["creating", "creating", "backing-up", "backing-up", "backing-up", "available"],
        "failed", "DBInstanceStatus",
    ),
    "elasticache::cluster": Kind(
        make_cache, cache, AWAITED, "create-failed", "CacheClusterStatus"
    ),
    "elasticache::replication-group": Kind(
        lambda account: account.group()["ReplicationGroupId"], group, AWAITED, "create-failed",
        "Status",
    ),
    "ec2::nat-gateway": Kind(
        make_gateway, gateway, ["pending", "pending", "available"], "failed", "State"
    ),
}  # fmt: skip


def looks(account: Account, kind: Kind, names: Any, number: int) -> list[str]:
    return [kind.see(account, names)[kind.status] for _ in range(number)]


@pytest.fixture
def slow(quiet: Double, request: pytest.FixtureRequest) -> Iterator[str]:
    """The model that takes its time during the test."""
    yield str(request.param)
    quiet.transition(request.param)


def test_each_model_is_tried() -> None:
    assert set(KINDS) == set(TRANSITIONS)


@pytest.mark.parametrize("slow", KINDS, indirect=True)
def test_creation_takes_as_many_looks_as_it_is_told(slow: str, account: Account) -> None:
    kind = KINDS[slow]
    if slow == "eks::nodegroup":
        assert account.shared  # made before it is slow
    account.double.transition(slow, progression="manual", times=3)
    assert looks(account, kind, kind.make(account), len(kind.states)) == kind.states


@pytest.mark.parametrize("slow", ["eks::cluster"], indirect=True)
def test_creation_takes_as_many_seconds_as_it_is_told(slow: str, account: Account) -> None:
    account.double.transition(slow, progression="time", seconds=1)
    name = account.cluster()["name"]
    assert cluster(account, name)["status"] == "CREATING"
    time.sleep(1.1)
    assert cluster(account, name)["status"] == "ACTIVE"


@pytest.mark.parametrize("model", KINDS)
def test_creation_fails_once(model: str, account: Account, quiet: Double) -> None:
    kind = KINDS[model]
    quiet.outcomes({"model": model, "status": kind.failed})
    first = kind.make(account)
    assert kind.failed in looks(account, kind, first, 2)
    second = kind.make(account)
    assert kind.failed not in looks(account, kind, second, 2)


@pytest.mark.parametrize("model", ["eks::cluster", "eks::nodegroup", "eks::addon"])
def test_a_failure_has_its_issue(model: str, account: Account, quiet: Double) -> None:
    kind = KINDS[model]
    quiet.outcomes({"model": model, "status": kind.failed, "issues": [ISSUE]})
    found = kind.see(account, kind.make(account))
    assert found["health"]["issues"] == [ISSUE]


REMOVALS: dict[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "eks::cluster": ("delete_cluster", lambda name: {"name": name}),
    "eks::nodegroup": (
        "delete_nodegroup",
        lambda names: {"clusterName": names[0], "nodegroupName": names[1]},
    ),
    "eks::addon": ("delete_addon", lambda named: named),
    "rds::instance": (
        "delete_db_instance",
        lambda name: {"DBInstanceIdentifier": name, "SkipFinalSnapshot": True},
    ),
    "elasticache::cluster": ("delete_cache_cluster", lambda name: {"CacheClusterId": name}),
    "elasticache::replication-group": (
        "delete_replication_group",
        lambda name: {"ReplicationGroupId": name},
    ),
}


@pytest.mark.parametrize("model", REMOVALS)
def test_what_failed_can_be_removed(model: str, account: Account, quiet: Double) -> None:
    kind, (operation, named) = KINDS[model], REMOVALS[model]
    quiet.outcomes({"model": model, "status": kind.failed})
    names = kind.make(account)
    assert looks(account, kind, names, 1) == [kind.failed]
    getattr(account.client(model.partition(":")[0]), operation)(**named(names))
    with pytest.raises(ClientError, match="NotFound"):
        looks(account, kind, names, 2)


def test_an_update_that_failed_changes_nothing(account: Account, quiet: Double) -> None:
    errors = [{"errorCode": "IpNotAvailable", "errorMessage": "No address.", "resourceIds": []}]
    quiet.outcomes({"model": "eks::update", "status": "Failed", "issues": errors})
    names = make_update(account)
    assert update(account, names)["errors"] == errors
    assert cluster(account, names[0])["version"] == "1.33"


def test_a_deletion_can_fail(account: Account, quiet: Double) -> None:
    eks, name = account.client("eks"), account.active()
    quiet.outcomes({"model": "eks::cluster", "status": "FAILED", "after": "DELETING"})
    eks.delete_cluster(name=name)
    assert cluster(account, name)["status"] == "FAILED"
    eks.delete_cluster(name=name)
    assert told(eks.describe_cluster, name=name) == "ResourceNotFoundException"


def test_a_failure_is_of_the_name_alone(account: Account, quiet: Double) -> None:
    quiet.outcomes({"model": "eks::cluster", "status": "FAILED", "name": "no-such-.*"})
    assert cluster(account, account.cluster()["name"])["status"] == "ACTIVE"


def test_a_model_that_there_is_not_is_refused(quiet: Double) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        quiet.outcomes({"model": "eks::moon", "status": "FAILED"})
    assert caught.value.code == 400
