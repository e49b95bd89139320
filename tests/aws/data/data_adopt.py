"""A database of the seed's Terraform module is taken over by its state.

Run by `make prove PIECE=aws`; alone: pytest tests/aws/data/data_adopt.py
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _adopt
from estate import Estate
from remains import ended_well, kept

NAME, PASSWORD = "cam-db-dev", "the-password-that-terraform-was-given"
PART = ("cam_database",)


def made(estate: Estate) -> None:
    """With the values of the seed; its 15.4 is one that AWS has withdrawn."""
    rds, doors = estate.double.client("rds"), estate.network["database_security_group_ids"]
    rds.create_db_subnet_group(
        DBSubnetGroupName="cam-db-subnet-group", DBSubnetGroupDescription="Managed by Terraform",
        SubnetIds=estate.network["private_subnet_ids"],
    )  # fmt: skip
    rds.create_db_instance(
        DBInstanceIdentifier=NAME, Engine="postgres", EngineVersion="15",
        DBInstanceClass="db.t3.micro", AllocatedStorage=100, MaxAllocatedStorage=1000,
        StorageType="gp2", StorageEncrypted=True, DBName="cam_production", MasterUsername="cam",
        MasterUserPassword=PASSWORD, VpcSecurityGroupIds=doors,
        DBSubnetGroupName="cam-db-subnet-group", BackupRetentionPeriod=7,
        PreferredBackupWindow="03:00-04:00", PreferredMaintenanceWindow="sun:04:00-sun:05:00",
        AutoMinorVersionUpgrade=True, PubliclyAccessible=False, MultiAZ=False,
    )  # fmt: skip
    rds.get_waiter("db_instance_available").wait(
        DBInstanceIdentifier=NAME, WaiterConfig={"Delay": 1}
    )


def live(estate: Estate) -> dict[str, Any]:
    [found] = estate.double.client("rds").describe_db_instances()["DBInstances"]
    # The one field that moves by itself, with the clock.
    found.pop("LatestRestorableTime", None)
    return dict(found)


def state(estate: Estate) -> dict[str, Any]:
    """As version 5 of Terraform's provider for AWS keeps it, with the password in clear."""
    one = live(estate)
    group = {"name": "cam-db-subnet-group", "id": "cam-db-subnet-group",
             "subnet_ids": estate.network["private_subnet_ids"]}  # fmt: skip
    instance = {
        "arn": one["DBInstanceArn"], "id": one["DbiResourceId"], "identifier": NAME,
        "engine": one["Engine"], "engine_version": one["EngineVersion"],
        "instance_class": one["DBInstanceClass"], "allocated_storage": one["AllocatedStorage"],
        "max_allocated_storage": one["MaxAllocatedStorage"], "storage_encrypted": True,
        "storage_type": one["StorageType"], "kms_key_id": one["KmsKeyId"],
        "db_name": one["DBName"], "username": one["MasterUsername"], "password": PASSWORD,
        "port": one["Endpoint"]["Port"], "multi_az": one["MultiAZ"],
        "vpc_security_group_ids": [
            door["VpcSecurityGroupId"] for door in one["VpcSecurityGroups"]
        ],
        "db_subnet_group_name": one["DBSubnetGroup"]["DBSubnetGroupName"],
        "parameter_group_name": one["DBParameterGroups"][0]["DBParameterGroupName"],
        "backup_retention_period": one["BackupRetentionPeriod"],
        "backup_window": one["PreferredBackupWindow"],
        "maintenance_window": one["PreferredMaintenanceWindow"],
        "deletion_protection": one["DeletionProtection"],
        "copy_tags_to_snapshot": one["CopyTagsToSnapshot"],
    }  # fmt: skip
    rows = [("aws_db_subnet_group", group), ("aws_db_instance", instance)]
    resources = [
        {"mode": "managed", "type": kind, "name": "cam", "instances": [{"attributes": values}]}
        for kind, values in rows
    ]
    return {"version": 4, "terraform_version": "1.9.8", "resources": resources}


@pytest.mark.timeout(300)
def test_a_database_of_terraform_is_taken_over_with_nothing_but_tags(estate: Estate) -> None:
    made(estate)
    found = _adopt.adopted(state(estate), "terraform.tfstate")
    assert PASSWORD not in json.dumps(found)
    assert (found["missing"], found["left"]) == ([], [])
    [note] = found["notes"]
    assert "copy_tags_to_snapshot off; the first run switches it on" in note
    estate.variables |= found["variables"]
    before = live(estate)

    # Its password is read from no state: docs/aws-data.md says where it goes by hand.
    refused = estate.run("main", parts=PART)
    assert refused.code != 0
    assert "nothing keeps the password" in refused.refusal
    assert refused.writes == []
    secrets = estate.double.client("secretsmanager")
    secrets.create_secret(Name=NAME, SecretString=PASSWORD)

    dry = ended_well(estate.run("main", "--check", "--diff", parts=PART))
    assert dry.writes == []
    first = ended_well(estate.run("main", parts=PART))
    assert set(first.writes) == {"TagResource", "AddTagsToResource", "ModifyDBInstance"}
    after = live(estate)
    assert {item["Key"] for item in after.pop("TagList")} >= {"app", "cam-environment"}
    before.pop("TagList")
    # Tags, and that its snapshots have them as well.
    assert after == {**before, "CopyTagsToSnapshot": True}
    assert kept(estate, "postgres-secret")["password"] == PASSWORD
    assert PASSWORD not in first.output

    again = ended_well(estate.run("main", parts=PART))
    assert (again.recap["changed"], again.writes) == (0, [])
