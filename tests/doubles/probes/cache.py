"""Probes of the fixes of ElastiCache."""

from __future__ import annotations

from typing import Any

from doubles.probes.base import Account, probe, told

GONE = "ReplicationGroupNotFoundFault"


def single(account: Account, **values: Any) -> Any:
    """What CreateCacheCluster answers."""
    given = {"CacheClusterId": account.name(), "Engine": "redis", "EngineVersion": "7.1",
             "CacheNodeType": "cache.t4g.micro", "NumCacheNodes": 1, **values}  # fmt: skip
    return account.client("elasticache").create_cache_cluster(**given)["CacheCluster"]


def seen(account: Account, name: str, **values: Any) -> Any:
    named = {"CacheClusterId": name, **values}
    found = account.client("elasticache").describe_cache_clusters(**named)
    return found["CacheClusters"][0]


def group_seen(account: Account, name: str) -> Any:
    found = account.client("elasticache").describe_replication_groups(ReplicationGroupId=name)
    return found["ReplicationGroups"][0]


@probe(
    "cache_cluster_is_complete",
    plain=["available", "7.1", False, False, False],
    fixed=["creating", "7.1.0", True, True, True],
)
def _(account: Account) -> Any:
    made = single(account, SecurityGroupIds=["sg-1"])
    status, version = made["CacheClusterStatus"], made["EngineVersion"]
    there = [name in made for name in ("CacheNodes", "SecurityGroups", "SnapshotWindow")]
    return [status, version, *there]


@probe("cache_cluster_parameters_are_checked", plain="ok", fixed="CacheSubnetGroupNotFoundFault")
def _(account: Account) -> Any:
    return told(lambda: single(account, CacheSubnetGroupName="no-such-group"))


@probe("describing_cache_clusters_is_a_tick", plain=[0, 0], fixed=[0, 1])
def _(account: Account) -> Any:
    """The nodes, without and with ShowCacheNodeInfo."""
    name = single(account)["CacheClusterId"]
    return [
        len(seen(account, name, ShowCacheNodeInfo=show).get("CacheNodes", []))
        for show in (False, True)
    ]


@probe("cache_cluster_goes", plain="ok", fixed="CacheClusterNotFound")
def _(account: Account) -> Any:
    cache, named = account.client("elasticache"), {"CacheClusterId": account.name()}
    single(account, **named)
    seen(account, **{"name": named["CacheClusterId"]})
    cache.delete_cache_cluster(**named)
    return told(cache.describe_cache_clusters, **named)


@probe("replication_group_takes_its_time", plain="available", fixed="creating")
def _(account: Account) -> Any:
    return account.group()["Status"]


@probe("replication_group_has_its_endpoints", plain=[1, False], fixed=[2, True])
def _(account: Account) -> Any:
    name = account.group()["ReplicationGroupId"]
    [nodes] = group_seen(account, name)["NodeGroups"]
    return [len(nodes["NodeGroupMembers"]), "ReaderEndpoint" in nodes]


@probe(
    "replication_group_is_checked",
    plain=["ok", "ok", "CacheClusterNotFound"],
    fixed=["InvalidParameterCombination", "InvalidParameterValue", "ok"],
)
def _(account: Account) -> Any:
    """A token without TLS; one that is short; a member as a cluster."""
    name = account.group()["ReplicationGroupId"]
    describe = account.client("elasticache").describe_cache_clusters
    return [
        told(account.group, TransitEncryptionEnabled=False),
        told(account.group, AuthToken="short"),
        told(describe, CacheClusterId=f"{name}-001"),
    ]


@probe(
    "describing_replication_groups_is_a_tick",
    plain=["available", "available"],
    fixed=["creating", "available"],
)
def _(account: Account) -> Any:
    model = "elasticache::replication-group"
    if model in account.models():
        account.double.transition(model, progression="manual", times=2)
    name = account.group()["ReplicationGroupId"]
    states = [group_seen(account, name)["Status"] for _ in "ab"]
    account.double.transition(model)
    return states


@probe(
    "replication_group_can_be_changed",
    plain=["available", {}, None],
    fixed=["modifying", {"AuthTokenStatus": "ROTATING"}, "sg-2"],
)
def _(account: Account) -> Any:
    name = account.group(SecurityGroupIds=["sg-1"])["ReplicationGroupId"]
    group_seen(account, name)
    made = account.client("elasticache").modify_replication_group(
        ReplicationGroupId=name, AuthToken="another-token-as-long", ApplyImmediately=True,
        AuthTokenUpdateStrategy="ROTATE", SecurityGroupIds=["sg-2"],
    )["ReplicationGroup"]  # fmt: skip
    missing = told(lambda: seen(account, f"{name}-001"))
    member = seen(account, f"{name}-001")["SecurityGroups"] if missing == "ok" else [{}]
    pending = made.get("PendingModifiedValues", {})
    return [made["Status"], pending, member[0].get("SecurityGroupId")]


@probe("replication_group_goes", plain=["ok", 0], fixed=[GONE, 1])
def _(account: Account) -> Any:
    cache, named = account.client("elasticache"), {"ReplicationGroupId": account.name()}
    account.group(**named)
    group_seen(account, named["ReplicationGroupId"])
    last = account.name()
    cache.delete_replication_group(**named, FinalSnapshotIdentifier=last)
    left = told(cache.describe_replication_groups, **named)
    names = [one["SnapshotName"] for one in cache.describe_snapshots()["Snapshots"]]
    return [left, names.count(last)]


@probe("subnets_of_a_cache_are_real", plain=["ok", {}], fixed=["InvalidSubnet", "eu-central-1a"])
def _(account: Account) -> Any:
    make = account.client("elasticache").create_cache_subnet_group
    given = {"CacheSubnetGroupName": account.name(), "CacheSubnetGroupDescription": "probe"}
    made = make(**given, SubnetIds=account.subnets)["CacheSubnetGroup"]
    zone = made["Subnets"][0].get("SubnetAvailabilityZone", {})
    given["CacheSubnetGroupName"] = account.name()
    return [told(make, **given, SubnetIds=["subnet-1"]), zone.get("Name", {})]


@probe("parameter_groups_have_tags", plain="InvalidARN", fixed="ok")
def _(account: Account) -> Any:
    arn = "arn:aws:elasticache:eu-central-1:123456789012:parametergroup:any"
    return told(account.client("elasticache").list_tags_for_resource, ResourceName=arn)


@probe("caches_are_listed_by_their_tags", plain=[], fixed=["replicationgroup"])
def _(account: Account) -> Any:
    name = account.name()
    account.group(ReplicationGroupId=name, Tags=[{"Key": "app", "Value": name}])
    found = account.client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "app", "Values": [name]}],
        ResourceTypeFilters=["elasticache:replicationgroup"],
    )["ResourceTagMappingList"]
    return [one["ResourceARN"].split(":")[5] for one in found]
