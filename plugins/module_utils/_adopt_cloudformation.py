# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What CloudFormation says of a stack: its resources by their ids, or its outputs.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResources.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._adopt_resource import Resource, objects

Values = dict[str, Any]
# The id that CloudFormation has of a kind, as attributes of Terraform's kind of the same thing.
KINDS: Final[Mapping[str, tuple[str, Callable[[str], Values]]]] = {
    "AWS::EKS::Cluster": ("aws_eks_cluster", lambda ident: {"name": ident}),
    "AWS::EKS::Nodegroup": (
        "aws_eks_node_group",
        lambda ident: dict(
            zip(("cluster_name", "node_group_name"), ident.rpartition("/")[::2], strict=True)
        ),
    ),
    "AWS::EC2::VPC": ("aws_vpc", lambda ident: {"id": ident}),
    "AWS::EC2::Subnet": ("aws_subnet", lambda ident: {"id": ident}),
    "AWS::IAM::Role": ("aws_iam_role", lambda ident: {"name": ident}),
    "AWS::RDS::DBInstance": ("aws_db_instance", lambda ident: {"identifier": ident}),
    "AWS::ElastiCache::ReplicationGroup": (
        "aws_elasticache_replication_group",
        lambda ident: {"replication_group_id": ident},
    ),
}
ARN: Final = re.compile(r"arn:(?P<partition>[^:]+):[^:]+:(?P<region>[^:]*):(?P<account>\d*):.+")
# Words in the name of an output that is nobody's business.
SECRET: Final = re.compile(r"password|secret|token|credential|privatekey", re.IGNORECASE)

# How an output is called whose value is a name; the first that fits.
NAMED: Final = (
    (r"nodegroup(name|id)?$", "AWS::EKS::Nodegroup"),
    (r"(replicationgroup|cache|redis)(cluster)?(id|name)?$", "AWS::ElastiCache::ReplicationGroup"),
    (r"(db|rds|database)instance(identifier|id|name)?$", "AWS::RDS::DBInstance"),
    (r"(db|rds|database)(identifier|id)$", "AWS::RDS::DBInstance"),
    (r"(?<!db)(?<!rds)(?<!database)(eks|cluster)(name|id)?$", "AWS::EKS::Cluster"),
)


def read(document: Mapping[str, Any], path: str) -> tuple[str, list[Resource]] | None:
    """None for what is no stack."""
    for key in ("StackResources", "StackResourceSummaries"):
        if key in document:
            return "resources of a stack", list(_of_resources(objects(document[key])))
    if "Stacks" in document:
        return "outputs of a stack", list(_of_outputs(objects(document["Stacks"])))
    return None


def _of_resources(found: list[Mapping[str, Any]]) -> Iterator[Resource]:
    for one in found:
        name, kind = str(one.get("LogicalResourceId")), str(one.get("ResourceType"))
        ident = str(one.get("PhysicalResourceId") or "")
        # Of what is gone, or never was, the list still tells.
        if not ident or str(one.get("ResourceStatus", "")).startswith("DELETE_COMPLETE"):
            continue
        told, values = KINDS.get(kind, (_unknown(kind), lambda ident: {}))
        yield Resource(
            f"{name} ({kind})", told, {**values(ident), **_place(one, told, name, ident)}
        )


def _unknown(kind: str) -> str:
    """AWS::EC2::RouteTable as Terraform would begin it, so that it is known to be at AWS."""
    return kind.replace("::", "_").lower()


def _place(one: Mapping[str, Any], kind: str, name: str, ident: str) -> Values:
    """What the name of a resource and the ARN of its stack tell of it."""
    values: Values = {}
    if stack := ARN.fullmatch(str(one.get("StackId") or "")):
        values["stack_arn"] = stack[0]
        if kind == "aws_iam_role":
            values["arn"] = f"arn:{stack['partition']}:iam::{stack['account']}:role/{ident}"
    if ARN.fullmatch(ident):
        values["arn"] = ident
    return {**values, **_use(kind, name)}


def _use(kind: str, name: str) -> Values:
    """What a subnet or a role is for, which only its name says here."""
    if kind == "aws_subnet":
        return {"map_public_ip_on_launch": "public" in name.lower()}
    if kind == "aws_iam_role":
        low = name.lower()
        if "node" in low:
            return {"of": "nodes"}
        if re.search(r"eks|cluster", low):
            return {"of": "cluster"}
    return {}


def _of_outputs(stacks: list[Mapping[str, Any]]) -> Iterator[Resource]:
    """An output has any name its author liked: values tell what they are, names which one."""
    for stack in stacks:
        place = {"stack_arn": str(stack.get("StackId") or "")}
        for one in objects(stack.get("Outputs")):
            key, value = str(one.get("OutputKey")), str(one.get("OutputValue") or "")
            if SECRET.search(key):
                continue
            for kind, values in _told(key, value):
                yield Resource(f"output {key}", kind, {**values, **place})


def _told(key: str, value: str) -> Iterator[tuple[str, Values]]:
    if ARN.fullmatch(value):
        yield _by_arn(key, value)
    elif re.fullmatch(r"vpc-[0-9a-f]+", value):
        yield "aws_vpc", {"id": value}
    elif re.fullmatch(r"(subnet-[0-9a-f]+[, ]*)+", value):
        for ident in re.findall(r"subnet-[0-9a-f]+", value):
            yield "aws_subnet", {"id": ident, **_use("aws_subnet", key)}
    elif (kind := _named(re.sub(r"[^a-z]", "", key.lower()))) and "." not in value:
        yield KINDS[kind][0], KINDS[kind][1](value)
    else:
        yield "aws_output", {}


def _named(key: str) -> str:
    """The kind of a thing whose name is the value of an output."""
    return next((kind for pattern, kind in NAMED if re.search(pattern, key)), "")


def _by_arn(key: str, arn: str) -> tuple[str, Values]:
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    values: Values = {"arn": arn}
    if service == "eks" and rest.startswith("cluster/"):
        return "aws_eks_cluster", {**values, "name": rest.partition("/")[2]}
    if service == "eks" and rest.startswith("nodegroup/"):
        _kind, cluster, name, _ident = f"{rest}///".split("/")[:4]
        return "aws_eks_node_group", {**values, "cluster_name": cluster, "node_group_name": name}
    if service == "iam" and rest.startswith("role/"):
        return "aws_iam_role", {**values, **_use("aws_iam_role", key)}
    if service == "rds" and rest.startswith("db:"):
        return "aws_db_instance", {**values, "identifier": rest.partition(":")[2]}
    if service == "elasticache" and rest.startswith("replicationgroup:"):
        name = rest.partition(":")[2]
        return "aws_elasticache_replication_group", {**values, "replication_group_id": name}
    return "aws_output", values
