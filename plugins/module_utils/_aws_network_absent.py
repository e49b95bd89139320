# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of a network, in the order in which it goes; whatever made it, our tags say so.

Found by tags rather than by name, so that a half-built state of another configuration goes as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import cluster
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import (
    Item,
    Work,
    name_of,
    tags_of,
)
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Result

# Key, title, operation of EC2, and the keys of its answer.
KINDS: Final = (
    ("volumes", "volume", "describe_volumes", "Volumes", "VolumeId"),
    ("endpoints", "VPC endpoint", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("nats", "NAT gateway", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("addresses", "elastic IP address", "describe_addresses", "Addresses", "PublicIp"),
    ("groups", "security group", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("subnets", "subnet", "describe_subnets", "Subnets", "SubnetId"),
    ("tables", "route table", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("gateways", "internet gateway", "describe_internet_gateways", "InternetGateways",
     "InternetGatewayId"),
    ("vpcs", "VPC", "describe_vpcs", "Vpcs", "VpcId"),
)  # fmt: skip
GOING: Final = "deleting"
GONE: Final = frozenset({GOING, "deleted", "failed"})
# Interfaces of services whose owners must remove them; by the beginning of their description.
SERVICES: Final = {
    "ELB ": "a load balancer",
    "RDSNetworkInterface": "an RDS instance",
    "ElastiCache": "an ElastiCache node",
}


@dataclass
class Rest:
    """What is there by our tags, and the interfaces in our own VPCs."""

    owner: Owner
    items: dict[str, list[Item]] = field(default_factory=dict)
    interfaces: list[Item] = field(default_factory=list)
    running: bool = False


def run(aws: Aws, wanted: Wanted, diff: bool) -> Result:
    """What to remove, and what of others stands in the way."""
    rest = read(aws.service("ec2"), wanted.owner, cluster(aws, wanted.owner.cluster) is not None)
    work = Work(wanted.owner)
    compare(rest, work)
    return {
        "changed": False,
        **work.result([], diff),
        "busy": busy(rest),
        "blocked": blocked(rest),
    }


def read(ec2: Service, owner: Owner, running: bool) -> Rest:
    """Whole lists by our tags; of our VPCs also what EKS and its nodes leave behind."""
    tags = [{"Name": f"tag:{key}", "Values": [value]} for key, value in owner.tags.items()]
    rest = Rest(owner, running=running)
    for key, title, operation, answer, _ident in KINDS:
        about = f"each {title} of {owner.cluster}"
        if key == "addresses":
            found = ec2.ask(operation, about, Filters=tags).get(answer) or []
        else:
            filters = "Filter" if key == "nats" else "Filters"
            found = ec2.ask_all(operation, about, answer, **{filters: tags})
        # What is removed is judged here as well, whatever a filter was worth.
        rest.items[key] = [item for item in found if owner.owns(tags_of(item))]
    vpcs = [item["VpcId"] for item in rest.items["vpcs"]]
    if vpcs:
        inside = [{"Name": "vpc-id", "Values": vpcs}]
        rest.interfaces = ec2.ask_all(
            "describe_network_interfaces", "our VPC", "NetworkInterfaces", Filters=inside
        )
        groups = ec2.ask_all(
            "describe_security_groups", "our VPC", "SecurityGroups", Filters=inside
        )
        known = {item["GroupId"] for item in rest.items["groups"]}
        rest.items["groups"] += [
            item for item in groups if item["GroupId"] not in known and _left_by_eks(rest, item)
        ]
    return rest


def compare(rest: Rest, work: Work) -> None:
    """The plan of the removal. What names another group goes first: it holds that one back."""
    for item in rest.interfaces:
        if item.get("Status") == "available" and _of_cluster(rest, item):
            ident = item["NetworkInterfaceId"]
            work.change("delete", "interfaces", "network interface", ident, {"id": ident})
    for key, title, _operation, _answer, ident in KINDS:
        for item in rest.items[key]:
            # The driver in a cluster removes its volumes itself, and keeps those that are in use.
            if _state(item) in GONE or (key == "volumes" and (rest.running or _used(item))):
                continue
            place = "referring_groups" if key == "groups" and _refers(item) else key
            spec = {"id": item[ident], "vpc_id": _vpc(item), "cidr": item.get("CidrBlock", "")}
            told = name_of(item) or str(item.get("GroupName") or "")
            told = f"{told} ({item[ident]})" if told else str(item[ident])
            work.change("delete", place, title, told, spec)


def busy(rest: Rest) -> list[str]:
    """What AWS is still removing: subnets and addresses go only after it."""
    return [
        item[ident]
        for key, _title, _operation, _answer, ident in KINDS
        for item in rest.items[key]
        if _state(item) == GOING
    ]


def blocked(rest: Rest) -> list[str]:
    """What others have in our VPC. While the cluster runs only what surely is no part of it."""
    lines, ours = [], _interfaces(rest)
    for item in rest.interfaces:
        text = str(item.get("Description") or "")
        service = next((told for start, told in SERVICES.items() if text.startswith(start)), "")
        if item.get("Status") == "available" and _of_cluster(rest, item):
            continue
        if service or not (rest.running or item["NetworkInterfaceId"] in ours):
            what = service or "something"
            lines.append(f"{what} by {item['NetworkInterfaceId']} ({text or 'no description'})")
    return sorted(lines)


def _interfaces(rest: Rest) -> set[str]:
    """Those that go with what is removed here."""
    of_nats = [
        one.get("NetworkInterfaceId")
        for item in rest.items["nats"]
        for one in item.get("NatGatewayAddresses") or []
    ]
    of_endpoints = [
        ident for item in rest.items["endpoints"] for ident in item.get("NetworkInterfaceIds") or []
    ]
    return {ident for ident in (*of_nats, *of_endpoints) if ident}


def _state(item: Item) -> str:
    return str(item.get("State") or "").lower()


def _used(volume: Item) -> bool:
    return _state(volume) != "available"


def _vpc(item: Item) -> str:
    attached = item.get("Attachments") or [{}]
    return str(item.get("VpcId") or attached[0].get("VpcId") or "")


def _refers(group: Item) -> bool:
    return any(
        pair["GroupId"] != group["GroupId"]
        for permission in [*group["IpPermissions"], *group["IpPermissionsEgress"]]
        for pair in permission.get("UserIdGroupPairs") or []
    )


def _left_by_eks(rest: Rest, group: Item) -> bool:
    """EKS leaves its own group, and controllers leave theirs, where a rule held them back."""
    return not rest.running and _of_cluster(rest, group)


def _of_cluster(rest: Rest, item: Item) -> bool:
    tags, name = tags_of({"Tags": item.get("Tags") or item.get("TagSet")}), rest.owner.cluster
    return (
        rest.owner.owns(tags)
        or f"kubernetes.io/cluster/{name}" in tags
        or name
        in (
            tags.get("aws:eks:cluster-name"),
            tags.get("cluster.k8s.amazonaws.com/name"),
            tags.get("elbv2.k8s.aws/cluster"),
        )
    )
