# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which variable of ours says what an attribute of somebody else's resource says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource

CLUSTER: Final = "aws_eks_cluster"
NODES: Final = "aws_eks_node_group"
DATABASE: Final = "aws_db_instance"
CACHE: Final = "aws_elasticache_replication_group"


def _as_it_is(value: Any) -> Any:
    return value


def _major(value: Any) -> str:
    return str(value).partition(".")[0]


def _minor(value: Any) -> str:
    return ".".join(str(value).split(".")[:2])


@dataclass(frozen=True)
class Field:
    """`ask`: what AWS answers with where the file does not tell it; none: the default will do."""

    variable: str
    path: str
    ask: str = ""
    form: Callable[[Any], Any] = _as_it_is


@dataclass(frozen=True)
class Part:
    """A part of a mesh that the file may hold. `ours`: how the seed's template begins its name."""

    kind: str
    title: str
    ours: str
    name: Field
    fields: tuple[Field, ...]
    command: str
    always: Mapping[str, Any]

    def name_of(self, resource: Resource) -> str:
        return resource.text(self.name.path)

    def command_of(self, resource: Resource, cluster: str) -> str:
        """What asks AWS for it."""
        return self.command.format(name=self.name_of(resource), cluster=cluster)


def _vpc(variable: str, attribute: str, ask: str = "") -> Field:
    query = f"cluster.resourcesVpcConfig.{ask}" if ask else ""
    return Field(f"cam_cluster_aws_{variable}", f"vpc_config.0.{attribute}", query)


PARTS: Final = (
    Part(
        CLUSTER, "EKS cluster", "cam-cluster-", Field("cam_cluster_aws_name", "name"),
        (
            Field("cam_cluster_aws_version", "version", "cluster.version", _minor),
            Field("cam_cluster_aws_role_arn", "role_arn", "cluster.roleArn"),
            _vpc("endpoint_private", "endpoint_private_access", "endpointPrivateAccess"),
            _vpc("endpoint_public", "endpoint_public_access", "endpointPublicAccess"),
            _vpc("public_access_cidrs", "public_access_cidrs", "publicAccessCidrs"),
            Field("cam_cluster_aws_kms_key_arn", "encryption_config.0.provider.0.key_arn"),
            Field("cam_cluster_aws_deletion_protection", "deletion_protection"),
        ),
        "aws eks describe-cluster --name {name}",
        {"cam_cluster_provider": "aws", "cam_cluster_aws_adopt": True},
    ),
    Part(
        NODES, "node group", "cam-nodes-", Field("cam_cluster_aws_node_name", "node_group_name"),
        (
            Field("cam_cluster_aws_node_role_arn", "node_role_arn", "nodegroup.nodeRole"),
            Field("cam_cluster_aws_instance_types", "instance_types", "nodegroup.instanceTypes"),
            Field("cam_cluster_aws_capacity", "capacity_type", "", lambda one: str(one).lower()),
            Field("cam_cluster_aws_min_nodes", "scaling_config.0.min_size",
                  "nodegroup.scalingConfig.minSize"),
            Field("cam_cluster_aws_nodes", "scaling_config.0.desired_size",
                  "nodegroup.scalingConfig.desiredSize"),
            Field("cam_cluster_aws_max_nodes", "scaling_config.0.max_size",
                  "nodegroup.scalingConfig.maxSize"),
            Field("cam_cluster_aws_node_labels", "labels"),
        ),
        "aws eks describe-nodegroup --cluster-name {cluster} --nodegroup-name {name}",
        {},
    ),
    Part(
        DATABASE, "database", "cam-db-", Field("cam_database_aws_name", "identifier"),
        (
            Field("cam_database_name", "db_name", "DBInstances[0].DBName"),
            Field("cam_database_username", "username", "DBInstances[0].MasterUsername"),
            Field("cam_database_port", "port"),
            Field("cam_database_aws_version", "engine_version",
                  "DBInstances[0].EngineVersion", _major),
            Field("cam_database_aws_instance_class", "instance_class",
                  "DBInstances[0].DBInstanceClass"),
            Field("cam_database_storage_gib", "allocated_storage",
                  "DBInstances[0].AllocatedStorage"),
            Field("cam_database_aws_max_storage_gib", "max_allocated_storage",
                  "DBInstances[0].MaxAllocatedStorage"),
            Field("cam_database_aws_storage_type", "storage_type", "DBInstances[0].StorageType"),
            Field("cam_database_aws_kms_key_arn", "kms_key_id", "DBInstances[0].KmsKeyId"),
            Field("cam_database_aws_backup_retention_days", "backup_retention_period",
                  "DBInstances[0].BackupRetentionPeriod"),
            Field("cam_database_aws_backup_window", "backup_window",
                  "DBInstances[0].PreferredBackupWindow"),
            Field("cam_database_aws_maintenance_window", "maintenance_window",
                  "DBInstances[0].PreferredMaintenanceWindow"),
            Field("cam_database_aws_multi_az", "multi_az", "DBInstances[0].MultiAZ"),
            Field("cam_database_aws_deletion_protection", "deletion_protection",
                  "DBInstances[0].DeletionProtection"),
            Field("cam_database_aws_security_group_ids", "vpc_security_group_ids",
                  "DBInstances[0].VpcSecurityGroups[].VpcSecurityGroupId"),
            Field("cam_database_aws_parameter_group", "parameter_group_name",
                  "DBInstances[0].DBParameterGroups[0].DBParameterGroupName"),
        ),
        "aws rds describe-db-instances --db-instance-identifier {name}",
        {"cam_database_provider": "aws", "cam_database_aws_adopt": True},
    ),
    Part(
        CACHE, "cache", "cam-cache-", Field("cam_cache_aws_name", "replication_group_id"),
        (
            Field("cam_cache_port", "port"),
            Field("cam_cache_aws_engine", "engine", "ReplicationGroups[0].Engine"),
            Field("cam_cache_aws_version", "engine_version", "", _minor),
            Field("cam_cache_aws_node_type", "node_type", "ReplicationGroups[0].CacheNodeType"),
            Field("cam_cache_aws_nodes", "num_cache_clusters",
                  "length(ReplicationGroups[0].MemberClusters)"),
            Field("cam_cache_aws_kms_key_arn", "kms_key_id", "ReplicationGroups[0].KmsKeyId"),
            Field("cam_cache_aws_snapshot_retention_days", "snapshot_retention_limit",
                  "ReplicationGroups[0].SnapshotRetentionLimit"),
            Field("cam_cache_aws_snapshot_window", "snapshot_window",
                  "ReplicationGroups[0].SnapshotWindow"),
            Field("cam_cache_aws_maintenance_window", "maintenance_window"),
            Field("cam_cache_aws_security_group_ids", "security_group_ids"),
        ),
        "aws elasticache describe-replication-groups --replication-group-id {name}",
        {"cam_cache_provider": "aws", "cam_cache_aws_adopt": True},
    ),
)  # fmt: skip
