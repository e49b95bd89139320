# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles, the key and the log group that a cluster on AWS is to have, from the options alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils import _aws_policies
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

# Days that CloudWatch takes (PutRetentionPolicy, `retentionInDays`) and its stock module knows.
LOG_DAYS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653,
)  # fmt: skip
IDENTITY_SPEC: dict[str, Any] = {
    "cluster": {"type": "str", "required": True},
    "suffix": {"type": "str"},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "allow": {"type": "list", "elements": "str", "default": []},
    "cluster_role_arn": {"type": "str"},
    "node_role_arn": {"type": "str"},
    "autoscaler": {"type": "bool", "default": True},
    "load_balancer": {"type": "bool", "default": False},
    "boundary_arn": {"type": "str"},
    "kms": {"type": "bool", "default": True},
    "kms_key_arn": {"type": "str", "no_log": False},
    "log_days": {"type": "int", "choices": list(LOG_DAYS), "default": 90},
}
# Each role of ours begins with it, which is how a removal finds those of another configuration.
PREFIX: Final = "cam-eks-"
# What the pods of the cluster run as, who may take their roles, and what AWS wrote for them.
PODS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "cni": ("kube-system", "aws-node", ("AmazonEKS_CNI_Policy",)),
    "ebs-csi": (
        "kube-system",
        "ebs-csi-controller-sa",
        ("service-role/AmazonEBSCSIDriverPolicy",),
    ),
    "autoscaler": ("kube-system", "cluster-autoscaler", ()),
    "load-balancer": ("kube-system", "aws-load-balancer-controller", ()),
}
# Nodes read the cluster and pull images; what pods need is on the pods' own roles.
NODE_POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
DESCRIPTIONS: Final = {
    "cluster": "Control plane of the EKS cluster",
    "nodes": "Nodes of the EKS cluster",
    "cni": "Network plugin of the EKS cluster",
    "ebs-csi": "Volumes of the EKS cluster",
    "autoscaler": "Cluster Autoscaler of the EKS cluster",
    "load-balancer": "AWS Load Balancer Controller of the EKS cluster",
}


@dataclass(frozen=True)
class Place:
    """Where the account is: an ARN needs all three."""

    partition: str
    region: str
    account: str

    def iam(self, rest: str) -> str:
        return f"arn:{self.partition}:iam::{self.account}:{rest}"


@dataclass(frozen=True)
class Role:
    """A role, and the policy that is written for it alone, if AWS has none."""

    thing: str
    name: str
    trust: dict[str, Any]
    managed: tuple[str, ...]
    own: dict[str, Any] | None = None

    @property
    def description(self) -> str:
        return DESCRIPTIONS[self.thing]

    def policies(self, place: Place) -> list[str]:
        """ARNs of what is to be attached."""
        aws = [f"arn:{place.partition}:iam::aws:policy/{one}" for one in self.managed]
        return [*aws, place.iam(f"policy/{self.name}")] if self.own else aws


@dataclass(frozen=True)
class Identity:
    """All of it as wished; checked when it is made."""

    owner: Owner
    suffix: str
    params: Params

    @classmethod
    def of(cls, params: Params) -> Identity:
        owner = Owner(params["environment"], params["cluster"])
        owner.with_tags(params["tags"])
        for option in ("cluster_role_arn", "node_role_arn", "kms_key_arn", "boundary_arn"):
            if params[option] and not params[option].startswith("arn:"):
                raise CamError(
                    f"`{option}` is {params[option]!r}, which is no ARN. It looks like "
                    "arn:aws:iam::123456789012:role/name."
                )
        return cls(owner, params["suffix"] or params["environment"], params)

    def name(self, thing: str) -> str:
        return f"cam-{thing}-{self.suffix}"

    def tags(self, name: str = "") -> dict[str, str]:
        return self.owner.with_tags(self.params["tags"]) | ({"Name": name} if name else {})

    @property
    def alias(self) -> str:
        return f"alias/{self.name('key')}"

    @property
    def own_key(self) -> bool:
        return bool(self.params["kms"]) and not self.params["kms_key_arn"]

    @property
    def log_group(self) -> str:
        """EKS writes there and nowhere else, and would make it itself, to be kept for ever."""
        return f"/aws/eks/{self.owner.cluster}/cluster"

    def role_arn(self, thing: str, place: Place) -> str:
        """Of a role that exists or will: its ARN follows from its name."""
        given = {"cluster": "cluster_role_arn", "nodes": "node_role_arn"}.get(thing)
        found = self.params[given] if given else None
        return found or place.iam(f"role/{self.name(f'eks-{thing}')}")

    def roles(self, place: Place) -> list[Role]:
        """Those that are to be made here."""
        cluster, found = self.owner.cluster, []
        services: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
            ("cluster", "eks", ("AmazonEKSClusterPolicy",), "cluster_role_arn"),
            ("nodes", "ec2", NODE_POLICIES, "node_role_arn"),
        )
        for thing, service, managed, option in services:
            if not self.params[option]:
                trust = _aws_policies.service_trust(service)
                found.append(Role(thing, self.name(f"eks-{thing}"), trust, managed))
        for thing in self.pods():
            namespace, service_account, managed = PODS[thing]
            trust = _aws_policies.pod_trust(cluster, namespace, service_account)
            own = self._own_policy(thing, place)
            found.append(Role(thing, self.name(f"eks-{thing}"), trust, managed, own))
        return found

    def pods(self) -> list[str]:
        wanted = {"autoscaler": self.params["autoscaler"]}
        wanted["load-balancer"] = self.params["load_balancer"]
        return [thing for thing in PODS if wanted.get(thing, True)]

    def _own_policy(self, thing: str, place: Place) -> dict[str, Any] | None:
        cluster = self.owner.cluster
        if thing == "autoscaler":
            where = f"arn:{place.partition}:eks:{place.region}:{place.account}"
            return _aws_policies.autoscaler(cluster, f"{where}:nodegroup/{cluster}/*")
        return _aws_policies.load_balancer(cluster) if thing == "load-balancer" else None
