"""Probes of the fixes of RDS instances."""

from __future__ import annotations

from typing import Any

from doubles.probes.base import Account, probe, told


def described(account: Account, name: str) -> Any:
    found = account.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    return found["DBInstances"][0]


@probe("gp3_has_a_baseline", plain=(None, None), fixed=(3000, 125))
def _(account: Account) -> Any:
    made = account.database()
    return made.get("Iops"), made.get("StorageThroughput")


@probe(
    "instance_is_its_own",
    plain=[1, "general-public-license", "16"],
    fixed=[2, "postgresql-license", "16.11"],
)
def _(account: Account) -> Any:
    made = [account.database(EngineVersion="16") for _ in range(2)]
    ids = {one["DbiResourceId"] for one in made}
    return [len(ids), made[0]["LicenseModel"], made[0]["EngineVersion"]]


@probe(
    "instance_parameters_are_checked",
    plain=["ok", "ok", "default_kms_key_id"],
    fixed=[
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "arn:aws:kms:eu-central-1:123456789012:key/aws-rds",
    ],
)
def _(account: Account) -> Any:
    return [
        told(account.database, EngineVersion="15.4"),
        told(account.database, MasterUserPassword="x"),
        account.database(StorageEncrypted=True)["KmsKeyId"],
    ]


@probe("windows_may_touch", plain="InvalidParameterValue", fixed="ok")
def _(account: Account) -> Any:
    return told(
        account.database,
        PreferredBackupWindow="03:00-04:00", PreferredMaintenanceWindow="sun:04:00-sun:05:00",
    )  # fmt: skip


@probe("instance_takes_its_time", plain=["available", True], fixed=["creating", False])
def _(account: Account) -> Any:
    made = account.database()
    return [made["DBInstanceStatus"], "Endpoint" in made]


@probe(
    "describing_instances_is_a_tick",
    plain=["available", "available"],
    fixed=["backing-up", "available"],
)
def _(account: Account) -> Any:
    if "rds::instance" in account.models():
        account.double.transition("rds::instance", progression="manual", times=1)
    name = account.database()["DBInstanceIdentifier"]
    seen = [described(account, name)["DBInstanceStatus"] for _ in "ab"]
    account.double.transition("rds::instance")
    return seen


@probe(
    "instance_is_deleting_first",
    plain=["ok", "DBInstanceNotFound"],
    fixed=["InvalidParameterCombination", "ok"],
)
def _(account: Account) -> Any:
    """Without a word about a snapshot, and then without one."""
    rds, named = account.client("rds"), {"DBInstanceIdentifier": account.available()}
    return [
        told(rds.delete_db_instance, **named),
        told(rds.delete_db_instance, **named, SkipFinalSnapshot=True),
    ]


@probe("instance_reboots", plain="available", fixed="rebooting")
def _(account: Account) -> Any:
    named = {"DBInstanceIdentifier": account.available()}
    return account.client("rds").reboot_db_instance(**named)["DBInstance"]["DBInstanceStatus"]


@probe(
    "changes_wait_or_are_made",
    plain=[200, "ok", "ok", "ok"],
    fixed=[
        100,
        "InvalidParameterCombination",
        "InvalidParameterCombination",
        "InvalidParameterCombination",
    ],
)
def _(account: Account) -> Any:
    """Growth without ApplyImmediately, shrinking, an older version, a new major one."""
    rds, named = account.client("rds"), {"DBInstanceIdentifier": account.available()}
    rds.modify_db_instance(**named, AllocatedStorage=200)
    size = described(account, named["DBInstanceIdentifier"])["AllocatedStorage"]
    return [
        size,
        told(rds.modify_db_instance, **named, AllocatedStorage=50, ApplyImmediately=True),
        told(rds.modify_db_instance, **named, EngineVersion="15.14", ApplyImmediately=True),
        told(rds.modify_db_instance, **named, EngineVersion="17.7", ApplyImmediately=True),
    ]


@probe(
    "pending_changes_are_shown",
    plain=[{}, "in-sync"],
    fixed=[{"DBInstanceClass": "db.t3.small"}, "pending-reboot"],
)
def _(account: Account) -> Any:
    rds, group = account.client("rds"), account.name()
    rds.create_db_parameter_group(
        DBParameterGroupName=group, DBParameterGroupFamily="postgres16", Description="probe"
    )
    made = rds.modify_db_instance(
        DBInstanceIdentifier=account.available(), DBInstanceClass="db.t3.small",
        DBParameterGroupName=group,
    )["DBInstance"]  # fmt: skip
    status = made["DBParameterGroups"][0]["ParameterApplyStatus"]
    return [made.get("PendingModifiedValues", {}), status]
