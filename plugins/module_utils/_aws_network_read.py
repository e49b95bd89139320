# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a network or belongs to it: whole lists, in few calls, read only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, name_of, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# Zones in which EKS puts no control plane, by the id that is the same for every account ("Subnet
# requirements for clusters", EKS User Guide).
NOT_FOR_EKS: Final = frozenset({"use1-az3", "usw1-az2", "cac1-az3"})


@dataclass
class Found:
    """Answers of AWS, each item as its API reference describes it."""

    vpcs: list[Item] = field(default_factory=list)
    subnets: list[Item] = field(default_factory=list)
    gateways: list[Item] = field(default_factory=list)
    addresses: list[Item] = field(default_factory=list)
    nats: list[Item] = field(default_factory=list)
    tables: list[Item] = field(default_factory=list)
    endpoints: list[Item] = field(default_factory=list)
    groups: list[Item] = field(default_factory=list)
    # enableDnsSupport, enableDnsHostnames of the VPC.
    dns: dict[str, bool] = field(default_factory=dict)
    cluster: Item | None = None
    # Asked only when a subnet is missing.
    zones: list[str] = field(default_factory=list)

    def cluster_vpc(self, key: str) -> str | None:
        """A field of the cluster's `resourcesVpcConfig`."""
        found = ((self.cluster or {}).get("resourcesVpcConfig") or {}).get(key)
        return str(found) if found else None


def cluster(aws: Aws, name: str) -> Item | None:
    """DescribeCluster; None if there is none."""
    try:
        found: Item = aws.service("eks").ask("describe_cluster", f"EKS cluster {name}", name=name)
    except AwsError as error:
        if error.cause != "missing":
            raise
        return None
    live: Item = found["cluster"]
    return live


def read(aws: Aws, wanted: Wanted) -> Found:
    """What a comparison needs: all of the VPC, and what may lie outside of it half made."""
    ec2 = aws.service("ec2")
    found = Found(cluster=cluster(aws, wanted.owner.cluster))
    vpcs = ec2.ask_all("describe_vpcs", "all VPCs", "Vpcs")
    found.vpcs = [item for item in vpcs if _concerns(wanted, item)]
    if wanted.own:
        found.gateways = ec2.ask_all(
            "describe_internet_gateways", "all internet gateways", "InternetGateways"
        )
        answer = ec2.ask("describe_addresses", "all elastic IP addresses")
        found.addresses = answer.get("Addresses") or []
    if found.vpcs:
        _inside(ec2, wanted, found)
    if wanted.own and len(found.subnets) < len(wanted.subnets()) and not wanted.params["zones"]:
        found.zones = zones(ec2)
    return found


def zones(ec2: Service) -> list[str]:
    """The zones of the region that a cluster can use, by name."""
    answer = ec2.ask(
        "describe_availability_zones",
        "the zones",
        Filters=[{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}],
    )
    return sorted(
        one["ZoneName"]
        for one in answer["AvailabilityZones"]
        if one.get("State", "available") == "available"
        and one.get("ZoneType", "availability-zone") == "availability-zone"
        and one.get("ZoneId") not in NOT_FOR_EKS
    )


def _concerns(wanted: Wanted, vpc: Item) -> bool:
    if not wanted.own:
        return bool(vpc["VpcId"] == wanted.params["vpc_id"])
    return wanted.owner.owns(tags_of(vpc)) or name_of(vpc) == wanted.name("vpc")


def _inside(ec2: Service, wanted: Wanted, found: Found) -> None:
    """All that the VPCs hold; there are several only after an answer of AWS was lost."""
    ids = [item["VpcId"] for item in found.vpcs]
    about = " and ".join(ids)

    def of(operation: str, key: str, filters: str = "Filters") -> list[Any]:
        given = {filters: [{"Name": "vpc-id", "Values": ids}]}
        return ec2.ask_all(operation, f"VPC {about}", key, **given)

    found.subnets = of("describe_subnets", "Subnets")
    # The one that is used comes first.
    used = [item["VpcId"] for item in found.subnets]
    found.vpcs.sort(key=lambda vpc: (-used.count(vpc["VpcId"]), vpc["VpcId"]))
    found.groups = of("describe_security_groups", "SecurityGroups")
    if wanted.own:
        found.tables = of("describe_route_tables", "RouteTables")
        found.nats = of("describe_nat_gateways", "NatGateways", "Filter")
        found.endpoints = of("describe_vpc_endpoints", "VpcEndpoints")
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        vpc = found.vpcs[0]["VpcId"]
        answer = ec2.ask("describe_vpc_attribute", f"VPC {vpc}", VpcId=vpc, Attribute=name)
        found.dns[name] = bool(answer[name[0].upper() + name[1:]]["Value"])


def refuse_missing(wanted: Wanted, found: Found, region: str) -> None:
    """A VPC or a subnet that was given by id must be there."""
    params = wanted.params
    if not found.vpcs:
        raise CamError(
            f"`vpc_id` is {params['vpc_id']} and there is no such VPC in {region}. See the region "
            "and the account, or leave `vpc_id` out to have a VPC made."
        )
    there = {item["SubnetId"] for item in found.subnets}
    missing = sorted({*params["private_subnet_ids"], *params["public_subnet_ids"]} - there)
    if missing:
        raise CamError(
            f"VPC {params['vpc_id']} has no subnet {', '.join(missing)}. It has "
            f"{', '.join(sorted(there)) or 'none'}: correct `private_subnet_ids` and "
            "`public_subnet_ids`."
        )
