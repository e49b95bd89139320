"""What a failed task of the AWS collections becomes: three lines with a cause and a way on."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils._aws_refusal import refusal


def result(code: str, message: str, status: int = 400) -> dict[str, Any]:
    """As amazon.aws answers, with the versions of its libraries and the headers beside."""
    return {
        "failed": True, "boto3_version": "1.44.8", "exception": "(traceback unavailable)",
        "error": {"code": code, "message": message, "type": "Sender"},
        "msg": f"Unable to create DB instance: An error occurred ({code}) when calling the "
        f"CreateDBInstance operation (reached max retries: 4): {message}",
        "response_metadata": {"http_status_code": status, "http_headers": {"date": "today"}},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        ("StorageQuotaExceeded", "raised in Service Quotas"),
        ("InstanceQuotaExceeded", "raised in Service Quotas"),
        ("ClusterQuotaForCustomerExceeded", "raised in Service Quotas"),
        ("DBInstanceAlreadyExists", "adopt: true"),
        ("ExpiredToken", "Get new ones and run again"),
        ("Throttling", "AWS_MAX_ATTEMPTS"),
        ("AccessDenied", "Allow the action rds:CreateDBInstance"),
    ],
)
def test_an_answer_of_aws_is_told_in_three_lines(code: str, remedy: str) -> None:
    lines = refusal(result(code, "said so"), "rds", "cam-db-dev", "eu-central-1").splitlines()
    assert lines[0] == "AWS was asked: rds CreateDBInstance of cam-db-dev in eu-central-1"
    assert lines[1] == f"It said: {code}: said so"
    assert remedy in lines[2]
    assert len(lines) == 3


def test_an_error_inside_aws_is_told_as_such() -> None:
    text = refusal(result("InternalFailure", "oops", 500), "rds", "x", "r")
    assert "AWS failed inside" in text


def test_no_answer_is_told_without_more_than_the_start_of_what_was_said() -> None:
    failed = {"boto3_version": "1", "msg": "Could not connect to " + "x" * 900}
    lines = refusal(failed, "rds", "cam-db-dev", "eu-central-1").splitlines()
    assert len(lines) == 3
    assert len(lines[1]) < 420
    assert "failed without an answer of AWS" in lines[0]


def test_an_answer_that_is_passed_on_in_words_alone_is_told_the_same() -> None:
    failed = {
        "msg": "Task failed: Module failed: Failed to list all managed policies: An error occurred "
        "(AccessDenied) when calling the ListPolicies operation: User: x is not authorized"
    }
    lines = refusal(failed, "iam", "the policies", "eu-central-1").splitlines()
    assert lines[1] == "It said: AccessDenied: User: x is not authorized"
    assert "Allow the action iam:ListPolicies" in lines[2]


def test_a_secret_that_a_lookup_may_not_read_is_named_with_its_permission() -> None:
    failed = {"msg": "Task failed: The lookup failed: Failed to access secret x (AccessDenied)"}
    lines = refusal(failed, "rds", "cam-db-dev", "eu-central-1").splitlines()
    assert "secretsmanager GetSecretValue of cam-db-dev" in lines[0]
    assert lines[1] == "It said: AccessDenied: secret x is not shown"
    assert "Allow the action secretsmanager:GetSecretValue" in lines[2]


def test_of_a_loop_the_first_that_failed_is_told() -> None:
    loop = {
        "failed": True, "msg": "One or more items failed",
        "results": [{"changed": True}, result("AccessDenied", "no", 403), result("Other", "later")],
    }  # fmt: skip
    assert refusal(loop, "rds", "x", "r") == refusal(loop["results"][1], "rds", "x", "r")


def test_where_a_module_keeps_the_answer_for_itself_the_likely_permission_is_named() -> None:
    failed = {"boto3_version": "1", "msg": "Unable to create it: Failed to create security group"}
    lines = refusal(failed, "ec2", "make the groups", "eu-central-1").splitlines()
    assert len(lines) == 3
    assert "does not tell what AWS answered" in lines[0]
    assert "Allow the action ec2:CreateSecurityGroup; if it is allowed" in lines[2]


def test_what_a_module_of_ours_says_is_not_said_again() -> None:
    assert refusal({"msg": "one\ntwo\nthree"}, "rds", "x", "r") == "one\ntwo\nthree"


def test_parameters_that_the_module_does_not_know_are_named() -> None:
    failed = {"errors": ["Parameter x is not an available parameter"], "boto3_version": "1"}
    assert "Parameter x is not" in refusal(failed, "rds", "x", "r")
    assert "said nothing" in refusal({}, "rds", "x", "r")
