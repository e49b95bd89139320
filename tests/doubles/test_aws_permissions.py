"""IAM is enforced: who may not, cannot, and the journal says so."""

from __future__ import annotations

import json

import pytest
from doubles.aws.access import ADMIN, OPERATOR, User
from doubles.aws.server import Double
from doubles.probes.base import Account, told

LOOK = {"Effect": "Allow", "Action": ["ecr:Describe*"], "Resource": "*"}
MAKE = {"Effect": "Allow", "Action": "ecr:CreateRepository", "Resource": "*"}
DENY = {"Effect": "Deny", "Action": "ecr:CreateRepository", "Resource": "*"}


def make(account: Account, user: User = OPERATOR) -> str:
    ecr = account.double.client("ecr", user)
    return told(ecr.create_repository, repositoryName=account.name())


def repositories(account: Account) -> int:
    return len(account.client("ecr").describe_repositories()["repositories"])


def test_the_operator_may_do_all_at_first(account: Account) -> None:
    assert make(account) == "ok"


def test_what_is_not_allowed_is_not_done(account: Account, quiet: Double) -> None:
    before = repositories(account)
    quiet.tell("calls/clear")
    with account.allowed(LOOK):
        assert make(account) == "AccessDeniedException"
        assert repositories(account) == before
    [call] = quiet.calls(action="CreateRepository")
    assert (call["error"], call["principal"].rpartition("/")[2]) == (
        "AccessDeniedException", "operator",
    )  # fmt: skip


def test_what_is_allowed_is_done(account: Account) -> None:
    before = repositories(account)
    with account.allowed(LOOK, MAKE):
        assert make(account) == "ok"
    assert repositories(account) == before + 1


def test_a_deny_wins(account: Account) -> None:
    with account.allowed(MAKE, DENY):
        assert make(account) == "AccessDeniedException"


def test_the_administrator_is_not_the_operator(account: Account) -> None:
    with account.allowed(LOOK):
        assert make(account, ADMIN) == "ok"


def test_all_is_allowed_again_afterwards(account: Account) -> None:
    with account.allowed(LOOK):
        assert make(account) != "ok"
    assert make(account) == "ok"


@pytest.mark.parametrize(
    ("user", "code"),
    [
        (User("nobody", "AKIANOBODYNOBODYNOBO", "secret"), "UnrecognizedClientException"),
        (User("liar", OPERATOR.access_key, "another-secret"), "InvalidSignatureException"),
    ],
    ids=["unknown", "forged"],
)
def test_a_key_is_needed_and_its_secret(user: User, code: str, account: Account) -> None:
    assert make(account, user) == code


def test_who_one_is(quiet: Double) -> None:
    arns = [
        quiet.client("sts", user).get_caller_identity()["Arn"].rpartition("/")[2]
        for user in (ADMIN, OPERATOR)
    ]
    assert arns == ["admin", "operator"]


def test_a_session_may_do_no_more_than_its_role(account: Account) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ],
    }  # fmt: skip
    role = account.client("iam").create_role(
        RoleName=account.name(), AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]["Arn"]
    given = account.client("sts").assume_role(RoleArn=role, RoleSessionName="cam")["Credentials"]
    user = User("session", given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    ecr = account.double.client("ecr", user)
    assert told(ecr.describe_repositories) == "AccessDeniedException"
    sts = account.double.client("sts", user)
    assert sts.get_caller_identity()["Arn"].endswith("/cam")
