"""A double of one's own: started with options, reset, told where real services are, ended."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doubles.aws.access import OPERATOR
from doubles.aws.server import Double, running
from doubles.probes.base import Account, told

PEM = "-----BEGIN CERTIFICATE-----\nYSByZWFsIG9uZQ==\n-----END CERTIFICATE-----\n"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "ecr:*", "Resource": "*"}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Double]:
    ca, policy = folder / "ca.pem", folder / "policy.json"
    ca.write_text(PEM)
    policy.write_text(json.dumps(POLICY))
    with running(
        "--journal", str(folder / "journal"), "--policy", str(policy),
        "--eks-endpoint", "https://127.0.0.1:6443", "--eks-ca", str(ca),
        "--rds-endpoint", "127.0.0.1:5432", "--cache-endpoint", "[::1]:6379",
    ) as started:  # fmt: skip
        yield started


@pytest.fixture(scope="module")
def alone(own: Double) -> Account:
    return Account(own)


def test_clusters_lead_to_a_real_api_server(alone: Account) -> None:
    found = alone.client("eks").describe_cluster(name=alone.active())["cluster"]
    assert found["endpoint"] == "https://127.0.0.1:6443"
    assert base64.b64decode(found["certificateAuthority"]["data"]).decode() == PEM


def test_databases_and_caches_lead_to_real_ones(alone: Account) -> None:
    rds, cache = alone.client("rds"), alone.client("elasticache")
    [database] = rds.describe_db_instances(DBInstanceIdentifier=alone.available())["DBInstances"]
    assert database["Endpoint"]["Address"] == "127.0.0.1"
    assert database["Endpoint"]["Port"] == 5432
    name = alone.group()["ReplicationGroupId"]
    [group] = cache.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    assert group["NodeGroups"][0]["PrimaryEndpoint"] == {"Address": "::1", "Port": 6379}


def test_the_policy_of_the_start_is_in_force_and_comes_back(alone: Account) -> None:
    ecr, eks = (alone.double.client(name, OPERATOR) for name in ("ecr", "eks"))
    assert told(ecr.describe_repositories) == "ok"
    assert told(eks.list_clusters) == "AccessDeniedException"
    with alone.allowed({"Effect": "Allow", "Action": "eks:*", "Resource": "*"}):
        assert told(eks.list_clusters) == "ok"
        assert told(ecr.describe_repositories) == "AccessDeniedException"
    assert told(eks.list_clusters) == "AccessDeniedException"


def test_a_reset_leaves_policy_and_file_and_nothing_else(alone: Account, folder: Path) -> None:
    alone.client("ecr").create_repository(repositoryName="left")
    alone.double.faults({"kind": "denied", "action": "Nothing"})
    alone.double.outcomes({"model": "eks::cluster", "status": "FAILED"})
    alone.double.reset()
    lines = (folder / "journal").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["action"] == "CreateRepository"
    assert alone.double.calls() == []
    assert alone.client("ecr").describe_repositories()["repositories"] == []
    planned = alone.double.tell("anything")
    assert (planned["faults"], planned["outcomes"]) == ([], [])
    eks = alone.double.client("eks", OPERATOR)
    assert told(eks.list_clusters) == "AccessDeniedException"


def test_the_estate_can_be_told_later(alone: Account) -> None:
    before = alone.double.tell("estate", {"eks_endpoint": "https://127.0.0.1:7443"})
    assert before["estate"]["eks_endpoint"] == "https://127.0.0.1:7443"
    with pytest.raises(urllib.error.HTTPError):
        alone.double.tell("estate", {"moon_endpoint": "x"})
    alone.double.tell("estate", {"eks_endpoint": "https://127.0.0.1:6443"})


def test_what_the_double_cannot_do_is_said_at_once(alone: Account) -> None:
    """boto3 does not try 501 again, so that a test does not wait for what never comes."""
    ec2 = alone.double.client("ec2", attempts=3)
    code = told(ec2.describe_capacity_manager_data_exports)
    assert code == "NotImplementedByTheDouble"
    assert len(alone.double.calls(error="NotImplementedByTheDouble")) == 1


def test_a_double_ends_with_its_caller() -> None:
    with running("--plain") as started:
        assert told(started.client("eks").list_clusters) == "ok"
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(started.url, timeout=5)


def test_a_double_that_does_not_start_says_why() -> None:
    with (
        pytest.raises(RuntimeError, match="unrecognized arguments: --no-such"),
        running("--no-such"),
    ):
        pass


def presigned(double: Double, cluster: str, header: str, secret: str = "") -> dict[str, Any]:
    """What a token webhook is told that has the URL of a token for `cluster` and asks as
    `header`."""
    import boto3
    from botocore.signers import RequestSigner

    session = boto3.Session(OPERATOR.access_key, secret or OPERATOR.secret_key)
    client = session.client("sts", region_name="eu-central-1", endpoint_url=double.url)
    signer = RequestSigner(
        client.meta.service_model.service_id, "eu-central-1", "sts", "v4",
        session.get_credentials(), session.events,
    )  # fmt: skip
    url = signer.generate_presigned_url(
        {
            "method": "GET", "body": {}, "context": {}, "headers": {"x-k8s-aws-id": cluster},
            "url": f"{double.url}/?Action=GetCallerIdentity&Version=2011-06-15",
        },
        region_name="eu-central-1", expires_in=60, operation_name="",
    )  # fmt: skip
    headers = {"x-k8s-aws-id": header, "Accept": "application/json"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except urllib.error.HTTPError as error:
        return {"code": error.code, **json.load(error)}


def test_a_token_is_resolved_to_who_signed_it(alone: Account) -> None:
    found = presigned(alone.double, "cam", "cam")
    result = found["GetCallerIdentityResponse"]["GetCallerIdentityResult"]
    assert result["Arn"] == "arn:aws:iam::123456789012:user/operator"


@pytest.mark.parametrize(
    ("header", "secret"), [("cam", "another-secret"), ("another", "")], ids=["secret", "cluster"]
)
def test_a_token_of_another_is_none(header: str, secret: str, alone: Account) -> None:
    found = presigned(alone.double, "cam", header, secret)
    assert (found["code"], found["Error"]["Code"]) == (403, "SignatureDoesNotMatch")
