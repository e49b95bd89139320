"""EKS pod identity associations, which moto does not have."""

from __future__ import annotations

from typing import Any

from doubles.aws.eks_common import active_cluster_of, cluster_of, not_found, page
from doubles.aws.fixes_eks_cluster import require_role
from doubles.aws.pod_identities import PodIdentity, kept
from doubles.aws.registry import Call, answers
from moto.core.utils import utcnow
from moto.eks.responses import EKSResponse


def association_of(call: Call) -> PodIdentity:
    found, number = kept(cluster_of(call)), call.params["associationId"]
    if number not in found:
        raise not_found(f"Association not found: {number}")
    return found[number]


@answers(EKSResponse, "CreatePodIdentityAssociation")
def create_pod_identity_association(call: Call) -> dict[str, Any]:
    """API_CreatePodIdentityAssociation: the role trusts pods.eks.amazonaws.com."""
    return {"association": PodIdentity.make(call, active_cluster_of(call), call.params).answer()}


@answers(EKSResponse, "DescribePodIdentityAssociation")
def describe_pod_identity_association(call: Call) -> dict[str, Any]:
    """API_DescribePodIdentityAssociation."""
    return {"association": association_of(call).answer()}


@answers(EKSResponse, "ListPodIdentityAssociations")
def list_pod_identity_associations(call: Call) -> dict[str, Any]:
    """API_ListPodIdentityAssociations: by namespace and serviceAccount; without roles."""
    namespace, account = call.params.get("namespace"), call.params.get("serviceAccount")
    found = [
        one.summary()
        for one in kept(cluster_of(call)).values()
        if namespace in (None, one.namespace) and account in (None, one.service_account)
    ]
    return page(call, "associations", found)


@answers(EKSResponse, "UpdatePodIdentityAssociation")
def update_pod_identity_association(call: Call) -> dict[str, Any]:
    """API_UpdatePodIdentityAssociation: the role; namespace and account cannot be changed."""
    association = association_of(call)
    if role := call.params.get("roleArn"):
        require_role(call.account, role, "pods.eks.amazonaws.com")
        association.role = role
    if "targetRoleArn" in call.params:
        association.target_role = call.params["targetRoleArn"]
    if "disableSessionTags" in call.params:
        association.disable_session_tags = call.params["disableSessionTags"]
    association.modified_at = utcnow()
    return {"association": association.answer()}


@answers(EKSResponse, "DeletePodIdentityAssociation")
def delete_pod_identity_association(call: Call) -> dict[str, Any]:
    """API_DeletePodIdentityAssociation: answers what is gone."""
    association = association_of(call)
    del kept(association.cluster)[association.id]
    return {"association": association.answer()}
