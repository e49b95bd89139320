# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates a VPC and its subnets from what is wanted; pure."""

from __future__ import annotations

from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_cidr import LEAST_ZONES, overlapping
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import ELB_TAGS, Subnet, Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import Found
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, Work, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

# A subnet with fewer free addresses soon has nodes without pods.
FEW_ADDRESSES: Final = 32


def vpc(wanted: Wanted, found: Found, work: Work) -> str | None:
    """The id of the VPC, None until it is made."""
    name, cidr = wanted.name("vpc"), wanted.params["cidr"]
    mine = [item for item in found.vpcs if wanted.owner.owns(tags_of(item))]
    mine = mine or work.ours("VPC", name, found.vpcs)
    spec: Item = {"vpc_id": "", "name": name, "cidr": cidr, "tags": wanted.tags(name)}
    if not mine:
        _refuse_stray_cluster(wanted, found, None)
        work.change("create", "vpcs", "VPC", name, spec, {"cidr": (None, cidr)})
        return None
    live, *twins = mine
    ident = str(live["VpcId"])
    _refuse_stray_cluster(wanted, found, ident)
    if live["CidrBlock"] != cidr:
        raise CamError(
            f"VPC {name} ({ident}) has the range {live['CidrBlock']} and `cidr` is {cidr}: AWS "
            f"never changes it. Set `cidr` to {live['CidrBlock']}, or build another cluster."
        )
    fields = {
        key: (False, True)
        for key, on in (
            ("dns_support", "enableDnsSupport"),
            ("dns_hostnames", "enableDnsHostnames"),
        )
        if not found.dns.get(on)
    }
    if fields:
        work.change("update", "vpcs", "VPC", name, {**spec, "vpc_id": ident}, fields)
    work.tag("VPC", name, ident, wanted.tags(name), live)
    for twin in twins:
        _twin(found, work, name, twin)
    return ident


def subnets(wanted: Wanted, found: Found, work: Work, vpc_id: str | None) -> dict[str, str | None]:
    """The id of each wanted subnet by its name."""
    there = {item["CidrBlock"]: item for item in found.subnets if item["VpcId"] == vpc_id}
    zones = zones_of(wanted, found, there)
    ids: dict[str, str | None] = {}
    for subnet in wanted.subnets():
        tags = wanted.tags(subnet.name, ELB_TAGS[subnet.public])
        zone, live = zones[subnet.at], there.get(subnet.cidr)
        ids[subnet.name] = str(live["SubnetId"]) if live else None
        if live is None:
            _refuse_overlap(subnet, list(there))
            spec = {"vpc_id": vpc_id, "cidr": subnet.cidr, "az": zone, "tags": tags}
            fields = {"cidr": (None, subnet.cidr), "zone": (None, zone)}
            work.change("create", "subnets", "subnet", subnet.name, spec, fields)
            continue
        work.owner.refuse_foreign("subnet", subnet.name, tags_of(live), work.adopt)
        if live["AvailabilityZone"] != zone:
            raise CamError(
                f"Subnet {subnet.name} ({subnet.cidr}) is in {live['AvailabilityZone']} and "
                f"`zones` puts it into {zone}: a subnet never moves. Keep the order of `zones`."
            )
        work.tag("subnet", subnet.name, str(live["SubnetId"]), tags, live)
    _refuse_less(wanted, there)
    return ids


def zones_of(wanted: Wanted, found: Found, there: dict[str, Item]) -> list[str]:
    """The zone of each pair of subnets: as the inventory says, as it is, or the next free one."""
    if wanted.params["zones"]:
        return list(wanted.params["zones"])
    taken: dict[int, str] = {}
    for subnet in wanted.subnets():
        if subnet.cidr in there:
            taken.setdefault(subnet.at, str(there[subnet.cidr]["AvailabilityZone"]))
    free = [zone for zone in found.zones if zone not in taken.values()]
    missing = wanted.zone_count - len(taken)
    if missing > len(free):
        raise CamError(
            f"{wanted.zone_count} zones are wanted, and EKS can use "
            f"{len(found.zones)} in this region ({', '.join(found.zones) or 'none'}). Lower "
            "`zone_count`, or choose another region."
        )
    return [taken.get(at) or free.pop(0) for at in range(wanted.zone_count)]


def given(wanted: Wanted, found: Found, work: Work) -> None:
    """Judges a VPC and subnets that somebody else made. Nothing is written to them, not a tag."""
    params, live = wanted.params, {item["SubnetId"]: item for item in found.subnets}
    _refuse_stray_cluster(wanted, found, params["vpc_id"])
    private = [live[one] for one in params["private_subnet_ids"]]
    zones = sorted({item["AvailabilityZone"] for item in private})
    if len(zones) < LEAST_ZONES:
        raise CamError(
            f"The subnets of `private_subnet_ids` are all in {zones[0]}: EKS needs subnets in "
            f"{LEAST_ZONES} zones."
        )
    for key, on in found.dns.items():
        if not on:
            work.warnings.append(
                f"VPC {params['vpc_id']} has {key} off: nodes do not find the private endpoint of "
                "the cluster. Ask its owner to switch it on."
            )
    for public, option in ((False, "private_subnet_ids"), (True, "public_subnet_ids")):
        for one in params[option]:
            _warn(work, live[one], public)


def _warn(work: Work, item: Item, public: bool) -> None:
    ((mark, _value),) = ELB_TAGS[public].items()
    if mark not in tags_of(item):
        work.warnings.append(
            f"Subnet {item['SubnetId']} lacks the tag {mark}=1: the load balancer controller does "
            "not find it. Ask its owner to set it, where load balancers are wanted."
        )
    free = item.get("AvailableIpAddressCount", FEW_ADDRESSES)
    if free < FEW_ADDRESSES and not public:
        work.warnings.append(
            f"Subnet {item['SubnetId']} has {free} free addresses, and each pod takes one."
        )


def _twin(found: Found, work: Work, name: str, twin: Item) -> None:
    """A second VPC of ours: AWS made the first, and its answer was lost."""
    ident = twin["VpcId"]
    if any(item["VpcId"] == ident for item in found.subnets):
        both = ", ".join(item["VpcId"] for item in found.vpcs)
        raise CamError(
            f"Two VPCs carry our tags and have subnets, so which of {both} is {name} cannot be "
            "told. Take the tags from the one that is not."
        )
    work.change("delete", "remove_vpcs", "VPC", f"{name} ({ident}, made twice)", {"id": ident})


def _refuse_stray_cluster(wanted: Wanted, found: Found, vpc_id: str | None) -> None:
    there = found.cluster_vpc("vpcId")
    if there and there != vpc_id:
        raise CamError(
            f"EKS cluster {wanted.owner.cluster} lives in VPC {there}, not in "
            f"{vpc_id or 'one that this module made'}: a cluster never moves. Give that network by "
            "`vpc_id` and `private_subnet_ids`, or build a cluster of another name."
        )


def _refuse_overlap(subnet: Subnet, there: list[str]) -> None:
    if hit := overlapping(subnet.cidr, there):
        raise CamError(
            f"Subnet {subnet.name} is to be {subnet.cidr}, where {', '.join(hit)} is already. Name "
            "the ranges that exist in `private_cidrs` and `public_cidrs`, or remove that subnet."
        )


def _refuse_less(wanted: Wanted, there: dict[str, Any]) -> None:
    """Zones are added, never taken away: the control plane stands in those of the first day."""
    cidrs = {subnet.cidr for subnet in wanted.subnets()}
    left = [
        item
        for cidr, item in there.items()
        if cidr not in cidrs and wanted.owner.owns(tags_of(item))
    ]
    if left:
        names = ", ".join(
            sorted(f"{tags_of(item).get('Name')} {item['CidrBlock']}" for item in left)
        )
        raise CamError(
            f"{wanted.zone_count} zones are wanted, and there are subnets of more, or of other "
            f"ranges: {names}. A cluster never leaves a zone: set `zone_count`, `zones` and the "
            "ranges back."
        )
