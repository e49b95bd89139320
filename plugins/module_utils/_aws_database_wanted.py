# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PostgreSQL instance that an inventory asks RDS for, and what RDS would never take.

Rules: API reference of RDS, CreateDBInstance, the field of each name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_windows import refuse_windows
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import texts

# gp3 has 3000 IOPS and 125 MiB/s below this size, which cannot be set; from it on these two.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
GP3_STRIPED_GIB: Final = 400
GP3_STRIPED_IOPS: Final = 12000
GP3_STRIPED_MIB_SECOND: Final = 500

WANTED_SPEC: dict[str, Any] = {
    "vpc_id": {"type": "str", "default": ""},
    "subnet_ids": {"type": "list", "elements": "str", "default": []},
    "security_group_ids": {"type": "list", "elements": "str", "default": []},
    "version": {"type": "str", "default": ""},
    "instance_class": {"type": "str", "default": ""},
    "storage_gib": {"type": "int", "default": 100},
    "max_storage_gib": {"type": "int", "default": 1000},
    "storage_type": {"type": "str", "choices": ["gp2", "gp3"], "default": "gp3"},
    "kms_key_arn": {"type": "str", "default": "", "no_log": False},
    "database_name": {"type": "str", "default": ""},
    "username": {"type": "str", "default": ""},
    "port": {"type": "int", "default": 5432},
    "backup_retention_days": {"type": "int", "default": 7},
    "backup_window": {"type": "str", "default": "03:00-04:00"},
    "maintenance_window": {"type": "str", "default": "sun:04:00-sun:05:00"},
    "multi_az": {"type": "bool", "default": False},
    "deletion_protection": {"type": "bool", "default": False},
    "apply_immediately": {"type": "bool", "default": True},
    "parameter_group": {"type": "str", "default": ""},
    "parameters": {"type": "dict", "default": {}},
}


@dataclass(frozen=True)
class Wanted:
    """One instance; sizes in GiB, windows in UTC."""

    name: str
    vpc_id: str
    subnet_ids: list[str]
    security_group_ids: list[str]
    version: str
    instance_class: str
    storage_gib: int
    max_storage_gib: int
    storage_type: str
    kms_key_arn: str
    database_name: str
    username: str
    port: int
    backup_retention_days: int
    backup_window: str
    maintenance_window: str
    multi_az: bool
    deletion_protection: bool
    apply_immediately: bool
    parameter_group: str
    parameters: dict[str, str]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Wanted:
        """Of the options of the module. Raises CamError for what RDS would refuse."""
        given = {field.name: params[field.name] for field in fields(cls)}
        given["maintenance_window"] = given["maintenance_window"].lower()
        given["parameters"] = texts("parameters", given["parameters"]) or {}
        wanted = cls(**given)
        wanted._refuse_bad()
        return wanted

    @property
    def family(self) -> str:
        return f"postgres{self.version}"

    @property
    def makes_group(self) -> bool:
        """Whether the parameter group is ours to make; a given one is taken as it is."""
        return not self.parameter_group

    @property
    def group(self) -> str:
        """A group belongs to one major version, so that an upgrade needs another one."""
        return self.parameter_group or f"{self.name}-{self.family}"

    def _refuse_bad(self) -> None:
        for problem in (self._names(), self._sizes(), self._rest()):
            if problem:
                raise CamError(f"{problem} Correct it in the inventory.")
        refuse_windows(
            self.maintenance_window, "maintenance", self.backup_window, "backup", "cam_database_aws"
        )

    def _names(self) -> str:
        if not re.fullmatch(r"[a-z](-?[a-z0-9])*", self.name) or len(self.name) > 63:
            return (
                f"`name` is '{self.name}': RDS wants 1 to 63 small letters, digits and single "
                "hyphens, a letter first."
            )
        if not re.fullmatch(r"[A-Za-z]\w*", self.database_name) or len(self.database_name) > 63:
            return (
                f"cam_database_name is '{self.database_name}': RDS wants 1 to 63 letters, digits "
                "and underscores, a letter first."
            )
        if not re.fullmatch(r"[A-Za-z]\w*", self.username) or self.username in RESERVED:
            return (
                f"cam_database_username is '{self.username}': RDS wants letters, digits and "
                f"underscores, a letter first, and none of {', '.join(RESERVED)}."
            )
        return ""

    def _sizes(self) -> str:
        if not re.fullmatch(r"db\.[a-z0-9-]+\.[a-z0-9-]+", self.instance_class):
            return (
                f"cam_database_aws_instance_class is '{self.instance_class}': it decides what the "
                "database costs and has a default in dev alone. Examples: db.t3.micro, "
                "db.m6g.large."
            )
        if not 20 <= self.storage_gib <= 65536:
            return f"cam_database_storage_gib is {self.storage_gib}: RDS makes 20 to 65536 GiB."
        if self.max_storage_gib and self.max_storage_gib * 10 < self.storage_gib * 11:
            return (
                f"cam_database_aws_max_storage_gib is {self.max_storage_gib} and "
                f"cam_database_storage_gib {self.storage_gib}: the first must be 0 (never grow) or "
                "at least 10 % above the second."
            )
        if not 0 <= self.backup_retention_days <= 35:
            return (
                f"cam_database_aws_backup_retention_days is {self.backup_retention_days}: RDS "
                "keeps backups for 0 (none) to 35 days."
            )
        return ""

    def _rest(self) -> str:
        if self.multi_az and self.backup_retention_days == 0:
            return "cam_database_aws_multi_az is on without backups, which a standby is made from."
        if self.subnet_ids and len(set(self.subnet_ids)) < 2:
            return (
                f"`subnet_ids` holds {len(set(self.subnet_ids))} subnet: RDS wants at least 2, in "
                "different zones."
            )
        return ""


# Names that RDS keeps for itself.
RESERVED: Final = ("rdsadmin", "rds_superuser", "admin")
