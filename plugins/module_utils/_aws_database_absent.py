# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a database is to be removed: all that is ours, and nothing that only bears its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import (
    GROUP,
    KIND,
    SUBNETS,
    Found,
    Look,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_state import UNSAVED, Settle
from ansible_collections.cam.mesh.plugins.module_utils._aws_report import report
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

PROTECTED = "it is protected against deletion and holds the data of the mesh"


def run(
    params: Params,
    look: Look,
    settle: Settle,
    owner: Owner,
    *,
    now: datetime,
    check_mode: bool,
    diff: bool,
) -> Result:
    """The answer for `state: absent`; waits for what RDS is already removing or making."""
    name, live = params["name"], look.instance(params["name"])
    if not check_mode:
        live = settle.still(name, live)
    if live is not None and live["DBInstanceStatus"] == "deleting":
        live = None
    found = look.remains(name, live)
    mine = _Mine(owner, params["adopt"])
    changes = {**mine.instance(name, found), **mine.rest(name, found)}
    result = report(
        changes, allow=params["allow"], verify=params["verify"], check_mode=check_mode, diff=diff
    )
    groups = [change.name for change in changes.values() if change.kind == GROUP]
    write = farewell(name, found, now, snapshot=params["final_snapshot"])
    return {
        **result,
        "write": {**write, "parameter_groups": groups},
        "ids": {},
        "warnings": mine.left,
    }


def farewell(name: str, found: Found, now: datetime, *, snapshot: bool) -> dict[str, Any]:
    """How the instance is to be removed. A last snapshot has a name of its own, or the second

    removal finds it taken; it is empty where none is wanted, or RDS makes none.
    """
    live = found.instance or {}
    saved = snapshot and found.instance is not None and found.status not in UNSAVED
    return {
        "is_protected": bool(live.get("DeletionProtection")),
        "final_snapshot_id": f"{name}-final-{now:%Y%m%d-%H%M%S}" if saved else "",
    }


class _Mine:
    """Removes what is ours, and lists what is not."""

    def __init__(self, owner: Owner, adopt: bool) -> None:
        self.owner = owner
        self.adopt = adopt
        self.left: list[str] = []

    def instance(self, name: str, found: Found) -> dict[str, Change]:
        live = found.instance
        if live is None or not self._owns(KIND, name, found.instance_tags):
            return {}
        if not live.get("DeletionProtection"):
            return {"instance": Change(KIND, name, "delete")}
        off = {"deletion_protection": (True, False)}
        return {
            "protection": Change(KIND, name, "update", off),
            "instance": Change(KIND, name, "delete", danger=PROTECTED),
        }

    def rest(self, name: str, found: Found) -> dict[str, Change]:
        changes = {}
        for group, live in sorted(found.groups.items()):
            if self._owns(GROUP, group, found.tags.get(live["DBParameterGroupArn"])):
                changes[f"parameter_group {group}"] = Change(GROUP, group, "delete")
        subnets, secret = found.subnet_group, found.secret
        if subnets and self._owns(SUBNETS, name, found.tags.get(subnets["DBSubnetGroupArn"])):
            changes["subnet_group"] = Change(SUBNETS, name, "delete")
        if secret and not secret.deleted and self._owns(_aws_secret.KIND, name, secret.tags):
            changes["secret"] = Change(_aws_secret.KIND, name, "delete")
        return changes

    def _owns(self, kind: str, name: str, tags: Mapping[str, Any] | None) -> bool:
        if self.adopt or self.owner.owns(tags):
            return True
        self.left.append(f"{kind} {name} is left alone: it is {self.owner.whose(tags)}.")
        return False
