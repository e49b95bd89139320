# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An RDS instance beside the wanted one: what changes in place, what is dangerous, what never goes.

What RDS has accepted and not made yet (`PendingModifiedValues`) counts as made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import KIND
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_size import is_smaller
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_versions import major
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change

Live = Mapping[str, Any]
Fields = dict[str, tuple[Any, Any]]

# Our names of what RDS changes in place, and its own. Values are compared as they are.
PLAIN: Final[Mapping[str, str]] = {
    "instance_class": "DBInstanceClass",
    "storage_type": "StorageType",
    "backup_retention_days": "BackupRetentionPeriod",
    "backup_window": "PreferredBackupWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "multi_az": "MultiAZ",
    "deletion_protection": "DeletionProtection",
}
# What every instance of ours has, whatever the inventory says.
ALWAYS: Final[Mapping[str, tuple[str, bool]]] = {
    "publicly_accessible": ("PubliclyAccessible", False),
    "auto_minor_version_upgrade": ("AutoMinorVersionUpgrade", True),
    "copy_tags_to_snapshot": ("CopyTagsToSnapshot", True),
}
FIXED: Final = "(does not grow)"
DOWN: Final = "the database is down while it restarts"
REMADE: Final = (
    "RDS cannot change that, so the instance is deleted with a last snapshot and made anew, empty"
)
BROKEN: Final = (
    "RDS gave it up; it is deleted, with a last snapshot if RDS can make one, and made anew, empty"
)


def now(live: Live, name: str) -> Any:
    """A value of an instance, as it is or as RDS has promised to make it."""
    pending = (live.get("PendingModifiedValues") or {}).get(name)
    return live.get(name) if pending is None else pending


def changes(wanted: Wanted, live: Live) -> tuple[Fields, list[str]]:
    """The fields that differ, and why some of the changes are dangerous."""
    fields: Fields = {}
    for option, name in PLAIN.items():
        _note(fields, option, now(live, name), getattr(wanted, option))
    for option, (name, value) in ALWAYS.items():
        _note(fields, option, now(live, name), value)
    _version(fields, wanted, live)
    _storage(fields, wanted, live)
    if (port := (live.get("Endpoint") or {}).get("Port")) is not None:
        _note(fields, "port", port, wanted.port)
    groups = sorted(one["VpcSecurityGroupId"] for one in live.get("VpcSecurityGroups") or [])
    if wanted.security_group_ids:
        _note(fields, "security_group_ids", groups, sorted(wanted.security_group_ids))
    group = [one["DBParameterGroupName"] for one in live.get("DBParameterGroups") or []]
    _note(fields, "parameter_group", next(iter(group), ""), wanted.group)
    dangers = [danger for name in fields if (danger := _danger(name, *fields[name]))]
    return fields, dangers


def replacement(wanted: Wanted, live: Live) -> Change | None:
    """What only another instance could mend."""
    vpc = (live.get("DBSubnetGroup") or {}).get("VpcId") or wanted.vpc_id
    fields: Fields = {}
    _note(fields, "engine", live.get("Engine"), "postgres")
    _note(fields, "encrypted", bool(live.get("StorageEncrypted")), True)
    if live.get("DBName"):
        # Without it the database was made by hand, which RDS does not see.
        _note(fields, "database_name", live["DBName"], wanted.database_name)
    _note(fields, "username", live.get("MasterUsername"), wanted.username)
    if wanted.vpc_id:
        _note(fields, "vpc_id", vpc, wanted.vpc_id)
    if wanted.kms_key_arn:
        _note(fields, "kms_key_arn", live.get("KmsKeyId") or "", wanted.kms_key_arn)
    if fields:
        return Change(KIND, wanted.name, "replace", fields, REMADE)
    if live.get("DBInstanceStatus") == "failed":
        return Change(KIND, wanted.name, "replace", {"status": ("failed", "available")}, BROKEN)
    return None


def _note(fields: Fields, option: str, before: Any, after: Any) -> None:
    if before != after:
        fields[option] = (before, after)


def _version(fields: Fields, wanted: Wanted, live: Live) -> None:
    """Majors only: the minor is AWS' business, which updates it in the maintenance window."""
    found = str(now(live, "EngineVersion"))
    if int(major(found)) > int(wanted.version):
        raise CamError(
            f"{KIND} {wanted.name} runs PostgreSQL {found} and cam_database_aws_version is "
            f"'{wanted.version}': RDS does not go back. Set '{major(found)}', or restore a "
            "snapshot of before."
        )
    if major(found) != wanted.version:
        fields["version"] = (found, wanted.version)


def _storage(fields: Fields, wanted: Wanted, live: Live) -> None:
    """Grows and never shrinks: RDS may have grown it by itself, and takes nothing back."""
    size = int(now(live, "AllocatedStorage") or 0)
    if size < wanted.storage_gib:
        fields["storage_gib"] = (size, wanted.storage_gib)
    limit, most = int(live.get("MaxAllocatedStorage") or 0), wanted.max_storage_gib
    # A limit at the size is RDS' way to switch growing off, and it refuses one below.
    limit = 0 if limit <= size else limit
    if most != limit and (not most or most > max(size, wanted.storage_gib)):
        fields["max_storage_gib"] = (limit or FIXED, most or FIXED)


def _danger(name: str, before: Any, after: Any) -> str:
    """Why a change must be named to be made: data may be lost, or a protection is."""
    rule = DANGERS.get(name)
    return rule(before, after) if rule else ""


def _smaller_class(before: str, after: str) -> str:
    return f"it has less memory than before, and {DOWN}" if is_smaller(after, before) else ""


def _fewer_backups(before: Any, after: int) -> str:
    if after == 0:
        return "RDS deletes all automatic backups"
    return "RDS deletes the backups that are older" if after < int(before or 0) else ""


def _off(text: str) -> Callable[[Any, Any], str]:
    return lambda before, after: text if before and not after else ""


DANGERS: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    "version": lambda before, after: (
        f"a major version is never taken back, and {DOWN}: try it on a restored snapshot first"
    ),
    "instance_class": _smaller_class,
    "port": lambda before, after: DOWN,
    "backup_retention_days": _fewer_backups,
    "multi_az": _off("it loses its standby in another zone"),
    "deletion_protection": _off("it loses its protection against deletion"),
}
