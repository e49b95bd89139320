"""Pod identity associations as the double keeps them, for the add-ons that own some too."""

from __future__ import annotations

import secrets
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.fixes_eks_cluster import require_role
from doubles.aws.registry import Call
from moto.core.utils import utcnow
from moto.eks.models import Cluster


class PodIdentity:
    """PodIdentityAssociation of the API reference. `owner`: ARN of the add-on it is of."""

    def __init__(self, call: Call, cluster: Cluster, asked: dict[str, Any], owner: str) -> None:
        self.cluster, self.owner = cluster, owner
        self.id = f"a-{secrets.token_hex(9)[:17]}"
        self.arn = call.arn("eks", f"podidentityassociation/{cluster.name}/{self.id}")
        self.namespace, self.service_account = asked["namespace"], asked["serviceAccount"]
        self.role = asked["roleArn"]
        self.target_role = asked.get("targetRoleArn")
        self.disable_session_tags = bool(asked.get("disableSessionTags"))
        self.tags = dict(asked.get("tags", {}))
        self.created_at = self.modified_at = utcnow()

    @classmethod
    def make(
        cls, call: Call, cluster: Cluster, asked: dict[str, Any], owner: str = ""
    ) -> PodIdentity:
        """One a service account; ResourceInUseException for a second."""
        require_role(call.account, asked["roleArn"], "pods.eks.amazonaws.com")
        for one in kept(cluster).values():
            if (one.namespace, one.service_account) == (
                asked["namespace"],
                asked["serviceAccount"],
            ):
                raise refuse("ResourceInUseException", f"Association already exists: {one.id}")
        made = cls(call, cluster, asked, owner)
        kept(cluster)[made.id] = made
        return made

    def summary(self) -> dict[str, Any]:
        """PodIdentityAssociationSummary."""
        summary = {
            "clusterName": self.cluster.name, "namespace": self.namespace,
            "serviceAccount": self.service_account, "associationArn": self.arn,
            "associationId": self.id,
        }  # fmt: skip
        return summary | ({"ownerArn": self.owner} if self.owner else {})

    def answer(self) -> dict[str, Any]:
        answer = {
            **self.summary(), "roleArn": self.role, "tags": self.tags,
            "createdAt": self.created_at, "modifiedAt": self.modified_at,
            "disableSessionTags": self.disable_session_tags,
        }  # fmt: skip
        return answer | ({"targetRoleArn": self.target_role} if self.target_role else {})


def kept(cluster: Cluster) -> dict[str, PodIdentity]:
    if "_cam_pod_identities" not in vars(cluster):
        cluster._cam_pod_identities = {}  # type: ignore[attr-defined]
    found: dict[str, PodIdentity] = cluster._cam_pod_identities  # type: ignore[attr-defined]
    return found


def own(cluster: Cluster, owner: str) -> list[PodIdentity]:
    return [one for one in kept(cluster).values() if one.owner == owner]
