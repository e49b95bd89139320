"""Changes of RDS instances: what is refused, what waits, what is done at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws import rds_catalog
from doubles.aws.errors import refuse
from doubles.aws.fixes_rds_instance import check_password, check_performance, require_available
from doubles.aws.registry import Call, call_of, patches, wraps
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

# "Settings for DB instances" of the user guide: these wait for the maintenance window unless
# ApplyImmediately is true. Parameter of ModifyDBInstance: attribute of moto's DBInstance.
WAIT = {
    "AllocatedStorage": "allocated_storage",
    "DBInstanceClass": "db_instance_class",
    "EngineVersion": "engine_version",
    "MultiAZ": "multi_az",
    "StorageType": "storage_type",
    "Iops": "iops",
    "StorageThroughput": "storage_throughput",
}


def check_version(database: DBInstance, asked: dict[str, Any]) -> str:
    """The full version that is to be; "" if it stays."""
    wanted = asked.get("EngineVersion")
    if not wanted or database.engine != rds_catalog.ENGINE:
        return ""
    new = rds_catalog.resolve(wanted)
    if wanted == rds_catalog.major(database.engine_version) or new == database.engine_version:
        return ""
    if not new:
        raise refuse("InvalidParameterCombination", f"Cannot find version {wanted} for postgres")
    if new not in rds_catalog.targets(database.engine_version):
        raise refuse(
            "InvalidParameterCombination",
            f"Cannot upgrade postgres from {database.engine_version} to {new}",
        )
    bigger = rds_catalog.major(new) != rds_catalog.major(database.engine_version)
    if bigger and not asked.get("AllowMajorVersionUpgrade"):
        raise refuse(
            "InvalidParameterCombination",
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major "
            "version.",
        )
    return new


def check_storage(database: DBInstance, asked: dict[str, Any]) -> None:
    new, old = asked.get("AllocatedStorage"), int(database.allocated_storage)
    if new is not None and int(new) < old:
        raise refuse(
            "InvalidParameterCombination",
            "Invalid storage size for engine name postgres and storage type "
            f"{database.storage_type}: {new}",
        )
    if new is not None and old < int(new) < old * 1.1:
        raise refuse(
            "InvalidParameterCombination",
            f"Requested storage {new} must be at least 10% larger than the current {old}.",
        )
    kind = asked.get("StorageType") or database.storage_type
    check_performance(kind, int(new or old), asked)


@wraps(RDSResponse, "modify_db_instance", "rds")
def changes_wait_or_are_made(original: Callable[..., Any], self: RDSResponse) -> Any:
    """API_ModifyDBInstance ApplyImmediately, API_PendingModifiedValues: AWS keeps most changes for
    the maintenance window unless told otherwise, never shrinks the storage, takes no older version
    and a new major one by AllowMajorVersionUpgrade only; moto does everything at once."""
    call = call_of(self)
    asked = call.params
    name = asked["DBInstanceIdentifier"].lower()
    database = call.backend.databases.get(name)
    if database is None:
        return original(self)
    require_available(database)
    check_storage(database, asked)
    check_password(asked.get("MasterUserPassword"))
    version = check_version(database, asked)
    if "EngineVersion" in asked:
        self.params["EngineVersion"] = version or database.engine_version
    group = asked.get("DBParameterGroupName")
    waits = bool(group) and group != database.db_parameter_groups()[0].name
    changed = hold_back(self, call, database)
    answer = original(self)
    database._cam_parameters_wait = waits or getattr(database, "_cam_parameters_wait", False)
    if changed:
        database._cam_state.enter("modifying")
    return answer


def hold_back(self: RDSResponse, call: Call, database: Any) -> bool:
    """Take out of the request what waits, or put in what waited; whether the instance changes."""
    asked, pending = call.params, pending_of(database)
    given = {name: self.params[name] for name in WAIT if name in asked}
    new = {
        name: value for name, value in given.items() if getattr(database, WAIT[name], None) != value
    }
    if not asked.get("ApplyImmediately"):
        for name in given:
            del self.params[name]
        pending.update(new)
        return False
    for name, value in pending.items():
        self.params.setdefault(name, value)
    changed = bool(new or pending)
    pending.clear()
    return changed


def pending_of(database: Any) -> dict[str, Any]:
    if "_cam_pending" not in vars(database):
        database._cam_pending = {}
    found: dict[str, Any] = database._cam_pending
    return found


@patches("rds", "DBInstance.pending_modified_values, db_parameter_group_status_list")
def pending_changes_are_shown() -> None:
    """API_DBInstance PendingModifiedValues, API_DBParameterGroupStatus ParameterApplyStatus: moto
    shows nothing as pending and every parameter group as in-sync."""

    def groups(self: Any) -> list[dict[str, str]]:
        status = "pending-reboot" if getattr(self, "_cam_parameters_wait", False) else "in-sync"
        return [
            {"DBParameterGroupName": group.name, "ParameterApplyStatus": status}
            for group in self.db_parameter_groups()
        ]

    DBInstance.pending_modified_values = property(pending_of)  # type: ignore[attr-defined]
    DBInstance.db_parameter_group_status_list = property(  # type: ignore[method-assign,assignment]
        groups
    )
