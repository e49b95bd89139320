"""Clients of AWS and what their errors say."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws
from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import (
    CAUSES,
    Asked,
    AwsError,
    explain,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from botocore import exceptions
from small_aws import SmallAws

ASKED = Asked("eks", "DescribeCluster", "EKS cluster c", "eu-central-1")


def refusal(code: str, message: str = "no", status: int = 400) -> exceptions.ClientError:
    error = {"Error": {"Code": code, "Message": message}}
    return exceptions.ClientError(
        {**error, "ResponseMetadata": {"HTTPStatusCode": status}}, "DescribeCluster"
    )


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (refusal("Throttling"), "throttled"),
        (refusal("RequestLimitExceeded", status=503), "throttled"),
        (refusal("TooManyRequestsException", status=429), "throttled"),
        (refusal("ExpiredToken"), "expired"),
        (refusal("InvalidClientTokenId"), "credentials"),
        (refusal("UnauthorizedOperation"), "denied"),
        (refusal("VpcLimitExceeded"), "quota"),
        (refusal("NodeQuotaForCustomerExceeded"), "quota"),
        (refusal("ReplicationGroupAlreadyExistsFault"), "taken"),
        (refusal("EntityAlreadyExists"), "taken"),
        (refusal("ResourceInUseException"), "in use"),
        (refusal("InvalidReplicationGroupStateFault"), "in use"),
        (refusal("ResourceNotFoundException", status=404), "missing"),
        (refusal("NoSuchEntity", status=404), "missing"),
        (refusal("InvalidParameterException"), "invalid"),
        (refusal("ServiceUnavailableException", status=503), "server"),
        (refusal("Unknown", status=500), "server"),
        (refusal("NobodyKnowsThis"), "other"),
        (exceptions.NoCredentialsError(), "no credentials"),
        (exceptions.NoRegionError(), "no region"),
        (exceptions.EndpointConnectionError(endpoint_url="http://x"), "unreachable"),
        (exceptions.ReadTimeoutError(endpoint_url="http://x"), "unreachable"),
        (exceptions.ConnectionClosedError(endpoint_url="http://x"), "unreachable"),
        (exceptions.ParamValidationError(report="bad"), "invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_causes(error: Exception, cause: str) -> None:
    found = explain(error, ASKED)
    assert found.cause == cause
    lines = str(found).splitlines()
    assert len(lines) == 3
    assert "eks DescribeCluster of EKS cluster c in eu-central-1" in lines[0]
    assert found.code in lines[1]
    assert found.passes == (cause in ("throttled", "server", "unreachable"))


def test_every_cause_is_tested() -> None:
    source = ast.parse(Path(__file__).read_text("utf-8"))
    texts = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}
    assert {cause.name for cause in CAUSES} <= texts


def test_a_code_of_eks_means_two_things() -> None:
    create = Asked("eks", "CreateCluster", "c", "r")
    assert explain(refusal("ResourceInUseException", status=409), create).cause == "taken"


def test_a_denial_names_the_action_as_a_policy_does() -> None:
    message = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:PassRole on resource"
    assert "Allow the action iam:PassRole" in str(explain(refusal("AccessDenied", message), ASKED))
    assert "Allow the action eks:DescribeCluster" in str(explain(refusal("AccessDenied"), ASKED))


def test_a_long_message_is_cut_and_kept_in_one_line() -> None:
    text = str(explain(refusal("AccessDenied", "a\nb " * 1000), ASKED))
    assert len(text.splitlines()) == 3
    assert len(text) < 700


def test_no_answer_at_all(monkeypatch: pytest.MonkeyPatch, aws: SmallAws) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    eks = Aws("eu-central-1", "http://127.0.0.1:1").service("eks")
    with pytest.raises(AwsError, match="AWS gave no answer"):
        eks.ask("describe_cluster", "EKS cluster c", name="c")


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, aws: SmallAws) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    eks = Aws("eu-central-1").service("eks")
    with pytest.raises(AwsError, match="Give credentials: AWS_ACCESS_KEY_ID"):
        eks.ask("list_clusters", "all clusters")
    with pytest.raises(AwsError, match="ProfileNotFound"):
        Aws("eu-central-1", None, "nobody").service("eks")


def test_the_region_is_that_of_the_option_or_of_the_variables(
    monkeypatch: pytest.MonkeyPatch, aws: SmallAws
) -> None:
    assert Aws("us-east-1").service("eks").region == "us-east-1"
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert Aws(None).service("eks").region == "eu-central-1"
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(AwsError, match="Say which region"):
        Aws(None).service("eks")


def test_an_endpoint_that_is_no_url(aws: SmallAws) -> None:
    with pytest.raises(CamError, match="`endpoint_url` or AWS_ENDPOINT_URL is not usable"):
        Aws("eu-central-1", "127.0.0.1:1").service("eks")


def test_a_client_is_made_once(aws: SmallAws) -> None:
    found = Aws("eu-central-1")
    assert found.service("eks") is found.service("eks")


def test_all_pages_are_read(aws: SmallAws) -> None:
    eks = Aws(None).service("eks")
    found = eks.ask_all("describe_cluster_versions", "versions", "clusterVersions", maxResults=2)
    assert len(found) > 3
    aws.double.faults({"kind": "denied", "action": "DescribeClusterVersions"})
    with pytest.raises(AwsError, match="eks DescribeClusterVersions of versions"):
        eks.ask_all("describe_cluster_versions", "versions", "clusterVersions")


def test_side_by_side_keeps_the_order_and_the_error() -> None:
    assert _aws.at_once(lambda one: one * 2, [1, 2, 3]) == [2, 4, 6]

    def fail(one: int) -> int:
        raise CamError(f"bad {one}")

    with pytest.raises(CamError, match="bad 1"):
        _aws.at_once(fail, [1, 2])


def test_without_boto3_the_requirement_is_named(tmp_path: Path) -> None:
    """In a Python of its own that finds no boto3."""
    (tmp_path / "boto3.py").write_text("raise ImportError('no boto3 here')\n")
    code = (
        "from ansible_collections.cam.mesh.plugins.module_utils import _aws, _errors\n"
        "try:\n    _aws.Aws.of({})\nexcept _errors.CamError as error:\n    print(error)\n"
    )
    found: Any = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[4] / 'collections'}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "no boto3 here" in found.stdout
    assert "pip install boto3" in found.stdout
