# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replication group of ElastiCache: one node or a primary with replicas, with TLS and AUTH."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import OWNED_SPEC, WAIT_SPEC, Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live, Progress, Wait
from ansible_collections.cam.mesh.plugins.module_utils._clock import Clock
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_diff import KIND, differences
from ansible_collections.cam.mesh.plugins.module_utils._elasticache_live import FAILED, Cache
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._files import reported
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._plan import (
    ABSENT,
    HIDDEN,
    Change,
    Step,
    carry_out,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import Params, Result

ARGUMENT_SPEC: dict[str, Any] = {
    **OWNED_SPEC,
    **WAIT_SPEC,
    "cluster": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "description": {"type": "str", "default": "Cache of Complete Arbitration Mesh"},
    "engine": {"type": "str", "choices": ["redis", "valkey"], "default": "redis"},
    "engine_version": {"type": "str"},
    "node_type": {"type": "str"},
    "replicas": {"type": "int", "default": 0},
    "multi_az": {"type": "bool", "default": True},
    "subnet_group": {"type": "str"},
    "security_group_ids": {"type": "list", "elements": "str"},
    "parameter_group": {"type": "str"},
    "port": {"type": "int", "default": 6379},
    "transit_encryption": {"type": "bool", "default": True},
    "at_rest_encryption": {"type": "bool", "default": True},
    "kms_key_arn": {"type": "str", "no_log": False},
    "auth_token": {"type": "str", "no_log": True},
    "auth_token_file": {"type": "path", "no_log": False},
    "auth_token_update": {
        "type": "str",
        "choices": ["keep", "rotate", "set"],
        "default": "keep",
        "no_log": False,
    },
    "maintenance_window": {"type": "str"},
    "snapshot_retention_days": {"type": "int"},
    "snapshot_window": {"type": "str"},
    "final_snapshot": {"type": "str"},
}
# Option to the parameter of CreateReplicationGroup that takes it as it is.
CREATED: Final = {
    "description": "ReplicationGroupDescription",
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "node_type": "CacheNodeType",
    "subnet_group": "CacheSubnetGroupName",
    "security_group_ids": "SecurityGroupIds",
    "parameter_group": "CacheParameterGroupName",
    "port": "Port",
    "transit_encryption": "TransitEncryptionEnabled",
    "at_rest_encryption": "AtRestEncryptionEnabled",
    "kms_key_arn": "KmsKeyId",
    "auth_token": "AuthToken",
    "maintenance_window": "PreferredMaintenanceWindow",
    "snapshot_retention_days": "SnapshotRetentionLimit",
    "snapshot_window": "SnapshotWindow",
}
# CreateReplicationGroup, AuthToken.
TOKEN: Final = re.compile(r"[A-Za-z0-9!&#$^<>-]{16,128}")


def run(
    params: Params,
    *,
    check_mode: bool,
    diff: bool,
    progress: Progress = lambda line: None,
    clock: Clock | None = None,
) -> Result:
    """The entry point of the module and of the action."""
    owner = Owner(params["environment"], params["cluster"])
    if params["state"] == "present":
        params = {**params, "auth_token": _token(params)}
        _refuse_bad(params)
    cache = Cache(Aws.of(params), Wait(params["wait_seconds"], clock or Clock(), progress))
    part = cache.part(params["name"])
    live = part.look()
    tags = cache.tags(part, live) if live is not None else {}
    if params["state"] == "present":
        if live is not None:
            owner.refuse_foreign(KIND, part.name, tags, params["adopt"])
        live = live if check_mode else cache.settled(part, live)
        steps = _steps(cache, part, params, owner, live, tags)
    elif live is not None and not owner.owns(tags) and not params["adopt"]:
        left = f"{part.title} is left alone: it is {owner.whose(tags)}."
        return {"changed": False, "plan": [], "warnings": [left], **facts(live)}
    else:
        live = live if check_mode else cache.settled(part, live)
        steps = [_deletion(cache, part, params, live)] if _is_there(live) else []
    result = carry_out(steps, allow=params["allow"], check_mode=check_mode, diff=diff)
    if result["changed"] and not check_mode:
        live = part.look()
    return {**result, **facts(live)}


def facts(live: Live | None) -> Result:
    """What others need to know of the cache; empty while it does not exist."""
    found = live or {}
    group = (found.get("NodeGroups") or [{}])[0]
    primary, reader = (group.get(one) or {} for one in ("PrimaryEndpoint", "ReaderEndpoint"))
    return {
        "arn": found.get("ARN") or "",
        "address": primary.get("Address") or "",
        "reader_address": reader.get("Address") or "",
        "port": primary.get("Port") or 0,
        "transit_encryption": bool(found.get("TransitEncryptionEnabled")),
        "auth": bool(found.get("AuthTokenEnabled")),
        "status": found.get("Status") or "absent",
    }


def _is_there(live: Live | None) -> bool:
    """What goes away by itself is as good as gone."""
    return live is not None and live["Status"] != "deleting"


def _steps(
    cache: Cache,
    part: Part,
    params: Params,
    owner: Owner,
    live: Live | None,
    tags: dict[str, str],
) -> list[Step]:
    creation = partial(_create, cache, part, params, owner, live)
    if live is None or not _is_there(live):
        fields = {
            option: (None, HIDDEN if option == "auth_token" else params[option])
            for option in (*CREATED, "replicas")
            if params[option] is not None
        }
        return [Step(Change(KIND, part.name, "create", fields), creation)]
    if live["Status"] == FAILED:
        danger = "" if owner.owns(tags) else "it is another's and has failed"
        pair = {"status": (FAILED, "available")}
        return [Step(Change(KIND, part.name, "replace", pair, danger), creation)]
    calls = differences(params, cache.whole(part, live, tags), owner)
    return [Step(call.change, partial(cache.make, part, call)) for call in calls]


def _create(cache: Cache, part: Part, params: Params, owner: Owner, live: Live | None) -> None:
    if live is not None:
        cache.service.ask("delete_replication_group", part.title, ReplicationGroupId=part.name)
        cache.until_gone(part)
    more = params["replicas"] > 0
    given = {
        "ReplicationGroupId": part.name,
        "NumCacheClusters": params["replicas"] + 1,
        "AutomaticFailoverEnabled": more,
        "MultiAZEnabled": more and params["multi_az"],
        "Tags": [
            {"Key": key, "Value": value} for key, value in owner.with_tags(params["tags"]).items()
        ],
        **{
            key: params[option]
            for option, key in CREATED.items()
            if params[option] not in (None, [])
        },
    }
    try:
        cache.service.ask("create_replication_group", part.title, **given)
    except AwsError as error:
        # Ourselves, if an earlier attempt went through and only its answer was lost.
        taken = part.look() if error.cause == "taken" else None
        if taken is None or not owner.owns(cache.tags(part, taken)):
            raise
    cache.until_available(part)


def _deletion(cache: Cache, part: Part, params: Params, live: Live | None) -> Step:
    found = live or {}
    snapshot = params["final_snapshot"]
    danger = ""
    if found.get("SnapshotRetentionLimit") and not snapshot:
        danger = "it is kept in snapshots, which go with it, and there is no `final_snapshot`"
    given = {"ReplicationGroupId": part.name}
    if snapshot:
        given["FinalSnapshotIdentifier"] = snapshot

    def apply() -> None:
        cache.service.ask("delete_replication_group", part.title, **given)
        cache.until_gone(part)

    pair = {"status": (found.get("Status"), ABSENT)}
    return Step(Change(KIND, part.name, "delete", pair, danger), apply)


def _token(params: Params) -> str | None:
    """From the option or from a file; its value is in no message."""
    token, file = params["auth_token"], params["auth_token_file"]
    if token and file:
        raise CamError("Give `auth_token` or `auth_token_file`, not both.")
    if file:
        path = Path(file).expanduser()
        with reported(path):
            token = path.read_text("utf-8").strip()
    if not token:
        return None
    if not TOKEN.fullmatch(token):
        raise CamError(
            f"The AUTH token has {len(token)} characters, or some that ElastiCache does not take. "
            "It must have 16 to 128 letters, digits or characters of !&#$^<>-."
        )
    return str(token)


def _refuse_bad(params: Params) -> None:
    if not params["node_type"]:
        raise CamError("`node_type` must be given for a cache, such as cache.t4g.micro.")
    if not 0 <= params["replicas"] <= 5:
        raise CamError(f"`replicas` is {params['replicas']}. ElastiCache takes 0 to 5.")
    if params["auth_token"] and not params["transit_encryption"]:
        raise CamError(
            "`transit_encryption` is off and an AUTH token is given: ElastiCache takes a token "
            "over TLS only. Switch it on."
        )
    if not re.fullmatch(r"(?!.*--)[a-z][a-z0-9-]{0,39}(?<!-)", params["name"]):
        raise CamError(
            f"`name` is {params['name']!r}. It must be 1 to 40 small letters, digits or single "
            "hyphens, begin with a letter and not end with a hyphen."
        )
