"""ElastiCache subnet groups and parameter groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from doubles.aws import cache_catalog
from doubles.aws.errors import refuse
from doubles.aws.fixes_cache_cluster import bury
from doubles.aws.registry import Call, answers, patches, wraps
from moto.core.resource_tagging import TaggedResource
from moto.ec2.models import ec2_backends
from moto.elasticache.models import CacheSubnetGroup, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

Original = Callable[..., Any]


@wraps(CacheSubnetGroup, "__init__", "elasticache")
def subnets_of_a_cache_are_real(
    original: Original, self: CacheSubnetGroup, *words: Any, **values: Any
) -> None:
    """API_CreateCacheSubnetGroup InvalidSubnet, API_Subnet SubnetAvailabilityZone: moto makes up
    subnets that do not exist, and answers an empty zone."""
    ec2 = ec2_backends[values["account_id"]][values["region_name"]]
    for subnet in values["subnet_ids"]:
        if subnet not in [one.id for one in ec2.describe_subnets()]:
            raise refuse("InvalidSubnet", f"Some input subnets in :[{subnet}] are invalid.")
    original(self, *words, **values)
    for subnet in self.subnets:
        subnet["subnet_availability_zone"] = {"Name": subnet["subnet_availability_zone"]}


@answers(ElastiCacheResponse, "ModifyCacheSubnetGroup")
def modify_cache_subnet_group(call: Call) -> dict[str, Any]:
    """API_ModifyCacheSubnetGroup: subnets and description."""
    name = call.params["CacheSubnetGroupName"]
    [old] = call.backend.describe_cache_subnet_groups(name)
    new = CacheSubnetGroup(
        account_id=call.account, region_name=call.region, cache_subnet_group_name=name,
        cache_subnet_group_description=call.params.get(
            "CacheSubnetGroupDescription", old.cache_subnet_group_description
        ),
        subnet_ids=call.params.get("SubnetIds") or old.subnet_ids, tags=old.tags,
    )  # fmt: skip
    call.backend.cache_subnet_groups[name] = new
    return {"CacheSubnetGroup": new}


@answers(ElastiCacheResponse, "DeleteCacheSubnetGroup")
def delete_cache_subnet_group(call: Call) -> dict[str, Any]:
    """API_DeleteCacheSubnetGroup: CacheSubnetGroupInUse while a cluster is in it."""
    name = call.params["CacheSubnetGroupName"]
    [group] = call.backend.describe_cache_subnet_groups(name)
    bury(call.backend)
    users = [*call.backend.cache_clusters.values(), *call.backend.replication_groups.values()]
    if name in [one.cache_subnet_group_name for one in users]:
        raise refuse(
            "CacheSubnetGroupInUse",
            f"Cache subnet group {name} is currently in use by a cache cluster.",
        )
    del call.backend.cache_subnet_groups[name]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return {}


class ParameterGroup:
    """CacheParameterGroup of the API reference. `values`: what was set."""

    def __init__(self, call: Call, name: str, family: str, description: str) -> None:
        self.name, self.family, self.description = name, family, description
        self.arn = call.arn("elasticache", f"parametergroup:{name}")
        self.values: dict[str, str] = {}

    def answer(self) -> dict[str, Any]:
        return {
            "CacheParameterGroupName": self.name, "CacheParameterGroupFamily": self.family,
            "Description": self.description, "IsGlobal": False, "ARN": self.arn,
        }  # fmt: skip

    def parameters(self) -> list[dict[str, Any]]:
        engine = cache_catalog.parameters(self.name.endswith(".cluster.on"))
        return [
            {**one, "ParameterValue": self.values[name], "Source": "user"}
            if name in self.values
            else one
            for name, one in engine.items()
        ]


def kept(backend: Any) -> dict[str, ParameterGroup]:
    if "_cam_parameter_groups" not in vars(backend):
        backend._cam_parameter_groups = {}
    found: dict[str, ParameterGroup] = backend._cam_parameter_groups
    return found


def group_of(call: Call) -> ParameterGroup:
    """The group; those called default.FAMILY are always there."""
    name = call.params["CacheParameterGroupName"]
    family = name.removeprefix("default.").removesuffix(".cluster.on")
    if name.startswith("default.") and family in cache_catalog.families():
        return ParameterGroup(call, name, family, f"Default parameter group for {family}")
    if name not in kept(call.backend):
        raise refuse("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")
    return kept(call.backend)[name]


def changeable(call: Call) -> ParameterGroup:
    group = group_of(call)
    if group.name.startswith("default."):
        raise refuse(
            "InvalidCacheParameterGroupState", f"{group.name} is a default group; copy it instead."
        )
    return group


@answers(ElastiCacheResponse, "CreateCacheParameterGroup")
def create_cache_parameter_group(call: Call) -> dict[str, Any]:
    """API_CreateCacheParameterGroup: of a family that there is."""
    name, family = call.params["CacheParameterGroupName"], call.params["CacheParameterGroupFamily"]
    if name in kept(call.backend):
        raise refuse("CacheParameterGroupAlreadyExists", f"Cache parameter group {name} exists.")
    if family not in cache_catalog.families():
        raise refuse("InvalidParameterValue", f"CacheParameterGroupFamily {family} is not valid.")
    group = kept(call.backend)[name] = ParameterGroup(
        call, name, family, call.params["Description"]
    )
    if tags := call.params.get("Tags"):
        call.backend.tagging_service.tag_resource(group.arn, tags)
    return {"CacheParameterGroup": group.answer()}


@answers(ElastiCacheResponse, "DescribeCacheParameterGroups")
def describe_cache_parameter_groups(call: Call) -> dict[str, Any]:
    """API_DescribeCacheParameterGroups: one, or all with the default ones."""
    if call.params.get("CacheParameterGroupName"):
        return {"CacheParameterGroups": [group_of(call).answer()]}
    defaults = [
        ParameterGroup(call, f"default.{family}", family, f"Default parameter group for {family}")
        for family in cache_catalog.families()
    ]
    found = [*defaults, *kept(call.backend).values()]
    return {"CacheParameterGroups": [group.answer() for group in found]}


@answers(ElastiCacheResponse, "DescribeCacheParameters")
def describe_cache_parameters(call: Call) -> dict[str, Any]:
    """API_DescribeCacheParameters: all of the family, by Source if given."""
    source = call.params.get("Source")
    found = [one for one in group_of(call).parameters() if source in (None, one["Source"])]
    return {"Parameters": found, "CacheNodeTypeSpecificParameters": []}


@answers(ElastiCacheResponse, "ModifyCacheParameterGroup")
def modify_cache_parameter_group(call: Call) -> dict[str, Any]:
    """API_ModifyCacheParameterGroup: 1 to 20 parameters that there are and that can be changed."""
    group, known = changeable(call), cache_catalog.parameters()
    asked = call.params["ParameterNameValues"]
    if not 1 <= len(asked) <= 20:
        raise refuse("InvalidParameterValue", "1 to 20 parameters can be modified at once.")
    for one in asked:
        about = known.get(one["ParameterName"])
        if about is None or not about["IsModifiable"]:
            raise refuse(
                "InvalidParameterValue",
                f"The parameter {one['ParameterName']} cannot be modified or does not exist.",
            )
        allowed = about["AllowedValues"]
        if about["DataType"] == "string" and allowed and (
            one["ParameterValue"] not in allowed.split(",")
        ):  # fmt: skip
            raise refuse(
                "InvalidParameterValue",
                f"The value {one['ParameterValue']} of {one['ParameterName']} is none of {allowed}",
            )
    group.values.update({one["ParameterName"]: one["ParameterValue"] for one in asked})
    return {"CacheParameterGroupName": group.name}


@answers(ElastiCacheResponse, "ResetCacheParameterGroup")
def reset_cache_parameter_group(call: Call) -> dict[str, Any]:
    """API_ResetCacheParameterGroup: the named parameters, or all, are as the engine has them."""
    group = changeable(call)
    names = [one["ParameterName"] for one in call.params.get("ParameterNameValues", [])]
    for name in list(group.values) if call.params.get("ResetAllParameters") else names:
        group.values.pop(name, None)
    return {"CacheParameterGroupName": group.name}


@answers(ElastiCacheResponse, "DeleteCacheParameterGroup")
def delete_cache_parameter_group(call: Call) -> dict[str, Any]:
    """API_DeleteCacheParameterGroup: InvalidCacheParameterGroupState while it is in use."""
    group = changeable(call)
    bury(call.backend)
    if group.name in [
        one.cache_parameter_group_name for one in call.backend.cache_clusters.values()
    ]:
        raise refuse(
            "InvalidCacheParameterGroupState",
            "One or more cache clusters are still members of this parameter group "
            f"{group.name}, so the group cannot be deleted.",
        )
    del kept(call.backend)[group.name]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return {}


@patches("elasticache", "ElastiCacheBackend.arn_regex")
def parameter_groups_have_tags() -> None:
    """API_ListTagsForResource ResourceName: moto refuses the ARN of a parameter group."""
    list_tags = ElastiCacheBackend.list_tags_for_resource

    def listed(self: ElastiCacheBackend, arn: str) -> Any:
        if ":parametergroup:" in arn:
            return self.tagging_service.list_tags_for_resource(arn)
        return list_tags(self, arn)

    ElastiCacheBackend.list_tags_for_resource = listed  # type: ignore[method-assign]


@wraps(ElastiCacheBackend, "iter_tagged_resources", "elasticache")
def caches_are_listed_by_their_tags(
    original: Original, self: ElastiCacheBackend
) -> Iterator[TaggedResource]:
    """API_GetResources (tagging) ResourceTypeFilters elasticache:replicationgroup and others: the
    last part of moto's types is not that of the ARN, and parameter groups are missing."""
    bury(self)
    for resource in original(self):
        yield TaggedResource(
            arn=resource.arn, tags=resource.tags, extra=resource.extra,
            resource_type=f"elasticache:{resource.arn.split(':')[5]}",
        )  # fmt: skip
    for group in kept(self).values():
        tags = self.tagging_service.get_tag_dict_for_resource(group.arn)
        yield TaggedResource(arn=group.arn, tags=tags, resource_type="elasticache:parametergroup")
