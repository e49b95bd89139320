"""EKS access entries and access policies, which moto does not have."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

# Fixes wrap in the order of the imports: these go first, closer to moto.
from doubles.aws import fixes_eks_cluster, fixes_eks_nodegroup  # noqa: F401
from doubles.aws.access import principal
from doubles.aws.eks_common import active_cluster_of, cluster_of, not_found, page
from doubles.aws.errors import refuse
from doubles.aws.registry import Call, answers, call_of, wraps
from moto.core.utils import utcnow
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse
from moto.iam.models import iam_backends

POLICY = "arn:aws:eks::aws:cluster-access-policy/"
POLICIES = (
    "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy", "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy", "AmazonEKSViewPolicy",
)  # fmt: skip
TYPES = ("STANDARD", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "EC2", "HYBRID_LINUX")


class AccessEntry:
    """AccessEntry of the API reference, with the policies that are associated with it."""

    def __init__(self, call: Call, cluster: Cluster, arn: str, asked: dict[str, Any]) -> None:
        self.cluster, self.principal = cluster, arn
        kind, _, name = arn.rpartition(":")[2].partition("/")
        where = f"access-entry/{cluster.name}/{kind}/{call.account}/{name}/{uuid.uuid4()}"
        self.arn = call.arn("eks", where)
        self.type = asked.get("type") or "STANDARD"
        self.groups = list(asked.get("kubernetesGroups", []))
        self.username = asked.get("username") or self.default_username(kind, name, call.account)
        if self.type != "STANDARD":
            self.username, self.groups = "system:node:{{EC2PrivateDNSName}}", ["system:nodes"]
        self.tags = dict(asked.get("tags", {}))
        self.policies: dict[str, dict[str, Any]] = {}
        self.created_at = self.modified_at = utcnow()

    def default_username(self, kind: str, name: str, account: str) -> str:
        if kind == "user":
            return self.principal
        short = name.rpartition("/")[2]
        return f"arn:aws:sts::{account}:assumed-role/{short}/{{{{SessionName}}}}"

    def answer(self) -> dict[str, Any]:
        return {
            "clusterName": self.cluster.name, "principalArn": self.principal,
            "kubernetesGroups": self.groups, "accessEntryArn": self.arn, "type": self.type,
            "createdAt": self.created_at, "modifiedAt": self.modified_at, "tags": self.tags,
            "username": self.username,
        }  # fmt: skip

    def associate(self, policy: str, scope: dict[str, Any]) -> dict[str, Any]:
        """AssociatedAccessPolicy; a second time it only changes the scope."""
        now = utcnow()
        old = self.policies.get(policy, {"associatedAt": now})
        self.policies[policy] = {
            "policyArn": policy, "accessScope": {"namespaces": [], **scope},
            "associatedAt": old["associatedAt"], "modifiedAt": now,
        }  # fmt: skip
        return self.policies[policy]


def of(cluster: Cluster) -> dict[str, AccessEntry]:
    if "_cam_access_entries" not in vars(cluster):
        cluster._cam_access_entries = {}  # type: ignore[attr-defined]
    found: dict[str, AccessEntry] = cluster._cam_access_entries  # type: ignore[attr-defined]
    return found


def by_api(cluster: Cluster) -> bool:
    return str(cluster.access_config["authenticationMode"]) != "CONFIG_MAP"  # type: ignore[attr-defined]


def entries_of(call: Call) -> dict[str, AccessEntry]:
    """The entries; InvalidRequestException while the cluster goes by its ConfigMap alone."""
    cluster = cluster_of(call)
    if not by_api(cluster):
        raise refuse(
            "InvalidRequestException",
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to "
            "perform this operation.",
        )
    return of(cluster)


def entry_of(call: Call) -> AccessEntry:
    entries, arn = entries_of(call), call.params["principalArn"]
    if arn not in entries:
        raise not_found(
            "The specified principalArn could not be found. You can view your available access "
            "entries with 'list-access-entries'."
        )
    return entries[arn]


def check_groups(groups: list[str]) -> None:
    for group in groups:
        if group.startswith("system:"):
            raise refuse(
                "InvalidParameterException",
                f"The kubernetes group name {group} is invalid, it cannot start with system:",
            )


def check_principal(account: str, arn: str) -> None:
    backend = iam_backends[account]["aws"]
    known = [*backend.roles.values(), *backend.users.values()]
    if arn not in [one.arn for one in known]:
        raise refuse(
            "InvalidParameterException",
            "The specified principalArn is invalid: invalid principal.",
        )


@answers(EKSResponse, "CreateAccessEntry")
def create_access_entry(call: Call) -> dict[str, Any]:
    """API_CreateAccessEntry: one a principal, which exists; groups do not begin with system:."""
    entries, arn = entries_of(call), call.params["principalArn"]
    check_groups(call.params.get("kubernetesGroups", []))
    check_principal(call.account, arn)
    if arn in entries:
        raise refuse(
            "ResourceInUseException",
            "The specified access entry resource is already in use on this cluster.",
        )
    if call.params.get("type", "STANDARD") not in TYPES:
        raise refuse("InvalidParameterException", "The specified type is invalid.")
    entries[arn] = AccessEntry(call, active_cluster_of(call), arn, call.params)
    return {"accessEntry": entries[arn].answer()}


@answers(EKSResponse, "DescribeAccessEntry")
def describe_access_entry(call: Call) -> dict[str, Any]:
    """API_DescribeAccessEntry."""
    return {"accessEntry": entry_of(call).answer()}


@answers(EKSResponse, "ListAccessEntries")
def list_access_entries(call: Call) -> dict[str, Any]:
    """API_ListAccessEntries: the ARNs of the principals, by associatedPolicyArn if given."""
    policy = call.params.get("associatedPolicyArn")
    entries = entries_of(call)
    found = [arn for arn, one in entries.items() if not policy or policy in one.policies]
    return page(call, "accessEntries", sorted(found))


@answers(EKSResponse, "UpdateAccessEntry")
def update_access_entry(call: Call) -> dict[str, Any]:
    """API_UpdateAccessEntry: groups and user name, of type STANDARD."""
    entry = entry_of(call)
    if entry.type != "STANDARD":
        raise refuse("InvalidRequestException", f"An entry of type {entry.type} cannot be updated.")
    check_groups(call.params.get("kubernetesGroups", []))
    entry.groups = list(call.params.get("kubernetesGroups", entry.groups))
    entry.username = call.params.get("username", entry.username)
    entry.modified_at = utcnow()
    return {"accessEntry": entry.answer()}


@answers(EKSResponse, "DeleteAccessEntry")
def delete_access_entry(call: Call) -> dict[str, Any]:
    """API_DeleteAccessEntry: its policies go with it."""
    del of(cluster_of(call))[entry_of(call).principal]
    return {}


@answers(EKSResponse, "AssociateAccessPolicy")
def associate_access_policy(call: Call) -> dict[str, Any]:
    """API_AssociateAccessPolicy: a policy of ListAccessPolicies, for the cluster or namespaces."""
    entry, policy, scope = entry_of(call), call.params["policyArn"], call.params["accessScope"]
    if policy.removeprefix(POLICY) not in POLICIES:
        raise refuse("InvalidParameterException", "The policyArn parameter format is not valid")
    if entry.type != "STANDARD":
        raise refuse(
            "InvalidRequestException", "Policies are associated with entries of type STANDARD only."
        )
    if (scope["type"] == "namespace") != bool(scope.get("namespaces")):
        raise refuse(
            "InvalidParameterException",
            "The access scope must name namespaces if its type is namespace, and only then",
        )
    return {
        "clusterName": entry.cluster.name, "principalArn": entry.principal,
        "associatedAccessPolicy": entry.associate(policy, scope),
    }  # fmt: skip


@answers(EKSResponse, "DisassociateAccessPolicy")
def disassociate_access_policy(call: Call) -> dict[str, Any]:
    """API_DisassociateAccessPolicy."""
    entry, policy = entry_of(call), call.params["policyArn"]
    if policy not in entry.policies:
        raise not_found("The specified policyArn could not be found on the access entry.")
    del entry.policies[policy]
    return {}


@answers(EKSResponse, "ListAssociatedAccessPolicies")
def list_associated_access_policies(call: Call) -> dict[str, Any]:
    """API_ListAssociatedAccessPolicies."""
    entry = entry_of(call)
    found = page(call, "associatedAccessPolicies", list(entry.policies.values()))
    return {"clusterName": entry.cluster.name, "principalArn": entry.principal, **found}


@answers(EKSResponse, "ListAccessPolicies")
def list_access_policies(call: Call) -> dict[str, Any]:
    """API_ListAccessPolicies: those for people; AWS has more, for its own agents."""
    return page(call, "accessPolicies", [{"name": n, "arn": f"{POLICY}{n}"} for n in POLICIES])


@wraps(EKSResponse, "create_cluster", "eks")
def the_creator_may_enter(original: Callable[..., Any], self: EKSResponse) -> Any:
    """API_CreateAccessConfigRequest bootstrapClusterCreatorAdminPermissions: who creates a cluster
    is its administrator by an access entry, unless that is switched off."""
    answer, call = original(self), call_of(self)
    cluster = answer.result["cluster"]
    creator = principal(self.access_key)
    if creator and cluster.access_config["bootstrapClusterCreatorAdminPermissions"]:
        entry = of(cluster)[creator] = AccessEntry(call, cluster, creator, {})
        entry.associate(f"{POLICY}AmazonEKSClusterAdminPolicy", {"type": "cluster"})
    return answer


@wraps(EKSResponse, "create_nodegroup", "eks")
def the_nodes_may_enter(original: Callable[..., Any], self: EKSResponse) -> Any:
    """API_CreateAccessEntry type: for the role of a managed node group EKS itself makes an entry of
    type EC2_LINUX."""
    answer, call = original(self), call_of(self)
    cluster, arn = cluster_of(call), call.params["nodeRole"]
    if by_api(cluster) and arn not in of(cluster):
        of(cluster)[arn] = AccessEntry(call, cluster, arn, {"type": "EC2_LINUX"})
    return answer
