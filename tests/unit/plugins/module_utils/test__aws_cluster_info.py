"""What the other roles are told of a cluster on AWS."""

from __future__ import annotations

from functools import partial

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_cluster_info,
    _aws_identity_info,
    _aws_network_info,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws
from small_network import Identity, Network, build, look

NOTHING = {
    "running": False, "status": "ABSENT", "endpoint": "", "certificate_authority": "",
    "vpc_id": "", "private_subnet_ids": [], "public_subnet_ids": [],
    "node_security_group_ids": [], "database_security_group_ids": [],
    "cache_security_group_ids": [], "kms_key_arn": "",
}  # fmt: skip


def create(aws: SmallAws, subnets: list[str], tags: dict[str, str]) -> None:
    aws.eks().create_cluster(
        name=aws.name, version="1.35", roleArn=aws.cluster_role, tags=tags,
        resourcesVpcConfig={"subnetIds": subnets},
    )  # fmt: skip


def test_an_empty_account_is_no_error(aws: SmallAws) -> None:
    found = look(_aws_cluster_info, aws)
    assert NOTHING.items() <= found.items()
    assert found["region"] == "eu-central-1"


def test_a_cluster_is_told_in_four_calls(aws: SmallAws) -> None:
    write = Network(aws.double.client("ec2")).write
    network = build(partial(look, _aws_network_info, aws), write)
    identity = build(partial(look, _aws_identity_info, aws), Identity(aws).write)
    create(aws, network["private_subnet_ids"], aws.ours)
    aws.forget()
    found = look(_aws_cluster_info, aws)
    assert len(aws.asked()) == 4
    assert found["running"]
    assert found["endpoint"].startswith("https://")
    assert found["vpc_id"] == network["vpc_id"]
    assert found["private_subnet_ids"] == network["private_subnet_ids"]
    assert found["public_subnet_ids"] == network["public_subnet_ids"]
    assert found["database_security_group_ids"] == [network["security_group_ids"]["database"]]
    assert len(found["node_security_group_ids"]) == 1
    assert found["kms_key_arn"] == identity["kms_key_arn"]


def test_another_ones_cluster_of_that_name_is_refused(aws: SmallAws) -> None:
    create(aws, aws.subnets, {})
    with pytest.raises(CamError, match="not made by this collection"):
        look(_aws_cluster_info, aws)
    found = look(_aws_cluster_info, aws, adopt=True, private_subnet_ids=aws.subnets[:2], kms=False)
    assert found["running"]
    assert (found["private_subnet_ids"], found["kms_key_arn"]) == (aws.subnets[:2], "")


def test_a_given_key_is_told_as_it_is(aws: SmallAws) -> None:
    key = "arn:aws:kms:eu-central-1:1:key/2"
    assert look(_aws_cluster_info, aws, kms_key_arn=key)["kms_key_arn"] == key
