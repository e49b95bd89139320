"""An endpoint of a VPC: made, changed in place, left alone."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws_vpc_endpoint as core
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws

SERVICE = "com.amazonaws.eu-central-1.s3"
DEFAULTS = {key: rule.get("default") for key, rule in core.ARGUMENT_SPEC.items()}


@pytest.fixture
def ec2(aws: SmallAws) -> Any:
    return aws.double.client("ec2")


@pytest.fixture
def given(aws: SmallAws, ec2: Any) -> dict[str, Any]:
    """A VPC with two route tables; the endpoint is of the first."""
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    aws.forget()
    return {
        **DEFAULTS, "environment": "dev", "cluster": aws.name, "name": "cam-s3-dev", "vpc_id": vpc,
        "service": SERVICE, "type": "Gateway", "route_table_ids": tables[:1], "tables": tables,
    }  # fmt: skip


def run(params: dict[str, Any], *, check: bool = False, **more: Any) -> dict[str, Any]:
    return core.run({**params, **more}, check_mode=check, diff=True)


def live(ec2: Any, params: dict[str, Any]) -> dict[str, Any]:
    inside = [{"Name": "vpc-id", "Values": [params["vpc_id"]]}]
    (found,) = ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]
    return dict(found)


def test_it_is_made_with_our_tags(given: dict[str, Any], aws: SmallAws, ec2: Any) -> None:
    assert run(given, check=True)["plan"] == ["would create VPC endpoint cam-s3-dev"]
    assert aws.mutating() == []
    assert run(given)["plan"] == ["created VPC endpoint cam-s3-dev"]
    assert aws.mutating() == ["CreateVpcEndpoint"]
    found = live(ec2, given)
    assert {one["Key"]: one["Value"] for one in found["Tags"]} == aws.ours
    assert found["RouteTableIds"] == given["tables"][:1]
    # It is waited for by its id, which no other endpoint has.
    assert aws.asked()[:2] == ["CreateVpcEndpoint", "DescribeVpcEndpoints"]


def test_another_table_is_one_call_and_then_none(
    given: dict[str, Any], aws: SmallAws, ec2: Any
) -> None:
    run(given)
    aws.forget()
    params = {**given, "id": live(ec2, given)["VpcEndpointId"]}
    change = partial(run, params, route_table_ids=given["tables"])
    assert "route_table_ids" in change(check=True)["plan"][0]
    assert aws.mutating() == []
    assert change()["changed"]
    assert aws.mutating() == ["ModifyVpcEndpoint"]
    assert not change()["changed"]
    assert sorted(live(ec2, given)["RouteTableIds"]) == sorted(given["tables"])


def test_one_that_is_not_ours_is_refused_until_it_is_adopted(
    given: dict[str, Any], aws: SmallAws, ec2: Any
) -> None:
    made = ec2.create_vpc_endpoint(
        VpcId=given["vpc_id"], ServiceName=SERVICE, RouteTableIds=given["tables"][:1]
    )["VpcEndpoint"]["VpcEndpointId"]
    aws.forget()
    change = partial(run, given, id=made, route_table_ids=given["tables"])
    with pytest.raises(CamError, match="not made by this collection"):
        change()
    assert aws.mutating() == []
    assert change(adopt=True)["changed"]


def test_one_that_is_gone_is_told(given: dict[str, Any]) -> None:
    with pytest.raises(CamError, match=r"no VPC endpoint vpce-0a .* leave out `id`"):
        run(given, id="vpce-0a")
