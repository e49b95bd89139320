"""EC2: what something else still needs cannot be deleted, so a wrong order of deletion shows."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from doubles.aws.errors import refuse
from doubles.aws.registry import wraps
from moto.ec2.models import EC2Backend
from moto.eks.models import eks_backends
from moto.elasticache.models import elasticache_backends
from moto.rds.models import rds_backends

Original = Callable[..., Any]


def users(ec2: EC2Backend) -> Iterator[tuple[str, set[str], set[str]]]:
    """Who uses which subnets and which security groups, also in the other services."""
    for gateway in ec2.nat_gateways.values():
        if gateway.state != "deleted":
            yield gateway.id, {gateway.subnet_id}, set()
    for endpoint in ec2.vpc_end_points.values():
        if endpoint.state != "deleted":
            yield (
                endpoint.id,
                set(endpoint.subnet_ids or []),
                set(endpoint.security_group_ids or []),
            )
    for eni in ec2.enis.values():
        yield eni.id, {eni.subnet.id}, {group.id for group in eni.group_set}
    where = ec2.account_id, ec2.region_name
    for database in rds_backends[where[0]][where[1]].databases.values():
        group = getattr(database, "db_subnet_group", None)
        subnets = {subnet.id for subnet in group._subnets} if group else set()
        yield database.arn, subnets, set(database.vpc_security_group_ids)
    caches = elasticache_backends[where[0]][where[1]]
    for cluster in caches.cache_clusters.values():
        name = cluster.cache_subnet_group_name
        known = caches.cache_subnet_groups.get(name)
        yield (
            cluster.arn,
            set(known.subnet_ids) if known else set(),
            set(cluster.security_group_ids),
        )
    for eks in eks_backends[where[0]][where[1]].clusters.values():
        network = eks.resources_vpc_config
        groups = {*network.get("securityGroupIds", []), network.get("clusterSecurityGroupId", "")}
        yield eks.arn, set(network["subnetIds"]), groups
        for nodegroup in eks.nodegroups.values():
            yield nodegroup.arn, set(nodegroup.subnets), set()


def dependency(kind: str, name: str) -> Exception:
    return refuse(
        "DependencyViolation", f"The {kind} '{name}' has dependencies and cannot be deleted."
    )


@wraps(EC2Backend, "delete_subnet", "ec2")
def subnet_in_use_stays(original: Original, self: EC2Backend, subnet_id: str) -> Any:
    """API_DeleteSubnet DependencyViolation: moto deletes a subnet under a NAT gateway, a database
    or a cluster."""
    if any(subnet_id in subnets for _, subnets, _ in users(self)):
        raise dependency("subnet", subnet_id)
    return original(self, subnet_id)


@wraps(EC2Backend, "delete_security_group", "ec2")
def security_group_in_use_stays(
    original: Original, self: EC2Backend, name: str | None = None, group_id: str | None = None
) -> Any:
    """API_DeleteSecurityGroup DependencyViolation: moto deletes a group that a database, a cache
    or a rule of another group refers to."""
    referring = [
        other.id
        for groups in self.groups.values()
        for other in groups.values()
        for rule in [*other.ingress_rules, *other.egress_rules]
        if other.id != group_id and (rule.source_group or {}).get("GroupId") == group_id
    ]
    if group_id and (referring or any(group_id in groups for _, _, groups in users(self))):
        raise refuse("DependencyViolation", f"resource {group_id} has a dependent object")
    return original(self, name, group_id)


@wraps(EC2Backend, "delete_vpc", "ec2")
def vpc_in_use_stays(original: Original, self: EC2Backend, vpc_id: str) -> Any:
    """API_DeleteVpc DependencyViolation: moto looks at subnets and route tables only, not at
    internet gateways, endpoints and security groups."""
    gateways = [one for one in self.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id]
    groups = [one for one in self.groups.get(vpc_id, {}).values() if one.name != "default"]
    endpoints = [one for one in self.vpc_end_points.values()
                 if one.vpc_id == vpc_id and one.state != "deleted"]  # fmt: skip
    if gateways or groups or endpoints:
        raise dependency("vpc", vpc_id)
    return original(self, vpc_id)


@wraps(EC2Backend, "detach_internet_gateway", "ec2")
def internet_gateway_in_use_stays(
    original: Original, self: EC2Backend, internet_gateway_id: str, vpc_id: str
) -> Any:
    """API_DetachInternetGateway DependencyViolation: not while the VPC has public addresses, as a
    NAT gateway has one; moto detaches it."""
    for gateway in self.nat_gateways.values():
        if gateway.vpc_id == vpc_id and gateway.state != "deleted":
            raise refuse(
                "DependencyViolation",
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public "
                "address(es) before detaching the gateway.",
            )
    return original(self, internet_gateway_id, vpc_id)


@wraps(EC2Backend, "release_address", "ec2")
def address_in_use_stays(
    original: Original, self: EC2Backend, address: str | None = None,
    allocation_id: str | None = None,
) -> Any:  # fmt: skip
    """API_ReleaseAddress InvalidIPAddress.InUse: not while it is associated; moto takes it away
    from a NAT gateway."""
    for gateway in self.nat_gateways.values():
        used = [one.get("allocationId") for one in gateway.address_set]
        if gateway.state != "deleted" and allocation_id and allocation_id in used:
            raise refuse("InvalidIPAddress.InUse", f"Address {allocation_id} is in use.")
    return original(self, address, allocation_id)


@wraps(EC2Backend, "create_vpc_endpoint", "ec2")
def endpoint_is_a_gateway_by_default(
    original: Original, self: EC2Backend, *words: Any, **values: Any
) -> Any:
    """API_VpcEndpoint VpcEndpointType: Gateway unless asked otherwise; moto has no type then, and
    crashes when it is deleted."""
    if "endpoint_type" in values:
        values["endpoint_type"] = values["endpoint_type"] or "Gateway"
    elif len(words) > 2:
        words = (*words[:2], words[2] or "Gateway", *words[3:])
    return original(self, *words, **values)


@wraps(EC2Backend, "delete_vpc_endpoints", "ec2")
def endpoint_is_gone(original: Original, self: EC2Backend, vpce_ids: list[str]) -> Any:
    """API_DescribeVpcEndpoints: without those that were deleted; moto lists them for ever."""
    original(self, vpce_ids)
    for name in vpce_ids:
        self.vpc_end_points.pop(name, None)


def lives(self: EC2Backend, name: str) -> bool:
    """Whether a resource is there, told by its id; true of kinds that nothing here removes."""
    collections: dict[str, Iterable[Container[str]]] = {
        "vpc": (self.vpcs,),
        "subnet": self.subnets.values(),
        "igw": (self.internet_gateways,),
        "rtb": (self.route_tables,),
        "sg": self.groups.values(),
        "eipalloc": ({one.allocation_id for one in self.addresses},),
        "vpce": (self.vpc_end_points,),
        "lt": (self.launch_templates,),
        "acl": (self.network_acls,),
        "eni": (self.enis,),
    }
    kind = name.partition("-")[0]
    return kind not in collections or any(name in found for found in collections[kind])


@wraps(EC2Backend, "describe_tags", "ec2")
def tags_go_with_their_resource(
    original: Original, self: EC2Backend, filters: Any = None
) -> list[dict[str, str]]:
    """API_DescribeTags: without those of resources that are gone; moto lists them for ever.

    moto asks this for each resource that it describes.
    """
    tags = original(self, filters)
    alive = {name for name in {tag["resource_id"] for tag in tags} if lives(self, name)}
    return [tag for tag in tags if tag["resource_id"] in alive]
