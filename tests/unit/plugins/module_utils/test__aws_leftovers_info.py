"""The proof that nothing is left, by lists that removed nothing."""

from __future__ import annotations

from functools import partial

from ansible_collections.cam.mesh.plugins.module_utils import (
    _aws_identity_info,
    _aws_leftovers_info,
    _aws_network_info,
)
from small_aws import SmallAws
from small_network import Identity, Network, build, look, pairs, suffix


def test_an_empty_account_is_proven_empty(aws: SmallAws) -> None:
    found = look(_aws_leftovers_info, aws)
    assert (found["left"], found["kept"]) == ([], [])


def test_each_kind_of_rest_is_found(aws: SmallAws) -> None:
    ec2 = aws.double.client("ec2")
    build(partial(look, _aws_network_info, aws), Network(ec2).write)
    build(partial(look, _aws_identity_info, aws), Identity(aws).write)
    ec2.create_launch_template(
        LaunchTemplateName=f"cam-nodes-{suffix(aws)}", LaunchTemplateData={"InstanceType": "a"},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": pairs(aws.ours)}],
    )  # fmt: skip
    aws.double.client("iam").create_open_id_connect_provider(
        Url=f"https://oidc.test/{aws.name}", ThumbprintList=["a" * 40], Tags=pairs(aws.ours)
    )
    left = " ".join(look(_aws_leftovers_info, aws)["left"])
    for part in (
        "vpc-", "subnet-", "igw-", "eipalloc-", "nat-", "rtb-", "sg-", "vpce-", "lt-",
        "role cam-eks-cni-", "policy cam-eks-autoscaler-", "OIDC provider", ":key/",
    ):  # fmt: skip
        assert part in left, part
    assert look(_aws_leftovers_info, aws, cluster=f"{aws.name}0")["left"] == []


def test_what_aws_keeps_for_a_while_is_told_and_is_no_rest(aws: SmallAws) -> None:
    ec2, kms = aws.double.client("ec2"), aws.double.client("kms")
    key = kms.create_key(Tags=pairs(aws.ours, "TagKey", "TagValue"))["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    secrets = aws.double.client("secretsmanager")
    secrets.create_secret(Name=f"cam/{aws.name}", SecretString="x", Tags=pairs(aws.ours))
    secrets.delete_secret(SecretId=f"cam/{aws.name}", RecoveryWindowInDays=7)
    nat = ec2.create_nat_gateway(
        SubnetId=aws.subnets[0], ConnectivityType="private",
        TagSpecifications=[{"ResourceType": "natgateway", "Tags": pairs(aws.ours)}],
    )["NatGateway"]["NatGatewayId"]  # fmt: skip
    assert any(nat in name for name in look(_aws_leftovers_info, aws)["left"])
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.describe_nat_gateways()
    found = look(_aws_leftovers_info, aws)
    assert found["left"] == []
    assert any(f"{key}: it goes on " in line for line in found["kept"])
