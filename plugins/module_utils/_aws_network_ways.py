# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates the ways into and out of a VPC from what is wanted; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Optional

from ansible_collections.cam.mesh.plugins.module_utils._aws_network import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import Found
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import (
    Item,
    Work,
    name_of,
    tags_of,
)

EVERYWHERE: Final = "0.0.0.0/0"
NOT_YET: Final = "(not made yet)"
IGW: Final = "internet gateway"
NAT: Final = "NAT gateway"
EIP: Final = "elastic IP address"
TABLE: Final = "route table"
# Not `str | None`: outside of annotations ansible-test asks for what every Python takes.
Ids = Mapping[str, Optional[str]]  # noqa: UP045


def internet_gateway(wanted: Wanted, found: Found, work: Work, vpc_id: str | None) -> str | None:
    """The way of the public subnets; None until it is attached."""
    name = wanted.name("internet")
    here = [item for item in found.gateways if vpc_id and _attached(item) == vpc_id]
    loose = [
        str(item["InternetGatewayId"])
        for item in found.gateways
        if not _attached(item) and wanted.owner.owns(tags_of(item))
    ]
    if here:
        ident = str(here[0]["InternetGatewayId"])
        work.owner.refuse_foreign(IGW, name, tags_of(here[0]), work.adopt)
        work.tag(IGW, name, ident, wanted.tags(name), here[0])
    else:
        # A run that was killed in between has made one and not attached it.
        known = loose.pop(0) if loose else ""
        spec = {"id": known, "vpc_id": vpc_id, "tags": wanted.tags(name)}
        work.change("create", "gateways", IGW, name, spec)
    for twin in loose:
        work.change("delete", "remove_gateways", IGW, f"{name} ({twin}, unused)", {"id": twin})
    return ident if here else None


def nats(
    wanted: Wanted, found: Found, work: Work, subnets: Ids, gateway: str | None
) -> dict[int, str | None]:
    """The NAT gateway of each zone that has one, each with an address of its own."""
    ids: dict[int, str | None] = {}
    for at in wanted.nats():
        name = wanted.name(f"nat-{at + 1}")
        address = _address(wanted, found, work, name)
        live = _nat(found, work, name)
        ids[at] = str(live["NatGatewayId"]) if live else None
        if live is not None:
            work.tag(NAT, name, str(live["NatGatewayId"]), wanted.tags(name), live)
            continue
        # AWS takes a NAT gateway only where an internet gateway is attached.
        subnet = subnets[wanted.name(f"public-{at + 1}")] if gateway else None
        spec = {"subnet_id": subnet, "allocation_id": address, "tags": wanted.tags(name)}
        work.change("create", "nats", NAT, name, spec)
    return ids


def leaving(wanted: Wanted, found: Found) -> list[str]:
    """NAT gateways of ours that AWS is removing."""
    return [
        str(item["NatGatewayId"])
        for item in found.nats
        if item["State"] == "deleting" and wanted.owner.owns(tags_of(item))
    ]


def surplus(wanted: Wanted, found: Found, work: Work) -> None:
    """What `nat` no longer asks for. It goes last, when the routes lead elsewhere."""
    kept = {wanted.name(f"nat-{at + 1}") for at in wanted.nats()}
    danger = "its public address is given back, which others may have on their lists"

    def mine(item: Item) -> bool:
        return name_of(item) not in kept and wanted.owner.owns(tags_of(item))

    for item in filter(mine, found.nats):
        if item["State"] in ("pending", "available"):
            spec = {"id": item["NatGatewayId"]}
            work.change("delete", "remove_nats", NAT, name_of(item), spec, danger=danger)
    for item in filter(mine, found.addresses):
        spec = {"public_ip": item["PublicIp"]}
        work.change("delete", "remove_addresses", EIP, name_of(item), spec, danger=danger)


def _address(wanted: Wanted, found: Found, work: Work, name: str) -> str | None:
    mine = work.ours(EIP, name, found.addresses)
    # The one in use first; a second one was made when an answer of AWS was lost.
    mine.sort(key=lambda item: ("AssociationId" not in item, item["AllocationId"]))
    if not mine:
        work.change("create", "addresses", EIP, name, {"tags": wanted.tags(name)})
        return None
    work.tag(EIP, name, str(mine[0]["AllocationId"]), wanted.tags(name), mine[0])
    for twin in mine[1:]:
        told = f"{name} ({twin['PublicIp']}, unused)"
        work.change("delete", "remove_addresses", EIP, told, {"public_ip": twin["PublicIp"]})
    return str(mine[0]["AllocationId"])


def _nat(found: Found, work: Work, name: str) -> Item | None:
    """The living one. One that failed is told, and made anew: AWS never repairs it."""
    named = work.ours(NAT, name, [item for item in found.nats if item["State"] != "deleted"])
    for item in named:
        if item["State"] == "failed":
            why = f"{item.get('FailureCode', '')} {item.get('FailureMessage', '')}".strip()
            work.warnings.append(
                f"NAT gateway {name} ({item['NatGatewayId']}) failed: "
                f"{why or 'AWS names no cause'}. It is made anew."
            )
    return next((item for item in named if item["State"] in ("pending", "available")), None)


def route_tables(
    wanted: Wanted, found: Found, work: Work, vpc_id: str | None, subnets: Ids,
    gateway: str | None, nat: Mapping[int, str | None],
) -> list[str | None]:  # fmt: skip
    """The tables of the private subnets: one a zone, so that each can have its own way out."""
    here = [item for item in found.tables if item["VpcId"] == vpc_id]
    zones = range(wanted.zone_count)

    def table(name: str, members: list[str], way: tuple[bool, str | None]) -> str | None:
        linked = {one: subnets[one] for one in members}
        return _table(wanted, here, work, name, vpc_id, linked, way)

    table(wanted.name("public"), [wanted.name(f"public-{at + 1}") for at in zones], (True, gateway))
    names = [wanted.name(f"private-{at + 1}") for at in zones]
    return [
        table(name, [name], (bool(nat), nat.get(at, nat.get(0)))) for at, name in enumerate(names)
    ]


def _table(
    wanted: Wanted, here: list[Item], work: Work, name: str, vpc_id: str | None, subnets: Ids,
    way: tuple[bool, str | None],
) -> str | None:  # fmt: skip
    """One table, its subnets, its default route; other routes stay with those who made them."""
    out, target = way
    mine = work.ours(TABLE, name, here)
    # The one in use first; a second one was made when an answer of AWS was lost.
    mine.sort(key=lambda item: (not item.get("Associations"), item["RouteTableId"]))
    members = list(subnets.values())
    spec: Item = {
        "id": str(mine[0]["RouteTableId"]) if mine else "",
        "vpc_id": vpc_id,
        "tags": wanted.tags(name),
        "subnet_ids": None if None in members else members,
        "routes": _routes(out, target),
    }
    if not mine:
        work.change("create", "tables", TABLE, name, spec)
        return None
    fields = _differences(mine[0], subnets, out, target)
    if fields:
        work.change("update", "tables", TABLE, name, spec, fields)
    work.tag(TABLE, name, spec["id"], wanted.tags(name), mine[0])
    for twin in mine[1:]:
        ident = twin["RouteTableId"]
        work.change("delete", "remove_tables", TABLE, f"{name} ({ident}, unused)", {"id": ident})
    return str(spec["id"])


def _routes(out: bool, target: str | None) -> list[Item] | None:
    """None while the gateway does not exist; without a way out a dead route may stay."""
    if not out:
        return []
    return [{"dest": EVERYWHERE, "gateway_id": target}] if target else None


def _differences(
    live: Item, subnets: Ids, out: bool, target: str | None
) -> dict[str, tuple[Any, Any]]:
    fields: dict[str, tuple[Any, Any]] = {}
    now = default_route(live)
    if out and (target is None or now != target):
        fields["default route"] = (now, target or NOT_YET)
    linked = {one.get("SubnetId") for one in live.get("Associations") or []}
    missing = [name for name, ident in subnets.items() if ident is None or ident not in linked]
    if missing:
        fields["subnets"] = ([name for name in subnets if name not in missing], list(subnets))
    return fields


def default_route(table: Item) -> str | None:
    """Where a table sends what is for nobody in the VPC; None if that way is dead."""
    for route in table.get("Routes") or []:
        if route.get("DestinationCidrBlock") == EVERYWHERE and route.get("State") != "blackhole":
            keys = ("NatGatewayId", "GatewayId", "TransitGatewayId", "NetworkInterfaceId")
            return next((str(route[key]) for key in keys if route.get(key)), "something else")
    return None


def _attached(gateway: Item) -> str | None:
    """The VPC, if any; one that is being detached is free."""
    for one in gateway.get("Attachments") or []:
        if one.get("State") in ("attaching", "attached", "available"):
            return str(one["VpcId"])
    return None
