"""RDS subnet groups and parameter groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from doubles.aws import rds_catalog
from doubles.aws.errors import refuse
from doubles.aws.fixes_rds_instance import bury
from doubles.aws.registry import Call, answers, call_of, wraps
from moto.core.resource_tagging import TaggedResource
from moto.core.responses import ActionResult, EmptyResult
from moto.rds.models import DBParameterGroup, DBSubnetGroup, RDSBackend
from moto.rds.responses import RDSResponse

Original = Callable[..., Any]


@wraps(RDSBackend, "create_subnet_group", "rds")
def subnet_group_is_made_once(
    original: Original, self: RDSBackend, subnet_name: str, description: str, subnets: list[Any],
    tags: list[dict[str, str]],
) -> DBSubnetGroup:  # fmt: skip
    """API_CreateDBSubnetGroup DBSubnetGroupAlreadyExists, DBSubnetGroupDoesNotCoverEnoughAZs: moto
    replaces a group of the same name, and takes subnets of one zone."""
    if subnet_name.lower() in self.subnet_groups:
        raise refuse(
            "DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists."
        )
    check_zones(subnets)
    group: DBSubnetGroup = original(self, subnet_name.lower(), description, subnets, tags)
    return group


def check_zones(subnets: list[Any]) -> None:
    zones = {subnet.availability_zone for subnet in subnets}
    if len(zones) < 2:
        raise refuse(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current "
            f"AZ coverage: {', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs.",
        )


@wraps(RDSBackend, "modify_db_subnet_group", "rds")
def subnet_group_survives_a_change(
    original: Original, self: RDSBackend, subnet_name: str, description: str, subnets: list[Any]
) -> DBSubnetGroup:
    """API_ModifyDBSubnetGroup: moto's group is gone once it has been modified."""
    self.describe_db_subnet_groups(subnet_name)
    check_zones(subnets)
    group: DBSubnetGroup = original(self, subnet_name, description, subnets)
    self.subnet_groups[group.name] = group
    return group


@wraps(RDSBackend, "delete_subnet_group", "rds")
def subnet_group_in_use_stays(original: Original, self: RDSBackend, subnet_name: str) -> Any:
    """API_DeleteDBSubnetGroup InvalidDBSubnetGroupStateFault: moto deletes one that is in use."""
    bury(self)
    users = [one.db_instance_identifier for one in self.databases.values()
             if getattr(one, "_db_subnet_group_name", "") == subnet_name]  # fmt: skip
    if users:
        raise refuse(
            "InvalidDBSubnetGroupStateFault",
            f"Cannot delete the subnet group '{subnet_name}' because at least one database "
            f"instance: {users[0]} is still using it.",
        )
    return original(self, subnet_name)


@wraps(RDSBackend, "describe_db_parameter_groups", "rds")
def parameter_group_that_is_not_there(
    original: Original, self: RDSBackend, asked: dict[str, Any]
) -> list[DBParameterGroup]:
    """API_DescribeDBParameterGroups DBParameterGroupNotFound: moto answers an empty list. The
    default groups are always there."""
    name = asked.get("db_parameter_group_name") or ""
    default = name.startswith("default.postgres")
    if default and name not in self.db_parameter_groups:
        family = name.removeprefix("default.")
        self.db_parameter_groups[name] = DBParameterGroup(
            self, name, f"Default parameter group for {family}", family
        )
    found: list[DBParameterGroup] = original(self, asked)
    if name and not found:
        raise refuse("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    return found


@wraps(RDSResponse, "describe_db_parameters", "rds")
def all_parameters_are_listed(original: Original, self: RDSResponse) -> ActionResult:
    """API_DescribeDBParameters Parameters, Source: AWS lists every parameter of the family; moto
    those that were set."""
    call = call_of(self)
    name, source = call.params["DBParameterGroupName"], call.params.get("Source")
    [group] = call.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    found = [
        {**one, **group.parameters.get(one["ParameterName"], {})}
        for one in rds_catalog.parameters(group.family).values()
    ]
    found = [one for one in found if source in (None, one["Source"])]
    size, start = int(call.params.get("MaxRecords") or 100), int(call.params.get("Marker") or 0)
    answer: dict[str, Any] = {"Parameters": found[start : start + size]}
    if start + size < len(found):
        answer["Marker"] = str(start + size)
    return ActionResult(answer)


@wraps(RDSResponse, "modify_db_parameter_group", "rds")
def parameters_are_checked(original: Original, self: RDSResponse) -> Any:
    """API_ModifyDBParameterGroup Parameters, ApplyMethod: moto takes names that do not exist, more
    than 20 at once, and `immediate` for static ones."""
    call = call_of(self)
    group = changeable(call)
    asked, known = call.params["Parameters"], rds_catalog.parameters(group.family)
    if len(asked) > 20:
        raise refuse("InvalidParameterValue", "A maximum of 20 parameters can be modified at once.")
    for one in asked:
        check_parameter(known.get(one["ParameterName"]), one)
    for one in asked:
        group.parameters[one["ParameterName"]] = {**one, "Source": "user"}
        wait_for_reboot(call.backend, group, one)
    return ActionResult({"DBParameterGroupName": group.name})


def check_parameter(known: dict[str, Any] | None, asked: dict[str, Any]) -> None:
    name, value = asked["ParameterName"], str(asked.get("ParameterValue", ""))
    if known is None:
        raise refuse("InvalidParameterValue", f"Could not find parameter with name: {name}")
    if not known["IsModifiable"]:
        raise refuse("InvalidParameterValue", f"The parameter {name} cannot be modified.")
    if known["DataType"] == "boolean" and value not in ("0", "1"):
        raise refuse(
            "InvalidParameterValue", f"Invalid parameter value: {value} for: {name} allowed: 0,1"
        )
    if known["ApplyType"] == "static" and asked.get("ApplyMethod") == "immediate":
        raise refuse(
            "InvalidParameterCombination", "cannot use immediate apply method for static parameter"
        )


def wait_for_reboot(backend: RDSBackend, group: DBParameterGroup, asked: dict[str, Any]) -> None:
    """Instances with the group need a reboot for what is not applied at once."""
    for database in backend.databases.values():
        if group in database.db_parameter_groups() and asked.get("ApplyMethod") != "immediate":
            database._cam_parameters_wait = True  # type: ignore[attr-defined]


def changeable(call: Call) -> DBParameterGroup:
    name = call.params["DBParameterGroupName"]
    [group] = call.backend.describe_db_parameter_groups({"db_parameter_group_name": name})
    if name.startswith("default."):
        raise refuse(
            "InvalidDBParameterGroupState",
            f"The parameter group {name} is a default one and cannot be modified or deleted.",
        )
    found: DBParameterGroup = group
    return found


@answers(RDSResponse, "ResetDBParameterGroup")
def reset_db_parameter_group(call: Call) -> dict[str, Any]:
    """API_ResetDBParameterGroup: the named parameters, or all, are as the engine has them."""
    group = changeable(call)
    names = [one["ParameterName"] for one in call.params.get("Parameters", [])]
    for name in list(group.parameters) if call.params.get("ResetAllParameters") else names:
        group.parameters.pop(name, None)
    return {"DBParameterGroupName": group.name}


@wraps(RDSResponse, "delete_db_parameter_group", "rds")
def parameter_group_in_use_stays(original: Original, self: RDSResponse) -> EmptyResult:
    """API_DeleteDBParameterGroup InvalidDBParameterGroupState: moto deletes one that is in use."""
    call = call_of(self)
    group = changeable(call)
    bury(call.backend)
    for database in call.backend.databases.values():
        if group in database.db_parameter_groups():
            raise refuse(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group "
                f"{group.name}, so the group cannot be deleted",
            )
    original(self)
    return EmptyResult()


@wraps(RDSBackend, "iter_tagged_resources", "rds")
def groups_are_listed_by_their_tags(
    original: Original, self: RDSBackend
) -> Iterator[TaggedResource]:
    """API_GetResources (tagging) ResourceTypeFilters rds:pg, rds:subgrp: moto lists neither."""
    bury(self)
    yield from original(self)
    kinds = {"rds:pg": self.db_parameter_groups, "rds:subgrp": self.subnet_groups}
    for kind, groups in kinds.items():
        for group in groups.values():
            tags = {tag["Key"]: tag["Value"] for tag in group.get_tags()}
            yield TaggedResource(arn=group.arn, tags=tags, resource_type=kind)
