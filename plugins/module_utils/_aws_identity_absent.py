# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of roles, policies, key and log group, found by our tags."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity import PREFIX, Identity
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import (
    keys,
    log_group,
    missing,
    place_of,
    role_of,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, Work, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Result


def run(aws: Aws, wanted: Identity, diff: bool) -> Result:
    """What to remove, and what is kept since data could not be read without it."""
    work, kept = Work(wanted.owner), []
    for name in roles(aws.service("iam"), wanted.owner):
        work.change("delete", "roles", "role", name, {"name": name})
    for name in policies(aws.service("iam"), wanted.owner):
        work.change("delete", "policies", "policy", name, {"name": name})
    for key in keys(aws, wanted.owner):
        if key["KeyState"] == "PendingDeletion":
            continue
        ident = str(key["KeyId"])
        if needed := snapshots(aws.service("rds"), str(key["Arn"])):
            kept.append(f"KMS key {ident}: {', '.join(needed)} cannot be restored without it")
        else:
            work.change("delete", "kms_keys", "KMS key", ident, {"id": ident})
    name = wanted.log_group
    group = log_group(aws.service("logs"), name, place_of(aws))
    if group is not None and wanted.owner.owns(tags_of(group)):
        work.change("delete", "log_groups", "log group", name, {"name": name})
    return {"changed": False, **work.result([], diff), "kept": kept}


def roles(iam: Service, owner: Owner) -> list[str]:
    """Lists of roles hold no tags, so those of our prefix are asked one by one."""
    every = iam.ask_all("list_roles", "all roles", "Roles")
    named = [one["RoleName"] for one in every if one["RoleName"].startswith(PREFIX)]
    found = at_once(partial(role_of, iam), named)
    return [one["RoleName"] for one in found if one is not None and owner.owns(tags_of(one))]


def policies(iam: Service, owner: Owner) -> list[str]:
    every = iam.ask_all("list_policies", "all policies", "Policies", Scope="Local")
    named = [one for one in every if one["PolicyName"].startswith(PREFIX)]

    def whole(one: Item) -> dict[str, Any] | None:
        about = f"policy {one['PolicyName']}"
        return missing(partial(iam.ask, "get_policy", about, PolicyArn=one["Arn"]))

    found = [one["Policy"] for one in at_once(whole, named) if one is not None]
    return [one["PolicyName"] for one in found if owner.owns(tags_of(one))]


def snapshots(rds: Service, key_arn: str) -> list[str]:
    """Snapshots of databases that this key encrypts, such as the last one of prod."""
    every = rds.ask_all(
        "describe_db_snapshots", "all snapshots", "DBSnapshots", SnapshotType="manual"
    )
    return sorted(
        f"snapshot {one['DBSnapshotIdentifier']}"
        for one in every
        if one.get("KmsKeyId") in (key_arn, key_arn.rpartition("/")[2])
    )
