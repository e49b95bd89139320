"""What goes when a network is removed, and what holds it back."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws_network_info as core
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_absent import (
    Rest,
    blocked,
    busy,
    compare,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Work
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from small_aws import SmallAws
from small_network import Network, build, look, pairs, suffix

OWNER = Owner("dev", "cam-cluster-dev")
KINDS = (
    "volumes",
    "endpoints",
    "nats",
    "addresses",
    "groups",
    "subnets",
    "tables",
    "gateways",
    "vpcs",
)


def rest(running: bool = False, **items: list[dict[str, Any]]) -> Rest:
    interfaces = items.pop("interfaces", [])
    return Rest(OWNER, {kind: items.get(kind, []) for kind in KINDS}, interfaces, running)


def interface(ident: str, text: str = "", status: str = "in-use", **tags: str) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": ident, "Description": text, "Status": status, "TagSet": pairs(tags),
    }  # fmt: skip


def test_all_of_ours_goes_whatever_its_configuration_was(aws: SmallAws) -> None:
    ec2 = aws.double.client("ec2")
    build(partial(look, core, aws, zone_count=3, nat="per_zone"), Network(ec2).write)
    found = look(core, aws, state="absent")
    s = suffix(aws)
    assert {key: len(items) for key, items in found["todo"].items()} == {
        "endpoints": 1, "nats": 3, "addresses": 3, "groups": 3, "subnets": 6, "tables": 4,
        "gateways": 1, "vpcs": 1,
    }  # fmt: skip
    assert (found["busy"], found["blocked"]) == ([], [])
    assert any(line.startswith(f"would delete VPC cam-vpc-{s} (vpc-") for line in found["plan"])
    # The gateway knows where it is attached, a subnet is named by its range.
    assert found["todo"]["gateways"][0]["vpc_id"] == found["todo"]["vpcs"][0]["id"]
    assert all(one["cidr"] for one in found["todo"]["subnets"])


def test_what_is_another_mesh_is_not_seen(aws: SmallAws) -> None:
    build(partial(look, core, aws), Network(aws.double.client("ec2")).write)
    other = look(core, aws, state="absent", cluster=f"{aws.name}0")
    assert (other["plan"], other["todo"]) == ([], {})


def test_a_group_that_names_another_goes_before_that_one_must() -> None:
    naming = {"IpPermissions": [{"UserIdGroupPairs": [{"GroupId": "sg-nodes"}]}]}
    groups = [
        {"GroupId": "sg-1", "GroupName": "cam-database-dev", "IpPermissionsEgress": [], **naming},
        {"GroupId": "sg-2", "GroupName": "x", "IpPermissions": [], "IpPermissionsEgress": []},
    ]
    work = Work(OWNER)
    compare(rest(groups=groups), work)
    assert [one["id"] for one in work.todo["referring_groups"]] == ["sg-1"]
    assert [one["id"] for one in work.todo["groups"]] == ["sg-2"]


def test_what_aws_is_removing_is_waited_for_and_not_removed_again() -> None:
    found = rest(
        nats=[
            {"NatGatewayId": "nat-1", "State": "deleting"},
            {"NatGatewayId": "nat-2", "State": "deleted"},
        ],
        endpoints=[{"VpcEndpointId": "vpce-1", "State": "Deleting"}],
    )
    work = Work(OWNER)
    compare(found, work)
    assert work.todo == {}
    assert busy(found) == ["vpce-1", "nat-1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ELB app/k8s-cam/1", "a load balancer by eni-1 (ELB app/k8s-cam/1)"),
        ("RDSNetworkInterface", "an RDS instance by eni-1 (RDSNetworkInterface)"),
    ],
)
@pytest.mark.parametrize("running", [True, False])
def test_what_others_must_remove_is_told_at_any_time(text: str, told: str, running: bool) -> None:
    assert blocked(rest(running, interfaces=[interface("eni-1", text)])) == [told]


def test_interfaces_of_the_cluster_and_of_gateways_hold_nothing_back() -> None:
    nats = [{"NatGatewayAddresses": [{"NetworkInterfaceId": "eni-nat"}], "State": "available"}]
    endpoints = [{"NetworkInterfaceIds": ["eni-door"], "State": "available"}]
    found = rest(
        nats=nats, endpoints=endpoints,
        interfaces=[
            interface("eni-nat"),
            interface("eni-door"),
            interface("eni-pod", "aws-K8S-i-1", "available",
                      **{"cluster.k8s.amazonaws.com/name": OWNER.cluster}),
        ],
    )  # fmt: skip
    assert blocked(found) == []
    found.interfaces.append(interface("eni-9", "my server"))
    assert blocked(found) == ["something by eni-9 (my server)"]
    found.running = True
    assert blocked(found) == []


def test_what_nodes_left_behind_goes_as_well() -> None:
    left = interface("eni-pod", "aws-K8S-i-1", "available",
                     **{"cluster.k8s.amazonaws.com/name": OWNER.cluster})  # fmt: skip
    foreign = interface("eni-2", "aws-K8S-i-2", "available",
                        **{"cluster.k8s.amazonaws.com/name": "other"})  # fmt: skip
    work = Work(OWNER)
    compare(rest(interfaces=[left, foreign]), work)
    assert work.todo == {"interfaces": [{"id": "eni-pod"}]}


def test_a_group_that_eks_left_goes_once_the_cluster_is_gone(aws: SmallAws) -> None:
    ec2 = aws.double.client("ec2")
    built = build(partial(look, core, aws), Network(ec2).write)
    made = ec2.create_security_group(
        GroupName=f"eks-cluster-sg-{aws.name}-1", Description="EKS", VpcId=built["vpc_id"],
        TagSpecifications=[{
            "ResourceType": "security-group",
            "Tags": pairs({f"kubernetes.io/cluster/{aws.name}": "owned"}),
        }],
    )  # fmt: skip
    groups = look(core, aws, state="absent")["todo"]["groups"]
    assert made["GroupId"] in [one["id"] for one in groups]
