"""Tours through the answers of the double: each calls one after the other what belongs together."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from doubles.probes.base import Account
from moto.core.utils import camelcase_to_underscores

Answer = tuple[str, str, Any]
Tour = Callable[[Account], Iterator[Answer]]
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def caller(account: Account, service: str) -> Callable[..., Answer]:
    def call(operation: str, **values: Any) -> Answer:
        method = getattr(account.client(service), camelcase_to_underscores(operation))
        return service, operation, method(**values)

    return call


def clusters(account: Account) -> Iterator[Answer]:
    call, name = caller(account, "eks"), account.active(version="1.33")
    group = account.nodegroup(name)["nodegroupName"]
    account.client("eks").describe_nodegroup(clusterName=name, nodegroupName=group)
    yield call("DescribeClusterVersions")
    yield (update := call("UpdateClusterVersion", name=name, version="1.34"))
    yield call("DescribeUpdate", name=name, updateId=update[2]["update"]["id"])
    yield call("ListUpdates", name=name)
    yield call("UpdateNodegroupVersion", clusterName=name, nodegroupName=group)
    key = {"resources": ["secrets"], "provider": {"keyArn": "arn:aws:kms:::key/1"}}
    yield call("AssociateEncryptionConfig", clusterName=name, encryptionConfig=[key])


def addons(account: Account) -> Iterator[Answer]:
    call, name = caller(account, "eks"), account.active(version="1.34")
    named = {"clusterName": name, "addonName": "vpc-cni"}
    role = account.role("pods.eks.amazonaws.com")
    yield call("DescribeAddonVersions", addonName="vpc-cni", kubernetesVersion="1.34")
    newest = "v1.21.1-eksbuild.1"
    yield call("DescribeAddonConfiguration", addonName="vpc-cni", addonVersion=newest)
    identity = [{"serviceAccount": "aws-node", "roleArn": role}]
    yield call("CreateAddon", **named, podIdentityAssociations=identity)
    yield call("DescribeAddon", **named)
    yield call("ListAddons", clusterName=name)
    yield call("UpdateAddon", **named, addonVersion=newest)
    yield call("DeleteAddon", **named)


def entries(account: Account) -> Iterator[Answer]:
    call = caller(account, "eks")
    name = account.active(accessConfig={"authenticationMode": "API"})
    named = {"clusterName": name, "principalArn": account.role("ec2.amazonaws.com")}
    policy = {**named, "policyArn": VIEW}
    yield call("ListAccessPolicies")
    yield call("CreateAccessEntry", **named)
    yield call("DescribeAccessEntry", **named)
    yield call("ListAccessEntries", clusterName=name)
    yield call("UpdateAccessEntry", **named, kubernetesGroups=["viewers"])
    yield call("AssociateAccessPolicy", **policy, accessScope={"type": "cluster"})
    yield call("ListAssociatedAccessPolicies", **named)
    yield call("DisassociateAccessPolicy", **policy)
    yield call("DeleteAccessEntry", **named)


def identities(account: Account) -> Iterator[Answer]:
    call, name = caller(account, "eks"), account.active()
    role = account.role("pods.eks.amazonaws.com")
    make = functools.partial(call, "CreatePodIdentityAssociation", clusterName=name, roleArn=role)
    yield (made := make(namespace="cam", serviceAccount="cam"))
    named = {"clusterName": name, "associationId": made[2]["association"]["associationId"]}
    yield call("DescribePodIdentityAssociation", **named)
    yield call("ListPodIdentityAssociations", clusterName=name)
    yield call("UpdatePodIdentityAssociation", **named, roleArn=role)
    yield call("DeletePodIdentityAssociation", **named)


def databases(account: Account) -> Iterator[Answer]:
    call, named = caller(account, "rds"), {"DBParameterGroupName": account.name()}
    account.client("rds").create_db_parameter_group(
        **named, DBParameterGroupFamily="postgres16", Description="tour"
    )
    yield call("DescribeDBEngineVersions", Engine="postgres", EngineVersion="16")
    yield call("ResetDBParameterGroup", **named, ResetAllParameters=True)


def templates(account: Account) -> Iterator[Answer]:
    call, named = caller(account, "ec2"), {"LaunchTemplateName": account.name()}
    data = {"LaunchTemplateData": {"InstanceType": "t3.large"}}
    account.client("ec2").create_launch_template(**named, **data)
    account.client("ec2").create_launch_template_version(**named, **data)
    yield call("DeleteLaunchTemplateVersions", **named, Versions=["1", "2"])


def caches(account: Account) -> Iterator[Answer]:
    call, cache = caller(account, "elasticache"), account.client("elasticache")
    subnets, parameters = account.name(), account.name()
    cache.create_cache_subnet_group(
        CacheSubnetGroupName=subnets, CacheSubnetGroupDescription="tour", SubnetIds=account.subnets
    )
    named = {"CacheParameterGroupName": parameters}
    setting = {"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}
    yield call("DescribeCacheEngineVersions", Engine="redis")
    yield call("ModifyCacheSubnetGroup", CacheSubnetGroupName=subnets)
    yield call(
        "CreateCacheParameterGroup", **named, CacheParameterGroupFamily="redis7", Description="tour"
    )
    yield call("DescribeCacheParameterGroups", **named)
    yield call("ModifyCacheParameterGroup", **named, ParameterNameValues=[setting])
    yield call("DescribeCacheParameters", **named, Source="user")
    yield call("ResetCacheParameterGroup", **named, ResetAllParameters=True)
    yield call("DeleteCacheParameterGroup", **named)
    yield call("DeleteCacheSubnetGroup", CacheSubnetGroupName=subnets)


def nodes(account: Account) -> Iterator[Answer]:
    call, cache = caller(account, "elasticache"), account.client("elasticache")
    named = {"ReplicationGroupId": account.group()["ReplicationGroupId"]}
    cache.describe_replication_groups(**named)
    yield call("IncreaseReplicaCount", **named, NewReplicaCount=2, ApplyImmediately=True)
    cache.describe_replication_groups(**named)
    yield call("DecreaseReplicaCount", **named, NewReplicaCount=1, ApplyImmediately=True)
    single = {"CacheClusterId": account.name()}
    cache.create_cache_cluster(
        **single, Engine="redis", CacheNodeType="cache.t4g.micro", NumCacheNodes=1
    )
    cache.describe_cache_clusters(**single)
    yield call("ModifyCacheCluster", **single, SecurityGroupIds=["sg-1"])


TOURS: tuple[Tour, ...] = (
    clusters, addons, entries, identities, databases, templates, caches, nodes,
)  # fmt: skip
