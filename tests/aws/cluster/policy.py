"""The IAM policy of docs/aws-policy.json: all runs of these tests have it, and nothing else."""

from __future__ import annotations

from typing import Any, Final

from aws_policies import allowed, policy

POLICY: Final[dict[str, Any]] = policy("aws-policy.json")
ALLOWED: Final = allowed(POLICY)
# What test_aws_cluster.py does not ask for, and what does.
OTHERWISE: Final = {
    "a change of the inventory (cluster_drift.py)": {
        "ec2:CreateLaunchTemplateVersion", "ec2:DeleteLaunchTemplateVersions",
        "ec2:ModifyLaunchTemplate", "ec2:ModifyVpcEndpoint", "ec2:ReplaceRoute", "ec2:DeleteRoute",
        "eks:AssociateEncryptionConfig", "eks:DeleteAddon", "eks:DeletePodIdentityAssociation",
        "eks:TagResource", "eks:UpdateClusterConfig", "eks:UpdateNodegroupConfig",
        "eks:UpdatePodIdentityAssociation", "iam:CreatePolicyVersion", "iam:DeletePolicyVersion",
        "iam:TagPolicy", "iam:TagRole", "kms:TagResource", "logs:TagLogGroup",
    },
    "the edge is changed, by the inventory or by hand (test__aws_edge.py)": {
        "acm:AddTagsToCertificate", "ecr:PutImageScanningConfiguration",
        "ecr:PutImageTagMutability", "ecr:TagResource",
    },
    "cam_cluster_aws_admins and cam_cluster_aws_access_entries": {
        "eks:AssociateAccessPolicy", "eks:CreateAccessEntry", "eks:DeleteAccessEntry",
        "eks:DescribeAccessEntry", "eks:DisassociateAccessPolicy",
        "eks:ListAssociatedAccessPolicies", "eks:UpdateAccessEntry",
    },
    "cam_cluster_aws_oidc_enabled": {
        "iam:CreateOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider",
        "iam:GetOpenIDConnectProvider", "iam:ListOpenIDConnectProviderTags",
        "iam:TagOpenIDConnectProvider", "iam:UpdateOpenIDConnectProviderThumbprint",
    },
    "what somebody changed by hand is put right": {
        "ec2:AuthorizeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
        "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy",
    },
    "a key that was removed is called back": {"kms:CancelKeyDeletion", "kms:EnableKey"},
    "preflight": {"ec2:DescribeInstanceTypeOfferings"},
    "leftovers are looked up": {"ec2:DescribeInstances", "secretsmanager:DescribeSecret"},
    "AWS asks for them within other calls, the double never": {
        "ec2:RunInstances", "iam:CreateServiceLinkedRole", "iam:PassRole", "kms:CreateGrant",
    },
}  # fmt: skip
