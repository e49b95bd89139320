# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what in the account: each part of the cluster no more than it needs.

Sources: "IAM roles for Amazon EKS" (EKS User Guide), the documented permissions of the Cluster
Autoscaler and of the AWS Load Balancer Controller, narrowed to resources of this very cluster.
"""

from __future__ import annotations

from typing import Any

Policy = dict[str, Any]
VERSION = "2012-10-17"


def statement(sid: str, actions: list[str], resources: Any = "*", **condition: Any) -> Policy:
    found: Policy = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**found, "Condition": condition} if condition else found


def service_trust(service: str) -> Policy:
    """A service of AWS may take the role: `eks`, `ec2`."""
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"{service}.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def pod_trust(cluster: str, namespace: str, service_account: str) -> Policy:
    """One service account of one cluster may take the role, by EKS Pod Identity.

    Without the tags, which EKS sets, any association of the account could take it.
    """
    tags = {
        "eks-cluster-name": cluster,
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
    }
    return {
        "Version": VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringEquals": {f"aws:RequestTag/{key}": value for key, value in tags.items()}
                },
            }
        ],
    }


def autoscaler(cluster: str, nodegroups: str) -> Policy:
    """Reads all groups, and sizes those that EKS has marked as this cluster's; ARNs."""
    mark = {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster}": "owned"}
    return {
        "Version": VERSION,
        "Statement": [
            statement(
                "Read",
                [
                    "autoscaling:DescribeAutoScalingGroups",
                    "autoscaling:DescribeAutoScalingInstances",
                    "autoscaling:DescribeLaunchConfigurations",
                    "autoscaling:DescribeScalingActivities",
                    "autoscaling:DescribeTags",
                    "ec2:DescribeImages",
                    "ec2:DescribeInstanceTypes",
                    "ec2:DescribeLaunchTemplateVersions",
                    "ec2:GetInstanceTypesFromInstanceRequirements",
                ],
            ),
            statement("ReadNodeGroups", ["eks:DescribeNodegroup"], nodegroups),
            statement(
                "Scale",
                [
                    "autoscaling:SetDesiredCapacity",
                    "autoscaling:TerminateInstanceInAutoScalingGroup",
                ],
                StringEquals=mark,
            ),
        ],
    }


def load_balancer(cluster: str) -> Policy:
    """Makes and changes load balancers that carry this cluster's tag; no WAF, Shield, Cognito."""
    made = {"aws:RequestTag/elbv2.k8s.aws/cluster": cluster}
    ours = {"aws:ResourceTag/elbv2.k8s.aws/cluster": cluster}
    nodes = {f"aws:ResourceTag/kubernetes.io/cluster/{cluster}": "owned"}
    rules = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
    groups = "arn:*:ec2:*:*:security-group/*"
    return {
        "Version": VERSION,
        "Statement": [
            statement("Read", LOAD_BALANCER_READS),
            statement(
                "LinkedRole",
                ["iam:CreateServiceLinkedRole"],
                StringEquals={"iam:AWSServiceName": "elasticloadbalancing.amazonaws.com"},
            ),
            statement("MakeGroupsInVpc", ["ec2:CreateSecurityGroup"], "arn:*:ec2:*:*:vpc/*"),
            statement("MakeGroups", ["ec2:CreateSecurityGroup"], groups, StringEquals=made),
            statement(
                "TagNewGroups",
                ["ec2:CreateTags"],
                groups,
                StringEquals={"ec2:CreateAction": "CreateSecurityGroup", **made},
            ),
            statement("RulesOfNodes", rules, groups, StringEquals=nodes),
            statement(
                "ChangeGroups",
                [*rules, "ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup"],
                groups,
                StringEquals=ours,
            ),
            statement(
                "Make",
                [
                    "elasticloadbalancing:CreateLoadBalancer",
                    "elasticloadbalancing:CreateTargetGroup",
                    "elasticloadbalancing:CreateListener",
                    "elasticloadbalancing:CreateRule",
                    "elasticloadbalancing:AddTags",
                ],
                StringEquals=made,
            ),
            statement("Change", LOAD_BALANCER_CHANGES, StringEquals=ours),
        ],
    }


LOAD_BALANCER_READS = [
    "acm:DescribeCertificate",
    "acm:ListCertificates",
    *(
        f"ec2:{action}"
        for action in (
            "DescribeAccountAttributes", "DescribeAddresses", "DescribeAvailabilityZones",
            "DescribeCoipPools", "DescribeInstances", "DescribeInternetGateways",
            "DescribeIpamPools", "DescribeNetworkInterfaces", "DescribeRouteTables",
            "DescribeSecurityGroups", "DescribeSubnets", "DescribeTags",
            "DescribeVpcPeeringConnections", "DescribeVpcs", "GetCoipPoolUsage",
            "GetSecurityGroupsForVpc",
        )
    ),
    *(
        f"elasticloadbalancing:Describe{what}"
        for what in (
            "CapacityReservation", "ListenerAttributes", "ListenerCertificates", "Listeners",
            "LoadBalancerAttributes", "LoadBalancers", "Rules", "SSLPolicies", "Tags",
            "TargetGroupAttributes", "TargetGroups", "TargetHealth", "TrustStores",
        )
    ),
    "iam:GetServerCertificate",
    "iam:ListServerCertificates",
]  # fmt: skip
LOAD_BALANCER_CHANGES = [
    f"elasticloadbalancing:{action}"
    for action in (
        "AddListenerCertificates", "AddTags", "DeleteListener", "DeleteLoadBalancer", "DeleteRule",
        "DeleteTargetGroup", "DeregisterTargets", "ModifyListener", "ModifyListenerAttributes",
        "ModifyLoadBalancerAttributes", "ModifyRule", "ModifyTargetGroup",
        "ModifyTargetGroupAttributes", "RegisterTargets", "RemoveListenerCertificates",
        "RemoveTags", "SetIpAddressType", "SetRulePriorities", "SetSecurityGroups", "SetSubnets",
    )
]  # fmt: skip


def same(one: Any, other: Any) -> bool:
    """Whether two policies say the same: a list of one is its item, and order says nothing."""
    return bool(_plain(one) == _plain(other))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple(sorted((key, _plain(item)) for key, item in value.items() if key != "Id"))
    if isinstance(value, list):
        items = sorted((_plain(item) for item in value), key=repr)
        return items[0] if len(items) == 1 else tuple(items)
    return str(value)
