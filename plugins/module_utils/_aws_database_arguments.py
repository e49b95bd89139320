# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What amazon.aws.rds_instance is to be told, and what it must not be told.

The module compares what it is given field by field, so that a value which RDS has moved on by
itself would be moved back: a size that grew, a minor version. It is given those only where they
are to change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_instance import now
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import Found
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import (
    GP3_STRIPED_GIB,
    GP3_STRIPED_IOPS,
    GP3_STRIPED_MIB_SECOND,
    Wanted,
)
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change


def arguments(
    wanted: Wanted, found: Found, change: Change, tags: Mapping[str, str], newest: str | None
) -> dict[str, Any]:
    """The options of the module by their names; the password is not among them.

    `set_password` says whether it is to be given. `newest`: the minor version to make, if known.
    """
    creates = change.action != "update"
    version = newest or wanted.version
    given: dict[str, Any] = {
        "instance_tags": _tags(found, tags),
        "set_password": creates or "password" in change.fields,
    }
    if creates or "version" in change.fields:
        given["engine_version"] = version
    if "version" in change.fields:
        given["allow_major_version_upgrade"] = True
    if creates:
        given["db_subnet_group_name"] = wanted.name
        if wanted.kms_key_arn:
            given["kms_key_id"] = wanted.kms_key_arn
    return {**given, **_storage(wanted, found, change, creates)}


def _tags(found: Found, tags: Mapping[str, str]) -> dict[str, str]:
    if found.secret is None or not found.secret.version:
        return dict(tags)
    return {**tags, _aws_secret.TAG_VERSION: found.secret.version}


def _storage(wanted: Wanted, found: Found, change: Change, creates: bool) -> dict[str, Any]:
    given: dict[str, Any] = {}
    live = {} if creates else found.instance or {}
    size = int(now(live, "AllocatedStorage") or 0)
    if creates or "storage_gib" in change.fields:
        given["allocated_storage"] = size = wanted.storage_gib
        if wanted.storage_type == "gp3" and size >= GP3_STRIPED_GIB:
            given["iops"] = GP3_STRIPED_IOPS
            given["storage_throughput"] = GP3_STRIPED_MIB_SECOND
    if creates or "storage_type" in change.fields:
        given["storage_type"] = wanted.storage_type
    if "max_storage_gib" in change.fields or (creates and wanted.max_storage_gib):
        given["max_allocated_storage"] = wanted.max_storage_gib or size
    return given
