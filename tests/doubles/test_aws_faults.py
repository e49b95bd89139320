"""What is planned to go wrong goes wrong as at AWS, so often as planned, and then no longer."""

from __future__ import annotations

import time
import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.exceptions import ConnectionError as NoConnection
from doubles.aws.server import Double
from doubles.probes.base import Account, told

# By protocol: rest-json, ec2, query, json, and the two whose codes are all their own.
CALLS: dict[str, Callable[[Any], Any]] = {
    "eks": lambda client: client.list_clusters(),
    "ec2": lambda client: client.describe_vpcs(),
    "rds": lambda client: client.describe_db_instances(),
    "kms": lambda client: client.list_keys(),
    "iam": lambda client: client.list_roles(),
    "elasticache": lambda client: client.describe_cache_clusters(),
    "resourcegroupstaggingapi": lambda client: client.get_resources(),
}
CODES = {
    ("throttle", "eks"): ("ThrottlingException", 429),
    ("throttle", "ec2"): ("RequestLimitExceeded", 503),
    ("throttle", "rds"): ("Throttling", 400),
    ("throttle", "kms"): ("ThrottlingException", 400),
    ("unavailable", "eks"): ("ServiceUnavailableException", 503),
    ("unavailable", "ec2"): ("Unavailable", 503),
    ("unavailable", "kms"): ("KMSInternalException", 500),
    ("denied", "eks"): ("AccessDeniedException", 403),
    ("denied", "ec2"): ("UnauthorizedOperation", 403),
    ("denied", "iam"): ("AccessDenied", 403),
    ("expired", "eks"): ("ExpiredTokenException", 403),
    ("expired", "ec2"): ("RequestExpired", 400),
    ("expired", "rds"): ("ExpiredToken", 403),
    ("expired", "resourcegroupstaggingapi"): ("ExpiredTokenException", 400),
    ("unknown", "eks"): ("UnrecognizedClientException", 403),
    ("unknown", "ec2"): ("AuthFailure", 401),
    ("signature", "kms"): ("InvalidSignatureException", 400),
    ("quota", "eks"): ("ResourceLimitExceededException", 400),
    ("quota", "rds"): ("InstanceQuotaExceeded", 400),
    ("quota", "elasticache"): ("NodeQuotaForCustomerExceeded", 400),
}


@pytest.mark.parametrize(("kind", "service"), CODES)
def test_an_error_is_the_one_of_the_service(kind: str, service: str, quiet: Double) -> None:
    quiet.faults({"kind": kind, "service": service})
    call, client = CALLS[service], quiet.client(service)
    with pytest.raises(ClientError) as caught:
        call(client)
    answer = caught.value.response
    seen = answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]
    assert seen == CODES[kind, service]
    assert answer["Error"]["Message"]
    call(client)


@pytest.mark.parametrize(
    ("service", "action", "code"),
    [
        ("ec2", "AllocateAddress", "AddressLimitExceeded"),
        ("ec2", "CreateVpc", "VpcLimitExceeded"),
    ],
)
def test_a_quota_has_the_code_of_its_operation(
    service: str, action: str, code: str, quiet: Double
) -> None:
    quiet.faults({"kind": "quota", "action": action})
    ec2 = quiet.client(service)
    calls = {
        "AllocateAddress": lambda: ec2.allocate_address(Domain="vpc"),
        "CreateVpc": lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16"),
    }
    assert told(calls[action]) == code


def test_throttling_ends_and_boto_comes_through(quiet: Double) -> None:
    quiet.faults({"kind": "throttle", "action": "ListClusters", "times": 2})
    quiet.client("eks", attempts=3).list_clusters()
    statuses = [one["status"] for one in quiet.calls(action="ListClusters")]
    assert statuses == [429, 429, 200]


def test_throttling_outlasts_too_few_attempts(quiet: Double) -> None:
    quiet.faults({"kind": "throttle", "action": "ListClusters", "times": 2})
    assert told(quiet.client("eks", attempts=2).list_clusters) == "ThrottlingException"


def test_credentials_expire_in_the_middle(quiet: Double) -> None:
    quiet.faults({"kind": "expired", "action": "ListClusters", "after": 2, "times": 0})
    eks = quiet.client("eks")
    seen = [told(eks.list_clusters) for _ in range(4)]
    assert seen == ["ok", "ok", "ExpiredTokenException", "ExpiredTokenException"]


def test_other_calls_do_not_suffer(quiet: Double) -> None:
    quiet.faults({"kind": "denied", "service": "eks", "action": "Create.*", "times": 0})
    assert told(quiet.client("eks").list_clusters) == "ok"
    assert told(quiet.client("ec2").describe_vpcs) == "ok"


@pytest.mark.parametrize(("kind", "made"), [("reset", 1), ("drop", 0)])
def test_a_connection_is_reset_after_the_call_or_before(
    kind: str, made: int, account: Account, quiet: Double
) -> None:
    name, ecr = account.name(), quiet.client("ecr")
    quiet.faults({"kind": kind, "action": "CreateRepository"})
    with pytest.raises((NoConnection, ConnectionClosedError)):
        ecr.create_repository(repositoryName=name)
    names = [one["repositoryName"] for one in ecr.describe_repositories()["repositories"]]
    assert names.count(name) == made
    assert quiet.calls(action="CreateRepository", fault=kind)


def test_a_lost_answer_is_asked_for_again_and_finds_the_name_taken(
    account: Account, quiet: Double
) -> None:
    quiet.faults({"kind": "reset", "action": "CreateRepository"})
    ecr = quiet.client("ecr", attempts=2)
    code = told(ecr.create_repository, repositoryName=account.name())
    assert code == "RepositoryAlreadyExistsException"


def test_an_error_may_come_although_it_was_done(account: Account, quiet: Double) -> None:
    name, ecr = account.name(), quiet.client("ecr")
    quiet.faults({"kind": "unavailable", "action": "CreateRepository", "carried_out": True})
    assert told(ecr.create_repository, repositoryName=name) != "ok"
    ecr.describe_repositories(repositoryNames=[name])


def test_a_slow_answer_is_slow_and_right(quiet: Double) -> None:
    quiet.faults({"kind": "slow", "action": "ListClusters", "delay": 0.3})
    begun = time.monotonic()
    quiet.client("eks").list_clusters()
    assert time.monotonic() - begun >= 0.3
    assert quiet.calls(action="ListClusters")[0]["seconds"] >= 0.3


def test_a_fault_can_have_words_of_its_own(quiet: Double) -> None:
    quiet.faults({"kind": "denied", "code": "Strange", "status": 418, "message": "no tea"})
    with pytest.raises(ClientError, match=r"Strange.*no tea"):
        quiet.client("eks").list_clusters()


@pytest.mark.parametrize("entry", [{"kind": "earthquake"}, {"kind": "denied", "servise": "eks"}])
def test_a_fault_that_there_is_not_is_refused(entry: dict[str, str], quiet: Double) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        quiet.faults(entry)
    assert caught.value.code == 400
