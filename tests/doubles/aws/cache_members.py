"""The members of a replication group as cache clusters of their own."""

from __future__ import annotations

import inspect
from typing import Any

from moto.elasticache.models import CacheCluster

ZONES = "abc"
# What moto's cluster is made of; all of it has to be named.
UNSET = tuple(inspect.signature(CacheCluster).parameters)


def zone(group: Any, number: int) -> str:
    return f"{group.arn.split(':')[3]}{ZONES[number % len(ZONES)]}"


def set_members(backend: Any, group: Any, count: int, like: dict[str, Any]) -> None:
    """The members as cache clusters: only these show version, security groups and the rest."""
    names = [f"{group.replication_group_id}-{number + 1:03d}" for number in range(count)]
    for name in set(group.member_clusters) - set(names):
        backend.cache_clusters.pop(name, None)
    group.member_clusters = names
    for number, name in enumerate(names):
        if name not in backend.cache_clusters:
            member = CacheCluster(
                **{
                    **dict.fromkeys(UNSET), **like, "account_id": backend.account_id,
                    "region_name": backend.region_name, "cache_cluster_id": name,
                    "replication_group_id": group.replication_group_id, "num_cache_nodes": 1,
                    "preferred_availability_zone": zone(group, number),
                }
            )  # fmt: skip
            member._cam_group = group  # type: ignore[attr-defined]
            member.at_rest_encryption_enabled = (  # type: ignore[attr-defined]
                group.at_rest_encryption_enabled
            )
            member.transit_encryption_mode = (  # type: ignore[attr-defined]
                group.transit_encryption_mode
            )
            backend.cache_clusters[name] = member
