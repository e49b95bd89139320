# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates a replication group of ElastiCache from what is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Call
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner, tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, HIDDEN, Change
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

KIND: Final = "ElastiCache replication group"
SIZES: Final = ("micro", "small", "medium", "large", "xlarge")
Pair = tuple[Any, Any]


def differences(params: Params, live: Live, owner: Owner) -> list[Call]:
    """In the order in which they are made: replicas come before what needs them, and go after."""
    _refuse_what_stays(params, live)
    grows = params["replicas"] > replicas(live)
    return [
        *_tags(params, live, owner),
        *(_replicas(params, live) if grows else ()),
        *_settings(params, live),
        *(() if grows else _replicas(params, live)),
        *_token(params, live),
    ]


def replicas(live: Live) -> int:
    return len(live.get("MemberClusters") or []) - 1


def _refuse_what_stays(params: Params, live: Live) -> None:
    """A cache is never replaced: its data would be gone, and its endpoint another one."""
    found = {
        "engine": live.get("Engine"),
        "subnet_group": live.get("CacheSubnetGroupName"),
        "port": live.get("Port"),
        "at_rest_encryption": live.get("AtRestEncryptionEnabled"),
        "transit_encryption": live.get("TransitEncryptionEnabled"),
    }
    for option, value in found.items():
        # An answer that does not say it is no reason to refuse.
        if value is not None and params[option] is not None and value != params[option]:
            raise CamError(
                f"{KIND} {params['name']} has `{option}` {value} and not {params[option]}: "
                "ElastiCache would have to make it anew, without its data. Set it back, or build "
                "another one beside it and move over."
            )


def _tags(params: Params, live: Live, owner: Owner) -> Iterator[Call]:
    missing = tags_to_set(owner.with_tags(params["tags"]), live["tags"])
    if missing:
        fields = {
            f"tag {key}": (live["tags"].get(key, ABSENT), missing[key]) for key in sorted(missing)
        }
        pairs = [{"Key": key, "Value": value} for key, value in missing.items()]
        given = {"ResourceName": live["ARN"], "Tags": pairs}
        yield Call(_change(params, fields), "add_tags_to_resource", given)


def _replicas(params: Params, live: Live) -> Iterator[Call]:
    now, then = replicas(live), params["replicas"]
    if now == then:
        return
    verb, danger = "increase", ""
    if then < now:
        verb, danger = "decrease", "fewer copies survive the loss of a zone"
    given = {"NewReplicaCount": then, **_place(params), "ApplyImmediately": True}
    change = _change(params, {"replicas": (now, then)}, danger)
    yield Call(change, f"{verb}_replica_count", given)


def _settings(params: Params, live: Live) -> Iterator[Call]:
    """All that ModifyReplicationGroup takes in one call."""
    fields: dict[str, Pair] = {}
    given: dict[str, Any] = {}
    wanted_failover = params["replicas"] > 0
    for option, key, now, then in (
        ("node_type", "CacheNodeType", live.get("CacheNodeType"), params["node_type"]),
        (
            "automatic_failover",
            "AutomaticFailoverEnabled",
            live.get("AutomaticFailover") in ("enabled", "enabling"),
            wanted_failover,
        ),
        (
            "multi_az",
            "MultiAZEnabled",
            live.get("MultiAZ") == "enabled",
            wanted_failover and params["multi_az"],
        ),
        (
            "security_group_ids",
            "SecurityGroupIds",
            sorted(live["SecurityGroupIds"]),
            _sorted(params["security_group_ids"]),
        ),
        (
            "parameter_group",
            "CacheParameterGroupName",
            live.get("CacheParameterGroupName"),
            params["parameter_group"],
        ),
        (
            "maintenance_window",
            "PreferredMaintenanceWindow",
            live.get("PreferredMaintenanceWindow"),
            params["maintenance_window"],
        ),
        (
            "snapshot_retention_days",
            "SnapshotRetentionLimit",
            live.get("SnapshotRetentionLimit") or 0,
            params["snapshot_retention_days"],
        ),
        (
            "snapshot_window",
            "SnapshotWindow",
            live.get("SnapshotWindow"),
            params["snapshot_window"],
        ),
    ):
        if then is not None and now != then:
            fields[option] = (now, then)
            given[key] = then
    found, wanted = str(live.get("EngineVersion")), params["engine_version"]
    if wanted is not None and not fits(found, wanted):
        fields["engine_version"] = (found, wanted)
        given["EngineVersion"] = wanted
    if fields:
        danger = "; ".join(_dangers(params, fields))
        change = _change(params, fields, danger)
        request = {**_place(params), **given, "ApplyImmediately": True}
        yield Call(change, "modify_replication_group", request)


def _dangers(params: Params, fields: Mapping[str, Pair]) -> Iterator[str]:
    if "node_type" in fields and not grows(*fields["node_type"]):
        yield "what does not fit into the memory of another node type is lost"
    if "engine_version" in fields:
        found, wanted = (_numbers(text) for text in fields["engine_version"])
        if wanted < found[: len(wanted)]:
            raise CamError(
                f"{KIND} {params['name']} runs {fields['engine_version'][0]} and `engine_version` "
                f"is {params['engine_version']!r}: ElastiCache does not go back. Set it to what "
                "runs."
            )
        if wanted[0] != found[0]:
            yield "there is no way back from another major version"
    if fields.get("snapshot_retention_days", (0, 1))[1] == 0:
        yield "the automatic snapshots are deleted"


def _token(params: Params, live: Live) -> Iterator[Call]:
    """A token can be set and never be read, so it is changed only on demand."""
    token, strategy = params["auth_token"], params["auth_token_update"]
    if token is None:
        return
    has = bool(live.get("AuthTokenEnabled"))
    if has and strategy == "keep":
        return
    if has:
        pair = {"auth_token": (HIDDEN, f"{HIDDEN} ({strategy})")}
        yield _set_token(params, pair, strategy.upper())
        return
    danger = "clients that give no password are refused"
    yield _set_token(params, {"auth_token": (ABSENT, HIDDEN)}, "ROTATE", danger)
    yield _set_token(params, {"auth_token": (ABSENT, f"{HIDDEN} (required)")}, "SET", danger)


def _set_token(params: Params, fields: Mapping[str, Pair], strategy: str, danger: str = "") -> Call:
    given = {
        **_place(params),
        "AuthToken": params["auth_token"],
        "AuthTokenUpdateStrategy": strategy,
        "ApplyImmediately": True,
    }
    return Call(_change(params, fields, danger), "modify_replication_group", given)


def fits(found: str, wanted: str) -> bool:
    """Whether 7.1.0 is a 7.1."""
    numbers = _numbers(wanted)
    return _numbers(found)[: len(numbers)] == numbers


def grows(before: str, after: str) -> bool:
    """Whether cache.t3.medium is more of the same kind than cache.t3.micro."""
    (family, size), (other, bigger) = _kind(before), _kind(after)
    return family == other and bigger > size


def _kind(node_type: str) -> tuple[str, float]:
    family, _dot, size = str(node_type).rpartition(".")
    times = re.fullmatch(r"(\d+)xlarge", size)
    if times:
        return family, len(SIZES) + float(times[1])
    return family, float(SIZES.index(size)) if size in SIZES else -1.0


def _change(params: Params, fields: Mapping[str, Pair], danger: str = "") -> Change:
    return Change(KIND, params["name"], "update", fields, danger)


def _place(params: Params) -> dict[str, str]:
    return {"ReplicationGroupId": params["name"]}


def _sorted(given: list[str] | None) -> list[str] | None:
    return None if given is None else sorted(given)


def _numbers(version: str) -> list[int]:
    return [int(text) for text in re.findall(r"\d+", version)]
