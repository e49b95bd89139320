# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate that somebody else made at AWS, as variables that lead the roles to it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._adopt_fields import (
    CACHE,
    CLUSTER,
    DATABASE,
    NODES,
    PARTS,
    Field,
    Part,
)
from ansible_collections.cam.mesh.plugins.module_utils._adopt_network import Network
from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource, objects
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_instance import ALWAYS
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError

UNTOLD: Final[tuple[Any, ...]] = (None, "", [], {})
STORAGE_TYPES: Final = ("gp2", "gp3")
# Where a database or a cache stands, by the resource that says so.
GROUPS: Final[Mapping[str, tuple[str, str, str]]] = {
    DATABASE: ("aws_db_subnet_group", "db_subnet_group_name", "cam_database_aws_"),
    CACHE: ("aws_elasticache_subnet_group", "subnet_group_name", "cam_cache_aws_"),
}
# Where AWS tells the region of one that is beside no cluster.
ARNS: Final = {DATABASE: "DBInstances[0].DBInstanceArn", CACHE: "ReplicationGroups[0].ARN"}


@dataclass(frozen=True)
class Missing:
    """A variable that the file does not tell; what asks AWS for it, and where in the answer."""

    variable: str
    command: str
    query: str


@dataclass
class Estate:
    """`notes`: what a first run would not leave as it is."""

    resources: tuple[Resource, ...]
    path: str
    variables: dict[str, Any] = field(default_factory=dict)
    missing: list[Missing] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def result(self) -> dict[str, Any]:
        found = self._parts()
        if not found.keys() & {CLUSTER, DATABASE, CACHE}:
            kinds = ", ".join(sorted({one.kind for one in self.resources})[:6])
            raise CamError(
                f"{self.path} holds {len(self.resources)} resources of AWS ({kinds}), and none is "
                "an EKS cluster, an RDS instance or a replication group of ElastiCache. Name the "
                "state or the stack that holds them."
            )
        for part in PARTS:
            if part.kind in found:
                self._take(part, found)
        self._refuse_templates()
        return {
            "variables": self.variables,
            "missing": [asdict(one) for one in self.missing],
            "left": list(self._left(found)),
            "notes": self.notes,
        }

    def _refuse_templates(self) -> None:
        """What is written into an inventory is read as a template there, and could run anything."""
        for name, value in self.variables.items():
            if any(mark in str(value) for mark in ("{{", "{%", "{#")):
                raise CamError(
                    f"{self.path} has a value for {name} that holds a template of Jinja, which "
                    "nothing at AWS is called. See who wrote the file, and write it anew."
                )

    def _parts(self) -> dict[str, Resource]:
        """The one resource of each part; several outputs may tell of the same."""
        found: dict[str, Resource] = {}
        for part in PARTS:
            named: dict[str, Resource] = {}
            cluster = found.get(CLUSTER)
            for one in self.resources:
                if one.kind != part.kind or not part.name_of(one) or _of_another(one, cluster):
                    continue
                before = named.get(part.name_of(one), one)
                values = {**before.values, **one.values}
                named[part.name_of(one)] = Resource(before.address, one.kind, values)
            if named:
                found[part.kind] = self._only(part, named)
        return found

    def _only(self, part: Part, named: Mapping[str, Resource]) -> Resource:
        ours = [name for name in named if name.startswith(part.ours)]
        names = list(named) if len(named) == 1 or part.kind == CLUSTER else ours or list(named)
        if len(names) > 1:
            told = " and ".join(f"{name} ({named[name].address})" for name in sorted(names))
            raise CamError(
                f"{self.path} holds {len(names)} of the kind {part.title}: {told}. A host of the "
                "inventory is one mesh cluster, with one of each. Keep one of them in a file of "
                "its own: `terraform state rm` in a copy, or the stack of that cluster alone."
            )
        return named[names[0]]

    def _take(self, part: Part, found: Mapping[str, Resource]) -> None:
        resource = found[part.kind]
        self.variables |= {**part.always, part.name.variable: part.name_of(resource)}
        cluster = found[CLUSTER].text("name") if CLUSTER in found else ""
        command = part.command_of(resource, cluster)
        if part.kind == CLUSTER:
            self._network(resource, found.get(NODES), command)
        elif cluster == "":
            region = Network(self.resources).region(tuple(found.values()))
            self._told(Field(f"{GROUPS[part.kind][2]}region", "", ARNS[part.kind]), region, command)
        for one in part.fields:
            self._told(one, resource.get(one.path), command)
        {CLUSTER: self._cluster, NODES: self._nodes, DATABASE: self._database, CACHE: self._cache}[
            part.kind
        ](resource, command)

    def _told(self, one: Field, value: Any, command: str) -> None:
        if value not in UNTOLD:
            self.variables[one.variable] = one.form(value)
        elif one.ask:
            self.missing.append(Missing(one.variable, command, one.ask))

    def _network(self, cluster: Resource, nodes: Resource | None, command: str) -> None:
        network = Network(self.resources)
        place = "cluster.resourcesVpcConfig"
        for name, value, ask in (
            ("region", network.region((cluster,)), "cluster.arn"),
            ("vpc_id", network.vpc(cluster), f"{place}.vpcId"),
            ("private_subnet_ids", network.private(cluster, nodes), f"{place}.subnetIds"),
            ("public_subnet_ids", network.public(cluster, nodes), ""),
        ):
            self._told(Field(f"cam_cluster_aws_{name}", "", ask), value, command)
        self.notes += network.notes(cluster, nodes)

    def _cluster(self, cluster: Resource, command: str) -> None:
        if cluster.get("vpc_config.0.endpoint_public_access") is False:
            self._needless("cam_cluster_aws_public_access_cidrs")
        self._role("cluster", "cam_cluster_aws_role_arn")
        self._switch("kms_enabled", cluster, "encryption_config", command, "cluster")
        logs = "enabled_cluster_log_types"
        if logs in cluster.values:
            self.variables["cam_cluster_aws_logging"] = sorted(cluster.texts(logs))
        else:
            self.missing.append(Missing("cam_cluster_aws_logging", command, "cluster.logging"))
        if groups := cluster.texts("vpc_config.0.security_group_ids"):
            self.notes.append(
                f"EKS cluster {cluster.text('name')} has the security groups {', '.join(groups)}; "
                "a group of ours takes their place: cam_cluster_aws_private_access_cidrs says whom "
                "it lets in."
            )

    def _nodes(self, nodes: Resource, command: str) -> None:
        name = nodes.text("node_group_name")
        self._role("nodes", "cam_cluster_aws_node_role_arn")
        self._switch("launch_template_enabled", nodes, "launch_template", command, "nodegroup")
        taints = [
            {key: str(one.get(key) or "") for key in ("key", "value", "effect")}
            for one in objects(nodes.get("taint"))
        ]
        if taints:
            self.variables["cam_cluster_aws_node_taints"] = taints
        theirs = nodes.text("launch_template.0.name", "launch_template.0.id")
        if theirs not in ("", name):
            self.notes.append(
                f"Node group {name} has the launch template {theirs}, and ours is called like the "
                "group: EKS could only make the group anew, which is refused. Set "
                "cam_cluster_aws_node_name to another name, which makes a second group, and remove "
                "theirs once it is empty."
            )

    def _database(self, database: Resource, command: str) -> None:
        name = database.text("identifier")
        if (engine := database.text("engine")) not in ("", "postgres"):
            self.notes.append(
                f"Database {name} is {engine}, and ours is postgres: the first run is refused, "
                "since it would make it anew. Take the cam_database_ variables out."
            )
        if database.get("storage_encrypted") is False:
            self.notes.append(
                f"Database {name} is not encrypted, which RDS never changes: the first run is "
                "refused, since it would make it anew. Restore an encrypted copy of a snapshot."
            )
        kind = self.variables.get("cam_database_aws_storage_type", STORAGE_TYPES[0])
        if kind not in STORAGE_TYPES:
            del self.variables["cam_database_aws_storage_type"]
            self.notes.append(
                f"Database {name} has storage of type {kind}, and ours is gp2 or gp3: the first "
                "run changes it to that of cam_database_aws_storage_type."
            )
        for attribute, (_name, wanted) in ALWAYS.items():
            if database.get(attribute) is (not wanted):
                self.notes.append(
                    f"Database {name} has {attribute} {_switched(not wanted)}; the first run "
                    f"switches it {_switched(wanted)}, as of every one of ours."
                )
        self._subnets(database)

    def _cache(self, cache: Resource, command: str) -> None:
        name = cache.text("replication_group_id")
        for attribute, what in (
            ("transit_encryption_enabled", "speaks no TLS"),
            ("at_rest_encryption_enabled", "is not encrypted at rest"),
        ):
            # The provider tells the second as a text.
            if cache.text(attribute).lower() == "false":
                self.notes.append(
                    f"Cache {name} {what}: the first run is refused, since it would make it anew, "
                    "empty. Take the cam_cache_ variables out for a new one beside it."
                )
        self._subnets(cache)

    def _subnets(self, one: Resource) -> None:
        """A group of subnets stays; its subnets are told, so that a run compares them."""
        kind, attribute, prefix = GROUPS[one.kind]
        name = one.text(attribute)
        for group in self.resources:
            if group.kind == kind and name and group.text("name") == name:
                self.variables[f"{prefix}subnet_ids"] = sorted(group.texts("subnet_ids"))

    def _switch(self, name: str, one: Resource, block: str, command: str, top: str) -> None:
        """What is on where its block is there."""
        variable = f"cam_cluster_aws_{name}"
        if block in one.values:
            self.variables[variable] = bool(one.values[block])
        else:
            words = block.split("_")
            query = f"{top}.{words[0]}{''.join(map(str.capitalize, words[1:]))}"
            self.missing.append(Missing(variable, command, query))

    def _role(self, use: str, variable: str) -> None:
        """A stack says what its roles are for by their names alone."""
        arns = {one.text("arn") for one in self.resources if one.get("of") == use} - {""}
        if variable not in self.variables and len(arns) == 1:
            self.variables[variable] = arns.pop()
            self._needless(variable)

    def _needless(self, variable: str) -> None:
        self.missing = [one for one in self.missing if one.variable != variable]

    def _left(self, found: Mapping[str, Resource]) -> Iterator[str]:
        """What no variable names: neither by its id or ARN, nor as a part or as where one is."""
        values = list(self.variables.values())
        told = {
            str(one) for value in values for one in (value if isinstance(value, list) else [value])
        }
        named = {
            (part.kind, found[part.kind].text(part.name.path))
            for part in PARTS
            if part.kind in found
        }
        named |= {
            (GROUPS[kind][0], found[kind].text(GROUPS[kind][1])) for kind in GROUPS if kind in found
        }
        paths = {part.kind: part.name.path for part in PARTS}
        for one in self.resources:
            name = one.text(paths.get(one.kind, "name"))
            if (one.kind, name) not in named and not {one.text("id"), one.text("arn")} & told:
                yield one.address


def _switched(on: bool) -> str:
    return "on" if on else "off"


def _of_another(one: Resource, cluster: Resource | None) -> bool:
    """A node group of a cluster that is not in the file, or not the one that is meant."""
    if one.kind != NODES or cluster is None:
        return one.kind == NODES
    return one.text("cluster_name") not in ("", cluster.text("name"))
