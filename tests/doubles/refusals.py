"""What EKS and ElastiCache refuse of that which moto lacks, in the same words for any stand-in."""

from __future__ import annotations

from collections.abc import Iterator

from doubles.probes.base import Account, told

VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
NOBODY = "arn:aws:iam::123456789012:role/nobody"


def refusals(account: Account) -> Iterator[tuple[str, str]]:
    """What was tried, and the code of the error."""
    eks, cache = account.client("eks"), account.client("elasticache")
    cluster = {"clusterName": account.active(accessConfig={"authenticationMode": "API"})}
    addon = {**cluster, "addonName": "coredns"}
    entry = {**cluster, "principalArn": account.role("ec2.amazonaws.com")}
    role = account.role("pods.eks.amazonaws.com")
    identity = {**cluster, "namespace": "cam", "serviceAccount": "cam", "roleArn": role}
    eks.create_addon(**addon)
    eks.create_access_entry(**entry)
    eks.create_pod_identity_association(**identity)
    yield "add-on twice", told(eks.create_addon, **addon)
    yield "entry twice", told(eks.create_access_entry, **entry)
    yield "identity twice", told(eks.create_pod_identity_association, **identity)
    for name in ("describe_addon", "update_addon", "delete_addon"):
        call = getattr(eks, name)
        yield f"{name} of none", told(call, **cluster, addonName="kube-proxy")
        yield f"{name} of no cluster", told(call, clusterName="none", addonName="coredns")
    yield "add-on for no cluster", told(eks.create_addon, clusterName="none", addonName="coredns")
    nobody = {**cluster, "principalArn": NOBODY}
    for name in ("describe_access_entry", "update_access_entry", "delete_access_entry",
                 "list_associated_access_policies"):  # fmt: skip
        yield f"{name} of nobody", told(getattr(eks, name), **nobody)
    policy = {"policyArn": VIEW, "accessScope": {"type": "cluster"}}
    yield "policy for nobody", told(eks.associate_access_policy, **nobody, **policy)
    not_given = {**entry, "policyArn": VIEW}
    yield "policy not given", told(eks.disassociate_access_policy, **not_given)
    for name in ("describe", "update", "delete"):
        call = getattr(eks, f"{name}_pod_identity_association")
        yield f"{name} no identity", told(call, **cluster, associationId="a-none")
    none = {"CacheParameterGroupName": "none"}
    yield "no parameter group", told(cache.describe_cache_parameter_groups, **none)
    none = {"CacheSubnetGroupName": "none"}
    yield "no subnet group", told(cache.delete_cache_subnet_group, **none)
    more = {"ReplicationGroupId": "none", "NewReplicaCount": 2, "ApplyImmediately": True}
    yield "no replication group", told(cache.increase_replica_count, **more)
