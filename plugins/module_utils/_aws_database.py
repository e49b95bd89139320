# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the wanted PostgreSQL of RDS with what is there. Reads only; others write by its result.

Three questions, asked one after the other by the role: what is to be done, what is still to be done
now that the parts it stands on are there, and (`verify`) whether all of it was done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_database_absent,
    _aws_database_versions,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_data import DATA_SPEC, refuse_nowhere
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_arguments import arguments
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_diff import Compare
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import Found, Look
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_size import carried
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_state import Settle
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import (
    WANTED_SPEC,
    Wanted,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_report import report, told
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Progress, Wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **DATA_SPEC,
    "verify": {"type": "bool", "default": False},
    "max_connections": {"type": "int", "default": 1050},
    "final_snapshot": {"type": "bool", "default": True},
    **WANTED_SPEC,
}
PREFIX = "cam_database_aws"


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
    with told(PREFIX):
        if params["state"] == "read":
            return {"ids": ids(Found(look.instance(params["name"])), params)}
        if params["state"] == "absent":
            return _aws_database_absent.run(
                params, look, settle, owner, now=today(), check_mode=check_mode, diff=diff
            )
        return _present(params, look, settle, owner, today(), check_mode, diff)


def _present(
    params: Params, look: Look, settle: Settle, owner: Owner, today: datetime,
    check_mode: bool, diff: bool,
) -> Result:  # fmt: skip
    _aws_database_versions.refuse_bad(params["version"], today.date())
    wanted = Wanted.of(with_parameters(params))
    tags = owner.with_tags(params["tags"])
    compare = Compare(owner, tags, params["adopt"])
    found, changes = settle.compared(
        wanted, compare, check_mode=check_mode, verify=params["verify"]
    )
    warnings, newest = [], None
    instance = changes.get("instance")
    if instance is not None and instance.action != "update" and not check_mode:
        refuse_nowhere(
            PREFIX, "database",
            subnet_ids=wanted.subnet_ids, security_group_ids=wanted.security_group_ids,
        )  # fmt: skip
    if instance is not None and (instance.action != "update" or "version" in instance.fields):
        newest, warning = _aws_database_versions.offered(look.rds, wanted.version)
        warnings = [warning] if warning else []
    write = arguments(wanted, found, instance, tags, newest) if instance is not None else {}
    if instance is not None and instance.action == "replace":
        write |= _aws_database_absent.farewell(wanted.name, found, today, snapshot=True)
    result = report(
        changes, allow=params["allow"], verify=params["verify"], check_mode=check_mode, diff=diff
    )
    return {
        **result,
        "write": {
            **write,
            "tags": tags,
            "parameters": wanted.parameters,
            "parameter_group": wanted.group,
        },
        "ids": ids(found, params),
        "warnings": warnings + settle.warnings(found),
    }


def with_parameters(params: Params) -> Params:
    """TLS is forced, and as many connections let in as the class carries; else the inventory's."""
    most = carried(params["instance_class"], params["max_connections"])
    ours = {"rds.force_ssl": "1", "max_connections": str(most)}
    return {**params, "parameters": {**ours, **(params["parameters"] or {})}}


def ids(found: Found, params: Params) -> dict[str, Any]:
    """What others need to know of the database; what does not exist yet is left out."""
    live = found.instance or {}
    endpoint = live.get("Endpoint") or {}
    name = str(live.get("DBInstanceClass") or params["instance_class"])
    given = str((params["parameters"] or {}).get("max_connections", ""))
    most = int(given) if given.isdigit() else carried(name, params["max_connections"])
    values = {
        "arn": live.get("DBInstanceArn"),
        "host": endpoint.get("Address"),
        "port": endpoint.get("Port"),
        "version": live.get("EngineVersion"),
        "instance_class": live.get("DBInstanceClass"),
        "storage_gib": live.get("AllocatedStorage"),
        "status": found.status,
        "secret_arn": found.secret.arn if found.secret is not None else None,
    }
    return {key: value for key, value in values.items() if value} | {"max_connections": most}
