# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replication group of ElastiCache and what it stands on, from nothing to changed to gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _elasticache_absent
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_data import DATA_SPEC, refuse_nowhere
from ansible_collections.cam.mesh.plugins.module_utils._aws_report import refuse_left, told
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Progress, Wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_diff import Compare
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_look import (
    Found,
    Look,
    primary,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_state import Settle
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_wanted import (
    WANTED_SPEC,
    Wanted,
)
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_write import Write
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change, Step, carry_out
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **DATA_SPEC,
    "is_protected": {"type": "bool", "default": False},
    "final_snapshot": {"type": "bool", "default": False},
    "recovery_days": {"type": "int", "default": 30},
    **WANTED_SPEC,
}
PREFIX = "cam_cache_aws"


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = lambda line: None,
    clock: Clock | None = None,
    today: Callable[[], datetime] = lambda: datetime.now(UTC),
    connect: Callable[[Params], Aws] = Aws.of,
) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    look = Look(connect(params))
    settle = Settle(look, Wait(params["wait_seconds"], clock or Clock(), progress))
    write = Write(look, settle, owner, owner.with_tags(params["tags"]))
    with told(PREFIX):
        if params["state"] == "read":
            return {"changed": False, "plan": [], "ids": ids(Found(look.group(params["name"])))}
        if params["state"] == "absent":
            return _elasticache_absent.run(
                params, write, now=today(), check_mode=check_mode, diff=diff
            )
        return ensure(params, write, today(), check_mode=check_mode, diff=diff)


def ensure(params: Params, write: Write, now: datetime, *, check_mode: bool, diff: bool) -> Result:
    """Makes the cache exist and be as wanted, and looks again whether it is."""
    wanted = Wanted.of(params, now.date())
    compare = Compare(write.owner, write.tags, params["adopt"])
    found, changes = compared(wanted, compare, write, check_mode=check_mode)
    if "group" in changes and changes["group"].action == "create" and not check_mode:
        refuse_nowhere(
            PREFIX, "cache",
            subnet_ids=wanted.subnet_ids, security_group_ids=wanted.security_group_ids,
        )  # fmt: skip
    steps = _steps(wanted, changes, write, now, params["final_snapshot"])
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    if result["changed"] and not check_mode:
        found, left = compared(wanted, compare, write, check_mode=check_mode)
        refuse_left(left)
    return {**result, "ids": ids(found)}


def compared(
    wanted: Wanted, compare: Compare, write: Write, *, check_mode: bool
) -> tuple[Found, Mapping[str, Change]]:
    """What is there and what is to change; who is to write waits until it takes changes."""
    live = write.look.group(wanted.name)
    if not check_mode:
        live = write.settle.still(wanted.name, live)
    found = write.look.everything(wanted.name, wanted.group, live)
    return found, compare.all(wanted, found)


def ids(found: Found) -> dict[str, Any]:
    """What others need to know of the cache; what does not exist yet is left out."""
    live = found.group or {}
    endpoint = primary(live)
    values = {
        "arn": live.get("ARN"),
        "host": endpoint.get("Address"),
        "port": endpoint.get("Port"),
        "node_type": live.get("CacheNodeType"),
        "nodes": len(live.get("MemberClusters") or []),
        "status": found.status,
        "secret_arn": found.secret.arn if found.secret is not None else None,
    }
    return {key: value for key, value in values.items() if value}


def _steps(
    wanted: Wanted, changes: Mapping[str, Change], write: Write, now: datetime, final: bool
) -> list[Step]:
    group = partial(write.group, now=now, final=final)
    by_key: dict[str, Callable[[Wanted, Change], None]] = {
        "subnet_group": write.subnet_group,
        "parameter_group": write.parameter_group,
        "secret": write.secret,
        "group": group,
    }
    return [Step(change, partial(by_key[key], wanted, change)) for key, change in changes.items()]
