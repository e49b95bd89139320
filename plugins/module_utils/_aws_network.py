# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that a cluster on AWS is to have, from the options alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws_cidr import (
    LEAST_ZONES,
    MOST_ZONES,
    Share,
    given_shares,
    network,
    shares,
)
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._names import POSTGRES_PORT, REDIS_PORT
from ansible_collections.cam.mesh.plugins.module_utils._ownership import Owner
from ansible_collections.cam.mesh.plugins.module_utils._run import Params

NETWORK_SPEC: dict[str, Any] = {
    "cluster": {"type": "str", "required": True},
    "suffix": {"type": "str"},
    "tags": {"type": "dict", "default": {}},
    "adopt": {"type": "bool", "default": False},
    "allow": {"type": "list", "elements": "str", "default": []},
    "cidr": {"type": "str", "default": "10.20.0.0/16"},
    "zones": {"type": "list", "elements": "str", "default": []},
    "zone_count": {"type": "int", "default": 2},
    "private_cidrs": {"type": "list", "elements": "str", "default": []},
    "public_cidrs": {"type": "list", "elements": "str", "default": []},
    "nat": {"type": "str", "choices": ["one", "per_zone", "none"], "default": "one"},
    "interface_endpoints": {"type": "list", "elements": "str", "default": []},
    "control_cidrs": {"type": "list", "elements": "str", "default": []},
    "vpc_id": {"type": "str"},
    "private_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "public_subnet_ids": {"type": "list", "elements": "str", "default": []},
}

# What nodes ask on their way into the cluster ("Deploy private clusters with limited internet
# access", EKS User Guide); eks-auth hands the pods their identity. S3 has a gateway of its own.
NEEDED_WITHOUT_NAT: Final = ("ec2", "ecr.api", "ecr.dkr", "eks", "eks-auth", "sts")
# Marks by which the load balancer controller finds subnets.
ELB_TAGS: Final = {
    False: {"kubernetes.io/role/internal-elb": "1"},
    True: {"kubernetes.io/role/elb": "1"},
}


@dataclass(frozen=True)
class Subnet:
    """One of the two subnets of a zone, which is known once the zones are."""

    name: str
    cidr: str
    at: int
    public: bool


@dataclass(frozen=True)
class Rule:
    """Who may reach a port: the nodes, or ranges of addresses."""

    port: int
    cidrs: tuple[str, ...] | None = None

    def sources(self, nodes: str | None) -> list[str] | None:
        """Security groups or ranges; None while the nodes' group does not exist."""
        if self.cidrs is not None:
            return list(self.cidrs)
        return [nodes] if nodes else None


@dataclass(frozen=True)
class Group:
    """A security group; nothing may go out by it."""

    thing: str
    name: str
    description: str
    rule: Rule


@dataclass(frozen=True)
class Wanted:
    """A network as wished; pure, and checked when it is made."""

    owner: Owner
    suffix: str
    params: Params

    @classmethod
    def of(cls, params: Params) -> Wanted:
        owner = Owner(params["environment"], params["cluster"])
        owner.with_tags(params["tags"])
        wanted = cls(owner, params["suffix"] or params["environment"], params)
        wanted._refuse_bad()
        return wanted

    @property
    def own(self) -> bool:
        """Whether the VPC is ours to make."""
        return not self.params["vpc_id"]

    @property
    def zone_count(self) -> int:
        if self.params["private_cidrs"]:
            return len(self.params["private_cidrs"])
        return len(self.params["zones"]) or int(self.params["zone_count"])

    def name(self, thing: str) -> str:
        return f"cam-{thing}-{self.suffix}"

    def tags(self, name: str, more: dict[str, str] | None = None) -> dict[str, str]:
        return {**self.owner.with_tags(self.params["tags"]), **(more or {}), "Name": name}

    def shares(self) -> list[Share]:
        cidr, private = self.params["cidr"], self.params["private_cidrs"]
        if private or self.params["public_cidrs"]:
            return given_shares(cidr, private, self.params["public_cidrs"])
        return shares(cidr, self.zone_count)

    def subnets(self) -> list[Subnet]:
        found = []
        for at, share in enumerate(self.shares()):
            found.append(Subnet(self.name(f"private-{at + 1}"), share.private, at, False))
            found.append(Subnet(self.name(f"public-{at + 1}"), share.public, at, True))
        return found

    def nats(self) -> list[int]:
        """The zones, counted from 0, that have a NAT gateway."""
        counts = {"none": 0, "one": 1, "per_zone": self.zone_count}
        return list(range(counts[self.params["nat"]]))

    def groups(self, vpc_cidrs: tuple[str, ...]) -> list[Group]:
        def group(thing: str, description: str, rule: Rule) -> Group:
            return Group(thing, self.name(thing), description, rule)

        text = "Who reaches the API server inside the VPC"
        found = [
            group("control", text, Rule(443, self._admitted())),
            group("database", "PostgreSQL for the nodes", Rule(POSTGRES_PORT)),
            group("cache", "Redis for the nodes", Rule(REDIS_PORT)),
        ]
        if self.own and self.params["interface_endpoints"]:
            found.append(group("endpoints", "AWS services inside the VPC", Rule(443, vpc_cidrs)))
        return found

    def _admitted(self) -> tuple[str, ...]:
        return tuple(str(network(one, "control_cidrs")) for one in self.params["control_cidrs"])

    def _refuse_bad(self) -> None:
        self._admitted()
        if not self.own:
            self._refuse_bad_ids()
            return
        params = self.params
        if params["private_subnet_ids"] or params["public_subnet_ids"]:
            raise CamError(
                "Subnets are given by id and no `vpc_id`. Name the VPC that they belong to as "
                "well, or leave the subnets to this module."
            )
        if not LEAST_ZONES <= self.zone_count <= MOST_ZONES:
            raise CamError(
                f"{self.zone_count} zones are wanted: EKS needs {LEAST_ZONES}, and {MOST_ZONES} "
                "have room here. Change `zone_count`, or name others in `zones`."
            )
        if params["zones"] and len(params["zones"]) != self.zone_count:
            raise CamError(
                f"`zones` names {len(params['zones'])} zones and `private_cidrs` "
                f"{self.zone_count} ranges: give each zone one."
            )
        self.shares()
        missing = sorted({*NEEDED_WITHOUT_NAT} - {*params["interface_endpoints"]})
        if params["nat"] == "none" and missing:
            raise CamError(
                "`nat` is none, so the nodes reach AWS by `interface_endpoints` alone, and these "
                f"lack {', '.join(missing)}: no node would ever join. Add them, or set `nat`."
            )

    def _refuse_bad_ids(self) -> None:
        found = self.params["private_subnet_ids"]
        if len(set(found)) < LEAST_ZONES:
            raise CamError(
                f"`vpc_id` is {self.params['vpc_id']} and `private_subnet_ids` names "
                f"{len(set(found))} subnets: EKS needs {LEAST_ZONES}, in different zones."
            )
