"""ElastiCache replication groups: TLS, AUTH, members, states."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from doubles.aws.cache_members import set_members, zone
from doubles.aws.errors import refuse
from doubles.aws.estate import ESTATE
from doubles.aws.fixes_cache_cluster import bury, change, check_engine, check_groups
from doubles.aws.registry import Call, call_of, patches, wraps
from doubles.aws.states import State
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.elasticache.models import ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

Original = Callable[..., Any]


def check_token(token: str | None, tls: bool) -> None:
    """AUTH needs TLS, and a token of 16 to 128 printable characters with few special ones."""
    if token is None:
        return
    if not tls:
        raise refuse(
            "InvalidParameterCombination",
            "Transit encryption must be enabled to use an AUTH token.",
        )
    if not re.fullmatch(r"[A-Za-z0-9!&#$^<>\-]{16,128}", token):
        raise refuse(
            "InvalidParameterValue",
            "Invalid AuthToken provided. It has 16 to 128 printable characters; of the special "
            "ones only !, &, #, $, ^, <, > and -.",
        )


def check_failover(failover: bool, multi_az: bool, nodes: int) -> None:
    if failover and nodes < 2:
        raise refuse(
            "InvalidParameterCombination",
            "When specifying automatic failover, you must have at least 2 cache clusters.",
        )
    if multi_az and not failover:
        raise refuse(
            "InvalidParameterCombination", "Multi-AZ needs automatic failover to be enabled."
        )


@patches("elasticache", "ReplicationGroup.status, pending_modified_values")
def replication_group_takes_its_time() -> None:
    """API_ReplicationGroup Status, PendingModifiedValues: creating, modifying and deleting on the
    way; moto's are available at once and deleting for ever."""
    prepare = ReplicationGroup.__init__

    def prepared(self: Any, **values: Any) -> None:
        self._cam_state = State("elasticache::replication-group", values["replication_group_id"])
        self._cam_auth = ""
        prepare(self, **values)

    def put(self: Any, value: str) -> None:
        if value == "deleting":
            self._cam_state.settle()
            self._cam_state.enter("deleting")

    def pending(self: Any) -> dict[str, str]:
        waits = self.status == "modifying" and self._cam_auth
        return {"AuthTokenStatus": self._cam_auth} if waits else {}

    ReplicationGroup.__init__ = prepared  # type: ignore[method-assign,assignment]
    ReplicationGroup.status = property(  # type: ignore[assignment]
        lambda self: self._cam_state.shown, put
    )
    ReplicationGroup.pending_modified_values = property(pending)  # type: ignore[attr-defined]


@patches("elasticache", "ReplicationGroup.node_groups")
def replication_group_has_its_endpoints() -> None:
    """API_NodeGroup PrimaryEndpoint, ReaderEndpoint, NodeGroupMembers: moto's members are in zones
    of us-east-1, and there is no reader endpoint. While creating there is none at all. It can be
    that of a real Redis (option --cache-endpoint)."""

    def endpoint(self: Any, kind: str) -> dict[str, Any]:
        prefix = f"{kind}." if kind else ""
        host = f"{prefix}{self.replication_group_id}.abc123.euc1.cache.amazonaws.com"
        host, port = ESTATE.host_and_port(ESTATE.cache_endpoint, host, int(self.port))
        return {"Address": host, "Port": port}

    def node_groups(self: Any) -> Any:
        if self.cluster_mode == "enabled" or "arn" not in vars(self):
            return vars(self)["_cam_node_groups"]
        members = [
            {
                "CacheClusterId": name, "CacheNodeId": "0001",
                "CurrentRole": "replica" if number else "primary",
                "PreferredAvailabilityZone": zone(self, number),
                **({} if self.status == "creating" else {"ReadEndpoint": endpoint(self, name)}),
            }
            for number, name in enumerate(self.member_clusters)
        ]  # fmt: skip
        node_group = {"NodeGroupId": "0001", "Status": self.status, "NodeGroupMembers": members}
        if self.status != "creating":
            node_group["PrimaryEndpoint"] = endpoint(self, "master")
            node_group["ReaderEndpoint"] = endpoint(self, "replica")
        return [node_group]

    def put(self: Any, value: Any) -> None:
        self._cam_node_groups = value

    ReplicationGroup.node_groups = property(node_groups, put)  # type: ignore[assignment]


@wraps(ElastiCacheResponse, "create_replication_group", "elasticache")
def replication_group_is_checked(original: Original, self: ElastiCacheResponse) -> Any:
    """API_CreateReplicationGroup AuthToken, AutomaticFailoverEnabled, NumCacheClusters,
    EngineVersion: moto takes a token without TLS, failover with one node, any version, and ignores
    the number of nodes. The members are cache clusters of their own (API_DescribeCacheClusters)."""
    call = call_of(self)
    asked = call.params
    bury(call.backend)
    name = self.params["ReplicationGroupId"] = asked["ReplicationGroupId"].lower()
    if not re.fullmatch(r"(?!.*--)[a-z][a-z0-9-]{0,39}(?<!-)", name):
        raise refuse("InvalidParameterValue", f"{name} is not a valid replication group id.")
    engine, version = check_engine(asked)
    check_groups(call.backend, asked)
    tls = bool(asked.get("TransitEncryptionEnabled"))
    check_token(asked.get("AuthToken"), tls)
    nodes = int(asked.get("NumCacheClusters") or (asked.get("ReplicasPerNodeGroup") or 0) + 1)
    check_failover(
        bool(asked.get("AutomaticFailoverEnabled")), bool(asked.get("MultiAZEnabled")), nodes
    )
    group = original(self).result["ReplicationGroup"]
    group.transit_encryption_mode = (
        (asked.get("TransitEncryptionMode") or "required") if tls else None
    )
    group.auto_minor_version_upgrade = bool(asked.get("AutoMinorVersionUpgrade", True))
    if group.cluster_mode != "enabled":
        set_members(call.backend, group, nodes, {
            "engine": engine, "engine_version": version, "cache_node_type": group.cache_node_type,
            "cache_parameter_group_name": group.cache_parameter_group_name, "port": group.port,
            "cache_subnet_group_name": group.cache_subnet_group_name or "default",
            "transit_encryption_enabled": tls, "auth_token": asked.get("AuthToken"),
            "security_group_ids": group.security_group_ids,
            "preferred_maintenance_window": group.preferred_maintenance_window,
            "snapshot_retention_limit": group.snapshot_retention_limit,
            "snapshot_window": group.snapshot_window,
            "auto_minor_version_upgrade": group.auto_minor_version_upgrade,
        })  # fmt: skip
    return ActionResult({"ReplicationGroup": group})


@wraps(ElastiCacheResponse, "describe_replication_groups", "elasticache")
def describing_replication_groups_is_a_tick(original: Original, self: ElastiCacheResponse) -> Any:
    """API_DescribeReplicationGroups: a group that is gone answers ReplicationGroupNotFoundFault."""
    call = call_of(self)
    name = call.params.get("ReplicationGroupId")
    for group in call.backend.replication_groups.values():
        if name in (None, group.replication_group_id):
            group._cam_state.look()
    bury(call.backend)
    return original(self)


def available_group(call: Call, *also: str) -> Any:
    """The group, if it is available or in one of the named states."""
    bury(call.backend)
    [group] = call.backend.describe_replication_groups(call.params["ReplicationGroupId"])
    if group.status not in {"available", *also}:
        raise refuse(
            "InvalidReplicationGroupState",
            f"Replication group {group.replication_group_id} has status {group.status} which is "
            "not valid for this operation.",
        )
    return group


@wraps(ElastiCacheResponse, "modify_replication_group", "elasticache")
def replication_group_can_be_changed(original: Original, self: ElastiCacheResponse) -> Any:
    """API_ModifyReplicationGroup: moto knows six of its parameters, and neither AuthToken (SET,
    ROTATE, DELETE) nor SecurityGroupIds, EngineVersion, windows and parameter group."""
    call = call_of(self)
    group, asked = available_group(call), call.params
    check_groups(call.backend, asked)
    failover = asked.get("AutomaticFailoverEnabled", group.automatic_failover == "enabled")
    multi_az = asked.get("MultiAZEnabled", group.multi_az == "enabled")
    check_failover(bool(failover), bool(multi_az), len(group.member_clusters))
    rotate(group, asked)
    for name in group.member_clusters:
        if name in call.backend.cache_clusters:
            change(call.backend.cache_clusters[name], asked)
    for name, attribute in {
        "SecurityGroupIds": "security_group_ids", "SnapshotWindow": "snapshot_window",
        "CacheParameterGroupName": "cache_parameter_group_name",
        "PreferredMaintenanceWindow": "preferred_maintenance_window",
        "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
        "TransitEncryptionEnabled": "transit_encryption_enabled",
        "TransitEncryptionMode": "transit_encryption_mode",
    }.items():  # fmt: skip
        if name in asked:
            setattr(group, attribute, asked[name])
    answer = original(self)
    group._cam_state.enter("modifying")
    return answer


def rotate(group: Any, asked: dict[str, Any]) -> None:
    """ROTATE adds a token to the old one, SET leaves the new one alone, DELETE takes it away."""
    group._cam_auth = ""
    strategy = asked.get("AuthTokenUpdateStrategy")
    if not strategy and not asked.get("AuthToken"):
        return
    strategy = strategy or "ROTATE"
    if not asked.get("ApplyImmediately"):
        raise refuse(
            "InvalidParameterCombination", "An AUTH token is changed with ApplyImmediately only."
        )
    if strategy == "DELETE":
        group.auth_token_enabled = False
    else:
        if not asked.get("AuthToken"):
            raise refuse("InvalidParameterCombination", f"{strategy} needs an AuthToken.")
        check_token(asked["AuthToken"], bool(group.transit_encryption_enabled))
        group.auth_token_enabled = True
        group._cam_auth = "ROTATING" if strategy == "ROTATE" else "SETTING"
    group.auth_token_last_modified_date = utcnow()


@wraps(ElastiCacheResponse, "delete_replication_group", "elasticache")
def replication_group_goes(original: Original, self: ElastiCacheResponse) -> Any:
    """API_DeleteReplicationGroup FinalSnapshotIdentifier: moto makes no snapshot, and the group
    is deleting for ever."""
    call = call_of(self)
    name = call.params["ReplicationGroupId"]
    if name in call.backend.replication_groups:
        snapshot = call.params.get("FinalSnapshotIdentifier")
        # One that failed holds nothing of which a snapshot could be made.
        group = available_group(call, *(() if snapshot else ("create-failed",)))
        if snapshot:
            call.backend.create_snapshot(snapshot, group.replication_group_id, None, None, None)
    return original(self)
