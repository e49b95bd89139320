# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What separates security groups and endpoints of a VPC from what is wanted; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_network import Group, Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_network_read import Found
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import (
    Item,
    Work,
    name_of,
    tags_of,
)

GROUP: Final = "security group"
ENDPOINT: Final = "VPC endpoint"
NODES: Final = "the nodes' group of EKS"
GONE: Final = frozenset({"deleting", "deleted", "failed", "rejected", "expired"})


def groups(wanted: Wanted, found: Found, work: Work, vpc_id: str | None) -> dict[str, str | None]:
    """The id of each group by what it protects. Who may enter is judged, and who may leave."""
    nodes = found.cluster_vpc("clusterSecurityGroupId")
    cidrs = (wanted.params["cidr"],) if wanted.own else ()
    return {
        group.thing: _group(wanted, found, work, vpc_id, group, nodes)
        for group in wanted.groups(cidrs)
    }


def _group(
    wanted: Wanted, found: Found, work: Work, vpc_id: str | None, group: Group, nodes: str | None
) -> str | None:
    sources = group.rule.sources(nodes)
    tags = wanted.tags(group.name)
    spec: Item = {
        "name": group.name,
        "description": group.description,
        "vpc_id": vpc_id,
        "rules": _rules(group, sources or []),
        "tags": tags,
    }
    then = _told(group.rule.port, sources if sources is not None else [NODES])
    live = next(
        (
            item
            for item in found.groups
            if item["GroupName"] == group.name and item["VpcId"] == vpc_id
        ),
        None,
    )
    if live is None:
        work.change("create", "groups", GROUP, group.name, spec, {"ingress": (None, then)})
        return None
    ident = str(live["GroupId"])
    work.owner.refuse_foreign(GROUP, group.name, tags_of(live), work.adopt)
    now, out = rules_of(live["IpPermissions"]), rules_of(live["IpPermissionsEgress"])
    allowed = {("tcp", group.rule.port, group.rule.port, one) for one in sources or []}
    fields: dict[str, tuple[Any, Any]] = {}
    if now != allowed:
        fields["ingress"] = (_lines(now), then)
    if out:
        fields["egress"] = (_lines(out), [])
    if fields:
        work.change(
            "update",
            "groups",
            GROUP,
            group.name,
            {**spec, "description": live["Description"]},
            fields,
        )
    elif sources is None:
        # Right as far as it can be before EKS has made the group of the nodes.
        work.wait(GROUP, group.name, {"ingress": (_lines(now), then)})
    work.tag(GROUP, group.name, ident, tags, live)
    return ident


def _rules(group: Group, sources: list[str]) -> list[Item]:
    """As the module ec2_security_group takes them."""
    key = "group_id" if group.rule.cidrs is None else "cidr_ip"
    return [
        {
            "proto": "tcp",
            "ports": [str(group.rule.port)],
            key: [one],
            "rule_desc": group.description,
        }
        for one in sources
    ]


def rules_of(permissions: list[Item]) -> set[tuple[str, int | None, int | None, str]]:
    """Each permission once for each of its sources: protocol, ports, and who."""
    found = set()
    for one in permissions:
        where = [
            *[pair["GroupId"] for pair in one.get("UserIdGroupPairs") or []],
            *[pair["CidrIp"] for pair in one.get("IpRanges") or []],
            *[pair["CidrIpv6"] for pair in one.get("Ipv6Ranges") or []],
            *[pair["PrefixListId"] for pair in one.get("PrefixListIds") or []],
        ]
        for source in where:
            found.add((str(one["IpProtocol"]), one.get("FromPort"), one.get("ToPort"), source))
    return found


def _told(port: int, sources: list[str]) -> list[str]:
    return [f"tcp {port} from {one}" for one in sources]


def _lines(rules: set[tuple[str, int | None, int | None, str]]) -> list[str]:
    lines = []
    for protocol, first, last, source in rules:
        ports = "all ports" if first is None else str(first) if first == last else f"{first}-{last}"
        name = "all protocols" if protocol == "-1" else protocol
        lines.append(
            f"{name} {ports} from {source}" if name != "all protocols" else f"everything, {source}"
        )
    return sorted(lines)


def endpoints(
    wanted: Wanted, found: Found, work: Work, region: str, vpc_id: str | None,
    subnets: list[str | None], tables: list[str | None], groups_by: Mapping[str, str | None],
) -> None:  # fmt: skip
    """Ways to services of AWS that avoid the internet: that to S3 is free, others are paid."""
    whole = None if None in tables else tables
    _endpoint(wanted, found, work, vpc_id, f"com.amazonaws.{region}.s3", "Gateway",
              {"route_table_ids": whole, "subnet_ids": [], "security_group_ids": []})  # fmt: skip
    group = groups_by.get("endpoints")
    for service in wanted.params["interface_endpoints"]:
        _endpoint(wanted, found, work, vpc_id, f"com.amazonaws.{region}.{service}", "Interface", {
            "route_table_ids": [],
            "subnet_ids": None if None in subnets else subnets,
            "security_group_ids": [group] if group else None,
        })  # fmt: skip
    _unwanted(wanted, found, work, region, vpc_id)


def _endpoint(
    wanted: Wanted, found: Found, work: Work, vpc_id: str | None, service: str, kind: str,
    links: dict[str, list[str | None] | None],
) -> None:  # fmt: skip
    name = wanted.name(service.split(".", 3)[3].replace(".", "-"))
    tags = wanted.tags(name)
    spec: Item = {
        "id": "", "name": name, "vpc_id": vpc_id, "service": service, "type": kind,
        "tags": tags, **links,
    }  # fmt: skip
    live = next((one for one in _alive(found, vpc_id) if one["ServiceName"] == service), None)
    if live is None:
        work.change("create", "endpoints", ENDPOINT, name, spec, {"service": (None, service)})
        return
    work.owner.refuse_foreign(ENDPOINT, name, tags_of(live), work.adopt)
    now = {
        "route_table_ids": live.get("RouteTableIds") or [],
        "subnet_ids": live.get("SubnetIds") or [],
        "security_group_ids": [one["GroupId"] for one in live.get("Groups") or []],
    }
    fields = {
        key: (sorted(now[key]), "(not made yet)" if links[key] is None else links[key])
        for key in now
        if links[key] is None or sorted(now[key]) != sorted(filter(None, links[key] or []))
    }
    if fields:
        work.change(
            "update", "endpoints", ENDPOINT, name, {**spec, "id": live["VpcEndpointId"]}, fields
        )
    work.tag(ENDPOINT, name, str(live["VpcEndpointId"]), tags, live)


def _unwanted(wanted: Wanted, found: Found, work: Work, region: str, vpc_id: str | None) -> None:
    kept = {
        f"com.amazonaws.{region}.{one}" for one in ("s3", *wanted.params["interface_endpoints"])
    }
    for item in _alive(found, vpc_id):
        if item["ServiceName"] not in kept and wanted.owner.owns(tags_of(item)):
            ident = str(item["VpcEndpointId"])
            told = name_of(item) or ident
            work.change("delete", "remove_endpoints", ENDPOINT, told, {"id": ident})


def _alive(found: Found, vpc_id: str | None) -> list[Item]:
    return [
        item
        for item in found.endpoints
        if item["VpcId"] == vpc_id and str(item.get("State", "")).lower() not in GONE
    ]
