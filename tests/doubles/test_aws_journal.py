"""The journal has each call, who made it, what became of it, and nothing secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from doubles.aws.access import ADMIN, OPERATOR
from doubles.aws.journal import Journal, mutating
from doubles.aws.server import Double
from doubles.probes.base import Account, told


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("eks", "DescribeCluster"), ("eks", "ListAddons"), ("iam", "GetRole"),
        ("iam", "SimulatePrincipalPolicy"), ("s3", "HeadBucket"), ("kms", "Decrypt"),
        ("sts", "AssumeRole"), ("ecr", "BatchGetImage"),
        ("secretsmanager", "ValidateResourcePolicy"),
    ],
)  # fmt: skip
def test_what_asks_or_computes_changes_nothing(service: str, action: str) -> None:
    assert not mutating(service, action)


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("eks", "CreateCluster"), ("eks", "TagResource"), ("eks", "AssociateAccessPolicy"),
        ("ec2", "AuthorizeSecurityGroupIngress"), ("iam", "PutRolePolicy"),
        ("rds", "ModifyDBInstance"), ("elasticache", "IncreaseReplicaCount"),
        ("eks", "Decrypt"), ("ec2", "RunInstances"), ("s3", "GET /"),
    ],
)  # fmt: skip
def test_everything_else_changes_something(service: str, action: str) -> None:
    """A word of another service, and what is not even known, count as a change."""
    assert mutating(service, action)


def test_a_dry_run_changes_nothing(account: Account, quiet: Double) -> None:
    code = told(quiet.client("ec2").create_vpc, CidrBlock="10.0.0.0/16", DryRun=True)
    assert code == "DryRunOperation"
    [call] = quiet.calls(action="CreateVpc")
    assert not call["mutating"]


def test_a_call_is_told_in_full(account: Account, quiet: Double) -> None:
    name = account.name()
    quiet.tell("calls/clear")
    eks = quiet.client("eks", OPERATOR)
    told(eks.describe_addon, clusterName=name, addonName="coredns")
    [call] = quiet.calls()
    assert call.pop("seconds") >= 0
    assert call == {
        "number": 1, "service": "eks", "action": "DescribeAddon", "region": "eu-central-1",
        "principal": "arn:aws:iam::123456789012:user/operator", "mutating": False,
        "parameters": {"clusterName": name, "addonName": "coredns"}, "fault": "", "status": 404,
        "error": "ResourceNotFoundException",
    }  # fmt: skip


def test_a_change_says_that_it_is_one_and_by_whom(account: Account, quiet: Double) -> None:
    quiet.tell("calls/clear")
    quiet.client("ecr").create_repository(repositoryName=account.name())
    [call] = quiet.calls(mutating=True)
    assert call["action"] == "CreateRepository"
    assert call["principal"].endswith(f"user/{ADMIN.name}")


def test_a_fault_is_told(quiet: Double) -> None:
    quiet.faults({"kind": "throttle", "action": "ListClusters"})
    told(quiet.client("eks").list_clusters)
    [call] = quiet.calls(fault="throttle")
    assert (call["status"], call["error"]) == (429, "ThrottlingException")


def test_nothing_secret_is_in_it(account: Account, quiet: Double) -> None:
    secrets = ["the-password-of-it", "the-token-of-the-cache", "the-text-of-the-secret"]
    account.database(MasterUserPassword=secrets[0])
    account.group(AuthToken=secrets[1])
    quiet.client("secretsmanager").create_secret(Name=account.name(), SecretString=secrets[2])
    text = json.dumps(quiet.calls())
    assert text.count("(hidden)") >= 3
    assert not [one for one in secrets if one in text]


def test_a_file_has_one_line_for_each_call(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    journal = Journal(file)
    journal.add(action="CreateVpc")
    journal.add(action="DeleteVpc")
    journal.clear()
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert lines == [
        {"number": 1, "action": "CreateVpc"}, {"number": 2, "action": "DeleteVpc"},
    ]  # fmt: skip
    assert journal.calls == []
