"""Replication groups of ElastiCache and what they stand on, on the stand-in of the AWS API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws
from small_cache import MODEL, Cache, build

MADE = [
    "CreateCacheSubnetGroup",
    "CreateCacheParameterGroup",
    "ModifyCacheParameterGroup",
    "CreateSecret",
    "CreateReplicationGroup",
]


@pytest.fixture
def cache(aws: SmallAws) -> Cache:
    return build(aws)


def value(cache: Cache) -> str:
    return str(cache.secrets.get_secret_value(SecretId=cache.name)["SecretString"])


def tags(cache: Cache) -> dict[str, str]:
    answer = cache.client.list_tags_for_resource(ResourceName=cache.live()["ARN"])
    return {one["Key"]: one["Value"] for one in answer["TagList"]}


def test_a_cache_is_created_once(cache: Cache) -> None:
    planned = cache.run(check=True, diff=True)
    assert planned["plan"] == [
        f"would create cache subnet group {cache.name}",
        f"would create cache parameter group {cache.name}-redis7",
        f"would create secret {cache.name}",
        f"would create ElastiCache replication group {cache.name}",
    ]
    assert (planned["ids"], cache.aws.mutating()) == ({}, [])
    made = cache.run(diff=True)
    assert cache.aws.mutating() == MADE
    assert made["ids"]["host"].startswith(f"master.{cache.name}.")
    assert (made["ids"]["port"], made["ids"]["nodes"]) == (6379, 1)
    live = cache.live()
    for field in ("TransitEncryptionEnabled", "AtRestEncryptionEnabled", "AuthTokenEnabled"):
        assert live[field] is True
    ours = {"app": "cam", "cam-environment": "dev", "cam-cluster": "eu"}
    assert ours.items() <= tags(cache).items()
    cache.aws.forget()
    again = cache.run()
    assert (again["changed"], again["ids"]) == (False, made["ids"])
    assert cache.aws.mutating() == []
    assert len(value(cache)) == 43
    assert value(cache) not in json.dumps([planned, made, again, cache.said])


def test_read_tells_where_it_is_and_nothing_else(cache: Cache) -> None:
    assert cache.run(state="read")["ids"] == {}
    host = cache.run()["ids"]["host"]
    cache.aws.forget()
    assert cache.run(state="read")["ids"]["host"] == host
    assert cache.aws.asked() == ["DescribeReplicationGroups"]


# Options; the calls; what the plan says.
CHANGES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "node type": (
        {"node_type": "cache.t3.small"},
        ["ModifyReplicationGroup"],
        "node_type cache.t3.micro -> cache.t3.small",
    ),
    "window": (
        {"maintenance_window": "mon:05:00-mon:06:00"},
        ["ModifyReplicationGroup"],
        "maintenance_window sun:04:00-sun:05:00 -> mon:05:00-mon:06:00",
    ),
    "snapshots": (
        {"snapshot_retention_days": 7},
        ["ModifyReplicationGroup"],
        "snapshot_retention_days 1 -> 7",
    ),
    "replicas": (
        {"nodes": 2},
        ["IncreaseReplicaCount", "ModifyReplicationGroup"],
        "nodes 1 -> 2, automatic_failover off -> on, multi_az off -> on",
    ),
    "parameters": (
        {"parameters": {"maxmemory-policy": "volatile-lru"}},
        ["ModifyCacheParameterGroup"],
        "maxmemory-policy allkeys-lru -> volatile-lru",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_made_in_place_and_then_none(cache: Cache, what: str) -> None:
    cache.made()
    options, calls, said = CHANGES[what]
    planned = cache.run(check=True, diff=True, **options)
    assert [said in line for line in planned["plan"]] == [True]
    assert cache.aws.mutating() == []
    assert cache.run(**options)["changed"]
    assert cache.aws.mutating() == calls
    assert not cache.run(**options)["changed"]


def test_tags_go_to_all_that_it_stands_on(cache: Cache) -> None:
    cache.made()
    planned = cache.run(check=True, tags={"team": "a"})["plan"]
    assert ["tag team (absent) -> a" in line for line in planned] == [True] * 4
    cache.run(tags={"team": "a"})
    assert cache.aws.mutating() == [
        "AddTagsToResource", "AddTagsToResource", "TagResource", "AddTagsToResource",
    ]  # fmt: skip
    assert not cache.run(tags={"team": "a"})["changed"]
    # Those of others stay, and so do those that are no longer named.
    assert not cache.run()["changed"]


# Before; after; what the refusal says; how it is allowed.
DANGEROUS: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "smaller": ({"node_type": "cache.t3.small"}, {}, "less memory", "update {} node_type"),
    "fewer": (
        {"nodes": 3},
        {"nodes": 2},
        "loses replicas",
        "update {} nodes",
    ),
    "forgets": (
        {"snapshot_retention_days": 7},
        {},
        "deletes the snapshots that are older",
        "update {} snapshot_retention_days",
    ),
    "major": ({"version": "6.2"}, {}, "never taken back", "update {} parameter_group version"),
    "port": ({"port": 6380}, {}, "deleted and made anew, empty", "replace {}"),
}


@pytest.mark.parametrize("what", DANGEROUS)
def test_what_loses_something_goes_only_by_name(cache: Cache, what: str) -> None:
    before, after, said, key = DANGEROUS[what]
    cache.made(**before)
    with pytest.raises(CamError, match=said) as refused:
        cache.run(**after)
    named = key.format(cache.name)
    assert f'allow: ["{named}"]' in str(refused.value)
    assert cache.aws.mutating() == []
    assert cache.run(**after, allow=[named])["changed"]
    assert not cache.run(**after)["changed"]


def test_the_way_back_of_a_version_is_refused_with_the_one_that_runs(cache: Cache) -> None:
    cache.made()
    with pytest.raises(CamError, match=r"does not go back. Set '7\.1'"):
        cache.run(version="6.2")
    assert cache.aws.mutating() == []


def test_a_value_that_was_replaced_is_set_beside_the_one_before(cache: Cache) -> None:
    cache.made()
    cache.secrets.put_secret_value(SecretId=cache.name, SecretString="another-" + "x" * 40)
    cache.aws.forget()
    (line,) = cache.run(check=True)["plan"]
    assert line.endswith("auth_token (as before) -> (as in Secrets Manager)")
    result = cache.run(diff=True)
    assert cache.aws.mutating() == ["ModifyReplicationGroup", "AddTagsToResource"]
    assert "another-" not in json.dumps([result, cache.said])
    assert not cache.run()["changed"]


@pytest.mark.parametrize("bad", ["too-short", "with spaces, and long enough", "x" * 129])
def test_a_value_that_is_no_token_is_refused_and_not_shown(cache: Cache, bad: str) -> None:
    cache.made()
    cache.secrets.put_secret_value(SecretId=cache.name, SecretString=bad)
    with pytest.raises(CamError, match=f"holds {len(bad)} characters") as refused:
        cache.run()
    assert bad not in str(refused.value)


def test_a_secret_that_is_gone_is_made_anew_only_by_name(cache: Cache) -> None:
    cache.made()
    cache.secrets.delete_secret(SecretId=cache.name, ForceDeleteWithoutRecovery=True)
    cache.aws.forget()
    with pytest.raises(CamError, match="nothing keeps the password that is in use"):
        cache.run()
    assert cache.aws.mutating() == []
    assert cache.run(allow=[f"create {cache.name}"])["changed"]
    assert cache.aws.mutating() == ["CreateSecret", "ModifyReplicationGroup", "AddTagsToResource"]
    assert not cache.run()["changed"]


def test_that_of_somebody_else_is_left_alone(cache: Cache) -> None:
    before = cache.foreign()
    with pytest.raises(CamError, match="not made by this collection"):
        cache.run()
    gone = cache.run(state="absent", recovery_days=0)
    assert (gone["changed"], len(gone["warnings"])) == (False, 2)
    assert cache.aws.mutating() == []
    assert cache.live() == before


def test_an_adopted_cache_keeps_its_subnet_group_and_its_password(cache: Cache) -> None:
    token = "the-token-of-others-0123"
    group = f"{cache.name}-theirs"
    cache.client.create_cache_subnet_group(
        CacheSubnetGroupName=group, CacheSubnetGroupDescription="theirs",
        SubnetIds=cache.aws.subnets[:2],
    )  # fmt: skip
    cache.foreign(
        CacheSubnetGroupName=group, SecurityGroupIds=cache.doors[:1], AuthToken=token,
        TransitEncryptionEnabled=True, AtRestEncryptionEnabled=True,
    )  # fmt: skip
    cache.client.delete_cache_subnet_group(CacheSubnetGroupName=cache.name)
    cache.secrets.create_secret(Name=cache.name, SecretString=token)
    cache.aws.forget()
    plan = "\n".join(cache.run(adopt=True, check=True)["plan"])
    for word in ("would replace", "cache subnet group", "auth_token"):
        assert word not in plan
    cache.run(adopt=True)
    assert "CreateCacheSubnetGroup" not in cache.aws.mutating()
    assert "DeleteReplicationGroup" not in cache.aws.mutating()
    assert value(cache) == token
    assert not cache.run(adopt=True)["changed"]


def test_a_cache_in_subnets_of_others_is_made_anew_only_by_name(cache: Cache) -> None:
    cache.foreign(TransitEncryptionEnabled=False)
    with pytest.raises(CamError, match="made anew, empty"):
        cache.run(adopt=True, allow=[f"create {cache.name}"], check=True)


def test_a_cache_is_removed_once(cache: Cache) -> None:
    cache.made()
    planned = cache.run(check=True, state="absent")
    assert [line.partition(" cam")[0] for line in planned["plan"]] == [
        "would delete ElastiCache replication group", "would delete cache parameter group",
        "would delete cache subnet group", "would delete secret",
    ]  # fmt: skip
    assert cache.aws.mutating() == []
    assert cache.run(state="absent", recovery_days=0)["changed"]
    assert cache.snapshots() == []
    cache.aws.forget()
    assert not cache.run(state="absent", recovery_days=0)["changed"]
    assert cache.aws.mutating() == []


def test_that_of_production_goes_by_name_and_leaves_a_snapshot(cache: Cache) -> None:
    cache.made()
    given = {"state": "absent", "is_protected": True, "final_snapshot": True, "recovery_days": 0}
    with pytest.raises(CamError, match="it serves production"):
        cache.run(**given)
    assert cache.aws.mutating() == []
    cache.run(**given, allow=[f"delete {cache.name}"])
    assert cache.snapshots() == [f"{cache.name}-final-20261127-083000"]
    assert not cache.run(**given)["changed"]


def test_a_secret_that_was_removed_comes_back_with_its_value(cache: Cache) -> None:
    cache.made()
    before = value(cache)
    cache.run(state="absent", recovery_days=7)
    plan = cache.run()["plan"]
    assert f"changed secret {cache.name}: scheduled for deletion on -> off" in plan
    assert value(cache) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"node_type": ""}, "`?cam_cache_aws_node_type`? is ''"),
        ({"nodes": 7}, "must be 1 to 6"),
        ({"nodes": 0}, "must be 1 to 6"),
        ({"name": "Cam--x"}, "single hyphens"),
        ({"version": "7"}, "major and minor"),
        ({"version": "5.0"}, "no longer supports"),
        ({"version": "8.1"}, "engine to valkey"),
        ({"snapshot_retention_days": 36}, r"0 \(none\) to 35"),
        ({"snapshot_window": "04:30-05:30"}, "window"),
        ({"subnet_ids": []}, "cam_cache_aws_subnet_ids is empty"),
        ({"security_group_ids": []}, "cam_cache_aws_security_group_ids is empty"),
    ],
    ids=str,
)
def test_a_bad_value_is_refused_before_the_first_change(
    cache: Cache, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(CamError, match=said):
        cache.run(**options)
    assert cache.aws.mutating() == []


def test_another_run_that_is_at_it_is_waited_for(cache: Cache) -> None:
    cache.aws.double.transition(MODEL, progression="manual", times=3)
    with pytest.raises(CamError, match="still creating"):
        cache.run(wait_seconds=1)
    cache.aws.forget()
    assert not cache.run()["changed"]
    assert cache.aws.mutating() == []
