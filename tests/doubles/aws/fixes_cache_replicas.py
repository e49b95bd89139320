"""More and fewer replicas of a replication group, which moto does not have."""

from __future__ import annotations

from typing import Any

from doubles.aws.cache_members import UNSET, set_members
from doubles.aws.errors import refuse
from doubles.aws.fixes_cache_group import available_group, check_failover
from doubles.aws.registry import Call, answers
from moto.elasticache.responses import ElastiCacheResponse


def resize(call: Call, more: bool) -> dict[str, Any]:
    group = available_group(call)
    wanted = int(call.params.get("NewReplicaCount", 0)) + 1
    now = len(group.member_clusters)
    if wanted == now:
        raise refuse("NoOperationFault", f"The replica count is {wanted - 1} already.")
    if (wanted > now) is not more:
        raise refuse("InvalidParameterValue", f"{wanted - 1} replicas: wrong direction.")
    check_failover(group.automatic_failover == "enabled", group.multi_az == "enabled", wanted)
    first = call.backend.cache_clusters[group.member_clusters[0]]
    like = {name: getattr(first, name, None) for name in UNSET}
    set_members(call.backend, group, wanted, like)
    group._cam_state.enter("modifying")
    return {"ReplicationGroup": group}


@answers(ElastiCacheResponse, "IncreaseReplicaCount")
def increase_replica_count(call: Call) -> dict[str, Any]:
    """API_IncreaseReplicaCount: of a group with cluster mode disabled."""
    return resize(call, more=True)


@answers(ElastiCacheResponse, "DecreaseReplicaCount")
def decrease_replica_count(call: Call) -> dict[str, Any]:
    """API_DecreaseReplicaCount: of a group with cluster mode disabled; never below what automatic
    failover needs."""
    return resize(call, more=False)
