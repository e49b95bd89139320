# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where an estate of others stands: region, VPC and subnets, and which of these are public."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._adopt_cloudformation import ARN
from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource, objects
from ansible_collections.cam.mesh.plugins.module_utils._aws_network import ELB_TAGS

EVERYWHERE: Final = "0.0.0.0/0"


@dataclass(frozen=True)
class Network:
    """The network, from all resources of a file."""

    resources: tuple[Resource, ...]

    def region(self, parts: tuple[Resource, ...]) -> str:
        """Of the first ARN that names one, that of a part before all others."""
        for one in (*parts, *self.resources):
            for arn in (one.text("arn"), one.text("stack_arn")):
                if (found := ARN.fullmatch(arn)) and found["region"]:
                    return found["region"]
        return ""

    def notes(self, cluster: Resource, nodes: Resource | None) -> Iterator[str]:
        told = sorted(cluster.texts("vpc_config.0.subnet_ids"))
        private = self.private(cluster, nodes)
        if told and told != private:
            yield (
                f"EKS cluster {cluster.text('name')} is in {', '.join(told)}, and its nodes in "
                f"{', '.join(private)}; ours has both in the same. The first run is refused until "
                "cam_cluster_aws_allow names the change, as its refusal tells it."
            )

    def vpc(self, cluster: Resource) -> str:
        if told := cluster.text("vpc_config.0.vpc_id"):
            return told
        found = {one.text("id") for one in self.resources if one.kind == "aws_vpc"}
        return found.pop() if len(found) == 1 else ""

    def private(self, cluster: Resource, nodes: Resource | None) -> list[str]:
        """Those of the nodes, which never leave them; else those of the cluster that are private,
        or all, where it has no other ones."""
        if nodes is not None and (told := nodes.texts("subnet_ids")):
            return sorted(told)
        own = cluster.texts("vpc_config.0.subnet_ids")
        ids = own or [one.text("id") for one in self.resources if one.kind == "aws_subnet"]
        public = self._public()
        return sorted({one for one in ids if one not in public} or set(ids))

    def public(self, cluster: Resource, nodes: Resource | None) -> list[str]:
        return sorted(self._public() - set(self.private(cluster, nodes)))

    def _public(self) -> set[str]:
        ((mark, _value),) = ELB_TAGS[True].items()
        routed = self._routed()
        return {
            one.text("id")
            for one in self.resources
            if one.kind == "aws_subnet"
            and (
                one.get("map_public_ip_on_launch") is True
                or any(mark in tags for tags in objects([one.get("tags")]))
                or one.text("id") in routed
            )
        }

    def _routed(self) -> set[str]:
        """The subnets whose route to everywhere is an internet gateway."""
        tables = {
            one.text("route_table_id")
            for one in self.resources
            if one.kind == "aws_route"
            and _leads_out(one.get("destination_cidr_block"), one.get("gateway_id"))
        }
        tables |= {
            one.text("id")
            for one in self.resources
            if one.kind == "aws_route_table"
            and any(
                _leads_out(route.get("cidr_block"), route.get("gateway_id"))
                for route in objects(one.get("route"))
            )
        }
        return {
            one.text("subnet_id")
            for one in self.resources
            if one.kind == "aws_route_table_association" and one.text("route_table_id") in tables
        }


def _leads_out(cidr: Any, gateway: Any) -> bool:
    return cidr == EVERYWHERE and str(gateway or "").startswith("igw-")
