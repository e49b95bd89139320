"""Replication groups of ElastiCache, on the stand-in of the AWS API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _elasticache
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_diff import (
    differences,
    fits,
    grows,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _elasticache.ARGUMENT_SPEC.items()}
TOKEN = "0123456789abcdef-secret"
MODEL = "elasticache::replication-group"


def name(aws: SmallAws) -> str:
    return aws.name.replace("cluster", "cache")


def run(aws: SmallAws, *, check: bool = False, **options: Any) -> dict[str, Any]:
    given = {
        "environment": "dev",
        "cluster": aws.name,
        "name": name(aws),
        "engine_version": "7.1",
        "node_type": "cache.t4g.small",
        "auth_token": TOKEN,
    }
    params = {**DEFAULTS, **given, **options}
    result = _elasticache.run(params, check_mode=check, diff=True, clock=aws.hands.clock)
    assert "secret" not in json.dumps(result)
    return result


def live(aws: SmallAws) -> dict[str, Any]:
    cache = aws.double.client("elasticache")
    answer = cache.describe_replication_groups(ReplicationGroupId=name(aws))
    return dict(answer["ReplicationGroups"][0])


def tags(aws: SmallAws) -> dict[str, str]:
    cache = aws.double.client("elasticache")
    answer = cache.list_tags_for_resource(ResourceName=live(aws)["ARN"])
    return {one["Key"]: one["Value"] for one in answer["TagList"]}


def test_a_cache_is_created_once(aws: SmallAws) -> None:
    planned = run(aws, check=True)
    assert planned["plan"] == [f"would create ElastiCache replication group {name(aws)}"]
    assert planned["diff"][0]["after"]["auth_token"] == "(hidden)"
    assert planned["status"] == "absent"
    assert aws.mutating() == []
    made = run(aws)
    assert aws.mutating() == ["CreateReplicationGroup"]
    assert made["status"] == "available"
    assert (made["transit_encryption"], made["auth"], made["port"]) == (True, True, 6379)
    assert made["address"]
    assert tags(aws) == aws.ours
    aws.forget()
    again = run(aws)
    assert (again["changed"], again["address"]) == (False, made["address"])
    assert aws.asked() == [
        "DescribeReplicationGroups",
        "ListTagsForResource",
        "DescribeCacheClusters",
    ]


CHANGES: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "node type": (
        {"node_type": "cache.t4g.medium"},
        ["ModifyReplicationGroup"],
        "node_type cache.t4g.small -> cache.t4g.medium",
    ),
    "window": (
        {"maintenance_window": "sun:04:00-sun:05:00"},
        ["ModifyReplicationGroup"],
        "sun:04:00-sun:05:00",
    ),
    "snapshots": (
        {"snapshot_retention_days": 7, "snapshot_window": "03:00-04:00"},
        ["ModifyReplicationGroup"],
        "snapshot_retention_days 0 -> 7",
    ),
    "replicas": (
        {"replicas": 1},
        ["IncreaseReplicaCount", "ModifyReplicationGroup"],
        "replicas 0 -> 1",
    ),
    "tags": ({"tags": {"team": "a"}}, ["AddTagsToResource"], "tag team (absent) -> a"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_made_in_place_and_then_none(aws: SmallAws, what: str) -> None:
    run(aws)
    aws.forget()
    options, calls, said = CHANGES[what]
    assert said in run(aws, check=True, **options)["plan"][0]
    assert aws.mutating() == []
    assert said in run(aws, **options)["plan"][0]
    assert aws.mutating() == calls
    assert not run(aws, **options)["changed"]


def test_replicas_take_over_and_go_only_by_name(aws: SmallAws) -> None:
    run(aws, replicas=2)
    found = live(aws)
    assert (found["AutomaticFailover"], found["MultiAZ"]) == ("enabled", "enabled")
    aws.forget()
    with pytest.raises(CamError, match="survive the loss of a zone"):
        run(aws, replicas=0)
    assert aws.mutating() == []
    result = run(aws, replicas=0, allow=[f"update {name(aws)} replicas"])
    assert result["changed"]
    # Failover goes first, which needs a replica.
    assert aws.mutating() == ["ModifyReplicationGroup", "DecreaseReplicaCount"]
    assert not run(aws)["changed"]


def test_versions_go_up_and_only_within_a_major_silently(aws: SmallAws) -> None:
    run(aws, engine_version="6.2")
    key = f"update {name(aws)} engine_version"
    with pytest.raises(CamError, match="no way back from another major version"):
        run(aws, engine_version="7.0")
    assert run(aws, engine_version="7.0", allow=[key])["changed"]
    assert not run(aws, engine_version="7.0")["changed"]
    assert run(aws, engine_version="7.1")["plan"][0].endswith("engine_version 7.0.7 -> 7.1")
    assert not run(aws, engine_version="7.1")["changed"]
    assert not run(aws, engine_version=None)["changed"]
    with pytest.raises(CamError, match="does not go back"):
        run(aws, engine_version="7.0")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "valkey", "engine_version": None}, "`engine` redis and not valkey"),
        ({"port": 6380}, "`port` 6379 and not 6380"),
        ({"at_rest_encryption": False}, "`at_rest_encryption` True and not False"),
        ({"transit_encryption": False, "auth_token": None}, "`transit_encryption` True"),
        ({"node_type": "cache.t4g.micro"}, "does not fit into the memory"),
        ({"node_type": "cache.r7g.large"}, "does not fit into the memory"),
    ],
)
def test_nothing_is_replaced_or_shrunk_silently(
    aws: SmallAws, options: dict[str, Any], said: str
) -> None:
    run(aws)
    aws.forget()
    with pytest.raises(CamError, match=said):
        run(aws, **options)
    assert aws.mutating() == []


def test_a_token_is_kept_rotated_and_set(aws: SmallAws) -> None:
    run(aws)
    assert not run(aws, auth_token=TOKEN + "-new")["changed"]
    for strategy in ("rotate", "set"):
        aws.forget()
        result = run(aws, auth_token=TOKEN + "-new", auth_token_update=strategy)
        assert result["plan"] == [
            f"changed ElastiCache replication group {name(aws)}: auth_token (hidden) -> (hidden) "
            f"({strategy})"
        ]
        assert aws.mutating() == ["ModifyReplicationGroup"]
        assert not run(aws)["changed"]


@pytest.mark.parametrize("strategy", ["rotate", "set"])
def test_the_strategy_is_that_of_elasticache(strategy: str) -> None:
    """The journal of the stand-in hides it beside the token."""
    wanted = {"name": "c", "node_type": "t", "auth_token": TOKEN, "auth_token_update": strategy}
    live = {"AuthTokenEnabled": True, "MemberClusters": ["c-001"], "CacheNodeType": "t"}
    owner = Owner("dev", "c")
    params = {**DEFAULTS, **wanted, "environment": "dev", "cluster": "c"}
    (call,) = differences(params, {**live, "tags": owner.tags, "SecurityGroupIds": []}, owner)
    assert call.given["AuthTokenUpdateStrategy"] == strategy.upper()
    assert TOKEN not in str(call.change)


def test_a_token_is_demanded_only_by_name(aws: SmallAws) -> None:
    run(aws, auth_token=None)
    aws.forget()
    with pytest.raises(CamError, match="clients that give no password are refused"):
        run(aws)
    allow = [f"update {name(aws)} auth_token"]
    assert run(aws, allow=allow)["auth"]
    assert aws.mutating() == ["ModifyReplicationGroup", "ModifyReplicationGroup"]
    assert not run(aws)["changed"]


def test_a_token_from_a_file(aws: SmallAws, tmp_path: Path) -> None:
    file = tmp_path / "token"
    with pytest.raises(CamError, match="No such file"):
        run(aws, auth_token=None, auth_token_file=str(file))
    file.write_text(TOKEN + "\n")
    with pytest.raises(CamError, match="not both"):
        run(aws, auth_token_file=str(file))
    assert run(aws, auth_token=None, auth_token_file=str(file))["auth"]


@pytest.mark.parametrize("token", ["short-secret", "a secret with spaces", "x" * 129])
def test_a_bad_token_is_refused_and_not_shown(aws: SmallAws, token: str) -> None:
    with pytest.raises(CamError) as refused:
        run(aws, auth_token=token)
    assert token not in str(refused.value)
    assert f"has {len(token)} characters" in str(refused.value)


def test_a_refusal_of_aws_shows_no_token(aws: SmallAws) -> None:
    with pytest.raises(AwsError) as refused:
        run(aws, subnet_group="nowhere")
    assert TOKEN not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 3


@pytest.mark.parametrize("kind", ["reset", "throttle", "unavailable"])
def test_what_passes_leaves_one_cache(aws: SmallAws, kind: str) -> None:
    aws.double.faults({"kind": kind, "action": "CreateReplicationGroup"})
    assert run(aws)["status"] == "available"
    assert not run(aws)["changed"]


def test_a_cache_that_failed_is_said_and_made_anew(aws: SmallAws) -> None:
    aws.double.outcomes({"model": MODEL, "status": "create-failed"})
    with pytest.raises(CamError, match="is create-failed"):
        run(aws)
    aws.forget()
    said = f"replace ElastiCache replication group {name(aws)}: status create-failed -> available"
    assert run(aws, check=True)["plan"] == [f"would {said}"]
    aws.double.outcomes()


def test_a_long_creation_is_gone_on_with(aws: SmallAws) -> None:
    aws.double.transition(MODEL, progression="manual", times=5)
    with pytest.raises(CamError, match="is still creating"):
        run(aws, wait_seconds=2)
    assert run(aws)["status"] == "available"
    assert aws.mutating() == ["CreateReplicationGroup"]


def test_that_of_somebody_else_is_left_alone(aws: SmallAws) -> None:
    cache = aws.double.client("elasticache")
    cache.create_replication_group(
        ReplicationGroupId=name(aws),
        ReplicationGroupDescription="b",
        Engine="redis",
        EngineVersion="7.1",
        CacheNodeType="cache.t4g.small",
        NumCacheClusters=1,
        TransitEncryptionEnabled=True,
        AtRestEncryptionEnabled=True,
        AuthToken=TOKEN,
        Port=6379,
        Tags=[{"Key": "team", "Value": "b"}],
    )
    live(aws)
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws)
    gone = run(aws, state="absent")
    assert (gone["changed"], len(gone["warnings"])) == (False, 1)
    assert aws.mutating() == []
    assert run(aws, adopt=True)["changed"]
    assert aws.mutating() == ["AddTagsToResource"]
    assert tags(aws) == {"team": "b", **aws.ours}


def test_a_cache_is_removed_once_and_its_snapshots_by_name(aws: SmallAws) -> None:
    run(aws, snapshot_retention_days=7)
    aws.forget()
    with pytest.raises(CamError, match="there is no `final_snapshot`"):
        run(aws, state="absent")
    planned = run(aws, state="absent", final_snapshot="last", check=True)
    assert planned["plan"] == [f"would delete ElastiCache replication group {name(aws)}"]
    assert aws.mutating() == []
    aws.double.transition(MODEL, progression="manual", times=3)
    gone = run(aws, state="absent", final_snapshot=f"{name(aws)}-last")
    assert gone["status"] == "absent"
    (call,) = aws.double.calls(mutating=True)
    assert call["parameters"]["FinalSnapshotIdentifier"] == f"{name(aws)}-last"
    assert not run(aws, state="absent")["changed"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"node_type": None}, "`node_type` must be given"),
        ({"replicas": 6}, "0 to 5"),
        ({"transit_encryption": False}, "over TLS only"),
        ({"name": "Cam--x"}, "single hyphens"),
    ],
)
def test_a_bad_value_is_refused(aws: SmallAws, options: dict[str, Any], said: str) -> None:
    with pytest.raises(CamError, match=said):
        run(aws, **options)
    assert aws.asked() == []


def test_versions_and_sizes_are_compared_by_meaning() -> None:
    assert fits("7.1.0", "7.1")
    assert not fits("7.10.0", "7.1")
    assert grows("cache.t4g.micro", "cache.t4g.small")
    assert grows("cache.r7g.xlarge", "cache.r7g.2xlarge")
    assert grows("cache.r7g.2xlarge", "cache.r7g.12xlarge")
    assert not grows("cache.r7g.2xlarge", "cache.r7g.large")
    assert not grows("cache.t4g.micro", "cache.r7g.large")
