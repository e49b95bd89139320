"""What may become of a database and a cache at AWS over the years; minutes each.

Run by `make prove PIECE=aws`; alone: pytest tests/aws/data/data_years.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_policies import actions
from data_policy import OTHERWISE, YEARS
from estate import Estate
from remains import MADE, ended_well, kept

PROD = {"cam_environment": "prod", "cam_database_aws_instance_class": "db.m6g.large",
        "cam_cache_aws_node_type": "cache.m6g.large"}  # fmt: skip
ASKED: set[str] = set()


@pytest.fixture(autouse=True)
def remembered(estate: Estate) -> Iterator[None]:
    yield
    ASKED.update(actions(estate.asked))


@pytest.mark.timeout(900)
def test_what_was_removed_is_made_again_and_looked_up(estate: Estate) -> None:
    ended_well(estate.run())
    published = estate.published()
    ended_well(estate.run("facts"))
    assert estate.published() == published
    ended_well(estate.run("absent"))
    ended_well(estate.run("facts"))
    assert estate.published()["database"]["host"] == ""
    assert ended_well(estate.run()).writes == MADE


@pytest.mark.timeout(900)
def test_production_is_protected_by_name_and_leaves_its_data(estate: Estate) -> None:
    ended_well(estate.run(**PROD))
    rds, cache = estate.double.client("rds"), estate.double.client("elasticache")
    [live] = rds.describe_db_instances()["DBInstances"]
    assert (live["MultiAZ"], live["DeletionProtection"]) == (True, True)
    [group] = cache.describe_replication_groups()["ReplicationGroups"]
    assert (len(group["MemberClusters"]), group["AutomaticFailover"]) == (2, "enabled")

    refused = estate.run("absent", **PROD)
    assert refused.code != 0
    assert refused.writes == []
    assert 'cam_database_aws_allow: ["delete cam-db-prod"]' in refused.refusal

    named = {"cam_database_aws_allow": ["delete cam-db-prod"],
             "cam_cache_aws_allow": ["delete cam-cache-prod"]}  # fmt: skip
    ended_well(estate.run("absent", **PROD, **named))
    [snapshot] = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    assert snapshot["DBSnapshotIdentifier"].startswith("cam-db-prod-final-20")
    [snapshot] = cache.describe_snapshots()["Snapshots"]
    assert snapshot["SnapshotName"].startswith("cam-cache-prod-final-20")

    # The passwords can be called back: who makes the mesh again has those of the snapshots.
    secrets = estate.double.client("secretsmanager")
    kept_back = secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert {one["Name"] for one in kept_back} == {"cam-db-prod", "cam-cache-prod"}
    assert "RestoreSecret" in ended_well(estate.run(**PROD)).writes


CHANGES: list[tuple[dict[str, Any], str, str]] = [
    ({"cam_database_storage_gib": 200}, "storage_gib 100 -> 200", "ModifyDBInstance"),
    ({"cam_database_aws_backup_window": "01:00-02:00"},
     "backup_window 03:00-04:00 -> 01:00-02:00", "ModifyDBInstance"),
    ({"cam_database_aws_tags": {"team": "core"}}, "tag team (absent) -> core", "AddTagsToResource"),
]  # fmt: skip


@pytest.mark.timeout(900)
def test_a_change_is_a_diff_then_one_request_then_nothing(estate: Estate) -> None:
    part = ("cam_database",)
    ended_well(estate.run(parts=part))
    for wanted, line, request in CHANGES:
        dry = ended_well(estate.run("main", "--check", "--diff", parts=part, **wanted))
        assert line in dry.output
        assert dry.writes == []
        assert set(ended_well(estate.run(parts=part, **wanted)).writes) >= {request}
        estate.variables |= wanted
        again = ended_well(estate.run(parts=part))
        assert (again.recap["changed"], again.writes) == (0, [])

    smaller = estate.run(parts=part, cam_database_storage_gib=50)
    assert ended_well(smaller).writes == []
    replaced = estate.run(parts=part, cam_database_name="another")
    assert (replaced.code != 0, replaced.writes) == (True, [])
    assert 'cam_database_aws_allow: ["replace cam-db-dev"]' in replaced.refusal
    named = {"cam_database_name": "another", "cam_database_aws_allow": ["replace cam-db-dev"]}
    assert "DeleteDBInstance" in ended_well(estate.run(parts=part, **named)).writes
    [live] = estate.double.client("rds").describe_db_instances()["DBInstances"]
    assert live["DBName"] == "another"


@pytest.mark.timeout(900)
def test_a_change_of_the_cache_or_of_the_network_is_made_and_then_nothing(estate: Estate) -> None:
    ended_well(estate.run())
    third = estate.another_subnet()
    wanted = {"cam_database_aws_tags": {"team": "core"}, "cam_cache_aws_tags": {"team": "core"},
              "cam_cache_aws_nodes": 2, "cam_database_aws_subnet_ids": third,
              "cam_cache_aws_subnet_ids": third}  # fmt: skip
    made = ended_well(estate.run(**wanted)).writes
    assert set(made) >= {"AddTagsToResource", "TagResource", "IncreaseReplicaCount",
                         "ModifyDBSubnetGroup", "ModifyCacheSubnetGroup"}  # fmt: skip
    again = ended_well(estate.run(**wanted))
    assert (again.recap["changed"], again.writes) == (0, [])
    fewer = {**wanted, "cam_cache_aws_nodes": 1}
    refused = estate.run(**fewer, parts=("cam_cache",))
    assert (refused.code != 0, refused.writes) == (True, [])
    name = refused.refusal.partition("cam_cache_aws_allow: [")[2].partition("]")[0].strip('"')
    ended_well(estate.run(**fewer, parts=("cam_cache",), cam_cache_aws_allow=[name]))
    [group] = estate.double.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    assert len(group["MemberClusters"]) == 1


@pytest.mark.timeout(900)
def test_a_password_that_was_replaced_reaches_server_and_mesh(estate: Estate) -> None:
    part = ("cam_database",)
    ended_well(estate.run(parts=part))
    other = "another-good-password-of-the-database"
    secrets = estate.double.client("secretsmanager")
    secrets.put_secret_value(SecretId="cam-db-dev", SecretString=other)
    ran = ended_well(estate.run(parts=part))
    assert set(ran.writes) == {"ModifyDBInstance", "AddTagsToResource"}
    assert kept(estate, "postgres-secret")["password"] == other
    assert other not in ran.output
    assert other not in json.dumps(ran.journal)
    again = ended_well(estate.run(parts=part))
    assert (again.recap["changed"], again.writes) == (0, [])


def test_the_policy_of_the_docs_has_no_more_than_was_asked_for() -> None:
    """The last one: by all before it. What they lack in it would have been refused."""
    assert OTHERWISE[YEARS] - ASKED == set()
