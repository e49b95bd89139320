"""ElastiCache clusters: single nodes, and the members of replication groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws import cache_catalog
from doubles.aws.errors import refuse
from doubles.aws.estate import ESTATE
from doubles.aws.registry import Call, answers, call_of, patches, wraps
from doubles.aws.states import GONE, State
from moto.elasticache.models import CacheCluster, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

Original = Callable[..., Any]
# What a cluster has if nothing was said.
USUAL = {
    "cache_subnet_group_name": "default",
    "preferred_maintenance_window": "sun:05:00-sun:06:00",
    "snapshot_window": "03:00-04:00",
}


def bury(backend: ElastiCacheBackend) -> None:
    """Forget what is gone; the members of a replication group go with it."""
    for kept in (backend.replication_groups, backend.cache_clusters):
        for name, one in list(kept.items()):
            state = state_of(one)
            state.settle()
            if state.shown == GONE:
                del kept[name]
                backend.tagging_service.delete_all_tags_for_resource(one.arn)


def state_of(resource: Any) -> State:
    """Its own state, or for a member that of its replication group."""
    found: State = getattr(resource, "_cam_group", resource)._cam_state
    return found


def check_engine(asked: dict[str, Any]) -> tuple[str, str]:
    """Engine and full version of a request."""
    engine = asked.get("Engine") or "redis"
    version = cache_catalog.resolve(engine, asked.get("EngineVersion"))
    if not version:
        raise refuse(
            "InvalidParameterCombination",
            f"Cannot find version {asked.get('EngineVersion')} for {engine}",
        )
    return engine, version


def check_groups(backend: Any, asked: dict[str, Any]) -> None:
    """Subnet group and parameter group are there."""
    subnets = asked.get("CacheSubnetGroupName")
    if subnets and subnets not in backend.cache_subnet_groups:
        raise refuse("CacheSubnetGroupNotFoundFault", f"CacheSubnetGroup {subnets} not found.")
    parameters = asked.get("CacheParameterGroupName")
    known = getattr(backend, "_cam_parameter_groups", {})
    if parameters and not parameters.startswith("default.") and parameters not in known:
        raise refuse("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {parameters}")


@patches("elasticache", "CacheCluster.cache_cluster_status, cache_nodes and others")
def cache_cluster_is_complete() -> None:
    """API_CacheCluster CacheNodes, SecurityGroups, CacheParameterGroup, CacheSecurityGroups,
    EngineVersion, CacheClusterStatus, SnapshotWindow and others: moto has none of the first four
    and no defaults, keeps "7.1" where AWS answers 7.1.0, is available at once and deleting for
    ever. The endpoint can be that of a real Redis (option --cache-endpoint)."""
    prepare = CacheCluster.__init__

    def prepared(self: Any, **values: Any) -> None:
        self._cam_state = State("elasticache::cluster", values["cache_cluster_id"])
        prepare(self, **values)
        self.port = int(self.port)
        self.num_cache_nodes = values.get("num_cache_nodes") or 1
        engine = self.engine if self.engine in cache_catalog.ENGINES else "redis"
        self.engine_version = cache_catalog.resolve(engine, self.engine_version)
        self.preferred_availability_zone = self.preferred_availability_zone or (
            f"{values['region_name']}a"
        )
        self.cache_security_groups = []
        self.at_rest_encryption_enabled = False
        self.transit_encryption_enabled = bool(self.transit_encryption_enabled)
        for name, usual in USUAL.items():
            setattr(self, name, getattr(self, name) or usual)
        self.cache_parameter_group_name = (
            self.cache_parameter_group_name
            or f"default.{cache_catalog.family(engine, self.engine_version)}"
        )

    def put(self: Any, value: str) -> None:
        if value == "deleting":
            self._cam_state.settle()
            self._cam_state.enter("deleting")

    def nodes(self: Any) -> list[dict[str, Any]]:
        if not getattr(self, "_cam_show_nodes", True):
            return []
        host = f"{self.cache_cluster_id}.abc123.0001.euc1.cache.amazonaws.com"
        host, port = ESTATE.host_and_port(ESTATE.cache_endpoint, host, self.port)
        shown = self.cache_cluster_status != "creating"
        return [
            {
                "CacheNodeId": f"{number + 1:04d}", "ParameterGroupStatus": "in-sync",
                "CacheNodeStatus": self.cache_cluster_status,
                "CacheNodeCreateTime": self.cache_cluster_create_time,
                "CustomerAvailabilityZone": self.preferred_availability_zone,
                **({"Endpoint": {"Address": host, "Port": port}} if shown else {}),
            }
            for number in range(self.num_cache_nodes)
        ]  # fmt: skip

    CacheCluster.__init__ = prepared  # type: ignore[method-assign,assignment]
    CacheCluster.cache_cluster_status = property(  # type: ignore[assignment]
        lambda self: state_of(self).shown, put
    )
    CacheCluster.cache_nodes = property(nodes)  # type: ignore[attr-defined]
    CacheCluster.security_groups = property(  # type: ignore[attr-defined]
        lambda self: [{"SecurityGroupId": g, "Status": "active"} for g in self.security_group_ids]
    )
    CacheCluster.cache_parameter_group = property(  # type: ignore[attr-defined]
        lambda self: {
            "CacheParameterGroupName": self.cache_parameter_group_name,
            "ParameterApplyStatus": "in-sync",
            "CacheNodeIdsToReboot": [],
        }
    )


@wraps(ElastiCacheResponse, "create_cache_cluster", "elasticache")
def cache_cluster_parameters_are_checked(original: Original, self: ElastiCacheResponse) -> Any:
    """API_CreateCacheCluster EngineVersion, CacheSubnetGroupName, CacheParameterGroupName: moto
    takes any."""
    call = call_of(self)
    bury(call.backend)
    if (call.params.get("Engine") or "redis") in cache_catalog.ENGINES:
        check_engine(call.params)
    check_groups(call.backend, call.params)
    return original(self)


@wraps(ElastiCacheResponse, "describe_cache_clusters", "elasticache")
def describing_cache_clusters_is_a_tick(original: Original, self: ElastiCacheResponse) -> Any:
    """API_DescribeCacheClusters ShowCacheNodeInfo, ShowCacheClustersNotInReplicationGroups: nodes
    are answered if asked for only; a cluster that is gone answers CacheClusterNotFound."""
    call = call_of(self)
    name, seen = call.params.get("CacheClusterId"), set[int]()
    for cluster in call.backend.cache_clusters.values():
        cluster._cam_show_nodes = bool(call.params.get("ShowCacheNodeInfo"))
        state = state_of(cluster)
        if name in (None, cluster.cache_cluster_id) and id(state) not in seen:
            seen.add(id(state))
            state.look()
    bury(call.backend)
    answer = original(self)
    if call.params.get("ShowCacheClustersNotInReplicationGroups"):
        answer._result["CacheClusters"] = [
            one for one in answer._result["CacheClusters"] if not hasattr(one, "_cam_group")
        ]
    return answer


@wraps(ElastiCacheResponse, "delete_cache_cluster", "elasticache")
def cache_cluster_goes(original: Original, self: ElastiCacheResponse) -> Any:
    """API_DeleteCacheCluster InvalidCacheClusterState: not for one that is being deleted; moto's is
    deleting for ever."""
    call = call_of(self)
    bury(call.backend)
    cluster = call.backend.cache_clusters.get(call.params["CacheClusterId"])
    if cluster and state_of(cluster).shown == "deleting":
        raise refuse("InvalidCacheClusterState", "Cache cluster is already being deleted.")
    if cluster and hasattr(cluster, "_cam_group"):
        raise refuse("InvalidCacheClusterState", "Cache cluster is a member of a group.")
    return original(self)


@answers(ElastiCacheResponse, "ModifyCacheCluster")
def modify_cache_cluster(call: Call) -> dict[str, Any]:
    """API_ModifyCacheCluster: version, security groups, parameter group, windows, node type."""
    bury(call.backend)
    [cluster] = call.backend.describe_cache_clusters(call.params["CacheClusterId"])
    if state_of(cluster).shown != "available":
        raise refuse("InvalidCacheClusterState", "The cache cluster is not available.")
    check_groups(call.backend, call.params)
    change(cluster, call.params)
    cluster._cam_state.enter("modifying")
    return {"CacheCluster": cluster}


def change(cluster: Any, asked: dict[str, Any]) -> None:
    """What ModifyCacheCluster and ModifyReplicationGroup change of a cluster."""
    if version := asked.get("EngineVersion"):
        engine = asked.get("Engine") or cluster.engine
        new = cache_catalog.resolve(engine, version)
        same = engine == cluster.engine
        if not new or (
            same and cache_catalog.order(new) < cache_catalog.order(cluster.engine_version)
        ):
            raise refuse(
                "InvalidParameterCombination",
                f"Cannot change {cluster.engine} {cluster.engine_version} to {engine} {version}",
            )
        cluster.engine, cluster.engine_version = engine, new
    names = {
        "SecurityGroupIds": "security_group_ids",
        "CacheParameterGroupName": "cache_parameter_group_name",
        "PreferredMaintenanceWindow": "preferred_maintenance_window",
        "SnapshotRetentionLimit": "snapshot_retention_limit",
        "SnapshotWindow": "snapshot_window",
        "CacheNodeType": "cache_node_type",
        "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
        "NotificationTopicArn": "notification_topic_arn",
        "NumCacheNodes": "num_cache_nodes",
    }
    for name, attribute in names.items():
        if name in asked:
            setattr(cluster, attribute, asked[name])


@answers(ElastiCacheResponse, "DescribeCacheEngineVersions")
def describe_cache_engine_versions(call: Call) -> dict[str, Any]:
    """API_DescribeCacheEngineVersions: by engine, version and family."""
    asked = call.params
    found = [
        {
            "Engine": engine, "EngineVersion": version,
            "CacheParameterGroupFamily": cache_catalog.family(engine, version),
            "CacheEngineDescription": engine.capitalize(),
            "CacheEngineVersionDescription": f"{engine} version {version}",
        }
        for engine, about in cache_catalog.ENGINES.items()
        for version in about["versions"]
        if asked.get("Engine") in (None, engine)
        and f"{version}.".startswith(f"{asked.get('EngineVersion') or version}.")
        and asked.get("CacheParameterGroupFamily")
        in (None, cache_catalog.family(engine, version))
        and (not asked.get("DefaultOnly") or version == about["versions"][-1])
    ]  # fmt: skip
    return {"CacheEngineVersions": found}
