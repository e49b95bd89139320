"""The IAM policy of docs/aws-data-policy.json: all runs of these tests have it, nothing else."""

from __future__ import annotations

from typing import Any, Final

from aws_policies import allowed, policy

POLICY: Final[dict[str, Any]] = policy("aws-data-policy.json")
ALLOWED: Final = allowed(POLICY)
# What a life from nothing to nothing does not ask for, and what does.
YEARS: Final = "what becomes of them over the years (data_years.py)"
OTHERWISE: Final = {
    YEARS: {
        "elasticache:AddTagsToResource", "elasticache:DecreaseReplicaCount",
        "elasticache:IncreaseReplicaCount", "elasticache:ModifyCacheSubnetGroup",
        "elasticache:ModifyReplicationGroup", "rds:AddTagsToResource",
        "rds:DescribeDBSnapshots", "rds:ModifyDBInstance",
        "rds:ModifyDBSubnetGroup", "secretsmanager:GetResourcePolicy",
        "secretsmanager:RestoreSecret", "secretsmanager:TagResource",
    },
    "a database that failed (data_faults.py)": {"rds:DescribeEvents"},
    "a cache that failed (unit tests of _elasticache)": {"elasticache:DescribeEvents"},
    "AWS asks for them within other calls, the double never": {
        "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
        "elasticache:CreateSnapshot", "iam:CreateServiceLinkedRole", "kms:CreateGrant",
        "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey", "rds:CreateDBSnapshot",
    },
}  # fmt: skip
